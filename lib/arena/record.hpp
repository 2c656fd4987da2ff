// A block with its place in the arena's books. Inside arena; owner thread only but for `is_lent`
// and `next_released`.
#pragma once

#include <atomic>

#include "arena/arena.hpp"

namespace forebay::core {

struct Record : Block {
  std::atomic<bool> is_lent{false};
  Record* below =
      nullptr;  // in the stack of its segment and size, or in the list of unused records
  Record* above = nullptr;
  Record* colder = nullptr;  // among all free blocks, by the time they came home
  Record* hotter = nullptr;
};

}  // namespace forebay::core
