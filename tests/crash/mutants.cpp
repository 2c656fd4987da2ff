#include "mutants.hpp"

#include <algorithm>
#include <utility>

#include "journal/journal.hpp"

namespace forebay::test {
namespace {

using Operation = DiskOperation;

// What happened since the phase began, so that a rule can tell which barrier an operation is.
struct Seen {
  bool main_named = false;
  bool main_written = false;
  bool journal_named = false;
  std::uint64_t frames = 0;      // writes of commits since the journal's last header
  std::uint64_t headers = 0;     // of the journal
  bool last_in_journal = false;  // of the writes
  bool last_is_start = false;    // the last write to the main file was of its superblock alone
  bool cleared = false;          // that, after the journal began anew

  void begin() { *this = {}; }
  void take(const Operation& operation);
};

bool is_start(const Operation& operation) {
  return operation.role == FileRole::main && operation.action == DiskAction::write &&
         operation.offset == 0 && operation.end() <= 512;
}

bool is_header(const Operation& operation) {
  return operation.role == FileRole::journal && operation.action == DiskAction::write &&
         operation.offset < core::journal::kFirstFrame;
}

void Seen::take(const Operation& operation) {
  const bool journal = operation.role == FileRole::journal;
  if (operation.action == DiskAction::link) (journal ? journal_named : main_named) = true;
  if (operation.action != DiskAction::write) return;
  last_in_journal = journal;
  if (is_header(operation)) {
    ++headers;
    frames = 0;
  } else if (journal) {
    ++frames;
  } else {
    main_written = true;
    last_is_start = is_start(operation);
    cleared = last_is_start && headers != 0;
  }
}

using Choice = Fate (*)(const Seen& seen, Operation& operation);

RuleMaker rule(Choice choice) {
  return [choice] {
    auto seen = std::make_shared<std::pair<Seen, std::uint64_t>>();
    return [choice, seen](Operation& operation) {
      if (std::exchange(seen->second, operation.step) != operation.step) seen->first.begin();
      const Fate fate = choice(seen->first, operation);
      seen->first.take(operation);
      return fate;
    };
  };
}

bool is_sync(const Operation& operation, FileRole role) {
  return operation.action == DiskAction::sync && operation.role == role;
}
bool syncs_main(const Operation& operation) {
  return is_sync(operation, FileRole::main);
}
bool syncs_journal(const Operation& operation) {
  return is_sync(operation, FileRole::journal);
}
bool writes_main(const Operation& operation) {
  return operation.action == DiskAction::write && operation.role == FileRole::main;
}
bool creates(const Operation& operation) {
  return operation.phase == "create";
}
bool recovers(const Operation& operation) {
  return operation.phase == "recover";
}
bool commits(const Operation& operation) {
  return operation.phase == "commit";
}
bool closes(const Operation& operation) {
  return operation.phase == "close";
}
Fate lost_if(bool hit) {
  return hit ? Fate::lost : Fate::done;
}
Fate early_if(bool hit) {
  return hit ? Fate::early : Fate::done;
}

// Creation.
Fate new_file_unsynced(const Seen& seen, Operation& one) {
  return lost_if(creates(one) && syncs_main(one) && !seen.main_named);
}
Fate named_then_synced(const Seen& seen, Operation& one) {
  if (!creates(one) || seen.journal_named) return Fate::done;
  if (syncs_main(one) && !seen.main_named) return Fate::held;
  return one.action == DiskAction::sync_directory ? Fate::release : Fate::done;
}
Fate name_unsynced(const Seen& seen, Operation& one) {
  return lost_if(creates(one) && one.action == DiskAction::sync_directory && seen.main_named &&
                 !seen.journal_named);
}
Fate new_journal_unsynced(const Seen& seen, Operation& one) {
  return lost_if(syncs_journal(one) && seen.journal_named && seen.frames == 0);
}
Fate journal_name_unsynced(const Seen& seen, Operation& one) {
  return lost_if(one.action == DiskAction::sync_directory && one.role == FileRole::journal &&
                 seen.journal_named);
}
Fate replacing_unsynced(const Seen& seen, Operation& one) {
  return lost_if(commits(one) && syncs_main(one) && !seen.main_named && seen.frames == 0);
}
Fate replaced_name_unsynced(const Seen& seen, Operation& one) {
  return lost_if(commits(one) && one.action == DiskAction::sync_directory && seen.main_named &&
                 !seen.journal_named);
}

// Commits.
Fate direct_unsynced(const Seen& seen, Operation& one) {
  return lost_if(commits(one) && syncs_main(one) && !seen.last_is_start);
}
Fate direct_synced_late(const Seen& seen, Operation& one) {
  if (!commits(one)) return Fate::done;
  if (syncs_main(one) && !seen.last_is_start) return Fate::held;
  return syncs_journal(one) && seen.frames != 0 ? Fate::release : Fate::done;
}
Fate commit_unsynced(const Seen& seen, Operation& one) {
  return lost_if((commits(one) || closes(one)) && syncs_journal(one) && seen.frames != 0);
}
Fate applied_before_commit(const Seen& seen, Operation& one) {
  return early_if(commits(one) && writes_main(one) && seen.frames != 0 && !is_start(one));
}
Fate frames_lost(const Seen&, Operation& one) {
  return lost_if(commits(one) && one.role == FileRole::journal && one.action == DiskAction::write &&
                 !is_header(one));
}
Fate last_page_lost(const Seen&, Operation& one) {
  const bool frames = commits(one) && one.role == FileRole::journal &&
                      one.action == DiskAction::write && !is_header(one) && one.bytes->size() > 512;
  if (frames) {
    const auto kept = static_cast<std::ptrdiff_t>(one.bytes->size() - 512);
    one.bytes = std::make_shared<const Bytes>(one.bytes->begin(), one.bytes->begin() + kept);
  }
  return Fate::done;
}
Fate flags_unsynced(const Seen& seen, Operation& one) {
  return lost_if(commits(one) && syncs_main(one) && seen.last_is_start && seen.frames != 0);
}
Fate flags_never_set(const Seen&, Operation& one) {
  return lost_if(commits(one) && is_start(one));
}
Fate flags_before_journal(const Seen& seen, Operation& one) {
  return early_if(commits(one) && seen.frames != 0 &&
                  (is_start(one) || (syncs_main(one) && seen.last_is_start)));
}

// Checkpoints and closing.
Fate checkpoint_unsynced(const Seen& seen, Operation& one) {
  return lost_if((commits(one) || closes(one)) && syncs_main(one) && seen.headers == 0 &&
                 !seen.last_in_journal && !seen.last_is_start);
}
Fate checkpoint_synced_late(const Seen& seen, Operation& one) {
  if (!closes(one)) return Fate::done;
  if (syncs_main(one) && seen.headers == 0 && !seen.last_is_start) return Fate::held;
  return syncs_journal(one) && seen.headers != 0 ? Fate::release : Fate::done;
}
Fate header_unsynced(const Seen& seen, Operation& one) {
  return lost_if((commits(one) || closes(one)) && syncs_journal(one) && seen.headers != 0 &&
                 seen.frames == 0);
}
Fate header_lost(const Seen&, Operation& one) {
  return lost_if((commits(one) || closes(one)) && is_header(one));
}
Fate one_slot(const Seen&, Operation& one) {
  if (is_header(one)) one.offset = 0;
  return Fate::done;
}
Fate cleared_early(const Seen& seen, Operation& one) {
  return early_if(closes(one) && is_start(one) && seen.headers != 0);
}
Fate cleared_before_journal(const Seen& seen, Operation& one) {
  if (!closes(one) || seen.headers == 0) return Fate::done;
  if (one.role == FileRole::journal && one.action == DiskAction::write && !is_header(one)) {
    return Fate::held;
  }
  if (syncs_journal(one) && seen.frames != 0) return Fate::held;
  return syncs_main(one) && seen.cleared ? Fate::release : Fate::done;
}
Fate cleared_unsynced(const Seen& seen, Operation& one) {
  return lost_if(closes(one) && syncs_main(one) && seen.headers != 0);
}
Fate removed_first(const Seen&, Operation& one) {
  return early_if(closes(one) && one.role == FileRole::journal &&
                  (one.action == DiskAction::unlink || one.action == DiskAction::sync_directory));
}
Fate removed_before_cleared(const Seen& seen, Operation& one) {
  if (!closes(one) || seen.headers == 0) return Fate::done;
  if (is_start(one) || one.action == DiskAction::resize || syncs_main(one)) return Fate::held;
  return one.action == DiskAction::sync_directory ? Fate::release : Fate::done;
}
Fate cleared_by_checkpoint(const Seen& seen, Operation& one) {
  // Without the flags a half-written file looks like a closed one.
  return lost_if(closes(one) && is_start(one) && seen.headers != 0);
}

// Recovery.
Fate recovery_unsynced(const Seen& seen, Operation& one) {
  return lost_if(recovers(one) && syncs_main(one) && seen.headers == 0);
}
Fate recovery_synced_late(const Seen& seen, Operation& one) {
  if (!recovers(one)) return Fate::done;
  if (syncs_main(one) && seen.headers == 0) return Fate::held;
  return syncs_journal(one) && seen.headers != 0 ? Fate::release : Fate::done;
}
Fate recovery_header_unsynced(const Seen& seen, Operation& one) {
  return lost_if(recovers(one) && syncs_journal(one) && !seen.journal_named && seen.headers != 0);
}
Fate recovered_before_journal_synced(const Seen& seen, Operation& one) {
  return lost_if(recovers(one) && syncs_journal(one) && !seen.journal_named && seen.headers == 0);
}
Fate dropped_before_main_synced(const Seen& seen, Operation& one) {
  return lost_if(recovers(one) && syncs_main(one) && seen.headers == 0 && !seen.main_written);
}
Fate recovery_writes_nothing(const Seen&, Operation& one) {
  return lost_if(recovers(one) && writes_main(one));
}

// Packing.
bool packs(const Operation& operation) {
  return operation.phase == "repack";
}
Fate packed_unsynced(const Seen& seen, Operation& one) {
  return lost_if(packs(one) && syncs_main(one) && !seen.main_named);
}
Fate packed_then_synced(const Seen& seen, Operation& one) {
  if (!packs(one)) return Fate::done;
  if (syncs_main(one) && !seen.main_named) return Fate::held;
  return one.action == DiskAction::sync_directory ? Fate::release : Fate::done;
}

std::vector<Mutant> make_mutants() {
  const std::vector<std::string> large = {"large-commits"};
  const std::vector<std::string> replaced = {"replaced"};
  const std::vector<std::string> repacked = {"repacked"};
  return {
      {"no sync of a new file before it gets its name", rule(new_file_unsynced)},
      {"a new file is synced after it got its name", rule(named_then_synced)},
      {"no sync of the directory after a file got its name", rule(name_unsynced), {"unjournaled"}},
      {"no sync of a new journal",
       rule(new_journal_unsynced),
       {},
       0,
       DiskTraits{}.journal_harm,
       "the first commit syncs the same file before anybody is told of it, and before the main "
       "file says that it needs a journal"},
      {"no sync of the directory after a journal got its name", rule(journal_name_unsynced)},
      {"no sync of a file that replaces another", rule(replacing_unsynced), replaced},
      {"no sync of the directory after a file was replaced",
       rule(replaced_name_unsynced),
       {"unjournaled-replaced"}},
      {"no sync of bytes that went straight to main", rule(direct_unsynced), large},
      {"direct bytes are synced after their commit", rule(direct_synced_late), large},
      {"no sync of a commit", rule(commit_unsynced)},
      {"a commit is applied before it is durable", rule(applied_before_commit)},
      {"a commit is not written", rule(frames_lost)},
      {"the last sector of a commit is not written", rule(last_page_lost)},
      {"no sync of the flags before the first bytes are applied", rule(flags_unsynced)},
      {"the flags are never set", rule(flags_never_set)},
      {"the flags are set before the journal can restore their sector", rule(flags_before_journal)},
      {"no sync of main before the journal begins anew", rule(checkpoint_unsynced)},
      {"main is synced after the journal began anew", rule(checkpoint_synced_late)},
      {"no sync of the journal's new header", rule(header_unsynced)},
      {"the journal's new header is not written", rule(header_lost)},
      {"both headers of the journal in one slot", rule(one_slot)},
      {"the flags are cleared before main is complete", rule(cleared_early)},
      {"the flags are cleared before the journal can restore their sector",
       rule(cleared_before_journal)},
      {"no sync of the cleared flags before the journal goes", rule(cleared_unsynced)},
      {"the journal goes before main is complete", rule(removed_first)},
      {"the journal goes before the flags are cleared", rule(removed_before_cleared)},
      {"the flags are not cleared", rule(cleared_by_checkpoint)},
      {"no sync of main in recovery", rule(recovery_unsynced), {}, 20},
      {"recovery syncs main after the journal began anew", rule(recovery_synced_late), {}, 20},
      {"no sync of the journal's new header in recovery", rule(recovery_header_unsynced), {}, 20},
      {"recovery writes nothing", rule(recovery_writes_nothing)},
      {"recovery writes main before the journal is synced",
       rule(recovered_before_journal_synced),
       {},
       20},
      {"a journal is dropped before main is synced", rule(dropped_before_main_synced), {}, 20},
      {"no sync of a packed file before it takes the place", rule(packed_unsynced), repacked},
      {"a packed file takes the place before it is synced", rule(packed_then_synced), repacked},
      {"a disk that harms 8 KiB: commits not far enough apart", {}, {}, 0, 8192},
  };
}

}  // namespace

bool Mutant::belongs_to(const std::string& workload) const {
  return workloads.empty() ||
         std::find(workloads.begin(), workloads.end(), workload) != workloads.end();
}

const std::vector<Mutant>& mutants() {
  static const std::vector<Mutant> kMutants = make_mutants();
  return kMutants;
}

}  // namespace forebay::test
