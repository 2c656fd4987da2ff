#include "platform/large_page.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/base.hpp"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

namespace forebay::core {
namespace {

// Where pages are of another size, so are large ones.
constexpr long kPageBytes = 4096;
// A page on its way to a list of the kernel makes it ask for another try.
constexpr int kMostTries = 3;

}  // namespace

bool make_large_pages(std::byte* data, std::uint64_t bytes) noexcept {
  if (::sysconf(_SC_PAGESIZE) != kPageBytes) return false;
  for (int tries = 0; tries < kMostTries; ++tries) {
    if (::madvise(data, bytes, MADV_COLLAPSE) == 0) return true;
    if (errno != EAGAIN) return false;
  }
  return false;
}

// More is reserved than is kept.
void* map_aligned(std::uint64_t bytes, int protection, int flags, int fd) noexcept {
  const std::uint64_t kept = align_up(bytes, static_cast<std::uint64_t>(kPageBytes));
  const std::uint64_t room = kept + kLargePageBytes;
  constexpr int kReserve = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* const reserved = ::mmap(nullptr, room, PROT_NONE, kReserve, -1, 0);
  if (reserved == MAP_FAILED) return MAP_FAILED;
  auto* const begin = static_cast<std::byte*>(reserved);
  const auto address = reinterpret_cast<std::uintptr_t>(reserved);
  const std::uint64_t before = align_up(std::uint64_t{address}, kLargePageBytes) - address;
  void* const data = ::mmap(begin + before, bytes, protection, flags | MAP_FIXED, fd, 0);
  if (data == MAP_FAILED) {
    const int why = errno;
    ::munmap(begin, room);
    errno = why;
    return MAP_FAILED;
  }
  if (before != 0) ::munmap(begin, before);
  if (before != kLargePageBytes) ::munmap(begin + before + kept, kLargePageBytes - before);
  return data;
}

LargePage LargePage::make() noexcept {
  LargePage page;
  void* data =
      map_aligned(kLargePageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  if (data == MAP_FAILED) return page;
  page.data_ = static_cast<std::byte*>(data);
  // Where the settings allow it the first touch makes the large page.
  ::madvise(data, kLargePageBytes, MADV_HUGEPAGE);
  *page.data_ = std::byte{0};
  if (!make_large_pages(page.data_, kLargePageBytes)) page.unmap();
  return page;
}

LargePage::LargePage(LargePage&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}

LargePage& LargePage::operator=(LargePage&& other) noexcept {
  if (this != &other) {
    unmap();
    data_ = std::exchange(other.data_, nullptr);
  }
  return *this;
}

LargePage::~LargePage() {
  unmap();
}

void LargePage::unmap() noexcept {
  if (data_ != nullptr) ::munmap(data_, kLargePageBytes);
  data_ = nullptr;
}

}  // namespace forebay::core
