// What becomes of a chunk before it is stored. Here because the table has it, the loader takes it,
// the wire carries it and children obey it; codec/ does the work.
#pragma once

#include <cstdint>
#include <vector>

namespace forebay::core {

// In the order in which they are applied: shuffle, one compressor at most, the checksum. Nothing
// set: rows are stored as they are.
struct ChunkFilters {
  std::uint32_t deflate = 0;  // level, 1 to 9; 0: not so, as with the others
  bool shuffle = false;  // bytes of the same place in an element beside each other, before the next
  bool fletcher32 = false;  // a checksum behind the chunk
  std::uint32_t zstd = 0;   // level, 1 to 22
  bool lz4 = false;
  std::uint32_t blosc = 0;  // level, 1 to 9; it shuffles by itself

  [[nodiscard]] std::uint32_t compressors() const noexcept {
    return (deflate != 0 ? 1U : 0U) + (zstd != 0 ? 1U : 0U) + (lz4 ? 1U : 0U) +
           (blosc != 0 ? 1U : 0U);
  }
  [[nodiscard]] bool compresses() const noexcept { return compressors() != 0; }
  [[nodiscard]] bool any() const noexcept { return count() != 0; }
  // A bit for each filter, in order: what a chunk that went through none of them has.
  [[nodiscard]] std::uint32_t skip_all() const noexcept { return (1U << count()) - 1; }
  [[nodiscard]] std::uint32_t count() const noexcept {
    return (shuffle ? 1U : 0U) + (compresses() ? 1U : 0U) + (fletcher32 ? 1U : 0U);
  }
  // Whether levels are what they can be, and there are not two compressors.
  [[nodiscard]] bool is_sound() const noexcept {
    return deflate <= kMostDeflate && zstd <= kMostZstd && blosc <= kMostBlosc &&
           compressors() <= 1;
  }
  friend bool operator==(const ChunkFilters&, const ChunkFilters&) = default;

  static constexpr std::uint32_t kMostDeflate = 9;
  static constexpr std::uint32_t kMostZstd = 22;
  static constexpr std::uint32_t kMostBlosc = 9;
};

// How the chunks of a table are made of the rows in a block.
struct ChunkForm {
  ChunkFilters filters{};
  // What shuffle takes apart: of the rows, or of each column.
  std::vector<std::uint32_t> element_bytes{};

  friend bool operator==(const ChunkForm&, const ChunkForm&) = default;
};

// A chunk that lies packed where its rows were, from their first byte on. It goes over the wire.
struct PackedChunk {
  std::uint32_t bytes = 0;    // 0: the rows lie there as they are
  std::uint32_t skipped = 0;  // filters that were not applied, a bit for each
};

}  // namespace forebay::core
