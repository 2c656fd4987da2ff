// The formats of input files and how their first bytes tell them. Here because both sides of the
// wire must agree on it: the coordinator looks, the child decodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace forebay::core {

// The numbers go over the wire.
enum class InputFormat : std::uint32_t { plain = 0, gzip = 1, zstd = 2, bzip2 = 3, xz = 4 };

// As many bytes as tell every format.
constexpr std::size_t kInputFormatBytes = 10;

// The format that the first bytes of a file tell; plain when they are those of no other.
InputFormat input_format_of(std::span<const std::byte> first_bytes) noexcept;

}  // namespace forebay::core
