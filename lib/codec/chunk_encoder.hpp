// Inside codec: the filters of an HDF5 chunk, byte for byte as the HDF5 library's own would make
// them. Included through codec.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/base.hpp"
#include "codec/block_codecs.hpp"

struct libdeflate_compressor;

namespace forebay::core::codec {

using core::ChunkFilters;

// Of a Fletcher-32, behind its chunk.
constexpr std::size_t kChecksumBytes = 4;
// HDF5's Fletcher-32: over big-endian 16-bit words, the last one filled with zeros.
std::uint32_t fletcher32(std::span<const std::byte> bytes) noexcept;
// HDF5's shuffle of whole elements; `out` has room for `in`.
void shuffle(std::span<const std::byte> in, std::size_t element_bytes, std::byte* out) noexcept;

// Filters chunks of one size. Thread rule: one thread at a time.
class ChunkEncoder {
 public:
  struct Encoded {
    std::span<const std::byte> bytes{};  // until the next call
    std::uint32_t skipped = 0;           // filters that were not applied, a bit for each
  };

  // `element_bytes`: what shuffle takes apart. FOREBAY_E_MEMORY.
  static Result<ChunkEncoder> make(const ChunkFilters& filters, std::size_t chunk_bytes,
                                   std::size_t element_bytes);

  // Never as long as the chunk itself: one that does not shrink stays unpacked, but for its
  // checksum, so that its size always tells whether it was filtered.
  Result<Encoded> encode(std::span<const std::byte> chunk);

 private:
  struct Free {
    void operator()(libdeflate_compressor* compressor) const noexcept;
  };
  ChunkEncoder() = default;
  // Shuffled and compressed into out_; the bytes, 0 if they are not fewer than `most`.
  std::size_t pack(std::span<const std::byte> chunk, std::size_t most);
  std::size_t pack_fast(std::span<const std::byte> chunk, std::size_t most);

  // Constant after make().
  ChunkFilters filters_{};
  std::size_t element_bytes_ = 1;
  std::unique_ptr<libdeflate_compressor, Free> compressor_;
  // State.
  ZstdBlock zstd_;
  std::vector<std::byte> fast_buffer_;
  std::vector<std::byte> shuffled_;
  std::vector<std::byte> out_;
};

}  // namespace forebay::core::codec
