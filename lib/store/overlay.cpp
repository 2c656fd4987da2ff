#include "store/overlay.hpp"

#include <algorithm>
#include <cstring>

namespace forebay::core {
namespace {

std::ptrdiff_t distance_of(std::uint64_t bytes) noexcept {
  return static_cast<std::ptrdiff_t>(bytes);
}

}  // namespace

void Overlay::write(std::uint64_t address, std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  const std::uint64_t end = address + bytes.size();
  auto next = runs_.lower_bound(address);
  if (next != runs_.begin()) {
    const auto before = std::prev(next);
    const std::uint64_t before_end = before->first + before->second.size();
    if (before_end >= end) {  // inside a run, as HDF5 mostly writes again what it wrote
      std::copy(bytes.begin(), bytes.end(),
                before->second.begin() + distance_of(address - before->first));
      return;
    }
    if (before_end > address) before->second.resize(address - before->first);
  }
  // Runs that begin in the range go; what the last of them has past it stays.
  while (next != runs_.end() && next->first < end) {
    const std::uint64_t next_end = next->first + next->second.size();
    if (next_end > end) {
      Run rest(next->second.end() - distance_of(next_end - end), next->second.end());
      runs_.erase(next);
      runs_.emplace(end, std::move(rest));
      break;
    }
    next = runs_.erase(next);
  }
  runs_.emplace(address, Run(bytes.begin(), bytes.end()));
}

void Overlay::read(std::uint64_t address, std::span<std::byte> bytes) const {
  const std::uint64_t end = address + bytes.size();
  auto run = runs_.upper_bound(address);
  if (run != runs_.begin()) --run;
  for (; run != runs_.end() && run->first < end; ++run) {
    const std::uint64_t run_end = run->first + run->second.size();
    if (run_end <= address) continue;
    const std::uint64_t first = std::max(address, run->first);
    const std::uint64_t last = std::min(end, run_end);
    std::memcpy(bytes.data() + (first - address), run->second.data() + (first - run->first),
                last - first);
  }
}

bool Overlay::any_gap(std::uint64_t address, std::uint64_t bytes,
                      const std::function<bool(std::uint64_t, std::uint64_t)>& asks) const {
  const std::uint64_t end = address + bytes;
  auto run = runs_.upper_bound(address);
  if (run != runs_.begin()) --run;
  for (; run != runs_.end() && run->first < end; ++run) {
    if (run->first > address && asks(address, run->first)) return true;
    address = std::max(address, run->first + run->second.size());
  }
  return address < end && asks(address, end);
}

Status Overlay::take_from(
    std::uint64_t address,
    const std::function<Status(std::uint64_t, std::span<const std::byte>)>& taker) {
  auto first = runs_.lower_bound(address);
  if (first != runs_.begin()) {
    const auto before = std::prev(first);
    const std::uint64_t keep = address - before->first;
    if (before->second.size() > keep) {
      Run rest(before->second.begin() + distance_of(keep), before->second.end());
      before->second.resize(keep);
      first = runs_.emplace(address, std::move(rest)).first;
    }
  }
  for (auto run = first; run != runs_.end(); ++run) FOREBAY_TRY(taker(run->first, run->second));
  runs_.erase(first, runs_.end());
  return Status::ok();
}

std::uint64_t Overlay::end() const noexcept {
  if (runs_.empty()) return 0;
  const auto last = std::prev(runs_.end());
  return last->first + last->second.size();
}

}  // namespace forebay::core
