#include <isa-l/crc64.h>

#include "codec/codec.hpp"

namespace forebay::core::codec {

std::uint64_t crc64_more(std::uint64_t crc, std::span<const char> bytes) noexcept {
  return ::crc64_ecma_refl(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

}  // namespace forebay::core::codec
