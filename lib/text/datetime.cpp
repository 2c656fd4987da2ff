// ISO 8601 in the forms that data files use, exact in every unit.
#include "text/datetime.hpp"

#include <array>
#include <limits>
#include <optional>

namespace forebay::core::text {
namespace {

constexpr std::int64_t kNaT = std::numeric_limits<std::int64_t>::min();

// A point in time: days and seconds since 1970-01-01T00:00:00Z.
struct Moment {
  std::int64_t year = 0;
  unsigned month = 1;
  unsigned day = 1;
  std::int64_t seconds = 0;  // of the day; an offset may carry it out of [0, 86400)
  std::int64_t nanoseconds = 0;
};

// The text not yet read.
class Rest {
 public:
  explicit Rest(std::string_view text) : text_(text) {}

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] char peek() const noexcept { return text_.empty() ? '\0' : text_[0]; }
  bool take(char wanted) noexcept {
    if (peek() != wanted || text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }
  // Just `count` digits, a number up to `most`.
  bool number(std::size_t count, unsigned most, unsigned* value) noexcept {
    if (text_.size() < count) return false;
    unsigned sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return false;
      sum = sum * 10 + static_cast<unsigned>(text_[i] - '0');
    }
    text_.remove_prefix(count);
    *value = sum;
    return sum <= most;
  }

