// Two files in memory, main and journal, behind the StorageFile seam. Every write, resize and sync
// is recorded in one order, so that a test can ask what a disk would hold had the machine stopped
// after any of them: CrashStates below. A rule can make a sync or write get lost or fail.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "platform/platform.hpp"

namespace forebay::test {

using Bytes = std::vector<std::byte>;
using Random = std::mt19937_64;

enum class FileRole : std::uint8_t { main = 0, journal = 1 };
enum class DiskAction : std::uint8_t { write, resize, sync, mark };

struct DiskOperation {
  DiskAction action = DiskAction::write;
  FileRole file = FileRole::main;
  std::uint64_t offset = 0;  // resize: the size; mark: the number
  Bytes bytes{};
};

using DiskImage = std::array<Bytes, 2>;  // by FileRole

inline void write_into(Bytes& file, std::uint64_t offset, std::span<const std::byte> bytes) {
  if (file.size() < offset + bytes.size()) file.resize(offset + bytes.size());
  std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(offset));
}

// What a rule decides about an operation before it is done.
enum class Fate { done, lost, failed };

class SimulatedDisk {
 public:
  using Rule = std::function<Fate(const std::string& phase, DiskOperation& operation)>;

  explicit SimulatedDisk(DiskImage initial = {}) : initial_(initial), now_(std::move(initial)) {}

  core::Status take(DiskOperation operation) {
    const Fate fate = rule_ ? rule_(phase_, operation) : Fate::done;
    if (fate == Fate::failed) return core::errno_status("use", "the simulated disk", EIO);
    if (fate == Fate::lost) return core::Status::ok();
    Bytes& file = now_[static_cast<std::size_t>(operation.file)];
    if (operation.action == DiskAction::write) write_into(file, operation.offset, operation.bytes);
    if (operation.action == DiskAction::resize) file.resize(operation.offset);
    log_.push_back(std::move(operation));
    return core::Status::ok();
  }
  // An event of the test's own, such as a commit that was acknowledged.
  void mark(std::uint64_t number) { log_.push_back({DiskAction::mark, {}, number, {}}); }

  void set_phase(std::string phase) { phase_ = std::move(phase); }
  void set_rule(Rule rule) { rule_ = std::move(rule); }
  [[nodiscard]] const DiskImage& initial() const { return initial_; }
  [[nodiscard]] const DiskImage& now() const { return now_; }
  [[nodiscard]] const std::vector<DiskOperation>& log() const { return log_; }

 private:
  DiskImage initial_;
  DiskImage now_;
  std::vector<DiskOperation> log_;
  std::string phase_;
  Rule rule_;
};

class SimulatedFile final : public core::StorageFile {
 public:
  SimulatedFile(SimulatedDisk& disk, FileRole role) : disk_(disk), role_(role) {}

  core::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> bytes) override {
    const Bytes& file = content();
    if (offset >= file.size()) return std::size_t{0};
    const std::size_t take = std::min<std::size_t>(bytes.size(), file.size() - offset);
    std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(offset), take, bytes.begin());
    return take;
  }
  core::Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return disk_.take({DiskAction::write, role_, offset, {bytes.begin(), bytes.end()}});
  }
  core::Status sync_data() override { return disk_.take({DiskAction::sync, role_, 0, {}}); }
  core::Status sync_all() override { return sync_data(); }
  core::Status truncate(std::uint64_t size) override {
    return disk_.take({DiskAction::resize, role_, size, {}});
  }
  core::Status allocate(std::uint64_t offset, std::uint64_t bytes) override {
    static_cast<void>(offset), static_cast<void>(bytes);
    return core::Status::ok();
  }
  core::Result<std::uint64_t> size() override { return std::uint64_t{content().size()}; }
  core::Status lock_exclusive() override { return core::Status::ok(); }
  core::Status lock_shared() override { return core::Status::ok(); }
  std::uint64_t device() const override { return 1; }
  std::uint64_t inode() const override { return static_cast<std::uint64_t>(role_) + 1; }

 private:
  [[nodiscard]] const Bytes& content() const {
    return disk_.now()[static_cast<std::size_t>(role_)];
  }

  SimulatedDisk& disk_;
  FileRole role_;
};

// Walks a disk's log and makes the states that a crash after the operations so far can leave.
class CrashStates {
 public:
  static constexpr std::size_t kSector = 512;

