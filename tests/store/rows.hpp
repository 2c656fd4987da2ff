// Rows of known values for the tests of store.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace forebay::test {

inline core::DtypeRef parse(const char* text) {
  return core::Dtype::parse(text).value();
}

// The record of these tests: a row number and its square, 12 bytes.
inline core::DtypeRef counted() {
  return parse("n:i4,square:f8");
}

inline std::vector<std::byte> counted_rows(std::uint64_t first, std::uint64_t rows) {
  std::vector<std::byte> bytes(rows * 12);
  for (std::uint64_t i = 0; i < rows; ++i) {
    const auto number = static_cast<std::int32_t>(first + i);
    const double square = static_cast<double>(number) * number;
    std::memcpy(&bytes[i * 12], &number, 4);
    std::memcpy(&bytes[i * 12 + 4], &square, 8);
  }
  return bytes;
}

// The same rows as tab-separated text.
inline std::string counted_text(std::uint64_t first, std::uint64_t rows) {
  std::string text;
  for (std::uint64_t i = first; i < first + rows; ++i)
    text += std::to_string(i) + "\t" + std::to_string(i * i) + "\n";
  return text;
}

inline core::Status append(core::Table& table, std::uint64_t first, std::uint64_t rows) {
  const std::vector<std::byte> bytes = counted_rows(first, rows);
  return table.append_rows(bytes);
}

// Whether rows [first, first + rows) read back as counted_rows() made them.
inline bool holds(core::Table& table, std::uint64_t first, std::uint64_t rows) {
  std::vector<std::byte> bytes(rows * 12);
  core::Result<std::uint64_t> got = table.read(first, rows, bytes.data());
  return got.is_ok() && *got == rows && bytes == counted_rows(first, rows);
}

inline core::StoreOptions with_mode(core::StoreMode mode) {
  core::StoreOptions options;
  options.mode = mode;
  return options;
}

}  // namespace forebay::test
