#include "text/sniff.hpp"

#include <algorithm>
#include <set>

#include "text/sniff_dialect.hpp"
#include "text/sniff_names.hpp"
#include "text/sniff_records.hpp"
#include "text/sniff_values.hpp"

namespace forebay::core::text {
namespace {

constexpr std::size_t kMostColumns = 65535;
constexpr std::string_view kMark = "\xef\xbb\xbf";

Status refuse(Code code, std::string message) {
  return {code, std::move(message)};
}

std::string format_by_first_bytes(std::string_view head) {
  struct Known {
    std::string_view first;
    const char* name;
  };
  constexpr Known kKnown[] = {{"\x89HDF", "an HDF5 file"},
                              {"\x93NUMPY", "a .npy file"},
                              {"PK\x03\x04", "a zip archive"},
                              {"%PDF", "a PDF document"},
                              {"PAR1", "a Parquet file"},
                              {"\x89PNG", "a picture"},
                              {"SQLite format 3", "a database"},
                              {"ARROW1", "an Arrow file"},
                              {"CDF\x01", "a NetCDF file"},
                              {"CDF\x02", "a NetCDF file"},
                              {"\x7f"
                               "ELF",
                               "a program"}};
  for (const Known& known : kKnown) {
    if (head.substr(0, known.first.size()) == known.first) return known.name;
  }
  return "binary";
}

Status check_is_text(std::string_view head) {
  std::optional<Head> unused;
  // Refuses the byte order marks of UTF-16 and UTF-32.
  FOREBAY_TRY(
      read_head(Dialect{}, head.substr(0, std::min<std::size_t>(head.size(), 64)), true, &unused));
  const std::string_view top = head.substr(0, 1U << 16U);
  const auto is_control = [](char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return value < 0x20 && value != '\t' && value != '\n' && value != '\r' && value != '\f' &&
           value != '\v' && value != 0x1b;
  };
  const std::string kind = format_by_first_bytes(head);
  const auto controls = std::count_if(top.begin(), top.end(), is_control);
  const bool is_binary = top.find('\0') != std::string_view::npos || kind != "binary" ||
                         static_cast<std::size_t>(controls) * 20 > top.size();
  if (is_binary) {
    return refuse(
        FOREBAY_E_FORMAT,
        "is " + kind + ", not text; only text can be sniffed, for other files give the dtype");
  }
  const bool has_newline = head.find('\n') != std::string_view::npos;
  if (!has_newline && std::count(top.begin(), top.end(), '\r') > 1) {
    return refuse(FOREBAY_E_FORMAT,
                  "ends its lines with a carriage return alone; convert it first: tr '\\r' '\\n'");
  }
  return Status::ok();
}

// What the samples tell about each column.
class Sampling {
 public:
  Sampling(const SniffedDialect& dialect, SniffRules rules)
      : dialect_(&dialect), rules_(std::move(rules)), columns_(dialect.columns) {}

  // The head, from `begin` on. The first record goes into first() if it may be a header.
  void add_head(std::string_view text, bool is_whole) {
    SniffRecords reader(dialect_->dialect, text, is_whole);
    std::vector<SniffCell> cells;
    while (reader.next(&cells)) {
      if (rows_ == 0 && first_.empty() && cells.size() == dialect_->columns) {
        first_ = cells;
      } else {
        add_row(cells);
      }
    }
    has_lines_in_quotes_ = reader.has_lines_in_quotes();
  }

  // A sample from further on: begins and ends inside a record.
  void add_later(std::string_view text) {
    const std::size_t newline = text.find('\n');
    if (newline == std::string_view::npos) return;
    SniffRecords reader(dialect_->dialect, text.substr(newline + 1), false);
    std::vector<SniffCell> cells;
    while (reader.next(&cells)) add_row(cells);
  }

  void take_first_as_row() { add_row(first_); }

  [[nodiscard]] const std::vector<SniffCell>& first() const { return first_; }
  [[nodiscard]] const std::vector<SniffColumn>& columns() const { return columns_; }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] bool has_lines_in_quotes() const { return has_lines_in_quotes_; }
  [[nodiscard]] const SniffRules& rules() const { return rules_; }
  [[nodiscard]] bool repeats_first() const { return repeats_first_; }

