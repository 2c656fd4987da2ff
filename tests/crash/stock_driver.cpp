#include "stock_driver.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

namespace forebay::test {
namespace {

struct StockFile : H5FD_t {
  explicit StockFile(core::StorageFile* opened) : H5FD_t{}, file(opened) {}
  core::StorageFile* file;
  haddr_t end = 0;
};

struct StockInfo {
  core::StorageFile* file;
};

StockFile& stock(H5FD_t* file) noexcept {
  return *static_cast<StockFile*>(file);
}

extern "C" {

H5FD_t* stock_driver_open(const char*, unsigned, hid_t access, haddr_t) noexcept {
  const auto* info = static_cast<const StockInfo*>(H5Pget_driver_info(access));
  return info == nullptr ? nullptr : new (std::nothrow) StockFile(info->file);
}

herr_t stock_driver_close(H5FD_t* file) noexcept {
  delete static_cast<StockFile*>(file);
  return 0;
}

int stock_driver_compare(const H5FD_t* a, const H5FD_t* b) noexcept {
  const core::StorageFile* left = static_cast<const StockFile*>(a)->file;
  const core::StorageFile* right = static_cast<const StockFile*>(b)->file;
  return left < right ? -1 : (right < left ? 1 : 0);
}

// As the sec2 driver.
herr_t stock_driver_query(const H5FD_t*, unsigned long* flags) noexcept {
  if (flags != nullptr) {
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_SUPPORTS_SWMR_IO |
             H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  }
  return 0;
}

haddr_t stock_driver_get_eoa(const H5FD_t* file, H5FD_mem_t) noexcept {
  return static_cast<const StockFile*>(file)->end;
}

herr_t stock_driver_set_eoa(H5FD_t* file, H5FD_mem_t, haddr_t address) noexcept {
  stock(file).end = address;
  return 0;
}

haddr_t stock_driver_get_eof(const H5FD_t* file, H5FD_mem_t) noexcept {
  const core::Result<std::uint64_t> size = static_cast<const StockFile*>(file)->file->size();
  return size.is_ok() ? size.value() : HADDR_UNDEF;
}

herr_t stock_driver_read(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, size_t size,
                         void* buffer) noexcept {
  auto* const bytes = static_cast<std::byte*>(buffer);
  const core::Result<std::size_t> got = stock(file).file->read_at(address, {bytes, size});
  if (!got.is_ok()) return -1;
  std::memset(bytes + got.value(), 0, size - got.value());
  return 0;
}

herr_t stock_driver_write(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, size_t size,
                          const void* buffer) noexcept {
  const auto* const bytes = static_cast<const std::byte*>(buffer);
  return stock(file).file->write_at(address, {bytes, size}).is_ok() ? 0 : -1;
}

herr_t stock_driver_truncate(H5FD_t* file, hid_t, hbool_t) noexcept {
  const core::Result<std::uint64_t> size = stock(file).file->size();
  if (size.is_ok() && size.value() == stock(file).end) return 0;
  return stock(file).file->truncate(stock(file).end).is_ok() ? 0 : -1;
}

herr_t stock_driver_lock(H5FD_t*, hbool_t) noexcept {
  return 0;
}

herr_t stock_driver_unlock(H5FD_t*) noexcept {
  return 0;
}

}  // extern "C"

hid_t enroll(bool locks) {
  H5FD_class_t table{};
#if H5_VERSION_GE(1, 13, 0)
  table.version = H5FD_CLASS_VERSION;
  table.value = static_cast<H5FD_class_value_t>(locks ? 491 : 490);
#endif
  table.name = locks ? "stock_locking" : "stock";
  table.maxaddr = (haddr_t{1} << 62U) - 1;
  table.fc_degree = H5F_CLOSE_WEAK;
  table.fapl_size = sizeof(StockInfo);
  table.open = stock_driver_open;
  table.close = stock_driver_close;
  table.cmp = stock_driver_compare;
  table.query = stock_driver_query;
  table.get_eoa = stock_driver_get_eoa;
  table.set_eoa = stock_driver_set_eoa;
  table.get_eof = stock_driver_get_eof;
  table.read = stock_driver_read;
  table.write = stock_driver_write;
  table.truncate = stock_driver_truncate;
  if (locks) {
    table.lock = stock_driver_lock;
    table.unlock = stock_driver_unlock;
  }
  const H5FD_mem_t kinds[H5FD_MEM_NTYPES] = H5FD_FLMAP_DICHOTOMY;
  for (int i = 0; i < H5FD_MEM_NTYPES; ++i) table.fl_map[i] = kinds[i];
  return H5FDregister(&table);
}

}  // namespace

core::Status put_stock_driver(hid_t access, core::StorageFile& file, bool locks) {
  static const hid_t kPlain = enroll(false);
  static const hid_t kLocking = enroll(true);
  const StockInfo info{&file};
  if (H5Pset_driver(access, locks ? kLocking : kPlain, &info) >= 0) return core::Status::ok();
  return core::hdf5_status(FOREBAY_E_INTERNAL, "cannot set the stock driver");
}

}  // namespace forebay::test
