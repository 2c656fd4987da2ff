// The operating system's Storage: positioned reads and writes, syncs, flock, nameless files. Owns
// the descriptors of durable files; knows nothing of their content. A fork of the host closes them
// all in the new process, which therefore can neither write a file nor keep its locks.
// Thread rule: as the seam says; every call here is one or a few system calls on one descriptor.
#include "platform/storage.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <random>
#include <vector>

#include "platform/descriptor.hpp"

namespace forebay::core {
namespace {

// Repeats a system call that a signal interrupted.
template <typename Call>
auto retry(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class SystemFile;

// The open files of this process, for the handlers around a fork.
class OpenFiles {
 public:
  static OpenFiles& instance();
  void add(SystemFile* file);
  // Closes the descriptors of `file`, which no fork has from then on.
  void close(SystemFile* file);
  // While it is held no fork happens.
  [[nodiscard]] std::unique_lock<std::mutex> hold() { return std::unique_lock(mutex_); }

 private:
  OpenFiles();
  static void before_fork() noexcept { instance().mutex_.lock(); }
  static void after_fork_in_parent() noexcept { instance().mutex_.unlock(); }
  static void after_fork_in_child() noexcept;

  std::mutex mutex_;
  std::vector<SystemFile*> files_;  // guarded by mutex_
};

class SystemFile final : public StorageFile {
 public:
  SystemFile(Descriptor fd, std::string path, std::string temporary)
      : fd_(std::move(fd)), path_(std::move(path)), temporary_(std::move(temporary)) {
    OpenFiles::instance().add(this);
  }
  ~SystemFile() override {
    give_up_locks();
    OpenFiles::instance().close(this);
    // Crash: a writer killed before this leaves its temporary name behind; only file systems
    // without O_TMPFILE come here.
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }

  Status identify();
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> bytes) override;
  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override;
  Status write_direct(std::uint64_t offset, std::span<const std::byte> bytes) override;
  [[nodiscard]] bool may_write_behind() const override { return true; }
  Status sync_data() override {
    return checked("sync", retry([&] { return ::fdatasync(fd_.get()); }));
  }
  Status sync_all() override {
    return checked("sync", retry([&] { return ::fsync(fd_.get()); }));
  }
  Status drop_clean_pages() override {
    // Where it is refused (a file system in memory, say) there is no disk that knows better.
    [[maybe_unused]] const int refused = ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_DONTNEED);
    return Status::ok();
  }
  Status truncate(std::uint64_t size) override {
    return checked("resize",
                   retry([&] { return ::ftruncate(fd_.get(), static_cast<off_t>(size)); }));
  }
  Status allocate(std::uint64_t offset, std::uint64_t bytes) override;
  Result<std::uint64_t> size() override;
  Status lock_exclusive() override { return lock(LOCK_EX); }
  Status lock_shared() override { return lock(LOCK_SH); }
  Status unlock() override {
    return checked("unlock", retry([&] { return ::flock(fd_.get(), LOCK_UN); }));
  }
  Result<bool> is_removed() override;
  Status take_mode_of(const StorageFile& other) override;
  Status lock_byte(std::uint64_t byte) override;
  Result<bool> is_byte_locked(std::uint64_t byte) override;
  std::uint64_t device() const override { return device_; }
  std::uint64_t inode() const override { return inode_; }

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] const std::string& temporary() const noexcept { return temporary_; }
  void set_published() noexcept { temporary_.clear(); }
  void close() noexcept {
    fd_.reset();
    direct_.reset();
  }
  // In the process that a fork made: the name of a file not yet published is the parent's.
  void forget() noexcept {
    close();
    temporary_.clear();
  }

 private:
  Status checked(std::string_view verb, int result) const {
    return result < 0 ? failure(verb, errno) : Status::ok();
  }
  // `os_errno` as a failure; FOREBAY_E_STATE where the descriptor went with a fork.
  [[nodiscard]] Status failure(std::string_view verb, int os_errno) const;
  Status lock(int kind) const;
  void give_up_locks() const noexcept;
  void open_direct();

  // Constant after identify().
  Descriptor fd_;
  std::string path_;
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
  // The name to remove unless the file is published; empty for a file with a name of its own or
  // none.
  std::string temporary_;
  // The same file opened with O_DIRECT, by the first thread that writes directly; not open where
  // that is refused. Constant once it was tried, but for close().
  std::atomic<bool> has_tried_direct_{false};
  Descriptor direct_;
  std::atomic<bool> refuses_direct_{false};
};