 private:
  void add_row(const std::vector<SniffCell>& cells) {
    if (cells.size() != columns_.size()) return;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      columns_[i].add(cells[i], rules_);
      repeats_first_ = repeats_first_ || (i < first_.size() && cells[i].text == first_[i].text);
    }
    ++rows_;
  }

  const SniffedDialect* dialect_;
  SniffRules rules_;
  std::vector<SniffColumn> columns_;
  std::vector<SniffCell> first_;
  std::uint64_t rows_ = 0;
  bool has_lines_in_quotes_ = false;
  bool repeats_first_ = false;
};

Sampling take_samples(const SniffInput& input, std::string_view head, const SniffedDialect& dialect,
                      const SniffRules& rules) {
  std::size_t begin = 0;
  for (std::uint32_t i = 0; i < dialect.dialect.skip_rows; ++i) {
    const std::size_t newline = head.find('\n', begin);
    begin = newline == std::string_view::npos ? head.size() : newline + 1;
  }
  Sampling sampling(dialect, rules);
  sampling.add_head(head.substr(begin), input.is_whole);
  // Why not with newlines in quotes: nobody knows whether a later sample begins inside one.
  if (sampling.has_lines_in_quotes()) return sampling;
  for (const std::string_view sample : input.later) sampling.add_later(sample);
  return sampling;
}

bool looks_like_name(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  const auto is_letter = [](char byte) {
    const auto value = static_cast<unsigned char>(byte | 0x20);
    return (value >= 'a' && value <= 'z') || byte == '_' || value >= 0x80;
  };
  return is_letter(text[0]) || (text[0] == '#' && text.size() > 1);
}

// "0x1F", "2023-02-29x": a value that was not understood rather than a name.
bool begins_like_number(std::string_view text) {
  return text.empty() || std::string_view("0123456789+-.").find(text[0]) != std::string_view::npos;
}

// Whether the first record names the columns: its fields are words where numbers follow, in more
// columns than it has numbers. Where no column has a type, names that are all different and never
// come again speak for it.
bool is_header(const Sampling& sampling, bool* is_sure) {
  const std::vector<SniffCell>& first = sampling.first();
  if (sampling.rows() == 0) return false;
  std::size_t words_above_values = 0;
  std::size_t values = 0;
  bool are_names = first.size() > 1;
  std::set<std::string_view> distinct;
  for (std::size_t i = 0; i < first.size(); ++i) {
    std::size_t which = 0;
    const SniffKind kind = classify(first[i].text, sampling.rules(), &which).kind;
    const bool is_word = kind == SniffKind::text;
    const bool has_type = !sampling.columns()[i].type().empty();
    if (has_type && is_word && !begins_like_number(first[i].text)) ++words_above_values;
    if (!is_word && kind != SniffKind::missing) ++values;
    are_names = are_names && is_word && looks_like_name(first[i].text) &&
                distinct.insert(first[i].text).second;
  }
  *is_sure = (words_above_values == 0) != (values == 0);
  if (words_above_values > 0) return words_above_values > values;
  return values == 0 && are_names && !sampling.repeats_first() && sampling.rows() >= 2;
}

// "2,5;3,5": a comma is the decimal point of columns that are nothing else.
bool has_decimal_commas(const std::vector<SniffColumn>& columns) {
  bool is_certain = false;
  for (const SniffColumn& column : columns) {
    const std::uint64_t numbers = column.of(SniffKind::integer) + column.decimal_commas;
    if (column.of(SniffKind::real) > 0) return false;
    if (column.decimal_commas == 0 || numbers != column.values()) continue;
    is_certain = is_certain || column.groupings < column.decimal_commas;
  }
  return is_certain;
}

std::string quoted_entry(const std::string& text) {
  const bool is_plain = !text.empty() && text.find_first_of(",\"") == std::string::npos;
  return is_plain ? text : '"' + text + '"';
}

// Which missing texts the option `na` must name, and the types that go with them.
class Typing {
 public:
  Typing(const std::vector<SniffColumn>& columns, const std::vector<MissingText>& missing)
      : columns_(columns), missing_(missing) {
    for (const SniffColumn& column : columns) types_.push_back(column.type());
    // A sign that means something in a column of strings must not be emptied there: then columns
    // of numbers with that sign are strings too, which may take in further columns.
    while (make_consistent()) {
    }
  }

