#include <cinttypes>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <random>

#include "text/numbers.hpp"
#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"
#include "text/every_kernel.hpp"

using namespace forebay::test;

namespace {

template <typename Bits, typename T>
Bits bits_of(T value) {
  static_assert(sizeof(Bits) == sizeof(T));
  Bits bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

struct CorpusCount {
  int read = 0;
  int skipped = 0;
  int wrong = 0;
};

// Only decimals: an optional sign, digits with a point, an exponent.
bool is_decimal(const std::string& text) {
  return text.find_first_not_of("0123456789+-.eE") == std::string::npos;
}

// Lines of "f2-bits f4-bits f8-bits text"; reads each text by the whole parser, as f4 and as f8.
CorpusCount check_corpus(const std::string& path) {
  CorpusCount count;
  std::ifstream file(path);
  const DtypeRef dtype = dtype_of("a:f4,b:f8");
  const auto parser = parser_of({}, dtype);
  std::string half;
  std::string single;
  std::string real;
  std::string text;
  while (file >> half >> single >> real >> text) {
    if (!is_decimal(text)) {
      ++count.skipped;
      continue;
    }
    ++count.read;
    const PaddedText row(text + " " + text, static_cast<unsigned>(count.read));
    const Parsed parsed = parse_some(*parser, *dtype, row, 0, row.size(), 0, 1);
    const std::uint32_t want_single = static_cast<std::uint32_t>(std::stoul(single, nullptr, 16));
    const std::uint64_t want_real = std::stoull(real, nullptr, 16);
    std::uint32_t got_single = 0;
    std::uint64_t got_real = 0;
    if (parsed.rows == 1) {
      std::memcpy(&got_single, parsed.bytes.data(), 4);
      std::memcpy(&got_real, parsed.bytes.data() + 4, 8);
    }
    if (parsed.rows == 1 && got_single == want_single && got_real == want_real) continue;
    if (++count.wrong < 20) {
      std::fprintf(stderr, "%s: f4 %08" PRIx32 " f8 %016" PRIx64 " %s\n", text.c_str(), got_single,
                   got_real, parsed.error.message.c_str());
    }
  }
  return count;
}

void test_own_corpus_is_read_to_the_bit() {
  const char* folder = std::getenv("FOREBAY_TEST_DATA");
  REQUIRE(folder != nullptr);
  const CorpusCount count = check_corpus(std::string(folder) + "/floats.txt");
  CHECK(count.read > 500);
  CHECK_EQ(count.wrong, 0);
}

void test_shared_corpora_are_read_to_the_bit() {
  const char* folder = std::getenv("FOREBAY_TEST_DATA");
  REQUIRE(folder != nullptr);
  const std::string shared = std::string(folder) + "/../../../shared/data/floats/";
  CorpusCount all;
  for (const char* name : {"freetype-2-7", "google-wuffs", "lemire-fast-float", "more-test-cases",
                           "tencent-rapidjson"}) {
    const CorpusCount count = check_corpus(shared + name + ".txt");
    all.read += count.read;
    all.skipped += count.skipped;
    all.wrong += count.wrong;
  }
  std::printf("shared corpora: %d read, %d skipped\n", all.read, all.skipped);
  CHECK_EQ(all.wrong, 0);
}

// The C locale is the one of a program that never calls setlocale().
void test_random_reals_equal_strtod_and_strtof() {
  std::mt19937_64 random(20240301);
  int wrong = 0;
  for (int i = 0; i < 200000; ++i) {
    char text[400 + text::kPadding];
    const int digits = 1 + static_cast<int>(random() % 25);
    double value = 0;
    if (i % 3 == 0) {
      const std::uint64_t bits = random();
      std::memcpy(&value, &bits, sizeof value);
    } else {
      float single;
      const auto bits = static_cast<std::uint32_t>(random());
      std::memcpy(&single, &bits, sizeof single);
      // Near the middle between two floats, where rounding twice goes wrong.
      value =
          i % 3 == 1 ? single : (static_cast<double>(single) + std::nextafter(single, 0.0F)) / 2;
    }
    if (!std::isfinite(value)) continue;
    const char* format = i % 2 == 0 || std::fabs(value) > 1e40 ? "%.*e" : "%.*f";
    const int size = std::snprintf(text, 400, format, digits, value);
    text[size] = '\t';
    double real = 0;
    float single = 0;
    const char* const real_end = text::read_real(text, &real);
    const char* const single_end = text::read_real(text, &single);
    text[size] = '\0';
    const bool same =
        real_end == text + size && single_end == text + size &&
        bits_of<std::uint64_t>(real) == bits_of<std::uint64_t>(std::strtod(text, nullptr)) &&
        bits_of<std::uint32_t>(single) == bits_of<std::uint32_t>(std::strtof(text, nullptr));
    if (!same && ++wrong < 20) std::fprintf(stderr, "number %d: %s\n", i, text);
  }
  CHECK_EQ(wrong, 0);
}

void test_words_of_reals_are_read_in_any_case() {
  const text::Dialect blanks{};
  const Parsed parsed = parse_text(blanks, "f8", "nan NaN\n", "2");
  CHECK_EQ(parsed.rows, 1U);
  const Parsed all = parse_text(blanks, "f8", "nan\n-NAN\n+inf\n-Infinity\niNf\nINFINITY\n");
  REQUIRE(all.rows == 6);
  CHECK(std::isnan(all.value<double>(0)) && !std::signbit(all.value<double>(0)));
  CHECK(std::isnan(all.value<double>(1)) && std::signbit(all.value<double>(1)));
  CHECK_EQ(all.value<double>(2), INFINITY);
  CHECK_EQ(all.value<double>(3), -INFINITY);
  CHECK_EQ(all.value<double>(4), INFINITY);
  CHECK_EQ(all.value<double>(5), INFINITY);
}

void test_what_is_no_real_is_refused() {
  for (const char* text :
       {"0x10", "1_000",     "1e",          "1e+",   "e5",   ".",         "-",     "+",
        "--1",  "+-1",       "-+1",         "1.2.3", "1f",   "nan(1)",    "infin", "na",
        "1,5",  "12345678x", "1.12345678x", "\"1\"", "1e5x", "infinityx", ".e1",   "1\v"}) {
    for (const char* dtype : {"f4", "f8"}) {
      const Parsed parsed = parse_text({}, dtype, text);
      if (!CHECK_EQ(parsed.error.code, FOREBAY_E_VALUE)) std::fprintf(stderr, "%s\n", text);
      CHECK_EQ(parsed.rows, 0U);
    }
  }
}

struct IntegerCase {
  const char* dtype;
  const char* text;
  bool good;
  std::int64_t value;
};

void test_integers_are_read_within_their_range() {
  const IntegerCase cases[] = {
      {"i1", "127", true, 127},
      {"i1", "-128", true, -128},
      {"i1", "128", false, 0},
      {"i1", "-129", false, 0},
      {"u1", "255", true, 255},
      {"u1", "256", false, 0},
      {"u1", "-1", false, 0},
      {"u1", "-0", true, 0},
      {"i2", "32767", true, 32767},
      {"i2", "-32769", false, 0},
      {"u2", "65535", true, 65535},
      {"u2", "65536", false, 0},
      {"i4", "2147483647", true, 2147483647},
      {"i4", "-2147483648", true, INT32_MIN},
      {"i4", "2147483648", false, 0},
      {"u4", "4294967295", true, 4294967295},
      {"u4", "4294967296", false, 0},
      {"i8", "9223372036854775807", true, INT64_MAX},
      {"i8", "-9223372036854775808", true, INT64_MIN},
      {"i8", "9223372036854775808", false, 0},
      {"i8", "-9223372036854775809", false, 0},
      {"u8", "18446744073709551615", true, -1},
      {"u8", "18446744073709551616", false, 0},
      {"u8", "99999999999999999999999", false, 0},
      {"i8", "000000000000000000000000000012", true, 12},
      {"i4", "00000012", true, 12},
      {"i4", "+5", true, 5},
      {"i4", "12345678", true, 12345678},
      {"i8", "1234567890123456", true, 1234567890123456},
      {"i8", "123456789012345", true, 123456789012345},
      {"i4", "", false, 0},
      {"i4", "-", false, 0},
      {"i4", "1e3", false, 0},
      {"i4", "17.0", false, 0},
      {"i4", "0x1F", false, 0},
      {"i4", "1_0", false, 0},
      {"i4", "+-5", false, 0},
      {"i4", "5a", false, 0},
      {"i4", "nan", false, 0},
  };
  for (const IntegerCase& item : cases) {
    const Parsed parsed =
        parse_text(delimited(','), item.dtype,
                   std::string(item.text) + "\n" + (item.text[0] == '\0' ? " \n" : ""));
    bool same = (parsed.rows == 1) == item.good;
    if (same && item.good) {
      std::int64_t value = 0;
      const std::size_t width = parsed.bytes.size();
      std::memcpy(&value, parsed.bytes.data(), width);
      if (item.dtype[0] == 'i' && width < 8) {
        value = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << (64 - 8 * width)) >>
                (64 - 8 * width);
      }
      same = value == item.value;
    }
    if (!CHECK(same)) std::fprintf(stderr, "%s as %s\n", item.text, item.dtype);
    CHECK(item.good || parsed.error.code == FOREBAY_E_VALUE);
  }
}

void test_random_integers_round_trip_in_both_byte_orders() {
  std::mt19937_64 random(5);
  for (int i = 0; i < 20000; ++i) {
    const std::int64_t value = static_cast<std::int64_t>(random()) >> (random() % 64);
    std::string text = std::to_string(value) + "|";
    text.append(text::kPadding, '7');
    std::int64_t read = 0;
    const char* const end = text::read_integer(text.data(), &read);
    CHECK(end != nullptr && *end == '|');
    CHECK_EQ(read, value);
  }
  const Parsed parsed = parse_text({}, "a:>i4,b:<i2,c:>f8,d:>M8[s],e:>u2", "258 258 1.5 258 258\n");
  REQUIRE(parsed.rows == 1);
  CHECK(parsed.view(0, 6) == std::string_view("\0\0\1\2\2\1", 6));
  CHECK(parsed.view(6, 8) == std::string_view("\x3f\xf8\0\0\0\0\0\0", 8));
  CHECK(parsed.view(14, 10) == std::string_view("\0\0\0\0\0\0\1\2\1\2", 10));
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_own_corpus_is_read_to_the_bit),
      CHECK_TEST(test_shared_corpora_are_read_to_the_bit),
      CHECK_TEST(test_random_reals_equal_strtod_and_strtof),
      CHECK_TEST(test_words_of_reals_are_read_in_any_case),
      CHECK_TEST(test_what_is_no_real_is_refused),
      CHECK_TEST(test_integers_are_read_within_their_range),
      CHECK_TEST(test_random_integers_round_trip_in_both_byte_orders),
  };
  return run_with_every_kernel(tests);
}
