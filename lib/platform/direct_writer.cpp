#include "platform/direct_writer.hpp"

#include <cstring>
#include <new>
#include <utility>

namespace forebay::core {
namespace {

// Smaller ones are few pieces.
constexpr std::size_t kLeastOnPage = 64U << 10U;
// A page is asked for at the write of this number: who has only a few would wait longer for it than
// it saves.
constexpr unsigned kFirstOnPage = 3;

bool is_on_page(const void* memory) noexcept {
  return reinterpret_cast<std::uintptr_t>(memory) % kDirectPage == 0;
}

std::shared_ptr<LargePage> make_page() noexcept {
  LargePage page = LargePage::make();
  if (page.bytes().empty()) return nullptr;
  try {
    return std::make_shared<LargePage>(std::move(page));
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace

std::shared_ptr<const LargePage> DirectWriter::copy(std::uint64_t offset,
                                                    std::span<const std::byte> bytes) noexcept {
  const bool fits = bytes.size() >= kLeastOnPage && bytes.size() <= kLargePageBytes;
  if (!fits || offset % kDirectPage != 0) return nullptr;
  const bool is_first = ++writes_ == kFirstOnPage;
  if (is_first || (page_ && page_.use_count() > 1)) page_ = make_page();
  if (page_) std::memcpy(page_->bytes().data(), bytes.data(), bytes.size());
  return page_;
}

// Why the rest is not written directly: somebody else's bytes may follow in its page.
Status put(StorageFile& file, std::uint64_t offset, std::span<const std::byte> bytes) {
  const bool is_direct = offset % kDirectPage == 0 && is_on_page(bytes.data());
  const std::size_t whole = is_direct ? bytes.size() / kDirectPage * kDirectPage : 0;
  if (whole != 0) FOREBAY_TRY(file.write_direct(offset, bytes.first(whole)));
  if (whole == bytes.size()) return Status::ok();
  return file.write_at(offset + whole, bytes.subspan(whole));
}

}  // namespace forebay::core
