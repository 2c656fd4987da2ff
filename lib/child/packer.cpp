#include "child/packer.hpp"

#include <cstring>

namespace forebay::core {

Result<Packer> Packer::make(ChunkForm form, const Dtype& dtype, const BlockLayout& layout,
                            Layout order, std::uint64_t block_rows) {
  Packer packer;
  packer.chunks_ = chunk_places(dtype, order, layout, block_rows);
  if (form.element_bytes.size() != packer.chunks_.size())
    return Status(FOREBAY_E_PROTOCOL, "the form of chunks does not fit the columns");
  packer.form_ = std::move(form);
  return packer;
}

Result<std::span<const PackedChunk>> Packer::pack(std::byte* block) {
  packed_.clear();
  for (std::size_t k = 0; k < chunks_.size(); ++k) {
    const std::span<std::byte> chunk(block + chunks_[k].offset,
                                     static_cast<std::size_t>(chunks_[k].bytes));
    FOREBAY_TRY_ASSIGN(const PackedChunk packed, pack_one(chunk, form_.element_bytes[k]));
    packed_.push_back(packed);
  }
  return std::span<const PackedChunk>(packed_);
}

// A chunk that does not shrink stays as it is: with a checksum behind it, it would not fit.
Result<PackedChunk> Packer::pack_one(std::span<std::byte> chunk, std::uint32_t element_bytes) {
  const std::pair sizes(chunk.size(), element_bytes);
  auto known = encoders_.find(sizes);
  if (known == encoders_.end()) {
    FOREBAY_TRY_ASSIGN(codec::ChunkEncoder made,
                       codec::ChunkEncoder::make(form_.filters, chunk.size(), element_bytes));
    known = encoders_.emplace(sizes, std::move(made)).first;
  }
  FOREBAY_TRY_ASSIGN(const codec::ChunkEncoder::Encoded encoded, known->second.encode(chunk));
  if (encoded.bytes.size() > chunk.size()) return PackedChunk{};
  std::memcpy(chunk.data(), encoded.bytes.data(), encoded.bytes.size());
  return PackedChunk{static_cast<std::uint32_t>(encoded.bytes.size()), encoded.skipped};
}

}  // namespace forebay::core
