// Binary sources: rows go from the file straight into the lent block; with the columns layout their
// fields are scattered on the way.
#include <algorithm>

#include "child/worker.hpp"

namespace forebay::core {
namespace {

constexpr std::uint64_t kStep = 256U << 10U;

}  // namespace

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
  if (task.message.first_row == 0) FOREBAY_TRY(hash_header(task, at));
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
  if (task.message.begin == 0)
    FOREBAY_TRY(hash_header(task, stream, begin));
  else
    FOREBAY_TRY(stream.skip(begin, [&] { return tell_alive(task); }));
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

// What stands before the first row counts as read with it.
Status Worker::hash_header(ChildTask& task, std::uint64_t bytes) {
  std::vector<char> buffer(kStep);
  for (std::uint64_t at = 0; at < bytes;) {
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(kStep, bytes - at));
    const std::span<char> room = std::span(buffer).first(step);
    FOREBAY_TRY_ASSIGN(const std::size_t got, read_range(task.source, at, room));
    if (got < step) return shorter_than_before();
    task.crc = codec::crc64_more(task.crc, room);
    at += step;
  }
  return Status::ok();
}

Status Worker::hash_header(ChildTask& task, SourceStream& stream, std::uint64_t bytes) {
  std::vector<char> header(static_cast<std::size_t>(bytes));
  const std::size_t got = stream.read(header);
  FOREBAY_TRY(stream.failure().clone());
  if (got < header.size()) return shorter_than_before();
  task.crc = codec::crc64_more(task.crc, header);
  return Status::ok();
}

// Whole rows before a fault are published. Rows that lie in the block as in the file are read in
// place, others by way of a buffer, a step at a time so that it stays in cache.
Status Worker::read_rows(ChildTask& task, std::uint64_t offset, Fill& fill, const ReadRows& read) {
  const std::uint64_t row_bytes = dtype_->row_bytes();
  const bool is_in_place = are_packed_rows(*dtype_, layout_.columns);
  const std::uint64_t step =
      is_in_place ? session_->config().block_rows : std::max<std::uint64_t>(1, kStep / row_bytes);
  const std::vector<ColumnPlace> packed = packed_places(*dtype_);
  std::vector<char> buffer(is_in_place ? 0 : static_cast<std::size_t>(step * row_bytes));
  text::Cursor cursor;
  cursor.offset = offset;
  while (fill.limit > 0) {
    if (task.dropped) return {FOREBAY_E_CANCELLED, "the task was dropped"};
    FOREBAY_TRY(take_block(task, fill));
    const std::uint64_t wanted = std::min({fill.room, fill.limit, step});
    char* const to = is_in_place ? reinterpret_cast<char*>(fill.place) : buffer.data();
    std::size_t got = 0;
    const Status status = read({to, static_cast<std::size_t>(wanted * row_bytes)}, &got);
    const std::uint64_t rows = got / row_bytes;
    const std::span<char> whole(to, static_cast<std::size_t>(rows * row_bytes));
    // Before the bytes are changed: the source is hashed, not the rows.
    task.crc = codec::crc64_more(task.crc, whole);
    binary_.convert(whole);
    if (!is_in_place) {
      copy_rows(*dtype_, {reinterpret_cast<const std::byte*>(to), &packed, 0},
                {fill.place, &layout_.columns, fill.filled}, rows);
    }
    cursor.offset += rows * row_bytes;
    fill.filled += rows;
    fill.room -= rows;
    fill.limit -= rows;
    const bool is_over = fill.room == 0 || fill.limit == 0 || status.is_failure();
    if (is_over) FOREBAY_TRY(publish(task, fill, cursor));
    if (status.is_failure()) return status.clone();
  }
  return Status::ok();
}

}  // namespace forebay::core
