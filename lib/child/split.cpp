// A split of a plain or bgzf file: scanned first, parsed once the coordinator knows what stands
// before it.
#include <algorithm>
#include <cstring>

#include "child/worker.hpp"

namespace forebay::core {
namespace {

// Bytes read beyond a split at once, so that its last record is mostly complete already.
constexpr std::size_t kOverlap = 64U << 10U;

std::size_t split_bytes(const ChildTask& task) {
  return static_cast<std::size_t>(task.message.end - task.message.begin);
}

// Reads on until `wanted` bytes from the split's begin are there, or the file ends.
Status read_until(ChildTask& task, std::size_t wanted) {
  const std::span<char> room = task.window.room(wanted);
  if (task.decoded) {
    const std::size_t got = task.decoded->read(room);
    const Status& failure = task.decoded->failure();
    task.window.took(got, failure.is_failure() ? got : room.size());
    return failure.clone();
  }
  FOREBAY_TRY_ASSIGN(const std::size_t got,
                     read_range(task.source, task.message.begin + task.window.filled, room));
  task.window.took(got, room.size());
  return Status::ok();
}

// Reads the split and what follows it. A bgzf file that cannot be decoded on gives what stands
// before that place; a fault behind the split is not the split's.
Status read_split(ChildTask& task) {
  const wire::Task& message = task.message;
  const std::size_t size = split_bytes(task);
  if (static_cast<codec::Format>(message.format) != codec::Format::bgzf) {
    FOREBAY_TRY(read_until(task, size + kOverlap));
    return task.window.filled < size ? shorter_than_before() : Status::ok();
  }
  FOREBAY_TRY_ASSIGN(auto decoder, codec::make_decoder(codec::Format::bgzf, message.block_begin));
  task.decoded = std::make_unique<SourceStream>(SourceStream::open_range(
      task.source, std::move(decoder), message.block_begin, message.source_bytes));
  FOREBAY_TRY(task.decoded->skip(message.begin - message.block_base));
  task.fault = read_until(task, size + text::kPadding);
  if (task.window.filled >= size)
    task.fault = Status();
  else if (task.fault.is_ok())
    task.fault = shorter_than_before();
  return Status::ok();
}

// The end of the split's last record, which begins at `first` or behind it.
Result<std::size_t> end_of_split(ChildTask& task, const text::Dialect& dialect,
                                 text::ScanState state, std::size_t first, std::size_t size) {
  if (task.fault.is_failure()) return task.fault.clone();
  Window& window = task.window;
  FOREBAY_TRY_ASSIGN(const std::size_t end,
                     end_of_record(dialect, state, window, size, [&](std::size_t wanted) {
                       Status status = read_until(task, wanted);
                       if (!task.decoded) return status;
                       // What stands before a fault may be all that is needed.
                       window.at_end = window.at_end || status.is_failure();
                       return Status::ok();
                     }));
  const bool is_at_fault = task.decoded && task.decoded->failure().is_failure() &&
                           end == window.filled &&
                           end_of_whole_records(dialect, window, first, end) < end;
  if (is_at_fault) return task.decoded->failure().clone();
  return end;
}

}  // namespace

Status Worker::scan(ChildTask& task) {
  task.window.bytes = take_buffer(split_bytes(task) + kOverlap + text::kPadding);
  FOREBAY_TRY(read_split(task));
  const std::size_t size = std::min(split_bytes(task), task.window.filled);
  task.report = text::scan(dialect_, task.window.bytes.data(), size, task.window.filled);
  wire::Scanned scanned{};
  scanned.task = task.message.task;
  scanned.newlines = task.report->newlines;
  for (std::size_t state = 0; state < text::kScanStates; ++state) {
    // One more at a fault: it stands where a row would, so that the rows before it are not all.
    scanned.rows[state] = task.report->from[state].rows + (task.fault.is_failure() ? 1 : 0);
    scanned.end[state] = static_cast<std::uint32_t>(task.report->from[state].end);
  }
  return session_->send(scanned);
}

bool Worker::scan_ahead() {
  for (const auto& task : session_->tasks()) {
    const bool is_due =
        task->message.kind == wire::TaskKind::split && !task->report && !task->dropped;
    // A failure to read shows again, and is reported, when the task's turn comes.
    if (is_due) return scan(*task).is_ok();
  }
  return false;
}

Status Worker::serve_split(ChildTask& task) {
  if (!task.report) FOREBAY_TRY(scan(task));
  FOREBAY_TRY(await_go(task));
  FOREBAY_TRY(enter_source(task));
  return parse_split(task);
}

Status Worker::await_go(ChildTask& task) {
  FOREBAY_TRY(receive(false));
  while (!task.go && !task.dropped) FOREBAY_TRY(wait());
  return task.dropped ? Status(FOREBAY_E_CANCELLED, "the task was dropped") : Status::ok();
}

Status Worker::parse_split(ChildTask& task) {
  const char* data = task.window.bytes.data();
  const std::size_t size = std::min(split_bytes(task), task.window.filled);
  std::size_t first = 0;
  auto state = static_cast<text::ScanState>(task.go->state);
  if (state != text::ScanState::record_start) {
    const auto found = text::find_record_end(dialect_, state, data, 0, size, task.window.filled);
    // The whole split lies inside a record that began before it.
    if (!found) return task.fault.clone();
    first = *found;
  }
  text::Cursor cursor;
  cursor.next = data + first;
  cursor.offset = task.message.begin + first;
  cursor.line = task.go->line + static_cast<std::uint64_t>(std::count(data, data + first, '\n'));
  Fill fill;
  fill.room = task.go->first_cut;
  fill.limit = task.go->row_limit;
  fill.reject_limit = task.go->reject_limit;
  fill.reject_budget = task.go->reject_budget;
  const text::ScanState state_at_end = task.report->from[task.go->state].end;
  const Result<std::size_t> end = end_of_split(task, dialect_, state_at_end, first, size);
  // The last row of the split is at fault; those before it stand.
  const std::size_t stop =
      end.is_ok() ? size : end_of_whole_records(dialect_, task.window, first, size);
  // Reading on may have moved the bytes.
  data = task.window.bytes.data();
  cursor.next = data + first;
  Status status = parse(task, cursor, data + stop, data + (end.is_ok() ? end.value() : stop), fill);
  if (status.is_ok()) {
    task.input_bytes = size;
    status = publish(task, fill, cursor);
  }
  task.consumed = cursor;
  FOREBAY_TRY(std::move(status));
  // A fault behind the last row that was asked for is none of the caller's.
  if (!end.is_ok()) return fill.limit == 0 ? Status::ok() : end.status().clone();
  // Nobody has asked for what stands behind a limit.
  if (task.go->row_limit < task.report->from[task.go->state].rows) return Status::ok();
  consume_to(task, data + end.value());
  return Status::ok();
}

// What is left behind the last row up to `last` has no row in it.
void Worker::consume_to(ChildTask& task, const char* last) {
  text::Cursor& place = task.consumed;
  task.crc = codec::crc64_more(task.crc, {place.next, last});
  place.offset += static_cast<std::uint64_t>(last - place.next);
  place.line += static_cast<std::uint64_t>(std::count(place.next, last, '\n'));
  place.next = last;
}

}  // namespace forebay::core
