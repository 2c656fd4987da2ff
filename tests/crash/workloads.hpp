// The workloads of the explorer: small files whose lives take every path of the store.
#pragma once

#include <span>

#include "life.hpp"

namespace forebay::test {

struct Workload {
  const char* name;
  void (*script)(Life& life);
  WriterOptions options{};
  // What of stock HDF5 can do the same steps; plain and earliest always can, but not what dies.
  bool for_stock = true;
  bool for_swmr = false;
};

std::span<const Workload> workloads();

}  // namespace forebay::test
