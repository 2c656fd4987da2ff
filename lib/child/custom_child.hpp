// What a program of a user's own does as a child: takes tasks, fills lent blocks, publishes rows.
// The protocol is Session's; here are the rules that keep such a program within it. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/base.hpp"
#include "dtype/dtype.hpp"

namespace forebay::core {

class Session;
struct ChildTask;

// A source to read, or to go on with.
struct CustomTask {
  int descriptor = -1;  // the child's until the task ends
  std::uint32_t source = 0;
  std::uint64_t size = 0;
  std::uint64_t begin = 0;      // 0, or next_offset and
  std::uint64_t line = 0;       // next_line of the last rows published before a death
  std::uint64_t first_row = 0;  // rows published before
  std::uint64_t row_limit = 0;
};

// Room for rows: up to the next array boundary, or the task's limit.
struct CustomRoom {
  std::byte* data = nullptr;
  std::uint64_t rows = 0;
};

class CustomChild {
 public:
  // FOREBAY_E_STATE, and nothing is touched, in a process that was not started as a child.
  static Result<std::unique_ptr<CustomChild>> attach();
  ~CustomChild();

  [[nodiscard]] const std::string& config() const noexcept;
  [[nodiscard]] const DtypeRef& dtype() const noexcept { return dtype_; }

  [[nodiscard]] Layout layout() const noexcept;
  // Where the fields are in the block that fill() gave; FOREBAY_NONE: no such field,
  // FOREBAY_E_STATE: no block.
  Status column(std::uint32_t index, ColumnPlace* place, std::byte** data) const;

  // Waits for a task; FOREBAY_END when the loader is gone, FOREBAY_E_STATE with a task at hand.
  Status take(CustomTask* out);
  // Waits for a block; FOREBAY_END at the task's limit, FOREBAY_E_CANCELLED when nobody wants it.
  Status fill(CustomRoom* out);
  // A refusal (FOREBAY_E_ARGUMENT, FOREBAY_E_STATE) sends nothing. No rows: the block is kept.
  Status publish(std::uint64_t rows, std::uint64_t next_offset, std::uint64_t next_line);
  // Ends the task. A publish or fill that failed and was not made good fails it: rows are missing.
  Status finish();
  Status fail(const Status& why);
  // Sends the host a note. No task need be at hand.
  Status log(std::uint32_t level, std::string_view text);

 private:
  CustomChild() = default;
  Status receive();
  Status await_task();
  Status await_block(CustomRoom* out);
  Status check_publish(std::uint64_t rows, std::uint64_t next_offset) const;
  Status end(const Status& outcome);
  [[nodiscard]] std::uint64_t capacity() const noexcept;

  std::unique_ptr<Session> session_;
  DtypeRef dtype_;
  BlockLayout block_;  // where rows lie in a block

  ChildTask* task_ = nullptr;  // at hand
  std::uint64_t room_ = 0;     // rows until the next array boundary
  std::uint64_t limit_ = 0;    // rows that may still be published
  std::uint64_t offset_ = 0;   // the last one published
  bool has_block_ = false;     // the first of the task's blocks was handed out
  bool is_short_ = false;      // a block was published before it was full: nothing may follow
  Status refusal_;
};

}  // namespace forebay::core
