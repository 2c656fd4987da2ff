// Binary sources: rows go from the file straight into the lent block, without a copy between.
#include <algorithm>

#include "child/worker.hpp"

namespace forebay::core {

Status Worker::enter_binary(ChildTask& task) {
  if (binary_source_ == task.message.source) return Status::ok();
  binary_source_ = kNoSource;
  FOREBAY_TRY_ASSIGN(binary_, BinarySource::open(task.source, task.message, *dtype_));
  binary_source_ = task.message.source;
  return Status::ok();
}

Status Worker::serve_row_head(ChildTask& task) {
  FOREBAY_TRY(enter_binary(task));
  wire::Headed headed{};
  headed.task = task.message.task;
  headed.data_offset = binary_.data_offset();
  headed.data_line = 1;
  headed.rows = binary_.rows();
  headed.is_streaming = binary_.is_streaming() ? 1 : 0;
  return session_->send(headed);
}

Status Worker::serve_rows(ChildTask& task) {
  FOREBAY_TRY(enter_binary(task));
  Fill fill;
  fill.room = task.message.first_cut;
  fill.limit = task.message.row_limit;
  std::uint64_t at = task.message.begin;
  return read_rows(task, at, fill, [&](std::span<char> room, std::size_t* got) -> Status {
    FOREBAY_TRY_ASSIGN(*got, read_range(task.source, at, room));
    at += *got;
    return *got < room.size() ? shorter_than_before() : Status::ok();
  });
}

Status Worker::serve_row_stream(ChildTask& task) {
  FOREBAY_TRY(enter_binary(task));
  SourceStream stream = binary_.stream(task.source);
  const std::uint64_t begin = std::max(task.message.begin, binary_.data_offset());
  FOREBAY_TRY(stream.skip(begin));
  Fill fill;
  fill.room = task.message.first_cut;
  const std::uint64_t rows = binary_.rows() - std::min(binary_.rows(), task.message.first_row);
  fill.limit = std::min(task.message.row_limit, rows);
  FOREBAY_TRY(read_rows(task, begin, fill, [&](std::span<char> room, std::size_t* got) {
    *got = stream.read(room);
    task.input_bytes = stream.input_bytes();
    if (*got == room.size()) return Status::ok();
    return stream.failure().is_failure() ? stream.failure().clone() : shorter_than_before();
  }));
  if (task.message.row_limit < rows) return Status::ok();
  // The checksum stands behind the last row.
  char beyond = 0;
  (void)stream.read({&beyond, 1});
  return stream.failure().clone();
}

// Whole rows before a fault are published.
Status Worker::read_rows(ChildTask& task, std::uint64_t offset, Fill& fill, const ReadRows& read) {
  const std::uint64_t row_bytes = dtype_->row_bytes();
  text::Cursor cursor;
  cursor.offset = offset;
  while (fill.limit > 0) {
    if (task.dropped) return {FOREBAY_E_CANCELLED, "the task was dropped"};
    FOREBAY_TRY(take_block(task, fill));
    const std::uint64_t wanted = std::min(fill.room, fill.limit);
    const std::span<char> room(reinterpret_cast<char*>(fill.block->data),
                               static_cast<std::size_t>(wanted * row_bytes));
    std::size_t got = 0;
    const Status status = read(room, &got);
    const std::uint64_t rows = got / row_bytes;
    binary_.convert(room.first(static_cast<std::size_t>(rows * row_bytes)));
    cursor.offset += rows * row_bytes;
    fill.filled = rows;
    fill.room -= rows;
    fill.limit -= rows;
    FOREBAY_TRY(publish(task, fill, cursor));
    if (status.is_failure()) return status.clone();
  }
  return Status::ok();
}

}  // namespace forebay::core
