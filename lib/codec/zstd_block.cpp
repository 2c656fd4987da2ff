#include <zstd.h>

#include "codec/block_codecs.hpp"

namespace forebay::core::codec {

void ZstdBlock::Free::operator()(ZSTD_CCtx_s* context) const noexcept {
  ZSTD_freeCCtx(context);
}

void ZstdBlock::Free::operator()(ZSTD_DCtx_s* context) const noexcept {
  ZSTD_freeDCtx(context);
}

std::size_t ZstdBlock::pack(std::span<const std::byte> in, std::uint32_t level,
                            std::span<std::byte> out) {
  if (!packer_) packer_.reset(ZSTD_createCCtx());
  if (!packer_) return 0;
  const std::size_t bytes = ZSTD_compressCCtx(packer_.get(), out.data(), out.size(), in.data(),
                                              in.size(), static_cast<int>(level));
  return ZSTD_isError(bytes) != 0 ? 0 : bytes;
}

bool ZstdBlock::unpack(std::span<const std::byte> in, std::span<std::byte> out) {
  if (!unpacker_) unpacker_.reset(ZSTD_createDCtx());
  if (!unpacker_) return false;
  return ZSTD_decompressDCtx(unpacker_.get(), out.data(), out.size(), in.data(), in.size()) ==
         out.size();
}

std::size_t ZstdBlock::content(std::span<const std::byte> in) noexcept {
  const unsigned long long bytes = ZSTD_getFrameContentSize(in.data(), in.size());
  return bytes < kMostContent ? static_cast<std::size_t>(bytes) : 0;
}

}  // namespace forebay::core::codec
