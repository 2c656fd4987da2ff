// The file under a store as its HDF5 driver needs it: addresses, an end of allocation, an end of
// file. Knows no HDF5. Decides where each byte goes; Committer then makes commits of them. One
// thread.
//
// End of allocation (EOA): what HDF5 has handed out; it moves it freely and also sets tiny values
// while it looks for the signature, so it never resizes the file by itself. End of file (EOF): the
// bytes that are there. A durable superblock states an EOF that the file must not be shorter than,
// therefore only closing ever shrinks.
//
// Invariant: no byte below the boundary (the highest end of allocation of any commit, rounded up to
// a page) reaches the main file before its commit is durable in the journal.
//
// Invariant: after the first failed write, resize or sync nothing reaches the file any more. HDF5
// is told that all went well, because it leaves half-closed files and crashes when a flush fails;
// whoever called HDF5 asks failed() afterwards.
//
// Large writes of rows go on behind the caller's back (WriteBehind). They lie past the boundary, so
// a commit has only to wait for them; reads take them from memory. A write that fails there is told
// by the next call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/base.hpp"
#include "platform/platform.hpp"
#include "store/committer.hpp"
#include "store/snapshot_file.hpp"

namespace forebay::core {

class StoreFile : public std::enable_shared_from_this<StoreFile> {
 public:
  // Memory of the caller's that does not change while `keeper` lives: rows in it are written
  // without a copy, also after this has ended. One at a time.
  class Loan {
   public:
    Loan(StoreFile& file, std::span<const std::byte> memory, WriteBehind::Keeper keeper,
         PageKind pages);
    ~Loan();
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

   private:
    StoreFile& file_;
  };

  // Asks HDF5 where it has rows: while this lives a read of rows reads nothing and is only noted.
  // Why so: HDF5 before 1.14 tells the place of a chunk by walking over all of them.
  class RowProbe {
   public:
    explicit RowProbe(StoreFile& file) noexcept : file_(file) { file_.probe_ = this; }
    ~RowProbe() { file_.probe_ = nullptr; }
    RowProbe(const RowProbe&) = delete;
    RowProbe& operator=(const RowProbe&) = delete;
    void note(std::uint64_t address, std::uint64_t bytes) noexcept {
      ++reads_;
      address_ = address;
      bytes_ = bytes;
    }
    // Whether there was just one.
    [[nodiscard]] bool has_found() const noexcept { return reads_ == 1; }
    [[nodiscard]] std::uint64_t address() const noexcept { return address_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

   private:
    StoreFile& file_;
    std::size_t reads_ = 0;
    std::uint64_t address_ = 0;
    std::uint64_t bytes_ = 0;
  };

  static Result<std::shared_ptr<StoreFile>> adopt(std::unique_ptr<StorageFile> file,
                                                  std::string path);

  // Of a file beside whose writer it is read.
  static Result<std::shared_ptr<StoreFile>> follow(std::unique_ptr<SnapshotFile> snapshot,
                                                   std::string path);

  // For the driver. Bytes past the end of the file read as zeros.
  Status read(std::uint64_t address, std::span<std::byte> bytes, bool is_raw);
  // Rows, for several threads at once while the store's own waits for them, where
  // may_read_side_by_side(). FOREBAY_E_FORMAT: the file ends before them.
  Status read_rows(std::uint64_t address, std::span<std::byte> bytes) const;
  [[nodiscard]] bool may_read_side_by_side() const {
    return file_ && file_->may_read_side_by_side();
  }
  void write(std::uint64_t address, std::span<const std::byte> bytes, bool is_raw);
  // Where the newest write of rows went, if it was that of just these bytes.
  [[nodiscard]] std::optional<std::uint64_t> address_of(
      std::span<const std::byte> bytes) const noexcept;
  void truncate(bool closing);
  void opened() noexcept { end_of_allocation_ = 0; }  // HDF5 starts to look at the file
  void set_end_of_allocation(std::uint64_t address) noexcept { end_of_allocation_ = address; }
  [[nodiscard]] std::uint64_t end_of_allocation() const noexcept { return end_of_allocation_; }
  [[nodiscard]] std::uint64_t end_of_file() const noexcept;
  [[nodiscard]] std::uint64_t device() const noexcept { return device_; }
  [[nodiscard]] std::uint64_t inode() const noexcept { return inode_; }

  // For the store. Until one of these three is called nothing is written: a file is looked at
  // first.
  // A new file that has no name yet: all goes straight to it.
  void begin_unpublished() noexcept { routing_ = Routing::unpublished; }
  // All goes straight to a file whose flags tell that it is being written, and no commit is
  // promised.
  Status begin_unprotected();
  // Commits go through `journal`; `position` is what the file holds.
  Status begin_journaled(JournalFile journal, const journal::Position& position, bool syncs,
                         const CommitLimits& limits);

