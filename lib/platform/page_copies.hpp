// Copies on large pages, to be written past the page cache. Rows lie on small pages mostly,
// wherever there was room for each; a disk takes such a write in as many pieces. Where there is a
// large page to be had, rows are written from a copy on it: that costs no more than the kernel's
// books of the pieces, a disk of a virtual machine is half as fast again, and the memory of the
// rows is free for others at once. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "platform/large_page.hpp"

namespace forebay::core {

class PageCopies : public std::enable_shared_from_this<PageCopies> {
 public:
  PageCopies();

  // The bytes on a large page, which is used again once nobody has the copy; null where it is of no
  // use: they fit on none, will not be written directly, or there is no page to be had.
  std::shared_ptr<const std::byte> copy(std::uint64_t offset,
                                        std::span<const std::byte> bytes) noexcept;

 private:
  LargePage* take() noexcept;
  void put(LargePage* page) noexcept;

  std::mutex mutex_;
  // Guarded by mutex_. No more than their first capacity, so that pages stay where they are and
  // none is lost for want of memory.
  std::vector<LargePage> pages_;
  std::vector<LargePage*> free_;
  std::size_t asked_for_ = 0;  // pages
  unsigned writes_ = 0;
};

}  // namespace forebay::core
