// What a commit writes: frames for the journal, in whole steps of 512 bytes that changed, and the
// bytes for the main file, in the order of their classes. Thread rule: one thread.
#pragma once

#include <unordered_map>
#include <vector>

#include "journal/journal.hpp"
#include "store/change_log.hpp"
#include "store/overlay.hpp"
#include "store/superblock.hpp"

namespace forebay::core {

// A disk may spoil the whole sector that it was writing; a step is one.
constexpr std::uint64_t kStep = 512;

class CommitPlan {
 public:
  // `boundary`: bytes before it are compared with those of `main`, which has all commits so far.
  CommitPlan(StorageFile& main, const Overlay& overlay, const Superblock& superblock,
             std::uint64_t boundary, std::uint64_t end_of_allocation)
      : main_(main),
        overlay_(overlay),
        superblock_(superblock),
        boundary_(boundary),
        end_of_allocation_(end_of_allocation) {}
  CommitPlan(const CommitPlan&) = delete;
  CommitPlan& operator=(const CommitPlan&) = delete;

  Status add(const Change& change);

  [[nodiscard]] const std::vector<journal::Write>& frames() const noexcept { return frames_; }
  [[nodiscard]] const std::vector<journal::Write>& applied() const noexcept { return applied_; }

 private:
  Status add_steps(const Change& change);
  void put_image(std::uint64_t address, std::span<std::byte> bytes) const;

  // Constant.
  StorageFile& main_;
  const Overlay& overlay_;
  const Superblock& superblock_;
  const std::uint64_t boundary_;
  const std::uint64_t end_of_allocation_;
  // State.
  std::unordered_map<std::uint64_t, bool> is_journaled_;  // steps that changed
  std::vector<std::vector<std::byte>> images_;            // that the writes point into
  std::vector<journal::Write> frames_;
  std::vector<journal::Write> applied_;
};

}  // namespace forebay::core