OpenFiles& OpenFiles::instance() {
  // Why never destroyed: files may be closed while the process ends.
  static OpenFiles* const files = new OpenFiles;
  return *files;
}

OpenFiles::OpenFiles() {
  ::pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

void OpenFiles::add(SystemFile* file) {
  const std::lock_guard lock(mutex_);
  files_.push_back(file);
}

void OpenFiles::close(SystemFile* file) {
  const std::lock_guard lock(mutex_);
  file->close();
  files_.erase(std::remove(files_.begin(), files_.end(), file), files_.end());
}

void OpenFiles::after_fork_in_child() noexcept {
  for (SystemFile* file : instance().files_) file->forget();
  instance().mutex_.unlock();
}

Status SystemFile::failure(std::string_view verb, int os_errno) const {
  if (fd_.is_open()) return errno_status(verb, path_, os_errno);
  return Status(FOREBAY_E_STATE, path_ +
                                     " was opened by another process, of which this one is a fork: "
                                     "open it here, or use it there")
      .at_path(path_);
}

Status SystemFile::identify() {
  struct stat info {};
  if (::fstat(fd_.get(), &info) != 0) return failure("look at", errno);
  if (!S_ISREG(info.st_mode)) {
    ErrorDetail detail;
    detail.message = path_ +
                     (S_ISDIR(info.st_mode) ? " is a directory" : " is not a regular file") +
                     ": name a file on a disk";
    detail.path = path_;
    detail.os_errno = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    return {FOREBAY_E_ARGUMENT, std::move(detail)};
  }
  device_ = info.st_dev;
  inode_ = info.st_ino;
  return Status::ok();
}

Result<std::size_t> SystemFile::read_at(std::uint64_t offset, std::span<std::byte> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = retry([&] {
      return ::pread(fd_.get(), bytes.data() + done, bytes.size() - done,
                     static_cast<off_t>(offset + done));
    });
    if (got < 0) return failure("read", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Status SystemFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t put = retry([&] {
      return ::pwrite(fd_.get(), bytes.data() + done, bytes.size() - done,
                      static_cast<off_t>(offset + done));
    });
    if (put < 0) return failure("write to", errno);
    if (put == 0) return failure("write to", EIO);
    done += static_cast<std::size_t>(put);
  }
  return Status::ok();
}

// Why through /proc: a file that has no name yet, or another one by now, can be opened there too.
// Why under the lock: a fork in between would leave the new process a descriptor that it does not
// know of.
void SystemFile::open_direct() {
  std::array<char, 32> self{};
  std::snprintf(self.data(), self.size(), "/proc/self/fd/%d", fd_.get());
  const auto held = OpenFiles::instance().hold();
  if (has_tried_direct_) return;
  const int fd = retry([&] { return ::open(self.data(), O_WRONLY | O_DIRECT | O_CLOEXEC); });
  auto raised = fd < 0 ? Result<Descriptor>(Descriptor()) : raise_descriptor(Descriptor(fd));
  if (raised.is_ok()) direct_ = std::move(raised).value();
  has_tried_direct_ = true;
}

Status SystemFile::write_direct(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (!has_tried_direct_) open_direct();
  while (!refuses_direct_ && direct_.is_open() && !bytes.empty()) {
    const ssize_t put = retry([&] {
      return ::pwrite(direct_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    });
    // EINVAL: the disk wants more than a page to be aligned, or the file system thought better of
    // it. What is left of a short write may begin anywhere.
    if (put < 0 && errno != EINVAL) return failure("write to", errno);
    const auto done = static_cast<std::size_t>(std::max<ssize_t>(put, 0));
    offset += done;
    bytes = bytes.subspan(done);
    if (put < 0) refuses_direct_ = true;
    if (done % kDirectPage != 0 || put == 0) break;
  }
  return bytes.empty() ? Status::ok() : write_at(offset, bytes);
}

Status SystemFile::allocate(std::uint64_t offset, std::uint64_t bytes) {
  const int result = retry([&] {
    return ::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                       static_cast<off_t>(bytes));
  });
  // Where a file system cannot reserve room, a later write tells.
  if (result < 0 && errno == EOPNOTSUPP) return Status::ok();
  return checked("reserve room in", result);
}

Result<std::uint64_t> SystemFile::size() {
  struct stat info {};
  if (::fstat(fd_.get(), &info) != 0) return failure("look at", errno);
  return static_cast<std::uint64_t>(info.st_size);
}

Result<bool> SystemFile::is_removed() {
  struct stat info {};
  if (::fstat(fd_.get(), &info) != 0) return failure("look at", errno);
  return info.st_nlink == 0;
}

Status SystemFile::take_mode_of(const StorageFile& other) {
  const auto* const system = dynamic_cast<const SystemFile*>(&other);
  struct stat info {};
  if (system == nullptr || ::fstat(system->fd(), &info) != 0) return failure("look at", errno);
  // Only root may give files away; the others keep what is theirs.
  if (::fchown(fd_.get(), info.st_uid, info.st_gid) != 0 && errno != EPERM) {
    return failure("set the owner of", errno);
  }
  return checked("set the permissions of", ::fchmod(fd_.get(), info.st_mode & 07777U));
}

Status SystemFile::lock(int kind) const {
  if (retry([&] { return ::flock(fd_.get(), kind | LOCK_NB); }) == 0) return Status::ok();
  if (errno != EWOULDBLOCK) return failure("lock", errno);
  ErrorDetail detail;
  detail.message = path_ + (kind == LOCK_EX ? " is open elsewhere" : " is being written") +
                   ", by another program or another handle: close it there first";
  detail.path = path_;
  detail.os_errno = EWOULDBLOCK;
  return {FOREBAY_E_BUSY, std::move(detail)};
}

// Why: they belong to the opening, not to this descriptor. A process that another thread starts
// just now has the opening too until it executes its program, and the locks would live on with it.
void SystemFile::give_up_locks() const noexcept {
  if (!fd_.is_open()) return;
  struct flock all {};
  all.l_type = F_UNLCK;
  all.l_whence = SEEK_SET;
  ::fcntl(fd_.get(), F_OFD_SETLK, &all);
  ::flock(fd_.get(), LOCK_UN);
}

// Why this kind: it belongs to the opening, not to the process, so that two handles of one process
// exclude each other and closing one does not take the other's lock.
Status SystemFile::lock_byte(std::uint64_t byte) {
  struct flock wanted {};
  wanted.l_type = F_WRLCK;
  wanted.l_whence = SEEK_SET;
  wanted.l_start = static_cast<off_t>(byte);
  wanted.l_len = 1;
  if (retry([&] { return ::fcntl(fd_.get(), F_OFD_SETLK, &wanted); }) == 0) return Status::ok();
  if (errno != EAGAIN && errno != EACCES) return failure("lock", errno);
  ErrorDetail detail;
  detail.message = path_ + " is locked by another writer: close it there first";
  detail.path = path_;
  detail.os_errno = EWOULDBLOCK;
  return {FOREBAY_E_BUSY, std::move(detail)};
}

Result<bool> SystemFile::is_byte_locked(std::uint64_t byte) {
  struct flock wanted {};
  wanted.l_type = F_WRLCK;
  wanted.l_whence = SEEK_SET;
  wanted.l_start = static_cast<off_t>(byte);
  wanted.l_len = 1;
  if (retry([&] { return ::fcntl(fd_.get(), F_OFD_GETLK, &wanted); }) != 0) {
    return failure("look at the locks of", errno);
  }
  return wanted.l_type != F_UNLCK;
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A name beside `path` that nobody else picks.
std::string temporary_name(const std::string& path) {
  std::random_device random;
  std::array<char, 24> suffix{};
  std::snprintf(suffix.data(), suffix.size(), ".%08x%08x.tmp", random(), random());
  const std::size_t slash = path.rfind('/');
  const std::size_t start = slash == std::string::npos ? 0 : slash + 1;
  // Cut, so that the temporary name is not too long where the name itself fits.
  return path.substr(0, start) + "." + path.substr(start, 200) + suffix.data();
}

constexpr mode_t kMode = 0666;  // less the umask, as any data file

class SystemStorage final : public Storage {
 public:
  Result<std::unique_ptr<StorageFile>> open(const std::string& path, OpenMode mode) override;
  Result<std::unique_ptr<StorageFile>> open_no_follow(const std::string& path,
                                                      OpenMode mode) override;
  Result<std::unique_ptr<StorageFile>> open_nameless(const std::string& path) override;
  Status publish(StorageFile& file, const std::string& path, bool replace) override;
  Status remove(const std::string& path) override;
  Status sync_directory_of(const std::string& path) override;
};

Result<std::unique_ptr<StorageFile>> finish_open(int fd, const std::string& path,
                                                 std::string temporary) {
  FOREBAY_TRY_ASSIGN(Descriptor raised, raise_descriptor(Descriptor(fd)));
  auto file = std::make_unique<SystemFile>(std::move(raised), path, std::move(temporary));
  FOREBAY_TRY(file->identify());
  return std::unique_ptr<StorageFile>(std::move(file));
}

Result<std::unique_ptr<StorageFile>> open_with(const std::string& path, OpenMode mode, int extra) {
  // Why O_NONBLOCK: opening a FIFO would wait for its other end; regular files ignore the flag.
  int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK | extra;
  flags |= mode == OpenMode::read ? O_RDONLY : O_RDWR;
  if (mode == OpenMode::create_new) flags |= O_CREAT | O_EXCL;
  const int fd = retry([&] { return ::open(path.c_str(), flags, kMode); });
  if (fd < 0 && errno == EISDIR) {
    // The directory itself says it better than the refused open.
    return open_with(path, OpenMode::read, extra);
  }
  if (fd < 0) return errno_status("open", path, errno);
  return finish_open(fd, path, {});
}

Result<std::unique_ptr<StorageFile>> SystemStorage::open(const std::string& path, OpenMode mode) {
  return open_with(path, mode, 0);
}

Result<std::unique_ptr<StorageFile>> SystemStorage::open_no_follow(const std::string& path,
                                                                   OpenMode mode) {
  return open_with(path, mode, O_NOFOLLOW);
}

Result<std::unique_ptr<StorageFile>> SystemStorage::open_nameless(const std::string& path) {
  const std::string directory = directory_of(path);
  int fd = retry([&] { return ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kMode); });
  if (fd >= 0) return finish_open(fd, path, {});
  // EISDIR: a kernel or file system that does not know the flag takes it for a directory to write.
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
    return errno_status("create", path, errno);
  }
  std::string temporary = temporary_name(path);
  fd = retry([&] {
    return ::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, kMode);
  });
  if (fd < 0) return errno_status("create", path, errno);
  return finish_open(fd, path, std::move(temporary));
}

