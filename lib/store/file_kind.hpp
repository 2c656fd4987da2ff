// Tells HDF5 files from others by their first bytes, without HDF5.
#pragma once

#include <string>

#include "platform/platform.hpp"

namespace forebay::core {

// OK when `file` has HDF5's signature where HDF5 looks for it; else FOREBAY_E_FORMAT that says what
// it looks like.
Status check_is_hdf5(StorageFile& file, const std::string& path);

}  // namespace forebay::core
