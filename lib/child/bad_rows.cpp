// What becomes of rows that cannot be read: the source's failure, or rejects, which are counted and
// told to the coordinator before the publish that covers them.
#include <algorithm>
#include <string_view>

#include "child/worker.hpp"

namespace forebay::core {
namespace {

// Why now and then a sign of life: rejects past the limit are only counted, and the coordinator
// would take a long stretch of bad rows for a child that hangs.
constexpr std::uint64_t kSignOfLife = 1U << 16U;

Status status_of(text::RowError error) {
  ErrorDetail detail;
  detail.message = std::move(error.message);
  detail.line = error.line;
  detail.byte = error.byte;
  detail.column = error.column;
  return {error.code, std::move(detail)};
}

// The text of a record without its line end.
std::string_view line_of(const char* begin, const char* next) {
  std::string_view line(begin, static_cast<std::size_t>(next - begin));
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

Status Worker::settle_bad_row(ChildTask& task, text::Cursor& cursor, const char* end, Fill& fill,
                              text::RowError error) {
  const wire::OnError policy = session_->config().on_error;
  // Why never skipped: nobody knows how many rows that would cost.
  if (policy == wire::OnError::fail || error.swallows_lines) {
    FOREBAY_TRY(publish(task, fill, cursor));
    return status_of(std::move(error));
  }
  const text::Cursor row = cursor;
  std::vector<text::RowError> errors;
  bool is_mended = false;
  const std::uint64_t truncated = context_.parser->truncated();
  if (policy == wire::OnError::null) {
    is_mended = context_.parser->mend(cursor, end, fill.sink, fill.filled, &errors);
  } else {
    errors.push_back(std::move(error));
    context_.parser->pass_over(cursor, end);
  }
  const std::uint64_t allowed = fill.reject_budget - std::min(fill.reject_budget, task.rejects);
  if (errors.size() > allowed) {
    task.is_over_budget = true;
    cursor = row;
    FOREBAY_TRY(publish(task, fill, row));
    return status_of(std::move(errors[allowed]));
  }
  task.crc = codec::crc64_more(task.crc, {row.next, cursor.next});
  const std::string_view line = line_of(row.next, cursor.next);
  for (text::RowError& each : errors)
    FOREBAY_TRY(session_->reject(task, fill.reject_limit, status_of(std::move(each)), line));
  --fill.limit;
  if (is_mended) {
    ++fill.filled;
    --fill.room;
    fill.truncated += context_.parser->truncated() - truncated;
  } else {
    ++task.new_skipped;
    if (task.new_skipped % kSignOfLife == 0) return tell_alive(task);
  }
  return Status::ok();
}

}  // namespace forebay::core
