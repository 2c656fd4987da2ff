// Barriers and orders of the store that are broken on purpose, as rules on the recorded storage:
// the suite must see that each of them is gone, or it proves nothing. Thread rule: values.
#pragma once

#include <string>
#include <vector>

#include "judge.hpp"

namespace forebay::test {

struct Mutant {
  const char* name;
  RuleMaker rule{};                      // none: only the disk is another one
  std::vector<std::string> workloads{};  // where it shows; empty: any
  std::uint64_t nested = 0;              // for what shows only in a crash after a crash
  std::uint64_t journal_harm = DiskTraits{}.journal_harm;
  // Why it does no harm; null: it must be caught.
  const char* harmless = nullptr;

  [[nodiscard]] bool belongs_to(const std::string& workload) const;
};

const std::vector<Mutant>& mutants();

// Whether each is caught, or does no harm for the reason that it has; as rows of a table. An exit
// code.
struct Arguments;
int explore_mutants(const Arguments& arguments);

}  // namespace forebay::test
