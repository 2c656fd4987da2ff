// Rows and fields that children rejected, on their way to the user: first with the task that met
// them, then, when the rows around them are delivered, in the ledger. Coordinator's thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "loader/loader.hpp"
#include "wire/wire.hpp"

namespace forebay::core {

// What a child told of one stretch of its task, up to a publish or the task's end.
struct RejectCounts {
  std::uint64_t rejects = 0;
  std::uint64_t skipped = 0;  // rows among them that were passed over
};

// Of one task. What a child told since its last publish counts for nothing until the next one: if
// the child dies in between, a fresh one tells it again.
struct TaskRejects {
  std::uint64_t limit = 0;    // messages that the child may send
  std::uint64_t budget = 0;   // rejects that are allowed to it
  std::uint64_t assumed = 0;  // rejects of the source before it that the budget was reckoned with
  std::uint64_t told = 0;     // messages so far
  std::uint64_t counted = 0;  // of those rejects that publishes cover
  std::uint64_t skipped = 0;  // rows, likewise
  std::uint64_t least_byte = 0;  // of the next one
  std::uint64_t least_line = 1;
  std::vector<Reject> pending{};  // not covered yet
  std::deque<Reject> covered{};   // not in the ledger yet
  RejectCounts tail{};            // after the last publish, once the task has ended

  // Whether a publish or an end may count so many; it then covers what is pending.
  [[nodiscard]] bool fits(const RejectCounts& counts) const noexcept;
  void cover(const RejectCounts& counts);
  // Why a reject cannot be; nullptr: it is kept with what is pending. `size`: of the source, where
  // offsets cannot be larger.
  const char* add(const wire::Reject& message, std::uint32_t source, std::uint64_t size);
  void begin_again() noexcept;
};

// The rejects of all sources, in source order, in whatever order the sources come. Bounded: the
// first `limit` are kept. A writer's mark tells those that a file has; what has to give way to an
// earlier source's after that stays there.
class RejectLedger {
 public:
  explicit RejectLedger(std::uint64_t limit) : limit_(limit) {}

  // Takes the next `count` rejects of a task of `source`, whose first ones `from` holds.
  void take(std::deque<Reject>& from, std::uint64_t count, std::uint32_t source);
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] const std::vector<Reject>& kept() const noexcept { return kept_; }
  // How many more of `source` can be among the first.
  [[nodiscard]] std::uint64_t room(std::uint32_t source) const noexcept;
  // How many of `source` a file has.
  [[nodiscard]] std::uint64_t stored_of(std::uint32_t source) const noexcept;
  // How many of `source` are kept, here or in a file.
  [[nodiscard]] std::uint64_t kept_of(std::uint32_t source) const noexcept;
  [[nodiscard]] std::uint64_t unstored() const noexcept { return unstored_; }
  void mark_stored();

 private:
  [[nodiscard]] std::vector<Reject>::const_iterator end_of(std::uint32_t source) const noexcept;

  std::uint64_t limit_;
  std::uint64_t total_ = 0;
  std::vector<Reject> kept_;
  std::uint64_t unstored_ = 0;         // of those kept
  std::vector<std::uint64_t> stored_;  // for each source
};

}  // namespace forebay::core
