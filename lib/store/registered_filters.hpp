// Inside store: filters that HDF5 does not have itself, under the numbers that they are registered
// with. Thread rule: that of HDF5.
#pragma once

#include <array>

#include "codec/codec.hpp"
#include "store/hdf5.hpp"

namespace forebay::core {

constexpr H5Z_filter_t kBloscFilter = 32001;
constexpr H5Z_filter_t kLz4Filter = 32004;
constexpr H5Z_filter_t kZstdFilter = 32015;

// The parameters of blosc's filter: its own version and that of the format, the bytes of an element
// and of a chunk, the level, the kind of shuffle, the compressor inside.
constexpr std::size_t kBloscValues = 7;
constexpr std::size_t kBloscElementAt = 2;
constexpr std::size_t kBloscLevelAt = 4;
std::array<unsigned, kBloscValues> blosc_values(std::uint32_t level, std::uint64_t element_bytes,
                                                std::uint64_t chunk_bytes) noexcept;
// The level that `count` parameters of it tell.
std::uint32_t blosc_level(const unsigned* values, std::size_t count) noexcept;

// Gives HDF5 those of `filters` that it lacks, for what of a table it decodes itself. They stay:
// the library is never unloaded (see lib/CMakeLists.txt).
Status register_filters(const codec::ChunkFilters& filters);

}  // namespace forebay::core
