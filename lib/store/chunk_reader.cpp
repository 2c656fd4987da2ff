#include "store/chunk_reader.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>
#include <type_traits>

namespace forebay::core {
namespace {

// Of the chunks that all threads have in their hands: their stored bytes, and up to two steps of
// decoding.
constexpr std::uint64_t kMostScratch = 48U << 20U;
constexpr std::uint64_t kStepsOfChunk = 3;
// A thread costs more than reading less.
constexpr std::uint64_t kLeastBytes = 256U << 10U;
constexpr std::size_t kMostWorkers = 32;
// More than any filter adds to bytes that it cannot shrink: a larger size is a damaged one.
constexpr std::uint64_t kMostGrowth = 64U << 10U;

bool is_plain(const ChunkCut& cut) noexcept {
  const std::uint32_t all = cut.kind->filters.skip_all();
  return (cut.stored.skipped & all) == all;
}

bool is_whole_rows(const ChunkCut& cut) noexcept {
  return cut.part.bytes == cut.kind->row_bytes && cut.part.stride == cut.kind->row_bytes;
}

// The wanted part of each row in `rows`.
void put_parts(const ChunkCut& cut, const std::byte* rows) noexcept {
  const std::byte* from = rows + cut.part.offset;
  const auto put = [&]<std::size_t kBytes>(std::integral_constant<std::size_t, kBytes>) {
    for (std::uint64_t i = 0; i < cut.rows; ++i)
      std::memcpy(cut.out + i * cut.part.stride, from + i * cut.kind->row_bytes,
                  kBytes != 0 ? kBytes : cut.part.bytes);
  };
  if (is_whole_rows(cut)) {
    std::memcpy(cut.out, from, cut.rows * cut.part.bytes);
  } else if (cut.part.bytes == 4) {
    put(std::integral_constant<std::size_t, 4>());
  } else if (cut.part.bytes == 8) {
    put(std::integral_constant<std::size_t, 8>());
  } else {
    put(std::integral_constant<std::size_t, 0>());
  }
}

// What one thread needs. Reads without a copy where the chunk's bytes are the wanted ones.
class CutReader {
 public:
  explicit CutReader(const StoreFile& file) : file_(&file) {}

  Status read(const ChunkCut& cut) try {
    return is_plain(cut) ? read_plain(cut) : read_packed(cut);
  } catch (const std::bad_alloc&) {
    return {FOREBAY_E_MEMORY, "no memory for it"};
  }

 private:
  Status read_plain(const ChunkCut& cut) {
    const std::uint64_t row_bytes = cut.kind->row_bytes;
    if (cut.stored.bytes != cut.kind->rows * row_bytes) return wrong_size(cut);
    const std::uint64_t address = cut.stored.address + cut.first * row_bytes;
    const std::size_t bytes = cut.rows * row_bytes;
    if (is_whole_rows(cut)) return file_->read_rows(address, {cut.out, bytes});
    rows_.resize(bytes);
    FOREBAY_TRY(file_->read_rows(address, rows_));
    put_parts(cut, rows_.data());
    return Status::ok();
  }

  Status read_packed(const ChunkCut& cut) {
    const ChunkKind& kind = *cut.kind;
    const std::size_t chunk_bytes = kind.rows * kind.row_bytes;
    if (cut.stored.bytes > 2 * chunk_bytes + kMostGrowth) return wrong_size(cut);
    stored_.resize(cut.stored.bytes);
    FOREBAY_TRY(file_->read_rows(cut.stored.address, stored_));
    if (is_whole_rows(cut) && cut.rows == kind.rows)
      return decoder_.decode(kind.filters, kind.element_bytes, stored_, cut.stored.skipped,
                             {cut.out, chunk_bytes});
    rows_.resize(chunk_bytes);
    FOREBAY_TRY(
        decoder_.decode(kind.filters, kind.element_bytes, stored_, cut.stored.skipped, rows_));
    put_parts(cut, rows_.data() + cut.first * kind.row_bytes);
    return Status::ok();
  }

  static Status wrong_size(const ChunkCut& cut) {
    return {FOREBAY_E_FORMAT, "it has " + std::to_string(cut.stored.bytes) + " bytes, its rows " +
                                  std::to_string(cut.kind->rows * cut.kind->row_bytes)};
  }

  const StoreFile* file_;
  codec::ChunkDecoder decoder_;
  std::vector<std::byte> stored_;
  std::vector<std::byte> rows_;
};

}  // namespace

std::size_t ChunkReader::workers() const noexcept {
  if (!file_.may_read_side_by_side()) return 1;
  std::uint64_t largest = 1;
  std::uint64_t bytes = 0;
  for (const ChunkCut& cut : cuts_) {
    largest = std::max(largest, cut.kind->rows * cut.kind->row_bytes);
    bytes += cut.rows * cut.kind->row_bytes;
  }
  const std::uint64_t affordable = kMostScratch / kStepsOfChunk / largest;
  const std::uint64_t useful = bytes / kLeastBytes;
  const std::uint64_t most = std::min<std::uint64_t>(processors_, kMostWorkers);
  return std::max<std::uint64_t>(std::min({most, affordable, useful}), 1);
}

Status ChunkReader::unreadable(const ChunkCut& cut, Status reason) const {
  return std::move(reason)
      .with_prefix("cannot read row " + std::to_string(cut.row) + " of " + cut.kind->place +
                   ": its chunk at byte " + std::to_string(cut.stored.address) + ": ")
      .at_path(file_.path());
}

Status ChunkReader::run() {
  struct Worker {
    CutReader reader;
    std::size_t failed;  // a cut
    Status failure{};
  };
  const std::size_t none = cuts_.size();
  std::vector<Worker> workers;
  for (std::size_t i = this->workers(); i > 0; --i) workers.push_back({CutReader(file_), none});
  std::atomic<std::size_t> first_failed{none};
  side_by_side(ends_.size(), workers.size(), [&](std::size_t number, std::size_t task) {
    Worker& worker = workers[number];
    // What comes before the first failure is read all the same: it may not be the first.
    for (std::size_t i = task == 0 ? 0 : ends_[task - 1]; i < ends_[task]; ++i) {
      if (i > first_failed) return;
      Status status = worker.reader.read(cuts_[i]);
      if (status.is_ok()) continue;
      worker.failed = i;
      worker.failure = std::move(status);
      std::size_t known = first_failed;
      while (i < known && !first_failed.compare_exchange_weak(known, i)) {
      }
      return;
    }
  });
  Status failure;
  for (Worker& worker : workers) {
    if (worker.failed == none || worker.failed != first_failed) continue;
    failure = unreadable(cuts_[worker.failed], std::move(worker.failure));
  }
  cuts_.clear();
  ends_.clear();
  return failure;
}

}  // namespace forebay::core
