// Reading a table, and proving that it can be read.
#include <algorithm>
#include <cstring>

#include "store/core.hpp"

namespace forebay::core {
namespace {

// The field of `rows` packed rows, packed.
void copy_field(const Field& field, const std::byte* rows, std::uint64_t row_bytes, std::byte* out,
                std::uint64_t count) noexcept {
  for (std::uint64_t row = 0; row < count; ++row) {
    std::memcpy(out + row * field.bytes(), rows + row * row_bytes + field.offset, field.bytes());
  }
}

}  // namespace

Result<std::uint64_t> Table::Core::read(std::uint64_t first, std::uint64_t rows, std::byte* out) {
  FOREBAY_TRY(store_.check_usable());
  if (first >= this->rows()) return std::uint64_t{0};
  const std::uint64_t count = std::min(rows, this->rows() - first);
  const std::uint64_t stored = first < tail_first_ ? std::min(count, tail_first_ - first) : 0;
  if (stored > 0) FOREBAY_TRY(read_stored(first, stored, out));
  if (count > stored) {
    const std::uint64_t at = (first + stored - tail_first_) * row_bytes();
    std::memcpy(out + stored * row_bytes(), tail_.data() + at, (count - stored) * row_bytes());
  }
  return count;
}

// Through whole rows: HDF5 reads whole chunks for one field of a record too.
Result<std::uint64_t> Table::Core::read_column(std::uint32_t index, std::uint64_t first,
                                               std::uint64_t rows, std::byte* out) {
  FOREBAY_TRY(store_.check_usable());
  const Field& field = shape_.dtype->fields()[index];
  if (field.bytes() == row_bytes()) return read(first, rows, out);
  const std::uint64_t in_chunks = first < tail_first_ ? std::min(rows, tail_first_ - first) : 0;
  if (reads_chunks(in_chunks)) {
    const RowPart part{field.offset, field.bytes(), field.bytes()};
    FOREBAY_TRY_ASSIGN(const bool is_done, read_chunks(first, in_chunks, part, out));
    if (is_done) {
      const std::uint64_t tail = std::min(rows - in_chunks, this->rows() - first - in_chunks);
      if (tail > 0)
        copy_field(field, tail_.data(), row_bytes(), out + in_chunks * field.bytes(), tail);
      return in_chunks + tail;
    }
  }
  const std::uint64_t step = std::min(default_chunk_rows(*shape_.dtype), rows);
  PageBuffer buffer;
  FOREBAY_TRY(buffer.reserve(step * row_bytes()));
  std::uint64_t done = 0;
  for (std::uint64_t got = step; done < rows && got != 0; done += got) {
    FOREBAY_TRY_ASSIGN(got, read(first + done, std::min(step, rows - done), buffer.data()));
    copy_field(field, buffer.data(), row_bytes(), out + done * field.bytes(), got);
  }
  return done;
}

Status Table::Core::read_stored(std::uint64_t first, std::uint64_t rows, std::byte* out) {
  if (reads_chunks(rows)) {
    const RowPart whole{0, row_bytes(), row_bytes()};
    FOREBAY_TRY_ASSIGN(const bool is_done, read_chunks(first, rows, whole, out));
    if (is_done) return Status::ok();
  }
  if (try_read(first, rows, out)) return Status::ok();
  Status reason =
      store_.after_read(false, "cannot read row " + std::to_string(first) + " of " + place());
  if (reason.code() != FOREBAY_E_FORMAT) return reason;
  return find_unreadable(first, rows, out, std::move(reason));
}

// The same with the first row of the first chunk that is to blame, not of those that were asked
// for.
Status Table::Core::find_unreadable(std::uint64_t first, std::uint64_t rows, std::byte* out,
                                    Status reason) {
  const std::uint64_t end = first + rows;
  while (first < end) {
    const std::uint64_t count =
        std::min(end, (first / shape_.chunk_rows + 1) * shape_.chunk_rows) - first;
    if (!try_read(first, count, out)) {
      return store_.after_read(false,
                               "cannot read row " + std::to_string(first) + " of " + place());
    }
    first += count;
  }
  return reason;
}

bool Table::Core::try_read(std::uint64_t first, std::uint64_t rows, std::byte* out) {
  std::vector<hsize_t> start(shape_.row_dimensions.size() + 1, 0);
  start[0] = first;
  const std::vector<hsize_t> count = dimensions(rows);
  const Hid file_space(H5Dget_space(dataset_.get()));
  const Hid memory_space(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr));
  return H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                             nullptr) >= 0 &&
         H5Dread(dataset_.get(), memory_type_.get(), memory_space.get(), file_space.get(),
                 H5P_DEFAULT, out) >= 0;
}

