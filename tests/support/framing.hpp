// Writes the containers that the loader takes apart: bgzf blocks, .npy headers, zip files.
#pragma once

#include <libdeflate.h>

#include <cstdint>
#include <string>
#include <vector>

namespace forebay::test {

inline std::string little(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

inline std::string deflated(const std::string& data) {
  libdeflate_compressor* const compressor = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_deflate_compress_bound(compressor, data.size()), '\0');
  out.resize(
      libdeflate_deflate_compress(compressor, data.data(), data.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

inline std::string bgzf_block(const std::string& data) {
  const std::string packed = deflated(data);
  return std::string("\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0", 16) +
         little(packed.size() + 25, 2) + packed +
         little(libdeflate_crc32(0, data.data(), data.size()), 4) + little(data.size(), 4);
}

inline std::string bgzf_end_marker() {
  return std::string("\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0\x1b\0\x03\0", 20) +
         std::string(8, '\0');
}

inline std::string pack_bgzf(const std::string& data, std::size_t block_bytes) {
  std::string out;
  for (std::size_t at = 0; at < data.size(); at += block_bytes)
    out += bgzf_block(data.substr(at, block_bytes));
  return out + bgzf_end_marker();
}

inline std::string npy_header(const std::string& dictionary) {
  std::string text = dictionary;
  while ((10 + text.size() + 1) % 64 != 0) text.push_back(' ');
  return std::string("\x93NUMPY\x01\0", 8) + little(text.size() + 1, 2) + text + "\n";
}

inline std::string pack_npy(const std::string& descr, std::uint64_t rows, const std::string& data) {
  return npy_header("{'descr': " + descr + ", 'fortran_order': False, 'shape': (" +
                    std::to_string(rows) + ",), }") +
         data;
}

struct ZipInput {
  std::string name{};
  std::string data{};
  bool is_deflated = true;
};

inline std::string pack_zip(const std::vector<ZipInput>& members) {
  std::string out;
  std::string directory;
  for (const ZipInput& member : members) {
    const std::string packed = member.is_deflated ? deflated(member.data) : member.data;
    const std::string common =
        little(20, 2) + little(0, 2) + little(member.is_deflated ? 8 : 0, 2) + little(0, 4) +
        little(libdeflate_crc32(0, member.data.data(), member.data.size()), 4) +
        little(packed.size(), 4) + little(member.data.size(), 4) + little(member.name.size(), 2) +
        little(0, 2);
    directory += "PK\x01\x02" + little(20, 2) + common + std::string(10, '\0') +
                 little(out.size(), 4) + member.name;
    out += "PK\x03\x04" + common + member.name + packed;
  }
  return out + directory + "PK\x05\x06" + little(0, 4) + little(members.size(), 2) +
         little(members.size(), 2) + little(directory.size(), 4) + little(out.size(), 4) +
         little(0, 2);
}

}  // namespace forebay::test
