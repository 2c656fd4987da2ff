// Integers in the byte order of gzip, zip and npy. The caller has checked the bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace forebay::core::codec {

template <typename Integer>
Integer read_little(std::span<const std::byte> bytes, std::size_t at) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i)
    value |= std::to_integer<std::uint64_t>(bytes[at + i]) << (8 * i);
  return static_cast<Integer>(value);
}
inline std::uint16_t read_u16(std::span<const std::byte> bytes, std::size_t at) noexcept {
  return read_little<std::uint16_t>(bytes, at);
}
inline std::uint32_t read_u32(std::span<const std::byte> bytes, std::size_t at) noexcept {
  return read_little<std::uint32_t>(bytes, at);
}
inline std::uint64_t read_u64(std::span<const std::byte> bytes, std::size_t at) noexcept {
  return read_little<std::uint64_t>(bytes, at);
}

}  // namespace forebay::core::codec
