// Where rows are made: in the lent block itself, or, the first time that a block of small pages is
// lent, in memory of the child's own that is written into the block when it is full.
// Why: the pages behind a new block are there but have never been touched. A store into one makes
// the kernel clear and map it first, page by page; a write of whole pages does neither, and costs
// less than half. From the second time on the block is used in place. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "base/base.hpp"
#include "child/session.hpp"

namespace forebay::core {

class FreshBlocks {
 public:
  // Where to make the rows of `block`, which take at most `room` bytes: in it, or apart, where
  // there is room for one block at a time.
  std::byte* place_for(const LentBlock& block, std::uint64_t room);
  // Has the first `bytes` of what was made at `place` in the block.
  Status settle(const LentBlock& block, const std::byte* place, std::uint64_t bytes,
                const Descriptor& segment);

 private:
  std::unordered_set<std::uint64_t> known_;  // offsets of blocks that were written
  std::vector<std::byte> memory_;
};

}  // namespace forebay::core
