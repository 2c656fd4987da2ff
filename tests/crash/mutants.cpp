#include "mutants.hpp"

#include <algorithm>

namespace forebay::test {

bool Mutant::belongs_to(const std::string& workload) const {
  return workloads.empty() ||
         std::find(workloads.begin(), workloads.end(), workload) != workloads.end();
}

const std::vector<Mutant>& mutants() {
  static const std::vector<Mutant> kMutants;
  return kMutants;
}

}  // namespace forebay::test
