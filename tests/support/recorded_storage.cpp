#include "support/recorded_storage.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "support/crash_states.hpp"

namespace forebay::test {
namespace {

FileRole role_of(const std::string& path) {
  return path.find("-journal") == std::string::npos ? FileRole::main : FileRole::journal;
}

core::Status already_there(const std::string& path) {
  return core::errno_status("create", path, EEXIST);
}

}  // namespace

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string describe(const DiskOperation& operation) {
  static constexpr const char* kActions[] = {"write",  "resize",         "sync",    "link",
                                             "unlink", "sync_directory", "mark",    "drop",
                                             "loss",   "read",           "allocate"};
  std::string text = kActions[static_cast<std::size_t>(operation.action)];
  if (operation.action == DiskAction::mark) return text + " " + std::to_string(operation.offset);
  text += operation.role == FileRole::main ? " main" : " journal";
  if (operation.action == DiskAction::write) {
    text += " [" + std::to_string(operation.offset) + ", " + std::to_string(operation.end()) + ")";
  }
  if (operation.action == DiskAction::resize) text += " to " + std::to_string(operation.offset);
  if (!operation.path.empty()) text += " " + operation.path;
  return text + " in " + operation.phase + (operation.in_turn ? "" : ", moved");
}

void apply(const DiskOperation& operation, DiskImage* image) {
  switch (operation.action) {
    case DiskAction::write:
      image->files[operation.inode].write(operation.offset, *operation.bytes);
      break;
    case DiskAction::resize:
      image->files[operation.inode].resize(operation.offset);
      break;
    case DiskAction::link:
      image->files.try_emplace(operation.inode);
      image->names[operation.path] = operation.inode;
      break;
    case DiskAction::unlink:
      image->names.erase(operation.path);
      break;
    case DiskAction::sync:
    case DiskAction::sync_directory:
    case DiskAction::mark:
    case DiskAction::drop:
    case DiskAction::loss:
    case DiskAction::read:
    case DiskAction::allocate:
      break;
  }
}

class RecordedFile final : public core::StorageFile {
 public:
  RecordedFile(RecordedStorage& storage, std::uint64_t inode, FileRole role, bool writable)
      : storage_(storage), inode_(inode), role_(role), writable_(writable) {}
  ~RecordedFile() override { storage_.unlock(inode_, this); }

  core::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> bytes) override {
    FOREBAY_TRY(storage_.look(of(DiskAction::read, offset)));
    return content().read(offset, bytes);
  }
  core::Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    if (!writable_) return core::errno_status("write to", "the recorded file", EBADF);
    DiskOperation operation = of(DiskAction::write, offset);
    operation.bytes = std::make_shared<const Bytes>(bytes.begin(), bytes.end());
    return storage_.take(std::move(operation));
  }
  core::Status sync_data() override { return storage_.take(of(DiskAction::sync, 0)); }
  core::Status sync_all() override { return sync_data(); }
  core::Status drop_clean_pages() override {
    storage_.drop(of(DiskAction::drop, 0));
    return core::Status::ok();
  }
  core::Status truncate(std::uint64_t size) override {
    if (!writable_) return core::errno_status("resize", "the recorded file", EINVAL);
    return storage_.take(of(DiskAction::resize, size));
  }
  core::Status allocate(std::uint64_t offset, std::uint64_t bytes) override {
    return storage_.allocate(of(DiskAction::allocate, offset), bytes);
  }
  core::Result<std::uint64_t> size() override { return std::uint64_t{content().size()}; }
  core::Status lock_exclusive() override { return storage_.lock(inode_, this, true); }
  core::Status lock_shared() override { return storage_.lock(inode_, this, false); }
  std::uint64_t device() const override { return 1; }
  std::uint64_t inode() const override { return inode_; }

  void publish_as(FileRole role) { role_ = role; }

 private:
  [[nodiscard]] const CowBytes& content() const { return storage_.now().files.at(inode_); }
  [[nodiscard]] DiskOperation of(DiskAction action, std::uint64_t offset) const {
    DiskOperation operation;
    operation.action = action;
    operation.role = role_;
    operation.inode = inode_;
    operation.offset = offset;
    return operation;
  }

  RecordedStorage& storage_;
  std::uint64_t inode_;
  FileRole role_;
  bool writable_;
};

