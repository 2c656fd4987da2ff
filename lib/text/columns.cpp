// The option `columns`: from its text to a plan.
#include <algorithm>
#include <string>

#include "text/field_text.hpp"
#include "text/text.hpp"

namespace forebay::core::text {
namespace {

// Keeps a mistyped number from asking for gigabytes of plan.
constexpr std::uint64_t kMaxColumns = 10'000'000;
constexpr std::size_t kNamesListed = 12;

// One entry between commas: a range of column numbers from 1, or a name.
struct Entry {
  std::string text{};
  bool is_name = false;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

Status bad_entry(Code code, std::string_view entry, const std::string& why) {
  return {code, "columns: " + quote_for_message(entry) + " " + why};
}

// All of `text` as a number up to kMaxColumns; 0 when it has other bytes, kMaxColumns + 1 when it
// is larger.
std::uint64_t column_number(std::string_view text) {
  std::uint64_t number = 0;
  for (const char byte : text) {
    if (byte < '0' || byte > '9') return 0;
    number =
        std::min<std::uint64_t>(number * 10 + static_cast<unsigned>(byte - '0'), kMaxColumns + 1);
  }
  return number;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char byte) { return byte >= '0' && byte <= '9'; });
}

Status check_numbers(const Entry& entry) {
  if (entry.first == 0)
    return bad_entry(FOREBAY_E_ARGUMENT, entry.text, "counts from 0; columns count from 1");
  if (entry.last > kMaxColumns) {
    return bad_entry(
        FOREBAY_E_ARGUMENT, entry.text,
        "is beyond column " + std::to_string(kMaxColumns) + ", the last that can be chosen");
  }
  if (entry.last < entry.first)
    return bad_entry(FOREBAY_E_ARGUMENT, entry.text,
                     "runs backwards; write the lower number first");
  return Status::ok();
}

Result<Entry> make_entry(std::string_view raw) {
  const std::string_view text = trim_blanks(raw);
  Entry entry;
  entry.text = text;
  if (text.empty()) {
    return Status(FOREBAY_E_ARGUMENT,
                  "columns: an entry is empty; write numbers from 1, ranges as 3-26 or names, "
                  "separated by commas");
  }
  const std::size_t dash = text.find('-');
  if (all_digits(text)) {
    entry.first = entry.last = column_number(text);
  } else if (dash != std::string_view::npos && all_digits(text.substr(0, dash)) &&
             all_digits(text.substr(dash + 1))) {
    entry.first = column_number(text.substr(0, dash));
    entry.last = column_number(text.substr(dash + 1));
  } else {
    entry.is_name = true;
    return entry;
  }
  FOREBAY_TRY(check_numbers(entry));
  return entry;
}

// A name in double quotes may hold commas or look like a number. Leaves `rest` at the comma after
// it, or empty.
Result<Entry> take_quoted(std::string_view& rest) {
  const std::string_view all = rest;
  Entry entry;
  entry.is_name = true;
  rest.remove_prefix(rest.find('"') + 1);
  bool closed = false;
  while (!rest.empty() && !closed) {
    const char byte = rest[0];
    rest.remove_prefix(1);
    const bool doubled = byte == '"' && !rest.empty() && rest[0] == '"';
    if (doubled) rest.remove_prefix(1);
    closed = byte == '"' && !doubled;
    if (!closed) entry.text.push_back(byte);
  }
  const std::size_t comma = rest.find(',');
  if (!closed || !trim_blanks(rest.substr(0, comma)).empty()) {
    return bad_entry(FOREBAY_E_ARGUMENT, all,
                     "has quotes that do not enclose a name; close them before the comma");
  }
  rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma);
  return entry;
}

Result<std::vector<Entry>> split_entries(std::string_view chosen) {
  std::vector<Entry> entries;
  std::string_view rest = chosen;
  for (;;) {
    if (!trim_blanks(rest).empty() && trim_blanks(rest)[0] == '"') {
      FOREBAY_TRY_ASSIGN(Entry entry, take_quoted(rest));
      entries.push_back(std::move(entry));
    } else {
      const std::size_t comma = rest.find(',');
      FOREBAY_TRY_ASSIGN(Entry entry, make_entry(rest.substr(0, comma)));
      entries.push_back(std::move(entry));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma);
    }
    if (rest.empty()) return entries;
    rest.remove_prefix(1);
  }
}

std::string list_names(const std::vector<std::string>& names) {
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesListed); ++i) {
    list.append(i == 0 ? "" : ", ").append(quote_for_message(names[i]));
  }
  if (names.size() > kNamesListed) list += ", ... (" + std::to_string(names.size()) + " in all)";
  return list;
}

