// Blocks that came home and keep their memory: lent again last in, first out, because the last is
// hot in the caches; given up coldest first.
#pragma once

#include <map>
#include <utility>

#include "arena/record.hpp"

namespace forebay::core {

class FreeBlocks {
 public:
  // Makes a stack for blocks of one size of a segment; push() needs it and does not allocate.
  void prepare(SegmentId segment, std::uint64_t bytes) { tops_.try_emplace({segment, bytes}); }
  void forget(SegmentId segment) noexcept;  // its stacks, which must be empty

  void push(Record* record) noexcept;
  [[nodiscard]] bool has(SegmentId segment, std::uint64_t bytes) const noexcept;
  Record* pop(SegmentId segment, std::uint64_t bytes) noexcept;  // nullptr if there is none
  void remove(Record* record) noexcept;

  [[nodiscard]] Record* coldest() const noexcept { return coldest_; }

 private:
  Record*& top_of(const Record& record) noexcept;

  std::map<std::pair<SegmentId, std::uint64_t>, Record*> tops_;
  Record* coldest_ = nullptr;
  Record* hottest_ = nullptr;
};

}  // namespace forebay::core
