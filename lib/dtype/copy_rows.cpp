// Rows from one place in memory to another, whatever the two layouts are. Any thread.
#include <cstring>

#include "dtype/dtype.hpp"

namespace forebay::core {
namespace {

struct FieldRun {
  const std::byte* from;
  std::uint64_t from_stride;
  std::byte* to;
  std::uint64_t to_stride;
  std::uint64_t bytes;  // of the field
  std::uint64_t rows;
};

// Why a size known at compile time: a copy of 1 to 8 bytes is then a load and a store.
template <std::uint64_t kBytes>
void copy_run(const FieldRun& run) noexcept {
  const std::byte* from = run.from;
  std::byte* to = run.to;
  for (std::uint64_t row = 0; row < run.rows; ++row) {
    std::memcpy(to, from, kBytes);
    from += run.from_stride;
    to += run.to_stride;
  }
}

void copy_run_of_any_size(const FieldRun& run) noexcept {
  for (std::uint64_t row = 0; row < run.rows; ++row) {
    std::memcpy(run.to + row * run.to_stride, run.from + row * run.from_stride, run.bytes);
  }
}

void copy_field(const FieldRun& run) noexcept {
  if (run.from_stride == run.bytes && run.to_stride == run.bytes) {
    std::memcpy(run.to, run.from, run.rows * run.bytes);
    return;
  }
  switch (run.bytes) {
    case 1:
      return copy_run<1>(run);
    case 2:
      return copy_run<2>(run);
    case 4:
      return copy_run<4>(run);
    case 8:
      return copy_run<8>(run);
    default:
      return copy_run_of_any_size(run);
  }
}

}  // namespace

std::vector<ColumnPlace> packed_places(const Dtype& dtype) {
  std::vector<ColumnPlace> places;
  for (const Field& field : dtype.fields()) places.push_back({field.offset, dtype.row_bytes()});
  return places;
}

bool are_packed_rows(const Dtype& dtype, const std::vector<ColumnPlace>& places) noexcept {
  for (std::size_t k = 0; k < places.size(); ++k) {
    if (places[k] != ColumnPlace{dtype.fields()[k].offset, dtype.row_bytes()}) return false;
  }
  return true;
}

void copy_rows(const Dtype& dtype, PlacedRows<const std::byte> from, PlacedRows<std::byte> to,
               std::uint64_t rows) noexcept {
  if (rows == 0) return;
  if (are_packed_rows(dtype, *from.places) && are_packed_rows(dtype, *to.places)) {
    const std::uint64_t row_bytes = dtype.row_bytes();
    std::memcpy(to.data + to.first * row_bytes, from.data + from.first * row_bytes,
                rows * row_bytes);
    return;
  }
  for (std::size_t k = 0; k < dtype.fields().size(); ++k) {
    const ColumnPlace source = (*from.places)[k];
    const ColumnPlace target = (*to.places)[k];
    copy_field({from.data + source.offset + from.first * source.stride, source.stride,
                to.data + target.offset + to.first * target.stride, target.stride,
                dtype.fields()[k].bytes(), rows});
  }
}

}  // namespace forebay::core
