// The top of a source: byte order mark, skipped lines, header.
#include <algorithm>

#include "text/field_text.hpp"
#include "text/machine.hpp"
#include "text/text.hpp"

namespace forebay::core::text {
namespace {

constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";

bool begins_with(std::string_view data, std::string_view prefix) {
  return data.substr(0, prefix.size()) == prefix;
}

Status check_marks(std::string_view data) {
  std::string_view encoding;
  if (begins_with(data, std::string_view("\xff\xfe\0\0", 4)) ||
      begins_with(data, std::string_view("\0\0\xfe\xff", 4))) {
    encoding = "UTF-32";
  } else if (begins_with(data, "\xff\xfe") || begins_with(data, "\xfe\xff")) {
    encoding = "UTF-16";
  }
  if (encoding.empty()) return Status::ok();
  ErrorDetail detail;
  detail.message = "the file is " + std::string(encoding) + " text; convert it first: iconv -f " +
                   std::string(encoding) + " -t UTF-8";
  detail.line = 1;
  detail.byte = 0;
  return {FOREBAY_E_FORMAT, std::move(detail)};
}

// The records at the top, one after another.
class HeadReader {
 public:
  HeadReader(const Dialect& dialect, std::string_view data, bool at_end)
      : dialect_(dialect), machine_(dialect), data_(data), at_end_(at_end) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::uint64_t line() const { return line_; }

  void skip_mark() {
    if (begins_with(data_, kUtf8Mark)) at_ = kUtf8Mark.size();
  }

  // false: the line does not end within the data.
  bool skip_line() {
    const std::size_t newline = data_.find('\n', at_);
    if (newline == std::string_view::npos && !at_end_) return false;
    go_to(newline == std::string_view::npos ? data_.size() : newline + 1);
    return true;
  }

  // Goes past the first record that is a row and gives its text; false: it does not end within the
  // data. Without such a record the text is empty.
  Result<bool> take_row(std::string_view* record) {
    *record = {};
    while (at_ < data_.size()) {
      // Blanks at the end of the data may go on, and a prefix or "\r\n" may be cut there.
      const bool is_row = machine_.row_starts_at(data_.data(), at_, data_.size(), data_.size());
      const std::size_t start = at_;
      ScanState state = ScanState::record_start;
      const std::optional<std::size_t> end =
          find_record_end(dialect_, state, data_.data(), at_, data_.size(), data_.size());
      if (!end && !at_end_) return false;
      if (!end && state == ScanState::quoted) return open_quote();
      go_to(end.value_or(data_.size()));
      if (!is_row) continue;
      *record = data_.substr(start, at_ - start);
      return true;
    }
    return at_end_;
  }

 private:
  void go_to(std::size_t to) {
    const char* const begin = data_.data();
    line_ += static_cast<std::uint64_t>(std::count(begin + at_, begin + to, '\n'));
    at_ = to;
  }

  [[nodiscard]] Status open_quote() const {
    ErrorDetail detail;
    detail.message = "a quote in the header, line " + std::to_string(line_) +
                     ", is never closed; close it, or turn quotes off";
    detail.line = line_;
    detail.byte = at_;
    return {FOREBAY_E_FORMAT, std::move(detail)};
  }

  const Dialect& dialect_;
  const Machine machine_;
  const std::string_view data_;
  const bool at_end_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
};

std::string_view without_line_end(std::string_view record) {
  if (!record.empty() && record.back() == '\n') record.remove_suffix(1);
  if (!record.empty() && record.back() == '\r') record.remove_suffix(1);
  return record;
}

std::string unquoted(std::string_view text, char quote) {
  if (quote == 0 || text.empty() || text[0] != quote) return std::string(trim_blanks(text));
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == quote && (i + 1 == text.size() || text[++i] != quote)) break;
    out.push_back(text[i]);
  }
  return std::string(trim_blanks(out));
}

std::vector<std::string> split_names(const Dialect& dialect, std::string_view record) {
  const Machine machine(dialect);
  record = without_line_end(record);
  std::vector<std::string> names;
  ScanState state = ScanState::field_start;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= record.size(); ++at) {
    const bool ends =
        at == record.size() || (state != ScanState::quoted && machine.is_separator(record[at]));
    if (ends) {
      // Among blanks there are no empty fields: what looks like one is a second blank.
      if (!machine.blanks() || at > begin) {
        names.push_back(unquoted(record.substr(begin, at - begin), dialect.quote));
      }
      begin = at + 1;
    }
    if (at < record.size()) state = machine.move(state, record.data(), at, record.size()).next;
  }
  return names;
}

}  // namespace

Status read_head(const Dialect& dialect, std::string_view data, bool at_end,
                 std::optional<Head>* out) {
  out->reset();
  constexpr std::size_t kLongestMark = 4;
  if (data.size() < kLongestMark && !at_end) return Status::ok();
  FOREBAY_TRY(check_marks(data));
  HeadReader reader(dialect, data, at_end);
  reader.skip_mark();
  for (std::uint32_t i = 0; i < dialect.skip_rows; ++i) {
    if (!reader.skip_line()) return Status::ok();
    if (at_end && reader.at() == data.size()) break;
  }
  Head head;
  if (dialect.has_header) {
    std::string_view record;
    FOREBAY_TRY_ASSIGN(const bool complete, reader.take_row(&record));
    if (!complete) return Status::ok();
    if (!record.empty()) head.names = split_names(dialect, record);
  }
  head.data_offset = reader.at();
  head.data_line = reader.line();
  *out = std::move(head);
  return Status::ok();
}

}  // namespace forebay::core::text