Status resolve_name(const std::vector<std::string>& names, Entry& entry) {
  if (names.empty())
    return bad_entry(FOREBAY_E_COLUMNS, entry.text,
                     "is a name, and the file has no header line; use numbers");
  const auto found = std::find(names.begin(), names.end(), entry.text);
  if (found == names.end())
    return bad_entry(FOREBAY_E_COLUMNS, entry.text,
                     "is not in the header; it has " + list_names(names));
  const auto again = std::find(found + 1, names.end(), entry.text);
  entry.first = entry.last = static_cast<std::uint64_t>(found - names.begin()) + 1;
  if (again == names.end()) return Status::ok();
  return bad_entry(FOREBAY_E_COLUMNS, entry.text,
                   "is in the header more than once, as column " + std::to_string(entry.first) +
                       " and " + std::to_string(again - names.begin() + 1) + "; use the number");
}

Status check_count(const std::vector<Entry>& entries, const Dtype& dtype) {
  std::uint64_t count = 0;
  for (const Entry& entry : entries) count += entry.last - entry.first + 1;
  if (count == dtype.scalars()) return Status::ok();
  return {FOREBAY_E_ARGUMENT, "columns: " + std::to_string(count) + " chosen, the dtype has " +
                                  std::to_string(dtype.scalars()) +
                                  (dtype.scalars() == 1 ? " value" : " values") +
                                  " in a row; choose as many"};
}

// Places the entries in a plan. Names that are not resolved yet (column 0) only count.
Status place(const std::vector<Entry>& entries, ColumnPlan* plan) {
  std::int64_t scalar = 0;
  for (const Entry& entry : entries) {
    if (entry.first == 0) continue;
    if (plan->scalar_of_column.size() < entry.last)
      plan->scalar_of_column.resize(entry.last, ColumnPlan::kSkip);
    for (std::uint64_t column = entry.first; column <= entry.last; ++column) {
      std::int64_t& place = plan->scalar_of_column[column - 1];
      if (place != ColumnPlan::kSkip) {
        return bad_entry(FOREBAY_E_ARGUMENT, entry.text,
                         "chooses column " + std::to_string(column) +
                             " a second time; a column goes to one value");
      }
      place = scalar++;
    }
  }
  return Status::ok();
}

}  // namespace

Result<ColumnPlan> plan_columns(std::string_view chosen, const std::vector<std::string>& names,
                                const Dtype& dtype) {
  ColumnPlan plan;
  if (trim_blanks(chosen).empty()) {
    plan.scalar_of_column.resize(dtype.scalars());
    for (std::size_t i = 0; i < plan.scalar_of_column.size(); ++i)
      plan.scalar_of_column[i] = static_cast<std::int64_t>(i);
    return plan;
  }
  FOREBAY_TRY_ASSIGN(std::vector<Entry> entries, split_entries(chosen));
  bool by_name = false;
  for (Entry& entry : entries) {
    if (entry.is_name) FOREBAY_TRY(resolve_name(names, entry));
    by_name |= entry.is_name;
    // Why one more: R writes the header without a name for the column of row names.
    if (!names.empty() && entry.last > names.size() + 1) {
      return bad_entry(FOREBAY_E_COLUMNS, entry.text,
                       "is beyond the last of " + std::to_string(names.size()) +
                           " columns; the header has " + list_names(names));
    }
  }
  FOREBAY_TRY(check_count(entries, dtype));
  FOREBAY_TRY(place(entries, &plan));
  // Why exact: a name says which column only if the rows have the columns that the header names.
  plan.exact = by_name;
  if (by_name && plan.scalar_of_column.size() < names.size())
    plan.scalar_of_column.resize(names.size(), ColumnPlan::kSkip);
  return plan;
}

Status check_columns_option(std::string_view chosen, const Dialect& dialect, const Dtype& dtype) {
  if (trim_blanks(chosen).empty()) return Status::ok();
  FOREBAY_TRY_ASSIGN(std::vector<Entry> entries, split_entries(chosen));
  for (const Entry& entry : entries) {
    if (entry.is_name && !dialect.has_header) {
      return bad_entry(FOREBAY_E_ARGUMENT, entry.text,
                       "is a name, and there is no header; use numbers from 1, or set header");
    }
  }
  FOREBAY_TRY(check_count(entries, dtype));
  ColumnPlan plan;
  return place(entries, &plan);
}

}  // namespace forebay::core::text
