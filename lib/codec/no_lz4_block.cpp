// In place of lz4_block.cpp where the build has no liblz4.
#include "codec/block_codecs.hpp"

namespace forebay::core::codec {

bool has_lz4() noexcept {
  return false;
}

std::size_t lz4_pack(std::span<const std::byte>, std::span<std::byte>) noexcept {
  return 0;
}

bool lz4_unpack(std::span<const std::byte>, std::span<std::byte>) noexcept {
  return false;
}

std::size_t lz4_content(std::span<const std::byte>) noexcept {
  return 0;
}

}  // namespace forebay::core::codec
