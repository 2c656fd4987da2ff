// The header of an .npy file. Pure functions on bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/base.hpp"

namespace forebay::core::codec {

// No header that numpy writes for a dtype of ours is as long.
constexpr std::size_t kNpyMaxHeader = 1U << 20U;
// As many bytes as tell how long the header is.
constexpr std::size_t kNpyPrelude = 12;

struct NpyHeader {
  std::string descr{};  // the Python literal of its dtype
  bool fortran_order = false;
  std::vector<std::uint64_t> shape{};
  std::uint64_t data_offset = 0;  // in the .npy file
};

// How long the header is with all before it, from its first kNpyPrelude bytes (fewer at the end of
// the file). FOREBAY_E_FORMAT, FOREBAY_E_LIMIT.
Result<std::size_t> npy_header_bytes(std::span<const std::byte> prelude);
// `header`: just so many bytes.
Result<NpyHeader> parse_npy_header(std::span<const std::byte> header);

}  // namespace forebay::core::codec
