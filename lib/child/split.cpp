// A split of a plain file: scanned first, parsed once the coordinator knows what stands before it.
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
  FOREBAY_TRY_ASSIGN(const std::size_t got,
                     read_range(task.source, task.message.begin + task.window.filled, room));
  task.window.took(got, room.size());
  return Status::ok();
}

}  // namespace

Status Worker::scan(ChildTask& task) {
  const std::size_t size = split_bytes(task);
  task.window.bytes = take_buffer(size + kOverlap + text::kPadding);
  FOREBAY_TRY(read_until(task, size + kOverlap));
  if (task.window.filled < size) return shorter_than_before();
  task.report = text::scan(dialect_, task.window.bytes.data(), size, task.window.filled);
  wire::Scanned scanned{};
  scanned.task = task.message.task;
  scanned.newlines = task.report->newlines;
  for (std::size_t state = 0; state < text::kScanStates; ++state) {
    scanned.rows[state] = task.report->from[state].rows;
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
  const std::size_t size = split_bytes(task);
  std::size_t first = 0;
  auto state = static_cast<text::ScanState>(task.go->state);
  if (state != text::ScanState::record_start) {
    const auto found = text::find_record_end(dialect_, state, data, 0, size, task.window.filled);
    // The whole split lies inside a record that began before it.
    if (!found) return Status::ok();
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
  const auto end = end_of_record(dialect_, task.report->from[task.go->state].end, task.window, size,
                                 [&](std::size_t wanted) { return read_until(task, wanted); });
  // The last row of the split is at fault; those before it stand.
  const std::size_t stop =
      end.is_ok() ? size : end_of_whole_records(dialect_, task.window, first, size);
  // Reading on may have moved the bytes.
  data = task.window.bytes.data();
  cursor.next = data + first;
  FOREBAY_TRY(parse(task, cursor, data + stop, data + (end.is_ok() ? end.value() : stop), fill));
  task.input_bytes = size;
  FOREBAY_TRY(publish(task, fill, cursor));
  return end.is_ok() ? Status::ok() : end.status().clone();
}

}  // namespace forebay::core
