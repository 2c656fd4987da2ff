// The kernels of machines for which there is no special one.
#include "text/kernels/kernels.hpp"

namespace forebay::core::text {

std::span<const Kernel> all_kernels() noexcept {
  static const Kernel kKernels[] = {portable::kKernel, scalar::kKernel};
  return kKernels;
}

}  // namespace forebay::core::text
