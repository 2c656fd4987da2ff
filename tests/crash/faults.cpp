#include "faults.hpp"

#include <algorithm>
#include <cstdio>

namespace forebay::test {
namespace {

// A way to fail. `fate` for writes and what is like them; a sync, a name or a read does nothing.
struct Way {
  const char* name;
  Fate fate;
  int os_errno;
  bool ever;
  bool (*can)(DiskAction action);
};

bool anything(DiskAction) {
  return true;
}
bool needs_room(DiskAction action) {
  return action == DiskAction::write || action == DiskAction::resize ||
         action == DiskAction::link || action == DiskAction::allocate;
}
bool is_write(DiskAction action) {
  return action == DiskAction::write;
}
bool is_sync(DiskAction action) {
  return action == DiskAction::sync;
}
bool is_change(DiskAction action) {
  return action == DiskAction::write || action == DiskAction::resize || is_sync(action);
}

constexpr Way kWays[] = {
    {"EIO once", Fate::failed, EIO, false, anything},
    {"EIO for ever", Fate::failed, EIO, true, anything},
    {"a short write, then EIO once", Fate::failed, EIO, false, is_write},
    {"EINTR once", Fate::failed, EINTR, false, anything},
    {"ENOSPC once", Fate::refused, ENOSPC, false, needs_room},
    {"ENOSPC after a half once", Fate::failed, ENOSPC, false, is_write},
    {"ENOSPC for ever", Fate::refused, ENOSPC, true, needs_room},
    {"EDQUOT once", Fate::refused, EDQUOT, false, needs_room},
    {"sync fails once, pages clean and new", Fate::sync_keeps_new, EIO, false, is_sync},
    {"syncs fail for ever, pages clean and new", Fate::sync_keeps_new, EIO, true, is_sync},
    {"sync fails once, pages clean and old", Fate::sync_shows_old, EIO, false, is_sync},
    {"syncs fail for ever, pages clean and old", Fate::sync_shows_old, EIO, true, is_sync},
    {"pages were lost, told by the next sync", Fate::lost_before, EIO, false, is_change},
};

struct Fault {
  std::size_t operation;
  const Way* way;
};

// Fails operation number `at`, and those after it that can fail so too.
RuleMaker failing(const Fault& fault) {
  return [fault] {
    return [fault, at = std::size_t{0}](DiskOperation& operation) mutable {
      const std::size_t number = at++;
      const Way& way = *fault.way;
      const bool hit = number == fault.operation || (way.ever && number > fault.operation);
      if (!hit || !way.can(operation.action)) return Fate::done;
      operation.os_errno = way.os_errno;
      const bool whole = way.fate == Fate::failed && operation.action != DiskAction::write;
      return whole ? Fate::refused : way.fate;
    };
  };
}

// Where nothing is synced, what a disk loses is lost as by a power loss.
bool is_promised(const Way& way, const Workload& workload) {
  return !workload.options.ordered || way.fate == Fate::failed || way.fate == Fate::refused;
}

// Every operation of a workload's life with every way in which it can fail.
std::vector<Fault> faults_of(const Workload& workload, const Arguments& arguments) {
  auto seen = std::make_shared<std::vector<DiskAction>>();
  const Exploration whole(workload, arguments, [seen] {
    return [seen](const DiskOperation& operation) {
      seen->push_back(operation.action);
      return Fate::done;
    };
  });
  std::vector<Fault> all;
  for (std::size_t i = 0; i < seen->size(); ++i) {
    for (const Way& way : kWays) {
      const bool is_wanted = std::string(way.name).find(arguments.ways) != std::string::npos;
      if (is_wanted && is_promised(way, workload) && way.can((*seen)[i])) all.push_back({i, &way});
    }
  }
  return all;
}

constexpr std::uint64_t kPowerLosses = 2;

Judgement judge_life(const Workload& workload, const Arguments& arguments,
                     const std::vector<Fault>& faults, std::size_t number) {
  const std::uint64_t seed = arguments.campaign.seed + number;
  Exploration life(workload, arguments, failing(faults[number]));
  life.end();
  if (!life.life().broken_contract().empty()) {
    return {Verdict::wrong, life.life().broken_contract(), 0};
  }
  CrashWalk walk(life.storage().initial(), life.storage().log(), arguments.campaign.traits);
  walk.go_to(life.storage().position());
  const StatesHere states(walk);
  Judgement judgement = life.judge(walk.killed(), walk.position(), seed);
  const std::uint64_t losses = life.is_ordered() ? 0 : kPowerLosses;
  for (std::uint64_t i = 0; i < losses && judgement.verdict == Verdict::right; ++i) {
    judgement = life.judge(states.state(states.first_drawn() + i, seed), walk.position(), seed + i);
    if (judgement.verdict != Verdict::right) judgement.text = "power lost: " + judgement.text;
  }
  if (judgement.verdict != Verdict::right) {
    judgement.text += " (told: " + (life.lived() ? "OK" : life.message()) + ")";
  }
  return judgement;
}

std::vector<std::size_t> drawn(std::size_t count, const CampaignOptions& options,
                               std::uint64_t wanted) {
  std::vector<std::size_t> numbers(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = i;
  if (wanted >= count) return numbers;
  Random random(options.seed);
  std::shuffle(numbers.begin(), numbers.end(), random);
  numbers.resize(static_cast<std::size_t>(wanted));
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

Tally run(const Workload& workload, const Arguments& arguments) {
  const std::vector<Fault> faults = faults_of(workload, arguments);
  const std::vector<std::size_t> numbers =
      drawn(faults.size(), arguments.campaign, arguments.faults);
  Cases cases;
  cases.count = numbers.size();
  cases.name = [&](std::size_t i) { return std::to_string(numbers[i]); };
  cases.make = [&](std::size_t) {
    return [&](std::size_t i) {
      const Judgement judgement = judge_life(workload, arguments, faults, numbers[i]);
      return Judged{judgement, false};
    };
  };
  return judge_cases(cases, arguments.campaign);
}

void print(const char* name, const Tally& tally, const Arguments& arguments) {
  std::printf("| %s |", name);
  for (const std::uint64_t one : tally.kill) {
    std::printf(" %llu |", static_cast<unsigned long long>(one));
  }
  std::printf(" %llu |\n", static_cast<unsigned long long>(tally.crashed));
  for (const std::string& text : tally.failures) {
    std::printf("  %s\n  replay: explore --workload %s --seed %llu --fault %s\n", text.c_str(),
                name, static_cast<unsigned long long>(arguments.campaign.seed),
                text.substr(0, text.find(':')).c_str());
  }
  std::fflush(stdout);
}

// Nothing is promised for a life that ends early without a journal.
bool can_fail(const Workload& workload, const Arguments& arguments) {
  return takes_part(workload, arguments) && !workload.options.unjournaled;
}

}  // namespace

int explore_faults(const Arguments& arguments) {
  std::printf(
      "| workload | right | unreadable | lost | wrong | crashed |\n|---|---|---|---|---|---|\n");
  Tally sum;
  for (const Workload& workload : workloads()) {
    if (!can_fail(workload, arguments)) continue;
    const Tally tally = run(workload, arguments);
    print(workload.name, tally, arguments);
    sum.add(tally);
  }
  sum.failures.clear();
  print("all", sum, arguments);
  std::printf("%llu lives with a failing disk, seed %llu\n",
              static_cast<unsigned long long>(sum.states()),
              static_cast<unsigned long long>(arguments.campaign.seed));
  return sum.wrong() == 0 && sum.states() != 0 ? 0 : 1;
}

int replay_fault(const Arguments& arguments) {
  for (const Workload& workload : workloads()) {
    if (!takes_part(workload, arguments)) continue;
    const std::vector<Fault> faults = faults_of(workload, arguments);
    if (*arguments.fault >= faults.size()) return 2;
    const Fault& fault = faults[static_cast<std::size_t>(*arguments.fault)];
    const Exploration life(workload, arguments, failing(fault));
    const std::vector<DiskOperation>& log = life.storage().log();
    for (std::size_t i = log.size() < 30 ? 0 : log.size() - 30; i < log.size(); ++i) {
      std::printf("%4zu %s\n", i + 1, describe(log[i]).c_str());
    }
    std::printf("operation %zu, reads included: %s\ntold: %s\n", fault.operation, fault.way->name,
                life.lived() ? "OK" : life.message().c_str());
    const Judgement judgement =
        judge_life(workload, arguments, faults, static_cast<std::size_t>(*arguments.fault));
    std::printf("%s %s\n", name_of(judgement.verdict), judgement.text.c_str());
    return judgement.verdict == Verdict::right ? 0 : 1;
  }
  return 2;
}

}  // namespace forebay::test
