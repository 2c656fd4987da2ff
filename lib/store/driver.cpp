// The class table is filled by member name: its members moved between versions of HDF5, which grew
// `version`, `value`, vector and selection I/O, `del` and `ctl` in 1.13. What is left empty there
// falls back to the members below. No `lock`: with one HDF5 would mark the file as open for
// writing, and our own locks do the excluding.
#include "store/driver.hpp"

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

#include <compare>
#include <new>
#include <tuple>

namespace forebay::core {
namespace {

// One open file; HDF5 fills the base and hands it back to each callback.
struct DriverFile : H5FD_t {
  explicit DriverFile(std::shared_ptr<StoreFile> opened) : H5FD_t{}, file(std::move(opened)) {}
  std::shared_ptr<StoreFile> file;
};

// What a file access list carries; HDF5 copies it bytewise.
struct DriverInfo {
  StoreFile* file;
};

StoreFile& file_of(const H5FD_t* driver_file) noexcept {
  return *static_cast<const DriverFile*>(driver_file)->file;
}

std::span<std::byte> bytes_at(void* buffer, std::size_t size) noexcept {
  return {static_cast<std::byte*>(buffer), size};
}

std::span<const std::byte> bytes_at(const void* buffer, std::size_t size) noexcept {
  return {static_cast<const std::byte*>(buffer), size};
}

extern "C" {

// HDF5 opens a file up to twice, first only to look whether it has it open already.
H5FD_t* forebay_driver_open(const char*, unsigned, hid_t access, haddr_t) noexcept {
  const auto* info = static_cast<const DriverInfo*>(H5Pget_driver_info(access));
  if (info == nullptr || info->file == nullptr) return nullptr;
  info->file->opened();
  return new (std::nothrow) DriverFile(info->file->shared_from_this());
}

herr_t forebay_driver_close(H5FD_t* file) noexcept {
  delete static_cast<DriverFile*>(file);
  return 0;
}

int forebay_driver_compare(const H5FD_t* a, const H5FD_t* b) noexcept {
  const std::tuple left(file_of(a).device(), file_of(a).inode());
  const std::tuple right(file_of(b).device(), file_of(b).inode());
  return left < right ? -1 : (right < left ? 1 : 0);
}

// Not ACCUMULATE_METADATA (it loses the order of writes), not DATA_SIEVE (it rewrites neighbours),
// not POSIX_COMPAT_HANDLE (it would hand out a descriptor that goes past the StoreFile).
herr_t forebay_driver_query(const H5FD_t*, unsigned long* flags) noexcept {
  if (flags != nullptr) {
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_AGGREGATE_SMALLDATA |
             H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  }
  return 0;
}

// Invariant: no address is used twice while a store is open. Without this callback HDF5 would hand
// out the end of the file again, under the eyes of readers.
herr_t forebay_driver_free(H5FD_t*, H5FD_mem_t, hid_t, haddr_t, hsize_t) noexcept {
  return 0;
}

haddr_t forebay_driver_get_eoa(const H5FD_t* file, H5FD_mem_t) noexcept {
  return file_of(file).end_of_allocation();
}

herr_t forebay_driver_set_eoa(H5FD_t* file, H5FD_mem_t, haddr_t address) noexcept {
  file_of(file).set_end_of_allocation(address);
  return 0;
}

haddr_t forebay_driver_get_eof(const H5FD_t* file, H5FD_mem_t) noexcept {
  return file_of(file).end_of_file();
}

herr_t forebay_driver_read(H5FD_t* file, H5FD_mem_t type, hid_t, haddr_t address, size_t size,
                           void* buffer) noexcept {
  try {
    return file_of(file).read(address, bytes_at(buffer, size), type == H5FD_MEM_DRAW).is_ok() ? 0
                                                                                              : -1;
  } catch (...) {
    return -1;
  }
}

herr_t forebay_driver_write(H5FD_t* file, H5FD_mem_t type, hid_t, haddr_t address, size_t size,
                            const void* buffer) noexcept {
  try {
    file_of(file).write(address, bytes_at(buffer, size), type == H5FD_MEM_DRAW);
  } catch (...) {
    file_of(file).poison(Status::news(FOREBAY_E_MEMORY));
  }
  return 0;
}

// Not a commit: HDF5 calls it with half of its changes written.
herr_t forebay_driver_flush(H5FD_t*, hid_t, hbool_t) noexcept {
  return 0;
}

herr_t forebay_driver_truncate(H5FD_t* file, hid_t, hbool_t closing) noexcept {
  try {
    file_of(file).truncate(closing);
  } catch (...) {
    file_of(file).poison(Status::news(FOREBAY_E_MEMORY));
  }
  return 0;
}

}  // extern "C"

H5FD_class_t make_class() noexcept {
  H5FD_class_t table{};
#if H5_VERSION_GE(1, 13, 0)
  table.version = H5FD_CLASS_VERSION;
  table.value = static_cast<H5FD_class_value_t>(489);  // 256 to 511 are free for anyone
#endif
  table.name = "forebay";
  table.maxaddr = (haddr_t{1} << 62U) - 1;
  table.fc_degree = H5F_CLOSE_STRONG;
  table.fapl_size = sizeof(DriverInfo);
  table.open = forebay_driver_open;
  table.close = forebay_driver_close;
  table.cmp = forebay_driver_compare;
  table.query = forebay_driver_query;
  table.free = forebay_driver_free;
  table.get_eoa = forebay_driver_get_eoa;
  table.set_eoa = forebay_driver_set_eoa;
  table.get_eof = forebay_driver_get_eof;
  table.read = forebay_driver_read;
  table.write = forebay_driver_write;
  table.flush = forebay_driver_flush;
  table.truncate = forebay_driver_truncate;
  const H5FD_mem_t kinds[H5FD_MEM_NTYPES] = H5FD_FLMAP_DICHOTOMY;
  for (int i = 0; i < H5FD_MEM_NTYPES; ++i) table.fl_map[i] = kinds[i];
  return table;
}

}  // namespace

Result<Driver> Driver::enroll() {
  const H5FD_class_t table = make_class();  // the library keeps a copy
  Hid id(H5FDregister(&table));
  if (!id.is_open()) return hdf5_status(FOREBAY_E_INTERNAL, "cannot register the file driver");
  return Driver(std::move(id));
}

Status Driver::put_on(hid_t access, StoreFile& file) const {
  const DriverInfo info{&file};
  if (H5Pset_driver(access, id_.get(), &info) < 0) {
    return hdf5_status(FOREBAY_E_INTERNAL, "cannot set the file driver");
  }
  return Status::ok();
}

}  // namespace forebay::core
