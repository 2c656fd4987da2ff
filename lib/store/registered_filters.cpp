#include "store/registered_filters.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace forebay::core {
namespace {

// HDF5's buffer, exchanged for one with what `make` writes to so many bytes; 0: it failed, and the
// buffer is as it was.
template <typename Make>
std::size_t exchange(std::size_t most, std::size_t* room, void** buffer, Make make) noexcept try {
  if (most == 0) return 0;
  auto* out = static_cast<std::byte*>(H5allocate_memory(most, false));
  if (out == nullptr) return 0;
  const std::size_t bytes = make(std::span(out, most));
  if (bytes == 0) {
    H5free_memory(out);
    return 0;
  }
  H5free_memory(*buffer);
  *buffer = out;
  *room = most;
  return bytes;
} catch (...) {
  return 0;
}

// What blosc takes for an element. Longer ones it does not shuffle.
constexpr std::uint64_t kMostBloscElement = 255;
// The level of a blosc filter that tells none.
constexpr unsigned kBloscLevel = 5;

// Of a frame of zstd, lz4 or blosc, which tell it; 0: they do not.
std::size_t content_of(const codec::ChunkFilters& filters, std::span<const std::byte> packed) {
  if (filters.blosc != 0) return codec::blosc_content(packed);
  return filters.lz4 ? codec::lz4_content(packed) : codec::ZstdBlock::content(packed);
}

std::size_t apply(const codec::ChunkFilters& filters, unsigned flags, std::size_t bytes,
                  std::size_t* room, void** buffer, std::size_t element_bytes = 1) noexcept {
  const std::span<const std::byte> in(static_cast<const std::byte*>(*buffer), bytes);
  if ((flags & H5Z_FLAG_REVERSE) != 0) {
    return exchange(content_of(filters, in), room, buffer, [&](std::span<std::byte> out) {
      const Status decoded = codec::ChunkDecoder().decode(filters, 1, in, 0, out);
      return decoded.is_ok() ? out.size() : 0;
    });
  }
  // Packed into fewer bytes or not at all: HDF5 then stores it as it is.
  return exchange(bytes, room, buffer, [&](std::span<std::byte> out) -> std::size_t {
    Result<codec::ChunkEncoder> encoder = codec::ChunkEncoder::make(filters, bytes, element_bytes);
    if (!encoder.is_ok()) return 0;
    Result<codec::ChunkEncoder::Encoded> encoded = encoder->encode(in);
    if (!encoded.is_ok() || encoded->skipped != 0) return 0;
    std::memcpy(out.data(), encoded->bytes.data(), encoded->bytes.size());
    return encoded->bytes.size();
  });
}

extern "C" {

std::size_t forebay_zstd_filter(unsigned flags, std::size_t count, const unsigned* values,
                                std::size_t bytes, std::size_t* room, void** buffer) noexcept {
  codec::ChunkFilters filters;
  filters.zstd =
      count == 0 || values[0] == 0 || values[0] > codec::ChunkFilters::kMostZstd ? 3 : values[0];
  return apply(filters, flags, bytes, room, buffer);
}

std::size_t forebay_lz4_filter(unsigned flags, std::size_t, const unsigned*, std::size_t bytes,
                               std::size_t* room, void** buffer) noexcept {
  codec::ChunkFilters filters;
  filters.lz4 = true;
  return apply(filters, flags, bytes, room, buffer);
}

std::size_t forebay_blosc_filter(unsigned flags, std::size_t count, const unsigned* values,
                                 std::size_t bytes, std::size_t* room, void** buffer) noexcept {
  codec::ChunkFilters filters;
  filters.blosc = blosc_level(values, count);
  const std::size_t element = count > kBloscElementAt ? values[kBloscElementAt] : 1;
  return apply(filters, flags, bytes, room, buffer, element);
}

}  // extern "C"

Status register_one(H5Z_filter_t number, const char* name, H5Z_func_t function) {
  // A plugin of the host's comes first: it may know more parameters.
  if (H5Zfilter_avail(number) > 0) return Status::ok();
  const H5Z_class2_t filter{H5Z_CLASS_T_VERS, number, 1, 1, name, nullptr, nullptr, function};
  if (H5Zregister(&filter) >= 0) return Status::ok();
  return hdf5_status(FOREBAY_E_INTERNAL, std::string("cannot register the filter ") + name);
}

}  // namespace

std::array<unsigned, kBloscValues> blosc_values(std::uint32_t level, std::uint64_t element_bytes,
                                                std::uint64_t chunk_bytes) noexcept {
  constexpr unsigned kFilterVersion = 2;
  constexpr unsigned kFormatVersion = 2;
  constexpr unsigned kShuffle = 1;
  constexpr unsigned kLz4 = 1;
  const std::uint64_t element = element_bytes > kMostBloscElement ? 1 : element_bytes;
  return {kFilterVersion,
          kFormatVersion,
          static_cast<unsigned>(element),
          static_cast<unsigned>(chunk_bytes),
          level,
          kShuffle,
          kLz4};
}

std::uint32_t blosc_level(const unsigned* values, std::size_t count) noexcept {
  const unsigned level = count > kBloscLevelAt ? values[kBloscLevelAt] : kBloscLevel;
  // Level 0 is allowed, and means that bytes are only wrapped.
  return std::clamp(level, 1U, codec::ChunkFilters::kMostBlosc);
}

Status register_filters(const codec::ChunkFilters& filters) {
  if (filters.zstd != 0) FOREBAY_TRY(register_one(kZstdFilter, "zstd", forebay_zstd_filter));
  // Without the library there is nothing to give; a plugin may still read it.
  if (filters.lz4 && codec::has_lz4())
    FOREBAY_TRY(register_one(kLz4Filter, "lz4", forebay_lz4_filter));
  if (filters.blosc != 0 && codec::has_blosc())
    FOREBAY_TRY(register_one(kBloscFilter, "blosc", forebay_blosc_filter));
  return Status::ok();
}

}  // namespace forebay::core
