// The formats of input files and how their first bytes tell them. Here because both sides of the
// wire must agree on it: the coordinator looks, the child decodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace forebay::core {

// The numbers go over the wire.
enum class InputFormat : std::uint32_t {
  plain = 0,
  gzip = 1,
  zstd = 2,
  bzip2 = 3,
  xz = 4,
  bgzf = 5,
  npy = 6,
  npz = 7,
  raw = 8,  // rows of the dtype; only when the caller says so
};

// As many bytes as tell every format.
constexpr std::size_t kInputFormatBytes = 64;

// The format that the first bytes of a file tell; plain when they are those of no other.
InputFormat input_format_of(std::span<const std::byte> first_bytes) noexcept;

// Whether the file is rows of one size, without lines or text.
constexpr bool is_binary(InputFormat format) noexcept {
  return format == InputFormat::npy || format == InputFormat::npz || format == InputFormat::raw;
}

// The header of a gzip member: whether its first 12 bytes are those of a BGZF block, and the bytes
// of the block by the whole header. Nothing: it does not say, so it is gzip of another kind.
bool is_bgzf_header(std::span<const std::byte> first_bytes) noexcept;
std::optional<std::size_t> bgzf_block_bytes(std::span<const std::byte> header) noexcept;

}  // namespace forebay::core
