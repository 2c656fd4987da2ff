// Bytes in memory over a file: for each address the newest ones. Knows addresses only.
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "base/base.hpp"

namespace forebay::core {

class Overlay {
 public:
  void write(std::uint64_t address, std::span<const std::byte> bytes);
  // Puts what it has of [address, address + bytes.size()) over `bytes`.
  void read(std::uint64_t address, std::span<std::byte> bytes) const;
  // Whether `asks(begin, end)` holds for a part of the range that this has no bytes for.
  [[nodiscard]] bool any_gap(std::uint64_t address, std::uint64_t bytes,
                             const std::function<bool(std::uint64_t, std::uint64_t)>& asks) const;
  // Hands over each run of bytes at or past `address`, in the order of the addresses, and drops
  // them. Stops at the first failure, with the runs still there.
  Status take_from(std::uint64_t address,
                   const std::function<Status(std::uint64_t, std::span<const std::byte>)>& taker);
  void clear() noexcept { runs_.clear(); }

  [[nodiscard]] bool is_empty() const noexcept { return runs_.empty(); }
  // Behind the last byte; 0 when it is empty.
  [[nodiscard]] std::uint64_t end() const noexcept;

 private:
  using Run = std::vector<std::byte>;
  // Invariant: runs are not empty and do not overlap; by the address of their first byte.
  std::map<std::uint64_t, Run> runs_;
};

}  // namespace forebay::core
