#include "child/inflater.hpp"

#include <string_view>
#include <utility>

namespace forebay::core {
namespace {

// How far before the end of a window the last record is looked for first.
constexpr std::size_t kNearEnd = 64U << 10U;

constexpr auto kAtRecord = static_cast<std::size_t>(text::ScanState::record_start);

}  // namespace

Result<std::unique_ptr<Inflater>> Inflater::open(Descriptor file, const wire::Task& task,
                                                 std::vector<char> window,
                                                 const std::function<Status()>& tell) {
  std::unique_ptr<Inflater> inflater(new Inflater);
  inflater->source_ = task.source;
  inflater->offset_ = task.begin;
  inflater->file_ = std::move(file);
  inflater->window_.bytes = std::move(window);
  const auto format = static_cast<codec::Format>(task.format);
  FOREBAY_TRY_ASSIGN(inflater->stream_, SourceStream::open(inflater->file_, format, task.end));
  FOREBAY_TRY(inflater->stream_->skip(task.begin, tell));
  return inflater;
}

Result<Inflater::Piece> Inflater::next(const text::Dialect& dialect, std::size_t room) {
  const std::span<char> wanted = window_.room(room + text::kPadding);
  window_.took(stream_->read(wanted), wanted.size());
  const bool is_faulty = stream_->failure().is_failure();
  const std::size_t size = std::min(room, window_.filled);
  const char* data = window_.bytes.data();
  Piece piece;
  if (window_.at_end && !is_faulty && window_.filled <= room) {
    piece.state = wire::Inflation::at_end;
    piece.text = {data, size};
    piece.report = text::scan(dialect, data, size, size);
    return piece;
  }
  piece.text = {data, whole_records(dialect, size, &piece.report)};
  if (!piece.text.empty()) return piece;
  if (is_faulty && window_.filled <= room) return stream_->failure().clone();
  piece.state = wire::Inflation::too_long;
  return piece;
}

// How far the whole records in the first `size` bytes go. The last line break mostly ends one;
// where it stands in quotes the last record is looked for near the end, and from the start only
// then.
std::size_t Inflater::whole_records(const text::Dialect& dialect, std::size_t size,
                                    text::ScanReport* report) const {
  const char* data = window_.bytes.data();
  const std::size_t last = std::string_view(data, size).rfind('\n');
  if (last == std::string_view::npos) return 0;
  std::size_t whole = last + 1;
  *report = text::scan(dialect, data, whole, window_.filled);
  if (report->from[kAtRecord].end == text::ScanState::record_start) return whole;
  whole = 0;
  if (last > kNearEnd) {
    const std::size_t near = last - kNearEnd;
    text::ScanState state = text::scan(dialect, data, near, window_.filled).from[kAtRecord].end;
    const auto first = text::find_record_end(dialect, state, data, near, last, window_.filled);
    if (first) whole = end_of_whole_records(dialect, window_, *first, last);
  }
  if (whole == 0) whole = end_of_whole_records(dialect, window_, 0, last);
  *report = text::scan(dialect, data, whole, window_.filled);
  return whole;
}

void Inflater::pass(std::size_t bytes) {
  window_.drop_front(bytes);
  offset_ += bytes;
}

}  // namespace forebay::core
