// Where reads come from and writes go to. Commits are in store_commit.cpp.
#include "store/store_file.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

namespace forebay::core {
namespace {

// Smaller ones are done at once: they are cheaper so than a thread is woken.
constexpr std::size_t kLeastBehind = 32U << 10U;
// More is no faster, and the quota of a loader is not much larger.
constexpr std::uint64_t kMostBehind = 16U << 20U;
// How far ahead of need a file gets its room.
constexpr std::uint64_t kLeastAhead = 1U << 20U;
constexpr std::uint64_t kMostAhead = 64U << 20U;

}  // namespace

StoreFile::Loan::Loan(StoreFile& file, std::span<const std::byte> memory,
                      WriteBehind::Keeper keeper, PageKind pages)
    : file_(file) {
  file_.lent_ = memory;
  file_.lent_pages_ = pages;
  file_.lender_ = std::move(keeper);
}

StoreFile::Loan::~Loan() {
  file_.lent_ = {};
  file_.lender_.reset();
}

Result<std::shared_ptr<StoreFile>> StoreFile::adopt(std::unique_ptr<StorageFile> file,
                                                    std::string path) {
  FOREBAY_TRY_ASSIGN(const std::uint64_t size, file->size());
  std::shared_ptr<StoreFile> adopted(new StoreFile(std::move(file), std::move(path)));
  adopted->size_ = size;
  return adopted;
}

Result<std::shared_ptr<StoreFile>> StoreFile::follow(std::unique_ptr<SnapshotFile> snapshot,
                                                     std::string path) {
  SnapshotFile* const followed = snapshot.get();
  FOREBAY_TRY_ASSIGN(std::shared_ptr<StoreFile> adopted,
                     adopt(std::move(snapshot), std::move(path)));
  adopted->snapshot_ = followed;
  return adopted;
}

Result<SnapshotFile::Step> StoreFile::advance() {
  if (!file_) return Status(FOREBAY_E_STATE, path_ + " is closed");
  if (snapshot_ == nullptr) return SnapshotFile::Step::none;
  FOREBAY_TRY_ASSIGN(const SnapshotFile::Step step, snapshot_->advance());
  FOREBAY_TRY_ASSIGN(size_, snapshot_->size());
  return step;
}

std::uint64_t StoreFile::end_of_file() const noexcept {
  return std::max({size_, overlay_.end(), committing_ ? committing_->overlay.end() : 0});
}

Status StoreFile::read(std::uint64_t address, std::span<std::byte> bytes, bool is_raw) {
  if (!file_) return {FOREBAY_E_STATE, path_ + " is closed"};
  if (is_raw && probe_ != nullptr) {
    probe_->note(address, bytes.size());
    return Status::ok();
  }
  const Writes under_way = writes_meeting(address, bytes.size());
  Result<std::size_t> got = snapshot_ != nullptr && !is_raw
                                ? snapshot_->read_metadata(address, bytes)
                                : file_->read_at(address, bytes);
  if (!got.is_ok()) {
    read_failure_ = got.status().clone();
    if (!is_raw || !forgives_rows_) return std::move(got).status();
    got = std::size_t{0};
  }
  if (*got < bytes.size()) {
    if (address + bytes.size() > end_of_file()) ++reads_past_end_;
    std::memset(bytes.data() + *got, 0, bytes.size() - *got);
  }
  put_newer_over(under_way, address, bytes);
  return Status::ok();
}

Status StoreFile::read_rows(std::uint64_t address, std::span<std::byte> bytes) const {
  if (!file_) return {FOREBAY_E_STATE, path_ + " is closed"};
  const Writes under_way = writes_meeting(address, bytes.size());
  FOREBAY_TRY_ASSIGN(const std::size_t got, file_->read_at(address, bytes));
  if (got < bytes.size()) {
    if (address + bytes.size() > end_of_file()) return {FOREBAY_E_FORMAT, "the file is too short"};
    std::memset(bytes.data() + got, 0, bytes.size() - got);
  }
  put_newer_over(under_way, address, bytes);
  return Status::ok();
}

// Invariant: asked for before the file is read, see WriteBehind::meeting().
StoreFile::Writes StoreFile::writes_meeting(std::uint64_t address, std::uint64_t bytes) const {
  return behind_ && !is_forked_copy() ? behind_->meeting(address, bytes) : Writes();
}

void StoreFile::put_newer_over(const Writes& under_way, std::uint64_t address,
                               std::span<std::byte> bytes) const {
  WriteBehind::put_over(under_way, address, bytes);
  if (committing_) committing_->overlay.read(address, bytes);
  overlay_.read(address, bytes);
  if (superblock_ && address < Superblock::kBytes) {
    const std::size_t take = std::min<std::size_t>(bytes.size(), Superblock::kBytes - address);
    std::memcpy(bytes.data(), superblock_->image().data() + address, take);
  }
}

void StoreFile::write(std::uint64_t address, std::span<const std::byte> bytes, bool is_raw) {
  if (!takes_writes()) return;
  if (is_raw) {
    newest_rows_ = bytes;
    newest_address_ = address;
  }
  if (routing_ == Routing::unpublished) return write_through(address, bytes, is_raw);
  const ChangeClass kind = class_of(is_raw, bytes);
  bytes = take_superblock(&address, bytes);
  if (bytes.empty()) return;
  if (routing_ == Routing::journaled) return write_journaled(address, bytes, kind);
  if (Status status = mark_unprotected(); status.is_failure()) return poison(std::move(status));
  write_through(address, bytes, is_raw);
}

std::optional<std::uint64_t> StoreFile::address_of(
    std::span<const std::byte> bytes) const noexcept {
  if (newest_rows_.data() != bytes.data() || newest_rows_.size() != bytes.size()) return {};
  return newest_address_;
}

// Keeps what goes to the superblock; the rest.
std::span<const std::byte> StoreFile::take_superblock(std::uint64_t* address,
                                                      std::span<const std::byte> bytes) {
  if (!superblock_ || *address >= Superblock::kBytes) return bytes;
  const std::size_t take = std::min<std::size_t>(bytes.size(), Superblock::kBytes - *address);
  std::memcpy(superblock_->image().data() + *address, bytes.data(), take);
  *address += take;
  return bytes.subspan(take);
}

void StoreFile::write_through(std::uint64_t address, std::span<const std::byte> bytes,
                              bool is_raw) {
  Status status = is_raw && bytes.size() >= kLeastBehind ? write_behind(address, bytes)
                                                         : write_now(address, bytes);
  if (status.is_failure()) {
    [[maybe_unused]] const Status told = fail(std::move(status));
    return;
  }
  size_ = std::max(size_, address + bytes.size());
}

WriteBehind& StoreFile::behind() {
  if (!behind_) behind_ = std::make_unique<WriteBehind>(*file_, kMostBehind);
  return *behind_;
}

Status StoreFile::write_behind(std::uint64_t address, std::span<const std::byte> bytes) {
  extend_for(address + bytes.size());
  const std::less_equal<> before;
  const bool is_lent = lender_ && before(lent_.data(), bytes.data()) &&
                       before(bytes.data() + bytes.size(), lent_.data() + lent_.size());
  if (is_lent && reinterpret_cast<std::uintptr_t>(bytes.data()) % kDirectPage == 0) {
    behind().write(address, bytes, lender_, lent_pages_);
  } else {
    behind().write_copy(address, bytes);
  }
  return behind_->failure();
}

Status StoreFile::write_now(std::uint64_t address, std::span<const std::byte> bytes) {
  if (behind_ && !behind_->meeting(address, bytes.size()).empty()) FOREBAY_TRY(behind_->drain());
  return file_->write_at(address, bytes);
}

Status StoreFile::drain() {
  return behind_ ? behind_->drain() : Status::ok();
}

void StoreFile::write_journaled(std::uint64_t address, std::span<const std::byte> bytes,
                                ChangeClass kind) {
  const std::uint64_t boundary = committer_->boundary();
  if (address < boundary) {
    const std::size_t below = std::min<std::uint64_t>(bytes.size(), boundary - address);
    hold(address, bytes.first(below), kind);
    address += below;
    bytes = bytes.subspan(below);
  }
  if (bytes.empty()) return;
  if (!has_direct_ && held_bytes_ + bytes.size() <= committer_->limits().held_bytes) {
    held_bytes_ += bytes.size();
    return hold(address, bytes, ChangeClass::fresh);
  }
  if (!has_direct_) write_held_out();
  if (!failed()) write_through(address, bytes, kind == ChangeClass::rows);
}

void StoreFile::hold(std::uint64_t address, std::span<const std::byte> bytes, ChangeClass kind) {
  overlay_.write(address, bytes);
  log_.add({address, bytes.size(), kind});
}

void StoreFile::write_held_out() {
  const std::uint64_t boundary = committer_->boundary();
  Status status = overlay_.take_from(
      boundary, [this](std::uint64_t address, std::span<const std::byte> bytes) -> Status {
        write_through(address, bytes, false);
        return failure_.clone();
      });
  if (status.is_failure()) return;
  log_.drop_from(boundary);
  held_bytes_ = 0;
  has_direct_ = true;
}

Status StoreFile::reserve(std::uint64_t file_bytes, std::uint64_t journal_bytes) {
  if (!takes_writes()) return Status::ok();
  Status status = allocate(end_of_allocation_ + file_bytes);
  // While a commit is being made the journal is not ours; it makes its own room in time.
  if (status.is_ok() && committer_ && !committing_) status = committer_->reserve(journal_bytes);
  if (status.is_ok()) return status;
  if (status.code() != FOREBAY_E_NOSPC) return fail(std::move(status));
  ErrorDetail detail = status.detail();
  detail.message += "; nothing was appended: free some space and do it again";
  return {FOREBAY_E_NOSPC, std::move(detail)};
}

// Why by large steps: a direct write into space that the file has changes none of its metadata, and
// each step waits for all writes that are under way.
Status StoreFile::allocate(std::uint64_t end) {
  if (end <= allocated_) return Status::ok();
  const std::uint64_t begin = std::max(allocated_, end_of_allocation_ / kDirectPage * kDirectPage);
  std::uint64_t wanted = align_up(end + std::clamp(end, kLeastAhead, kMostAhead), kDirectPage);
  Status status = file_->allocate(begin, wanted - begin);
  if (status.code() == FOREBAY_E_NOSPC) {
    wanted = align_up(end, kDirectPage);
    status = file_->allocate(begin, wanted - begin);
  }
  FOREBAY_TRY(std::move(status));
  allocated_ = wanted;
  return Status::ok();
}

// Why the whole room at once: a direct write past the end of a file changes its size, and so more
// than its own bytes. One that fails here shows in the write itself.
void StoreFile::extend_for(std::uint64_t end) {
  if (end > size_ && allocated_ > size_ && file_->truncate(allocated_).is_ok()) size_ = allocated_;
}

void StoreFile::truncate(bool closing) {
  // Else the size is a commit's affair.
  if (routing_ != Routing::unpublished) return;
  const bool resize = closing ? size_ != end_of_allocation_ : size_ < end_of_allocation_;
  if (!resize || !takes_writes()) return;
  Status status = drain();
  if (status.is_ok()) status = file_->truncate(end_of_allocation_);
  if (status.is_failure()) {
    [[maybe_unused]] const Status told = fail(std::move(status));
    return;
  }
  size_ = end_of_allocation_;
}

void StoreFile::poison(Status failure) noexcept {
  if (!failed()) failure_ = std::move(failure);
}

void StoreFile::abandon() noexcept {
  // Gives back what reserve() took past the end, which a size that stays the same does.
  if (takes_writes() && !behind_ && allocated_ > size_ && !is_forked_copy()) {
    [[maybe_unused]] const Status tried = file_->truncate(size_);
  }
  poison(Status::news(FOREBAY_E_CANCELLED));
}

Status StoreFile::take_read_failure() noexcept {
  Status taken = std::move(read_failure_);
  read_failure_ = Status();
  return taken;
}

Status StoreFile::take_write_failure() {
  if (!behind_ || failed()) return Status::ok();
  Status status = behind_->failure();
  return status.is_failure() ? fail(std::move(status)) : Status::ok();
}

void StoreFile::release_file() noexcept {
  behind_.reset();
  committing_.reset();
  if (committer_ && !is_forked_copy()) committer_->abandon();
  committer_.reset();
  snapshot_ = nullptr;
  file_.reset();
}

}  // namespace forebay::core
