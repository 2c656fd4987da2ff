#include "arena/free_blocks.hpp"

#include <cassert>

namespace forebay::core {

void FreeBlocks::forget(SegmentId segment) noexcept {
  tops_.erase(tops_.lower_bound({segment, 0}), tops_.lower_bound({segment + 1, 0}));
}

Record*& FreeBlocks::top_of(const Record& record) noexcept {
  const auto found = tops_.find({record.segment, record.bytes});
  assert(found != tops_.end());
  return found->second;
}

void FreeBlocks::push(Record* record) noexcept {
  Record*& top = top_of(*record);
  record->below = top;
  record->above = nullptr;
  if (top != nullptr) top->above = record;
  top = record;

  record->colder = hottest_;
  record->hotter = nullptr;
  (hottest_ != nullptr ? hottest_->hotter : coldest_) = record;
  hottest_ = record;
}

bool FreeBlocks::has(SegmentId segment, std::uint64_t bytes) const noexcept {
  const auto found = tops_.find({segment, bytes});
  return found != tops_.end() && found->second != nullptr;
}

Record* FreeBlocks::pop(SegmentId segment, std::uint64_t bytes) noexcept {
  const auto found = tops_.find({segment, bytes});
  if (found == tops_.end() || found->second == nullptr) return nullptr;
  Record* record = found->second;
  remove(record);
  return record;
}

void FreeBlocks::remove(Record* record) noexcept {
  (record->above != nullptr ? record->above->below : top_of(*record)) = record->below;
  if (record->below != nullptr) record->below->above = record->above;
  (record->hotter != nullptr ? record->hotter->colder : hottest_) = record->colder;
  (record->colder != nullptr ? record->colder->hotter : coldest_) = record->hotter;
  record->below = record->above = record->colder = record->hotter = nullptr;
}

}  // namespace forebay::core
