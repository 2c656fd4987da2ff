// Decompression of inputs, the framing of binary ones, and the filters of chunks. No I/O: bytes in,
// bytes out.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/base.hpp"
#include "codec/chunk_decoder.hpp"
#include "codec/chunk_encoder.hpp"

namespace forebay::core::codec {

using Format = InputFormat;

// A streaming decompressor. Whatever the input, it takes no more memory than its format's window:
// at most 128 MiB for zstd and 256 MiB for xz, a few megabytes for the others. An input that asks
// for more is FOREBAY_E_LIMIT.
class Decoder {
 public:
  virtual ~Decoder() = default;

  struct Progress {
    std::size_t consumed = 0;
    std::size_t produced = 0;
  };
  // Consumes from `in` and produces into `out`, as much of either as it can. Several compressed
  // streams in a row are one; zero padding after the last is ignored, other garbage after it is
  // FOREBAY_E_FORMAT. A checksum or structure error is FOREBAY_E_FORMAT, its detail's `byte` the
  // offset in the compressed input. A call that has produced something before it met a fault gives
  // that; the next call, or finish(), tells of the fault.
  virtual Result<Progress> decode(std::span<const std::byte> in, std::span<std::byte> out) = 0;
  // Call when the input is at its end and decode produces no more: FOREBAY_E_TRUNCATED if the
  // stream is not complete.
  virtual Status finish() = 0;
};

// FOREBAY_E_PROTOCOL for a format that there is not: the number comes from another process.
// `offset`: in the file, of the first byte that it will get; not 0 for a format of blocks only.
Result<std::unique_ptr<Decoder>> make_decoder(Format format, std::uint64_t offset = 0);

// The CRC-64 of base/crc64.hpp of some bytes behind those that gave `crc`, 0 for none.
std::uint64_t crc64_more(std::uint64_t crc, std::span<const char> bytes) noexcept;

}  // namespace forebay::core::codec

// What stands on the decoder above.
#include "codec/bgzf.hpp"
#include "codec/npy.hpp"
#include "codec/zip.hpp"