  // `damage`: bytes around an interrupted journal write that a power loss may zero. The main file's
  // is one sector.
  explicit CrashStates(const SimulatedDisk& disk, std::size_t damage = 4096)
      : log_(disk.log()), durable_(disk.initial()), damage_(damage) {}

  // Takes the next operation; false at the end.
  bool step() {
    if (next_ == log_.size()) return false;
    const DiskOperation& operation = log_[next_++];
    if (operation.action == DiskAction::mark) last_mark_ = operation.offset;
    if (operation.action == DiskAction::resize) pending_.push_back(operation);
    if (operation.action == DiskAction::write) split(operation);
    if (operation.action == DiskAction::sync) settle(operation.file);
    return true;
  }
  [[nodiscard]] std::size_t position() const { return next_; }
  [[nodiscard]] std::uint64_t last_mark() const { return last_mark_; }
  [[nodiscard]] std::size_t unsynced() const { return pending_.size(); }

  // The process died, the machine goes on: every write is there.
  [[nodiscard]] DiskImage killed() const {
    DiskImage image = durable_;
    for (const DiskOperation& one : pending_) apply(one, image);
    return image;
  }
  // The power went: exactly the unsynced sectors whose bit is set are there.
  [[nodiscard]] DiskImage subset(std::uint64_t bits) const {
    DiskImage image = durable_;
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      if ((bits >> i & 1U) != 0) apply(pending_[i], image);
    }
    return image;
  }
  // The power went: some sectors are there, some torn, and some zeroed with their surroundings.
  [[nodiscard]] DiskImage damaged(Random& random) const {
    DiskImage image = durable_;
    const std::uint64_t keep = std::array<std::uint64_t, 5>{3, 30, 50, 70, 97}[random() % 5];
    const std::uint64_t harm = random() % 3 == 0 ? 30 : 0;
    for (const DiskOperation& one : pending_) {
      if (random() % 100 < keep) {
        apply(one, image);
      } else if (random() % 100 < harm) {
        spoil(one, image, random);
      }
    }
    return image;
  }

 private:
  static void apply(const DiskOperation& one, DiskImage& image) {
    Bytes& file = image[static_cast<std::size_t>(one.file)];
    if (one.action == DiskAction::resize) {
      file.resize(one.offset);
    } else {
      write_into(file, one.offset, one.bytes);
    }
  }
  void spoil(const DiskOperation& one, DiskImage& image, Random& random) const {
    if (one.action == DiskAction::resize) return;
    Bytes& file = image[static_cast<std::size_t>(one.file)];
    if (random() % 2 == 0) {  // torn
      const std::size_t half = one.bytes.size() / 2;
      const std::span<const std::byte> bytes(one.bytes);
      if (random() % 2 == 0) return write_into(file, one.offset, bytes.first(half));
      return write_into(file, one.offset + half, bytes.subspan(half));
    }
    const std::size_t unit = one.file == FileRole::journal ? damage_ : kSector;
    const std::size_t begin = std::min<std::size_t>(one.offset / unit * unit, file.size());
    const std::size_t end = std::min(begin + unit, file.size());
    std::fill(file.begin() + static_cast<std::ptrdiff_t>(begin),
              file.begin() + static_cast<std::ptrdiff_t>(end), std::byte{0});
  }
  void split(const DiskOperation& whole) {
    std::size_t done = 0;
    while (done < whole.bytes.size()) {
      const std::uint64_t offset = whole.offset + done;
      const std::size_t take =
          std::min<std::size_t>(whole.bytes.size() - done, kSector - offset % kSector);
      const auto from = whole.bytes.begin() + static_cast<std::ptrdiff_t>(done);
      pending_.push_back({DiskAction::write, whole.file, offset,
                          Bytes(from, from + static_cast<std::ptrdiff_t>(take))});
      done += take;
    }
  }
  void settle(FileRole file) {
    std::vector<DiskOperation> rest;
    for (DiskOperation& one : pending_) {
      if (one.file == file) {
        apply(one, durable_);
      } else {
        rest.push_back(std::move(one));
      }
    }
    pending_ = std::move(rest);
  }

  const std::vector<DiskOperation>& log_;
  DiskImage durable_;
  std::size_t damage_;
  std::vector<DiskOperation> pending_;
  std::size_t next_ = 0;
  std::uint64_t last_mark_ = 0;
};

}  // namespace forebay::test
