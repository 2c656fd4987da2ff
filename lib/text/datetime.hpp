// Dates and times to counts of a unit since 1970-01-01T00:00:00, as numpy's datetime64 has them.
#pragma once

#include <cstdint>
#include <string_view>

namespace forebay::core::text {

enum class TimeUnit : std::uint8_t {
  year,
  month,
  week,
  day,
  hour,
  minute,
  second,
  millisecond,
  microsecond,
  nanosecond
};

// The unit of a dtype's field ("Y" to "ns"); false for other text.
bool time_unit_of(std::string_view name, TimeUnit* unit) noexcept;

enum class TimeFault : std::uint8_t { none, not_a_time, finer_than_unit, out_of_range };

// Reads all of `text`: YYYY-MM, YYYY-MM-DD, then, after 'T' (or a blank, if `blank_allowed`),
// hh[:mm[:ss[.fraction]]] and Z, +hh:mm or +hh; the same without '-' and ':'; or a plain integer,
// the count itself; or NaT. Digits alone are a date where a count makes no sense: YYYY in years,
// YYYYMMDD in units of a day and more. A time that the unit cannot hold exactly is an error, never
// rounded.
TimeFault read_time(std::string_view text, TimeUnit unit, bool blank_allowed,
                    std::int64_t* value) noexcept;

}  // namespace forebay::core::text
