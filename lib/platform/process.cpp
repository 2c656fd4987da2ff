// Spawning, watching and ending children by pidfd. Installs no signal handler and reaps no foreign
// child.
#include "platform/process.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "platform/open_descriptors.hpp"

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

extern char** environ;

namespace forebay::core {
namespace {

constexpr auto kWaitByPidfd = static_cast<idtype_t>(3);  // P_PIDFD, which glibc 2.31 lacks
constexpr int kLongestDeathMs = 2000;

Status spawn_status(const std::string& program, int os_errno) {
  const Status status = errno_status("start the child program", program, os_errno);
  return {FOREBAY_E_SPAWN, status.detail()};
}

// The lists that posix_spawn takes, freed when the frame ends.
struct FileActions {
  posix_spawn_file_actions_t list;
  FileActions() noexcept { posix_spawn_file_actions_init(&list); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { posix_spawn_file_actions_destroy(&list); }
};

struct Attributes {
  posix_spawnattr_t list;
  Attributes() noexcept { posix_spawnattr_init(&list); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { posix_spawnattr_destroy(&list); }
};

int set_attributes(Attributes* attributes) noexcept {
  sigset_t all;
  sigset_t none;
  sigfillset(&all);
  sigemptyset(&none);
  int rc = posix_spawnattr_setpgroup(&attributes->list, 0);
  if (rc == 0) rc = posix_spawnattr_setsigdefault(&attributes->list, &all);
  if (rc == 0) rc = posix_spawnattr_setsigmask(&attributes->list, &none);
  constexpr int kFlags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
  if (rc == 0) rc = posix_spawnattr_setflags(&attributes->list, kFlags);
  return rc;
}

int add_standard_streams(FileActions* actions, bool inherit_error_output) noexcept {
  posix_spawn_file_actions_t* list = &actions->list;
  int rc = posix_spawn_file_actions_addopen(list, 0, "/dev/null", O_RDONLY, 0);
  if (rc == 0) rc = posix_spawn_file_actions_addopen(list, 1, "/dev/null", O_WRONLY, 0);
  const bool keep = inherit_error_output && ::fcntl(2, F_GETFD) >= 0;
  if (rc == 0 && !keep) rc = posix_spawn_file_actions_addopen(list, 2, "/dev/null", O_WRONLY, 0);
  return rc;
}

// Closes in the child what the host left without close-on-exec, past `highest`, the last number in
// use.
int add_closing_of_others(FileActions* actions, int highest) {
#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
  return posix_spawn_file_actions_addclosefrom_np(&actions->list, highest + 1);
#endif
#endif
  int rc = 0;
  for (const int fd : open_descriptors_from(highest + 1)) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (rc == 0 && flags >= 0 && (flags & FD_CLOEXEC) == 0) {
      rc = posix_spawn_file_actions_addclose(&actions->list, fd);
    }
  }
  return rc;
}

// The descriptors at their numbers in the child, nothing else but 0 to 2. `lifted` keeps the
// sources alive: they are copies above all numbers asked for, so that no dup2 overwrites a source
// that a later one needs.
Status add_descriptors(const SpawnOptions& options, FileActions* actions,
                       std::vector<Descriptor>* lifted) {
  int highest = 2;
  for (const auto& [ours, number] : options.descriptors) highest = std::max(highest, number);
  std::vector<bool> is_used(static_cast<std::size_t>(highest) + 1, false);
  int rc = 0;
  for (const auto& [ours, number] : options.descriptors) {
    if (number < 3) return internal_status("a child's descriptor must be at 3 or above");
    const int copy = ::fcntl(ours, F_DUPFD_CLOEXEC, highest + 1);
    if (copy < 0) return spawn_status(options.program, errno);
    lifted->emplace_back(copy);
    is_used[static_cast<std::size_t>(number)] = true;
    if (rc == 0) rc = posix_spawn_file_actions_adddup2(&actions->list, copy, number);
  }
  for (int number = 3; number < highest && rc == 0; ++number) {
    if (is_used[static_cast<std::size_t>(number)]) continue;
    rc = posix_spawn_file_actions_addclose(&actions->list, number);
  }
  if (rc == 0) rc = add_closing_of_others(actions, highest);
  return rc == 0 ? Status::ok() : spawn_status(options.program, rc);
}

std::vector<char*> argument_pointers(const SpawnOptions& options) {
  std::vector<char*> pointers;
  pointers.push_back(const_cast<char*>(options.program.c_str()));
  for (const std::string& argument : options.arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

// The number is still the child's: it stays a zombie until it is reaped, here or by a host that
// reaps all.
Result<Descriptor> open_pidfd(pid_t pid) {
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));  // glibc 2.31 has no wrapper
  if (fd < 0) return errno_status("watch the child program by a pidfd", {}, errno);
  return raise_descriptor(Descriptor(fd));
}

void kill_and_reap(pid_t pid) noexcept {
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool wait_until_ended(int pidfd, int timeout_ms) noexcept {
  pollfd entry{pidfd, POLLIN, 0};
  int rc = 0;
  do {
    rc = ::poll(&entry, 1, timeout_ms);
  } while (rc < 0 && errno == EINTR);
  return rc > 0;
}

// Called once the child has ended, so it does not block.
ChildExit collect_exit(int pidfd) noexcept {
  siginfo_t facts{};
  int rc = 0;
  do {
    rc = ::waitid(kWaitByPidfd, static_cast<id_t>(pidfd), &facts, WEXITED | WNOHANG);
  } while (rc != 0 && errno == EINTR);
  ChildExit result;
  if (rc != 0 || facts.si_pid == 0) return result;  // ECHILD: the host took it
  result.known = true;
  if (facts.si_code == CLD_EXITED) {
    result.exit_code = facts.si_status;
  } else {
    result.signal = facts.si_status;
  }
  return result;
}

}  // namespace

std::string ChildExit::text() const {
  if (!known) return "ended";
  if (signal == 0) return "exited with status " + std::to_string(exit_code);
  const char* name = ::strsignal(signal);
  return "was killed by signal " + std::to_string(signal) + " (" + (name ? name : "unknown") + ")";
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      owner_(std::exchange(other.owner_, 0)),
      pidfd_(std::move(other.pidfd_)) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    end();
    pid_ = std::exchange(other.pid_, 0);
    owner_ = std::exchange(other.owner_, 0);
    pidfd_ = std::move(other.pidfd_);
  }
  return *this;
}

Process::~Process() {
  end();
}

Result<Process> Process::spawn(const SpawnOptions& options) {
  FileActions actions;
  Attributes attributes;
  std::vector<Descriptor> lifted;
  int rc = set_attributes(&attributes);
  if (rc == 0) rc = add_standard_streams(&actions, options.inherit_error_output);
  if (rc != 0) return spawn_status(options.program, rc);
  FOREBAY_TRY(add_descriptors(options, &actions, &lifted));
  std::vector<char*> arguments = argument_pointers(options);
  pid_t pid = 0;
  rc = ::posix_spawn(&pid, options.program.c_str(), &actions.list, &attributes.list,
                     arguments.data(), environ);
  if (rc != 0) return spawn_status(options.program, rc);

  Result<Descriptor> pidfd = open_pidfd(pid);
  if (!pidfd.is_ok()) {
    if (pidfd.status().detail().os_errno != ESRCH) kill_and_reap(pid);
    return Status(FOREBAY_E_SPAWN, pidfd.status().detail())
        .with_prefix("the child was started and ended again: ");
  }
  Process process;
  process.pid_ = pid;
  process.owner_ = ::getpid();
  process.pidfd_ = std::move(pidfd).value();
  return process;
}

void Process::kill() noexcept {
  // Why the owner: a copy of this object in a fork of the host must not end the host's child.
  if (!pidfd_.is_open() || owner_ != ::getpid()) return;
  ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
}

std::optional<ChildExit> Process::try_reap() noexcept {
  if (!pidfd_.is_open()) return ChildExit{};
  if (!wait_until_ended(pidfd_.get(), 0)) return std::nullopt;
  return reap();
}

ChildExit Process::reap() noexcept {
  if (!pidfd_.is_open()) return {};
  wait_until_ended(pidfd_.get(), -1);
  const ChildExit result = collect_exit(pidfd_.get());
  pidfd_.reset();
  return result;
}

void Process::end() noexcept {
  if (!pidfd_.is_open()) return;
  if (owner_ == ::getpid()) {
    kill();
    // A killed process ends at once unless it hangs in the kernel; then a zombie is better than a
    // host that hangs.
    if (wait_until_ended(pidfd_.get(), kLongestDeathMs)) collect_exit(pidfd_.get());
  }
  pidfd_.reset();
}

}  // namespace forebay::core