Result<TableInfo> Table::Core::info() {
  FOREBAY_TRY(store_.check_usable());
  TableInfo info;
  info.rank = static_cast<std::uint32_t>(shape_.row_dimensions.size() + 1);
  info.rows = rows();
  info.row_bytes = row_bytes();
  info.chunk_rows = shape_.chunk_rows;
  info.layout = shape_.layout;
  info.filters = shape_.filters;
  info.stored_bytes = H5Dget_storage_size(dataset_.get());
  const Hid space(H5Dget_space(dataset_.get()));
  hsize_t chunks = 0;
  // Fails for a dataset without chunks, which has none.
  if (H5Dget_num_chunks(dataset_.get(), space.get(), &chunks) >= 0) info.chunks = chunks;
  return info;
}

Status Table::Core::verify(std::uint64_t* rows) {
  return shape_.obstacle.empty() ? verify_chunks(rows) : verify_blocks(rows);
}

// Why chunk by chunk and not by rows: HDF5 reads a chunk that was never written as whatever memory
// holds.
Status Table::Core::verify_chunks(std::uint64_t* rows) {
  PageBuffer buffer;
  FOREBAY_TRY(buffer.reserve(chunk_bytes()));
  const std::uint64_t in_file = tail_first_ + tail_stored_;
  for (std::uint64_t first = 0; first < in_file; first += shape_.chunk_rows) {
    const std::uint64_t past_end = store_.file().reads_past_end();
    const std::string what = "cannot read row " + std::to_string(first) + " of " + place();
    FOREBAY_TRY(verify_raw_chunk(first, what, buffer.data()));
    if (shape_.filters.any()) {
      FOREBAY_TRY(read_stored(first, std::min(shape_.chunk_rows, in_file - first), buffer.data()));
    }
    if (store_.file().reads_past_end() != past_end) {
      return Status(FOREBAY_E_FORMAT, what + ": the file is too short").at_path(store_.path());
    }
    *rows += std::min(shape_.chunk_rows, in_file - first);
  }
  FOREBAY_TRY_ASSIGN(const TableInfo now, info());
  const std::uint64_t needed = divide_up(in_file, shape_.chunk_rows);
  if (now.chunks == needed || (is_limited_ && now.chunks > needed)) return Status::ok();
  return Status(FOREBAY_E_FORMAT, place() + " has " + std::to_string(now.chunks) + " chunks for " +
                                      std::to_string(in_file) + " rows of " +
                                      std::to_string(shape_.chunk_rows) + " a chunk")
      .at_path(store_.path());
}

// That the chunk is there, and as it lies in the file where no filter changes its size.
Status Table::Core::verify_raw_chunk(std::uint64_t first, const std::string& what,
                                     std::byte* buffer) {
  std::vector<hsize_t> offset(shape_.row_dimensions.size() + 1, 0);
  offset[0] = first;
  std::uint32_t skipped = 0;
  hsize_t bytes = 0;
  const bool sized = H5Dget_chunk_storage_size(dataset_.get(), offset.data(), &bytes) >= 0;
  FOREBAY_TRY(store_.after_read(sized, what));
  const bool is_filtered = shape_.filters.any();
  if (is_filtered ? bytes == 0 : bytes != chunk_bytes()) {
    return Status(FOREBAY_E_FORMAT, what + ": its chunk has " + std::to_string(bytes) +
                                        " bytes, not " + std::to_string(chunk_bytes()))
        .at_path(store_.path());
  }
  if (is_filtered) return Status::ok();
  const herr_t read = H5Dread_chunk(dataset_.get(), H5P_DEFAULT, offset.data(), &skipped, buffer);
  return store_.after_read(read >= 0, what);
}

Status Table::Core::verify_blocks(std::uint64_t* rows) {
  // Of about a MiB, whatever the chunks are; on their grid where they are smaller.
  std::uint64_t step = default_chunk_rows(*shape_.dtype);
  if (shape_.chunk_rows < step) step -= step % shape_.chunk_rows;
  PageBuffer buffer;
  FOREBAY_TRY(buffer.reserve(step * row_bytes()));
  for (std::uint64_t first = 0; first < this->rows(); first += step) {
    const std::uint64_t past_end = store_.file().reads_past_end();
    FOREBAY_TRY_ASSIGN(const std::uint64_t got, read(first, step, buffer.data()));
    if (store_.file().reads_past_end() != past_end) {
      return Status(FOREBAY_E_FORMAT, "cannot read row " + std::to_string(first) + " of " +
                                          place() + ": the file is too short")
          .at_path(store_.path());
    }
    *rows += got;
  }
  return Status::ok();
}

Result<std::uint64_t> Table::read(std::uint64_t first, std::uint64_t rows, std::byte* out) {
  const QuietHdf5 quiet;
  return core_->store().following([&] { return core_->read(first, rows, out); });
}

Result<const std::vector<std::string>*> Table::attribute_names() {
  const QuietHdf5 quiet;
  return core_->store().following([&] { return core_->attribute_names(); });
}

Result<std::uint64_t> Table::read_column(std::uint32_t index, std::uint64_t first,
                                         std::uint64_t rows, std::byte* out) {
  const QuietHdf5 quiet;
  return core_->store().following([&] { return core_->read_column(index, first, rows, out); });
}

Result<TableInfo> Table::info() {
  const QuietHdf5 quiet;
  return core_->store().following([&] { return core_->info(); });
}

}  // namespace forebay::core
