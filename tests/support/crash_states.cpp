#include "support/crash_states.hpp"

#include <algorithm>
#include <array>

namespace forebay::test {
namespace {

constexpr std::uint64_t kSector = 512;

std::span<const std::byte> part(const Bytes& bytes, std::uint64_t begin, std::uint64_t end) {
  return std::span(bytes).subspan(static_cast<std::size_t>(begin),
                                  static_cast<std::size_t>(end - begin));
}

// A file that is only in the page cache is an empty one on the disk.
CowBytes& file_of(const DiskOperation& operation, DiskImage* image) {
  return image->files[operation.inode];
}

}  // namespace

bool CrashWalk::step() {
  if (next_ == log_->size()) return false;
  const DiskOperation& operation = (*log_)[next_];
  apply(operation, &now_);
  switch (operation.action) {
    case DiskAction::sync:
      settle([&](const DiskOperation& one) {
        return one.inode == operation.inode && one.action != DiskAction::link;
      });
      file_of(operation, &durable_);
      break;
    case DiskAction::sync_directory:
      settle([&](const DiskOperation& one) {
        return !one.path.empty() && directory_of(one.path) == directory_of(operation.path);
      });
      break;
    case DiskAction::mark:
    case DiskAction::read:
      break;
    case DiskAction::drop:
      if (!is_dirty(operation.inode)) {
        now_.files[operation.inode] = file_of(operation, &durable_);
      }
      break;
    case DiskAction::loss:
      lose(operation);
      break;
    default:
      remember(operation);
  }
  ++next_;
  return true;
}

template <typename Belongs>
void CrashWalk::settle(Belongs belongs) {
  std::vector<std::shared_ptr<const DiskOperation>> rest;
  for (std::shared_ptr<const DiskOperation>& one : unsynced_) {
    if (belongs(*one)) {
      apply(*one, &durable_);
    } else {
      rest.push_back(std::move(one));
    }
  }
  unsynced_ = std::move(rest);
}

bool CrashWalk::is_dirty(std::uint64_t inode) const {
  return std::any_of(unsynced_.begin(), unsynced_.end(), [&](const auto& one) {
    return one->inode == inode &&
           (one->action == DiskAction::write || one->action == DiskAction::resize);
  });
}

void CrashWalk::remember(const DiskOperation& operation) {
  DiskOperation whole = operation;
  if (operation.action == DiskAction::write) {
    const CowBytes& file = now_.files.at(operation.inode);
    whole.offset = operation.offset / kSector * kSector;
    const std::uint64_t end =
        std::min((operation.end() + kSector - 1) / kSector * kSector, file.size());
    Bytes bytes(static_cast<std::size_t>(end - whole.offset));
    file.read(whole.offset, bytes);
    whole.bytes = std::make_shared<const Bytes>(std::move(bytes));
  }
  unsynced_.push_back(std::make_shared<const DiskOperation>(std::move(whole)));
}

// Half of what was dirty reached the disk before it failed, if the pages keep the new bytes.
void CrashWalk::lose(const DiskOperation& operation) {
  std::size_t number = next_;
  std::erase_if(unsynced_, [&](const std::shared_ptr<const DiskOperation>& one) {
    if (one->inode != operation.inode || one->action == DiskAction::link ||
        one->action == DiskAction::unlink) {
      return false;
    }
    if (operation.loss == SyncLoss::keeps_new && ++number % 2 == 0) apply(*one, &durable_);
    return true;
  });
  CowBytes& disk = file_of(operation, &durable_);
  if (operation.loss == SyncLoss::shows_old) now_.files[operation.inode] = disk;
}

MachineState CrashWalk::killed() const {
  MachineState state(now_);
  state.durable = durable_;
  state.unsynced = unsynced_;
  return state;
}

bool CrashWalk::next_can_be_cut() const {
  if (next_ == log_->size()) return false;
  const DiskOperation& next = (*log_)[next_];
  return next.action == DiskAction::write && next.bytes->size() > 1;
}

MachineState CrashWalk::killed_inside(Random& random) const {
  CrashWalk walk(*this);
  DiskOperation next = (*log_)[next_];
  // The kernel copies page by page; a smaller cut must do no harm either.
  const std::uint64_t unit = random() % 4 == 0 ? 1 : 512;
  std::uint64_t cut = next.offset + 1 + random() % (next.bytes->size() - 1);
  cut = std::max(cut / unit * unit, next.offset);
  if (cut == next.offset) return killed();
  const auto kept = static_cast<std::ptrdiff_t>(cut - next.offset);
  next.bytes = std::make_shared<const Bytes>(next.bytes->begin(), next.bytes->begin() + kept);
  apply(next, &walk.now_);
  walk.remember(next);
  return walk.killed();
}

DiskImage CrashWalk::subset(std::uint64_t bits) const {
  DiskImage image = durable_;
  for (std::size_t i = 0; i < unsynced_.size(); ++i) {
    if ((bits >> i & 1U) != 0) apply(*unsynced_[i], &image);
  }
  return image;
}

DiskImage CrashWalk::damaged(Random& random) const {
  DiskImage image = durable_;
  const std::uint64_t keep = std::array<std::uint64_t, 6>{2, 20, 50, 80, 95, 99}[random() % 6];
  const std::uint64_t harm = std::array<std::uint64_t, 3>{0, 20, 90}[random() % 3];
  for (const std::shared_ptr<const DiskOperation>& one : unsynced_) {
    if (random() % 100 < keep) {
      apply(*one, &image);
    } else if (random() % 100 < harm) {
      damage(*one, &image, random);
    }
  }
  return image;
}

void CrashWalk::damage(const DiskOperation& operation, DiskImage* image, Random& random) const {
  if (operation.action != DiskAction::write) return;
  switch (random() % (traits_.spoils ? 4 : 2)) {
    case 0:
      return tear(operation, 512, image, random);
    case 1:
      return tear(operation, 4096, image, random);
    default:
      return spoil(operation, random() % 2 == 0, image, random);
  }
}

void CrashWalk::tear(const DiskOperation& write, std::uint64_t unit, DiskImage* image,
                     Random& random) const {
  const std::uint64_t keep = random() % 4;
  for (std::uint64_t begin = write.offset; begin < write.end();) {
    const std::uint64_t end = std::min((begin / unit + 1) * unit, write.end());
    if (random() % 4 < keep || (keep == 0 && begin == write.offset)) {
      file_of(write, image)
          .write(begin, part(*write.bytes, begin - write.offset, end - write.offset));
    }
    begin = end;
  }
}

void CrashWalk::spoil(const DiskOperation& write, bool garbage, DiskImage* image,
                      Random& random) const {
  const std::uint64_t unit =
      write.role == FileRole::journal ? traits_.journal_harm : traits_.main_harm;
  CowBytes& file = file_of(write, image);
  // The sectors around are whole; the file ends where the write or the file before it ends.
  const std::uint64_t last = std::max(file.size(), write.end());
  for (std::uint64_t begin = write.offset / unit * unit; begin < write.end(); begin += unit) {
    if (random() % 4 == 0) continue;
    Bytes bytes(static_cast<std::size_t>(std::min(begin + unit, last) - begin));
    const bool start = write.role == FileRole::main && begin == 0;
    if (garbage && (traits_.garbles_start || !start)) {
      for (std::byte& one : bytes) one = static_cast<std::byte>(random());
    }
    file.write(begin, bytes);
  }
}

Random random_for(std::uint64_t seed, const StateNumber& state) {
  std::seed_seq words{seed, static_cast<std::uint64_t>(state.position), state.variant};
  return Random(words);
}

MachineState StatesHere::state(std::uint64_t variant, std::uint64_t seed) const {
  if (variant == 0) return walk_.killed();
  Random random = random_for(seed, {walk_.position(), variant});
  if (variant < kills_) return walk_.killed_inside(random);
  if (variant < first_drawn()) return walk_.subset(variant - kills_);
  return walk_.damaged(random);
}

}  // namespace forebay::test