  [[nodiscard]] std::string type(std::size_t column) const {
    return types_[column].empty() ? columns_[column].string_type() : types_[column];
  }
  [[nodiscard]] bool is_demoted(std::size_t column) const {
    return types_[column].empty() && !columns_[column].type().empty();
  }
  [[nodiscard]] bool is_string(std::size_t column) const { return types_[column].empty(); }

  [[nodiscard]] std::string list() const {
    std::string list;
    for (std::size_t i = 0; i < missing_.size(); ++i) {
      if (!is_needed(i)) continue;
      if (!list.empty()) list += ',';
      list += quoted_entry(missing_[i].text);
    }
    return list;
  }
  // The words of the list that strings hold too.
  [[nodiscard]] bool empties_strings(std::size_t column) const {
    for (std::size_t i = 0; i < missing_.size(); ++i) {
      if (!missing_[i].text.empty() && is_needed(i) && is_string(column) && holds(column, i))
        return true;
    }
    return false;
  }

 private:
  [[nodiscard]] bool holds(std::size_t column, std::size_t which) const {
    const auto& counts = columns_[column].missing;
    return which < counts.size() && counts[which] > 0;
  }
  // Reals read "nan" and times "NaT" themselves.
  [[nodiscard]] bool reads_itself(std::size_t column, std::size_t which) const {
    std::string word = missing_[which].text;
    for (char& byte : word) byte = byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
    return (types_[column] == "f8" && word == "nan") ||
           (types_[column].substr(0, 2) == "M8" && word == "nat");
  }
  [[nodiscard]] bool is_needed(std::size_t which) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!is_string(i) && holds(i, which) && !reads_itself(i, which)) return true;
    }
    return false;
  }
  bool make_consistent() {
    bool changed = false;
    for (std::size_t which = 0; which < missing_.size(); ++which) {
      if (missing_[which].is_word || !is_needed(which)) continue;
      bool clashes = false;
      for (std::size_t i = 0; i < columns_.size(); ++i)
        clashes = clashes || (is_string(i) && holds(i, which));
      for (std::size_t i = 0; clashes && i < columns_.size(); ++i) {
        if (is_string(i) || !holds(i, which) || reads_itself(i, which)) continue;
        types_[i].clear();
        changed = true;
      }
    }
    return changed;
  }

  const std::vector<SniffColumn>& columns_;
  const std::vector<MissingText>& missing_;
  std::vector<std::string> types_;
};

std::vector<std::string> header_names(const SniffedDialect& dialect,
                                      const std::vector<SniffCell>& first, bool has_header) {
  std::vector<std::string> names(dialect.columns);
  if (!dialect.title_line.empty() && !dialect.is_title_the_header) {
    Dialect plain = dialect.dialect;
    plain.comment.clear();
    SniffRecords reader(plain, dialect.title_line, true);
    std::vector<SniffCell> cells;
    reader.next(&cells);
    const std::size_t extra = cells.size() - std::min(cells.size(), names.size());
    for (std::size_t i = 0; i < names.size() && i + extra < cells.size(); ++i)
      names[i] = cells[i + extra].text;
  } else if (has_header) {
    for (std::size_t i = 0; i < names.size() && i < first.size(); ++i) names[i] = first[i].text;
  }
  return field_names(names);
}

void note_columns(const Typing& typing, const std::vector<SniffColumn>& columns,
                  const std::vector<std::string>& names, std::vector<std::string>* notes) {
  constexpr std::size_t kMostNotes = 20;
  for (std::size_t i = 0; i < columns.size() && notes->size() < kMostNotes; ++i) {
    const SniffColumn& column = columns[i];
    const bool is_all_numbers =
        column.values() > 0 && column.of(SniffKind::integer) == column.values();
    if (column.values() == 0 && typing.is_string(i)) {
      notes->push_back(names[i] + ": no value was seen; its type is a guess");
    } else if (typing.is_string(i) && is_all_numbers && column.has_leading_zero) {
      notes->push_back(names[i] + ": numbers with leading zeros are taken as strings");
    } else if (typing.is_demoted(i)) {
      notes->push_back(names[i] +
                       ": its mark for a missing value means something in another "
                       "column, so it is a string");
    } else if (!typing.is_string(i) && is_all_numbers && column.of(SniffKind::missing) > 0) {
      notes->push_back(names[i] + ": integers with missing values are taken as f8");
    } else if (typing.empties_strings(i)) {
      notes->push_back(names[i] + ": a text of na is stored as an empty string");
    }
  }
}

