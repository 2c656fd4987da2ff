// The same rows by plain HDF5 calls, as a careful user writes them: chunked datasets with one
// unlimited dimension, H5Fflush and fdatasync at each commit. And a plain reader.
#include <array>
#include <cstring>
#include <utility>

#include "stock_driver.hpp"
#include "writer.hpp"

namespace forebay::test {
namespace {

using core::Hid;
using core::Result;
using core::Status;

Status failed(const char* what) {
  return core::hdf5_status(FOREBAY_E_IO, what);
}

Hid type_of(const RowKind& kind) {
  const Hid text(H5Tcopy(H5T_C_S1));
  H5Tset_size(text.get(), 5);
  const hsize_t floats = 75;
  const Hid array(H5Tarray_create2(H5T_IEEE_F64LE, 1, &floats));
  Hid type(H5Tcreate(H5T_COMPOUND, kind.bytes));
  switch (kind.bytes) {
    case 9:
      H5Tinsert(type.get(), "s", 0, text.get());
      H5Tinsert(type.get(), "x", 5, H5T_STD_I32LE);
      break;
    case 600:
      H5Tinsert(type.get(), "w", 0, array.get());
      break;
    default:
      H5Tinsert(type.get(), "n", 0, H5T_STD_I64LE);
      H5Tinsert(type.get(), "v", 8, H5T_IEEE_F64LE);
  }
  return type;
}

Result<Hid> access_list(core::StorageFile& file, StockMode mode, bool flags) {
  Hid access(H5Pcreate(H5P_FILE_ACCESS));
  FOREBAY_TRY(put_stock_driver(access.get(), file, flags));
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  const H5F_libver_t low = mode == StockMode::earliest ? H5F_LIBVER_EARLIEST : H5F_LIBVER_V110;
  H5Pset_libver_bounds(access.get(), low, H5F_LIBVER_V110);
  return access;
}

class StockWriter final : public Writer {
 public:
  StockWriter(core::Storage& storage, StockMode mode) : storage_(storage), mode_(mode) {}
  ~StockWriter() override { die(); }

  Status open(FileMode mode) override;
  Status create_table(const std::string& name) override;
  Status append(const std::string& name, const Bytes& rows) override;
  Status set_text(const std::string& name, const std::string& key,
                  const std::string& value) override;
  Status commit() override {
    const core::QuietHdf5 quiet;
    if (H5Fflush(hdf5_.get(), H5F_SCOPE_GLOBAL) < 0) return failed("cannot flush");
    return file_->sync_data();
  }
  Status close() override {
    const core::QuietHdf5 quiet;
    const bool closed = H5Fclose(hdf5_.take()) >= 0;
    streaming_ = false;
    if (!closed) return failed("cannot close");
    return file_->sync_data();
  }
  // Unlike a killed process's, HDF5's last writes reach the storage: take no crash states of them.
  void die() override {
    const core::QuietHdf5 quiet;
    hdf5_.reset();
    file_.reset();
  }
  core::Status recover() override { return core::Status::ok(); }  // there is no such thing
  core::Status repack() override { return core::Status::ok(); }
  Result<Content> read() override;

