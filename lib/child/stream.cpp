// Sources read from their top: small files, compressed ones, and the head of any. The decoded bytes
// pass through a window; each window is treated as a split whose first record begins at its start.
#include <algorithm>
#include <cstring>

#include "child/worker.hpp"

namespace forebay::core {
namespace {

constexpr std::size_t kHeadBytes = 64U << 10U;
constexpr std::size_t kMaxHead = 64U << 20U;
constexpr std::size_t kMaxRecord = 64U << 20U;

// Reads the head of a source; `window` then holds all decoded bytes read so far.
Status read_source_head(const text::Dialect& dialect, SourceStream& stream, std::string* window,
                        text::Head* out) {
  for (std::size_t wanted = kHeadBytes;; wanted *= 2) {
    const std::size_t have = window->size();
    window->resize(wanted);
    FOREBAY_TRY_ASSIGN(const std::size_t got,
                       stream.read(std::span<char>(window->data() + have, wanted - have)));
    window->resize(have + got);
    const bool at_end = have + got < wanted;
    std::optional<text::Head> head;
    FOREBAY_TRY(text::read_head(dialect, *window, at_end, &head));
    if (head) {
      *out = std::move(*head);
      return Status::ok();
    }
    if (wanted > kMaxHead) {
      return {FOREBAY_E_LIMIT,
              "the header and the skipped lines take more than 64 MiB; check the options for them"};
    }
  }
}

// A window over a stream: decoded bytes [0, filled), padded.
struct Window {
  std::vector<char> bytes;
  std::size_t filled = 0;
  bool at_end = false;

  Status fill(SourceStream& stream, std::size_t wanted) {
    if (at_end || wanted <= filled) return Status::ok();
    if (bytes.size() < wanted + text::kPadding) bytes.resize(wanted + text::kPadding);
    const std::span<char> room(bytes.data() + filled, wanted - filled);
    FOREBAY_TRY_ASSIGN(const std::size_t got, stream.read(room));
    at_end = got < room.size();
    filled += got;
    return Status::ok();
  }
  [[nodiscard]] std::size_t known() const {
    return at_end ? filled : filled - std::min(filled, text::kPadding);
  }
  void drop_front(std::size_t count) {
    std::memmove(bytes.data(), bytes.data() + count, filled - count);
    filled -= count;
  }
};

// The end of the record in progress at `stop`, reading on as needed.
Result<std::size_t> complete_record(const text::Dialect& dialect, SourceStream& stream,
                                    Window& window, std::size_t stop) {
  const text::ScanReport report = text::scan(dialect, window.bytes.data(), stop, window.filled);
  text::ScanState state = report.from[static_cast<std::size_t>(text::ScanState::record_start)].end;
  if (state == text::ScanState::record_start) return stop;
  std::size_t from = stop;
  for (std::size_t step = kHeadBytes;; step *= 2) {
    FOREBAY_TRY(window.fill(stream, from + step));
    const std::size_t known = std::max(from, window.known());
    const auto found =
        text::find_record_end(dialect, state, window.bytes.data(), from, known, window.filled);
    if (found) return *found;
    if (window.at_end) return window.filled;
    from = known;
    if (from - stop > kMaxRecord) {
      return Status(
          FOREBAY_E_LIMIT,
          "a row is longer than 64 MiB; if quotes stand in the text unpaired, turn quoting off");
    }
  }
}

}  // namespace

Status Worker::set_context(std::uint32_t source, text::Head head) {
  context_.source = kNoSource;
  FOREBAY_TRY_ASSIGN(text::ColumnPlan plan,
                     text::plan_columns(session_->config().columns, head.names, *dtype_));
  FOREBAY_TRY_ASSIGN(context_.parser, text::Parser::make(dialect_, dtype_, std::move(plan)));
  context_.head = std::move(head);
  context_.source = source;
  return Status::ok();
}

Status Worker::enter_source(ChildTask& task) {
  if (context_.source == task.message.source) return Status::ok();
  // Why not open(): a split's task names the end of the split, not of the file.
  FOREBAY_TRY_ASSIGN(SourceStream stream, SourceStream::open_head(task.source));
  std::string window;
  text::Head head;
  FOREBAY_TRY(read_source_head(dialect_, stream, &window, &head));
  return set_context(task.message.source, std::move(head));
}

Status Worker::serve_stream(ChildTask& task) {
  const auto format = static_cast<codec::Format>(task.message.format);
  FOREBAY_TRY_ASSIGN(SourceStream stream,
                     SourceStream::open(task.source, format, task.message.end));
  std::string top;
  text::Head head;
  FOREBAY_TRY(read_source_head(dialect_, stream, &top, &head));
  FOREBAY_TRY(set_context(task.message.source, std::move(head)));
  return stream_windows(task, stream, std::move(top));
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
    FOREBAY_TRY(stream.skip(cursor.offset - top.size()));
    top.clear();
  } else {
    top.erase(0, static_cast<std::size_t>(cursor.offset));
  }

  const std::size_t step = static_cast<std::size_t>(session_->config().split_bytes);
  Window window;
  window.bytes = take_buffer(std::max(step, top.size()) + 2 * text::kPadding);
  std::memcpy(window.bytes.data(), top.data(), top.size());
  window.filled = top.size();
  Fill fill;
  fill.room = task.message.first_cut;
  fill.limit = task.message.row_limit;
  while (fill.limit > 0) {
    FOREBAY_TRY(window.fill(stream, step + text::kPadding));
    if (window.filled == 0) break;
    const std::size_t stop = window.at_end ? window.filled : step;
    FOREBAY_TRY_ASSIGN(const std::size_t end, complete_record(dialect_, stream, window, stop));
    task.input_bytes = stream.input_bytes();
    const char* data = window.bytes.data();
    cursor.next = data;
    FOREBAY_TRY(parse(task, cursor, data + stop, data + end, fill));
    window.drop_front(static_cast<std::size_t>(cursor.next - data));
  }
  FOREBAY_TRY(publish(task, fill, cursor));
  keep_buffer(std::move(window.bytes));
  return Status::ok();
}

}  // namespace forebay::core