  // Makes what was written so far a commit; on a file without a name or journal, as durable as they
  // are. A commit that was begun comes first; poll_commit() still tells its outcome.
  Status commit();
  // Begins one, with none begun before; what is written from now on goes into the next one. A
  // failure began nothing.
  Status begin_commit();
  // Waits for the commit that was begun, at most so long; negative: without an end. Its outcome, or
  // FOREBAY_AGAIN. OK without one.
  Status poll_commit(int timeout_ms);
  // As poll_commit(-1), which can still be asked for the outcome.
  void await_commit();
  // Makes room for so many bytes behind the end of allocation, and for a commit of so many in the
  // journal. FOREBAY_E_NOSPC has done no harm.
  Status reserve(std::uint64_t file_bytes, std::uint64_t journal_bytes);
  // After commit(): makes it a plain, closed file, durably.
  Status finish();
  // HDF5 reads this superblock, not the one with flags that the file has.
  void show(const Superblock& superblock) noexcept { superblock_ = superblock; }
  // Of a file that is followed: whether HDF5 met metadata of a later commit, and going on to the
  // newest one, with HDF5's own file closed. Others are never stale.
  [[nodiscard]] bool is_followed() const noexcept { return snapshot_ != nullptr; }
  [[nodiscard]] bool is_stale() const noexcept {
    return snapshot_ != nullptr && snapshot_->is_stale();
  }
  Result<SnapshotFile::Step> advance();
  [[nodiscard]] std::uint64_t sequence() const noexcept {
    return snapshot_ != nullptr ? snapshot_->sequence() : 0;
  }
  [[nodiscard]] bool writable() const noexcept { return routing_ != Routing::none; }
  [[nodiscard]] bool failed() const noexcept { return failure_.is_failure(); }
  [[nodiscard]] const Status& failure() const noexcept { return failure_; }
  // Only the first failure is kept.
  void poison(Status failure) noexcept;
  // Drops every later write without it being a failure of the disk: for a store that is given up.
  void abandon() noexcept;
  // Why HDF5 could not read, if that was the file's fault; asking clears it.
  Status take_read_failure() noexcept;
  // From now on rows that cannot be read are zeros to HDF5: it is not told, but
  // take_read_failure() has the failure. Why: H5Ocopy frees a dataset's type twice when it is.
  void forgive_rows() noexcept { forgives_rows_ = true; }
  // How often something past the end of the file was read.
  [[nodiscard]] std::uint64_t reads_past_end() const noexcept { return reads_past_end_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] StorageFile& storage_file() noexcept { return *file_; }
  // Whether this is the copy of a fork, whose descriptors are closed.
  [[nodiscard]] bool is_forked_copy() const noexcept { return generation_ != fork_generation(); }
  // The failure of a write behind the caller's back, once; it poisons. Not of a forked copy.
  Status take_write_failure();
  // Closes the descriptor; every later access fails.
  void release_file() noexcept;

 private:
  enum class Routing : std::uint8_t { none = 0, unpublished, unprotected, journaled };

  StoreFile(std::unique_ptr<StorageFile> file, std::string path)
      : file_(std::move(file)),
        path_(std::move(path)),
        device_(file_->device()),
        inode_(file_->inode()) {}
  using Writes = std::vector<WriteBehind::UnderWay>;
  [[nodiscard]] Writes writes_meeting(std::uint64_t address, std::uint64_t bytes) const;
  void put_newer_over(const Writes& under_way, std::uint64_t address,
                      std::span<std::byte> bytes) const;
  [[nodiscard]] bool takes_writes() const noexcept { return writable() && !failed() && file_; }
  std::span<const std::byte> take_superblock(std::uint64_t* address,
                                             std::span<const std::byte> bytes);
  void write_through(std::uint64_t address, std::span<const std::byte> bytes, bool is_raw);
  WriteBehind& behind();
  Status write_behind(std::uint64_t address, std::span<const std::byte> bytes);
  Status write_now(std::uint64_t address, std::span<const std::byte> bytes);
  Status drain();
  void write_journaled(std::uint64_t address, std::span<const std::byte> bytes, ChangeClass kind);
  void hold(std::uint64_t address, std::span<const std::byte> bytes, ChangeClass kind);
  void write_held_out();
  Status mark_unprotected();
  Status commit_journaled();
  Result<bool> prepare_commit();
  Status settle_commit();
  Status allocate(std::uint64_t end);
  void extend_for(std::uint64_t end);
  Status commit_unprotected();
  Status finish_unprotected();
  // Poisons with a failure, and returns it with what it means for the rows.
  Status fail(Status failure);

  // Constant after construction, but for release_file().
  std::unique_ptr<StorageFile> file_;
  std::string path_;
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
  std::uint64_t generation_ = fork_generation();
  // State.
  Routing routing_ = Routing::none;
  std::uint64_t size_ = 0;
  std::uint64_t end_of_allocation_ = 0;
  std::uint64_t reads_past_end_ = 0;
  RowProbe* probe_ = nullptr;
  std::optional<Superblock> superblock_;
  bool is_marked_ = false;  // unprotected: the file's flags are set
  Status failure_;
  Status read_failure_;
  bool forgives_rows_ = false;
  std::span<const std::byte> newest_rows_;  // compared, not looked at: they may be gone
  std::uint64_t newest_address_ = 0;
  std::span<const std::byte> lent_;
  PageKind lent_pages_ = PageKind::small;
  WriteBehind::Keeper lender_;
  SnapshotFile* snapshot_ = nullptr;  // file_ itself, when it is followed
  // Journaled only.
  std::optional<Committer> committer_;
  Overlay overlay_;
  ChangeLog log_;
  std::uint64_t held_bytes_ = 0;  // of the overlay, past the boundary
  bool has_direct_ = false;       // since the last commit
  std::uint64_t allocated_ = 0;   // the file has room to here, as far as is known
  // A commit that is being made: its bytes, for reads, and what became of it once it is.
  struct Committing {
    Overlay overlay{};
    Status outcome{};
  };
  std::unique_ptr<Committing> committing_;
  Status settled_;  // what became of it, until somebody asks
  // Last, so that it ends first: it uses the others. From the first large write or begun commit on.
  std::unique_ptr<WriteBehind> behind_;
};

}  // namespace forebay::core
