// Commits and the end of a StoreFile, for each way that its bytes go.
#include <algorithm>
#include <utility>

#include "store/store_file.hpp"

namespace forebay::core {
namespace {

// What a failure means for the rows, and what to do.
Status with_consequence(const Status& failure) {
  if (failure.code() == FOREBAY_E_COMMIT_UNKNOWN) return failure.clone();
  ErrorDetail detail = failure.detail();
  detail.message +=
      failure.code() == FOREBAY_E_NOSPC
          ? "; free some space and open it again: rows since the last commit are missing"
          : "; open it again: rows since the last commit are missing";
  return {failure.code(), std::move(detail)};
}

Status not_ours(const std::string& path) {
  return Status(FOREBAY_E_FORMAT, path +
                                      " has a superblock that forebay does not write: read it, or "
                                      "write to another file")
      .at_path(path);
}

}  // namespace

Status StoreFile::fail(Status failure) {
  poison(with_consequence(failure));
  return failure_.clone();
}

Status StoreFile::begin_journaled(JournalFile journal, const journal::Position& position,
                                  bool syncs, const CommitLimits& limits) {
  FOREBAY_TRY_ASSIGN(const MainStart start, read_start(*file_));
  if (start.state != MainState::clean && start.state != MainState::flagged) return not_ours(path_);
  superblock_ = start.superblock.with(0, position.eoa);
  committer_.emplace(std::move(journal), *file_, start, position, syncs, limits);
  routing_ = Routing::journaled;
  return Status::ok();
}

Status StoreFile::begin_unprotected() {
  FOREBAY_TRY_ASSIGN(const MainStart start, read_start(*file_));
  if (start.state != MainState::clean) return not_ours(path_);
  superblock_ = start.superblock;
  routing_ = Routing::unprotected;
  return Status::ok();
}

Status StoreFile::commit() {
  await_commit();
  if (failed()) return failure_.clone();
  if (Status status = drain(); status.is_failure()) return fail(std::move(status));
  if (routing_ == Routing::journaled) return commit_journaled();
  if (routing_ == Routing::unprotected) return commit_unprotected();
  // Without it the disk may keep any part of what was written: headers that count rows whose chunks
  // never came, or chunks without the headers. Only after it may the file get its name.
  // Why never retried: after a failed sync the kernel marks the pages clean, so that a second one
  // succeeds without having written them.
  Status status = file_->sync_data();
  return status.is_failure() ? fail(std::move(status)) : Status::ok();
}

Status StoreFile::commit_journaled() {
  FOREBAY_TRY_ASSIGN(const bool is_prepared, prepare_commit());
  if (!is_prepared) return Status::ok();
  committing_->outcome = committer_->execute(Status::ok());
  return settle_commit();
}

// Whether there is something to commit; then committing_ has it.
Result<bool> StoreFile::prepare_commit() {
  Result<bool> prepared =
      committer_->prepare({overlay_, log_, *superblock_, end_of_allocation_, has_direct_});
  if (!prepared.is_ok()) {
    return committer_->is_broken() ? fail(std::move(prepared).status())
                                   : std::move(prepared).status();
  }
  if (*prepared) {
    committing_ = std::make_unique<Committing>();
    committing_->overlay = std::move(overlay_);
  }
  overlay_.clear();
  log_.clear();
  held_bytes_ = 0;
  has_direct_ = false;
  return prepared;
}

Status StoreFile::settle_commit() {
  const std::unique_ptr<Committing> made = std::move(committing_);
  if (made->outcome.is_failure()) return fail(std::move(made->outcome));
  if (committer_->is_broken()) {
    poison(committer_->why().clone());
    return Status::ok();
  }
  size_ = std::max(size_, committer_->published_end());
  return Status::ok();
}

Status StoreFile::begin_commit() {
  if (failed()) return failure_.clone();
  // Without a journal there is nothing to wait for but the writes.
  if (routing_ != Routing::journaled) return commit();
  FOREBAY_TRY_ASSIGN(const bool is_prepared, prepare_commit());
  if (!is_prepared) return Status::ok();
  behind().run([made = committing_.get(), committer = &*committer_](const Status& writes) {
    made->outcome = Status::news(FOREBAY_E_MEMORY);  // unless what follows gets to its end
    made->outcome = committer->execute(writes);
  });
  return Status::ok();
}

Status StoreFile::poll_commit(int timeout_ms) {
  if (committing_) {
    if (!behind_->wait_for_tasks(timeout_ms)) return Status::news(FOREBAY_AGAIN);
    settled_ = settle_commit();
  }
  return std::exchange(settled_, Status());
}

void StoreFile::await_commit() {
  if (committing_) settled_ = poll_commit(-1);
}

// Crash: forbids that a half-written file has the flags of a closed one.
Status StoreFile::mark_unprotected() {
  if (is_marked_) return Status::ok();
  FOREBAY_TRY_ASSIGN(const MainStart start, read_start(*file_));
  const Superblock flagged = start.superblock.with(Superblock::kFlagged, start.superblock.end());
  FOREBAY_TRY(file_->write_at(0, flagged.image()));
  FOREBAY_TRY(file_->sync_data());
  is_marked_ = true;
  return Status::ok();
}

Status StoreFile::commit_unprotected() {
  if (!is_marked_) return Status::ok();
  Status status;
  if (size_ < end_of_allocation_) status = file_->truncate(end_of_allocation_);
  size_ = std::max(size_, end_of_allocation_);
  const Superblock flagged = superblock_->with(Superblock::kFlagged, end_of_allocation_);
  if (status.is_ok()) status = file_->write_at(0, flagged.image());
  return status.is_failure() ? fail(std::move(status)) : Status::ok();
}

Status StoreFile::finish_unprotected() {
  if (!is_marked_) return Status::ok();
  FOREBAY_TRY(file_->truncate(end_of_allocation_));
  // Crash: forbids that the flags of a closed file are on the disk before its bytes.
  FOREBAY_TRY(file_->sync_all());
  FOREBAY_TRY(file_->write_at(0, superblock_->with(0, end_of_allocation_).image()));
  return file_->sync_data();
}

Status StoreFile::finish() {
  if (failed()) return failure_.clone();
  Status status;
  if (routing_ == Routing::journaled) {
    status = committer_->finish(*superblock_);
  } else if (routing_ == Routing::unprotected) {
    status = finish_unprotected();
  } else {
    status = file_->sync_data();
  }
  return status.is_failure() ? fail(std::move(status)) : Status::ok();
}

}  // namespace forebay::core
