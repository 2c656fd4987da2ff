// The length of an HDF5 object header, from its first bytes. Any thread.
// Source: "HDF5 File Format Specification Version 3.0", IV.A.1.b, version 2 data object header
// prefix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace forebay::core {

// Bytes of the first chunk of the version 2 header that `bytes` begins with, its prefix and
// checksum counted; nothing for what is none, or is cut before its length.
std::optional<std::uint64_t> object_header_bytes(std::span<const std::byte> bytes) noexcept;

}  // namespace forebay::core
