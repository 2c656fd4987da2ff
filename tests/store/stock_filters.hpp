// The registered filters of zstd, lz4 and blosc as their plugins have them, written from the
// formats' descriptions and apart from lib/: for reading what the store wrote, and for writing what
// it reads.
#pragma once

#include <blosc.h>
#include <lz4.h>
#include <zstd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "store/hdf5.hpp"

namespace forebay::test {

// How often a plugin was asked to decode.
inline int& decoded_chunks() {
  static int count = 0;
  return count;
}

using Bytes = std::vector<unsigned char>;

inline std::uint64_t big_endian(const unsigned char* from, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value * 256 + from[i];
  return value;
}

inline void add_big_endian(Bytes& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<unsigned char>(value >> shift));
}

inline Bytes plugin_zstd(bool decodes, const Bytes& in, const unsigned* values, std::size_t count) {
  const auto content = decodes ? ZSTD_getFrameContentSize(in.data(), in.size()) : 0;
  Bytes out(decodes ? content : ZSTD_compressBound(in.size()));
  const int level = count > 0 ? static_cast<int>(values[0]) : 3;
  const std::size_t got = decodes
                              ? ZSTD_decompress(out.data(), out.size(), in.data(), in.size())
                              : ZSTD_compress(out.data(), out.size(), in.data(), in.size(), level);
  out.resize(ZSTD_isError(got) != 0 ? 0 : got);
  return out;
}

inline Bytes plugin_lz4_decoded(const Bytes& in) {
  Bytes out(big_endian(in.data(), 8));
  std::size_t block = std::min<std::size_t>(big_endian(&in[8], 4), out.size());
  const unsigned char* from = &in[12];
  for (std::size_t done = 0; done < out.size(); done += block) {
    block = std::min(block, out.size() - done);
    const std::size_t packed = big_endian(from, 4);
    from += 4;
    if (packed == block) {
      std::memcpy(&out[done], from, block);
    } else if (LZ4_decompress_safe(reinterpret_cast<const char*>(from),
                                   reinterpret_cast<char*>(&out[done]), static_cast<int>(packed),
                                   static_cast<int>(block)) != static_cast<int>(block)) {
      return {};
    }
    from += packed;
  }
  return out;
}

inline Bytes plugin_lz4_encoded(const Bytes& in, std::size_t block) {
  Bytes out;
  add_big_endian(out, in.size(), 8);
  add_big_endian(out, std::min(block, in.size()), 4);
  for (std::size_t done = 0; done < in.size(); done += block) {
    const std::size_t bytes = std::min(block, in.size() - done);
    Bytes packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(bytes))));
    const int got = LZ4_compress_default(reinterpret_cast<const char*>(&in[done]),
                                         reinterpret_cast<char*>(packed.data()),
                                         static_cast<int>(bytes), static_cast<int>(packed.size()));
    packed.resize(static_cast<std::size_t>(got));
    if (packed.size() >= bytes) packed.assign(&in[done], &in[done] + bytes);
    add_big_endian(out, packed.size(), 4);
    out.insert(out.end(), packed.begin(), packed.end());
  }
  return out;
}

// The values as the plugin documents them: element, chunk, level, shuffle and compressor from the
// third on.
inline Bytes plugin_blosc(bool decodes, const Bytes& in, const unsigned* values,
                          std::size_t count) {
  std::size_t content = 0;
  std::size_t packed = 0;
  std::size_t block = 0;
  if (decodes) {
    blosc_cbuffer_sizes(in.data(), &content, &packed, &block);
    Bytes out(content);
    const int got = blosc_decompress_ctx(in.data(), out.data(), out.size(), 1);
    out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return out;
  }
  const char* name = BLOSC_BLOSCLZ_COMPNAME;
  if (count > 6 && blosc_compcode_to_compname(static_cast<int>(values[6]), &name) < 0) return {};
  Bytes out(in.size());
  const int got = blosc_compress_ctx(count > 4 ? static_cast<int>(values[4]) : 5,
                                     count > 5 ? static_cast<int>(values[5]) : 1, values[2],
                                     in.size(), in.data(), out.data(), out.size(), name, 0, 1);
  out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return out;
}

inline std::size_t give_back(const Bytes& made, std::size_t* room, void** buffer) {
  if (made.empty()) return 0;
  void* out = H5allocate_memory(made.size(), false);
  std::memcpy(out, made.data(), made.size());
  H5free_memory(*buffer);
  *buffer = out;
  *room = made.size();
  return made.size();
}

template <typename Make>
std::size_t run_plugin(unsigned flags, std::size_t bytes, std::size_t* room, void** buffer,
                       Make make) {
  const bool decodes = (flags & H5Z_FLAG_REVERSE) != 0;
  if (decodes) ++decoded_chunks();
  const auto* first = static_cast<const unsigned char*>(*buffer);
  return give_back(make(decodes, Bytes(first, first + bytes)), room, buffer);
}

extern "C" inline std::size_t forebay_test_zstd(unsigned flags, std::size_t count,
                                                const unsigned* values, std::size_t bytes,
                                                std::size_t* room, void** buffer) {
  return run_plugin(flags, bytes, room, buffer, [&](bool decodes, const Bytes& in) {
    return plugin_zstd(decodes, in, values, count);
  });
}

extern "C" inline std::size_t forebay_test_lz4(unsigned flags, std::size_t count,
                                               const unsigned* values, std::size_t bytes,
                                               std::size_t* room, void** buffer) {
  return run_plugin(flags, bytes, room, buffer, [&](bool decodes, const Bytes& in) {
    const std::size_t block = count > 0 && values[0] > 0 ? values[0] : std::size_t{1} << 30U;
    return decodes ? plugin_lz4_decoded(in) : plugin_lz4_encoded(in, block);
  });
}

extern "C" inline std::size_t forebay_test_blosc(unsigned flags, std::size_t count,
                                                 const unsigned* values, std::size_t bytes,
                                                 std::size_t* room, void** buffer) {
  return run_plugin(flags, bytes, room, buffer, [&](bool decodes, const Bytes& in) {
    return plugin_blosc(decodes, in, values, count);
  });
}

// Takes the place of whatever HDF5 has under these numbers.
inline bool register_plugins() {
  const H5Z_class2_t zstd{H5Z_CLASS_T_VERS, 32015,   1,       1,
                          "test zstd",      nullptr, nullptr, forebay_test_zstd};
  const H5Z_class2_t lz4{H5Z_CLASS_T_VERS, 32004,   1,       1,
                         "test lz4",       nullptr, nullptr, forebay_test_lz4};
  const H5Z_class2_t blosc{H5Z_CLASS_T_VERS, 32001,   1,       1,
                           "test blosc",     nullptr, nullptr, forebay_test_blosc};
  return H5Zregister(&zstd) >= 0 && H5Zregister(&lz4) >= 0 && H5Zregister(&blosc) >= 0;
}

}  // namespace forebay::test
