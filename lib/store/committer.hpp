// A main file and its journal as one: commits, checkpoints, the flags of the main file, and
// closing. Knows addresses and the superblock, not HDF5. docs/format/file.md has the order of all
// steps and what a crash between them leaves. Thread rule: the caller's thread, but for execute(),
// which any one thread may call while the caller's asks for nothing but boundary() and limits().
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "store/change_log.hpp"
#include "store/commit_plan.hpp"
#include "store/journal_file.hpp"
#include "store/overlay.hpp"
#include "store/superblock.hpp"

namespace forebay::core {

// What HDF5 wrote since the last commit.
struct PendingChanges {
  const Overlay& overlay;
  const ChangeLog& log;
  const Superblock& superblock;  // as a closed file would have it
  std::uint64_t end_of_allocation = 0;
  bool has_direct = false;  // bytes went straight to the main file
};

struct CommitLimits {
  // Journal bytes after which the main file is synced and the journal begins anew.
  std::uint64_t checkpoint_bytes = 64U << 20U;
  // How far ahead of use the end of the file is told: one to two of these.
  std::uint64_t ahead_bytes = 64U << 20U;
  // New bytes of one commit that wait for it in memory and go through the journal, which saves the
  // main file a sync; with more than that the rows go straight to their place.
  std::uint64_t held_bytes = 256U << 10U;
};

class Committer {
 public:
  // `main` outlives this and is at `start`; `position` is what it holds. Without `syncs` nothing is
  // synced before finish().
  Committer(JournalFile journal, StorageFile& main, const MainStart& start,
            const journal::Position& position, bool syncs, const CommitLimits& limits = {});

  // Bytes at or past it no commit has used, the one that is prepared among them.
  [[nodiscard]] std::uint64_t boundary() const noexcept { return boundary_; }
  // The file is at least so long.
  [[nodiscard]] std::uint64_t published_end() const noexcept { return published_; }
  [[nodiscard]] const CommitLimits& limits() const noexcept { return limits_; }
  // Makes room in the journal for a commit of this many bytes. FOREBAY_E_NOSPC has done no harm.
  Status reserve(std::uint64_t journal_bytes);
  // Plans a commit and makes room for it; `changes` may go afterwards. False: there is nothing to
  // commit. After a failure is_broken() tells whether it can be tried again.
  Result<bool> prepare(const PendingChanges& changes);
  // Makes the prepared commit; `writes` is what became of the bytes that went straight to the main
  // file. OK: it is durable. A failure breaks this.
  Status execute(const Status& writes);
  // Whether nothing more can be done here: a write or sync failed, or what was committed could not
  // be brought into the main file, which why() then tells and the next opening repairs.
  [[nodiscard]] bool is_broken() const noexcept { return why_.is_failure(); }
  [[nodiscard]] const Status& why() const noexcept { return why_; }
  // Makes the main file a plain, closed one of `end` bytes, durably, and removes the journal. Once,
  // with no change pending.
  Status finish(const Superblock& superblock);
  // Gives up. The journal stays unless it has nothing to tell.
  void abandon() noexcept;

 private:
  Result<bool> has_changed(const PendingChanges& changes);
  Status publish_end(std::uint64_t end_of_allocation);
  Status set_flags(const Superblock& superblock);
  Status checkpoint();
  Status apply(const std::vector<journal::Write>& writes);
  Status broken(Status status);
  Status unless_full(Status status);
  // What execute() does. The plan points to the superblock.
  struct Prepared {
    Superblock superblock{};
    std::optional<CommitPlan> plan{};
    journal::Commit commit{};
    bool has_direct = false;
  };
  Status make_durable(const Prepared& prepared);

  // Constant.
  std::unique_ptr<StorageFile> unsynced_;
  StorageFile& file_;  // the main file itself
  StorageFile& main_;  // the same, or through unsynced_
  CommitLimits limits_;
  // State.
  JournalFile journal_;
  journal::Position position_;
  Superblock applied_;  // what the main file has
  std::uint64_t boundary_ = 0;
  std::uint64_t published_ = 0;  // the end that readers are told
  std::unique_ptr<Prepared> prepared_;
  bool is_flagged_ = false;
  bool may_be_flagged_ = false;
  bool is_finished_ = false;
  Status why_;
};

}  // namespace forebay::core
