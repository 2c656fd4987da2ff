#include "store/properties.hpp"

#include <algorithm>
#include <initializer_list>

#include "store/registered_filters.hpp"

namespace forebay::core {
namespace {

// The list, or why one of the calls that set it failed.
Result<Hid> finished(Hid list, std::initializer_list<herr_t> calls) {
  bool good = list.is_open();
  for (const herr_t call : calls) good = good && call >= 0;
  if (!good) return hdf5_status(FOREBAY_E_INTERNAL, "cannot set HDF5 properties");
  return list;
}

// Why: links stay in the group's header, which is made large enough for them. Stock readers that
// follow a growing file hang on a header with a continuation and on dense storage.
herr_t keep_links_compact(hid_t list, std::uint32_t names) {
  const auto room = static_cast<unsigned>(kNameRoom);
  const herr_t estimated = H5Pset_est_link_info(list, names, room);
  const herr_t compact = H5Pset_link_phase_change(list, UINT16_MAX, 0);
  return estimated < 0 ? estimated : compact;
}

// Our driver has no lock callback, so HDF5 locks nothing anyway; 1.10.7 and later can be told so,
// whatever the environment says.
herr_t refuse_own_locking(hid_t access) {
#if (H5_VERS_MAJOR == 1 && H5_VERS_MINOR == 10 && H5_VERS_RELEASE >= 7) || H5_VERSION_GE(1, 12, 1)
  return H5Pset_file_locking(access, false, true);
#else
  (void)access;
  return 0;
#endif
}

// The level of a zstd filter that tells none.
constexpr unsigned kZstdLevel = 3;

// The place of a filter among those that a table may have; 0: it is none of them.
int rank_of(H5Z_filter_t filter) {
  if (filter == H5Z_FILTER_SHUFFLE) return 1;
  if (filter == H5Z_FILTER_DEFLATE || filter == kZstdFilter || filter == kLz4Filter ||
      filter == kBloscFilter)
    return 2;
  return filter == H5Z_FILTER_FLETCHER32 ? 3 : 0;
}

herr_t set_blosc(hid_t list, const std::vector<hsize_t>& chunk, std::uint32_t level,
                 std::uint64_t element_bytes) {
  std::uint64_t bytes = element_bytes;
  for (const hsize_t dimension : chunk) bytes *= dimension;
  const auto values = blosc_values(level, element_bytes, bytes);
  return H5Pset_filter(list, kBloscFilter, H5Z_FLAG_OPTIONAL, values.size(), values.data());
}

}  // namespace

Result<Hid> file_access(const Driver& driver, StoreFile& file) {
  Hid list(H5Pcreate(H5P_FILE_ACCESS));
  FOREBAY_TRY(driver.put_on(list.get(), file));
  const hid_t id = list.get();
  // Rows are written past the chunk cache; it would only hold a copy of each partial chunk read
  // back.
  const herr_t cache = file.writable() ? H5Pset_cache(id, 0, 1, 0, 1.0) : 0;
  // V110: checksummed superblock and headers, extensible arrays; readable from 1.10.0 on.
  return finished(
      std::move(list),
      {cache, H5Pset_libver_bounds(id, H5F_LIBVER_V110, H5F_LIBVER_V110),
       H5Pset_fclose_degree(id, H5F_CLOSE_STRONG), H5Pset_alignment(id, kAlignment, kAlignment),
       H5Pset_sieve_buf_size(id, 0), H5Pset_evict_on_close(id, false), refuse_own_locking(id)});
}

Result<Hid> file_creation(std::uint32_t names) {
  Hid list(H5Pcreate(H5P_FILE_CREATE));
  const hid_t id = list.get();
  // No free-space manager: space that is given up is not used again.
  return finished(std::move(list),
                  {H5Pset_file_space_strategy(id, H5F_FSPACE_STRATEGY_NONE, false, 1),
                   H5Pset_obj_track_times(id, false), keep_links_compact(id, names)});
}

Result<Hid> group_creation(std::uint32_t names) {
  Hid list(H5Pcreate(H5P_GROUP_CREATE));
  const hid_t id = list.get();
  return finished(std::move(list),
                  {H5Pset_obj_track_times(id, false), keep_links_compact(id, names)});
}

Result<Hid> dataset_creation(const std::vector<hsize_t>& chunk, const codec::ChunkFilters& filters,
                             std::uint64_t element_bytes) {
  FOREBAY_TRY(register_filters(filters));
  Hid list(H5Pcreate(H5P_DATASET_CREATE));
  const hid_t id = list.get();
  return finished(
      std::move(list),
      {H5Pset_chunk(id, static_cast<int>(chunk.size()), chunk.data()),
       H5Pset_alloc_time(id, H5D_ALLOC_TIME_INCR), H5Pset_fill_time(id, H5D_FILL_TIME_NEVER),
       H5Pset_obj_track_times(id, false), H5Pset_attr_phase_change(id, UINT16_MAX, 0),
       filters.shuffle ? H5Pset_shuffle(id) : 0,
       filters.deflate != 0 ? H5Pset_deflate(id, filters.deflate) : 0,
       filters.zstd != 0 ? H5Pset_filter(id, kZstdFilter, H5Z_FLAG_OPTIONAL, 1, &filters.zstd) : 0,
       filters.lz4 ? H5Pset_filter(id, kLz4Filter, H5Z_FLAG_OPTIONAL, 0, nullptr) : 0,
       filters.blosc != 0 ? set_blosc(id, chunk, filters.blosc, element_bytes) : 0,
       filters.fletcher32 ? H5Pset_fletcher32(id) : 0});
}

std::optional<codec::ChunkFilters> filters_of(hid_t creation) {
  codec::ChunkFilters found;
  int last = 0;
  const int count = H5Pget_nfilters(creation);
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    unsigned config = 0;
    unsigned values[8] = {};
    std::size_t value_count = 8;
    const H5Z_filter_t filter = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags,
                                               &value_count, values, 0, nullptr, &config);
    // Their numbers are not in the order that they are used in.
    const int rank = rank_of(filter);
    if (rank <= last) return std::nullopt;
    last = rank;
    found.shuffle = found.shuffle || rank == 1;
    found.fletcher32 = found.fletcher32 || rank == 3;
    // Level 0 is allowed, and means that bytes are only wrapped.
    if (filter == H5Z_FILTER_DEFLATE)
      found.deflate = std::clamp(values[0], 1U, codec::ChunkFilters::kMostDeflate);
    if (filter == kZstdFilter) {
      const unsigned level = value_count == 0 ? kZstdLevel : values[0];
      found.zstd = std::clamp(level, 1U, codec::ChunkFilters::kMostZstd);
    }
    found.lz4 = found.lz4 || filter == kLz4Filter;
    if (filter == kBloscFilter) found.blosc = blosc_level(values, value_count);
  }
  return found;
}

Result<Hid> utf8_link_creation() {
  Hid list(H5Pcreate(H5P_LINK_CREATE));
  const hid_t id = list.get();
  return finished(std::move(list), {H5Pset_char_encoding(id, H5T_CSET_UTF8)});
}

Result<Hid> utf8_attribute_creation() {
  Hid list(H5Pcreate(H5P_ATTRIBUTE_CREATE));
  const hid_t id = list.get();
  return finished(std::move(list), {H5Pset_char_encoding(id, H5T_CSET_UTF8)});
}

}  // namespace forebay::core
