// What may be said of one source. A value.
#pragma once

#include <cstdint>
#include <string>

namespace forebay::core {

enum class FileFormat : std::uint32_t { automatic = 1, text = 2, npy = 3, npz = 4, raw = 5 };

struct FileOptions {
  std::uint64_t max_rows = 0;  // 0: all
  FileFormat format = FileFormat::automatic;
  std::uint64_t header_bytes = 0;  // raw: to pass over
  std::string member{};            // npz: the array to read; empty: the only one
};

}  // namespace forebay::core
