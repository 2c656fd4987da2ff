// Opening a file for reading, and following its writer from commit to commit. A file that is closed
// is read as it is, and its lock keeps writers out. One that is not is read as of a commit in its
// journal, without a lock: see snapshot_file.hpp for why that holds beside a live writer.
//
// Invariant: of each table the rows are shown that it had in the one commit that was newest when
// the file was opened or refreshed (counts_). As no commit changes rows of another, these can be
// read from whatever later commit HDF5's own view of the file is at.
#include <chrono>
#include <thread>

#include "store/core.hpp"
#include "store/file_kind.hpp"
#include "store/identity.hpp"
#include "store/recovery.hpp"
#include "store/snapshot_file.hpp"

namespace forebay::core {
namespace {

// While a writer opens or closes a file, a reader cannot have it for some milliseconds.
constexpr int kOpenAttempts = 50;
constexpr std::chrono::milliseconds kPause{10};
// Each time that an operation is outrun all that was changed by then is known, so that it soon is
// no more.
constexpr int kMoves = 1000;

// Rows of a dataset; nothing for what has none, or is none.
std::optional<std::uint64_t> count_rows(hid_t file, const std::string& name) {
  const Hid dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT));
  const Hid space(H5Dget_space(dataset.get()));
  hsize_t dimensions[H5S_MAX_RANK] = {};
  if (H5Sget_simple_extent_dims(space.get(), dimensions, nullptr) < 1) return std::nullopt;
  return dimensions[0];
}

extern "C" herr_t forebay_collect_reserved(hid_t, const char* name, const H5L_info_t* info,
                                           void* out) {
  try {
    if (info->type == H5L_TYPE_HARD) {
      static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    }
    return 0;
  } catch (...) {
    return -1;
  }
}

}  // namespace

Status Store::Core::open_for_reading() {
  for (int attempt = 1;; ++attempt) {
    Result<bool> opened = try_open_for_reading();
    if (opened.is_ok() && *opened) return Status::ok();
    const bool is_last = attempt == kOpenAttempts;
    if (!opened.is_ok() && (is_last || opened.code() != FOREBAY_E_BUSY)) {
      return std::move(opened).status();
    }
    if (is_last) return journal_is_missing(path_);
    std::this_thread::sleep_for(kPause);
  }
}

// False: it has no journal although it is not closed, which a writer may be about to change.
Result<bool> Store::Core::try_open_for_reading() {
  FOREBAY_TRY_ASSIGN(std::unique_ptr<StorageFile> found, storage_.open(target_, OpenMode::read));
  Status locked = found->lock_shared();
  if (locked.is_failure() && locked.code() != FOREBAY_E_BUSY) return locked;
  FOREBAY_TRY_ASSIGN(const MainStart start, read_start(*found));
  FOREBAY_TRY_ASSIGN(const bool follows, follow_journal(&found, start, locked.is_ok()));
  if (follows) {
    FOREBAY_TRY(show_newest());
    return true;
  }
  if (locked.is_failure()) return name_holder(storage_, target_, std::move(locked));
  if (start.state == MainState::flagged) return false;
  FOREBAY_TRY(check_is_hdf5(*found, path_));
  FOREBAY_TRY_ASSIGN(file_, StoreFile::adopt(std::move(found), path_));
  FOREBAY_TRY(open_hdf5(H5F_ACC_RDONLY));
  return true;
}

// Reads `found` through its journal where that is its writer's. A closed file has one while its
// writer has not committed yet.
Result<bool> Store::Core::follow_journal(std::unique_ptr<StorageFile>* found,
                                         const MainStart& start, bool is_locked) {
  if (start.state == MainState::other) return false;
  Result<std::unique_ptr<StorageFile>> journal =
      storage_.open_no_follow(journal_path_of(target_), OpenMode::read);
  if (journal.code() == FOREBAY_E_NOT_FOUND) return false;
  if (!journal.is_ok()) return std::move(journal).status();
  if (start.state == MainState::clean) {
    const Result<journal::Scan> scanned = journal::scan(**journal);
    if (!is_locked || !scanned.is_ok() ||
        journal::check_pairing(scanned.value().identity, **found).is_failure()) {
      return false;
    }
    if (has_real_commits(scanned.value())) {
      FOREBAY_TRY_ASSIGN(const MainStart now, read_start(**found));
      if (now.state == MainState::clean) return false;
      return Status(FOREBAY_E_BUSY, path_ + " has just been opened by a writer: try again");
    }
  }
  Result<std::unique_ptr<SnapshotFile>> snapshot =
      SnapshotFile::open(std::move(*found), std::move(journal).value());
  if (!snapshot.is_ok()) return journal_is_unfit(std::move(snapshot).status(), path_);
  // A writer that comes after a crash, and one that closes and comes back, shall find it free.
  FOREBAY_TRY((*snapshot)->unlock());
  FOREBAY_TRY_ASSIGN(file_, StoreFile::follow(std::move(snapshot).value(), path_));
  return true;
}

bool Store::Core::is_outrun(Code code, int attempt) const noexcept {
  return code < 0 && file_ && file_->is_stale() && attempt < kMoves;
}

