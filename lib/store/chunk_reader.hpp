// Inside store: rows read chunk by chunk past HDF5, which decodes on one core. HDF5 tells where the
// chunks are, on the caller's thread; reading and decoding is then done by several, straight into
// the caller's memory. Thread rule: that of the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "codec/codec.hpp"
#include "store/store_file.hpp"

namespace forebay::core {

// Of a dataset.
struct ChunkKind {
  std::string place{};  // for messages
  codec::ChunkFilters filters{};
  std::uint64_t element_bytes = 1;
  std::uint64_t row_bytes = 0;
  std::uint64_t rows = 0;
};

struct StoredChunk {
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  std::uint32_t skipped = 0;
};

// Which bytes of each row are wanted, and where they go.
struct RowPart {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint64_t stride = 0;  // from one row's to the next one's, where they go
};

// Rows [first, first + rows) of a chunk.
struct ChunkCut {
  const ChunkKind* kind = nullptr;
  StoredChunk stored{};
  std::uint64_t first = 0;
  std::uint64_t rows = 0;
  std::uint64_t row = 0;  // of the table, that the first one is
  RowPart part{};
  std::byte* out = nullptr;
};

// Collects cuts and reads them. What belongs to the same rows of `out` is added in a row and read
// by one thread.
class ChunkReader {
 public:
  // `processors` bounds the threads; so does the memory that they may take.
  ChunkReader(const StoreFile& file, unsigned processors) : file_(file), processors_(processors) {}

  void add(ChunkCut cut) { cuts_.push_back(cut); }
  void end_task() { ends_.push_back(cuts_.size()); }
  // Whether it is time to run(): bounds the memory for a huge read.
  [[nodiscard]] bool is_full() const noexcept { return cuts_.size() >= kMostCuts; }
  // Reads all and forgets them. A failure is that of the first cut that has one.
  Status run();

 private:
  static constexpr std::size_t kMostCuts = 4096;
  [[nodiscard]] std::size_t workers() const noexcept;
  [[nodiscard]] Status unreadable(const ChunkCut& cut, Status reason) const;

  const StoreFile& file_;
  unsigned processors_;
  std::vector<ChunkCut> cuts_;
  std::vector<std::size_t> ends_;  // of the tasks, in cuts_
};

}  // namespace forebay::core
