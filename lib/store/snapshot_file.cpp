#include "store/snapshot_file.hpp"

#include <algorithm>
#include <cstring>

#include "store/object_header.hpp"

namespace forebay::core {
namespace {

// A live writer may begin a new generation while its journal is read, which takes it 64 MiB of
// commits each time.
constexpr int kAttempts = 20;
// Longer ones are damaged: HDF5 begins another chunk of 64 KiB at most when one is full.
constexpr std::uint64_t kLongestHeader = 1U << 20U;

}  // namespace

Result<std::unique_ptr<SnapshotFile>> SnapshotFile::over(std::unique_ptr<StorageFile> main) {
  FOREBAY_TRY_ASSIGN(const std::uint64_t size, main->size());
  return std::unique_ptr<SnapshotFile>(new SnapshotFile(std::move(main), size));
}

Result<std::unique_ptr<SnapshotFile>> SnapshotFile::open(std::unique_ptr<StorageFile> main,
                                                         std::unique_ptr<StorageFile> journal) {
  FOREBAY_TRY_ASSIGN(std::unique_ptr<SnapshotFile> snapshot, over(std::move(main)));
  snapshot->journal_ = std::move(journal);
  FOREBAY_TRY(snapshot->take_all());
  return snapshot;
}

// All commits of the generation that there is.
Status SnapshotFile::take_all() {
  for (int attempt = 1;; ++attempt) {
    frames_.clear();
    taken_ = noted_ = 0;
    FOREBAY_TRY_ASSIGN(scan_, journal::scan(*journal_));
    FOREBAY_TRY(journal::check_pairing(scan_.identity, *main_));
    Result<bool> taken = take_new();
    if (taken.is_ok() && *taken) return Status::ok();
    const bool is_last = attempt == kAttempts;
    if (!taken.is_ok() && (is_last || taken.code() != FOREBAY_E_FORMAT)) {
      return std::move(taken).status();
    }
    if (is_last) {
      return {FOREBAY_E_BUSY, "its journal begins anew faster than it can be read: try again"};
    }
  }
}

// The commits that were appended since; false: they are in another generation.
Result<bool> SnapshotFile::take_new() {
  FOREBAY_TRY_ASSIGN(const bool same, journal::scan_on(*journal_, &scan_));
  if (!same) return false;
  const auto lay_over = [this](std::uint64_t address, std::span<const std::byte> bytes) {
    frames_.write(address, bytes);
    return Status::ok();
  };
  FOREBAY_TRY(journal::read_frames(*journal_, scan_, taken_, lay_over));
  taken_ = noted_ = scan_.commits.size();
  newer_.clear();
  rest_.clear();
  is_stale_ = false;
  FOREBAY_TRY(show_closed(scan_.newest().eoa));
  return true;
}

Result<SnapshotFile::Step> SnapshotFile::advance() {
  if (!journal_) return Step::none;
  FOREBAY_TRY_ASSIGN(const bool removed, journal_->is_removed());
  if (removed) return Step::ended;
  const std::uint64_t before = sequence();
  Result<bool> taken = take_new();
  if (!taken.is_ok() && taken.code() != FOREBAY_E_FORMAT) return std::move(taken).status();
  if (!taken.is_ok() || !*taken) FOREBAY_TRY(take_all());
  return sequence() == before ? Step::none : Step::newer;
}

Result<std::size_t> SnapshotFile::read_metadata(std::uint64_t offset, std::span<std::byte> bytes) {
  if (take_rest(offset, bytes)) return bytes.size();
  FOREBAY_TRY_ASSIGN(const std::size_t got, read_at(offset, bytes));
  FOREBAY_TRY_ASSIGN(const std::size_t more, read_rest(offset, bytes.first(got)));
  // Invariant: looked at after the main file was read.
  FOREBAY_TRY_ASSIGN(const bool changed, is_changed(offset, got + more));
  if (!changed) return got;
  rest_.clear();
  is_stale_ = true;
  return Status(FOREBAY_E_BUSY, "the file was changed while it was read: try again");
}

// What of an object header follows `bytes`, at `offset`, is read with them.
// Why: HDF5 reads a header in two parts, and loses memory (and with it the way to end itself) when
// the second is refused.
Result<std::size_t> SnapshotFile::read_rest(std::uint64_t offset,
                                            std::span<const std::byte> bytes) {
  const std::optional<std::uint64_t> header = object_header_bytes(bytes);
  if (!header || *header <= bytes.size() || *header > kLongestHeader) return std::size_t{0};
  rest_.resize(static_cast<std::size_t>(*header - bytes.size()));
  rest_at_ = offset + bytes.size();
  FOREBAY_TRY_ASSIGN(const std::size_t got, read_at(rest_at_, rest_));
  rest_.resize(got);
  return got;
}

bool SnapshotFile::take_rest(std::uint64_t offset, std::span<std::byte> bytes) {
  if (offset != rest_at_ || bytes.size() != rest_.size() || rest_.empty()) return false;
  std::copy(rest_.begin(), rest_.end(), bytes.begin());
  return true;
}

Result<bool> SnapshotFile::is_changed(std::uint64_t offset, std::uint64_t bytes) {
  if (!journal_ || bytes == 0) return false;
  const auto any = [](std::uint64_t, std::uint64_t) { return true; };
  if (!frames_.any_gap(offset, bytes, any)) return false;
  Result<bool> noted = note_newer();
  if (noted.code() == FOREBAY_E_FORMAT) return true;
  FOREBAY_TRY_ASSIGN(const bool is_known, std::move(noted));
  return !is_known ||
         frames_.any_gap(offset, bytes, [this](std::uint64_t begin, std::uint64_t end) {
           return newer_.meets(begin, end);
         });
}

// What the commits after the snapshot changed; false: nobody knows any more.
Result<bool> SnapshotFile::note_newer() {
  FOREBAY_TRY_ASSIGN(const bool removed, journal_->is_removed());
  if (removed) return false;
  FOREBAY_TRY_ASSIGN(const bool same, journal::scan_on(*journal_, &scan_));
  if (!same) return false;
  const auto note = [this](std::uint64_t address, std::span<const std::byte> bytes) {
    newer_.add(address, address + bytes.size());
    return Status::ok();
  };
  FOREBAY_TRY(journal::read_frames(*journal_, scan_, noted_, note));
  noted_ = scan_.commits.size();
  return true;
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
