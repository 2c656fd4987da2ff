#include "store/commit_plan.hpp"

#include <algorithm>
#include <cstring>

namespace forebay::core {
namespace {

constexpr std::uint64_t kNowhere = UINT64_MAX;

// Adds bytes behind the last write when they follow it, and else as a write of their own.
void put(std::vector<journal::Write>* writes, bool follows, std::uint64_t address,
         std::span<const std::byte> bytes, ChangeClass kind) {
  if (follows) {
    journal::Write& last = writes->back();
    last.bytes = {last.bytes.data(), last.bytes.size() + bytes.size()};
  } else {
    writes->push_back({address, bytes, static_cast<std::uint16_t>(kind)});
  }
}

}  // namespace

// The image of the committed file: the newest bytes over the old ones, and the superblock that
// readers shall see.
void CommitPlan::put_image(std::uint64_t address, std::span<std::byte> bytes) const {
  overlay_.read(address, bytes);
  if (address >= Superblock::kBytes) return;
  const std::size_t take = std::min<std::size_t>(bytes.size(), Superblock::kBytes - address);
  std::memcpy(bytes.data(), superblock_.image().data() + address, take);
}

Status CommitPlan::add(const Change& change) {
  if (change.kind != ChangeClass::fresh) return add_steps(change);
  // Why not compared: what the main file has here was perhaps never synced.
  std::vector<std::byte>& image = images_.emplace_back(change.bytes);
  put_image(change.address, image);
  put(&frames_, false, change.address, image, change.kind);
  put(&applied_, false, change.address, image, change.kind);
  return Status::ok();
}

Status CommitPlan::add_steps(const Change& change) {
  const std::uint64_t begin = change.address / kStep * kStep;
  const std::uint64_t change_end = change.address + change.bytes;
  const std::uint64_t end = std::min(align_up(change_end, kStep), end_of_allocation_);
  std::vector<std::byte> before(end - begin);
  FOREBAY_TRY_ASSIGN(const std::size_t got, main_.read_at(begin, before));
  std::fill(before.begin() + static_cast<std::ptrdiff_t>(got), before.end(), std::byte{0});
  std::vector<std::byte>& image = images_.emplace_back(before);
  put_image(begin, image);
  std::uint64_t framed_to = kNowhere;
  std::uint64_t applied_to = kNowhere;
  for (std::uint64_t at = begin; at < end; at += kStep) {
    const std::uint64_t step_end = std::min(at + kStep, end);
    const std::size_t offset = at - begin;
    const std::span<const std::byte> bytes(&image[offset], step_end - at);
    if (std::memcmp(bytes.data(), &before[offset], bytes.size()) == 0) continue;
    if (!is_journaled_[at / kStep]) {
      put(&frames_, framed_to == at, at, bytes, change.kind);
      framed_to = step_end;
      is_journaled_[at / kStep] = true;
    }
    // A neighbour in the step has its turn with its own class.
    const std::uint64_t first = std::max(at, change.address);
    const std::uint64_t last = std::min(step_end, change_end);
    put(&applied_, applied_to == first && first == at, first, {&image[first - begin], last - first},
        change.kind);
    applied_to = last;
  }
  return Status::ok();
}

}  // namespace forebay::core
