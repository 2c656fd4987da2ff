#include "text/sniff_dialect.hpp"

#include <algorithm>
#include <map>

#include "text/sniff_values.hpp"

namespace forebay::core::text {
namespace {

// Records and bytes that are looked at for each of some ten dialects.
constexpr std::size_t kRecords = 1000;
constexpr std::size_t kBytes = 256U << 10U;
constexpr std::size_t kLongestPreamble = 50;  // records
constexpr double kAgrees = 0.95;
constexpr double kAgreesRoughly = 0.7;

// How a dialect reads the head.
struct Trial {
  Dialect dialect;
  std::size_t columns = 0;
  double agreement = 0;
  double typed = 0;       // share of the fields that are numbers, times or booleans
  std::size_t first = 0;  // offset of the first record with that many columns
  std::uint64_t bad_quotes = 0;
  std::size_t records = 0;
};

struct CountedRecord {
  std::size_t begin = 0;
  std::size_t columns = 0;
  std::size_t typed = 0;
};

std::size_t count_typed(const std::vector<SniffCell>& cells, const SniffRules& rules) {
  std::size_t typed = 0;
  for (const SniffCell& cell : cells) {
    std::size_t which = 0;
    bool is_grouping = false;
    const SniffKind kind = classify(cell.text, rules, &which).kind;
    const bool is_comma = rules.decimal == ',' && has_decimal_comma(cell.text, &is_grouping);
    if (is_comma || (kind != SniffKind::text && kind != SniffKind::missing)) ++typed;
  }
  return typed;
}

std::vector<CountedRecord> count_records(const Dialect& dialect, std::string_view head,
                                         bool is_whole, std::uint64_t* bad_quotes) {
  SniffRules rules;
  rules.blank_in_time = dialect.delimiter != 0;
  if (dialect.delimiter != ',') rules.decimal = ',';
  SniffRecords reader(dialect, head, is_whole);
  std::vector<CountedRecord> records;
  std::vector<SniffCell> cells;
  while (records.size() < kRecords && reader.next(&cells))
    records.push_back({reader.begin(), cells.size(), count_typed(cells, rules)});
  *bad_quotes = reader.bad_quotes();
  return records;
}

// The number of columns that most records have; the larger one where two are equally frequent.
std::size_t usual_columns(const std::vector<CountedRecord>& records) {
  std::map<std::size_t, std::size_t> frequency;
  for (const CountedRecord& record : records) ++frequency[record.columns];
  const auto most = std::max_element(
      frequency.begin(), frequency.end(),
      [](const auto& one, const auto& other) { return one.second <= other.second; });
  return most == frequency.end() ? 0 : most->first;
}

Trial try_dialect(const Dialect& dialect, std::string_view head, bool is_whole, bool may_skip) {
  Trial trial;
  trial.dialect = dialect;
  const std::vector<CountedRecord> records =
      count_records(dialect, head, is_whole, &trial.bad_quotes);
  trial.columns = usual_columns(records);
  std::size_t first = 0;
  while (may_skip && first < records.size() && records[first].columns != trial.columns) ++first;
  // Rows that do not fit here and there are no preamble.
  const bool is_preamble = first < records.size() && first <= kLongestPreamble &&
                           (first + 1 == records.size() || trial.columns > 1) &&
                           first * 2 < records.size();
  if (!is_preamble) first = 0;
  std::size_t usual = 0;
  std::size_t typed = 0;
  std::size_t fields = 0;
  for (std::size_t i = first; i < records.size(); ++i) {
    if (records[i].columns == trial.columns) ++usual;
    typed += records[i].typed;
    fields += records[i].columns;
  }
  trial.records = records.size() - first;
  if (!records.empty()) trial.first = first == 0 ? 0 : records[first].begin;
  if (trial.records > 0)
    trial.agreement = static_cast<double>(usual) / static_cast<double>(trial.records);
  if (fields > 0) trial.typed = static_cast<double>(typed) / static_cast<double>(fields);
  return trial;
}

// With and without quotes: with them, unless they make no sense.
Trial try_delimiter(char delimiter, Dialect dialect, std::string_view head, bool is_whole,
                    const SniffRequest& request) {
  dialect.delimiter = delimiter;
  const bool may_skip = !request.skip_rows;
  if (request.quote) {
    dialect.quote = *request.quote;
    return try_dialect(dialect, head, is_whole, may_skip);
  }
  dialect.quote = '"';
  Trial quoted = try_dialect(dialect, head, is_whole, may_skip);
  const bool is_used = head.find('"') != std::string_view::npos;
  // The default: a quote counts where a character delimits, and not among blanks.
  if (!is_used && delimiter != 0) return quoted;
  dialect.quote = 0;
  Trial plain = try_dialect(dialect, head, is_whole, may_skip);
  if (!is_used) return plain;
  const bool is_worse = quoted.bad_quotes * 20 > quoted.records || quoted.records == 0;
  return is_worse || (delimiter == 0 && plain.agreement >= quoted.agreement &&
                      plain.columns == quoted.columns && quoted.bad_quotes > 0)
             ? plain
             : quoted;
}

// The better of two that read the head equally well is the one that finds more numbers, then more
// columns.
bool is_better(const Trial& one, const Trial& other) {
  const double gain = one.agreement - other.agreement;
  if (gain > 0.05 || gain < -0.05) return gain > 0;
  if (one.typed > other.typed + 0.01 || other.typed > one.typed + 0.01)
    return one.typed > other.typed;
  return one.columns > other.columns;
}

// Why in this order: a tab, a semicolon or a pipe is rare in text that it does not delimit; blanks
// are in any text.
Trial choose(const std::vector<Trial>& trials, double least) {
  Trial best;
  for (const Trial& trial : trials) {
    if (trial.columns < 2 || trial.agreement < least) continue;
    const bool is_tab = trial.dialect.delimiter == '\t';
    if (is_tab) return trial;
    const bool is_blanks = trial.dialect.delimiter == 0;
    if (best.columns == 0 || (!is_blanks && is_better(trial, best))) best = trial;
  }
  return best;
}

Trial choose_delimiter(const Dialect& dialect, std::string_view head, bool is_whole,
                       const SniffRequest& request) {
  if (request.delimiter) return try_delimiter(*request.delimiter, dialect, head, is_whole, request);
  std::vector<Trial> trials;
  for (const char delimiter : {'\t', ',', ';', '|', '\0'})
    trials.push_back(try_delimiter(delimiter, dialect, head, is_whole, request));
  Trial best = choose(trials, kAgrees);
  if (best.columns == 0) best = choose(trials, kAgreesRoughly);
  if (best.columns != 0) return best;
  // One column: blanks if there are none in it, else the first character that is not in it.
  std::rotate(trials.begin(), trials.end() - 1, trials.end());
  for (const Trial& trial : trials) {
    if (trial.columns == 1 && trial.agreement >= 1.0) return trial;
  }
  return *std::max_element(trials.begin(), trials.end(), [](const Trial& one, const Trial& other) {
    return one.agreement < other.agreement;
  });
}

std::string_view line_at(std::string_view text, std::size_t at) {
  std::string_view line = text.substr(at, text.find('\n', at) - at);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// Comments at the top tell the prefix; `title` is the last of them where rows follow at once.
std::string comment_at_top(std::string_view head, std::string_view* title, bool* is_alone) {
  constexpr std::string_view kPrefixes[] = {"#", "%", "//", "!"};
  std::string prefix;
  for (const std::string_view known : kPrefixes) {
    if (begins_with(head, known)) prefix = known;
  }
  if (prefix.empty()) return prefix;
  std::size_t at = 0;
  *is_alone = true;
  while (at < head.size()) {
    const std::string_view line = line_at(head, at);
    if (!begins_with(line, prefix)) break;
    if (!title->empty() && !begins_with(*title, prefix + prefix)) *is_alone = false;
    *title = line;
    const std::size_t newline = head.find('\n', at);
    at = newline == std::string_view::npos ? head.size() : newline + 1;
  }
  return prefix;
}

// "#CHROM POS ..." above the rows is their header, not a comment.
void judge_title(SniffedDialect* out, bool is_alone, std::string_view head) {
  if (out->title_line.empty() || out->columns < 2) return;
  Dialect plain = out->dialect;
  plain.comment.clear();
  SniffRecords reader(plain, out->title_line, true);
  std::vector<SniffCell> cells;
  if (!reader.next(&cells)) return;
  const std::string_view first = cells[0].text;
  const bool is_marked = first == out->dialect.comment;
  const bool fits = cells.size() == out->columns + (is_marked ? 1 : 0);
  SniffRules rules;
  if (!fits || count_typed(cells, rules) > 0) {
    out->title_line = {};
    return;
  }
  const std::string doubled = out->dialect.comment + out->dialect.comment;
  if (is_marked || !is_alone) return;
  out->is_title_the_header = true;
  out->dialect.comment = begins_with(head, doubled) ? doubled : "";
}

void note_oddities(const Trial& trial, SniffedDialect* out) {
  if (trial.agreement < 1.0) {
    out->notes.push_back(std::to_string(static_cast<int>(trial.agreement * 100)) +
                         "% of the rows looked at have " + std::to_string(trial.columns) +
                         " columns; the others would be errors, see on_error");
  }
  if (out->dialect.skip_rows > 0) {
    out->notes.push_back("the first " + std::to_string(out->dialect.skip_rows) +
                         " lines look like no row and would be skipped");
  }
}

}  // namespace

SniffedDialect sniff_dialect(std::string_view head, bool is_whole, const SniffRequest& request) {
  SniffedDialect out;
  if (head.size() > kBytes) {
    const std::size_t newline = head.rfind('\n', kBytes);
    // A first line longer than that is looked at whole.
    if (newline != std::string_view::npos) {
      head = head.substr(0, newline + 1);
      is_whole = true;
    }
  }
  std::size_t begin = 0;
  for (std::uint32_t i = 0; i < request.skip_rows.value_or(0); ++i) {
    const std::size_t newline = head.find('\n', begin);
    begin = newline == std::string_view::npos ? head.size() : newline + 1;
  }
  const std::string_view rows = head.substr(begin);
  Dialect dialect;
  bool is_alone = false;
  dialect.comment =
      request.comment ? *request.comment : comment_at_top(rows, &out.title_line, &is_alone);
  const Trial trial = choose_delimiter(dialect, rows, is_whole, request);
  out.dialect = trial.dialect;
  out.columns = trial.columns;
  out.agreement = trial.agreement;
  out.dialect.skip_rows =
      request.skip_rows
          ? *request.skip_rows
          : static_cast<std::uint32_t>(std::count(
                rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(trial.first), '\n'));
  if (request.has_header && !*request.has_header) out.title_line = {};
  judge_title(&out, is_alone, rows);
  note_oddities(trial, &out);
  return out;
}

}  // namespace forebay::core::text
