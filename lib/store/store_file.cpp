// Where reads come from and writes go to. Commits are in store_commit.cpp.
#include "store/store_file.hpp"

#include <algorithm>
#include <cstring>

namespace forebay::core {
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
  return std::max(size_, overlay_.end());
}

Status StoreFile::read(std::uint64_t address, std::span<std::byte> bytes, bool is_raw) {
  if (!file_) return {FOREBAY_E_STATE, path_ + " is closed"};
  Result<std::size_t> got = snapshot_ != nullptr && !is_raw
                                ? snapshot_->read_metadata(address, bytes)
                                : file_->read_at(address, bytes);
  if (!got.is_ok()) {
    read_failure_ = got.status().clone();
    return std::move(got).status();
  }
  if (*got < bytes.size()) {
    if (address + bytes.size() > end_of_file()) ++reads_past_end_;
    std::memset(bytes.data() + *got, 0, bytes.size() - *got);
  }
  overlay_.read(address, bytes);
  if (superblock_ && address < Superblock::kBytes) {
    const std::size_t take = std::min<std::size_t>(bytes.size(), Superblock::kBytes - address);
    std::memcpy(bytes.data(), superblock_->image().data() + address, take);
  }
  return Status::ok();
}

void StoreFile::write(std::uint64_t address, std::span<const std::byte> bytes, bool is_raw) {
  if (!takes_writes()) return;
  if (routing_ == Routing::unpublished) return write_direct(address, bytes);
  const ChangeClass kind = class_of(is_raw, bytes);
  bytes = take_superblock(&address, bytes);
  if (bytes.empty()) return;
  if (routing_ == Routing::journaled) return write_journaled(address, bytes, kind);
  if (Status status = mark_unprotected(); status.is_failure()) return poison(std::move(status));
  write_direct(address, bytes);
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

void StoreFile::write_direct(std::uint64_t address, std::span<const std::byte> bytes) {
  if (Status status = file_->write_at(address, bytes); status.is_failure()) {
    [[maybe_unused]] const Status told = fail(std::move(status));
    return;
  }
  size_ = std::max(size_, address + bytes.size());
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
  if (!failed()) write_direct(address, bytes);
}

void StoreFile::hold(std::uint64_t address, std::span<const std::byte> bytes, ChangeClass kind) {
  overlay_.write(address, bytes);
  log_.add({address, bytes.size(), kind});
}

void StoreFile::write_held_out() {
  const std::uint64_t boundary = committer_->boundary();
  Status status = overlay_.take_from(
      boundary, [this](std::uint64_t address, std::span<const std::byte> bytes) -> Status {
        write_direct(address, bytes);
        return failure_.clone();
      });
  if (status.is_failure()) return;
  log_.drop_from(boundary);
  held_bytes_ = 0;
  has_direct_ = true;
}

void StoreFile::truncate(bool closing) {
  // Else the size is a commit's affair.
  if (routing_ != Routing::unpublished) return;
  const bool resize = closing ? size_ != end_of_allocation_ : size_ < end_of_allocation_;
  if (!resize || !takes_writes()) return;
  if (Status status = file_->truncate(end_of_allocation_); status.is_failure()) {
    [[maybe_unused]] const Status told = fail(std::move(status));
    return;
  }
  size_ = end_of_allocation_;
}

void StoreFile::poison(Status failure) noexcept {
  if (!failed()) failure_ = std::move(failure);
}

void StoreFile::abandon() noexcept {
  poison(Status::news(FOREBAY_E_CANCELLED));
}

Status StoreFile::take_read_failure() noexcept {
  Status taken = std::move(read_failure_);
  read_failure_ = Status();
  return taken;
}

void StoreFile::release_file() noexcept {
  if (committer_ && !is_forked_copy()) committer_->abandon();
  committer_.reset();
  snapshot_ = nullptr;
  file_.reset();
}

}  // namespace forebay::core
