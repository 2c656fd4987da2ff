#include "text/sniff_records.hpp"

namespace forebay::core::text {

SniffRecords::SniffRecords(const Dialect& dialect, std::string_view data, bool at_end)
    : dialect_(dialect), data_(data), at_end_(at_end) {}

bool SniffRecords::ends_field(char byte) const noexcept {
  return byte == '\n' || (dialect_.delimiter == 0 ? is_blank(byte) : byte == dialect_.delimiter);
}

// A blank record or a comment; nothing is passed over when its end is not in the sample.
bool SniffRecords::pass_over_line() {
  std::size_t first = at_;
  while (dialect_.delimiter == 0 && first < data_.size() && is_blank(data_[first])) ++first;
  const std::string_view rest = data_.substr(first);
  const bool is_empty = rest.empty() || rest[0] == '\n' || rest.substr(0, 2) == "\r\n";
  const bool is_comment =
      !dialect_.comment.empty() && rest.substr(0, dialect_.comment.size()) == dialect_.comment;
  if (!is_empty && !is_comment) return false;
  const std::size_t newline = data_.find('\n', first);
  at_ = newline == std::string_view::npos ? data_.size() : newline + 1;
  return true;
}

bool SniffRecords::next(std::vector<SniffCell>* cells) {
  while (at_ < data_.size() && pass_over_line()) {
  }
  begin_ = at_;
  cells->clear();
  return at_ < data_.size() && take_record(cells);
}

bool SniffRecords::take_record(std::vector<SniffCell>* cells) {
  while (true) {
    while (dialect_.delimiter == 0 && at_ < data_.size() && is_blank(data_[at_])) ++at_;
    const bool has_more = dialect_.delimiter != 0 || !take_record_end();
    if (!has_more) return true;
    if (at_ >= data_.size() && dialect_.delimiter == 0) return at_end_;
    SniffCell cell;
    const bool quoted = dialect_.quote != 0 && at_ < data_.size() && data_[at_] == dialect_.quote;
    if (!(quoted ? take_quoted(&cell) : take_plain(&cell))) return false;
    cells->push_back(cell);
    if (take_record_end()) return true;
    if (at_ >= data_.size()) return at_end_;
    ++at_;  // the delimiter, or a blank
  }
}

bool SniffRecords::take_record_end() {
  const std::string_view rest = data_.substr(at_, 2);
  if (rest.empty() || (rest[0] != '\n' && rest != "\r\n")) return false;
  at_ += rest[0] == '\n' ? 1 : 2;
  return true;
}

bool SniffRecords::take_plain(SniffCell* cell) {
  const std::size_t from = at_;
  while (at_ < data_.size() && !ends_field(data_[at_])) ++at_;
  if (at_ >= data_.size() && !at_end_) return false;
  const bool has_return =
      at_ > from && data_[at_ - 1] == '\r' && (at_ >= data_.size() || data_[at_] == '\n');
  if (has_return && at_ < data_.size()) --at_;
  cell->text = data_.substr(from, at_ - from - (has_return && at_ >= data_.size() ? 1 : 0));
  cell->width = cell->text.size();
  return true;
}

bool SniffRecords::take_quoted(SniffCell* cell) {
  const std::size_t from = at_ + 1;
  std::size_t doubled = 0;
  std::size_t close = data_.find(dialect_.quote, from);
  while (close != std::string_view::npos && data_.substr(close + 1, 1) == data_.substr(at_, 1)) {
    ++doubled;
    close = data_.find(dialect_.quote, close + 2);
  }
  if (close == std::string_view::npos) {
    ++bad_quotes_;
    at_ = data_.size();
    return false;
  }
  cell->text = data_.substr(from, close - from);
  cell->width = cell->text.size() - doubled;
  cell->is_quoted = true;
  has_lines_in_quotes_ = has_lines_in_quotes_ || cell->text.find('\n') != std::string_view::npos;
  at_ = close + 1;
  while (at_ < data_.size() && !ends_field(data_[at_]) && data_.substr(at_, 2) != "\r\n") {
    if (!is_blank(data_[at_]) && !(data_[at_] == '\r' && at_ + 1 == data_.size())) ++bad_quotes_;
    ++at_;
  }
  return at_ < data_.size() || at_end_;
}

}  // namespace forebay::core::text
