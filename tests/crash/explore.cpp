// The state explorer: records the life of a file, crashes it after every operation, and judges what
// is found. `explore --help` says how one state is replayed.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

#include "exploration.hpp"
#include "faults.hpp"
#include "mutants.hpp"

namespace forebay::test {
namespace {

constexpr const char* kHelp =
    "explore [options]: crashes the lives of files in memory and judges what is found\n"
    "  --writer W     store (default), stock, stock-earliest, stock-swmr\n"
    "  --workload W   one of --list; all of them by default\n"
    "  --seed S       of the rows' numbers and of the states; 1 by default\n"
    "  --power N      power-loss states of each workload\n"
    "  --no-kills     leaves out the kill states, which are otherwise all taken\n"
    "  --nested N     crashes within the life after each state, three deep\n"
    "  --gentle       sectors are written or not: no zeros, no garbage\n"
    "  --faults N     instead: lives in which one operation fails, or all from one on\n"
    "  --ways W       only those ways to fail that have W in their name, such as pages\n"
    "  --fault F      judges only that life, and says all about it\n"
    "  --state P.V    judges only variant V after P operations, and says all about it\n"
    "  --mutant M     breaks a barrier on purpose: succeeds if that is caught; `all` for each\n"
    "  --jobs N       worker processes\n"
    "  --deadline S   seconds for each state\n"
    "  --table        a row of a table for each workload\n"
    "  --list         workloads and mutants\n";

// "12 / 3 / 0 / 0": the counts by verdict.
std::string counts_of(const std::array<std::uint64_t, kVerdicts>& counts) {
  std::string text;
  for (const std::uint64_t one : counts) {
    text += (text.empty() ? "" : " | ") + std::to_string(one);
  }
  return text;
}

void print_tally(const char* name, const Tally& tally, const Arguments& arguments) {
  std::printf("| %s | %s | %s | %s | %s | %s |\n", arguments.writer.c_str(), name,
              counts_of(tally.kill).c_str(), counts_of(tally.power).c_str(),
              std::to_string(tally.nested).c_str(), std::to_string(tally.crashed).c_str());
  if (arguments.table) return;
  for (const std::string& text : tally.failures) {
    std::printf("  %s\n", text.c_str());
    std::printf(
        "  replay: explore --writer %s --workload %s --seed %llu --nested %llu --state %s\n",
        arguments.writer.c_str(), name, static_cast<unsigned long long>(arguments.campaign.seed),
        static_cast<unsigned long long>(arguments.nested), text.substr(0, text.find(':')).c_str());
  }
}

void print_head() {
  std::printf(
      "| writer | workload | kill: right | unreadable | lost | wrong "
      "| power: right | unreadable | lost | wrong | nested | crashed |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|---|\n");
}

int explore_all(const Arguments& arguments) {
  print_head();
  Tally sum;
  bool lived = true;
  for (const Workload& workload : workloads()) {
    if (!takes_part(workload, arguments)) continue;
    const Exploration exploration(workload, arguments);
    if (!exploration.lived()) {
      std::printf("%s could not be lived: %s\n", workload.name, exploration.message().c_str());
      lived = false;
      continue;
    }
    const Tally tally = exploration.run();
    print_tally(workload.name, tally, arguments);
    std::fflush(stdout);
    sum.add(tally);
  }
  sum.failures.clear();
  print_tally("all", sum, arguments);
  std::printf("%llu states and %llu nested ones, seed %llu\n",
              static_cast<unsigned long long>(sum.states()),
              static_cast<unsigned long long>(sum.nested),
              static_cast<unsigned long long>(arguments.campaign.seed));
  const bool judged = arguments.writer != "store" || sum.wrong() == 0;
  return lived && judged && sum.states() != 0 ? 0 : 1;
}

int replay(const Arguments& arguments) {
  for (const Workload& workload : workloads()) {
    if (!takes_part(workload, arguments)) continue;
    const Exploration exploration(workload, arguments);
    const std::vector<DiskOperation>& log = exploration.storage().log();
    const std::size_t position = std::min(arguments.state->position, log.size());
    for (std::size_t i = position < 30 ? 0 : position - 30; i < position; ++i) {
      std::printf("%4zu %s\n", i + 1, describe(log[i]).c_str());
    }
    CrashWalk walk(exploration.storage().initial(), log, arguments.campaign.traits);
    walk.go_to(position);
    std::printf("%zu unsynced; the file may hold:\n", walk.unsynced());
    for (const Model& model : exploration.life().allowed_at(position)) {
      std::printf("  %s%s\n", model.exists ? "" : "nothing ", text_of_model(model).c_str());
    }
    const std::uint64_t seed = seed_of_state(arguments.campaign.seed, *arguments.state);
    const Judgement judgement = exploration.judge(
        StatesHere(walk).state(arguments.state->variant, arguments.campaign.seed), position, seed);
    std::printf("%s %s\n", name_of(judgement.verdict), judgement.text.c_str());
    return judgement.verdict == Verdict::right ? 0 : 1;
  }
  return 2;
}

int list() {
  for (const Workload& workload : workloads()) std::printf("workload %s\n", workload.name);
  for (const Mutant& mutant : mutants()) std::printf("mutant %s\n", mutant.name);
  return 0;
}

std::optional<StateNumber> parse_state(const char* text) {
  char* rest = nullptr;
  const unsigned long long position = std::strtoull(text, &rest, 10);
  if (*rest != '.') return std::nullopt;
  return StateNumber{static_cast<std::size_t>(position), std::strtoull(rest + 1, nullptr, 10)};
}

bool take(Arguments* arguments, std::string_view name, const char* value) {
  const auto number = [&] { return std::strtoull(value, nullptr, 10); };
  CampaignOptions& campaign = arguments->campaign;
  if (name == "--writer")
    arguments->writer = value;
  else if (name == "--workload")
    arguments->workload = value;
  else if (name == "--mutant")
    arguments->mutant = value;
  else if (name == "--state")
    arguments->state = parse_state(value);
  else if (name == "--seed")
    campaign.seed = number();
  else if (name == "--power")
    campaign.power = number();
  else if (name == "--nested")
    arguments->nested = number();
  else if (name == "--faults")
    arguments->faults = number();
  else if (name == "--fault")
    arguments->fault = number();
  else if (name == "--ways")
    arguments->ways = value;
  else if (name == "--jobs")
    campaign.jobs = static_cast<unsigned>(number());
  else if (name == "--deadline")
    campaign.deadline_seconds = static_cast<unsigned>(number());
  else
    return false;
  return true;
}

int run(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--list") return list();
    if (name == "--table") {
      arguments.table = true;
    } else if (name == "--gentle") {
      arguments.campaign.traits.spoils = false;
    } else if (name == "--no-kills") {
      arguments.campaign.kills = false;
    } else if (i + 1 == argc || !take(&arguments, name, argv[i + 1])) {
      std::fputs(kHelp, name == "--help" ? stdout : stderr);
      return name == "--help" ? 0 : 2;
    } else {
      ++i;
    }
  }
  if (arguments.fault) return replay_fault(arguments);
  if (arguments.faults != 0) return explore_faults(arguments);
  if (arguments.state) return replay(arguments);
  return arguments.mutant.empty() ? explore_all(arguments) : explore_mutants(arguments);
}

}  // namespace
}  // namespace forebay::test

int main(int argc, char** argv) {
  return forebay::test::run(argc, argv);
}
