// Asks a child of its own what a source is. The samples never meet this process: it reads the
// child's answer, which is checked. One thread; blocks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/base.hpp"
#include "dtype/dtype.hpp"
#include "wire/wire.hpp"

namespace forebay::core {

struct SniffOptions {
  wire::SniffRequest request{};
  std::string program{};
  std::uint32_t start_timeout_ms = 30'000;
  std::uint32_t timeout_ms = 60'000;
  bool inherit_error_output = false;
};

// What a source is guessed to be; the meaning of the fields is that of wire::Sniffed.
struct SniffReport {
  std::uint32_t delimiter = 0;
  std::uint32_t quote = 0;
  std::uint32_t decimal = '.';
  std::uint32_t skip_rows = 0;
  bool has_header = false;
  std::uint32_t confidence = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::string comment{};
  std::string na{};
  std::vector<std::string> notes{};
  DtypeRef dtype{};
};

Result<SniffReport> sniff_file(const std::string& path, const SniffOptions& options);

}  // namespace forebay::core
