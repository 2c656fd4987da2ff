// The seam under the store: every operation on a durable file goes through these two interfaces, so
// that a test can replace them with one that fails, forgets, tears or records. Thread rule: a
// StorageFile may be used by several threads at once where pread and pwrite may.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/base.hpp"

namespace forebay::core {

constexpr std::uint64_t kDirectPage = 4096;

class StorageFile {
 public:
  virtual ~StorageFile() = default;

  // Reads up to bytes.size() at `offset`; fewer only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> bytes) = 0;
  // Writes all of `bytes`; EINTR and short writes are handled inside.
  virtual Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  // As write_at(), past the page cache where the file system does that. Offset, size and memory are
  // multiples of kDirectPage.
  virtual Status write_direct(std::uint64_t offset, std::span<const std::byte> bytes) {
    return write_at(offset, bytes);
  }
  // Whether a thread of our own may write while the caller goes on. A simulator says no: its
  // operations then come in the order of the caller's.
  [[nodiscard]] virtual bool may_write_behind() const { return false; }
  // Whether threads of our own may read side by side while the caller waits for them.
  [[nodiscard]] virtual bool may_read_side_by_side() const { return may_write_behind(); }
  virtual Status sync_data() = 0;  // fdatasync
  virtual Status sync_all() = 0;   // fsync
  // Has the kernel forget what it holds of the file as clean pages, so that reads show the disk's
  // bytes. After a sync that worked. As far as the kernel does it.
  virtual Status drop_clean_pages() { return Status::ok(); }
  virtual Status truncate(std::uint64_t size) = 0;
  virtual Status allocate(
      std::uint64_t offset,
      std::uint64_t bytes) = 0;  // fallocate without changing the size's meaning
  virtual Result<std::uint64_t> size() = 0;
  // Exclusive advisory lock on the whole file; FOREBAY_E_BUSY when another process has it.
  virtual Status lock_exclusive() = 0;
  virtual Status lock_shared() = 0;
  // Gives up either of them.
  virtual Status unlock() { return Status::ok(); }
  // Whether the file has no name any more.
  virtual Result<bool> is_removed() { return false; }
  // Permissions of `other`, and its owner where that may be given away.
  virtual Status take_mode_of([[maybe_unused]] const StorageFile& other) { return Status::ok(); }
  // Exclusive lock on one byte, which goes when the last descriptor on this opening is closed;
  // FOREBAY_E_BUSY when another opening has it.
  virtual Status lock_byte([[maybe_unused]] std::uint64_t byte) { return lock_exclusive(); }
  // Whether another opening has that lock. Takes none itself.
  virtual Result<bool> is_byte_locked([[maybe_unused]] std::uint64_t byte) { return false; }
  // Identity of the file: two handles on one file have equal values.
  virtual std::uint64_t device() const = 0;
  virtual std::uint64_t inode() const = 0;
};

enum class OpenMode {
  read,
  write,
  create_new
};  // `write` opens what exists for reading and writing

class Storage {
 public:
  virtual ~Storage() = default;

  virtual Result<std::unique_ptr<StorageFile>> open(const std::string& path, OpenMode mode) = 0;
  // As open(), but never through a symbolic link.
  virtual Result<std::unique_ptr<StorageFile>> open_no_follow(const std::string& path,
                                                              OpenMode mode) {
    return open(path, mode);
  }
  // A file with no name in the directory of `path`; `publish` gives it one. Where the file system
  // refuses nameless files a temporary name is used and removed again if it is never published.
  virtual Result<std::unique_ptr<StorageFile>> open_nameless(const std::string& path) = 0;
  // Gives a nameless file the name `path`: FOREBAY_E_EXISTS when it is taken and `replace` is
  // false.
  virtual Status publish(StorageFile& file, const std::string& path, bool replace) = 0;
  virtual Status remove(const std::string& path) = 0;
  virtual Status sync_directory_of(const std::string& path) = 0;
};

// The operating system's. Static storage, any thread. In a process that a fork made, all files that
// were open at the fork are closed, and each call on one is FOREBAY_E_STATE.
Storage& system_storage();

}  // namespace forebay::core
