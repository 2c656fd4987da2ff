// A set of addresses as ranges. Thread rule: one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>

namespace forebay::core {

class AddressRanges {
 public:
  // `end` is behind the last address.
  void add(std::uint64_t begin, std::uint64_t end) {
    auto at = ends_.upper_bound(begin);
    if (at != ends_.begin() && std::prev(at)->second >= begin) --at;
    while (at != ends_.end() && at->first <= end) {
      begin = std::min(begin, at->first);
      end = std::max(end, at->second);
      at = ends_.erase(at);
    }
    ends_.emplace(begin, end);
  }
  [[nodiscard]] bool meets(std::uint64_t begin, std::uint64_t end) const {
    const auto at = ends_.lower_bound(end);
    return at != ends_.begin() && std::prev(at)->second > begin;
  }
  void clear() noexcept { ends_.clear(); }

 private:
  // Invariant: ranges are not empty and do not touch; by their first address.
  std::map<std::uint64_t, std::uint64_t> ends_;
};

}  // namespace forebay::core
