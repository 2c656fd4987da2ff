#include <random>

#include "text/datetime.hpp"
#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"

using namespace forebay::test;
using text::TimeFault;
using text::TimeUnit;

namespace {

struct TimeCase {
  const char* text;
  const char* unit;
  TimeFault fault;
  std::int64_t value;
};

constexpr auto kNone = TimeFault::none;
constexpr auto kNot = TimeFault::not_a_time;
constexpr auto kFiner = TimeFault::finer_than_unit;
constexpr auto kRange = TimeFault::out_of_range;

void test_times_are_counts_of_their_unit() {
  // The values are numpy's.
  const TimeCase cases[] = {
      {"1970-01-01", "D", kNone, 0},
      {"2024-03-01", "D", kNone, 19783},
      {"2024-02-29", "D", kNone, 19782},
      {"2023-02-29", "D", kNot, 0},
      {"1900-02-29", "D", kNot, 0},
      {"2000-02-29", "D", kNone, 11016},
      {"0001-01-01", "D", kNone, -719162},
      {"9999-12-31", "D", kNone, 2932896},
      {"1969-12-31", "D", kNone, -1},
      {"2024-03-01T12:30:05.123456789Z", "ns", kNone, 1709296205123456789},
      {"2024-03-01T12:30:05.123456789", "us", kFiner, 0},
      {"2024-03-01T12:30:05.123456000", "us", kNone, 1709296205123456},
      {"2024-03-01T12:30:05.120", "ms", kNone, 1709296205120},
      {"2024-03-01T12:30:05.5", "s", kFiner, 0},
      {"2024-03-01T12:30:05.000000000000", "s", kNone, 1709296205},
      {"2024-03-01T12:30:05.0000000001", "ns", kFiner, 0},
      {"2024-03-01T12:30:05+02:00", "s", kNone, 1709289005},
      {"2024-03-01T00:30:05-05:30", "s", kNone, 1709272805},
      {"2024-03-01t12:30z", "m", kNone, 28488270},
      {"2024-03-01T12:30:05", "m", kFiner, 0},
      {"2024-03-01T12:00", "h", kNone, 474804},
      {"2024-03-01T12:30", "h", kFiner, 0},
      {"2024-03-01T12:00", "D", kFiner, 0},
      {"2024-02-29", "W", kNone, 2826},
      {"2024-03-01", "W", kFiner, 0},
      {"2024-03", "M", kNone, 650},
      {"2024-03-01", "M", kNone, 650},
      {"2024-03-02", "M", kFiner, 0},
      {"1969-12", "M", kNone, -1},
      {"2024-01-01", "Y", kNone, 54},
      {"2024-02-01", "Y", kFiner, 0},
      {"1677-09-21T00:12:43.145224193", "ns", kNone, -9223372036854775807},
      {"1677-09-21T00:12:43.145224192", "ns", kRange, 0},
      {"2262-04-11T23:47:16.854775807", "ns", kNone, INT64_MAX},
      {"2262-04-11T23:47:16.854775808", "ns", kRange, 0},
      {"1969-12-31T23:59:59.5", "ms", kNone, -500},
      {"12345", "ns", kNone, 12345},
      {"-5", "D", kNone, -5},
      {"9223372036854775808", "s", kRange, 0},
      {"-9223372036854775808", "s", kRange, 0},
      {"NaT", "s", kNone, INT64_MIN},
      {"2024-3-01", "D", kNot, 0},
      {"2024-13-01", "D", kNot, 0},
      {"2024-00-01", "D", kNot, 0},
      {"2024-01-00", "D", kNot, 0},
      {"2024-04-31", "D", kNot, 0},
      {"2024-03-01T24:00", "s", kNot, 0},
      {"2024-03-01T12:60", "s", kNot, 0},
      {"2024-03-01T12:00:60", "s", kNot, 0},
      {"2024-03-01T12", "s", kNone, 1709294400},
      {"2024-03-01T12:", "s", kNot, 0},
      {"2024-03-01T12:30:05,5", "ms", kNone, 1709296205500},
      {"2024-03-01T12:30:05+02", "s", kNone, 1709289005},
      {"2024-03-01T12:30:05+0200", "s", kNone, 1709289005},
      {"2024-03-01T12:30:05 +02:00", "s", kNot, 0},
      {"20240301T123005Z", "s", kNone, 1709296205},
      {"20240301T1230", "m", kNone, 28488270},
      {"20240301T123", "m", kNot, 0},
      {"20240301T12:30", "m", kNot, 0},
      {"20240301", "D", kNone, 19783},
      {"20240229", "W", kNone, 2826},
      {"20240301", "M", kNone, 650},
      {"20241301", "D", kNot, 0},
      {"20240301", "s", kNone, 20240301},
      {"2024", "Y", kNone, 54},
      {"1970", "Y", kNone, 0},
      {"54", "Y", kNone, 54},
      {"2024", "D", kNone, 2024},
      {"202403", "M", kNone, 202403},
      {"2024-03-01T12:00Zx", "s", kNot, 0},
      {"2024-03-01T12:00:00.", "s", kNot, 0},
      {"2024-03-01T12:00+2", "s", kNot, 0},
      {"20240301T12", "s", kNone, 1709294400},
      {"20240301T", "s", kNot, 0},
      {"2024-03-01x", "D", kNot, 0},
      {"today", "D", kNot, 0},
      {"1.5", "D", kNot, 0},
      {"", "D", kNot, 0},
      {"+", "D", kNot, 0},
  };
  for (const TimeCase& item : cases) {
    TimeUnit unit{};
    CHECK(text::time_unit_of(item.unit, &unit));
    std::int64_t value = 0;
    const TimeFault fault = text::read_time(item.text, unit, false, &value);
    const bool same = fault == item.fault && (fault != kNone || value == item.value);
    if (!CHECK(same))
      std::fprintf(stderr, "%s [%s] %lld\n", item.text, item.unit, static_cast<long long>(value));
  }
}

void test_every_day_follows_the_day_before() {
  std::int64_t expected = 0;
  text::read_time("1599-12-31", TimeUnit::day, false, &expected);
  for (unsigned year = 1600; year < 2401; ++year) {
    for (unsigned month = 1; month <= 12; ++month) {
      for (unsigned day = 1; day <= 31; ++day) {
        char text[64];
        std::snprintf(text, sizeof text, "%04u-%02u-%02u", year, month, day);
        std::int64_t value = 0;
        if (text::read_time(text, TimeUnit::day, false, &value) != kNone) continue;
        if (!CHECK_EQ(value, ++expected)) return;
      }
    }
  }
  std::int64_t last = 0;
  text::read_time("2400-12-31", TimeUnit::day, false, &last);
  CHECK_EQ(last, expected);
}

void test_a_blank_may_stand_for_t_where_blanks_do_not_separate() {
  const std::string row = "2024-03-01 12:30:05";
  CHECK_EQ(parse_text(delimited(','), "M8[s]", row).rows, 1U);
  CHECK_EQ(parse_text(delimited('\t'), "M8[s]", row).value<std::int64_t>(0), 1709296205);
  CHECK_EQ(parse_text(delimited(','), "M8[s]", row + " +01:00").value<std::int64_t>(0), 1709292605);
  CHECK_EQ(parse_text(delimited(','), "M8[s]", row + " Z").value<std::int64_t>(0), 1709296205);
  CHECK_EQ(parse_text({}, "M8[s]", row).error.code, FOREBAY_E_COLUMNS);
  CHECK_EQ(parse_text(delimited(0), "M8[s]", "\"" + row + "\"").value<std::int64_t>(0), 1709296205);
  CHECK_EQ(parse_text(delimited(' '), "M8[s]", "\"" + row + "\"").rows, 1U);
  // The delimiter ends the time at its hour.
  CHECK_EQ(parse_text(delimited(':'), "a:M8[h],b:i4", "2024-03-01T12:30").rows, 1U);
}

void test_messages_say_what_is_wrong_with_a_time() {
  const text::Dialect commas = delimited(',');
  const auto message = [&](const char* row) {
    return parse_text(commas, "t:M8[D]", std::string("2024-01-01\n") + row).error.message;
  };
  CHECK_EQ(
      message("2024-03-01T12:00\n"),
      std::string("\"2024-03-01T12:00\" is finer than field t (M8[D]) can hold; use a finer unit"));
  CHECK_EQ(
      message("99999999999999999999\n"),
      std::string("\"99999999999999999999\" is out of range, field t (M8[D]); use a coarser unit"));
  CHECK_EQ(message("soon\n"), std::string("\"soon\" is not a date or time, field t (M8[D]); write "
                                          "it as 2024-03-01 or 2024-03-01T12:30:05Z, or use S4"));
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_times_are_counts_of_their_unit),
      CHECK_TEST(test_every_day_follows_the_day_before),
      CHECK_TEST(test_a_blank_may_stand_for_t_where_blanks_do_not_separate),
      CHECK_TEST(test_messages_say_what_is_wrong_with_a_time),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
