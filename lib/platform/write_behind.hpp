// Writes to one file that go on behind the caller's back: a few threads begin them in their order,
// several at a time; a task waits for all before it, and all behind it wait for it. Bounds the
// bytes under way, keeps the memory of each write until it is done, serves reads from it, and
// remembers the first failure, after which no write is begun. Where the file, or the system, has no
// thread for it, each is done before its call returns.
// Thread rule: one thread calls; in a process that a fork made only the destructor may be called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/base.hpp"
#include "platform/large_page.hpp"
#include "platform/storage.hpp"

namespace forebay::core {

class WriteBehind {
 public:
  // Owns, or holds a count of, the memory of a write. May be given up on any thread.
  using Keeper = std::shared_ptr<const void>;
  // Is called on a thread that writes, with the first failure before it.
  using Task = std::function<void(const Status& writes)>;
  // A write that is not known to be done, and its memory.
  struct UnderWay {
    std::uint64_t offset = 0;
    std::span<const std::byte> bytes{};
    Keeper keeper{};
  };

  // `file` outlives this. `most_bytes`: of all writes under way; a larger one goes alone.
  WriteBehind(StorageFile& file, std::uint64_t most_bytes);
  // Gives up what was not begun, and waits for the rest. A task is still called, with a failure.
  ~WriteBehind();
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  // Writes `bytes`, which do not change while `keeper` lives: whole pages directly, when offset and
  // memory begin on one. The keeper goes when they are written, or were copied. Waits while too
  // much is under way or an overlapping write is.
  void write(std::uint64_t offset, std::span<const std::byte> bytes, Keeper keeper,
             PageKind pages = PageKind::small);
  // As write(), of a copy in recycled memory.
  void write_copy(std::uint64_t offset, std::span<const std::byte> bytes);
  // Does `task` behind all that was asked for before, and before all that is asked for after it.
  void run(Task task);
  // Waits until no task is under way, for at most so long (negative: without an end); whether so.
  bool wait_for_tasks(int timeout_ms);
  // Waits for all; the first failure.
  Status drain();
  // The first failure so far. Cheap while there is none.
  [[nodiscard]] Status failure() const;

  // The writes under way that meet the range. Asked for before the file is read: what is done
  // meanwhile may or may not have been read, and is in here.
  [[nodiscard]] std::vector<UnderWay> meeting(std::uint64_t offset, std::uint64_t bytes) const;
  // Puts what they write over `bytes`, which were read at `offset`.
  static void put_over(const std::vector<UnderWay>& writes, std::uint64_t offset,
                       std::span<std::byte> bytes) noexcept;

 private:
  struct Writing;
  struct State;
  bool is_behind();
  void submit(std::shared_ptr<Writing> job);

  // Why by pointer: the copy of a fork, whose threads and locks nobody serves, must leave it alone.
  std::unique_ptr<State> state_;
  std::uint64_t generation_;
};

}  // namespace forebay::core
