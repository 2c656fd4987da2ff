// Crashes after every operation of random histories: killed, and with the power lost in all or many
// ways; after each, recovery must give exactly the image of a commit that is not older than the
// last one acknowledged. Then the same with an order or a sync broken on purpose: each such mutant
// must be caught, or the test proves nothing.
#include "life.hpp"
#include "support/check.hpp"

namespace forebay::test {
namespace {

struct Campaign {
  SimulatedDisk::Rule rule{};
  Faults faults{};
  std::size_t damage = 4096;
  std::size_t samples = 40;  // of the states after one operation, when there are too many
  bool stop_at_failure = false;
  // Results.
  std::size_t states = 0;
  std::size_t failures = 0;
};

constexpr std::size_t kAllSubsetsTo = 6;
constexpr int kDepth = 2;  // crashes within the life after a crash

void explore(const Life& life, std::uint64_t acknowledged, int depth, Campaign* campaign,
             Random& random);

bool live_on(Life* life, int commits, Random& random) {
  for (int i = 0; i < commits; ++i) {
    if (!life->commit(random)) return false;
    if (random() % 10 < 6 && !life->apply()) return false;
    if (random() % 10 < 3 && !life->reset(random)) return false;
  }
  return true;
}

void check_state(DiskImage image, const Life& before, std::uint64_t acknowledged, int depth,
                 Campaign* campaign, Random& random) {
  ++campaign->states;
  // acknowledged: 0 while the journal is being created, else the commit's number and 1.
  const bool created = acknowledged != 0;
  Life after(std::move(image), before.images, campaign->rule, campaign->faults);
  const auto found = after.recover(random);
  const bool right = found ? *found + 1 >= acknowledged && after.is_at(*found)
                           : !created && after.disk.now()[0] == before.images[0].bytes;
  if (!right) {
    ++campaign->failures;
    return;
  }
  const std::uint64_t one_in = campaign->stop_at_failure ? 20 : 500;
  if (!found || depth == 0 || random() % one_in != 0) return;
  after.images.resize(*found + 1);
  after.disk.mark(*found + 1);
  if (live_on(&after, 3, random)) {
    explore(after, acknowledged, depth - 1, campaign, random);
  } else {
    ++campaign->failures;
  }
}

void explore(const Life& life, std::uint64_t acknowledged, int depth, Campaign* campaign,
             Random& random) {
  CrashStates states(life.disk, campaign->damage);
  const auto check = [&](DiskImage image) {
    check_state(std::move(image), life, std::max(acknowledged, states.last_mark()), depth, campaign,
                random);
  };
  while (states.step()) {
    if (campaign->stop_at_failure && campaign->failures != 0) return;
    check(states.killed());
    if (states.unsynced() <= kAllSubsetsTo) {
      for (std::uint64_t bits = 0; bits < std::uint64_t{1} << states.unsynced(); ++bits) {
        check(states.subset(bits));
      }
    }
    const std::size_t samples =
        states.unsynced() == 0 ? 0 : campaign->samples / (depth == kDepth ? 1 : 4);
    for (std::size_t i = 0; i < samples; ++i) check(states.damaged(random));
  }
}

void run(std::uint64_t seed, Campaign* campaign) {
  Random random(seed);
  Life life = Life::born(campaign->rule, campaign->faults, random);
  if (!life.create(random) || !live_on(&life, 7, random)) {
    ++campaign->failures;
    return;
  }
  explore(life, 0, kDepth, campaign, random);
}

void recovery_gives_an_acknowledged_commit_after_every_crash() {
  Campaign whole;
  whole.samples = 200;
  for (const std::uint64_t seed : {1, 2, 3}) {
    const std::size_t before = whole.failures;
    run(seed, &whole);
    if (whole.failures != before) std::fprintf(stderr, "seed %d fails\n", static_cast<int>(seed));
    whole.samples = 40;
  }
  std::printf("%zu crash states, seeds 1 to 3\n", whole.states);
  CHECK_EQ(whole.failures, std::size_t{0});
  CHECK(whole.states > 10000);
}

SimulatedDisk::Rule lose(const char* phase, FileRole file, DiskAction action) {
  return [=](const std::string& now, const DiskOperation& operation) {
    const bool hit = now == phase && operation.file == file && operation.action == action;
    return hit ? Fate::lost : Fate::done;
  };
}

// Both generations' headers in one slot.
Fate one_slot(const std::string& phase, DiskOperation& operation) {
  static_cast<void>(phase);
  const bool header = operation.file == FileRole::journal &&
                      operation.action == DiskAction::write && operation.offset == 4096 &&
                      operation.bytes.size() == 4096;
  if (header) operation.offset = 0;
  return Fate::done;
}

void every_mutant_is_caught() {
  struct Mutant {
    const char* name;
    Campaign campaign;
  };
  std::vector<Mutant> mutants;
  const auto rule = [&](const char* name, SimulatedDisk::Rule made) {
    mutants.push_back({name, {}});
    mutants.back().campaign.rule = std::move(made);
  };
  rule("no sync of the commit", lose("append", FileRole::journal, DiskAction::sync));
  rule("no sync of direct bytes", lose("direct", FileRole::main, DiskAction::sync));
  rule("no sync of main before reset", lose("reset", FileRole::main, DiskAction::sync));
  rule("no sync of the header at reset", lose("reset", FileRole::journal, DiskAction::sync));
  rule("no sync of main in recovery", lose("recover", FileRole::main, DiskAction::sync));
  rule("no sync of the header in recovery", lose("recover", FileRole::journal, DiskAction::sync));
  rule("recovery does not extend main", lose("recover", FileRole::main, DiskAction::resize));
  rule("recovery does not write frames", lose("recover", FileRole::main, DiskAction::write));
  rule("both headers in one slot", one_slot);
  mutants.push_back({"applied before the commit", {}});
  mutants.back().campaign.faults.apply_before_append = true;
  mutants.push_back({"direct bytes synced after the commit", {}});
  mutants.back().campaign.faults.sync_direct_after_append = true;
  mutants.push_back({"reset before the bytes are in main", {}});
  mutants.back().campaign.faults.reset_before_apply = true;
  mutants.push_back({"a disk that harms 8 KiB: commits and headers not far enough apart", {}});
  mutants.back().campaign.damage = 8192;
  for (Mutant& mutant : mutants) {
    mutant.campaign.stop_at_failure = true;
    std::uint64_t seed = 1;
    for (; seed <= 20 && mutant.campaign.failures == 0; ++seed) run(seed, &mutant.campaign);
    std::printf("%-70s seed %2d, state %zu\n", mutant.name, static_cast<int>(seed - 1),
                mutant.campaign.states);
    if (mutant.campaign.failures == 0) std::fprintf(stderr, "survived: %s\n", mutant.name);
    CHECK(mutant.campaign.failures != 0);
  }
}

}  // namespace
}  // namespace forebay::test

int main() {
  using namespace forebay::test;
  const CMUnitTest tests[] = {
      CHECK_TEST(recovery_gives_an_acknowledged_commit_after_every_crash),
      CHECK_TEST(every_mutant_is_caught),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
