// An array that is handed to another process: the bytes of its memfd, which
// docs/format/shared_array.md describes. Both ends run on one machine, so integers are in the
// machine's byte order; `byte_order` says so. The header, then the dtype's text, zeros up to a page
// boundary, then the rows as in a block.
#pragma once

#include <cstddef>
#include <cstdint>

namespace forebay::core::shared {

constexpr char kMagic[8] = {'F', 'B', 'A', 'R', 'R', 'A', 'Y', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kByteOrder = 0x01020304U;
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kMostDtypeBytes = std::uint64_t{1} << 26U;

struct Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t byte_order;
  std::uint32_t header_bytes;  // of this struct: where the dtype's text begins
  std::uint32_t layout;        // Layout
  std::uint64_t total_bytes;   // of the memfd
  std::uint64_t dtype_bytes;   // of the text, without an end
  std::uint64_t data_offset;   // of the rows: the end of the text, up to a page boundary
  std::uint64_t data_bytes;    // of the rows, whole pages: total_bytes - data_offset
  std::uint64_t rows;
  std::uint64_t row_bytes;    // of a packed row
  std::uint64_t first_row;    // number of row 0 in the source it came from
  std::uint64_t generation;   // how many arrays the process had shared, this one included
  std::uint64_t schema_hash;  // hash64 of the dtype's text
  std::uint64_t header_hash;  // hash64 of this struct with this field zero
};

static_assert(sizeof(Header) == 104 && offsetof(Header, header_bytes) == 16 &&
              offsetof(Header, total_bytes) == 24 && offsetof(Header, rows) == 56 &&
              offsetof(Header, header_hash) == 96);

}  // namespace forebay::core::shared
