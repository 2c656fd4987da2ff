#include "platform/page_copies.hpp"

#include <cstring>
#include <new>
#include <utility>

#include "platform/storage.hpp"

namespace forebay::core {
namespace {

// Smaller ones are few pieces.
constexpr std::size_t kLeastBytes = 64U << 10U;
// The first write that is copied: who has only a few would wait longer for a page than it saves.
constexpr unsigned kFirstWrite = 5;
// One for each thread that writes, and some that are still read.
constexpr std::size_t kMostPages = 8;

}  // namespace

PageCopies::PageCopies() {
  pages_.reserve(kMostPages);
  free_.reserve(kMostPages);
}

std::shared_ptr<const std::byte> PageCopies::copy(std::uint64_t offset,
                                                  std::span<const std::byte> bytes) noexcept {
  const bool fits = bytes.size() >= kLeastBytes && bytes.size() <= kLargePageBytes;
  if (!fits || offset % kDirectPage != 0) return nullptr;
  LargePage* const page = take();
  if (page == nullptr) return nullptr;
  std::memcpy(page->bytes().data(), bytes.data(), bytes.size());
  try {
    // On failure the page is put back by the same function.
    return {page->bytes().data(),
            [self = shared_from_this(), page](const std::byte*) { self->put(page); }};
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

LargePage* PageCopies::take() noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (++writes_ < kFirstWrite) return nullptr;
    if (!free_.empty()) {
      LargePage* const page = free_.back();
      free_.pop_back();
      return page;
    }
    if (asked_for_ == kMostPages) return nullptr;
    ++asked_for_;
  }
  LargePage made = LargePage::make();
  const std::lock_guard lock(mutex_);
  if (made.bytes().empty()) {
    asked_for_ = kMostPages;  // and is not asked for again
    return nullptr;
  }
  pages_.push_back(std::move(made));
  return &pages_.back();
}

void PageCopies::put(LargePage* page) noexcept {
  const std::lock_guard lock(mutex_);
  free_.push_back(page);
}

}  // namespace forebay::core