// Takes HDF5's view to the newest commit. All of its objects are closed then.
Status Store::Core::step_on(SnapshotFile::Step* step) {
  hdf5_file_.reset();
  FOREBAY_TRY_ASSIGN(*step, file_->advance());
  if (*step == SnapshotFile::Step::ended) {
    file_->release_file();
    file_.reset();
    return open_for_reading();
  }
  return open_hdf5(H5F_ACC_RDONLY);
}

Status Store::Core::move_on() {
  const std::optional<Counts> shown = counts_;
  const std::optional<std::vector<std::string>> names = names_;
  for (int attempt = 0;; ++attempt) {
    SnapshotFile::Step step{};
    Status status = step_on(&step);
    counts_ = shown;
    names_ = names;
    if (status.is_ok()) status = reopen_tables();
    if (!is_outrun(status.code(), attempt)) return status;
  }
}

// The tables that are open stay: what they show comes from the file that is open now.
Status Store::Core::reopen_tables() {
  for (const auto& [name, table] : tables_) {
    FOREBAY_TRY_ASSIGN(const Place place, find_table(name));
    if (place == Place::empty) return no_table(name);
    FOREBAY_TRY_ASSIGN(std::unique_ptr<Table> fresh, open_existing_table(name, place));
    if (*fresh->dtype() != *table->dtype()) {
      return Status(FOREBAY_E_MISMATCH,
                    table->core_->place() + " is another table now: open the file again")
          .at_path(path_);
    }
    limit_to_commit(name, *fresh);
    table->core_ = std::move(fresh->core_);
  }
  return Status::ok();
}

void Store::Core::limit_to_commit(const std::string& name, Table& table) const {
  if (!counts_) return;
  const auto count = counts_->rows.find(name);
  if (count != counts_->rows.end() && count->second) table.core_->limit(*count->second);
}

// As of a commit that was the newest when this began, or a later one.
Status Store::Core::show_newest() {
  Status status = open_hdf5(H5F_ACC_RDONLY);
  for (int attempt = 0;; ++attempt) {
    if (status.is_ok()) status = take_counts();
    if (status.is_ok()) status = reopen_tables();
    if (!is_outrun(status.code(), attempt)) return status;
    SnapshotFile::Step step{};
    status = step_on(&step);
    if (step != SnapshotFile::Step::ended) continue;
    // Opened anew: if it is followed again it was shown already.
    if (status.is_failure() || file_->is_followed()) return status;
    counts_.reset();
    names_.reset();
    return reopen_tables();
  }
}

Status Store::Core::take_counts() {
  counts_.reset();
  names_.reset();
  Counts counts;
  counts.sequence = file_->sequence();
  FOREBAY_TRY_ASSIGN(const std::vector<std::string>* tables, table_names());
  std::vector<std::string> names = *tables;
  std::vector<std::string> reserved;
  if (H5Lexists(hdf5_file_.get(), kReservedGroup, H5P_DEFAULT) > 0) {
    const Hid group(H5Gopen2(hdf5_file_.get(), kReservedGroup, H5P_DEFAULT));
    hsize_t at = 0;
    const bool listed = H5Literate(group.get(), H5_INDEX_NAME, H5_ITER_NATIVE, &at,
                                   forebay_collect_reserved, &reserved) >= 0;
    FOREBAY_TRY(after_read(listed, "cannot list the tables of " + path_));
  }
  for (const std::string& name : reserved) {
    names.push_back(std::string(kReservedGroup) + "/" + name);
  }
  for (const std::string& name : names) {
    std::optional<std::uint64_t>& count = counts.rows[name];
    count = count_rows(hdf5_file_.get(), name);
    if (file_->is_stale()) break;
    if (count) continue;
    const Result<std::unique_ptr<Table>> columns = open_columns(name);
    if (columns.is_ok()) count = columns.value()->rows();
  }
  if (file_->is_stale()) return {FOREBAY_E_BUSY, path_ + " was changed while it was read"};
  counts_ = std::move(counts);
  return Status::ok();
}

Status Store::Core::refresh() {
  FOREBAY_TRY(check_usable());
  if (writable_) {
    return Status(FOREBAY_E_STATE, path_ + " is open for writing: its rows are all there")
        .at_path(path_);
  }
  if (!file_->is_followed()) return Status::news(FOREBAY_END);
  FOREBAY_TRY_ASSIGN(const SnapshotFile::Step step, file_->advance());
  const bool is_shown = counts_ && counts_->sequence == file_->sequence();
  if (step == SnapshotFile::Step::none && is_shown) return Status::news(FOREBAY_NONE);
  hdf5_file_.reset();
  if (step != SnapshotFile::Step::ended) return show_newest();
  counts_.reset();
  names_.reset();
  file_->release_file();
  file_.reset();
  FOREBAY_TRY(open_for_reading());
  if (file_->is_followed()) return Status::ok();
  FOREBAY_TRY(reopen_tables());
  return Status::news(FOREBAY_END);
}

}  // namespace forebay::core
