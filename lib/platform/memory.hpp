// Anonymous shared memory: memfd, its seals, mappings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "platform/descriptor.hpp"
#include "platform/large_page.hpp"

namespace forebay::core {

// A mapping with one owner.
class Mapping {
 public:
  Mapping() noexcept = default;
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();

  // Maps [0, bytes) of fd: shared and read-write, or read-only, for what nobody writes any more. A
  // writable mapping of a large page or more begins at an address where the kernel can map large
  // pages.
  static Result<Mapping> map(int fd, std::uint64_t bytes, bool writable);

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  void unmap() noexcept;

  std::byte* data_ = nullptr;
  std::uint64_t size_ = 0;
};

// A memfd of `bytes`, sealed against shrinking and growing, without execution where the kernel can.
// Sparse: no room is reserved yet.
Result<Descriptor> make_segment(const char* name, std::uint64_t bytes);
// Reserves room so that a touch cannot raise SIGBUS: FOREBAY_E_MEMORY when there is none. Works on
// a sealed segment.
Status reserve_range(const Descriptor& segment, std::uint64_t offset, std::uint64_t bytes);
// Reserves room as large pages, zeroed and mapped in `view`, which is of the segment; offset and
// bytes are whole large pages. False: the kernel has none here, and the range is empty.
bool reserve_large_pages(const Descriptor& segment, const Mapping& view, std::uint64_t offset,
                         std::uint64_t bytes) noexcept;
// Gives the room back; what was there reads as zero.
Status punch_range(const Descriptor& segment, std::uint64_t offset, std::uint64_t bytes);
// A memfd that holds `content`, sealed against every change: configuration for a child.
Result<Descriptor> make_sealed_file(const char* name, std::span<const std::byte> content);
// As make_sealed_file(), of `bytes` zero bytes that `fill` then writes to. The room is reserved
// before it is called.
Result<Descriptor> fill_sealed_file(const char* name, std::uint64_t bytes,
                                    const std::function<void(std::byte*)>& fill);
// Another descriptor of the same memory, through which nothing can be written. FOREBAY_E_IO and the
// like where /proc cannot be used.
Result<Descriptor> reopen_for_reading(int memory);
// Writes all of `content` at `offset`; for room that was reserved.
Status write_range(const Descriptor& memory, std::uint64_t offset, std::span<const char> content);
// What fstat and the seals say of a descriptor that a stranger gave.
struct MemfdFacts {
  std::uint64_t bytes = 0;
  bool is_immutable = false;  // sealed against shrinking, growing, writing and other seals
  bool has_holes = false;     // a read could want memory that is not there
};
// FOREBAY_E_ARGUMENT for a number that is no descriptor, FOREBAY_E_FORMAT for another kind of file.
Result<MemfdFacts> look_at_memfd(int fd);
// Size of a memfd after checking its seals: a regular file with SHRINK and GROW (and WRITE when
// `immutable`); else FOREBAY_E_PROTOCOL.
Result<std::uint64_t> checked_memfd_size(int fd, bool immutable);

}  // namespace forebay::core
