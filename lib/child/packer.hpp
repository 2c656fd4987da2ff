// Packs the chunks of a full block where their rows lie.
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "codec/codec.hpp"
#include "dtype/dtype.hpp"

namespace forebay::core {

class Packer {
 public:
  // FOREBAY_E_PROTOCOL: the form does not fit the columns. FOREBAY_E_MEMORY.
  static Result<Packer> make(ChunkForm form, const Dtype& dtype, const BlockLayout& layout,
                             Layout order, std::uint64_t block_rows);

  // Packs the chunks of the rows at `block`, which fill it; of each chunk, what became of it. Valid
  // until the next call.
  Result<std::span<const PackedChunk>> pack(std::byte* block);

 private:
  Result<PackedChunk> pack_one(std::span<std::byte> chunk, std::uint32_t element_bytes);

  ChunkForm form_;
  std::vector<ChunkPlace> chunks_;
  // Columns of the same sizes share one.
  std::map<std::pair<std::size_t, std::uint32_t>, codec::ChunkEncoder> encoders_;
  std::vector<PackedChunk> packed_;
};

}  // namespace forebay::core
