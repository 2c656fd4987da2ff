// What becomes of a crash image: it is opened, compared with what was promised, written on, closed
// and read again; then its own record is crashed in turn. Thread rule: one thread; HDF5 may crash
// or hang on a bad image, so judges run in a process of their own.
#pragma once

#include "life.hpp"

namespace forebay::test {

// Of one state. `right`: what was promised is there. `unreadable`: it is refused, or cannot be
// read. `lost`: it can be read, and rows that were acknowledged are missing. `wrong`: it can be
// read, and holds what nobody wrote.
enum class Verdict : std::uint8_t { right, unreadable, lost, wrong };
constexpr std::size_t kVerdicts = 4;
const char* name_of(Verdict verdict);

struct Judgement {
  Verdict verdict = Verdict::right;
  std::string text{};
  std::uint64_t nested = 0;  // states judged after crashes within the life after this one
};

using RuleMaker = std::function<RecordedStorage::Rule()>;

struct JudgeOptions {
  std::uint64_t nested = 0;  // crash states to take from the life after a crash
  int depth = 3;             // of crashes within lives after crashes
  WriterOptions writer{};
  DiskTraits traits{};
  RuleMaker rule{};
};

// `allowed`: the states the file may be in; `history`: all that a reader which does not recover may
// see in a file that is not marked as being written.
Judgement judge_store(const MachineState& state, const History& allowed, const History& history,
                      std::uint64_t seed, const JudgeOptions& options);

// Stock HDF5 promises less: every acknowledged row is there and nothing is made up. Rows of a
// commit in flight, or a part of them, may be there. Read as after `h5clear -s`: without looking at
// the flags, and not as a SWMR reader, which may wait for ever for a right checksum.
Judgement judge_stock(const MachineState& state, const History& allowed);

}  // namespace forebay::test