// A rough measure: few rows, rows that do not fit and a header without a type beside it take away.
std::uint32_t confidence_of(const SniffedDialect& dialect, std::uint64_t rows, bool is_sure) {
  double value = 100.0 * dialect.agreement;
  if (rows < 5) value *= 0.7;
  if (!is_sure) value *= 0.8;
  if (dialect.columns == 1) value *= 0.9;
  return static_cast<std::uint32_t>(value);
}

Status no_rows() {
  return refuse(FOREBAY_E_TRUNCATED, "holds no row to tell its columns by; give the dtype");
}

void describe(const SniffInput& input, const SniffedDialect& dialect, Sampling& sampling,
              bool is_sure, SniffGuess* guess) {
  const std::vector<std::string> names = header_names(dialect, sampling.first(), guess->has_header);
  const Typing typing(sampling.columns(), sampling.rules().missing);
  guess->notes = dialect.notes;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) guess->dtype += ',';
    guess->dtype += names[i] + ':' + typing.type(i);
  }
  if (guess->na.empty()) guess->na = typing.list();
  if (!is_sure) {
    guess->notes.emplace_back(guess->has_header ? "that the first row is a header is a guess"
                                                : "that the first row is no header is a guess");
  }
  if (sampling.has_lines_in_quotes() && !input.later.empty())
    guess->notes.emplace_back("only the head was looked at: quoted fields hold newlines");
  note_columns(typing, sampling.columns(), names, &guess->notes);
}

}  // namespace

Result<SniffGuess> sniff(const SniffInput& input, const SniffRequest& request) {
  FOREBAY_TRY(check_is_text(input.head));
  std::string_view head = input.head;
  if (head.substr(0, kMark.size()) == kMark) head.remove_prefix(kMark.size());
  const SniffedDialect dialect = sniff_dialect(head, input.is_whole, request);
  if (dialect.columns == 0) return no_rows();
  if (dialect.columns > kMostColumns)
    return refuse(FOREBAY_E_LIMIT, "has more than 65535 columns; give the delimiter and the dtype");

  SniffRules rules;
  rules.blank_in_time = dialect.dialect.delimiter != 0;
  rules.missing = request.na ? missing_texts_of(*request.na) : usual_missing_texts();
  rules.decimal = request.decimal.value_or('.');
  Sampling sampling = take_samples(input, head, dialect, rules);
  if (!request.decimal && dialect.dialect.delimiter != ',' &&
      has_decimal_commas(sampling.columns())) {
    rules.decimal = ',';
    sampling = take_samples(input, head, dialect, rules);
  }
  if (sampling.first().empty()) return no_rows();
  SniffGuess guess;
  bool is_sure = true;
  guess.has_header = request.has_header            ? *request.has_header
                     : dialect.is_title_the_header ? true
                                                   : is_header(sampling, &is_sure);
  if (!guess.has_header) sampling.take_first_as_row();
  guess.delimiter = dialect.dialect.delimiter;
  guess.quote = dialect.dialect.quote;
  guess.decimal = rules.decimal;
  guess.skip_rows = dialect.dialect.skip_rows;
  guess.comment = dialect.dialect.comment;
  guess.na = request.na.value_or("");
  guess.columns = static_cast<std::uint32_t>(dialect.columns);
  guess.rows = sampling.rows();
  guess.bytes = input.head.size();
  for (const std::string_view sample : input.later) guess.bytes += sample.size();
  guess.confidence = confidence_of(dialect, guess.rows, is_sure);
  describe(input, dialect, sampling, is_sure, &guess);
  return guess;
}

}  // namespace forebay::core::text
