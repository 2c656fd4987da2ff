// Sizes in which blocks are lent: powers of two and three steps between, in whole pages, so that
// blocks of about one size can be lent again for each other at a waste of at most a quarter.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <numeric>

#include "base/base.hpp"

namespace forebay::core {

inline constexpr std::uint64_t kPageBytes = 4096;

// Whole pages, at least one. `bytes` is at most 2^62.
[[nodiscard]] constexpr std::uint64_t page_bytes(std::uint64_t bytes) noexcept {
  return align_up(std::max<std::uint64_t>(bytes, 1), kPageBytes);
}

[[nodiscard]] constexpr std::uint64_t class_bytes(std::uint64_t bytes) noexcept {
  const std::uint64_t pages = page_bytes(bytes) / kPageBytes;
  const std::uint64_t step = std::max<std::uint64_t>(std::bit_floor(pages) / 4, 1);
  return align_up(pages, step) * kPageBytes;
}

// How many blocks of `bytes` are whole large pages of `page` bytes.
[[nodiscard]] constexpr std::uint64_t blocks_in_pages(std::uint64_t bytes,
                                                      std::uint64_t page) noexcept {
  return page / std::gcd(bytes, page);
}

}  // namespace forebay::core
