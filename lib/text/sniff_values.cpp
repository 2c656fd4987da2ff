#include "text/sniff_values.hpp"

#include <algorithm>

#include "text/field_text.hpp"

namespace forebay::core::text {
namespace {

constexpr std::uint64_t kExactInReal = std::uint64_t{1} << 53U;
// Half of what i4 holds: the values that were not sampled may be larger.
constexpr std::uint64_t kRoomInI4 = std::uint64_t{1} << 30U;

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

bool equals_word(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(), [](char one, char other) {
           return (one >= 'A' && one <= 'Z' ? static_cast<char>(one + 32) : one) == other;
         });
}

// Digits at the front of `rest`, which are taken.
std::string_view take_digits(std::string_view& rest) {
  std::size_t count = 0;
  while (count < rest.size() && is_digit(rest[count])) ++count;
  const std::string_view digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

bool take(std::string_view& rest, char byte) {
  if (rest.empty() || rest[0] != byte) return false;
  rest.remove_prefix(1);
  return true;
}

bool take_sign(std::string_view& rest) {
  return take(rest, '-') || take(rest, '+');
}

// Two digits up to `most`.
bool take_two(std::string_view& rest, int least, int most) {
  if (rest.size() < 2 || !is_digit(rest[0]) || !is_digit(rest[1])) return false;
  const int value = (rest[0] - '0') * 10 + (rest[1] - '0');
  rest.remove_prefix(2);
  return value >= least && value <= most;
}

bool read_integer(std::string_view text, SniffValue* value) {
  value->is_negative = !text.empty() && text[0] == '-';
  take_sign(text);
  const std::string_view digits = take_digits(text);
  if (digits.empty() || !text.empty()) return false;
  value->has_leading_zero = digits.size() > 1 && digits[0] == '0';
  for (const char digit : digits) {
    const auto next = static_cast<std::uint64_t>(digit - '0');
    if (value->magnitude > (UINT64_MAX - next) / 10) value->is_past_u8 = true;
    if (!value->is_past_u8) value->magnitude = value->magnitude * 10 + next;
  }
  value->kind = SniffKind::integer;
  return true;
}

bool is_real(std::string_view text, char decimal) {
  take_sign(text);
  if (equals_word(text, "inf") || equals_word(text, "infinity")) return true;
  std::size_t digits = take_digits(text).size();
  if (take(text, decimal)) digits += take_digits(text).size();
  if (digits == 0) return false;
  if (take(text, 'e') || take(text, 'E')) {
    take_sign(text);
    if (take_digits(text).empty()) return false;
  }
  return text.empty();
}

bool take_zone(std::string_view& rest) {
  if (rest.empty() || take(rest, 'Z')) return true;
  return take_sign(rest) && take_two(rest, 0, 23) && take(rest, ':') && take_two(rest, 0, 59);
}

bool take_date(std::string_view& rest, int* year) {
  const std::string_view digits = take_digits(rest);
  if (digits.size() != 4) return false;
  *year = (digits[0] - '0') * 1000 + (digits[1] - '0') * 100 + (digits[2] - '0') * 10 +
          (digits[3] - '0');
  if (!take(rest, '-')) return false;
  const std::string_view month = rest.substr(0, 2);
  if (!take_two(rest, 1, 12) || !take(rest, '-')) return false;
  const bool is_leap = (*year % 4 == 0 && *year % 100 != 0) || *year % 400 == 0;
  const bool is_short = month == "04" || month == "06" || month == "09" || month == "11";
  return take_two(rest, 1, month == "02" ? (is_leap ? 29 : 28) : (is_short ? 30 : 31));
}

bool read_time(std::string_view text, bool blank_in_time, SniffValue* value) {
  int year = 0;
  if (!take_date(text, &year)) return false;
  // What M8[ns] holds, without the years that it holds in part.
  value->fits_nanoseconds = year >= 1678 && year <= 2261;
  value->kind = SniffKind::time;
  if (text.empty()) return true;
  value->has_clock = true;
  if (!take(text, 'T') && !(blank_in_time && take(text, ' '))) return false;
  if (!take_two(text, 0, 23) || !take(text, ':') || !take_two(text, 0, 59)) return false;
  if (take(text, ':')) {
    if (!take_two(text, 0, 59)) return false;
    if (take(text, '.')) {
      value->fraction = take_digits(text).size();
      if (value->fraction == 0 || value->fraction > 9) return false;
    }
  }
  return take_zone(text) && text.empty();
}

std::string integer_type(const SniffColumn& column) {
  constexpr std::uint64_t kMostI8 = INT64_MAX;
  if (column.is_past_u8 || column.has_leading_zero) return {};
  if (column.magnitude <= kRoomInI4) return "i4";
  if (column.magnitude <= kMostI8) return "i8";
  return column.is_negative ? "" : "u8";
}

std::string time_type(const SniffColumn& column) {
  if (column.fraction > 6) return column.fits_nanoseconds ? "M8[ns]" : "";
  if (column.fraction > 3) return "M8[us]";
  if (column.fraction > 0) return "M8[ms]";
  return column.has_clock ? "M8[s]" : "M8[D]";
}

}  // namespace

std::vector<MissingText> usual_missing_texts() {
  return {{"", true},     {"NA", true},   {"N/A", true},  {"n/a", true},
          {"#N/A", true}, {"NULL", true}, {"null", true}, {"None", true},
          {"nan", true},  {"NaN", true},  {"NAN", true},  {"NaT", true},
          {"-", false},   {".", false},   {"?", false},   {"missing", true}};
}

std::vector<MissingText> missing_texts_of(std::string_view list) {
  std::vector<MissingText> texts;
  std::string entry;
  bool is_quoted = false;
  for (std::size_t at = 0; at <= list.size(); ++at) {
    const bool ends = at == list.size() || (list[at] == ',' && !is_quoted);
    if (ends) {
      texts.push_back({std::string(trim_blanks(entry)), true});
      entry.clear();
    } else if (list[at] == '"' && is_quoted && list.substr(at + 1, 1) == "\"") {
      entry.push_back(list[++at]);
    } else if (list[at] == '"') {
      is_quoted = !is_quoted;
    } else {
      entry.push_back(list[at]);
    }
  }
  return texts;
}

SniffValue classify(std::string_view text, const SniffRules& rules, std::size_t* which) {
  SniffValue value;
  text = trim_blanks(text);
  for (std::size_t i = 0; i < rules.missing.size(); ++i) {
    if (rules.missing[i].text != text) continue;
    *which = i;
    value.kind = SniffKind::missing;
    return value;
  }
  if (text.empty()) return value;
  SniffValue number;
  if (read_integer(text, &number)) return number;
  SniffValue time;
  if (read_time(text, rules.blank_in_time, &time)) return time;
  if (is_real(text, rules.decimal) || equals_word(text, "nan")) {
    value.kind = SniffKind::real;
  } else if (equals_word(text, "true") || equals_word(text, "false")) {
    value.kind = SniffKind::boolean;
  }
  return value;
}

bool has_decimal_comma(std::string_view text, bool* is_grouping) {
  text = trim_blanks(text);
  if (!is_real(text, ',') || text.find(',') == std::string_view::npos) return false;
  take_sign(text);
  const std::size_t before = take_digits(text).size();
  take(text, ',');
  *is_grouping = before >= 1 && before <= 3 && take_digits(text).size() == 3 && text.empty();
  return true;
}

void SniffColumn::add(const SniffCell& cell, const SniffRules& rules) {
  missing.resize(rules.missing.size());
  width = std::max(width, cell.width);
  std::size_t which = 0;
  const SniffValue value = classify(cell.text, rules, &which);
  ++count[static_cast<std::size_t>(value.kind)];
  if (value.kind == SniffKind::missing) {
    const bool is_nan = equals_word(rules.missing[which].text, "nan");
    const bool is_nat = equals_word(rules.missing[which].text, "nat");
    has_nan = has_nan || is_nan;
    has_nat = has_nat || is_nat;
    ++missing[which];
    return;
  }
  if (value.kind == SniffKind::text) {
    bool is_grouping = false;
    if (has_decimal_comma(cell.text, &is_grouping)) {
      ++decimal_commas;
      if (is_grouping) ++groupings;
    }
    return;
  }
  is_negative = is_negative || value.is_negative;
  is_past_u8 = is_past_u8 || value.is_past_u8;
  has_leading_zero = has_leading_zero || value.has_leading_zero;
  magnitude = std::max(magnitude, value.magnitude);
  if (value.kind != SniffKind::time) return;
  has_clock = has_clock || value.has_clock;
  fraction = std::max(fraction, value.fraction);
  fits_nanoseconds = fits_nanoseconds && value.fits_nanoseconds;
}

std::uint64_t SniffColumn::values() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 1; i < kSniffKinds; ++i) sum += count[i];
  return sum;
}

std::string SniffColumn::type() const {
  const std::uint64_t all = values();
  const bool has_missing = of(SniffKind::missing) > 0;
  if (all == 0) return has_nan && !has_nat ? "f8" : "";
  // Neither an integer nor a boolean can be missing: there is no value to spare.
  if (of(SniffKind::boolean) == all) return has_missing ? "" : "?";
  if (of(SniffKind::time) == all) return time_type(*this);
  if (of(SniffKind::integer) == all) {
    if (!has_missing) return integer_type(*this);
    return magnitude <= kExactInReal && !is_past_u8 && !has_leading_zero ? "f8" : "";
  }
  return of(SniffKind::integer) + of(SniffKind::real) == all ? "f8" : "";
}

std::string SniffColumn::string_type() const {
  // A quarter more than the longest that was seen, in steps of four.
  const std::size_t roomy = std::max<std::size_t>(width + width / 4, 1);
  return "S" + std::to_string((roomy + 3) / 4 * 4);
}

}  // namespace forebay::core::text
