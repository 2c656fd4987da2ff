// A main file as of one commit in its journal, without a byte being written: the frames of the
// commits lie over it in memory, its superblock is that of a closed file. For reading a file whose
// writer lives or died. Thread rule: one thread.
//
// Beside a live writer: it writes a commit into the main file only after its frames are in the
// journal. So whoever looks at the journal after a read of the main file sees every commit that
// could have had a part in it, or that the journal has begun a new generation meanwhile. Metadata
// that a later commit touched is then refused: the snapshot is stale, and advance() takes it to the
// newest commit. Rows need no such care, as no commit changes those of another.
#pragma once

#include <memory>
#include <vector>

#include "journal/journal.hpp"
#include "store/address_ranges.hpp"
#include "store/overlay.hpp"
#include "store/superblock.hpp"

namespace forebay::core {

class SnapshotFile final : public StorageFile {
 public:
  // As of the newest commit. FOREBAY_E_FORMAT: the journal is damaged or another file's.
  static Result<std::unique_ptr<SnapshotFile>> open(std::unique_ptr<StorageFile> main,
                                                    std::unique_ptr<StorageFile> journal);
  // As it is, but with its superblock made that of a closed file: for looking at a file without its
  // journal.
  static Result<std::unique_ptr<StorageFile>> open_alone(std::unique_ptr<StorageFile> main);

  // As read_at(), for metadata. FOREBAY_E_BUSY: the main file has newer bytes, or may have.
  Result<std::size_t> read_metadata(std::uint64_t offset, std::span<std::byte> bytes);
  // Whether a read was refused since it was opened or advanced.
  [[nodiscard]] bool is_stale() const noexcept { return is_stale_; }
  enum class Step : std::uint8_t {
    none = 1,  // there is no newer commit
    newer,
    ended  // the journal is gone, as its writer has closed the file: to be opened anew
  };
  // To the newest commit.
  Result<Step> advance();
  // Of the commit that it shows.
  [[nodiscard]] std::uint64_t sequence() const noexcept {
    return taken_ == 0 ? scan_.base.sequence : scan_.commits[taken_ - 1].position.sequence;
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> bytes) override;
  // Nothing that such a read looks at changes but in read_metadata() and advance().
  [[nodiscard]] bool may_read_side_by_side() const override {
    return main_->may_read_side_by_side();
  }
  Result<std::uint64_t> size() override { return size_; }
  std::uint64_t device() const override { return main_->device(); }
  std::uint64_t inode() const override { return main_->inode(); }
  // Those change the snapshot only.
  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override;
  Status truncate(std::uint64_t size) override;
  Status sync_data() override { return Status::ok(); }
  Status sync_all() override { return Status::ok(); }
  Status allocate(std::uint64_t, std::uint64_t) override { return Status::ok(); }
  Status lock_exclusive() override { return main_->lock_exclusive(); }
  Status lock_shared() override { return main_->lock_shared(); }

 private:
  SnapshotFile(std::unique_ptr<StorageFile> main, std::uint64_t size)
      : main_(std::move(main)), size_(size) {}
  static Result<std::unique_ptr<SnapshotFile>> over(std::unique_ptr<StorageFile> main);
  Status show_closed(std::uint64_t end);
  Status take_all();
  Result<bool> take_new();
  Result<std::size_t> read_rest(std::uint64_t offset, std::span<const std::byte> bytes);
  bool take_rest(std::uint64_t offset, std::span<std::byte> bytes);
  Result<bool> is_changed(std::uint64_t offset, std::uint64_t bytes);
  Result<bool> note_newer();

  std::unique_ptr<StorageFile> main_;
  std::unique_ptr<StorageFile> journal_;  // null: looked at alone
  std::uint64_t size_;
  Overlay frames_;         // of the commits up to the snapshot's
  journal::Scan scan_;     // with the commits after it that were noted
  std::size_t taken_ = 0;  // commits of scan_ in frames_
  std::size_t noted_ = 0;  // commits of scan_ in frames_ or newer_
  AddressRanges newer_;    // what the commits after it changed
  bool is_stale_ = false;
  std::vector<std::byte> rest_;  // of the object header that was read last, from rest_at_ on
  std::uint64_t rest_at_ = 0;
};

}  // namespace forebay::core
