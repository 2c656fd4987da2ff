// Composing checks of joined parts: CRC-64 as xz has it (ECMA polynomial, reflected, inverted at
// both ends). Computing one over bytes is codec's (crc64_more); this is arithmetic only.
#pragma once

#include <cstdint>

namespace forebay::core {

// The CRC of a||b, from those of a and b and the bytes of b. That of no bytes is 0.
[[nodiscard]] std::uint64_t crc64_joined(std::uint64_t a, std::uint64_t b,
                                         std::uint64_t b_bytes) noexcept;

}  // namespace forebay::core
