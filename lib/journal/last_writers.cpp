#include "journal/last_writers.hpp"

namespace forebay::core::journal {

void LastWriters::write(std::uint64_t address, std::uint64_t bytes, std::uint64_t number) {
  const std::uint64_t end = address + bytes;
  auto next = runs_.lower_bound(address);
  if (next != runs_.begin()) {
    Run& before = std::prev(next)->second;
    const Run cut = before;
    if (cut.end > address) before.end = address;
    if (cut.end > end) runs_.emplace(end, cut);
  }
  while (next != runs_.end() && next->first < end) {
    const Run covered = next->second;
    next = runs_.erase(next);
    if (covered.end > end) next = runs_.emplace(end, covered).first;
  }
  runs_[address] = {end, number};
}

}  // namespace forebay::core::journal
