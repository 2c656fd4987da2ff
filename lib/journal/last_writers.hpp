// For each address the number of the last write to it. Knows ranges, not bytes.
// Thread rule: one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>

#include "base/base.hpp"

namespace forebay::core::journal {

class LastWriters {
 public:
  // Writes come in the order of their numbers; `bytes` is not 0.
  void write(std::uint64_t address, std::uint64_t bytes, std::uint64_t number);

  // Calls `use(address, bytes)` for each part of the range whose last write is `number`.
  template <typename Use>
  Status each_of(std::uint64_t number, std::uint64_t address, std::uint64_t bytes, Use use) const {
    const std::uint64_t end = address + bytes;
    auto run = runs_.upper_bound(address);
    if (run != runs_.begin()) --run;
    for (; run != runs_.end() && run->first < end; ++run) {
      const std::uint64_t first = std::max(address, run->first);
      const std::uint64_t last = std::min(end, run->second.end);
      if (first < last && run->second.number == number) FOREBAY_TRY(use(first, last - first));
    }
    return Status::ok();
  }

 private:
  struct Run {
    std::uint64_t end = 0;
    std::uint64_t number = 0;
  };
  // Invariant: runs are not empty and do not overlap; by their first address.
  std::map<std::uint64_t, Run> runs_;
};

}  // namespace forebay::core::journal