RecordedStorage::RecordedStorage(MachineState initial)
    : initial_(std::move(initial)), now_(initial_.seen) {
  for (const DiskImage* image : {&initial_.seen, &initial_.durable}) {
    for (const auto& [inode, content] : image->files) last_inode_ = std::max(last_inode_, inode);
  }
  for (const auto& one : initial_.unsynced) last_inode_ = std::max(last_inode_, one->inode);
}

core::Status RecordedStorage::look(DiskOperation operation) {
  if (!rule_) return core::Status::ok();
  operation.phase = phase_;
  operation.step = step_;
  const Fate fate = rule_(operation);
  if (fate != Fate::failed && fate != Fate::refused) return core::Status::ok();
  return core::errno_status("read", "the recorded disk", operation.os_errno);
}

// Whether there is room. A size alone takes none: files may have holes. The journal has none: its
// zeros are written.
bool RecordedStorage::takes_room(const DiskOperation& operation) {
  if (room_ == UINT64_MAX || operation.action != DiskAction::write) return true;
  if (operation.end() <= allocated_[operation.inode]) return true;
  const CowBytes& file = now_.files[operation.inode];
  const std::uint64_t growth = operation.end() > file.size() ? operation.end() - file.size() : 0;
  const std::uint64_t needed = operation.role == FileRole::journal
                                   ? growth
                                   : file.holes(operation.offset, operation.bytes->size());
  if (needed > room_) return false;
  room_ -= needed;
  return true;
}

// Takes the room and leaves size and bytes alone. Files get their room from the front on.
core::Status RecordedStorage::allocate(DiskOperation operation, std::uint64_t bytes) {
  FOREBAY_TRY(look(operation));
  std::uint64_t& allocated = allocated_[operation.inode];
  const std::uint64_t begin = std::max(operation.offset, allocated);
  const std::uint64_t end = operation.offset + bytes;
  if (end <= begin) return core::Status::ok();
  const std::uint64_t needed = now_.files[operation.inode].holes(begin, end - begin);
  if (room_ != UINT64_MAX && needed > room_) {
    return core::errno_status("use", "the recorded disk", ENOSPC);
  }
  if (room_ != UINT64_MAX) room_ -= needed;
  allocated = end;
  return core::Status::ok();
}

core::Status RecordedStorage::fail_with(DiskOperation operation, Fate fate) {
  core::Status status = core::errno_status("use", "the recorded disk", operation.os_errno);
  if (fate == Fate::sync_keeps_new) lose(operation, SyncLoss::keeps_new);
  if (fate == Fate::sync_shows_old) lose(operation, SyncLoss::shows_old);
  if (fate == Fate::failed && operation.action == DiskAction::write) {
    const Bytes& all = *operation.bytes;
    const auto half = static_cast<std::ptrdiff_t>(all.size() / 2);
    operation.bytes = std::make_shared<const Bytes>(all.begin(), all.begin() + half);
    apply(operation, &now_);
    log_.push_back(std::move(operation));
  }
  return status;
}

void RecordedStorage::lose(const DiskOperation& cause, SyncLoss loss) {
  DiskOperation operation = cause;
  operation.action = DiskAction::loss;
  operation.offset = 0;
  operation.bytes = nullptr;
  operation.loss = loss;
  if (loss == SyncLoss::shows_old) now_.files[operation.inode] = on_disk(operation.inode);
  log_.push_back(std::move(operation));
}

CowBytes RecordedStorage::on_disk(std::uint64_t inode) const {
  CrashWalk walk(initial_, log_);
  walk.go_to(log_.size());
  const std::map<std::uint64_t, CowBytes>& files = walk.killed().durable.files;
  const auto file = files.find(inode);
  return file == files.end() ? CowBytes() : file->second;
}

// Clean pages may hide what the disk has. The walk knows which are clean.
void RecordedStorage::drop(DiskOperation operation) {
  operation.phase = phase_;
  operation.step = step_;
  const std::uint64_t inode = operation.inode;
  log_.push_back(std::move(operation));
  CrashWalk walk(initial_, log_);
  walk.go_to(log_.size());
  now_.files[inode] = walk.killed().seen.files[inode];
}

