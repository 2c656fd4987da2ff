// A reference model of the journal's user: random commits on a simulated disk, and what every
// commit must look like after recovery.
#pragma once

#include <cstring>
#include <memory>
#include <optional>

#include "journal/journal.hpp"
#include "support/simulated_storage.hpp"

namespace forebay::test {

constexpr std::uint64_t kStep = 512;
constexpr std::uint64_t kAnchor = 512;
constexpr std::uint64_t kFirstEoa = 8192;

struct CommitImage {
  std::uint64_t eoa = 0;
  Bytes bytes{};  // those below eoa that were ever written
};

// Orders that the model can get wrong on purpose.
struct Faults {
  bool apply_before_append = false;
  bool sync_direct_after_append = false;
  bool reset_before_apply = false;
};

class Life {
 public:
  Life(DiskImage image, std::vector<CommitImage> history, SimulatedDisk::Rule rule, Faults faults)
      : disk(std::move(image)), images(std::move(history)), faults_(faults) {
    disk.set_rule(std::move(rule));
  }

  static Life born(SimulatedDisk::Rule rule, Faults faults, Random& random) {
    Bytes main(kFirstEoa);
    for (std::byte& byte : main) byte = static_cast<std::byte>(random());
    CommitImage first{kFirstEoa, main};
    return {DiskImage{std::move(main), Bytes{}}, {std::move(first)}, std::move(rule), faults};
  }

  bool create(Random& random) {
    disk.set_phase("create");
    core::journal::Journal::CreateOptions options;
    std::memcpy(options.identity.uuid.data(), images[0].bytes.data() + kAnchor, 16);
    options.identity.anchor_address = kAnchor;
    options.base = {0, kFirstEoa, kFirstEoa};
    options.salt = random();
    options.initial_bytes = 24576;
    auto made = core::journal::Journal::create(journal_file_, options);
    if (!made.is_ok()) return false;
    journal_.emplace(std::move(made).value());
    disk.mark(1);
    return true;
  }

  // The number of the commit that recovery found.
  std::optional<std::uint64_t> recover(Random& random) {
    disk.set_phase("recover");
    auto found = core::journal::Journal::recover(journal_file_, main_file_, {}, random());
    if (!found.is_ok()) return std::nullopt;
    journal_.emplace(std::move(found->journal));
    return journal_->newest().sequence;
  }

  // Main file and history agree that `sequence` is where they are.
  [[nodiscard]] bool is_at(std::uint64_t sequence) const {
    if (sequence >= images.size()) return false;
    const CommitImage& image = images[sequence];
    const Bytes& main = disk.now()[0];
    return main.size() >= image.eoa && journal_->newest().eoa == image.eoa &&
           std::equal(image.bytes.begin(), image.bytes.end(), main.begin());
  }

  bool commit(Random& random);
  bool apply();
  bool reset(Random& random);

  SimulatedDisk disk;
  std::vector<CommitImage> images;  // by commit number

 private:
  struct Change {
    std::uint64_t address;
    Bytes bytes;
  };
  static Change change(std::uint64_t address, std::uint64_t bytes, CommitImage* next,
                       Random& random) {
    Change made{address, Bytes(bytes)};
    for (std::byte& byte : made.bytes) byte = static_cast<std::byte>(random());
    write_into(next->bytes, address, made.bytes);
    return made;
  }
  bool sync_direct() {
    disk.set_phase("direct");
    return main_file_.sync_data().is_ok();
  }

  Faults faults_;
  SimulatedFile main_file_{disk, FileRole::main};
  SimulatedFile journal_file_{disk, FileRole::journal};
  std::optional<core::journal::Journal> journal_;
  std::vector<Change> unapplied_;
};

inline bool Life::commit(Random& random) {
  CommitImage next = images.back();
  std::vector<Change> changes;
  std::vector<Change> direct;
  const std::uint64_t steps = next.bytes.size() / kStep;
  for (std::uint64_t i = random() % 3 + 1; i > 0; --i) {
    const std::uint64_t first = 2 + random() % (steps - 2);  // not the anchor's
    const std::uint64_t count = std::min<std::uint64_t>(random() % 3 + 1, steps - first);
    changes.push_back(change(first * kStep, count * kStep, &next, random));
  }
  const std::uint64_t boundary = core::align_up(next.eoa, 4096);
  if (next.bytes.size() < boundary) {  // the space before it is not the direct path's
    const std::uint64_t from = next.bytes.size();
    next.eoa = boundary;
    changes.push_back(change(from, boundary - from, &next, random));
  }
  const std::uint64_t growth = (random() % 6 + 1) * kStep;
  switch (random() % 4) {
    case 0:
    case 1:
      direct.push_back(change(boundary, growth, &next, random));
      next.eoa = boundary + growth;
      break;
    case 2:
      changes.push_back(change(boundary, growth, &next, random));
      next.eoa = boundary + growth;
      break;
    default:
      next.eoa = boundary + growth;  // allocated and not written
  }
  std::vector<core::journal::Extent> extents;
  disk.set_phase("direct");
  for (const Change& one : direct) {
    if (!main_file_.write_at(one.address, one.bytes).is_ok()) return false;
    extents.push_back({one.address, one.bytes.size(), core::hash64(one.bytes)});
  }
  const bool sync = !direct.empty();
  if (sync && !faults_.sync_direct_after_append && !sync_direct()) return false;
  std::vector<core::journal::Write> writes;
  for (const Change& one : changes) writes.push_back({one.address, one.bytes, 0});
  if (faults_.apply_before_append) {
    for (const Change& one : changes) {
      if (!main_file_.write_at(one.address, one.bytes).is_ok()) return false;
    }
  }
  images.push_back(next);
  core::journal::Commit commit;
  commit.eoa = commit.high_water = next.eoa;
  commit.writes = writes;
  commit.extents = extents;
  disk.set_phase("append");
  if (!journal_->append(commit).is_ok()) return false;
  disk.mark(journal_->newest().sequence + 1);
  if (sync && faults_.sync_direct_after_append && !sync_direct()) return false;
  for (Change& one : changes) unapplied_.push_back(std::move(one));
  return true;
}

inline bool Life::apply() {
  disk.set_phase("apply");
  if (disk.now()[0].size() < images.back().eoa && !main_file_.truncate(images.back().eoa).is_ok()) {
    return false;
  }
  for (const Change& one : unapplied_) {
    if (!main_file_.write_at(one.address, one.bytes).is_ok()) return false;
  }
  unapplied_.clear();
  return true;
}

inline bool Life::reset(Random& random) {
  if (!faults_.reset_before_apply && !apply()) return false;
  disk.set_phase("reset");
  const bool done = journal_->reset(main_file_, random()).is_ok();
  return done && (!faults_.reset_before_apply || apply());
}

}  // namespace forebay::test
