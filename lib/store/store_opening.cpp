// Opening a file that is there, and beginning to write: who may, what its journal has to tell, and
// where bytes go from then on.
#include "store/core.hpp"
#include "store/file_kind.hpp"
#include "store/identity.hpp"
#include "store/properties.hpp"
#include "store/recovery.hpp"
#include "store/snapshot_file.hpp"

namespace forebay::core {

Status Store::Core::open_existing() {
  if (!writable_) return open_for_reading();
  FOREBAY_TRY_ASSIGN(std::unique_ptr<StorageFile> found, storage_.open(target_, OpenMode::write));
  // Exclusive at first: a plain reader must not see the file change under it. begin_writing() lets
  // those in that know what they do.
  FOREBAY_TRY_ASSIGN(const bool is_exclusive, lock_for_writing(storage_, target_, *found));
  return open_for_writing(std::move(found), is_exclusive);
}

Status Store::Core::open_alone(const std::string& path) {
  path_ = target_ = path;
  FOREBAY_TRY_ASSIGN(driver_, Driver::enroll());
  FOREBAY_TRY_ASSIGN(std::unique_ptr<StorageFile> main, storage_.open(path, OpenMode::read));
  FOREBAY_TRY_ASSIGN(main, SnapshotFile::open_alone(std::move(main)));
  FOREBAY_TRY_ASSIGN(file_, StoreFile::adopt(std::move(main), path));
  return open_hdf5(H5F_ACC_RDONLY);
}

Status Store::Core::open_for_writing(std::unique_ptr<StorageFile> found, bool is_exclusive) {
  FOREBAY_TRY_ASSIGN(std::optional<JournalFile> journal, take_left_over(*found));
  // Readers that hold a file which is closed do not expect it to change.
  if (!journal && !is_exclusive) return is_being_read(path_);
  FOREBAY_TRY(check_is_hdf5(*found, path_));
  FOREBAY_TRY_ASSIGN(file_, StoreFile::adopt(std::move(found), path_));
  if (journal) FOREBAY_TRY(go_on_writing(std::move(*journal)));
  FOREBAY_TRY(open_hdf5(H5F_ACC_RDONLY));
  // Why opened twice: HDF5 may write into a file that it has open for writing; a foreign one must
  // stay as it is.
  Status identity = check_identity(hdf5_file_.get(), path_);
  FOREBAY_TRY(file_->take_read_failure());
  FOREBAY_TRY(std::move(identity));
  if (!file_->writable()) FOREBAY_TRY(begin_writing());
  hdf5_file_.reset();
  return open_hdf5(H5F_ACC_RDWR);
}

// The journal of a writer that died, replayed and ready to go on; nothing when the file was closed.
Result<std::optional<JournalFile>> Store::Core::take_left_over(StorageFile& main) {
  Result<std::unique_ptr<StorageFile>> journal = open_journal_locked(storage_, target_);
  if (!journal.is_ok() && journal.code() != FOREBAY_E_NOT_FOUND) {
    return std::move(journal).status();
  }
  StorageFile* const there = journal.is_ok() ? journal->get() : nullptr;
  // Crash: forbids too that the journal goes before the cleared flags are on the disk: a writer
  // that was killed while it closed the file may have left them in the page cache only.
  if (there != nullptr) FOREBAY_TRY(settle_pages(main, *there));
  FOREBAY_TRY_ASSIGN(const MainStart start, read_start(main));
  FOREBAY_TRY_ASSIGN(const LeftOver left_over, judge_left_over(start.state, there, main));
  if (left_over == LeftOver::conflict) return flags_were_cleared(path_);
  if (left_over == LeftOver::nothing) return std::optional<JournalFile>();
  if (there == nullptr) return journal_is_missing(path_);
  const bool goes_on = durability_ != Durability::none;
  if (!goes_on) {
    journal.value().reset();  // recover_main() takes the lock itself
    FOREBAY_TRY_ASSIGN(const RecoverResult done, recover_main(storage_, target_, main, {}));
    static_cast<void>(done);
    return std::optional<JournalFile>();
  }
  std::uint64_t commits = 0;
  Result<JournalFile> recovered =
      JournalFile::recover(storage_, target_, std::move(journal).value(), main,
                           durability_ == Durability::full, &commits);
  if (!recovered.is_ok()) return journal_is_unfit(std::move(recovered).status(), path_);
  return std::optional<JournalFile>(std::move(recovered).value());
}

Status Store::Core::go_on_writing(JournalFile journal) {
  const journal::Position position = journal.journal().newest();
  FOREBAY_TRY(file_->begin_journaled(std::move(journal), position, durability_ == Durability::full,
                                     limits_));
  return file_->storage_file().lock_shared();
}

// The file is open in HDF5, complete and marked as closed.
Status Store::Core::begin_writing() {
  if (durability_ == Durability::none) return file_->begin_unprotected();
  Result<journal::Identity> identity = read_anchor(hdf5_file_.get());
  FOREBAY_TRY(file_->take_read_failure());
  if (!identity.is_ok()) return std::move(identity).status().at_path(path_);
  FOREBAY_TRY_ASSIGN(const MainStart start, read_start(file_->storage_file()));
  const std::uint64_t end = start.superblock.end();
  FOREBAY_TRY_ASSIGN(JournalFile journal,
                     JournalFile::create(storage_, target_, *identity, {0, end, end},
                                         durability_ == Durability::full));
  return go_on_writing(std::move(journal));
}

}  // namespace forebay::core
