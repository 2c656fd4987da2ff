// The kernels of machines for which there is no special one.
#include "text/kernels/kernels.hpp"

namespace forebay::core::text {

std::span<const ScanKernel> scan_kernels() noexcept {
  static constexpr ScanKernel kKernels[] = {{"portable", portable::count_lines}};
  return kKernels;
}

}  // namespace forebay::core::text
