// Inside codec: stored chunks turned into their rows again. Included through codec.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/base.hpp"
#include "codec/block_codecs.hpp"

struct libdeflate_decompressor;

namespace forebay::core::codec {

using core::ChunkFilters;

// HDF5's shuffle undone; `out` has room for `in`.
void unshuffle(std::span<const std::byte> in, std::size_t element_bytes, std::byte* out) noexcept;

// Chunks of any filters and sizes, with memory that is used again. Thread rule: one thread at a
// time.
class ChunkDecoder {
 public:
  // `packed` as it is stored, with a bit in `skipped` for each filter that was not applied; the
  // rows fill `rows`, which does not overlap it. `element_bytes`: what shuffle has taken apart.
  // FOREBAY_E_FORMAT: it is damaged. FOREBAY_E_MEMORY.
  Status decode(const ChunkFilters& filters, std::size_t element_bytes,
                std::span<const std::byte> packed, std::uint32_t skipped,
                std::span<std::byte> rows);

 private:
  struct Free {
    void operator()(libdeflate_decompressor* inflater) const noexcept;
  };
  Status decompress(const ChunkFilters& filters, std::span<const std::byte> in,
                    std::span<std::byte> out);
  Status inflate(std::span<const std::byte> in, std::span<std::byte> out);

  std::unique_ptr<libdeflate_decompressor, Free> inflater_;
  ZstdBlock zstd_;
  std::vector<std::byte> shuffled_;
};

// Whether this build knows the filters; else FOREBAY_E_ARGUMENT, with what it lacks.
Status check_filters(const ChunkFilters& filters);

// Turns a chunk that an encoder has packed into its rows again: they fill `chunk`, whose first
// bytes are the packed ones. FOREBAY_E_FORMAT: they are damaged.
Status unpack_chunk(const ChunkFilters& filters, std::size_t element_bytes, PackedChunk packed,
                    std::span<std::byte> chunk);

}  // namespace forebay::core::codec
