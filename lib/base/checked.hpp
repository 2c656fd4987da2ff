// Arithmetic on untrusted or large numbers: overflow is a value, never a wrap.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace forebay::core {

[[nodiscard]] constexpr std::optional<std::uint64_t> checked_add(std::uint64_t a,
                                                                 std::uint64_t b) noexcept {
  if (b > std::numeric_limits<std::uint64_t>::max() - a) return std::nullopt;
  return a + b;
}

[[nodiscard]] constexpr std::optional<std::uint64_t> checked_mul(std::uint64_t a,
                                                                 std::uint64_t b) noexcept {
  if (a != 0 && b > std::numeric_limits<std::uint64_t>::max() / a) return std::nullopt;
  return a * b;
}

// Whether [offset, offset + length) lies inside [0, size); by subtraction, so it cannot wrap.
[[nodiscard]] constexpr bool range_inside(std::uint64_t offset, std::uint64_t length,
                                          std::uint64_t size) noexcept {
  return length <= size && offset <= size - length;
}

// `alignment` is a power of two.
[[nodiscard]] constexpr std::uint64_t align_up(std::uint64_t value,
                                               std::uint64_t alignment) noexcept {
  return (value + alignment - 1) & ~(alignment - 1);
}

[[nodiscard]] constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) noexcept {
  return value / by + (value % by != 0 ? 1 : 0);
}

}  // namespace forebay::core
