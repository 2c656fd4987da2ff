// Numbers that are hard to read right, by every kernel, against strtod(), strtof() and exact
// integers: test_hard_numbers [count]. They go through the whole parser, many to a text, so that
// the kernels read them as they read a file. The C locale is the one of a program that never calls
// setlocale().
#include <cinttypes>
#include <cmath>
#include <cstdlib>
#include <random>

#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"
#include "text/every_kernel.hpp"

using namespace forebay::test;

namespace {

// Without optimisation and under a sanitizer a number takes many times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
std::size_t wanted_count = 40'000;
#else
std::size_t wanted_count = 200'000;
#endif
constexpr std::size_t kTableRows = 20'000;

using Random = std::mt19937_64;
__extension__ using Wide = __int128;

std::string printed(const char* format, int digits, double value) {
  char text[1400];
  const int size = std::snprintf(text, sizeof text, format, digits, value);
  return {text, static_cast<std::size_t>(size)};
}

double any_double(Random& random) {
  for (;;) {
    const std::uint64_t bits = random();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) return value;
  }
}

float any_single(Random& random) {
  for (;;) {
    const auto bits = static_cast<std::uint32_t>(random());
    float value;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) return value;
  }
}

std::string random_digits(Random& random, std::size_t count) {
  std::string digits;
  for (std::size_t i = 0; i < count; ++i) digits += static_cast<char>('0' + random() % 10);
  return digits;
}

// A point anywhere among up to 20 digits: all lengths that a kernel treats apart.
std::string plain_decimal(Random& random) {
  std::string text = random_digits(random, 1 + random() % 20);
  if (random() % 4 != 0) text.insert(random() % (text.size() + 1), ".");
  if (random() % 3 == 0) text.insert(0, random() % 4 == 0 ? "+" : "-");
  return text;
}

// All digits of the middle between two neighbours, or a little more or less.
std::string middle(Random& random, bool single) {
  double value = 0;
  if (single) {
    const float low = any_single(random) * 1e-3F;
    value = (static_cast<double>(low) + static_cast<double>(std::nextafter(low, INFINITY))) / 2;
    return printed("%.*e", 8 + static_cast<int>(random() % 30), value);
  }
  // Odd integers above 2^53 stand halfway between two doubles.
  const std::uint64_t odd = (std::uint64_t{1} << 53) + (random() >> 11 | 1);
  std::string text = std::to_string(odd);
  if (random() % 2 == 0)
    text += "." + std::string(random() % 20, '0') + std::to_string(random() % 2);
  return text;
}

// The middle between two floats, rounded to fifteen digits: just below a power of ten one in six
// has that middle as its nearest double, and then only the digits tell on which side it stands.
std::string near_middle(Random& random) {
  const double decade = random() % 2 == 0 ? 1 : 10;
  const auto low =
      static_cast<float>(decade * (8 + 2e-6 * static_cast<double>(random() % 1'000'000)));
  const double value =
      (static_cast<double>(low) + static_cast<double>(std::nextafter(low, INFINITY))) / 2;
  const auto whole_digits = std::to_string(static_cast<std::uint64_t>(value)).size();
  return printed("%.*f", 15 - static_cast<int>(whole_digits), value);
}

std::string hard_decimal(Random& random, std::size_t number) {
  switch (number % 9) {
    case 0:
      return plain_decimal(random);
    case 1:
      return printed("%.*g", 1 + static_cast<int>(random() % 17), any_double(random));
    case 2:
      return printed("%.*g", 17, any_double(random));
    case 3:
      return middle(random, true);
    case 4:
      return middle(random, false);
    case 5:
      return printed("%.*f", static_cast<int>(random() % 10),
                     static_cast<double>(static_cast<std::int64_t>(random()) >> 30) / 1e4);
    case 6:
      return near_middle(random);
    case 7:
      return printed("%.*e", static_cast<int>(random() % 25),
                     static_cast<double>(any_single(random)));
    default:
      return random_digits(random, 1 + random() % 24) + "e" +
             std::to_string(static_cast<int>(random() % 700) - 350);
  }
}

struct Table {
  std::string text;
  std::vector<double> reals;
  std::vector<float> singles;
};

Table make_table(Random& random) {
  Table table;
  for (std::size_t i = 0; i < kTableRows; ++i) {
    const std::string number = hard_decimal(random, i);
    table.text.append(number).append(",").append(number).append("\n");
    table.reals.push_back(std::strtod(number.c_str(), nullptr));
    table.singles.push_back(std::strtof(number.c_str(), nullptr));
  }
  return table;
}

std::string row_of(const Table& table, std::size_t row) {
  std::size_t at = 0;
  for (; row > 0; --row) at = table.text.find('\n', at) + 1;
  return table.text.substr(at, table.text.find('\n', at) - at);
}

