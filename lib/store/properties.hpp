// HDF5 property lists of a store: all that it depends on is set, so that neither a default of some
// version nor an environment variable decides.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "codec/codec.hpp"
#include "store/driver.hpp"
#include "store/hdf5.hpp"

namespace forebay::core {

// Room kept for one name in a group's header, in bytes of UTF-8.
constexpr std::uint32_t kNameRoom = 24;
constexpr std::uint32_t kDefaultNames = 1000;
constexpr std::uint32_t kMostNames = 60'000;

// The page that chunks begin on.
constexpr std::uint64_t kAlignment = 4096;

Result<Hid> file_access(const Driver& driver, StoreFile& file);
Result<Hid> file_creation(std::uint32_t names);
Result<Hid> group_creation(std::uint32_t names);
// Of a table whose dataset has these chunk dimensions, of elements of so many bytes.
Result<Hid> dataset_creation(const std::vector<hsize_t>& chunk,
                             const codec::ChunkFilters& filters = {},
                             std::uint64_t element_bytes = 1);
// The filters of a dataset; nothing when there are others than store makes, or in another order.
std::optional<codec::ChunkFilters> filters_of(hid_t creation);
// For links and attributes whose names are UTF-8.
Result<Hid> utf8_link_creation();
Result<Hid> utf8_attribute_creation();

}  // namespace forebay::core