 private:
  core::Storage& storage_;
  StockMode mode_;
  std::unique_ptr<core::StorageFile> file_;
  Hid hdf5_;
  bool streaming_ = false;
};

Status StockWriter::open(FileMode mode) {
  const core::QuietHdf5 quiet;
  die();
  Result<std::unique_ptr<core::StorageFile>> found = storage_.open(kPath, core::OpenMode::write);
  const bool create = found.code() == FOREBAY_E_NOT_FOUND;
  if (create) {
    FOREBAY_TRY_ASSIGN(file_, storage_.open(kPath, core::OpenMode::create_new));
  } else {
    FOREBAY_TRY_ASSIGN(file_, std::move(found));
  }
  FOREBAY_TRY_ASSIGN(const Hid access, access_list(*file_, mode_, false));
  if (create || mode == FileMode::replace) {
    FOREBAY_TRY(file_->truncate(0));
    hdf5_.reset(H5Fcreate(kPath, H5F_ACC_TRUNC, H5P_DEFAULT, access.get()));
  } else {
    hdf5_.reset(H5Fopen(kPath, H5F_ACC_RDWR, access.get()));
  }
  if (!hdf5_.is_open()) return failed("cannot open");
  if (!create) return Status::ok();
  FOREBAY_TRY(commit());
  return storage_.sync_directory_of(kPath);
}

Status StockWriter::create_table(const std::string& name) {
  const core::QuietHdf5 quiet;
  const RowKind& kind = kind_of(name);
  const hsize_t none = 0;
  const hsize_t unlimited = H5S_UNLIMITED;
  const hsize_t chunk = kind.chunk_rows;
  const Hid space(H5Screate_simple(1, &none, &unlimited));
  const Hid creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_chunk(creation.get(), 1, &chunk);
  const Hid type = type_of(kind);
  const Hid dataset(H5Dcreate2(hdf5_.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT,
                               creation.get(), H5P_DEFAULT));
  return dataset.is_open() ? Status::ok() : failed("cannot create a dataset");
}

Status StockWriter::append(const std::string& name, const Bytes& rows) {
  const core::QuietHdf5 quiet;
  if (mode_ == StockMode::swmr && !streaming_) {
    if (H5Fstart_swmr_write(hdf5_.get()) < 0) return failed("cannot start SWMR");
    streaming_ = true;
  }
  const RowKind& kind = kind_of(name);
  const Hid dataset(H5Dopen2(hdf5_.get(), name.c_str(), H5P_DEFAULT));
  const Hid old_space(H5Dget_space(dataset.get()));
  hsize_t first = 0;
  H5Sget_simple_extent_dims(old_space.get(), &first, nullptr);
  const hsize_t count = rows.size() / kind.bytes;
  const hsize_t all = first + count;
  if (H5Dset_extent(dataset.get(), &all) < 0) return failed("cannot extend");
  const Hid space(H5Dget_space(dataset.get()));
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &first, nullptr, &count, nullptr);
  const Hid memory(H5Screate_simple(1, &count, nullptr));
  const Hid type = type_of(kind);
  const bool written =
      H5Dwrite(dataset.get(), type.get(), memory.get(), space.get(), H5P_DEFAULT, rows.data()) >= 0;
  return written ? Status::ok() : failed("cannot write rows");
}

Hid text_type(std::size_t bytes) {
  Hid type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.get(), bytes);
  return type;
}

Status StockWriter::set_text(const std::string& name, const std::string& key,
                             const std::string& value) {
  const core::QuietHdf5 quiet;
  const Hid dataset(H5Dopen2(hdf5_.get(), name.c_str(), H5P_DEFAULT));
  if (H5Aexists(dataset.get(), key.c_str()) > 0) H5Adelete(dataset.get(), key.c_str());
  const Hid type = text_type(value.size());
  const Hid scalar(H5Screate(H5S_SCALAR));
  const Hid attribute(
      H5Acreate2(dataset.get(), key.c_str(), type.get(), scalar.get(), H5P_DEFAULT, H5P_DEFAULT));
  const bool written = H5Awrite(attribute.get(), type.get(), value.data()) >= 0;
  return written ? Status::ok() : failed("cannot write an attribute");
}

