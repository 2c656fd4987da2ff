#include "cat_npy.hpp"

#include <algorithm>

#include "table_rows.hpp"

namespace forebay::cli {
namespace {

// The dimensions behind the rows: those of a bare dtype's sub-array.
std::string shape_of(const forebay_dtype* dtype, std::uint64_t rows) {
  std::string shape = "(" + std::to_string(rows) + ",";
  if (forebay_dtype_is_record(dtype) == 0) {
    const forebay_dtype_field field = fields_of(dtype).front();
    for (std::uint32_t i = 0; i < field.rank; ++i)
      shape += ' ' + std::to_string(field.shape[i]) + ',';
  }
  return shape + ")";
}

// A bare dtype with a shape is "('<f4', (721, 1440))", of which the first part is wanted.
std::string descr_of(const forebay_dtype* dtype) {
  const std::string descr = forebay_dtype_descr(dtype);
  if (descr.empty() || descr[0] != '(') return descr;
  return descr.substr(1, descr.find(',') - 1);
}

// Version 3 has UTF-8, version 2 a longer header, version 1 is read by every program.
int version_of(const std::string& text) {
  constexpr std::size_t kMostOfVersion1 = 65000;
  const bool is_ascii = std::all_of(
      text.begin(), text.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
  return !is_ascii ? 3 : text.size() > kMostOfVersion1 ? 2 : 1;
}

}  // namespace

std::string npy_header(const forebay_dtype* dtype, std::uint64_t rows) {
  constexpr std::size_t kAlignment = 64;
  std::string text = "{'descr': " + descr_of(dtype) +
                     ", 'fortran_order': False, 'shape': " + shape_of(dtype, rows) + ", }";
  const int version = version_of(text);
  const std::size_t prelude = version == 1 ? 10 : 12;
  const std::size_t used = prelude + text.size() + 1;
  text.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  text += '\n';
  std::string out = "\x93NUMPY";
  out += static_cast<char>(version);
  out += '\0';
  for (std::size_t i = 0; i < prelude - 8; ++i)
    out += static_cast<char>((text.size() >> (8 * i)) & 0xffU);
  return out + text;
}

}  // namespace forebay::cli
