#include "text/indexed_rows.hpp"

#include <algorithm>

#include "text/value_reader.hpp"

namespace forebay::core::text {
namespace {

// Why these: text, index and rows of a window stay in the nearest cache.
constexpr std::size_t kWindow = 8U << 10;
constexpr std::size_t kLeastWindow = 256;
constexpr std::size_t kWideWindow = 128U << 10;
constexpr std::size_t kMostWindow = 1U << 20;
constexpr std::uint32_t kEnoughRows = 8;
constexpr std::size_t kMostRows = 512;
// After a row that nobody could read: what had been read of the rows behind it is lost.
constexpr std::size_t kFewRows = 4;

bool is_blank(char byte) noexcept {
  return byte == ' ' || byte == '\t';
}

}  // namespace

IndexedRows::IndexedRows(const Machine& machine, std::uint64_t columns, bool exact)
    : kernel_(active_kernel()),
      machine_(machine),
      columns_(columns),
      exact_(exact),
      window_bytes_(kWindow),
      starts_(kMostRows),
      first_ends_(kMostRows),
      batch_rows_(kMostRows) {
  for (const char byte : {'\n', '\r'}) may_be_no_row_[static_cast<unsigned char>(byte)] = true;
  const std::string& comment = machine.comment_prefix();
  if (!comment.empty()) may_be_no_row_[static_cast<unsigned char>(comment[0])] = true;
}

void IndexedRows::set_text(const char* stop, const char* limit) noexcept {
  stop_ = std::min(stop, limit);
  limit_ = limit;
  window_ = nullptr;
}

IndexedProgress IndexedRows::read(const char* record, std::size_t room, std::size_t first,
                                  const std::vector<Step>& steps, const FieldFallback& fallback,
                                  ValueReader* rules) {
  IndexedProgress done{record, 0, 0, 0};
  while (done.rows < room && done.next < stop_ && find(done.next, room - done.rows)) {
    const std::size_t rows = gather(std::min(room - done.rows, batch_rows_));
    if (rows == 0) break;
    if (rules != nullptr) rules->begin_row();
    std::size_t good = read_columns(rows, first + done.rows, steps, fallback);
    if (good < rows) {
      give_back(good, rows);
      batch_rows_ = kFewRows;
      // What was cut in rows that do not count must not count either.
      if (rules != nullptr && rules->truncated() > 0) {
        rules->begin_row();
        good = read_columns(good, first + done.rows, steps, fallback);
      }
    } else {
      batch_rows_ = std::min(kMostRows, 2 * batch_rows_);
    }
    if (rules != nullptr) done.truncated += rules->truncated();
    const char* const next = window_ + place_.offset;
    done.lines += index_.has_embedded_newlines
                      ? static_cast<std::uint64_t>(std::count(done.next, next, '\n'))
                      : good;
    done.next = next;
    done.rows += good;
    if (good < rows) break;
  }
  return done;
}

// Makes the window hold the whole record at `record`; false when none can.
bool IndexedRows::find(const char* record, std::size_t room) {
  if (window_ != nullptr) {
    const auto offset = static_cast<std::size_t>(record - window_);
    while (place_.line < index_.line_count && index_.lines[place_.line] < offset) ++place_.line;
    while (place_.end < index_.end_count && index_.ends[place_.end] < offset) ++place_.end;
    place_.offset = static_cast<std::uint32_t>(offset);
    if (has_record()) return true;
  }
  // Fewer rows wanted than a window has, fewer bytes looked at.
  std::size_t bytes = window_bytes_;
  if (room < 64) bytes = std::min(bytes, std::max<std::size_t>(kLeastWindow, room * 64));
  for (;; bytes *= 2) {
    if (index_from(record, bytes)) return true;
    const bool is_all = static_cast<std::size_t>(limit_ - record) <= bytes;
    if (was_cut_ || is_all || bytes >= kMostWindow) return false;
  }
}

bool IndexedRows::index_from(const char* record, std::size_t bytes) {
  const std::size_t size = std::min(bytes, static_cast<std::size_t>(limit_ - record));
  if (ends_.size() < size + kIndexSlack) {
    ends_.resize(size + kIndexSlack);
    lines_.resize(size + kIndexSlack);
    index_.ends = ends_.data();
    index_.lines = lines_.data();
  }
  window_ = record;
  was_cut_ = kernel_.index(machine_, record, size, &index_) < size;
  place_ = {};
  adapt_window(size);
  return has_record();
}

// Where quotes are out of order again and again, little is looked at in vain; where rows are long,
// enough of them come together.
void IndexedRows::adapt_window(std::size_t size) {
  if (was_cut_) {
    window_bytes_ = std::max(kLeastWindow, window_bytes_ / 4);
  } else if (window_bytes_ < kWindow ||
             (size >= window_bytes_ && index_.line_count < kEnoughRows)) {
    window_bytes_ = std::min(kWideWindow, 2 * window_bytes_);
  }
}

// Notes the rows from the place on that are plain, up to `most` of them.
std::size_t IndexedRows::gather(std::size_t most) {
  begin_ = place_;
  has_returns_ = false;
  ends_apart_ = 0;
  most = std::min<std::size_t>(most, index_.line_count - place_.line);
  const bool is_plain =
      exact_ && columns_ > 1 && !index_.has_odd_bytes && !(machine_.blanks() && index_.has_lead);
  if (is_plain) {
    const std::size_t rows = gather_plain(most);
    if (rows != 0) {
      ends_apart_ = columns_;
      return rows;
    }
  }
  if (machine_.blanks()) return exact_ ? gather_by<true, true>(most) : gather_by<true, false>(most);
  return exact_ ? gather_by<false, true>(most) : gather_by<false, false>(most);
}

// Where no row can be a comment or end in "\r\n": a row is one whose last field ends with its line.
std::size_t IndexedRows::gather_plain(std::size_t most) {
  const auto stop = static_cast<std::size_t>(stop_ - window_);
  const std::size_t columns = columns_;
  const std::uint32_t* const lines = index_.lines + place_.line;
  const std::uint32_t* const ends = index_.ends + place_.end;
  std::uint32_t* const starts = starts_.data();
  std::uint32_t* const first_ends = first_ends_.data();
  most = std::min<std::size_t>(most, (index_.end_count - place_.end) / columns);
  std::size_t rows = 0;
  std::size_t end = columns - 1;
  std::uint32_t start = place_.offset;
  std::uint32_t first_end = place_.end;
  for (; rows < most && ends[end] == lines[rows] && start < stop; ++rows, end += columns) {
    starts[rows] = start;
    first_ends[rows] = first_end;
    start = lines[rows] + 1;
    first_end += static_cast<std::uint32_t>(columns);
  }
  place_ = {start, first_end, place_.line + static_cast<std::uint32_t>(rows)};
  return rows;
}

// Why copies of all that is looked at: the compiler must take each number that is noted for a
// change of any member.
template <bool kBlanks, bool kExact>
std::size_t IndexedRows::gather_by(std::size_t most) {
  const char* const window = window_;
  const auto stop = static_cast<std::size_t>(stop_ - window);
  std::uint32_t* const ends = index_.ends;
  const std::uint32_t* const lines = index_.lines;
  const std::size_t end_count = index_.end_count;
  const std::size_t columns = columns_;
  std::uint32_t* const starts = starts_.data();
  std::uint32_t* const first_ends = first_ends_.data();
  Place place = place_;
  std::size_t rows = 0;
  for (; rows < most; ++rows) {
    const std::uint32_t line = lines[place.line];
    const std::size_t last = place.end + columns - 1;
    if (last >= end_count || (kExact ? ends[last] != line : ends[last] > line)) break;
    std::uint32_t start = place.offset;
    while (kBlanks && is_blank(window[start])) ++start;
    if (start >= stop || may_be_no_row_[static_cast<unsigned char>(window[start])]) break;
    if (window[line - 1] == '\r') [[unlikely]] {
      // Among blanks no field is left to end there.
      if (kBlanks && is_blank(window[line - 2])) break;
      if (ends[last] == line) --ends[last];
      has_returns_ = true;
    }
    starts[rows] = start;
    first_ends[rows] = place.end;
    auto end = static_cast<std::uint32_t>(last + 1);
    while (!kExact && end < end_count && ends[end] <= line) ++end;
    place = {line + 1, end, place.line + 1};
  }
  place_ = place;
  return rows;
}

std::size_t IndexedRows::read_columns(std::size_t rows, std::size_t first,
                                      const std::vector<Step>& steps,
                                      const FieldFallback& fallback) const {
  RowBatch batch;
  batch.text = window_;
  batch.ends = index_.ends;
  batch.starts = starts_.data();
  batch.first_end = first_ends_.data();
  batch.ends_apart = ends_apart_;
  batch.rows = rows;
  batch.first_row = first;
  batch.has_lead = index_.has_lead;
  batch.quote = index_.has_quotes ? machine_.quote() : '\0';
  batch.has_doubled_quotes = index_.has_doubled_quotes;
  batch.blanks = machine_.blanks();
  std::size_t column = 0;
  for (const Step& step : steps) {
    batch.rows = kernel_.read_fields(step, column, batch, fallback);
    if (batch.rows == 0) break;
    column += step.columns;
  }
  return batch.rows;
}

// Goes back to row `from` of the `rows` gathered, and gives them their "\r" again.
void IndexedRows::give_back(std::size_t from, std::size_t rows) {
  for (std::size_t row = from; has_returns_ && row < rows; ++row) {
    const std::uint32_t line = index_.lines[begin_.line + row];
    std::uint32_t& last = index_.ends[first_ends_[row] + columns_ - 1];
    if (last + 1 == line && window_[last] == '\r') last = line;
  }
  place_.end = first_ends_[from];
  place_.line = begin_.line + static_cast<std::uint32_t>(from);
  place_.offset = from == 0 ? begin_.offset : index_.lines[place_.line - 1] + 1;
}

}  // namespace forebay::core::text
