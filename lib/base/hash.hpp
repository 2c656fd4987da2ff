// The one hash of the project: XXH3 with 64 bits, also the hash of the file formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace forebay::core {

[[nodiscard]] std::uint64_t hash64(std::span<const std::byte> bytes,
                                   std::uint64_t seed = 0) noexcept;

}  // namespace forebay::core
