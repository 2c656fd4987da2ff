// A split of a plain file: scanned first, parsed once the coordinator knows what stands before it.
#include <algorithm>
#include <cstring>

#include "child/worker.hpp"

namespace forebay::core {
namespace {

// Bytes read beyond a split at once, so that its last record is mostly complete already.
constexpr std::size_t kOverlap = 64U << 10U;
constexpr std::size_t kLookahead = text::kPadding;
// The longest record. Why: a quote that is never closed would otherwise pull the rest of the file
// into memory.
constexpr std::size_t kMaxRecord = 64U << 20U;

std::size_t split_bytes(const ChildTask& task) {
  return static_cast<std::size_t>(task.message.end - task.message.begin);
}

// Reads on until `wanted` bytes from the split's begin are there, or the file ends.
Status read_until(ChildTask& task, std::size_t wanted) {
  if (task.at_end || wanted <= task.available) return Status::ok();
  if (task.buffer.size() < wanted + text::kPadding) task.buffer.resize(wanted + text::kPadding);
  const std::span<char> room(task.buffer.data() + task.available, wanted - task.available);
  FOREBAY_TRY_ASSIGN(const std::size_t got,
                     read_range(task.source, task.message.begin + task.available, room));
  task.at_end = got < room.size();
  task.available += got;
  return Status::ok();
}

// How far the bytes may be looked at so that kLookahead more are known behind, or the file ends
// there.
std::size_t known_bytes(const ChildTask& task) {
  return task.at_end ? task.available : task.available - std::min(task.available, kLookahead);
}

}  // namespace

Status Worker::scan(ChildTask& task) {
  const std::size_t size = split_bytes(task);
  task.buffer = take_buffer(size + kOverlap + text::kPadding);
  FOREBAY_TRY(read_until(task, size + kOverlap));
  if (task.available < size) {
    return {
        FOREBAY_E_TRUNCATED,
        "the file became shorter while it was being read; load it again once nothing writes it"};
  }
  task.report = text::scan(dialect_, task.buffer.data(), size, task.available);
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
  FOREBAY_TRY_ASSIGN(const std::size_t end, end_of_records(task));
  return parse_split(task, end);
}

Status Worker::await_go(ChildTask& task) {
  FOREBAY_TRY(receive(false));
  while (!task.go && !task.dropped) FOREBAY_TRY(wait());
  return task.dropped ? Status(FOREBAY_E_CANCELLED, "the task was dropped") : Status::ok();
}

// The offset at which the last record that begins in the split ends.
Result<std::size_t> Worker::end_of_records(ChildTask& task) {
  const std::size_t size = split_bytes(task);
  text::ScanState state = task.report->from[task.go->state].end;
  if (state == text::ScanState::record_start) return size;
  std::size_t from = size;
  for (std::size_t step = kOverlap;; step *= 2) {
    const std::size_t known = std::max(from, known_bytes(task));
    const auto found =
        text::find_record_end(dialect_, state, task.buffer.data(), from, known, task.available);
    if (found) return *found;
    if (task.at_end) return task.available;
    from = known;
    if (from - size > kMaxRecord) {
      return Status(
          FOREBAY_E_LIMIT,
          "a row is longer than 64 MiB; if quotes stand in the text unpaired, turn quoting off");
    }
    FOREBAY_TRY(read_until(task, task.available + step));
  }
}

Status Worker::parse_split(ChildTask& task, std::size_t end) {
  const char* data = task.buffer.data();
  const std::size_t size = split_bytes(task);
  std::size_t first = 0;
  auto state = static_cast<text::ScanState>(task.go->state);
  if (state != text::ScanState::record_start) {
    const auto found = text::find_record_end(dialect_, state, data, 0, size, task.available);
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
  FOREBAY_TRY(parse(task, cursor, data + size, data + end, fill));
  task.input_bytes = size;
  return publish(task, fill, cursor);
}

}  // namespace forebay::core
