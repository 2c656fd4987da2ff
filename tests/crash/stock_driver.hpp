// A plain HDF5 driver over a StorageFile: what stock HDF5's own does with a file, as far as a disk
// can see it. Writes go straight through, nothing is synced by HDF5. Thread rule: HDF5's thread.
#pragma once

#include "platform/platform.hpp"
#include "store/hdf5.hpp"

namespace forebay::test {

// `locks`: with a lock callback, which locks nothing. HDF5 keeps its "is being written" flags only
// for drivers that have one.
core::Status put_stock_driver(hid_t access, core::StorageFile& file, bool locks);

}  // namespace forebay::test
