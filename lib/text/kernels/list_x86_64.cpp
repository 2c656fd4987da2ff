// The kernels of x86-64.
#include "text/kernels/kernels.hpp"

namespace forebay::core::text {

std::span<const ScanKernel> scan_kernels() noexcept {
  static constexpr ScanKernel kKernels[] = {{"sse2", sse2::count_lines},
                                            {"portable", portable::count_lines}};
  return kKernels;
}

}  // namespace forebay::core::text
