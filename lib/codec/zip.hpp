// The framing of zip files, zip64 among it, as .npz files need it. Pure functions on bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/base.hpp"
#include "codec/codec.hpp"

namespace forebay::core::codec {

// The end of a zip file: so many bytes hold what tells where its directory is.
constexpr std::size_t kZipTail = 22 + 65535 + 20 + 56;
constexpr std::size_t kZipLocalHeader = 30;

struct ZipDirectory {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  // at most 16 MiB
  std::uint64_t entries = 0;
};
// `tail`: the last bytes of a file of `file_bytes`, kZipTail or all of it.
Result<ZipDirectory> find_zip_directory(std::span<const std::byte> tail, std::uint64_t file_bytes);

struct ZipMember {
  std::string name{};
  bool is_deflated = false;  // else stored
  std::uint32_t checksum = 0;
  std::uint64_t packed_bytes = 0;
  std::uint64_t bytes = 0;
  std::uint64_t header_offset = 0;  // of its local header
};
// Members that are encrypted or compressed by another method are named in the failure.
Result<std::vector<ZipMember>> parse_zip_directory(std::span<const std::byte> bytes,
                                                   const ZipDirectory& directory);

// Where the member's bytes begin in the file: `local` are the kZipLocalHeader bytes at its
// header_offset. They lie wholly before the directory.
Result<std::uint64_t> zip_data_offset(std::span<const std::byte> local, const ZipMember& member,
                                      const ZipDirectory& directory);

// Decodes a member's bytes and checks their number and their checksum.
std::unique_ptr<Decoder> make_zip_decoder(const ZipMember& member, std::uint64_t data_offset);

}  // namespace forebay::core::codec
