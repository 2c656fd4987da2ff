// Writes of one thread past the page cache. Rows lie on small pages mostly, wherever there was room
// for each; a disk takes such a write in as many pieces. Where there is a large page to be had, the
// bytes are written from a copy on it: that costs no more than the kernel's books of the pieces, a
// disk of a virtual machine is half as fast again, and the memory of the rows is free for others at
// once. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/base.hpp"
#include "platform/large_page.hpp"
#include "platform/storage.hpp"

namespace forebay::core {

class DirectWriter {
 public:
  // The bytes on a large page, or null where that is of no use: they fit on none, will not be
  // written directly, or the system has no large page.
  std::shared_ptr<const LargePage> copy(std::uint64_t offset,
                                        std::span<const std::byte> bytes) noexcept;

 private:
  // Whose copies somebody may still read.
  std::shared_ptr<LargePage> page_;
  unsigned writes_ = 0;
};

// Writes whole pages directly, when offset and memory begin on one, and what else there is by way
// of the page cache.
Status put(StorageFile& file, std::uint64_t offset, std::span<const std::byte> bytes);

}  // namespace forebay::core
