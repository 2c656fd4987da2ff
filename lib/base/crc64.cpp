#include "base/crc64.hpp"

namespace forebay::core {
namespace {

// Reflected: the highest bit is the coefficient of x^0.
constexpr std::uint64_t kPolynomial = 0xC96C5795D7870F42U;
constexpr std::uint64_t kOne = 1ULL << 63U;
constexpr std::uint64_t kXToThe8 = 1ULL << 55U;

// a * b modulo the polynomial.
std::uint64_t product(std::uint64_t a, std::uint64_t b) noexcept {
  std::uint64_t sum = 0;
  for (; a != 0; a <<= 1U) {
    if ((a & kOne) != 0) sum ^= b;
    b = (b >> 1U) ^ ((b & 1U) != 0 ? kPolynomial : 0);
  }
  return sum;
}

}  // namespace

// Appending n bytes multiplies by x^(8n); the inversions at both ends cancel out, as zlib's
// crc32_combine has it.
std::uint64_t crc64_joined(std::uint64_t a, std::uint64_t b, std::uint64_t b_bytes) noexcept {
  std::uint64_t shift = kOne;
  std::uint64_t power = kXToThe8;
  for (std::uint64_t left = b_bytes; left != 0; left >>= 1U) {
    if ((left & 1U) != 0) shift = product(shift, power);
    power = product(power, power);
  }
  return product(shift, a) ^ b;
}

}  // namespace forebay::core
