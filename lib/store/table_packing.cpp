// Chunks that are packed where they are appended: several side by side, since the caller waits for
// them. Their memory is had before any row is taken, and they are written in their order, on the
// caller's thread, so that nothing else differs from packing one after the other.
#include <algorithm>
#include <cstring>

#include "store/columns_table.hpp"
#include "store/core.hpp"

namespace forebay::core {
namespace {

// Of all chunks that are packed at a time: shuffled, and packed.
constexpr std::uint64_t kMostScratch = 48U << 20U;
constexpr std::uint64_t kStepsOfChunk = 2;
// A thread costs more than packing less.
constexpr std::uint64_t kLeastBytes = 64U << 10U;
// For each thread: fewer turns in which some wait for the slowest.
constexpr std::size_t kChunksOfWorker = 2;

std::size_t useful_workers(unsigned processors, std::uint64_t bytes) noexcept {
  return std::max<std::uint64_t>(std::min<std::uint64_t>(processors, bytes / kLeastBytes), 1);
}

// Nothing for a chunk of a wrong size, which HDF5 then refuses.
codec::ChunkEncoder::Encoded encoded(codec::ChunkEncoder& encoder,
                                     std::span<const std::byte> chunk) {
  Result<codec::ChunkEncoder::Encoded> made = encoder.encode(chunk);
  return made.is_ok() ? *made : codec::ChunkEncoder::Encoded();
}

}  // namespace

// Of an append of so many rows.
std::size_t Table::Core::chunks_at_once(std::uint64_t rows) const {
  const std::uint64_t chunks = (tail_rows_ + rows) / shape_.chunk_rows;
  const std::uint64_t affordable = kMostScratch / kStepsOfChunk / chunk_bytes();
  const std::uint64_t wanted = std::uint64_t{store_.processors()} * kChunksOfWorker;
  const std::uint64_t most = std::max<std::uint64_t>(std::min(affordable, wanted), 1);
  return static_cast<std::size_t>(std::min(chunks, most));
}

Status Table::Core::ready_encoders(std::size_t chunks) {
  while (encoders_.size() < chunks) {
    FOREBAY_TRY_ASSIGN(
        codec::ChunkEncoder encoder,
        codec::ChunkEncoder::make(shape_.filters, chunk_bytes(), shape_.element_bytes));
    encoders_.push_back(std::move(encoder));
  }
  return Status::ok();
}

Status Table::Core::append_packing(const std::byte* data, std::uint64_t chunks) {
  FOREBAY_TRY(ready_encoders(1));
  std::vector<codec::ChunkEncoder::Encoded> packed(encoders_.size());
  const std::size_t workers = useful_workers(store_.processors(), chunks * chunk_bytes());
  FOREBAY_TRY(set_extent(tail_first_ + chunks * shape_.chunk_rows));
  for (std::uint64_t done = 0; done < chunks;) {
    const std::size_t count = std::min<std::uint64_t>(encoders_.size(), chunks - done);
    side_by_side(count, workers, [&](std::size_t, std::size_t i) {
      packed[i] = encoded(encoders_[i], {data + (done + i) * chunk_bytes(), chunk_bytes()});
    });
    for (std::size_t i = 0; i < count; ++i) {
      FOREBAY_TRY(put_chunk(tail_first_, packed[i].bytes, packed[i].skipped));
      tail_first_ += shape_.chunk_rows;
    }
    done += count;
  }
  return Status::ok();
}

const std::byte* Table::Core::gather(const std::byte* data, const std::vector<ColumnPlace>& places,
                                     std::uint64_t first, std::uint64_t rows) {
  if (rows == shape_.chunk_rows && are_packed_rows(*shape_.dtype, places))
    return data + first * row_bytes();
  copy_rows(*shape_.dtype, {data, &places, first}, {tail_.data(), &packed_, tail_rows_}, rows);
  bytes_copied_ += rows * row_bytes();
  tail_rows_ += rows;
  set_waiting(true);
  return tail_rows_ == shape_.chunk_rows ? tail_.data() : nullptr;
}

void Table::Core::pack(const std::byte* chunk) {
  packed_chunk_ = encoded(encoders_.front(), {chunk, chunk_bytes()});
}

Status Table::Core::put_packed() {
  FOREBAY_TRY(set_extent(tail_first_ + shape_.chunk_rows));
  FOREBAY_TRY(put_chunk(tail_first_, packed_chunk_.bytes, packed_chunk_.skipped));
  end_tail_chunk();
  return Status::ok();
}

// The chunk of each column on a thread of its own, where the chunk of all is full.
Status ColumnsTable::append_packing(const std::byte* data, const std::vector<ColumnPlace>& places,
                                    std::uint64_t rows) {
  for (const auto& column : columns_) FOREBAY_TRY(column->ready_encoders(1));
  const std::size_t workers =
      useful_workers(store().processors(), shape().chunk_rows * row_bytes());
  std::vector<const std::byte*> chunks(columns_.size());
  for (std::uint64_t first = 0; first < rows;) {
    const std::uint64_t step = std::min(rows - first, columns_.front()->room_in_chunk());
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      chunks[k] =
          columns_[k]->gather(data + places[k].offset, {{0, places[k].stride}}, first, step);
    }
    first += step;
    if (chunks.front() == nullptr) continue;
    side_by_side(columns_.size(), workers,
                 [&](std::size_t, std::size_t k) { columns_[k]->pack(chunks[k]); });
    FOREBAY_TRY(append_each([&](std::size_t k) { return columns_[k]->put_packed(); }));
  }
  return Status::ok();
}

}  // namespace forebay::core
