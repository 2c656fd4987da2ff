#include "store/recovery.hpp"

#include <filesystem>
#include <system_error>

#include "store/committer.hpp"
#include "store/core.hpp"
#include "store/file_kind.hpp"

namespace forebay::core {
namespace {

constexpr const char* kAccept = "`forebay recover --accept-without-journal`";

struct Found {
  std::unique_ptr<StorageFile> journal{};  // locked; null: there is none
  MainStart start{};
  LeftOver left_over = LeftOver::nothing;
};

Result<Found> find_left_over(Storage& storage, const std::string& target, StorageFile& main) {
  Found found;
  Result<std::unique_ptr<StorageFile>> journal = open_journal_locked(storage, target);
  if (journal.is_ok()) {
    found.journal = std::move(journal).value();
    FOREBAY_TRY(settle_pages(main, *found.journal));
  } else if (journal.code() != FOREBAY_E_NOT_FOUND) {
    return std::move(journal).status();
  }
  FOREBAY_TRY_ASSIGN(found.start, read_start(main));
  FOREBAY_TRY_ASSIGN(found.left_over,
                     judge_left_over(found.start.state, found.journal.get(), main));
  return found;
}

// Every chunk can be read without what the journal had.
Result<std::uint64_t> verify_alone(Storage& storage, const std::string& target) {
  Store::Core reader(storage);
  FOREBAY_TRY(reader.open_alone(target));
  std::uint64_t rows = 0;
  FOREBAY_TRY(reader.verify(&rows));
  return rows;
}

Status remove_journal(Storage& storage, const std::string& target) {
  FOREBAY_TRY(storage.remove(journal_path_of(target)));
  return storage.sync_directory_of(target);
}

Result<RecoverResult> accept(Storage& storage, const std::string& target, StorageFile& main,
                             const MainStart& start, bool has_journal) {
  if (start.state == MainState::damaged) {
    return Status(FOREBAY_E_FORMAT, target + " has a damaged superblock: only its journal has it")
        .at_path(target);
  }
  RecoverResult result;
  result.action = RecoverAction::accepted;
  FOREBAY_TRY_ASSIGN(result.rows, verify_alone(storage, target));
  const std::uint64_t end = start.superblock.end();
  FOREBAY_TRY_ASSIGN(const std::uint64_t size, main.size());
  if (size != end) FOREBAY_TRY(main.truncate(end));
  FOREBAY_TRY(main.sync_all());
  if (start.state == MainState::flagged) {
    FOREBAY_TRY(main.write_at(0, start.superblock.with(0, end).image()));
    FOREBAY_TRY(main.sync_data());
  }
  if (has_journal) FOREBAY_TRY(remove_journal(storage, target));
  return result;
}

Result<RecoverResult> replay_and_close(Storage& storage, const std::string& target,
                                       StorageFile& main, std::unique_ptr<StorageFile> journal) {
  RecoverResult result;
  result.action = RecoverAction::replayed;
  FOREBAY_TRY_ASSIGN(
      JournalFile recovered,
      JournalFile::recover(storage, target, std::move(journal), main, true, &result.commits));
  const journal::Position position = recovered.journal().newest();
  FOREBAY_TRY_ASSIGN(const MainStart start, read_start(main));
  Committer committer(std::move(recovered), main, start, position, true);
  FOREBAY_TRY(committer.finish(start.superblock));
  return result;
}

}  // namespace

std::string resolved_path(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error) || error) return path;
  const std::filesystem::path target = std::filesystem::canonical(path, error);
  return error ? path : target.string();
}

Result<bool> lock_for_writing(Storage& storage, const std::string& target, StorageFile& main) {
  Status locked = main.lock_exclusive();
  if (locked.is_ok()) {
    FOREBAY_TRY(check_not_replaced(main, target));
    return true;
  }
  if (locked.code() == FOREBAY_E_BUSY) {
    FOREBAY_TRY_ASSIGN(const MainStart start, read_start(main));
    if (start.state == MainState::flagged && main.lock_shared().is_ok()) return false;
  }
  return name_holder(storage, target, std::move(locked));
}

// Why: what is written into a file that has lost its name is lost with it.
Status check_not_replaced(StorageFile& locked, const std::string& target) {
  FOREBAY_TRY_ASSIGN(const bool removed, locked.is_removed());
  if (!removed) return Status::ok();
  return Status(FOREBAY_E_BUSY, target + " was replaced while it was opened: open it again")
      .at_path(target);
}

