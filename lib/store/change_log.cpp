#include "store/change_log.hpp"

#include <algorithm>
#include <cstring>

namespace forebay::core {

ChangeClass class_of(bool is_raw, std::span<const std::byte> bytes) noexcept {
  if (is_raw) return ChangeClass::rows;
  const auto begins = [&](const char* signature) {
    return bytes.size() >= 4 && std::memcmp(bytes.data(), signature, 4) == 0;
  };
  return begins("OHDR") || begins("OCHK") ? ChangeClass::header : ChangeClass::index;
}

void ChangeLog::drop_from(std::uint64_t address) {
  changes_.erase(std::remove_if(changes_.begin(), changes_.end(),
                                [&](const Change& change) { return change.address >= address; }),
                 changes_.end());
}

std::vector<Change> ChangeLog::in_order() const {
  std::vector<Change> ordered = changes_;
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Change& a, const Change& b) { return a.kind < b.kind; });
  return ordered;
}

}  // namespace forebay::core
