// What child programs tell the caller. Bounded: when nobody takes the notes, the oldest ones go and
// are counted. Coordinator's thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "loader/loader.hpp"

namespace forebay::core {

class ChildNotes {
 public:
  void add(ChildNote note) {
    if (notes_.size() == kMost) {
      ++lost_;
      notes_.pop_front();
    }
    notes_.push_back(std::move(note));
  }
  // False: there is none.
  bool take(ChildNote* out) {
    if (notes_.empty()) return false;
    *out = std::move(notes_.front());
    notes_.pop_front();
    out->lost = std::exchange(lost_, 0);
    return true;
  }

 private:
  static constexpr std::size_t kMost = 1000;
  std::deque<ChildNote> notes_;
  std::uint64_t lost_ = 0;  // of those before the first one
};

}  // namespace forebay::core