Status is_being_read(const std::string& path) {
  return Status(FOREBAY_E_BUSY, path + " is open for reading elsewhere: close it there first")
      .at_path(path);
}

Status journal_is_missing(const std::string& path) {
  return Status(FOREBAY_E_JOURNAL,
                path + " was not closed by its writer, and its journal is not beside it: put " +
                    journal_path_of(path) + " back, or if it is lost, run " + kAccept)
      .at_path(path);
}

Status journal_is_unfit(Status cause, const std::string& path) {
  if (cause.code() != FOREBAY_E_FORMAT) return cause;
  ErrorDetail detail = cause.detail();
  detail.message =
      path + " was not closed by its writer, and its journal cannot be used: " + detail.message +
      "; if the right one is lost, run " + kAccept;
  detail.path = path;
  return {FOREBAY_E_JOURNAL, std::move(detail)};
}

Status flags_were_cleared(const std::string& path) {
  return Status(FOREBAY_E_JOURNAL,
                path +
                    " was marked as closed by another program although its journal has commits: "
                    "run `forebay recover` to take these in, or " +
                    kAccept + " if the file was changed since")
      .at_path(path);
}

// Crash: a writer whose sync failed leaves pages that the kernel calls clean although the disk has
// older bytes. A commit or a cleared flag that is only there must not be built on: a power loss
// would take it back from under what came after it.
Status settle_pages(StorageFile& main, StorageFile& journal) {
  for (StorageFile* const file : {&main, &journal}) {
    FOREBAY_TRY(file->sync_all());
    FOREBAY_TRY(file->drop_clean_pages());
  }
  return Status::ok();
}

// A file is marked as closed only after its journal has begun a generation without commits, and
// marked as open before the first one: see docs/format/file.md.
Result<LeftOver> judge_left_over(MainState state, StorageFile* journal, StorageFile& main) {
  if (state == MainState::flagged || state == MainState::damaged) {
    return journal == nullptr && state == MainState::damaged ? LeftOver::nothing : LeftOver::replay;
  }
  if (journal == nullptr || state == MainState::other) return LeftOver::nothing;
  const Result<journal::Scan> found = journal::scan(*journal);
  if (!found.is_ok()) {
    if (found.code() != FOREBAY_E_FORMAT) return found.status().clone();
    return LeftOver::nothing;  // never got as far as its first commit
  }
  const Status paired = journal::check_pairing(found.value().identity, main);
  if (paired.is_failure() && paired.code() != FOREBAY_E_FORMAT) return paired.clone();
  const bool conflict = paired.is_ok() && has_real_commits(found.value());
  return conflict ? LeftOver::conflict : LeftOver::nothing;
}

Result<RecoverResult> recover_main(Storage& storage, const std::string& target, StorageFile& main,
                                   const RecoverOptions& options) {
  FOREBAY_TRY_ASSIGN(Found found, find_left_over(storage, target, main));
  const MainStart& start = found.start;
  const bool has_journal = found.journal != nullptr;
  if (found.left_over == LeftOver::nothing) {
    FOREBAY_TRY(check_is_hdf5(main, target));
    if (has_journal && start.state == MainState::clean) {
      FOREBAY_TRY(remove_journal(storage, target));
    }
    return RecoverResult{};
  }
  if (found.left_over == LeftOver::conflict && options.accept_without_journal) {
    return accept(storage, target, main, start, has_journal);
  }
  if (!has_journal && !options.accept_without_journal) return journal_is_missing(target);
  if (!has_journal) return accept(storage, target, main, start, has_journal);
  Result<RecoverResult> replayed =
      replay_and_close(storage, target, main, std::move(found.journal));
  if (replayed.code() != FOREBAY_E_FORMAT) return replayed;
  if (options.accept_without_journal) return accept(storage, target, main, start, has_journal);
  return journal_is_unfit(std::move(replayed).status(), target);
}

Result<RecoverResult> recover_store(const std::string& path, const RecoverOptions& options,
                                    Storage& storage) {
  if (path.empty()) return Status(FOREBAY_E_ARGUMENT, "the path of a store is empty");
  const QuietHdf5 quiet;
  const std::string target = resolved_path(path);
  FOREBAY_TRY_ASSIGN(const std::unique_ptr<StorageFile> main,
                     storage.open(target, OpenMode::write));
  FOREBAY_TRY_ASSIGN(const bool is_exclusive, lock_for_writing(storage, target, *main));
  static_cast<void>(is_exclusive);  // the journal's lock does, as the file was not closed
  return recover_main(storage, target, *main, options);
}

}  // namespace forebay::core
