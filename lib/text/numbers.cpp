// The slow paths of numbers: long digits, exponents, words.
#include "text/numbers.hpp"

#include <fast_float/fast_float.h>

#include <string_view>

namespace forebay::core::text {
namespace {

// What a decimal consists of. `digits` and `power` hold its value, digits * 10^power, only if
// `short_enough`.
struct Decimal {
  const char* end = nullptr;  // nullptr: not a decimal
  bool negative = false;
  bool short_enough = false;
  std::uint64_t digits = 0;
  std::int64_t power = 0;
};

constexpr std::int64_t kHugePower = 1'000'000'000;

// Takes digits into decimal->digits while there are at most 19 that count; returns the byte after
// them.
const char* take_digits(const char* at, Decimal* decimal, unsigned* significant) noexcept {
  // Eight at a time, where none of them is a zero in front.
  while (*significant + 8 <= 19 && (decimal->digits != 0 || *at != '0')) {
    const std::uint64_t word = load_word(at);
    if (not_digits(word) != 0) break;
    decimal->digits = decimal->digits * kPowersOfTen[8] + digits_value(word, 8);
    *significant += 8;
    at += 8;
  }
  for (; is_digit(*at); ++at) {
    if (decimal->digits == 0 && *at == '0') continue;
    if (++*significant <= 19) {
      decimal->digits = decimal->digits * 10 + static_cast<unsigned>(*at - '0');
    }
  }
  return at;
}

// The exponent at "e", or `at` itself when what follows is none.
const char* take_exponent(const char* at, std::int64_t* power) noexcept {
  const char* digit = at + 1;
  const bool negative = *digit == '-';
  if (negative || *digit == '+') ++digit;
  if (!is_digit(*digit)) return at;
  std::int64_t value = 0;
  for (; is_digit(*digit); ++digit) {
    if (value < kHugePower) value = value * 10 + (*digit - '0');
  }
  *power += negative ? -value : value;
  return digit;
}

Decimal split_decimal(const char* at) noexcept {
  Decimal decimal;
  decimal.negative = *at == '-';
  if (decimal.negative || *at == '+') ++at;
  unsigned significant = 0;
  const char* const whole = at;
  at = take_digits(at, &decimal, &significant);
  auto count = at - whole;
  if (*at == '.') {
    const char* const fraction = ++at;
    at = take_digits(at, &decimal, &significant);
    decimal.power = fraction - at;
    count += at - fraction;
  }
  if (count == 0) return decimal;
  if ((*at | 0x20) == 'e') at = take_exponent(at, &decimal.power);
  decimal.short_enough = significant <= 19;
  decimal.end = at;
  return decimal;
}

bool starts_with_word(const char* at, std::string_view word) noexcept {
  for (const char letter : word) {
    if ((*at++ | 0x20) != letter) return false;
  }
  return true;
}

template <typename T>
const char* read_word(const char* at, T* value) noexcept {
  const bool negative = *at == '-';
  if (negative || *at == '+') ++at;
  if (starts_with_word(at, "nan")) {
    *value = std::numeric_limits<T>::quiet_NaN();
    at += 3;
  } else if (starts_with_word(at, "inf")) {
    *value = std::numeric_limits<T>::infinity();
    at += starts_with_word(at, "infinity") ? 8 : 3;
  } else {
    return nullptr;
  }
  if (negative) *value = -*value;
  return at;
}

// Up to 2^53 and 10^22 are exact as doubles, so one operation rounds correctly. The result is
// within the normal range of float too: 10^-22 to 9e37.
bool read_exact(const Decimal& decimal, double* value) noexcept {
  if (!decimal.short_enough || decimal.digits > std::uint64_t{1} << 53) return false;
  if (decimal.power < -22 || decimal.power > 22) return false;
  const auto digits = static_cast<double>(decimal.digits);
  *value = decimal.power < 0 ? digits / kExactPowers[-decimal.power]
                             : digits * kExactPowers[decimal.power];
  return true;
}

template <typename T>
const char* read_any_real(const char* at, T* value) noexcept {
  const Decimal decimal = split_decimal(at);
  if (decimal.end == nullptr) return read_word(at, value);
  double exact = 0;
  if (read_exact(decimal, &exact) && (std::is_same_v<T, double> || rounds_once(exact))) {
    *value = static_cast<T>(decimal.negative ? -exact : exact);
    return decimal.end;
  }
  if (*at == '+') ++at;
  // Its error code is of no interest: the text is a decimal, and out of range it stores the rounded
  // result, inf or 0.
  const auto answer = fast_float::from_chars(at, decimal.end, *value);
  return answer.ptr == decimal.end ? decimal.end : nullptr;
}

}  // namespace

const char* read_long_magnitude(const char* at, std::uint64_t* value) noexcept {
  std::uint64_t sum = 0;
  for (; is_digit(*at); ++at) {
    const auto digit = static_cast<std::uint64_t>(*at - '0');
    if (__builtin_mul_overflow(sum, 10U, &sum)) return nullptr;
    if (__builtin_add_overflow(sum, digit, &sum)) return nullptr;
  }
  *value = sum;
  return at;
}

const char* read_long_real(const char* at, double* value) noexcept {
  return read_any_real(at, value);
}
const char* read_long_real(const char* at, float* value) noexcept {
  return read_any_real(at, value);
}

}  // namespace forebay::core::text
