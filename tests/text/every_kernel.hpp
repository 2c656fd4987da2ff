// Runs a file's tests once for each kernel that this machine can run, the scalar one among them.
#pragma once

#include <cstddef>
#include <cstdio>

#include "support/check.hpp"
#include "text/kernels/kernels.hpp"

namespace forebay::test {

template <std::size_t kTests>
int run_with_every_kernel(const CMUnitTest (&tests)[kTests]) {
  int failed = 0;
  for (const core::text::Kernel& kernel : core::text::all_kernels()) {
    const bool runs = core::text::force_kernel(kernel.name);
    std::printf("kernel %s%s\n", kernel.name, runs ? "" : ": not on this machine");
    if (!runs) continue;
    std::fflush(stdout);
    failed += _cmocka_run_group_tests(kernel.name, tests, kTests, nullptr, nullptr);
  }
  return failed;
}

}  // namespace forebay::test
