// Integers and reals from text. A reader takes the first byte of a number and returns the byte
// after it, or nullptr when there is no number of that type; what may follow is the caller's
// business. Readers stop at the first byte that cannot go on, so the text must hold such a byte (a
// newline will do) and have kPadding bytes after that. No locale.
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

#include "text/words.hpp"

namespace forebay::core::text {

constexpr std::uint64_t kPowersOfTen[20] = {1U,
                                            10U,
                                            100U,
                                            1000U,
                                            10000U,
                                            100000U,
                                            1000000U,
                                            10000000U,
                                            100000000U,
                                            1000000000U,
                                            10000000000U,
                                            100000000000U,
                                            1000000000000U,
                                            10000000000000U,
                                            100000000000000U,
                                            1000000000000000U,
                                            10000000000000000U,
                                            100000000000000000U,
                                            1000000000000000000U,
                                            10000000000000000000U};

// Exact as doubles: 5^22 < 2^53.
constexpr double kExactPowers[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

inline bool is_digit(char byte) noexcept {
  return static_cast<unsigned char>(byte - '0') < 10;
}

// Digits of any number, more than seven of them; nullptr when the value does not fit 64 bits.
const char* read_long_magnitude(const char* at, std::uint64_t* value) noexcept;

inline const char* read_magnitude(const char* at, std::uint64_t* value) noexcept {
  const std::uint64_t word = load_word(at);
  const std::uint64_t stops = not_digits(word);
  if (stops == 0) {
    const std::uint64_t next = load_word(at + 8);
    const std::uint64_t next_stops = not_digits(next);
    if (next_stops == 0) [[unlikely]] {
      return read_long_magnitude(at, value);
    }
    const unsigned more = first_byte(next_stops);
    const std::uint64_t high = digits_value(word, 8);
    *value = more == 0 ? high : high * kPowersOfTen[more] + digits_value(next, more);
    return at + 8 + more;
  }
  const unsigned count = first_byte(stops);
  if (count == 0) return nullptr;
  *value = digits_value(word, count);
  return at + count;
}

// Sign, digits; nullptr too when the value is outside T.
template <typename T>
const char* read_integer(const char* at, T* value) noexcept {
  const bool negative = *at == '-';
  if (negative || *at == '+') ++at;
  std::uint64_t magnitude = 0;
  at = read_magnitude(at, &magnitude);
  if (at == nullptr) return nullptr;
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
  constexpr std::uint64_t kLeast = std::is_signed_v<T> ? kMost + 1 : 0;
  if (magnitude > (negative ? kLeast : kMost)) return nullptr;
  *value = static_cast<T>(negative ? 0 - magnitude : magnitude);
  return at;
}

// Reals with exponents, many digits, "nan" or "inf". `at` is the sign or first byte.
const char* read_long_real(const char* at, double* value) noexcept;
const char* read_long_real(const char* at, float* value) noexcept;

// Whether rounding a correctly rounded double once more gives the correctly rounded float. It does
// unless the double lies just halfway between two floats: only then may the exact value be on
// either side. The double must be in float's normal range.
inline bool rounds_once(double value) noexcept {
  constexpr std::uint64_t kDropped = (std::uint64_t{1} << 29) - 1;
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits & kDropped) != std::uint64_t{1} << 28;
}

// Fast path: up to seven digits before and after the point and no exponent. The digits then make an
// integer below 2^53 and the divisor is exact, so the one division rounds correctly.
template <typename T>
const char* read_real(const char* const start, T* value) noexcept {
  const char* at = start;
  const bool negative = *at == '-';
  if (negative || *at == '+') ++at;
  const std::uint64_t word = load_word(at);
  const std::uint64_t stops = not_digits(word);
  if (stops == 0) return read_long_real(start, value);
  const unsigned whole = first_byte(stops);
  std::uint64_t digits = whole == 0 ? 0 : digits_value(word, whole);
  at += whole;
  unsigned places = 0;
  if (*at == '.') {
    const std::uint64_t fraction = load_word(at + 1);
    const std::uint64_t fraction_stops = not_digits(fraction);
    if (fraction_stops == 0) return read_long_real(start, value);
    places = first_byte(fraction_stops);
    if (places != 0) digits = digits * kPowersOfTen[places] + digits_value(fraction, places);
    at += 1 + places;
  }
  if (whole + places == 0 || (*at | 0x20) == 'e') return read_long_real(start, value);
  const double magnitude =
      static_cast<double>(static_cast<std::int64_t>(digits)) / kExactPowers[places];
  const double result = negative ? -magnitude : magnitude;
  if constexpr (std::is_same_v<T, float>) {
    if (!rounds_once(magnitude)) return read_long_real(start, value);
  }
  *value = static_cast<T>(result);
  return at;
}

}  // namespace forebay::core::text