 private:
  std::string_view text_;
};

bool is_number(char byte) noexcept {
  return byte >= '0' && byte <= '9';
}

bool is_leap(std::int64_t year) noexcept {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

unsigned days_of_month(std::int64_t year, unsigned month) noexcept {
  constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

// Days since 1970-01-01 in the proleptic Gregorian calendar, years 0 to 9999. Counts in years that
// begin in March, so that the leap day is the last.
std::int64_t days_of(std::int64_t year, unsigned month, unsigned day) noexcept {
  if (month <= 2) --year;
  const std::int64_t shifted = (month + 9) % 12;
  const std::int64_t cycle = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_cycle = year - cycle * 400;
  const std::int64_t day_of_year = (153 * shifted + 2) / 5 + static_cast<std::int64_t>(day) - 1;
  return cycle * 146097 + year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 +
         day_of_year - 719468;
}

// Digits after the point. Those past the ninth must be zero, as nothing is finer than a nanosecond.
bool read_fraction(Rest& rest, std::int64_t* nanoseconds, bool* too_fine) noexcept {
  std::int64_t scale = 100'000'000;
  unsigned digit = 0;
  if (!rest.number(1, 9, &digit)) return false;
  do {
    if (scale == 0 && digit != 0) *too_fine = true;
    *nanoseconds += digit * scale;
    scale /= 10;
  } while (rest.number(1, 9, &digit));
  return true;
}

bool read_offset(Rest& rest, std::int64_t* seconds) noexcept {
  if (rest.empty() || rest.take('Z') || rest.take('z')) return rest.empty();
  const bool east = rest.take('+');
  if (!east && !rest.take('-')) return false;
  unsigned hours = 0;
  unsigned minutes = 0;
  if (!rest.number(2, 23, &hours)) return false;
  const bool has_minutes = rest.take(':') || !rest.empty();
  if (has_minutes && !rest.number(2, 59, &minutes)) return false;
  const std::int64_t offset = std::int64_t{hours} * 3600 + std::int64_t{minutes} * 60;
  *seconds += east ? -offset : offset;
  return rest.empty();
}

// hh[:mm[:ss[.fraction]]], or without the colons as `basic` form has it.
bool read_clock(Rest& rest, bool basic, bool blank_allowed, Moment* moment,
                bool* too_fine) noexcept {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  const auto goes_on = [&] { return basic ? is_number(rest.peek()) : rest.take(':'); };
  if (!rest.number(2, 23, &hour)) return false;
  if (goes_on()) {
    if (!rest.number(2, 59, &minute)) return false;
    if (goes_on()) {
      if (!rest.number(2, 59, &second)) return false;
      const bool has_fraction = rest.take('.') || rest.take(',');
      if (has_fraction && !read_fraction(rest, &moment->nanoseconds, too_fine)) return false;
    }
  }
  moment->seconds = std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second;
  if (blank_allowed && rest.take(' ') && rest.empty()) return false;
  return read_offset(rest, &moment->seconds);
}

bool is_day_of(std::int64_t year, unsigned month, unsigned day) noexcept {
  return day != 0 && day <= days_of_month(year, month);
}

// YYYY-MM[-DD] or YYYYMMDD.
bool read_date(Rest& rest, bool* basic, Moment* moment) noexcept {
  unsigned year = 0;
  if (!rest.number(4, 9999, &year)) return false;
  moment->year = year;
  *basic = !rest.take('-');
  if (!rest.number(2, 12, &moment->month) || moment->month == 0) return false;
  if (!*basic && rest.empty()) return true;
  if (!*basic && !rest.take('-')) return false;
  return rest.number(2, 31, &moment->day) && is_day_of(year, moment->month, moment->day);
}

bool read_moment(std::string_view text, bool blank_allowed, Moment* moment,
                 bool* too_fine) noexcept {
  Rest rest(text);
  bool basic = false;
  if (!read_date(rest, &basic, moment)) return false;
  if (rest.empty()) return true;
  if (!rest.take('T') && !rest.take('t') && !(blank_allowed && rest.take(' '))) return false;
  return read_clock(rest, basic, blank_allowed, moment, too_fine);
}

// amount / divisor if that is exact.
TimeFault divide(std::int64_t amount, std::int64_t divisor, std::int64_t* value) noexcept {
  if (amount % divisor != 0) return TimeFault::finer_than_unit;
  *value = amount / divisor;
  return TimeFault::none;
}

TimeFault multiply(std::int64_t seconds, std::int64_t factor, std::int64_t nanoseconds,
                   std::int64_t* value) noexcept {
  const std::int64_t size = 1'000'000'000 / factor;
  if (nanoseconds % size != 0) return TimeFault::finer_than_unit;
  std::int64_t count = 0;
  // Why one second more: at the low end of the range the product alone may fall outside while the
  // sum does not.
  if (seconds < 0 && nanoseconds != 0) {
    ++seconds;
    nanoseconds -= 1'000'000'000;
  }
  if (__builtin_mul_overflow(seconds, factor, &count)) return TimeFault::out_of_range;
  if (__builtin_add_overflow(count, nanoseconds / size, &count)) return TimeFault::out_of_range;
  if (count == kNaT) return TimeFault::out_of_range;
  *value = count;
  return TimeFault::none;
}

TimeFault in_months(const Moment& moment, std::int64_t per_unit, std::int64_t* value) noexcept {
  if (moment.day != 1 || moment.seconds != 0 || moment.nanoseconds != 0) {
    return TimeFault::finer_than_unit;
  }
  const std::int64_t months =
      (moment.year - 1970) * 12 + static_cast<std::int64_t>(moment.month) - 1;
  return divide(months, per_unit, value);
}

TimeFault convert(const Moment& moment, TimeUnit unit, std::int64_t* value) noexcept {
  if (unit == TimeUnit::year) return in_months(moment, 12, value);
  if (unit == TimeUnit::month) return in_months(moment, 1, value);
  const std::int64_t seconds =
      days_of(moment.year, moment.month, moment.day) * 86400 + moment.seconds;
  switch (unit) {
    case TimeUnit::millisecond:
      return multiply(seconds, 1'000, moment.nanoseconds, value);
    case TimeUnit::microsecond:
      return multiply(seconds, 1'000'000, moment.nanoseconds, value);
    case TimeUnit::nanosecond:
      return multiply(seconds, 1'000'000'000, moment.nanoseconds, value);
    default:
      break;
  }
  if (moment.nanoseconds != 0) return TimeFault::finer_than_unit;
  if (unit == TimeUnit::second) return divide(seconds, 1, value);
  if (unit == TimeUnit::minute) return divide(seconds, 60, value);
  if (unit == TimeUnit::hour) return divide(seconds, 3600, value);
  return divide(seconds, unit == TimeUnit::day ? 86400 : 7 * 86400, value);
}

bool is_nat(std::string_view text) noexcept {
  return text.size() == 3 && (text[0] | 0x20) == 'n' && (text[1] | 0x20) == 'a' &&
         (text[2] | 0x20) == 't';
}

// Nothing if `text` is not a plain integer. The least int64 is NaT and thus not a count.
std::optional<TimeFault> read_count(std::string_view text, std::int64_t* value) noexcept {
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::int64_t sum = 0;
  bool overflow = false;
  for (const char byte : text) {
    if (byte < '0' || byte > '9') return std::nullopt;
    overflow |= __builtin_mul_overflow(sum, 10, &sum);
    overflow |= __builtin_add_overflow(sum, byte - '0', &sum);
  }
  if (overflow) return TimeFault::out_of_range;
  *value = negative ? -sum : sum;
  return TimeFault::none;
}

// Digits alone that are a date rather than a count: of years nobody counts from 1970, and eight
// digits of days, weeks or months would lie beyond the year 29,000.
bool is_date_of_digits(std::string_view text, TimeUnit unit) noexcept {
  for (const char byte : text) {
    if (!is_number(byte)) return false;
  }
  return unit == TimeUnit::year ? text.size() == 4 || text.size() == 8
                                : text.size() == 8 && unit <= TimeUnit::day;
}

// YYYY, of which the rest is January 1st.
bool read_year(std::string_view text, Moment* moment) noexcept {
  unsigned year = 0;
  Rest rest(text);
  if (text.size() != 4 || !rest.number(4, 9999, &year)) return false;
  moment->year = year;
  return true;
}

}  // namespace

bool time_unit_of(std::string_view name, TimeUnit* unit) noexcept {
  constexpr std::array<std::string_view, 10> kNames = {"Y", "M", "W",  "D",  "h",
                                                       "m", "s", "ms", "us", "ns"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name != kNames[i]) continue;
    *unit = static_cast<TimeUnit>(i);
    return true;
  }
  return false;
}

TimeFault read_time(std::string_view text, TimeUnit unit, bool blank_allowed,
                    std::int64_t* value) noexcept {
  if (text.empty()) return TimeFault::not_a_time;
  if (is_nat(text)) {
    *value = kNaT;
    return TimeFault::none;
  }
  const bool is_date = is_date_of_digits(text, unit);
  const std::optional<TimeFault> count = is_date ? std::nullopt : read_count(text, value);
  if (count) return *count;
  Moment moment;
  bool too_fine = false;
  const bool is_year = is_date && read_year(text, &moment);
  if (!is_year && !read_moment(text, blank_allowed, &moment, &too_fine))
    return TimeFault::not_a_time;
  if (too_fine) return TimeFault::finer_than_unit;
  return convert(moment, unit, value);
}

}  // namespace forebay::core::text