// Links the nameless file behind `fd`; errno tells why not.
int link_descriptor(int fd, const char* path) {
  std::array<char, 32> self{};
  std::snprintf(self.data(), self.size(), "/proc/self/fd/%d", fd);
  if (::linkat(AT_FDCWD, self.data(), AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0) return 0;
  if (errno != ENOENT) return -1;
  // Without /proc; needs a capability.
  return ::linkat(fd, "", AT_FDCWD, path, AT_EMPTY_PATH);
}

Status already_there(const std::string& path) {
  ErrorDetail detail;
  detail.message = path + " exists already: append to it, replace it or name another file";
  detail.path = path;
  detail.os_errno = EEXIST;
  return {FOREBAY_E_EXISTS, std::move(detail)};
}

Status SystemStorage::publish(StorageFile& file, const std::string& path, bool replace) {
  auto* system = dynamic_cast<SystemFile*>(&file);
  if (system == nullptr) return internal_status("a file of another storage was to be published");
  std::string from = system->temporary();
  const bool had_name = !from.empty();
  if (!replace) {
    const int linked =
        had_name ? ::link(from.c_str(), path.c_str()) : link_descriptor(system->fd(), path.c_str());
    if (linked != 0) {
      return errno == EEXIST ? already_there(path) : errno_status("create", path, errno);
    }
    if (had_name) ::unlink(from.c_str());
    system->set_published();
    return Status::ok();
  }
  // linkat() never replaces, rename() does: so the file first gets a name beside the one it takes.
  if (!had_name) {
    from = temporary_name(path);
    if (link_descriptor(system->fd(), from.c_str()) != 0) {
      return errno_status("create", path, errno);
    }
  }
  if (::rename(from.c_str(), path.c_str()) != 0) {
    const int cause = errno;
    if (!had_name) ::unlink(from.c_str());
    return errno_status("replace", path, cause);
  }
  system->set_published();
  return Status::ok();
}

Status SystemStorage::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return errno_status("remove", path, errno);
  return Status::ok();
}

Status SystemStorage::sync_directory_of(const std::string& path) {
  const std::string directory = directory_of(path);
  const int fd =
      retry([&] { return ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (fd < 0) return errno_status("open", directory, errno);
  FOREBAY_TRY_ASSIGN(const Descriptor held, raise_descriptor(Descriptor(fd)));
  // EINVAL: a file system whose directories cannot be synced has nothing to make durable.
  if (retry([&] { return ::fsync(held.get()); }) != 0 && errno != EINVAL) {
    return errno_status("sync", directory, errno);
  }
  return Status::ok();
}

}  // namespace

Storage& system_storage() {
  static SystemStorage storage;
  return storage;
}

}  // namespace forebay::core
