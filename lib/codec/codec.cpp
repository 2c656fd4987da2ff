// Which decoder for which format; and the decoder of plain input, a copy.
#include "codec/codec.hpp"

#include <algorithm>
#include <cstring>

#include "codec/decoders.hpp"

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

Result<std::unique_ptr<Decoder>> make_decoder(Format format, std::uint64_t offset) {
  switch (format) {
    case Format::plain:
      return std::unique_ptr<Decoder>(std::make_unique<PlainDecoder>());
    case Format::gzip:
      return make_gzip_decoder();
    case Format::zstd:
      return make_zstd_decoder();
    case Format::bzip2:
      return make_bzip2_decoder();
    case Format::xz:
      return make_xz_decoder();
    case Format::bgzf:
      return make_bgzf_decoder(offset);
    case Format::npy:
    case Format::npz:
    case Format::raw:
      break;
  }
  return Status(FOREBAY_E_PROTOCOL, "a source is of no known format");
}

}  // namespace forebay::core::codec
