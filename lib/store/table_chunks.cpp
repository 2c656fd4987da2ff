// The rows of a table read chunk by chunk, on several threads.
//
// Beside a live writer: where a chunk is is read as metadata is, and refused where a later commit
// may have changed it. The bytes at a place that was a commit's chunk are never another chunk's
// while a file is open anywhere, and no commit changes rows of an earlier one; so they may be read
// later than their place, on any thread. Of a store that is written they are read over what its
// writes behind and its next commit hold (StoreFile::read_rows()).
#include <algorithm>

#include "store/columns_table.hpp"
#include "store/core.hpp"

namespace forebay::core {

// Why not less than a chunk: whoever reads a chunk bit by bit is served from HDF5's cache.
bool Table::Core::reads_chunks(std::uint64_t rows) const noexcept {
  return shape_.decodes && rows != 0 && rows >= shape_.chunk_rows;
}

bool Table::Core::add_cut(std::uint64_t first, std::uint64_t rows, const RowPart& part,
                          std::byte* out, ChunkReader& reader) {
  std::vector<hsize_t> offset(shape_.row_dimensions.size() + 1, 0);
  const std::uint64_t in_chunk = first % shape_.chunk_rows;
  offset[0] = first - in_chunk;
  const StoreFile::RowProbe probe(store_.file());
  StoredChunk stored;
  std::byte untouched{};  // HDF5 reads into it, which the probe takes for it
  const herr_t found =
      H5Dread_chunk(dataset_.get(), H5P_DEFAULT, offset.data(), &stored.skipped, &untouched);
  if (found < 0 || !probe.has_found()) {
    // Told by the read that follows, which meets the same.
    [[maybe_unused]] const Status met = store_.file().take_read_failure();
    return false;
  }
  stored.address = probe.address();
  stored.bytes = probe.bytes();
  reader.add({&kind_, stored, in_chunk, rows, first, part, out});
  return true;
}

// False: a chunk is not in the file, or HDF5 cannot find it; nothing is wrong with the others.
Result<bool> Table::Core::read_chunks(std::uint64_t first, std::uint64_t rows, const RowPart& part,
                                      std::byte* out) {
  ChunkReader reader(store_.file(), store_.processors());
  for (std::uint64_t at = first; at < first + rows;) {
    const std::uint64_t end =
        std::min((at / shape_.chunk_rows + 1) * shape_.chunk_rows, first + rows);
    if (!add_cut(at, end - at, part, out + (at - first) * part.stride, reader)) return false;
    reader.end_task();
    at = end;
    if (reader.is_full() || at == first + rows) FOREBAY_TRY(reader.run());
  }
  return true;
}

bool ColumnsTable::all_read_chunks(std::uint64_t first, std::uint64_t rows) const noexcept {
  return std::all_of(columns_.begin(), columns_.end(), [&](const auto& column) {
    return column->reads_chunks(rows) && column->rows_in_chunks() >= first + rows &&
           column->shape().chunk_rows == shape().chunk_rows;
  });
}

// Why all columns of the same rows on one thread: they are woven into the same memory.
Result<bool> ColumnsTable::read_all_chunks(std::uint64_t first, std::uint64_t rows,
                                           std::byte* out) {
  const std::vector<Field>& fields = shape().dtype->fields();
  ChunkReader reader(store().file(), store().processors());
  for (std::uint64_t at = first; at < first + rows;) {
    const std::uint64_t end =
        std::min((at / shape().chunk_rows + 1) * shape().chunk_rows, first + rows);
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      const RowPart part{0, fields[k].bytes(), row_bytes()};
      std::byte* const to = out + (at - first) * row_bytes() + packed()[k].offset;
      if (!columns_[k]->add_cut(at, end - at, part, to, reader)) return false;
    }
    reader.end_task();
    at = end;
    if (reader.is_full() || at == first + rows) FOREBAY_TRY(reader.run());
  }
  return true;
}

}  // namespace forebay::core
