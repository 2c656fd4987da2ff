// A main file as the commits in its journal say it is, without a byte being written: their frames
// lie over it in memory, its superblock is that of a closed file. For reading a file whose writer
// lives or died. Thread rule: one thread.
//
// What a live writer does later to addresses that no frame here has shows through: it never uses an
// address twice, so that the rows of the snapshot stay; a look at metadata that is just being
// rewritten fails by its checksum.
#pragma once

#include <memory>

#include "store/overlay.hpp"
#include "store/superblock.hpp"

namespace forebay::core {

class SnapshotFile final : public StorageFile {
 public:
  // FOREBAY_E_FORMAT: the journal is damaged or another file's.
  static Result<std::unique_ptr<StorageFile>> open(std::unique_ptr<StorageFile> main,
                                                   StorageFile& journal);
  // As it is, but with its superblock made that of a closed file: for looking at a file without its
  // journal.
  static Result<std::unique_ptr<StorageFile>> open_alone(std::unique_ptr<StorageFile> main);

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> bytes) override;
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

  std::unique_ptr<StorageFile> main_;
  std::uint64_t size_;
  Overlay frames_;
};

}  // namespace forebay::core
