#include "store/snapshot_file.hpp"

#include <algorithm>
#include <cstring>

#include "journal/journal.hpp"

namespace forebay::core {
namespace {

// A live writer may begin a new generation while its journal is read.
constexpr int kAttempts = 5;

}  // namespace

Result<std::unique_ptr<SnapshotFile>> SnapshotFile::over(std::unique_ptr<StorageFile> main) {
  FOREBAY_TRY_ASSIGN(const std::uint64_t size, main->size());
  return std::unique_ptr<SnapshotFile>(new SnapshotFile(std::move(main), size));
}

Result<std::unique_ptr<StorageFile>> SnapshotFile::open(std::unique_ptr<StorageFile> main,
                                                        StorageFile& journal) {
  FOREBAY_TRY_ASSIGN(std::unique_ptr<SnapshotFile> snapshot, over(std::move(main)));
  for (int attempt = 1;; ++attempt) {
    FOREBAY_TRY_ASSIGN(const journal::Scan found, journal::scan(journal));
    FOREBAY_TRY(journal::check_pairing(found.identity, *snapshot));
    Status replayed = journal::replay(journal, found, *snapshot);
    if (replayed.is_failure() && (replayed.code() != FOREBAY_E_FORMAT || attempt == kAttempts)) {
      return replayed;
    }
    if (replayed.is_ok()) {
      FOREBAY_TRY(snapshot->show_closed(found.newest().eoa));
      return std::unique_ptr<StorageFile>(std::move(snapshot));
    }
    snapshot->frames_.clear();
  }
}

Result<std::unique_ptr<StorageFile>> SnapshotFile::open_alone(std::unique_ptr<StorageFile> main) {
  FOREBAY_TRY_ASSIGN(std::unique_ptr<SnapshotFile> snapshot, over(std::move(main)));
  FOREBAY_TRY_ASSIGN(const MainStart start, read_start(*snapshot));
  if (start.state == MainState::flagged) {
    FOREBAY_TRY(snapshot->show_closed(start.superblock.end()));
  }
  return std::unique_ptr<StorageFile>(std::move(snapshot));
}

Status SnapshotFile::show_closed(std::uint64_t end) {
  FOREBAY_TRY_ASSIGN(const MainStart start, read_start(*this));
  if (start.state != MainState::clean && start.state != MainState::flagged) {
    return {FOREBAY_E_FORMAT, "its superblock is damaged, and its journal does not have it"};
  }
  frames_.write(0, start.superblock.with(0, end).image());
  size_ = end;
  return Status::ok();
}

Result<std::size_t> SnapshotFile::read_at(std::uint64_t offset, std::span<std::byte> bytes) {
  if (offset >= size_) return std::size_t{0};
  bytes =
      bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), size_ - offset)));
  FOREBAY_TRY_ASSIGN(const std::size_t got, main_->read_at(offset, bytes));
  std::memset(bytes.data() + got, 0, bytes.size() - got);
  frames_.read(offset, bytes);
  return bytes.size();
}

Status SnapshotFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  frames_.write(offset, bytes);
  size_ = std::max(size_, offset + bytes.size());
  return Status::ok();
}

Status SnapshotFile::truncate(std::uint64_t size) {
  size_ = size;
  return Status::ok();
}

}  // namespace forebay::core