core::Status RecordedStorage::take(DiskOperation operation) {
  operation.phase = phase_;
  operation.step = step_;
  const Fate fate = rule_ ? rule_(operation) : Fate::done;
  if (fate == Fate::lost) return core::Status::ok();
  if (!takes_room(operation)) return core::errno_status("use", "the recorded disk", ENOSPC);
  if (fate >= Fate::failed && fate <= Fate::sync_shows_old)
    return fail_with(std::move(operation), fate);
  if (fate == Fate::lost_before) {
    lose(operation, SyncLoss::keeps_new);
    must_tell_.insert(operation.inode);
  }
  const bool tells = operation.action == DiskAction::sync && must_tell_.erase(operation.inode) != 0;
  apply(operation, &now_);
  if (fate == Fate::held) {
    operation.in_turn = false;
    held_.push_back(std::move(operation));
    return core::Status::ok();
  }
  if (fate == Fate::early) {
    operation.in_turn = false;
    log_.insert(log_.begin() + static_cast<std::ptrdiff_t>(early_++), std::move(operation));
    return core::Status::ok();
  }
  log_.push_back(std::move(operation));
  if (fate == Fate::release) {
    for (DiskOperation& late : held_) log_.push_back(std::move(late));
    held_.clear();
  }
  return tells ? core::errno_status("sync", "the recorded disk", EIO) : core::Status::ok();
}

void RecordedStorage::set_phase(std::string phase) {
  phase_ = std::move(phase);
  ++step_;
  early_ = log_.size();
}

void RecordedStorage::mark(std::uint64_t number) {
  DiskOperation operation;
  operation.action = DiskAction::mark;
  operation.offset = number;
  log_.push_back(std::move(operation));
}

core::Status RecordedStorage::lock(std::uint64_t inode, const void* holder, bool exclusive) {
  Locks& locks = locks_[inode];
  const bool others_share = std::any_of(locks.shared.begin(), locks.shared.end(),
                                        [&](const void* other) { return other != holder; });
  const bool other_excludes = locks.exclusive != nullptr && locks.exclusive != holder;
  if (other_excludes || (exclusive && others_share)) {
    return {FOREBAY_E_BUSY, "the recorded file is locked"};
  }
  unlock(inode, holder);
  if (exclusive) {
    locks.exclusive = holder;
  } else {
    locks.shared.push_back(holder);
  }
  return core::Status::ok();
}

void RecordedStorage::unlock(std::uint64_t inode, const void* holder) {
  Locks& locks = locks_[inode];
  if (locks.exclusive == holder) locks.exclusive = nullptr;
  std::erase(locks.shared, holder);
}

core::Result<std::unique_ptr<core::StorageFile>> RecordedStorage::open(const std::string& path,
                                                                       core::OpenMode mode) {
  const auto name = now_.names.find(path);
  const bool create = mode == core::OpenMode::create_new;
  if (create && name != now_.names.end()) return already_there(path);
  if (!create && name == now_.names.end()) return core::errno_status("open", path, ENOENT);
  std::uint64_t inode = create ? new_inode() : name->second;
  if (create) {
    DiskOperation operation;
    operation.action = DiskAction::link;
    operation.role = role_of(path);
    operation.inode = inode;
    operation.path = path;
    FOREBAY_TRY(take(std::move(operation)));
    now_.files.try_emplace(inode);
  }
  return std::unique_ptr<core::StorageFile>(
      std::make_unique<RecordedFile>(*this, inode, role_of(path), mode != core::OpenMode::read));
}

core::Result<std::unique_ptr<core::StorageFile>> RecordedStorage::open_nameless(
    const std::string& path) {
  const std::uint64_t inode = new_inode();
  now_.files.try_emplace(inode);
  return std::unique_ptr<core::StorageFile>(
      std::make_unique<RecordedFile>(*this, inode, role_of(path), true));
}

core::Status RecordedStorage::publish(core::StorageFile& file, const std::string& path,
                                      bool replace) {
  if (!replace && now_.names.contains(path)) return already_there(path);
  DiskOperation operation;
  operation.action = DiskAction::link;
  operation.role = role_of(path);
  operation.inode = file.inode();
  operation.path = path;
  static_cast<RecordedFile&>(file).publish_as(operation.role);
  return take(std::move(operation));
}

core::Status RecordedStorage::remove(const std::string& path) {
  if (!now_.names.contains(path)) return core::errno_status("remove", path, ENOENT);
  DiskOperation operation;
  operation.action = DiskAction::unlink;
  operation.role = role_of(path);
  operation.path = path;
  return take(std::move(operation));
}

core::Status RecordedStorage::sync_directory_of(const std::string& path) {
  DiskOperation operation;
  operation.action = DiskAction::sync_directory;
  operation.role = role_of(path);
  operation.path = path;
  return take(std::move(operation));
}

}  // namespace forebay::test
