// The kernels that count record starts in text without quotes, one for each instruction set, best
// first. The last, the portable one, is the reference: all must return the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "text/machine.hpp"

namespace forebay::core::text {

struct LineCounts {
  std::uint64_t newlines = 0;
  std::uint64_t rows =
      0;  // records that begin in the text, its first byte being a record start, and are rows
};

struct ScanKernel {
  const char* name;
  // data[0, size) holds no quote that counts. `readable` as for scan().
  LineCounts (*count_lines)(const Machine& machine, const char* data, std::size_t size,
                            std::size_t readable);
};

std::span<const ScanKernel> scan_kernels() noexcept;

namespace portable {
LineCounts count_lines(const Machine& machine, const char* data, std::size_t size,
                       std::size_t readable);
}
namespace sse2 {
LineCounts count_lines(const Machine& machine, const char* data, std::size_t size,
                       std::size_t readable);
}

}  // namespace forebay::core::text
