// Sources read from their top: small files, compressed ones, and the head of any. The decoded bytes
// pass through a window; each window is treated as a split whose first record begins at its start.
#include <algorithm>
#include <cstring>

#include "child/worker.hpp"

namespace forebay::core {
namespace {

constexpr std::size_t kHeadBytes = 64U << 10U;
constexpr std::size_t kMaxHead = 64U << 20U;

// Reads the head of a source; `window` then holds all decoded bytes read so far.
Status read_source_head(const text::Dialect& dialect, SourceStream& stream, std::string* window,
                        text::Head* out) {
  for (std::size_t wanted = kHeadBytes;; wanted *= 2) {
    const std::size_t have = window->size();
    window->resize(wanted);
    const std::size_t got = stream.read(std::span<char>(window->data() + have, wanted - have));
    window->resize(have + got);
    const bool at_end = have + got < wanted;
    std::optional<text::Head> head;
    FOREBAY_TRY(text::read_head(dialect, *window, at_end && stream.failure().is_ok(), &head));
    if (head) {
      *out = std::move(*head);
      return Status::ok();
    }
    if (stream.failure().is_failure()) return stream.failure().clone();
    if (wanted > kMaxHead) {
      return {FOREBAY_E_LIMIT,
              "the header and the skipped lines take more than 64 MiB; check the options for them"};
    }
  }
}

void fill_window(Window& window, SourceStream& stream, std::size_t wanted) {
  const std::span<char> room = window.room(wanted);
  window.took(stream.read(room), room.size());
}

}  // namespace

// `top`: the bytes that the head was found in.
Status Worker::set_context(std::uint32_t source, text::Head head, const std::string& top) {
  context_.source = kNoSource;
  const ValueRules& values = session_->config().values;
  text::decode_names(values.encoding, &head.names);
  FOREBAY_TRY_ASSIGN(text::ColumnPlan plan,
                     text::plan_columns(session_->config().columns, head.names, *dtype_));
  FOREBAY_TRY_ASSIGN(context_.parser, text::Parser::make(dialect_, dtype_, plan, values));
  context_.head_crc =
      codec::crc64_more(0, {top.data(), static_cast<std::size_t>(head.data_offset)});
  context_.head = std::move(head);
  context_.source = source;
  return Status::ok();
}

Status Worker::enter_source(ChildTask& task) {
  if (context_.source == task.message.source) return Status::ok();
  const auto format = static_cast<codec::Format>(task.message.format);
  FOREBAY_TRY_ASSIGN(SourceStream stream,
                     SourceStream::open(task.source, format, task.message.source_bytes));
  std::string window;
  text::Head head;
  FOREBAY_TRY(read_source_head(dialect_, stream, &window, &head));
  return set_context(task.message.source, std::move(head), window);
}

Status Worker::serve_stream(ChildTask& task) {
  if (is_binary(static_cast<codec::Format>(task.message.format))) return serve_row_stream(task);
  FOREBAY_TRY_ASSIGN(SourceStream stream, open_stream(task));
  std::string top;
  text::Head head;
  FOREBAY_TRY(read_source_head(dialect_, stream, &top, &head));
  FOREBAY_TRY(set_context(task.message.source, std::move(head), top));
  return stream_windows(task, stream, std::move(top));
}

Result<SourceStream> Worker::open_stream(ChildTask& task) {
  if (task.message.end == wire::kUnknownSize) {
    return SourceStream::open_sequential(task.source, [this, &task] {
      wire::Waiting waiting{};
      waiting.task = task.message.task;
      return session_->send(waiting);
    });
  }
  const auto format = static_cast<codec::Format>(task.message.format);
  return SourceStream::open(task.source, format, task.message.end);
}

// `top` is what was read to find the head.
Status Worker::stream_windows(ChildTask& task, SourceStream& stream, std::string top) {
  text::Cursor cursor;
  cursor.offset = context_.head.data_offset;
  cursor.line = context_.head.data_line;
  if (task.message.begin > cursor.offset) {
    cursor.offset = task.message.begin;
    cursor.line = task.message.line;
  }
  if (cursor.offset > top.size()) {
    FOREBAY_TRY(stream.skip(cursor.offset - top.size(), [&] { return tell_alive(task); }));
    top.clear();
  } else {
    top.erase(0, static_cast<std::size_t>(cursor.offset));
  }

  if (task.message.begin == 0) task.crc = context_.head_crc;
  const std::size_t step = static_cast<std::size_t>(session_->config().split_bytes);
  Window window;
  window.bytes = take_buffer(std::max(step, top.size()) + 2 * text::kPadding);
  std::memcpy(window.bytes.data(), top.data(), top.size());
  window.filled = top.size();
  Fill fill;
  fill.room = task.message.first_cut;
  fill.limit = task.message.row_limit;
  fill.reject_limit = task.message.reject_limit;
  fill.reject_budget = task.message.reject_budget;
  Status status;
  while (status.is_ok() && fill.limit > 0) {
    fill_window(window, stream, step + text::kPadding);
    if (window.filled == 0) {
      status = stream.failure().clone();
      break;
    }
    status = stream_window(task, stream, window, cursor, fill);
  }
  const Status published = publish(task, fill, cursor);
  task.consumed = cursor;
  task.input_bytes = stream.input_bytes();
  keep_buffer(std::move(window.bytes));
  return status.is_ok() ? published.clone() : std::move(status);
}

// Parses the records that begin in the first step of the window; in all of it where the source
// ends.
Status Worker::stream_window(ChildTask& task, SourceStream& stream, Window& window,
                             text::Cursor& cursor, Fill& fill) {
  const std::size_t step = static_cast<std::size_t>(session_->config().split_bytes);
  std::size_t stop = window.at_end ? window.filled : step;
  const text::ScanReport report = text::scan(dialect_, window.bytes.data(), stop, window.filled);
  const text::ScanState state =
      report.from[static_cast<std::size_t>(text::ScanState::record_start)].end;
  auto end = end_of_record(dialect_, state, window, stop, [&](std::size_t wanted) {
    fill_window(window, stream, wanted);
    return Status::ok();
  });
  Status fault = stream.failure().is_failure() ? stream.failure().clone() : end.status().clone();
  // What was read last may be half a record; those before it are whole.
  if (fault.is_failure()) stop = end_of_whole_records(dialect_, window, 0, window.filled);
  task.input_end = stream.input_bytes();
  task.decoded_end = cursor.offset + window.filled;
  const char* data = window.bytes.data();
  cursor.next = data;
  FOREBAY_TRY(
      parse(task, cursor, data + stop, data + (fault.is_failure() ? stop : end.value()), fill));
  window.drop_front(static_cast<std::size_t>(cursor.next - data));
  // A fault behind the last row that was asked for is none of the caller's.
  return fill.limit == 0 ? Status::ok() : std::move(fault);
}

}  // namespace forebay::core
