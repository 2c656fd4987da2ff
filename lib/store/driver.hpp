// Our HDF5 file driver: sends every byte that HDF5 reads or writes through a StoreFile.
#pragma once

#include "store/hdf5.hpp"
#include "store/store_file.hpp"

namespace forebay::core {

// A registration of the driver with the HDF5 library. Each store has its own, so that nothing is
// kept per process and that two stores which read one file never share HDF5's state.
class Driver {
 public:
  static Result<Driver> enroll();

  // Makes files opened with `access` (a file access list) live in `file`, whatever name HDF5 is
  // given. `file` must outlive the call that opens; open files hold a reference of their own.
  Status put_on(hid_t access, StoreFile& file) const;

 private:
  explicit Driver(Hid id) : id_(std::move(id)) {}

  Hid id_;
};

}  // namespace forebay::core
