// Where the fields of many rows lie in one block of memory.
#include <algorithm>
#include <numeric>

#include "dtype/dtype.hpp"

namespace forebay::core {
namespace {

constexpr std::uint64_t kPage = 4096;
// Why: offsets in a segment have 48 bits, and below it no sum in this file can wrap.
constexpr std::uint64_t kMaxBlockBytes = std::uint64_t{1} << 48;

Status too_large(std::uint64_t capacity, std::uint64_t row_bytes) {
  return {FOREBAY_E_LIMIT, "a block of " + std::to_string(capacity) + " rows of " +
                               std::to_string(row_bytes) +
                               " bytes is larger than 2^48 bytes; ask for fewer rows"};
}

// `rows` times `bytes` in whole pages; nothing past the largest block.
std::optional<std::uint64_t> page_bytes(std::uint64_t rows, std::uint64_t bytes) noexcept {
  const auto product = checked_mul(rows, bytes);
  if (!product || *product > kMaxBlockBytes) return std::nullopt;
  return align_up(*product, kPage);
}

Result<BlockLayout> rows_layout(const Dtype& dtype, std::uint64_t capacity) {
  BlockLayout layout;
  const auto bytes = page_bytes(capacity, dtype.row_bytes());
  if (!bytes) return too_large(capacity, dtype.row_bytes());
  layout.bytes = *bytes;
  for (const Field& field : dtype.fields()) {
    layout.columns.push_back({field.offset, dtype.row_bytes()});
  }
  return layout;
}

Result<BlockLayout> columns_layout(const Dtype& dtype, std::uint64_t capacity) {
  BlockLayout layout;
  for (const Field& field : dtype.fields()) {
    const auto bytes = page_bytes(capacity, field.bytes());
    if (!bytes || layout.bytes + *bytes > kMaxBlockBytes) {
      return too_large(capacity, dtype.row_bytes());
    }
    layout.columns.push_back({layout.bytes, field.bytes()});
    layout.bytes += *bytes;
  }
  return layout;
}

}  // namespace

Result<BlockLayout> block_layout(const Dtype& dtype, Layout layout, std::uint64_t capacity) {
  switch (layout) {
    case Layout::rows:
      return rows_layout(dtype, capacity);
    case Layout::columns:
      return columns_layout(dtype, capacity);
  }
  return Status(FOREBAY_E_ARGUMENT, "the layout is neither rows nor columns");
}

std::vector<ChunkPlace> chunk_places(const Dtype& dtype, Layout layout, const BlockLayout& block,
                                     std::uint64_t rows) {
  if (layout == Layout::rows) return {{0, rows * dtype.row_bytes()}};
  std::vector<ChunkPlace> places;
  for (std::size_t k = 0; k < dtype.fields().size(); ++k)
    places.push_back({block.columns[k].offset, rows * dtype.fields()[k].bytes()});
  return places;
}

std::uint64_t default_chunk_rows(const Dtype& dtype, Layout layout) noexcept {
  constexpr std::uint64_t kChunkBytes = std::uint64_t{1} << 20;
  if (layout == Layout::columns) {
    // Why a bound on all columns too: a block holds them side by side, and blocks share a quota.
    constexpr std::uint64_t kMostBytes = 8 * kChunkBytes;
    std::uint64_t widest = 1;
    for (const Field& field : dtype.fields()) widest = std::max(widest, field.bytes());
    const std::uint64_t rows = std::min(kChunkBytes / widest, kMostBytes / dtype.row_bytes());
    return rows >= kPage ? rows - rows % kPage : std::max<std::uint64_t>(rows, 1);
  }
  if (dtype.row_bytes() >= kChunkBytes) return 1;
  const std::uint64_t rows = kChunkBytes / dtype.row_bytes();
  // Why whole pages: they are written past the page cache; a part of one takes a detour.
  const std::uint64_t unit = kPage / std::gcd(kPage, dtype.row_bytes());
  const std::uint64_t paged = rows - rows % unit;
  return paged >= rows - rows / 8 ? paged : rows;
}

}  // namespace forebay::core
