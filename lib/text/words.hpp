// Eight bytes of text as one word, the first byte lowest: the tricks that the readers share. All
// loads may reach past the text into its padding.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace forebay::core::text {

constexpr std::uint64_t kEveryByte = 0x0101010101010101U;
constexpr std::uint64_t kTopBits = 0x8080808080808080U;

inline std::uint64_t load_word(const char* data) noexcept {
  std::uint64_t word;
  std::memcpy(&word, data, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

inline void store_word(std::byte* out, std::uint64_t word) noexcept {
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  std::memcpy(out, &word, sizeof word);
}

// Index of the lowest byte whose top bit is set in a mask that is not 0.
inline unsigned first_byte(std::uint64_t mask) noexcept {
  return static_cast<unsigned>(__builtin_ctzll(mask)) / 8;
}

// The masks below are exact in their lowest set byte; higher ones may be false, as borrows and
// carries run upwards.
inline std::uint64_t zero_bytes(std::uint64_t word) noexcept {
  return (word - kEveryByte) & ~word & kTopBits;
}
inline std::uint64_t bytes_up_to_blank(std::uint64_t word) noexcept {
  return (word - kEveryByte * 0x21) & ~word & kTopBits;
}
inline std::uint64_t not_digits(std::uint64_t word) noexcept {
  const std::uint64_t digits = word ^ (kEveryByte * '0');
  return ((digits + kEveryByte * 0x76) | digits) & kTopBits;
}

// The value of the first `count` bytes, 1 to 8 of them, which are digits.
inline std::uint64_t digits_value(std::uint64_t word, unsigned count) noexcept {
  word = (word - kEveryByte * '0') << (64 - 8 * count);
  word = word * 10 + (word >> 8);
  constexpr std::uint64_t kPairs = 0x000000ff000000ffU;
  return ((word & kPairs) * 0x000f424000000064U + ((word >> 16) & kPairs) * 0x0000271000000001U) >>
         32;
}

}  // namespace forebay::core::text
