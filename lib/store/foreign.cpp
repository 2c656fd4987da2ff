// Datasets of other programs, of kinds that forebay has no dtype for: whether HDF5 can read them.
// Thread rule: that of the store.
#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include "store/core.hpp"

namespace forebay::core {
namespace {

constexpr std::uint64_t kBlockBytes = 1U << 20U;

struct ForeignDataset {
  std::string what{};  // failed, if it does
  Hid dataset{};
  Hid type{};   // as its values are in memory
  Hid space{};  // of the whole dataset
};

// Reads what `chosen` chooses of it. Values of variable length are HDF5's memory: they are given
// back, also those that were read before a failure.
Status read_chosen(const ForeignDataset& foreign, hid_t chosen, std::span<std::byte> buffer) {
  const auto count = static_cast<hsize_t>(H5Sget_select_npoints(chosen));
  const Hid memory(H5Screate_simple(1, &count, nullptr));
  std::memset(buffer.data(), 0, buffer.size());
  Status status;
  if (H5Dread(foreign.dataset.get(), foreign.type.get(), memory.get(), chosen, H5P_DEFAULT,
              buffer.data()) < 0) {
    status = hdf5_status(FOREBAY_E_FORMAT, foreign.what);
  }
  H5Dvlen_reclaim(foreign.type.get(), memory.get(), H5P_DEFAULT, buffer.data());
  return status;
}

bool is_elsewhere(hid_t dataset) {
  const Hid creation(H5Dget_create_plist(dataset));
  return H5Pget_layout(creation.get()) == H5D_VIRTUAL || H5Pget_external_count(creation.get()) > 0;
}

// A block of the first dimension after the other.
Status read_blocks(const ForeignDataset& foreign, const std::vector<hsize_t>& shape) {
  std::uint64_t row_bytes = H5Tget_size(foreign.type.get());
  for (std::size_t i = 1; i < shape.size(); ++i) row_bytes *= shape[i];
  if (row_bytes == 0) return Status::ok();
  const std::uint64_t step = std::max<std::uint64_t>(1, kBlockBytes / row_bytes);
  PageBuffer buffer;
  FOREBAY_TRY(buffer.reserve(step * row_bytes));
  std::vector<hsize_t> start(shape.size(), 0);
  std::vector<hsize_t> count = shape;
  for (; start[0] < shape[0]; start[0] += step) {
    count[0] = std::min<hsize_t>(step, shape[0] - start[0]);
    if (H5Sselect_hyperslab(foreign.space.get(), H5S_SELECT_SET, start.data(), nullptr,
                            count.data(), nullptr) < 0) {
      return hdf5_status(FOREBAY_E_FORMAT, foreign.what);
    }
    FOREBAY_TRY(read_chosen(foreign, foreign.space.get(), {buffer.data(), count[0] * row_bytes}));
  }
  return Status::ok();
}

Status read_all(const ForeignDataset& foreign) {
  const int rank = H5Sget_simple_extent_ndims(foreign.space.get());
  if (rank < 0) return hdf5_status(FOREBAY_E_FORMAT, foreign.what);
  if (H5Sget_simple_extent_type(foreign.space.get()) == H5S_NULL) return Status::ok();
  if (rank == 0) {
    const std::size_t bytes = H5Tget_size(foreign.type.get());
    PageBuffer buffer;
    FOREBAY_TRY(buffer.reserve(bytes));
    return read_chosen(foreign, foreign.space.get(), {buffer.data(), bytes});
  }
  std::vector<hsize_t> shape(static_cast<std::size_t>(rank));
  if (H5Sget_simple_extent_dims(foreign.space.get(), shape.data(), nullptr) != rank) {
    return hdf5_status(FOREBAY_E_FORMAT, foreign.what);
  }
  return read_blocks(foreign, shape);
}

}  // namespace

// Values in other files are not looked at.
Status Store::Core::verify_foreign(const std::string& name) {
  ForeignDataset foreign;
  foreign.what = "cannot read '" + name + "' of " + path_;
  foreign.dataset = Hid(H5Dopen2(hdf5_file_.get(), name.c_str(), H5P_DEFAULT));
  FOREBAY_TRY(after_read(foreign.dataset.is_open(), foreign.what));
  if (is_elsewhere(foreign.dataset.get())) return Status::ok();
  const Hid type(H5Dget_type(foreign.dataset.get()));
  foreign.type = Hid(H5Tcopy(type.get()));
  foreign.space = Hid(H5Dget_space(foreign.dataset.get()));
  const std::uint64_t past_end = file_->reads_past_end();
  Status read = read_all(foreign);
  FOREBAY_TRY(file_->take_read_failure());
  if (read.is_failure()) return std::move(read).at_path(path_);
  if (file_->reads_past_end() == past_end) return Status::ok();
  return Status(FOREBAY_E_FORMAT, foreign.what + ": the file is too short").at_path(path_);
}

}  // namespace forebay::core