Result<Content::Table> read_dataset(hid_t file, const std::string& name) {
  const Hid dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT));
  if (!dataset.is_open()) return failed("cannot open a dataset");
  const RowKind& kind = kind_of(name);
  const Hid space(H5Dget_space(dataset.get()));
  hsize_t rows = 0;
  if (H5Sget_simple_extent_ndims(space.get()) != 1 ||
      H5Sget_simple_extent_dims(space.get(), &rows, nullptr) != 1 || rows > 10'000'000) {
    return failed("a dataset has no plausible shape");
  }
  Content::Table table;
  table.rows = rows;
  table.bytes.resize(static_cast<std::size_t>(rows * kind.bytes));
  // The file's own type, so that nothing is converted on the way.
  const Hid type(H5Dget_type(dataset.get()));
  if (H5Tget_size(type.get()) != kind.bytes) return failed("a dataset has rows of another size");
  if (rows != 0 &&
      H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, table.bytes.data()) < 0) {
    return failed("cannot read rows");
  }
  for (const char* key : {"a", "b"}) {
    if (H5Aexists(dataset.get(), key) <= 0) continue;
    const Hid attribute(H5Aopen(dataset.get(), key, H5P_DEFAULT));
    const Hid stored(H5Aget_type(attribute.get()));
    std::string value(H5Tget_size(stored.get()), '\0');
    if (value.size() > 65536 || H5Aread(attribute.get(), stored.get(), value.data()) < 0) {
      return failed("cannot read an attribute");
    }
    table.texts[key] = value.substr(0, value.find('\0'));
  }
  return table;
}

// The rows of a table of columns, put together.
Result<Content::Table> read_columns(hid_t file, const std::string& name) {
  Content::Table table;
  const RowKind& kind = kind_of(name);
  std::uint64_t offset = 0;
  for (const char* column : {"n", "v"}) {
    const Hid dataset(H5Dopen2(file, (name + "/" + column).c_str(), H5P_DEFAULT));
    const Hid space(H5Dget_space(dataset.get()));
    const Hid type(H5Dget_type(dataset.get()));
    const hssize_t rows = H5Sget_simple_extent_npoints(space.get());
    if (rows < 0 || rows > 10'000'000 || H5Tget_size(type.get()) != 8) {
      return failed("a column has no plausible shape");
    }
    std::vector<std::uint64_t> values(static_cast<std::size_t>(rows));
    if (rows != 0 &&
        H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
      return failed("cannot read a column");
    }
    if (offset != 0 && values.size() != table.rows) return failed("columns differ in their rows");
    table.rows = values.size();
    table.bytes.resize(static_cast<std::size_t>(table.rows * kind.bytes));
    for (std::uint64_t row = 0; row < table.rows; ++row) {
      std::memcpy(table.bytes.data() + row * kind.bytes + offset, &values[row], 8);
    }
    offset += 8;
  }
  return table;
}

extern "C" herr_t add_name(hid_t, const char* name, const H5L_info_t*, void* names) noexcept {
  if (name[0] != '.') static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

Result<Content> read_file(hid_t file) {
  std::vector<std::string> names;
  if (H5Literate(file, H5_INDEX_NAME, H5_ITER_INC, nullptr, add_name, &names) < 0) {
    return failed("cannot list the datasets");
  }
  Content content;
  for (const std::string& name : names) {
    FOREBAY_TRY_ASSIGN(content.tables[name], kind_of(name).has_columns ? read_columns(file, name)
                                                                       : read_dataset(file, name));
  }
  return content;
}

Result<Content> StockWriter::read() {
  const core::QuietHdf5 quiet;
  return read_file(hdf5_.get());
}

}  // namespace

std::unique_ptr<Writer> stock_writer(core::Storage& storage, StockMode mode) {
  return std::make_unique<StockWriter>(storage, mode);
}

Result<Content> read_stock(core::Storage& storage, bool flags) {
  const core::QuietHdf5 quiet;
  FOREBAY_TRY_ASSIGN(const auto file, storage.open(kPath, core::OpenMode::read));
  FOREBAY_TRY_ASSIGN(const Hid access, access_list(*file, StockMode::plain, flags));
  const Hid hdf5(H5Fopen(kPath, H5F_ACC_RDONLY, access.get()));
  if (!hdf5.is_open()) return failed("cannot open");
  return read_file(hdf5.get());
}

}  // namespace forebay::test
