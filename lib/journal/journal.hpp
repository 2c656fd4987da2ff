// Front header of journal: the redo log beside a main file. A commit is durable when append()
// returns; recover() brings a main file to the newest commit after a crash. Knows bytes and
// addresses, nothing of HDF5. docs/format/journal.md has the bytes and what each crash leaves.
// Thread rule: one thread at a time for a Journal and the two files it is given.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/base.hpp"
#include "journal/format.hpp"
#include "platform/platform.hpp"

namespace forebay::core::journal {

// The main file a journal belongs to: `uuid` are the first bytes at its anchor.
struct Identity {
  std::array<std::byte, 16> uuid{};
  std::uint64_t anchor_address = 0;
  std::uint32_t anchor_bytes = 64;
};

// The process that writes; for the message to whoever finds the journal locked.
struct Holder {
  std::array<std::byte, 16> boot_id{};
  std::uint64_t start_time = 0;
  std::uint32_t pid = 0;
};

// A commit as a place in history: its number and what was allocated then.
struct Position {
  std::uint64_t sequence = 0;
  std::uint64_t eoa = 0;         // end of the allocated part of the main file
  std::uint64_t high_water = 0;  // highest eoa of any commit so far
};

struct Write {
  std::uint64_t address = 0;
  std::span<const std::byte> bytes{};
  std::uint16_t memory_type = 0;
};

// Bytes that went straight to the main file, at or past the high-water mark rounded up to kPage,
// and were synced before the commit is appended.
struct Extent {
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  std::uint64_t hash = 0;  // hash64 of them
};

struct Commit {
  std::uint64_t eoa = 0;
  std::uint64_t high_water = 0;
  std::span<const Write> writes{};  // in issue order; all of them below eoa
  std::span<const Extent> extents{};
  std::span<const std::byte> token{};  // the application's, at most kMaxToken bytes
};

struct CommitRecord {
  Position position{};
  std::uint64_t begin = 0;  // of its first frame in the journal
  std::uint64_t end = 0;    // behind its last one
  std::uint64_t chain = 0;  // of its last frame
  std::uint32_t data_frames = 0;
  std::uint32_t extent_frames = 0;
  std::vector<std::byte> token{};
};

// What a journal file holds. `commits` are those of its generation, the last is the newest.
struct Scan {
  Identity identity{};
  Holder holder{};
  std::uint64_t generation = 0;
  std::uint64_t salt = 0;
  std::uint32_t slot = 0;
  Position base{};
  std::vector<CommitRecord> commits{};

  // The chain before the commit that comes next.
  [[nodiscard]] std::uint64_t newest_chain() const noexcept;
  // Where it begins.
  [[nodiscard]] std::uint64_t next_place() const noexcept;
  [[nodiscard]] Position newest() const noexcept {
    return commits.empty() ? base : commits.back().position;
  }
};

// A number that no generation had before, from the system.
Result<std::uint64_t> fresh_salt();

// Reads a journal, however damaged, with buffers of fixed size. FOREBAY_E_FORMAT: no header slot is
// valid, or a newer version made it.
Result<Scan> scan(StorageFile& file);

// For a reader beside a live writer: adds the commits that were appended since to `known`, a scan
// of this file. False: the journal is in another generation, also one that has begun meanwhile;
// `known` is then as it was. True says too that all that is known of is still there.
Result<bool> scan_on(StorageFile& file, Scan* known);

// Calls `use` for each data frame of the commits from `first` (from 0) on. FOREBAY_E_FORMAT: the
// journal has begun another generation meanwhile.
using UseFrame = std::function<Status(std::uint64_t address, std::span<const std::byte> bytes)>;
Status read_frames(StorageFile& file, const Scan& found, std::size_t first, const UseFrame& use);

// FOREBAY_E_FORMAT unless the bytes at the anchor of `main` are the journal's UUID.
Status check_pairing(const Identity& identity, StorageFile& main);

// Writes the frames of `found` into `main` in order, of each address the last bytes only, makes it
// at least as long as the newest commit's eoa and syncs it. May be repeated after a crash at any
// place.
Status replay(StorageFile& file, const Scan& found, StorageFile& main);

class Journal {
 public:
  struct CreateOptions {
    Identity identity{};
    Holder holder{};
    Position base{};  // what the main file holds, synced
    std::uint64_t salt = 0;
    std::uint64_t initial_bytes = kInitialBytes;
  };
  struct Recovered;

  Journal(Journal&&) noexcept = default;
  Journal& operator=(Journal&&) noexcept = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Makes `file`, which is empty, a journal and syncs it; the caller then syncs its directory.
  // `file` outlives the Journal.
  static Result<Journal> create(StorageFile& file, const CreateOptions& options);

  // scan, check_pairing, replay and a new generation. Nothing is reset unless all before worked.
  static Result<Recovered> recover(StorageFile& file, StorageFile& main, const Holder& holder,
                                   std::uint64_t salt);

  // Makes room for a commit of this many frame bytes. Fails without harm: on a full disk the call
  // can be repeated after room was made.
  Status reserve(std::uint64_t frame_bytes);
  // Journal bytes that the commit needs; FOREBAY_E_ARGUMENT when it is not well formed.
  static Result<std::uint64_t> frame_bytes(const Commit& commit);

  // Writes one commit and syncs the journal: durable on return. The sequence number is newest()'s.
  // After a failed write or sync the journal is poisoned: the commit is definitely not there, or,
  // with FOREBAY_E_COMMIT_UNKNOWN, the next recovery decides. A failure to make room and a commit
  // that is not well formed change nothing.
  Status append(const Commit& commit);

  // Syncs `main`, which holds every commit applied, and starts the next generation. A failure
  // poisons; the commits stand.
  Status reset(StorageFile& main, std::uint64_t salt);

  [[nodiscard]] const Position& newest() const noexcept { return newest_; }
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
  // Bytes of frames in this generation, for deciding when to reset.
  [[nodiscard]] std::uint64_t used_bytes() const noexcept { return next_ - kFirstFrame; }
  [[nodiscard]] bool is_poisoned() const noexcept { return poisoned_; }

 private:
  Journal(StorageFile& file, const Identity& identity, const Holder& holder, const Position& newest)
      : file_(&file), identity_(identity), holder_(holder), newest_(newest) {}

  Status start_generation(std::uint64_t generation, std::uint64_t salt, std::uint32_t slot);
  struct Attempt;
  Status write_commit(const Commit& commit, Attempt* attempt);
  Status abandon(Status cause, const Attempt& attempt);
  Status poisoned(Status cause);
  Status check_not_poisoned() const;

  // Constant after construction.
  StorageFile* file_;
  Identity identity_;
  Holder holder_;
  // The writer's thread only.
  Position newest_;
  std::uint64_t generation_ = 0;
  std::uint64_t salt_ = 0;
  std::uint32_t slot_ = 0;
  std::uint64_t size_ = 0;            // Invariant: bytes that the file has, a multiple of kPage
  std::uint64_t next_ = kFirstFrame;  // Invariant: a multiple of kPage
  std::uint64_t chain_ = 0;
  bool poisoned_ = false;
};

struct Journal::Recovered {
  Journal journal;
  std::vector<CommitRecord> commits;  // those replayed; the newest's token tells how far it got
};

}  // namespace forebay::core::journal
