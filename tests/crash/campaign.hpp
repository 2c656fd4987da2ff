// Judges many crash states of one recorded life in worker processes, each with a deadline for every
// state. Thread rule: one thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "judge.hpp"

namespace forebay::test {

using Judge = std::function<Judgement(const MachineState& state, std::size_t position,
                                      std::uint64_t state_seed)>;

struct CampaignOptions {
  std::uint64_t seed = 1;
  bool kills = true;        // every kill state
  std::uint64_t power = 0;  // power-loss states, of all positions; 0: none
  unsigned jobs = 2;
  unsigned deadline_seconds = 20;
  bool stop_at_failure = false;
  std::size_t first_position = 0;  // of the record: states before it are not judged
  DiskTraits traits{};
};

struct Tally {
  std::array<std::uint64_t, kVerdicts> kill{};  // by Verdict
  std::array<std::uint64_t, kVerdicts> power{};
  std::uint64_t nested = 0;
  std::uint64_t crashed =
      0;  // the judge's process died of it, or did not end; counted as unreadable
  std::vector<std::string> failures{};  // the first few: "12.3: text"

  [[nodiscard]] std::uint64_t states() const;
  [[nodiscard]] std::uint64_t wrong() const;  // all that are not right
  void add(const Tally& other);
};

// The states to judge, in the order of the record: kills as `kills` says, power losses drawn by the
// seed, the positions evenly.
std::vector<StateNumber> choose_states(const RecordedStorage& storage,
                                       const CampaignOptions& options);

// Any cases, numbered from 0. `make(begin)` gives what judges those of a batch in a worker: it is
// called here, in the order of the batches.
struct Judged {
  Judgement judgement{};
  bool power = false;  // else it counts as a kill
};
using JudgeCase = std::function<Judged(std::size_t number)>;
struct Cases {
  std::size_t count = 0;
  std::function<JudgeCase(std::size_t begin)> make{};
  std::function<std::string(std::size_t number)> name{};
};
Tally judge_cases(const Cases& cases, const CampaignOptions& options);

Tally judge_states(const RecordedStorage& storage, const std::vector<StateNumber>& states,
                   const Judge& judge, const CampaignOptions& options);

std::uint64_t seed_of_state(std::uint64_t seed, const StateNumber& state);

}  // namespace forebay::test
