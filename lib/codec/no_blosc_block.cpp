// In place of blosc_block.cpp where the build has no libblosc.
#include "codec/block_codecs.hpp"

namespace forebay::core::codec {

bool has_blosc() noexcept {
  return false;
}

std::size_t blosc_pack(std::span<const std::byte>, std::size_t, std::uint32_t,
                       std::span<std::byte>) noexcept {
  return 0;
}

bool blosc_unpack(std::span<const std::byte>, std::span<std::byte>) noexcept {
  return false;
}

std::size_t blosc_content(std::span<const std::byte>) noexcept {
  return 0;
}

}  // namespace forebay::core::codec
