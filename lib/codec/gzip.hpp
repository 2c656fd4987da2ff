// The gzip decoder, for make_decoder().
#pragma once

#include <memory>

#include "codec/codec.hpp"

namespace forebay::core::codec {

std::unique_ptr<Decoder> make_gzip_decoder();

}  // namespace forebay::core::codec
