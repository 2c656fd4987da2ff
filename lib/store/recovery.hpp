// Bringing a file whose writer died to its last commit, without HDF5.
// Thread rule: that of the store.
#pragma once

#include <string>

#include "store/journal_file.hpp"
#include "store/store.hpp"
#include "store/superblock.hpp"

namespace forebay::core {

// Where a symbolic link leads, so that the journal is beside the file, not beside the link.
std::string resolved_path(const std::string& path);

// FOREBAY_E_JOURNAL: the file was not closed and there is no journal. `path` is for the message.
Status journal_is_missing(const std::string& path);
// The same for a journal that cannot be used; other failures as they are.
Status journal_is_unfit(Status cause, const std::string& path);

// For a file beside which there is a journal, before anything of either is believed: makes what
// they show what the disk has.
Status settle_pages(StorageFile& main, StorageFile& journal);

// What of a journal concerns a main file in `state`.
enum class LeftOver : std::uint8_t { nothing = 1, replay, conflict };
// `journal` may be null. Conflict: another program marked the file as closed although its journal
// has commits.
Result<LeftOver> judge_left_over(MainState state, StorageFile* journal, StorageFile& main);
Status flags_were_cleared(const std::string& path);

// Keeps others out of `main` for as long as it is open: exclusively (true), or, while it is not
// closed, shared with readers that follow it (false): then the lock of its journal keeps other
// writers out.
Result<bool> lock_for_writing(Storage& storage, const std::string& target, StorageFile& main);
// FOREBAY_E_BUSY when another file took the name between the opening and the lock.
Status check_not_replaced(StorageFile& locked, const std::string& target);
// The failure of a lock that readers hold.
Status is_being_read(const std::string& path);

// Recovers `main`, which the caller has locked, and leaves it closed. `target` is its resolved
// path.
Result<RecoverResult> recover_main(Storage& storage, const std::string& target, StorageFile& main,
                                   const RecoverOptions& options);

}  // namespace forebay::core
