// The kernels of x86-64.
#include "text/kernels/kernels.hpp"

namespace forebay::core::text {

std::span<const Kernel> all_kernels() noexcept {
  static const Kernel kKernels[] = {avx512::kKernel, avx2::kKernel, sse2::kKernel,
                                    portable::kKernel, scalar::kKernel};
  return kKernels;
}

}  // namespace forebay::core::text
