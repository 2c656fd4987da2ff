// The decoder of each compressed format, for make_decoder().
#pragma once

#include <memory>

#include "codec/codec.hpp"

namespace forebay::core::codec {

std::unique_ptr<Decoder> make_gzip_decoder();
std::unique_ptr<Decoder> make_zstd_decoder();
std::unique_ptr<Decoder> make_bzip2_decoder();
std::unique_ptr<Decoder> make_xz_decoder();
std::unique_ptr<Decoder> make_bgzf_decoder(std::uint64_t offset);

}  // namespace forebay::core::codec
