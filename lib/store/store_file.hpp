// The file under a store as its HDF5 driver needs it: addresses, an end of allocation, an end of
// file. Knows no HDF5; the place where commits will be journaled. One thread.
//
// End of allocation (EOA): what HDF5 has handed out; it moves it freely and also sets tiny values
// while it looks for the signature, so it never resizes the file by itself. End of file (EOF): the
// bytes that are there. A durable superblock states an EOF that the file must not be shorter than,
// therefore only truncate(closing) ever shrinks.
//
// Invariant: after the first failed write, resize or sync nothing reaches the file any more. HDF5
// is told that all went well, because it leaves half-closed files and crashes when a flush fails;
// whoever called HDF5 asks failed() afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/base.hpp"
#include "platform/platform.hpp"

namespace forebay::core {

class StoreFile : public std::enable_shared_from_this<StoreFile> {
 public:
  static Result<std::shared_ptr<StoreFile>> adopt(std::unique_ptr<StorageFile> file,
                                                  std::string path);

  // For the driver. Bytes past the end of the file read as zeros.
  Status read(std::uint64_t address, std::span<std::byte> bytes);
  void write(std::uint64_t address, std::span<const std::byte> bytes);
  void truncate(bool closing);
  void opened() noexcept { end_of_allocation_ = 0; }  // HDF5 starts to look at the file
  void set_end_of_allocation(std::uint64_t address) noexcept { end_of_allocation_ = address; }
  [[nodiscard]] std::uint64_t end_of_allocation() const noexcept { return end_of_allocation_; }
  [[nodiscard]] std::uint64_t end_of_file() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t device() const noexcept { return device_; }
  [[nodiscard]] std::uint64_t inode() const noexcept { return inode_; }

  // For the store.
  // Until it is called nothing is written: a file is looked at first.
  void allow_writes() noexcept { writable_ = true; }
  Status sync();
  [[nodiscard]] bool writable() const noexcept { return writable_; }
  [[nodiscard]] bool failed() const noexcept { return failure_.is_failure(); }
  [[nodiscard]] const Status& failure() const noexcept { return failure_; }
  // Only the first failure is kept.
  void poison(Status failure) noexcept;
  // Drops every later write without it being a failure of the disk: for a store that is given up.
  void abandon() noexcept;
  // Why HDF5 could not read, if that was the file's fault; asking clears it.
  Status take_read_failure() noexcept;
  // How often something past the end of the file was read.
  [[nodiscard]] std::uint64_t reads_past_end() const noexcept { return reads_past_end_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] StorageFile& storage_file() noexcept { return *file_; }
  // Closes the descriptor; every later access fails.
  void release_file() noexcept;

 private:
  StoreFile(std::unique_ptr<StorageFile> file, std::string path)
      : file_(std::move(file)),
        path_(std::move(path)),
        device_(file_->device()),
        inode_(file_->inode()) {}
  [[nodiscard]] bool takes_writes() const noexcept { return writable_ && !failed() && file_; }

  // Constant after construction, but for release_file().
  std::unique_ptr<StorageFile> file_;
  std::string path_;
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
  // State.
  bool writable_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t end_of_allocation_ = 0;
  std::uint64_t reads_past_end_ = 0;
  Status failure_;
  Status read_failure_;
};

}  // namespace forebay::core
