// Lives with a barrier broken on purpose, until a crash shows what that does.
#include <cstdio>

#include "exploration.hpp"
#include "mutants.hpp"

namespace forebay::test {
namespace {

struct Search {
  std::uint64_t states = 0;
  std::string found{};  // empty: nothing
};

// "whole-chunks 30.193: unreadable: ...", of the first state that is not right.
std::string first_failure(const Workload& workload, const Tally& tally) {
  std::string text = tally.failures.empty() ? "" : tally.failures[0];
  return std::string(workload.name) + " " + text.substr(0, text.find_first_of(";("));
}

Search search(const Mutant& mutant, Arguments arguments) {
  arguments.campaign.stop_at_failure = true;
  arguments.nested = mutant.nested;
  // Why: a state of many nested ones takes its time, and is no hang of HDF5.
  arguments.campaign.deadline_seconds *= 1 + static_cast<unsigned>(mutant.nested);
  arguments.campaign.traits.journal_harm = mutant.journal_harm;
  Search done;
  for (const Workload& workload : workloads()) {
    if (!takes_part(workload, arguments)) continue;
    if (arguments.workload.empty() && !mutant.belongs_to(workload.name)) continue;
    const Exploration exploration(workload, arguments, mutant.rule);
    if (!exploration.lived()) {
      done.found = std::string(workload.name) + ": " + exploration.message();
      return done;
    }
    const Tally tally = exploration.run();
    done.states += tally.states() + tally.nested;
    if (tally.wrong() != 0) {
      done.found = first_failure(workload, tally);
      return done;
    }
  }
  return done;
}

const char* outcome_of(const Mutant& mutant, bool is_caught) {
  if (mutant.harmless == nullptr) return is_caught ? "caught" : "SURVIVES";
  return is_caught ? "IS NOT HARMLESS" : "harmless";
}

}  // namespace

int explore_mutants(const Arguments& arguments) {
  std::size_t caught = 0;
  std::size_t harmless = 0;
  std::size_t wrong = 0;
  std::printf("| mutant | | states | what is found, or why nothing is |\n|---|---|---|---|\n");
  for (const Mutant& mutant : mutants()) {
    if (arguments.mutant != "all" && arguments.mutant != mutant.name) continue;
    const Search done = search(mutant, arguments);
    const bool is_caught = !done.found.empty();
    std::size_t& count = is_caught != (mutant.harmless == nullptr) ? wrong
                         : is_caught                               ? caught
                                                                   : harmless;
    ++count;
    const std::string reason = mutant.harmless != nullptr ? mutant.harmless : "";
    std::printf("| %s | %s | %llu | %s |\n", mutant.name, outcome_of(mutant, is_caught),
                static_cast<unsigned long long>(done.states),
                is_caught ? done.found.c_str() : reason.c_str());
    std::fflush(stdout);
  }
  std::printf("%zu mutants caught, %zu harmless for a reason, %zu wrong, seed %llu\n", caught,
              harmless, wrong, static_cast<unsigned long long>(arguments.campaign.seed));
  return wrong == 0 ? 0 : 1;
}

}  // namespace forebay::test
