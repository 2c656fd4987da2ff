#include "platform/process_identity.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "platform/descriptor.hpp"

namespace forebay::core {
namespace {

std::string read_short(const std::string& path) {
  std::string text(1024, '\0');
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const ssize_t got = file.is_open() ? ::read(file.get(), text.data(), text.size()) : -1;
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

int digit_of(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::array<std::byte, 16> read_boot_id() {
  std::array<std::byte, 16> id{};
  std::size_t digits = 0;
  for (const char c : read_short("/proc/sys/kernel/random/boot_id")) {
    const int digit = digit_of(c);
    if (digit < 0 || digits == 32) continue;
    std::byte& byte = id[digits / 2];
    byte =
        static_cast<std::byte>((static_cast<unsigned>(byte) << 4U) | static_cast<unsigned>(digit));
    ++digits;
  }
  return id;
}

// 0 where the process is not there.
std::uint64_t start_time_of(std::uint32_t pid) {
  const std::string text = read_short("/proc/" + std::to_string(pid) + "/stat");
  // The second field, the command in brackets, may hold anything; the start time is the 22nd.
  std::size_t at = text.rfind(')');
  for (int field = 2; at != std::string::npos && field < 22; ++field) at = text.find(' ', at + 1);
  if (at == std::string::npos) return 0;
  return std::strtoull(text.c_str() + at, nullptr, 10);
}

bool has_open(const std::filesystem::path& process, std::uint64_t device, std::uint64_t inode) {
  std::error_code error;
  std::filesystem::directory_iterator entry(process / "fd", error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    struct stat info {};
    if (::stat(entry->path().c_str(), &info) == 0 && info.st_dev == device &&
        info.st_ino == inode) {
      return true;
    }
  }
  return false;
}

std::atomic<std::uint64_t> generation{0};

extern "C" void forebay_count_fork() noexcept {
  generation.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

ProcessIdentity this_process() noexcept {
  ProcessIdentity identity;
  try {
    identity.pid = static_cast<std::uint32_t>(::getpid());
    identity.start_time = start_time_of(identity.pid);
    identity.boot_id = read_boot_id();
  } catch (...) {
    identity.start_time = 0;
  }
  return identity;
}

bool is_running(const ProcessIdentity& process) noexcept {
  try {
    if (process.pid == 0 || process.boot_id != read_boot_id()) return false;
    if (::kill(static_cast<pid_t>(process.pid), 0) != 0 && errno == ESRCH) return false;
    const std::uint64_t start = start_time_of(process.pid);
    return start == 0 || process.start_time == 0 || start == process.start_time;
  } catch (...) {
    return false;
  }
}

std::vector<std::uint32_t> processes_with_open(std::uint64_t device, std::uint64_t inode) {
  std::vector<std::uint32_t> found;
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc", error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::uint32_t pid = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size()) continue;
    if (has_open(entry->path(), device, inode)) found.push_back(pid);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::uint64_t fork_generation() noexcept {
  static const int registered = ::pthread_atfork(nullptr, nullptr, forebay_count_fork);
  static_cast<void>(registered);
  return generation.load(std::memory_order_relaxed);
}

}  // namespace forebay::core
