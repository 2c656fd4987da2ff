// A whole Storage in memory: names, nameless files, directories, locks. Every operation that a disk
// would see is recorded in one order, so that crash_states.hpp can ask what a machine would find
// had it stopped after any of them. A rule can let an operation fail, get lost or come late.
// Thread rule: one thread.
#pragma once

#include <cerrno>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "platform/platform.hpp"
#include "support/cow_bytes.hpp"

namespace forebay::test {

using Bytes = std::vector<std::byte>;

// What a disk holds. Files without a name are in `files` only.
struct DiskImage {
  std::map<std::uint64_t, CowBytes> files{};  // by inode
  std::map<std::string, std::uint64_t> names{};

  [[nodiscard]] const CowBytes* find(const std::string& path) const {
    const auto name = names.find(path);
    return name == names.end() ? nullptr : &files.at(name->second);
  }
};

enum class DiskAction : std::uint8_t {
  write,
  resize,
  sync,
  link,
  unlink,
  sync_directory,
  mark,
  drop,     // of clean pages: the file shows what the disk has
  loss,     // what was not synced of a file is given up, and nobody is told: see SyncLoss
  read,     // is shown to rules, and not recorded
  allocate  // the same; takes room
};

// What a kernel does with the pages that it could not write: it calls them clean, with the new
// bytes or with those that the disk has. Some of them reached the disk with the new bytes.
enum class SyncLoss : std::uint8_t { keeps_new, shows_old };

// Which file of a store an operation goes to: by its name, or by the name it is meant to get.
enum class FileRole : std::uint8_t { main, journal };

struct DiskOperation {
  DiskAction action = DiskAction::write;
  FileRole role = FileRole::main;
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;  // resize: the size; mark: the number
  std::shared_ptr<const Bytes> bytes{};
  std::string path{};  // link, unlink; sync_directory: a file in it
  SyncLoss loss = SyncLoss::keeps_new;
  int os_errno = EIO;      // of a failure; a rule may change it
  std::string phase{};     // what the user of the storage was doing
  std::uint64_t step = 0;  // how often a phase had begun
  bool in_turn = true;     // false: a rule made it come late

  [[nodiscard]] std::uint64_t end() const { return offset + (bytes ? bytes->size() : 0); }
};

// A machine: what its programs see, and what would be there had the power gone; between the two are
// the operations that no sync made durable.
struct MachineState {
  MachineState(DiskImage image = {}) : seen(image), durable(std::move(image)) {}

  DiskImage seen;
  DiskImage durable;
  std::vector<std::shared_ptr<const DiskOperation>> unsynced{};
};

std::string directory_of(const std::string& path);
std::string describe(const DiskOperation& operation);

// What a rule decides about an operation before it is done.
enum class Fate : std::uint8_t {
  done,
  lost,            // the caller is told that it is done
  failed,          // with the operation's os_errno; a write has written its first half
  refused,         // the same, and nothing was written
  sync_keeps_new,  // a sync fails: SyncLoss
  sync_shows_old,
  lost_before,  // done, but what was not synced before it is lost, which the next sync tells
  held,         // the caller sees it done, the disk gets it at the next `release`
  release,      // done, and after it all that is held
  early,        // done; the disk gets it before everything else since the phase began
};

class RecordedStorage final : public core::Storage {
 public:
  using Rule = std::function<Fate(DiskOperation& operation)>;

  explicit RecordedStorage(MachineState initial = {});

  core::Result<std::unique_ptr<core::StorageFile>> open(const std::string& path,
                                                        core::OpenMode mode) override;
  core::Result<std::unique_ptr<core::StorageFile>> open_nameless(const std::string& path) override;
  core::Status publish(core::StorageFile& file, const std::string& path, bool replace) override;
  core::Status remove(const std::string& path) override;
  core::Status sync_directory_of(const std::string& path) override;

  // An event of the test's own, such as a commit that was acknowledged.
  void mark(std::uint64_t number);
  void set_phase(std::string phase);
  void set_rule(Rule rule) { rule_ = std::move(rule); }

  // Only so many bytes more fit on the disk: what would make a file longer fails with ENOSPC.
  void leave_room(std::uint64_t bytes) { room_ = bytes; }
  void make_room() { room_ = UINT64_MAX; }

  [[nodiscard]] const MachineState& initial() const { return initial_; }
  [[nodiscard]] const DiskImage& now() const { return now_; }
  [[nodiscard]] const std::vector<DiskOperation>& log() const { return log_; }
  // Operations so far, marks included; the next one gets this number.
  [[nodiscard]] std::size_t position() const { return log_.size(); }

 private:
  friend class RecordedFile;
  struct Locks {
    const void* exclusive = nullptr;
    std::vector<const void*> shared{};
  };

  core::Status take(DiskOperation operation);
  core::Status look(DiskOperation operation);  // a read
  core::Status fail_with(DiskOperation operation, Fate fate);
  void lose(const DiskOperation& cause, SyncLoss loss);
  void drop(DiskOperation operation);
  [[nodiscard]] CowBytes on_disk(std::uint64_t inode) const;
  bool takes_room(const DiskOperation& operation);
  core::Status allocate(DiskOperation operation, std::uint64_t bytes);
  core::Status lock(std::uint64_t inode, const void* holder, bool exclusive);
  void unlock(std::uint64_t inode, const void* holder);
  std::uint64_t new_inode() { return ++last_inode_; }

  MachineState initial_;
  DiskImage now_;
  std::set<std::uint64_t> must_tell_;  // inodes whose next sync tells of a loss
  std::vector<DiskOperation> log_;
  std::vector<DiskOperation> held_;
  std::map<std::uint64_t, Locks> locks_;
  std::uint64_t last_inode_ = 0;
  std::uint64_t room_ = UINT64_MAX;
  std::map<std::uint64_t, std::uint64_t> allocated_;  // by inode: bytes before it need no room
  std::string phase_;
  std::uint64_t step_ = 0;
  std::size_t early_ = 0;  // where an early operation goes
  Rule rule_;
};

// Does to an image what the operation does to a disk that loses nothing.
void apply(const DiskOperation& operation, DiskImage* image);

}  // namespace forebay::test
