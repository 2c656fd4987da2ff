// Lives in which an operation on the disk fails, once or with all that come after it, in each way
// that it can. What the store promised before and says about the failure must be true of the file.
// Thread rule: one thread.
#pragma once

#include "exploration.hpp"

namespace forebay::test {

// All workloads; `arguments.faults` lives of each, drawn by the seed, or all if there are no more.
// The exit code.
int explore_faults(const Arguments& arguments);
int replay_fault(const Arguments& arguments);

}  // namespace forebay::test
