// Which decoder for which bytes; and the decoder of plain input, a copy.
#include "codec/codec.hpp"

#include <algorithm>
#include <cstring>

#include "codec/gzip.hpp"

namespace forebay::core::codec {
namespace {

class PlainDecoder final : public Decoder {
 public:
  Result<Progress> decode(std::span<const std::byte> in, std::span<std::byte> out) override {
    const std::size_t size = std::min(in.size(), out.size());
    if (size != 0) std::memcpy(out.data(), in.data(), size);
    return Progress{size, size};
  }
  Status finish() override { return Status::ok(); }
};

}  // namespace

Format detect(std::span<const std::byte> first_bytes) noexcept {
  const bool gzip = first_bytes.size() >= 3 && first_bytes[0] == std::byte{0x1f} &&
                    first_bytes[1] == std::byte{0x8b} && first_bytes[2] == std::byte{8};
  return gzip ? Format::gzip : Format::plain;
}

Result<std::unique_ptr<Decoder>> make_decoder(Format format) {
  if (format == Format::gzip) return make_gzip_decoder();
  return std::unique_ptr<Decoder>(std::make_unique<PlainDecoder>());
}

}  // namespace forebay::core::codec