// How many of its rows differ, the first few of them shown.
int count_wrong(const Table& table) {
  const DtypeRef dtype = dtype_of("a:f8,b:f4");
  const auto parser = parser_of(delimited(',', 0), dtype);
  const PaddedText text(table.text);
  const Parsed parsed = parse_some(*parser, *dtype, text, 0, text.size(), 0, 1);
  int wrong = parsed.rows == table.reals.size() ? 0 : 1;
  if (wrong > 0) std::fprintf(stderr, "%s\n", parsed.error.message.c_str());
  for (std::size_t row = 0; row < parsed.rows; ++row) {
    const std::byte* const at = parsed.bytes.data() + row * 12;
    if (std::memcmp(at, &table.reals[row], 8) == 0 &&
        std::memcmp(at + 8, &table.singles[row], 4) == 0)
      continue;
    if (++wrong < 10)
      std::fprintf(stderr, "%s: %s\n", text::active_kernel().name, row_of(table, row).c_str());
  }
  return wrong;
}

void test_hard_decimals_equal_strtod_and_strtof() {
  Random random(20250917);
  int wrong = 0;
  for (std::size_t done = 0; done < wanted_count; done += kTableRows) {
    const Table table = make_table(random);
    for (const text::Kernel& kernel : text::all_kernels()) {
      if (text::force_kernel(kernel.name)) wrong += count_wrong(table);
    }
  }
  CHECK_EQ(wrong, 0);
}

// Integers of every length, near the ends of the types, with what is out of range among them.
std::string hard_integer(Random& random) {
  std::string text;
  const std::uint64_t bits = random() >> (random() % 64);
  text = random() % 4 == 0 ? random_digits(random, 1 + random() % 22) : std::to_string(bits);
  if (random() % 8 == 0)
    text = std::to_string((std::uint64_t{1} << (random() % 64)) - random() % 3);
  if (random() % 6 == 0) text.insert(0, std::string(random() % 12, '0'));
  if (random() % 3 == 0) text.insert(0, random() % 4 == 0 ? "+" : "-");
  return text;
}

// By 128 bits: whether the text is within the type.
bool exact_integer(const std::string& text, Wide least, Wide most, Wide* value) {
  const bool has_sign = text[0] == '-' || text[0] == '+';
  Wide sum = 0;
  for (std::size_t i = has_sign ? 1 : 0; i < text.size(); ++i) {
    if (sum > most + 1) return false;
    sum = sum * 10 + (text[i] - '0');
  }
  *value = text[0] == '-' ? -sum : sum;
  return *value >= least && *value <= most;
}

template <typename T>
int count_wrong_integers(const char* dtype_text, Random& random, std::size_t count) {
  const DtypeRef dtype = dtype_of(dtype_text);
  const auto parser = parser_of(delimited(','), dtype);
  std::vector<T> expected;
  std::string table;
  int wrong = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string text = hard_integer(random);
    Wide value = 0;
    const bool fits =
        exact_integer(text, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), &value);
    if (fits) {
      expected.push_back(static_cast<T>(value));
      table.append(text).append("\n");
    } else if (i % 16 == 0) {
      // Among rows that are right, as those in reach of a kernel are read together.
      const std::string rows = "1\n2\n3\n4\n" + text + "\n5\n6\n7\n8\n";
      const PaddedText padded(rows);
      const Parsed parsed = parse_some(*parser, *dtype, padded, 0, padded.size(), 0, 1);
      if (parsed.rows != 4 || parsed.error.code != FOREBAY_E_VALUE) {
        std::fprintf(stderr, "%s as %s: %zu rows\n", text.c_str(), dtype_text, parsed.rows);
        ++wrong;
      }
    }
  }
  const PaddedText padded(table);
  const Parsed parsed = parse_some(*parser, *dtype, padded, 0, padded.size(), 0, 1);
  if (parsed.rows != expected.size() ||
      std::memcmp(parsed.bytes.data(), expected.data(), parsed.bytes.size()) != 0)
    ++wrong;
  return wrong;
}

void test_hard_integers_are_exact_or_refused() {
  for (const text::Kernel& kernel : text::all_kernels()) {
    if (!text::force_kernel(kernel.name)) continue;
    Random random(77);
    const std::size_t count = wanted_count / 10;
    int wrong = count_wrong_integers<std::int8_t>("i1", random, count);
    wrong += count_wrong_integers<std::int16_t>("i2", random, count);
    wrong += count_wrong_integers<std::int32_t>("i4", random, count);
    wrong += count_wrong_integers<std::int64_t>("i8", random, count);
    wrong += count_wrong_integers<std::uint8_t>("u1", random, count);
    wrong += count_wrong_integers<std::uint16_t>("u2", random, count);
    wrong += count_wrong_integers<std::uint32_t>("u4", random, count);
    wrong += count_wrong_integers<std::uint64_t>("u8", random, count);
    if (!CHECK_EQ(wrong, 0)) std::fprintf(stderr, "kernel %s\n", kernel.name);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) wanted_count = std::strtoul(argv[1], nullptr, 10);
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_hard_decimals_equal_strtod_and_strtof),
      CHECK_TEST(test_hard_integers_are_exact_or_refused),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
