#include "child/packer.hpp"

#include <cstring>

namespace forebay::core {

Result<Packer> Packer::make(ChunkForm form, const Dtype& dtype, const BlockLayout& layout,
                            Layout order, std::uint64_t block_rows) {
  Packer packer;
  const std::size_t chunks = order == Layout::columns ? dtype.fields().size() : 1;
  if (form.element_bytes.size() != chunks)
    return Status(FOREBAY_E_PROTOCOL, "the form of chunks does not fit the columns");
  for (std::size_t i = 0; i < chunks; ++i) {
    const bool is_column = order == Layout::columns;
    const std::uint64_t row_bytes = is_column ? dtype.fields()[i].bytes() : dtype.row_bytes();
    packer.chunks_.push_back({is_column ? layout.columns[i].offset : 0, block_rows * row_bytes,
                              std::max(form.element_bytes[i], 1U)});
  }
  packer.form_ = std::move(form);
  return packer;
}

Result<std::span<const PackedChunk>> Packer::pack(std::byte* block) {
  packed_.clear();
  for (const Chunk& chunk : chunks_) {
    FOREBAY_TRY_ASSIGN(const PackedChunk packed, pack_one(chunk, block + chunk.offset));
    packed_.push_back(packed);
  }
  return std::span<const PackedChunk>(packed_);
}

// A chunk that does not shrink stays as it is: with a checksum behind it, it would not fit.
Result<PackedChunk> Packer::pack_one(const Chunk& chunk, std::byte* data) {
  auto known = encoders_.find({chunk.bytes, chunk.element_bytes});
  if (known == encoders_.end()) {
    FOREBAY_TRY_ASSIGN(codec::ChunkEncoder made,
                       codec::ChunkEncoder::make(form_.filters, chunk.bytes, chunk.element_bytes));
    known = encoders_.emplace(std::pair(chunk.bytes, chunk.element_bytes), std::move(made)).first;
  }
  FOREBAY_TRY_ASSIGN(const codec::ChunkEncoder::Encoded encoded,
                     known->second.encode({data, static_cast<std::size_t>(chunk.bytes)}));
  if (encoded.bytes.size() > chunk.bytes) return PackedChunk{};
  std::memcpy(data, encoded.bytes.data(), encoded.bytes.size());
  return PackedChunk{static_cast<std::uint32_t>(encoded.bytes.size()), encoded.skipped};
}

}  // namespace forebay::core
