#include "format_datetime.hpp"

#include <cstdio>

namespace forebay::cli {
namespace {

// Far enough from the ends of int64 that no sum below overflows.
constexpr std::int64_t kMostDays = 365'000'000'000;
constexpr std::int64_t kMostYears = 1'000'000'000;

struct DayUnit {
  std::string_view name;
  std::int64_t per_day;
  int decimals;  // of the seconds; -1: hours only, -2: hours and minutes
};
constexpr DayUnit kDayUnits[] = {
    {"h", 24, -1},         {"m", 1440, -2},           {"s", 86'400, 0},
    {"ms", 86'400'000, 3}, {"us", 86'400'000'000, 6}, {"ns", 86'400'000'000'000, 9},
};

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  const std::int64_t quotient = value / by;
  return value % by < 0 ? quotient - 1 : quotient;
}

template <typename... Values>
void append_format(std::string& out, const char* format, Values... values) {
  char text[96];
  std::snprintf(text, sizeof(text), format, values...);
  out += text;
}

void append_year(std::string& out, std::int64_t year) {
  append_format(out, year < 0 ? "-%04lld" : "%04lld",
                static_cast<long long>(year < 0 ? -year : year));
}

// Days since 1970-01-01 to the proleptic Gregorian calendar, in eras of 400 years that begin on
// 1 March.
void append_date(std::string& out, std::int64_t days) {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = floor_divide(shifted, 146'097);
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  append_year(out, year_of_era + era * 400 + (month <= 2 ? 1 : 0));
  append_format(out, "-%02d-%02d", static_cast<int>(month), static_cast<int>(day));
}

void append_time(std::string& out, std::int64_t units, const DayUnit& unit) {
  if (unit.decimals == -1) return append_format(out, "T%02d", static_cast<int>(units));
  const std::int64_t per_minute = unit.per_day / 1440;
  const auto minutes = static_cast<int>(units / per_minute);
  append_format(out, "T%02d:%02d", minutes / 60, minutes % 60);
  if (unit.decimals < 0) return;
  const std::int64_t per_second = unit.per_day / 86'400;
  const std::int64_t rest = units % per_minute;
  append_format(out, ":%02d", static_cast<int>(rest / per_second));
  if (unit.decimals == 0) return;
  const std::string digits = std::to_string(rest % per_second);
  out += '.';
  out.append(static_cast<std::size_t>(unit.decimals) - digits.size(), '0');
  out += digits;
}

bool append_calendar(std::string& out, std::int64_t count, std::string_view unit) {
  if (unit == "Y" || unit == "M") {
    const std::int64_t per_year = unit == "Y" ? 1 : 12;
    const std::int64_t years = floor_divide(count, per_year);
    if (years > kMostYears || years < -kMostYears) return false;
    append_year(out, 1970 + years);
    if (unit == "M") append_format(out, "-%02d", static_cast<int>(count - years * 12 + 1));
    return true;
  }
  if (unit == "W" || unit == "D") {
    if (count > kMostDays || count < -kMostDays) return false;
    const std::int64_t days = unit == "W" ? count * 7 : count;
    append_date(out, days);
    return true;
  }
  for (const DayUnit& known : kDayUnits) {
    if (known.name != unit) continue;
    const std::int64_t days = floor_divide(count, known.per_day);
    if (days > kMostDays || days < -kMostDays) return false;
    append_date(out, days);
    append_time(out, count - days * known.per_day, known);
    return true;
  }
  return false;
}

}  // namespace

void append_datetime(std::string& out, std::int64_t count, std::string_view unit) {
  if (count == INT64_MIN) {
    out += "NaT";
  } else if (!append_calendar(out, count, unit)) {
    out.append(std::to_string(count)).append(" ").append(unit);
  }
}

}  // namespace forebay::cli
