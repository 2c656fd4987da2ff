// Decompression of inputs (and, later, chunk filters). No I/O: bytes in, bytes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/base.hpp"

namespace forebay::core::codec {

enum class Format : std::uint8_t { plain, gzip };

// The format that the first bytes of a file (up to 18) tell.
Format detect(std::span<const std::byte> first_bytes) noexcept;

// A streaming decompressor.
class Decoder {
 public:
  virtual ~Decoder() = default;

  struct Progress {
    std::size_t consumed = 0;
    std::size_t produced = 0;
  };
  // Consumes from `in` and produces into `out`, as much of either as it can. Several gzip members
  // in a row are one stream; zero padding after the last is ignored, other garbage after it is
  // FOREBAY_E_FORMAT. A checksum or structure error is FOREBAY_E_FORMAT, its detail's `byte` the
  // offset in the compressed input.
  virtual Result<Progress> decode(std::span<const std::byte> in, std::span<std::byte> out) = 0;
  // Call when the input is at its end and decode produces no more: FOREBAY_E_TRUNCATED if the
  // stream is not complete.
  virtual Status finish() = 0;
};

Result<std::unique_ptr<Decoder>> make_decoder(Format format);

}  // namespace forebay::core::codec
