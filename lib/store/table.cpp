// Appending to a table: whole chunks straight from the caller's memory, other rows through the
// tail.
#include <algorithm>
#include <cstring>

#include "store/core.hpp"

namespace forebay::core {

Status PageBuffer::reserve(std::uint64_t bytes) {
  if (data_) return Status::ok();
  data_.reset(
      static_cast<std::byte*>(::operator new (bytes, std::align_val_t{4096}, std::nothrow)));
  if (data_) return Status::ok();
  return {FOREBAY_E_MEMORY, "no memory for a chunk of " + std::to_string(bytes) +
                                " bytes: make the table with fewer rows in a chunk"};
}

std::string Table::Core::place() const {
  return "table '" + name_ + "' of " + store_.path();
}

std::vector<hsize_t> Table::Core::dimensions(std::uint64_t rows) const {
  std::vector<hsize_t> all(shape_.row_dimensions.begin(), shape_.row_dimensions.end());
  all.insert(all.begin(), rows);
  return all;
}

Status Table::Core::load() {
  const Hid space(H5Dget_space(dataset_.get()));
  std::vector<hsize_t> now = dimensions(0);
  const int rank = H5Sget_simple_extent_dims(space.get(), now.data(), nullptr);
  FOREBAY_TRY(store_.after_read(rank == static_cast<int>(now.size()), place() + " is damaged"));
  tail_first_ = now[0];
  if (!store_.writable() || !shape_.obstacle.empty()) return Status::ok();
  const std::uint64_t partial = now[0] % shape_.chunk_rows;
  if (partial == 0) return Status::ok();
  FOREBAY_TRY(tail_.reserve(chunk_bytes()));
  FOREBAY_TRY(read_stored(now[0] - partial, partial, tail_.data()));
  tail_first_ = now[0] - partial;
  tail_rows_ = partial;
  tail_stored_ = partial;
  return Status::ok();
}

Status Table::Core::check_appendable() const {
  FOREBAY_TRY(store_.check_writable());
  if (shape_.obstacle.empty()) return Status::ok();
  return Status(FOREBAY_E_STATE, place() + " cannot be appended to: " + shape_.obstacle)
      .at_path(store_.path());
}

Status Table::Core::prepare_append(std::uint64_t rows, bool are_packed) {
  FOREBAY_TRY(check_appendable());
  if (!checked_add(this->rows(), rows)) return {FOREBAY_E_LIMIT, place() + " has too many rows"};
  // Before any row is taken, so that an append which finds no memory can be repeated.
  const bool are_chunks = tail_rows_ == 0 && rows % shape_.chunk_rows == 0;
  return are_packed && are_chunks ? Status::ok() : tail_.reserve(chunk_bytes());
}

// Estimates, rounded up: what they miss poisons the store when the disk is full, no more.
Room Table::Core::room_for(std::uint64_t rows) const {
  constexpr std::uint64_t kIndexBytes = 64;  // of a chunk, in the file and in the journal
  const std::uint64_t chunks = divide_up(tail_rows_ + rows, shape_.chunk_rows);
  const std::uint64_t index = (chunks - (tail_rows_ != 0 ? 1 : 0)) * kIndexBytes;
  // Rows for a chunk that a commit has in part are journaled.
  const std::uint64_t rewritten =
      tail_stored_ != 0 ? std::min(rows, shape_.chunk_rows - tail_rows_) * row_bytes() : 0;
  return {chunks * align_up(chunk_bytes(), kDirectPage) + index, index + rewritten};
}

void Table::Core::set_waiting(bool waits) noexcept {
  if (waits == is_waiting_) return;
  is_waiting_ = waits;
  const std::uint64_t bytes = align_up(chunk_bytes(), kDirectPage);
  if (waits) {
    store_.add_waiting(bytes);
  } else {
    store_.drop_waiting(bytes);
  }
}

Status Table::Core::append(const std::byte* data, std::uint64_t rows) {
  return append_placed(data, packed_, rows);
}

Status Table::Core::append_placed(const std::byte* data, const std::vector<ColumnPlace>& places,
                                  std::uint64_t rows) {
  const bool are_packed = are_packed_rows(*shape_.dtype, places);
  FOREBAY_TRY(prepare_append(rows, are_packed));
  if (shape_.filters.any()) FOREBAY_TRY(ready_encoders(are_packed ? chunks_at_once(rows) : 1));
  for (std::uint64_t first = 0; first < rows;) {
    const std::uint64_t left = rows - first;
    const bool direct = are_packed && tail_rows_ == 0 && left >= shape_.chunk_rows;
    const std::uint64_t taken =
        direct ? left - left % shape_.chunk_rows : std::min(left, shape_.chunk_rows - tail_rows_);
    FOREBAY_TRY(direct ? append_chunks(data + first * row_bytes(), taken / shape_.chunk_rows)
                       : append_to_tail(data, places, first, taken));
    first += taken;
  }
  return Status::ok();
}

Status Table::Core::append_chunks(const std::byte* data, std::uint64_t chunks) {
  if (shape_.filters.any()) return append_packing(data, chunks);
  FOREBAY_TRY(set_extent(tail_first_ + chunks * shape_.chunk_rows));
  for (std::uint64_t i = 0; i < chunks; ++i) {
    FOREBAY_TRY(write_chunk(tail_first_, data + i * chunk_bytes()));
    tail_first_ += shape_.chunk_rows;
  }
  return Status::ok();
}

Status Table::Core::append_to_tail(const std::byte* data, const std::vector<ColumnPlace>& places,
                                   std::uint64_t first, std::uint64_t rows) {
  copy_rows(*shape_.dtype, {data, &places, first}, {tail_.data(), &packed_, tail_rows_}, rows);
  bytes_copied_ += rows * row_bytes();
  tail_rows_ += rows;
  set_waiting(true);
  if (tail_rows_ < shape_.chunk_rows) return Status::ok();
  FOREBAY_TRY(set_extent(tail_first_ + tail_rows_));
  const bool is_in_place = tail_address_ && !shape_.filters.any();
  FOREBAY_TRY(is_in_place ? write_new_tail_rows() : write_chunk(tail_first_, tail_.data()));
  end_tail_chunk();
  return Status::ok();
}

// The chunk that the tail was a part of is whole in the file.
void Table::Core::end_tail_chunk() noexcept {
  tail_address_.reset();
  tail_first_ += shape_.chunk_rows;
  tail_rows_ = 0;
  tail_stored_ = 0;
  set_waiting(false);
}

Status Table::Core::write_tail() {
  if (tail_rows_ == 0) {
    tail_.free();
    return Status::ok();
  }
  if (tail_rows_ == tail_stored_) return Status::ok();
  FOREBAY_TRY(set_extent(rows()));
  if (tail_address_) {
    FOREBAY_TRY(write_new_tail_rows());
  } else {
    // A chunk has one size in the file; what is past the last row must not be what memory happened
    // to hold.
    const std::uint64_t used = tail_rows_ * row_bytes();
    std::memset(tail_.data() + used, 0, chunk_bytes() - used);
    FOREBAY_TRY(write_part_of_chunk(tail_first_, tail_.data()));
    tail_address_ = store_.file().address_of({tail_.data(), chunk_bytes()});
  }
  tail_stored_ = tail_rows_;
  set_waiting(false);
  return Status::ok();
}

// Why past HDF5, which writes chunks as a whole: a small commit would compare a MiB to find a few
// rows. HDF5 keeps nothing of a chunk that it writes so, and its place does not change.
Status Table::Core::write_new_tail_rows() {
  const std::uint64_t begin = tail_stored_ * row_bytes();
  const std::uint64_t bytes = tail_rows_ * row_bytes() - begin;
  store_.file().write(*tail_address_ + begin, {tail_.data() + begin, bytes}, true);
  return store_.after_change(true, "cannot write rows of " + place());
}

Status Table::Core::set_extent(std::uint64_t rows) {
  const std::vector<hsize_t> grown = dimensions(rows);
  return store_.after_change(H5Dset_extent(dataset_.get(), grown.data()) >= 0,
                             "cannot extend " + place());
}

Status Table::Core::write_chunk(std::uint64_t first, const std::byte* data) {
  const std::span<const std::byte> rows(data, chunk_bytes());
  if (!shape_.filters.any()) return put_chunk(first, rows, 0);
  FOREBAY_TRY(ready_encoders(1));
  FOREBAY_TRY_ASSIGN(const codec::ChunkEncoder::Encoded encoded, encoders_.front().encode(rows));
  return put_chunk(first, encoded.bytes, encoded.skipped);
}

// Why through no filter, not even the checksum: rows are added in place, under the eyes of readers.
// The whole chunk then has another size and gets a place of its own.
Status Table::Core::write_part_of_chunk(std::uint64_t first, const std::byte* data) {
  return put_chunk(first, {data, chunk_bytes()}, shape_.filters.skip_all());
}

Status Table::Core::put_chunk(std::uint64_t first, std::span<const std::byte> bytes,
                              std::uint32_t skipped) {
  std::vector<hsize_t> offset(shape_.row_dimensions.size() + 1, 0);
  offset[0] = first;
  const herr_t written = H5Dwrite_chunk(dataset_.get(), H5P_DEFAULT, skipped, offset.data(),
                                        bytes.size(), bytes.data());
  return store_.after_change(written >= 0, "cannot write rows of " + place());
}

Table::Table(std::unique_ptr<Core> core) : core_(std::move(core)), dtype_(core_->shape().dtype) {}
Table::~Table() = default;

const DtypeRef& Table::dtype() const noexcept {
  return dtype_;
}
const std::string& Table::name() const noexcept {
  return core_->name();
}
std::uint64_t Table::rows() const noexcept {
  return core_->rows();
}
std::uint64_t Table::chunk_rows() const noexcept {
  return core_->shape().chunk_rows;
}
Layout Table::layout() const noexcept {
  return core_->shape().layout;
}
std::uint64_t Table::bytes_copied() const noexcept {
  return core_->bytes_copied();
}
LoadMark& Table::load_mark() noexcept {
  return core_->load_mark();
}
Status Table::check_appendable() const {
  return core_->check_appendable();
}

Status Table::append_array(Array& array) {
  if (array.dtype() != dtype() && *array.dtype() != *dtype()) {
    return {FOREBAY_E_MISMATCH, core_->place() + " has the dtype '" + dtype()->text() +
                                    "', the array '" + array.dtype()->text() + "'"};
  }
  const QuietHdf5 quiet;
  if (!array.packed.chunks.empty() && !takes_packed(array))
    return internal_status("packed rows were to be appended where they do not fit");
  FOREBAY_TRY(core_->check_appendable());
  FOREBAY_TRY(core_->store().reserve(core_->room_for(array.rows()), name()));
  array.freeze();
  const WriteBehind::Keeper keeper(&array, [](Array* written) { written->thaw(); });
  const StoreFile::Loan loan(core_->store().file(), array.memory(), keeper, array.pages());
  if (!array.packed.chunks.empty()) return core_->append_packed(array);
  return core_->append_placed(array.data(), array.block_layout().columns, array.rows());
}

Status Table::append_rows(std::span<const std::byte> rows) {
  const std::uint64_t row_bytes = dtype()->row_bytes();
  if (rows.size() % row_bytes != 0) {
    return {FOREBAY_E_ARGUMENT, std::to_string(rows.size()) + " bytes are not whole rows of " +
                                    std::to_string(row_bytes) + " bytes"};
  }
  const QuietHdf5 quiet;
  FOREBAY_TRY(core_->check_appendable());
  FOREBAY_TRY(core_->store().reserve(core_->room_for(rows.size() / row_bytes), name()));
  return core_->append(rows.data(), rows.size() / row_bytes);
}

}  // namespace forebay::core
