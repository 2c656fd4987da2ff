#include "store/committer.hpp"

#include <algorithm>
#include <cstring>

#include "store/unsynced_file.hpp"

namespace forebay::core {
Committer::Committer(JournalFile journal, StorageFile& main, const MainStart& start,
                     const journal::Position& position, bool syncs, const CommitLimits& limits)
    : unsynced_(syncs ? nullptr : std::make_unique<UnsyncedFile>(main)),
      file_(main),
      main_(syncs ? main : *unsynced_),
      limits_(limits),
      journal_(std::move(journal)),
      position_(position),
      applied_(start.superblock),
      boundary_(align_up(position.high_water, journal::kPage)),
      // Why not the superblock's alone: of a writer that died its flags may have stayed, and the
      // size not.
      published_(start.state == MainState::flagged ? std::min(start.superblock.end(), start.size)
                                                   : 0),
      is_flagged_(start.state == MainState::flagged),
      may_be_flagged_(is_flagged_) {}

Status Committer::broken(Status status) {
  if (status.is_failure() && !is_broken()) why_ = status.clone();
  return status;
}

// Want of room is no damage.
Status Committer::unless_full(Status status) {
  return status.code() == FOREBAY_E_NOSPC ? std::move(status) : broken(std::move(status));
}

// Why ahead: a reader that opens the file sees an end behind everything that later commits tell it.
// Why the file is extended first: HDF5 calls a file shorter than its superblock says truncated.
Status Committer::publish_end(std::uint64_t end_of_allocation) {
  std::uint64_t wanted = align_up(end_of_allocation, limits_.ahead_bytes) + limits_.ahead_bytes;
  if (wanted <= published_) return Status::ok();
  FOREBAY_TRY_ASSIGN(const std::uint64_t size, main_.size());
  if (size < wanted && main_.truncate(wanted).is_failure()) {
    // A limit on the size of files: readers then have to open again more often.
    wanted = std::max(end_of_allocation, published_);
    if (size < wanted) FOREBAY_TRY(main_.truncate(wanted));
  }
  published_ = wanted;
  return Status::ok();
}

// Changes the superblock alone: first in the journal, so that a sector which a power loss spoils
// can be made whole again. Afterwards the main file's flags are on the disk.
Status Committer::set_flags(const Superblock& superblock) {
  std::array<std::byte, kStep> sector{};
  const std::size_t bytes = std::min<std::uint64_t>(kStep, position_.eoa);
  const Result<std::size_t> got = main_.read_at(0, std::span(sector).first(bytes));
  FOREBAY_TRY(broken(got.status().clone()));
  std::memcpy(sector.data(), superblock.image().data(), Superblock::kBytes);
  const journal::Write write{0, std::span(sector).first(bytes),
                             static_cast<std::uint16_t>(ChangeClass::superblock)};
  journal::Commit commit;
  commit.eoa = position_.eoa;
  commit.high_water = position_.high_water;
  commit.writes = {&write, 1};
  commit.token = flag_token();
  FOREBAY_TRY(broken(journal_.journal().append(commit)));
  may_be_flagged_ = true;
  FOREBAY_TRY(broken(main_.write_at(0, superblock.image())));
  // Crash: forbids that anything is applied before the flags say so. Whatever the level of
  // durability, so that a power loss is never silent.
  FOREBAY_TRY(broken(file_.sync_data()));
  position_ = journal_.journal().newest();
  applied_ = superblock;
  return Status::ok();
}

// HDF5 writes much again as it was: a file that is only opened and closed stays as it is.
Result<bool> Committer::has_changed(const PendingChanges& changes) {
  if (changes.has_direct || changes.end_of_allocation != position_.eoa ||
      changes.superblock.with(0, 0) != applied_.with(0, 0)) {
    return true;
  }
  CommitPlan plan(main_, changes.overlay, applied_, boundary_, position_.eoa);
  for (const Change& change : changes.log.in_order()) FOREBAY_TRY(broken(plan.add(change)));
  return !plan.frames().empty();
}

Status Committer::reserve(std::uint64_t journal_bytes) {
  if (is_broken()) return why_.clone();
  return unless_full(journal_.journal().reserve(journal_bytes));
}

Result<bool> Committer::prepare(const PendingChanges& changes) {
  if (is_broken()) return why_.clone();
  const std::uint64_t end = changes.end_of_allocation;
  FOREBAY_TRY_ASSIGN(const bool changed, has_changed(changes));
  if (!changed) return false;
  FOREBAY_TRY(unless_full(publish_end(end)));
  auto prepared = std::make_unique<Prepared>();
  prepared->superblock = changes.superblock.with(Superblock::kFlagged, published_);
  prepared->has_direct = changes.has_direct;
  CommitPlan& plan =
      prepared->plan.emplace(main_, changes.overlay, prepared->superblock, boundary_, end);
  std::vector<Change> ordered = changes.log.in_order();
  const auto place = std::find_if(ordered.begin(), ordered.end(), [](const Change& change) {
    return change.kind >= ChangeClass::superblock;
  });
  ordered.insert(place, {0, Superblock::kBytes, ChangeClass::superblock});
  for (const Change& change : ordered) FOREBAY_TRY(broken(plan.add(change)));
  prepared->commit.eoa = end;
  prepared->commit.high_water = std::max(position_.high_water, end);
  prepared->commit.writes = plan.frames();
  FOREBAY_TRY_ASSIGN(const std::uint64_t bytes, journal::Journal::frame_bytes(prepared->commit));
  // Room first, for the flags too: without it nothing has happened, and the call can be repeated.
  FOREBAY_TRY(unless_full(journal_.journal().reserve(bytes + 2 * journal::kPage)));
  boundary_ = align_up(prepared->commit.high_water, journal::kPage);
  prepared_ = std::move(prepared);
  return true;
}

Status Committer::execute(const Status& writes) {
  const std::unique_ptr<Prepared> now = std::move(prepared_);
  if (is_broken()) return why_.clone();
  // Crash: forbids that a commit is on the disk whose rows could not be written.
  FOREBAY_TRY(broken(writes.clone()));
  FOREBAY_TRY(make_durable(*now));
  // The commit stands from here on; what fails now is for the next opening.
  Status after = apply(now->plan->applied());
  if (after.is_ok() && journal_.journal().used_bytes() > limits_.checkpoint_bytes)
    after = checkpoint();
  [[maybe_unused]] const Status kept = broken(std::move(after));
  return Status::ok();
}

Status Committer::make_durable(const Prepared& prepared) {
  if (!is_flagged_) {
    FOREBAY_TRY(set_flags(applied_.with(Superblock::kFlagged, published_)));
    is_flagged_ = true;  // and what went straight to the main file is synced with it
  } else if (prepared.has_direct) {
    // Crash: forbids that a commit is on the disk whose rows are not.
    FOREBAY_TRY(broken(main_.sync_data()));
  }
  FOREBAY_TRY(broken(journal_.journal().append(prepared.commit)));
  position_ = journal_.journal().newest();
  applied_ = prepared.superblock;
  return Status::ok();
}

// No sync: until the next checkpoint the journal has all of it.
Status Committer::apply(const std::vector<journal::Write>& writes) {
  for (const journal::Write& write : writes) {
    FOREBAY_TRY(main_.write_at(write.address, write.bytes));
  }
  return Status::ok();
}

Status Committer::checkpoint() {
  FOREBAY_TRY_ASSIGN(const std::uint64_t salt, journal::fresh_salt());
  return journal_.journal().reset(main_, salt);
}

Status Committer::finish(const Superblock& superblock) {
  if (is_broken()) return why_.clone();
  const std::uint64_t end = position_.eoa;
  if (is_flagged_) {
    // Crash: forbids that the flags of a closed file are on the disk before the size that its
    // superblock tells: HDF5 calls a shorter one truncated. The checkpoint syncs it.
    FOREBAY_TRY_ASSIGN(const std::uint64_t now, file_.size());
    if (now < end) FOREBAY_TRY(broken(file_.truncate(end)));
    // Crash: forbids that frames of commits are left when the flags are cleared: other programs may
    // change the file from then on.
    if (unsynced_) FOREBAY_TRY(broken(file_.sync_data()));
    FOREBAY_TRY(broken(checkpoint()));
    FOREBAY_TRY(set_flags(superblock.with(0, end)));
    is_flagged_ = false;
  }
  FOREBAY_TRY_ASSIGN(const std::uint64_t size, file_.size());
  if (size != end) FOREBAY_TRY(broken(file_.truncate(end)));
  // Crash: forbids that the journal is gone before the file is what a closed one should be.
  if (may_be_flagged_ || size != end) FOREBAY_TRY(broken(file_.sync_all()));
  is_finished_ = true;  // the name may soon be another writer's journal
  return broken(journal_.remove());
}

void Committer::abandon() noexcept {
  if (!may_be_flagged_ && !is_finished_) journal_.discard();
}

}  // namespace forebay::core
