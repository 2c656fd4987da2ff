// Walks the record of a RecordedStorage and makes the images that a crash after the operations so
// far can leave: the process was killed, or the power was lost.
// The power-loss model: what was synced is there. Each write, resize, link and unlink that was not
// is lost or there, independently of the others; a write may also be torn at sectors of 512 bytes
// or pages of 4096, or leave zeros or garbage in the sectors that it touches (in the journal: the
// pages). Thread rule: one thread; a copy of a walk is cheap.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "support/recorded_storage.hpp"

namespace forebay::test {

using Random = std::mt19937_64;

// How far a disk may spoil bytes beside those that an interrupted write changed.
struct DiskTraits {
  std::uint64_t main_harm = 512;
  std::uint64_t journal_harm = 4096;
  bool spoils = true;  // zeros and garbage at all
  // Garbage in the first sector of a main file too: one that begins with garbage is nobody's.
  bool garbles_start = false;
};

class CrashWalk {
 public:
  CrashWalk(const MachineState& initial, const std::vector<DiskOperation>& log,
            DiskTraits traits = {})
      : log_(&log),
        traits_(traits),
        durable_(initial.durable),
        now_(initial.seen),
        unsynced_(initial.unsynced) {}

  // Takes the next operation; false at the end.
  bool step();
  void go_to(std::size_t position) {
    while (next_ < position && step()) {
    }
  }
  [[nodiscard]] std::size_t position() const { return next_; }
  // Writes, resizes, links and unlinks that no sync made durable yet.
  [[nodiscard]] std::size_t unsynced() const { return unsynced_.size(); }

  // Everything issued so far is there; the machine goes on, and its power may go later.
  [[nodiscard]] MachineState killed() const;
  // Whether the process can be killed inside the next operation, and the state with a part of it.
  [[nodiscard]] bool next_can_be_cut() const;
  [[nodiscard]] MachineState killed_inside(Random& random) const;
  // Of unsynced() exactly those whose bit is set are there.
  [[nodiscard]] DiskImage subset(std::uint64_t bits) const;
  [[nodiscard]] DiskImage damaged(Random& random) const;

 private:
  template <typename Belongs>
  void settle(Belongs belongs);
  void remember(const DiskOperation& operation);
  [[nodiscard]] bool is_dirty(std::uint64_t inode) const;
  void lose(const DiskOperation& operation);
  void damage(const DiskOperation& operation, DiskImage* image, Random& random) const;
  void tear(const DiskOperation& write, std::uint64_t unit, DiskImage* image, Random& random) const;
  void spoil(const DiskOperation& write, bool garbage, DiskImage* image, Random& random) const;

  const std::vector<DiskOperation>* log_;
  DiskTraits traits_;
  DiskImage durable_;
  DiskImage now_;
  // Why shared: a walk is copied for each batch of states. Invariant: a write here has whole
  // sectors, filled up with what the page cache held after it, since a disk writes no less.
  std::vector<std::shared_ptr<const DiskOperation>> unsynced_;
  std::size_t next_ = 0;
};

// Number `variant` of the states at the walk's position: 0 is a kill, 1 a kill inside the next
// operation where there is one, then all subsets when there are few unsynced operations, then
// damage drawn from `seed`, the position and the variant.
struct StateNumber {
  std::size_t position = 0;
  std::uint64_t variant = 0;
};
enum class StateKind : std::uint8_t { kill, power };

class StatesHere {
 public:
  static constexpr std::size_t kAllSubsetsTo = 10;
  explicit StatesHere(const CrashWalk& walk)
      : walk_(walk),
        kills_(walk.next_can_be_cut() ? 3 : 1),
        subsets_(walk.unsynced() <= kAllSubsetsTo ? std::uint64_t{1} << walk.unsynced() : 0) {}

  [[nodiscard]] std::uint64_t kills() const { return kills_; }
  [[nodiscard]] std::uint64_t subsets() const { return subsets_; }
  // First variant that is drawn; there is no last one.
  [[nodiscard]] std::uint64_t first_drawn() const { return kills_ + subsets_; }
  [[nodiscard]] MachineState state(std::uint64_t variant, std::uint64_t seed) const;

 private:
  const CrashWalk& walk_;
  std::uint64_t kills_;
  std::uint64_t subsets_;
};

Random random_for(std::uint64_t seed, const StateNumber& state);

}  // namespace forebay::test
