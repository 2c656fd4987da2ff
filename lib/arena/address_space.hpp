// Which addresses of a sparse segment stand behind no block. Knows no memory, only numbers.
//
// Why first fit: at most a quota of M bytes is in use at a time, in pieces of one page up to M.
// First fit then never needs more than about M * log2(M / page) addresses, whatever the order of
// sizes (Robson, 1977); address_space_bytes() gives that much, so long use with changing sizes
// cannot run out of addresses.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace forebay::core {

// Addresses that serve any sequence of sizes under `quota` bytes.
[[nodiscard]] std::uint64_t address_space_bytes(std::uint64_t quota) noexcept;

class AddressSpace {
 public:
  explicit AddressSpace(std::uint64_t bytes);

  // The lowest free range of `bytes` that begins at a multiple of `alignment`; it is in use
  // afterwards. Does not allocate when expect() was called.
  std::optional<std::uint64_t> take(std::uint64_t bytes, std::uint64_t alignment = 1) noexcept;
  // Frees a range that was taken. Does not allocate when expect() was called.
  void put(std::uint64_t offset, std::uint64_t bytes) noexcept;
  // Makes room in the books for `ranges` ranges in use at a time.
  void expect(std::size_t ranges);

 private:
  struct Range {
    std::uint64_t offset;
    std::uint64_t bytes;
  };

  // Invariant: in order of offset, not empty, no two adjacent. At most one more than the ranges in
  // use.
  std::vector<Range> free_;
};

}  // namespace forebay::core
