// memfd segments, their seals and mappings. Invariant: room is reserved by fallocate before anyone
// touches it, so that want of memory is a code and never SIGBUS.
#include "platform/memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <string>

#include "platform/large_page.hpp"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

namespace forebay::core {
namespace {

Status memory_status(std::string_view what, std::uint64_t bytes, int os_errno) {
  Status status = errno_status(what, {}, os_errno);
  ErrorDetail detail = status.detail();
  detail.message +=
      " (" + std::to_string(bytes) + " bytes of shared memory; lower the memory quota)";
  const bool no_room = os_errno == ENOSPC || os_errno == ENOMEM || os_errno == EFBIG ||
                       os_errno == EDQUOT || os_errno == EOVERFLOW;
  return {no_room ? FOREBAY_E_MEMORY : status.code(), std::move(detail)};
}

// Why before the call: growing past RLIMIT_FSIZE raises SIGXFSZ in the host, and a memfd counts as
// a file.
Status check_file_limit(std::uint64_t bytes) {
  rlimit limit{};
  if (bytes > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()) ||
      (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
       bytes > limit.rlim_cur)) {
    return memory_status("size a segment within the file size limit (ulimit -f)", bytes, EFBIG);
  }
  return Status::ok();
}

Result<Descriptor> make_memfd(const char* name) {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int fd = ::memfd_create(name, kFlags | MFD_NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL) fd = ::memfd_create(name, kFlags);  // Linux before 6.3
  if (fd < 0) return errno_status("make a shared memory file", {}, errno);
  return raise_descriptor(Descriptor(fd));
}

Status write_all(int fd, std::uint64_t offset, std::span<const std::byte> content) {
  std::size_t done = 0;
  while (done < content.size()) {
    // Why pwrite: the file position is shared with the child, which starts to read at 0.
    const ssize_t written = ::pwrite(fd, content.data() + done, content.size() - done,
                                     static_cast<off_t>(offset + done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return memory_status("fill a shared memory file", content.size(), errno);
    done += static_cast<std::size_t>(written);
  }
  return Status::ok();
}

constexpr int kAllSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

Status seal_for_ever(const Descriptor& file) {
  if (::fcntl(file.get(), F_ADD_SEALS, kAllSeals) == 0) return Status::ok();
  return errno_status("seal a shared memory file", {}, errno);
}

int fallocate_all(int fd, int mode, std::uint64_t offset, std::uint64_t bytes) noexcept {
  int rc = 0;
  do {
    rc = ::fallocate(fd, mode, static_cast<off_t>(offset), static_cast<off_t>(bytes));
  } while (rc != 0 && errno == EINTR);
  return rc;
}

constexpr std::uint64_t kSmallPageBytes = 4096;

}  // namespace

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  if (this != &other) {
    unmap();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Mapping::~Mapping() {
  unmap();
}

void Mapping::unmap() noexcept {
  if (data_ != nullptr) ::munmap(data_, size_);
  data_ = nullptr;
  size_ = 0;
}

Result<Mapping> Mapping::map(int fd, std::uint64_t bytes, bool writable) {
  Mapping mapping;
  if (bytes == 0) return mapping;
  const int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  // Why private for reading: before Linux 6.7 a shared mapping of a file that is sealed against
  // writing is refused even so. Nothing is written, so nothing is copied.
  const int sharing = writable ? MAP_SHARED : MAP_PRIVATE;
  void* data = MAP_FAILED;
  if (writable && bytes >= kLargePageBytes) data = map_aligned(bytes, protection, sharing, fd);
  if (data == MAP_FAILED) data = ::mmap(nullptr, bytes, protection, sharing, fd, 0);
  if (data == MAP_FAILED) return memory_status("map a segment", bytes, errno);
  mapping.data_ = static_cast<std::byte*>(data);
  mapping.size_ = bytes;
  return mapping;
}

Result<Descriptor> make_segment(const char* name, std::uint64_t bytes) {
  FOREBAY_TRY(check_file_limit(bytes));
  FOREBAY_TRY_ASSIGN(Descriptor segment, make_memfd(name));
  if (::ftruncate(segment.get(), static_cast<off_t>(bytes)) != 0) {
    return memory_status("size a segment", bytes, errno);
  }
  // Why SEAL too: a child holds this descriptor, and a seal against writing would take from the
  // parent the means to punch.
  if (::fcntl(segment.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return errno_status("seal a segment", {}, errno);
  }
  return segment;
}

Status reserve_range(const Descriptor& segment, std::uint64_t offset, std::uint64_t bytes) {
  if (fallocate_all(segment.get(), FALLOC_FL_KEEP_SIZE, offset, bytes) != 0) {
    return memory_status("reserve room in a segment", bytes, errno);
  }
  return Status::ok();
}

// Why a small page of each first: the kernel makes a large page of what is there, and fills in what
// is not. What that costs is a quarter of as many small pages, and so is giving it back.
bool reserve_large_pages(const Descriptor& segment, const Mapping& view, std::uint64_t offset,
                         std::uint64_t bytes) noexcept {
  int rc = 0;
  for (std::uint64_t at = offset; rc == 0 && at < offset + bytes; at += kLargePageBytes) {
    rc = fallocate_all(segment.get(), FALLOC_FL_KEEP_SIZE, at, kSmallPageBytes);
  }
  if (rc == 0 && make_large_pages(view.data() + offset, bytes)) {
    // Costs next to nothing where all is there, which the kernel does not promise.
    rc = fallocate_all(segment.get(), FALLOC_FL_KEEP_SIZE, offset, bytes);
    if (rc == 0) return true;
  }
  (void)fallocate_all(segment.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, bytes);
  return false;
}

Status punch_range(const Descriptor& segment, std::uint64_t offset, std::uint64_t bytes) {
  if (fallocate_all(segment.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, bytes) !=
      0) {
    return errno_status("give back room of a segment", {}, errno);
  }
  return Status::ok();
}

Result<Descriptor> make_sealed_file(const char* name, std::span<const std::byte> content) {
  FOREBAY_TRY(check_file_limit(content.size()));
  FOREBAY_TRY_ASSIGN(Descriptor file, make_memfd(name));
  FOREBAY_TRY(write_all(file.get(), 0, content));
  FOREBAY_TRY(seal_for_ever(file));
  return file;
}

Result<Descriptor> fill_sealed_file(const char* name, std::uint64_t bytes,
                                    const std::function<void(std::byte*)>& fill) {
  FOREBAY_TRY(check_file_limit(bytes));
  FOREBAY_TRY_ASSIGN(Descriptor file, make_memfd(name));
  if (::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) {
    return memory_status("size a shared memory file", bytes, errno);
  }
  FOREBAY_TRY(reserve_range(file, 0, bytes));
  {
    FOREBAY_TRY_ASSIGN(const Mapping mapping, Mapping::map(file.get(), bytes, true));
    fill(mapping.data());
  }
  // Only now: the kernel refuses the seal against writing while a writable mapping is there.
  FOREBAY_TRY(seal_for_ever(file));
  return file;
}

Result<Descriptor> reopen_for_reading(int memory) {
  const std::string path = "/proc/self/fd/" + std::to_string(memory);
  return open_for_reading(path.c_str());
}

Status write_range(const Descriptor& memory, std::uint64_t offset, std::span<const char> content) {
  return write_all(memory.get(), offset, std::as_bytes(content));
}

Result<MemfdFacts> look_at_memfd(int fd) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0) {
    return Status(FOREBAY_E_ARGUMENT, "the descriptor " + std::to_string(fd) + " is not open")
        .at_errno(errno);
  }
  const int seals = S_ISREG(facts.st_mode) ? ::fcntl(fd, F_GET_SEALS) : -1;
  if (seals < 0 || facts.st_size < 0) {
    return Status(FOREBAY_E_FORMAT, "it is not shared memory (memfd)");
  }
  MemfdFacts out;
  out.bytes = static_cast<std::uint64_t>(facts.st_size);
  out.is_immutable = (seals & kAllSeals) == kAllSeals;
  constexpr std::uint64_t kStatBlock = 512;
  out.has_holes = static_cast<std::uint64_t>(facts.st_blocks) < divide_up(out.bytes, kStatBlock);
  return out;
}

Result<std::uint64_t> checked_memfd_size(int fd, bool immutable) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size < 0) {
    return Status(FOREBAY_E_PROTOCOL, "a descriptor that should be shared memory is not a file");
  }
  const int seals = ::fcntl(fd, F_GET_SEALS);
  const int wanted = F_SEAL_SHRINK | F_SEAL_GROW | (immutable ? F_SEAL_WRITE : 0);
  if (seals < 0 || (seals & wanted) != wanted) {
    return Status(FOREBAY_E_PROTOCOL, "a shared memory file lacks the seals that keep its size");
  }
  return static_cast<std::uint64_t>(facts.st_size);
}

}  // namespace forebay::core
