// Inside store: filters that HDF5 does not have itself, under the numbers that they are registered
// with. Thread rule: that of HDF5.
#pragma once

#include "codec/codec.hpp"
#include "store/hdf5.hpp"

namespace forebay::core {

constexpr H5Z_filter_t kLz4Filter = 32004;
constexpr H5Z_filter_t kZstdFilter = 32015;

// Gives HDF5 those of `filters` that it lacks, for what of a table it decodes itself. They stay:
// the library is never unloaded (see lib/CMakeLists.txt).
Status register_filters(const codec::ChunkFilters& filters);

}  // namespace forebay::core
