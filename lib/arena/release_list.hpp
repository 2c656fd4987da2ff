// The way home of blocks: a stack without a lock. Any thread pushes, the owner takes all at once.
#pragma once

#include <atomic>

#include "arena/arena.hpp"

namespace forebay::core {

class ReleaseList {
 public:
  enum class Pushed { first, more, closed };

  // `first`: the list was empty, the owner must be woken. `closed`: there is no owner, the block
  // was not taken.
  Pushed push(Block* block) noexcept {
    Block* head = head_.load(std::memory_order_acquire);
    do {
      if (head == &end_) return Pushed::closed;
      block->next_released = head;
    } while (!head_.compare_exchange_weak(head, block, std::memory_order_acq_rel,
                                          std::memory_order_acquire));
    return head == nullptr ? Pushed::first : Pushed::more;
  }

  // In the order of release.
  Block* take_all() noexcept {
    return in_order(head_.exchange(nullptr, std::memory_order_acq_rel));
  }
  // Takes what is there and lets nothing more in.
  Block* close() noexcept { return in_order(head_.exchange(&end_, std::memory_order_acq_rel)); }

 private:
  static Block* in_order(Block* newest) noexcept {
    Block* oldest = nullptr;
    while (newest != nullptr) {
      Block* next = newest->next_released;
      newest->next_released = oldest;
      oldest = newest;
      newest = next;
    }
    return oldest;
  }

  std::atomic<Block*> head_{nullptr};
  Block end_{};  // its address marks a closed list
};

}  // namespace forebay::core
