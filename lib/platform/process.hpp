// Child processes without signals: posix_spawn, a pidfd each, reaped by pidfd only.
// Why not uv_spawn: it installs a process-wide SIGCHLD handler in the host.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/descriptor.hpp"

namespace forebay::core {

struct SpawnOptions {
  std::string program{};                 // path, not searched in PATH
  std::vector<std::string> arguments{};  // argv[1]...
  std::vector<std::pair<int, int>>
      descriptors{};                  // (ours, number in the child); others are close-on-exec
  bool inherit_error_output = false;  // else standard error goes to /dev/null, as 0 and 1 always do
};

// How a child ended. Exit status may be unknown: a host that ignores or reaps SIGCHLD takes it from
// us.
struct ChildExit {
  bool known = false;
  int exit_code = -1;  // when it exited
  int signal = 0;      // when it was killed
  [[nodiscard]] std::string text()
      const;  // "exited with status 3", "was killed by signal 9 (Killed)", "ended"
};

// A spawned child. The destructor kills and reaps one that is still there; it does not block on a
// live child.
class Process {
 public:
  Process() noexcept = default;
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  // Own process group, default signal dispositions, empty signal mask, environment of the host.
  // exec failures are reported here.
  static Result<Process> spawn(const SpawnOptions& options);

  [[nodiscard]] int pid() const noexcept { return pid_; }
  [[nodiscard]] const Descriptor& pidfd() const noexcept {
    return pidfd_;
  }  // readable once the child ended
  [[nodiscard]] bool is_running() const noexcept { return pidfd_.is_open(); }
  void kill() noexcept;                          // SIGKILL by pidfd
  std::optional<ChildExit> try_reap() noexcept;  // nothing while it runs
  ChildExit reap() noexcept;                     // waits on the pidfd, then reaps

 private:
  void end() noexcept;

  int pid_ = 0;
  int owner_ = 0;  // the process that spawned it; a fork of that one leaves the child alone
  Descriptor pidfd_;
};

// Path of the object file that contains `address` (this library or executable); empty if unknown.
std::string object_path(const void* address);
// Closes every descriptor from `lowest` on: for the first moments of a child program.
void close_descriptors_from(int lowest) noexcept;
// Starts the leash: a thread that ends the process with _exit(`exit_code`) as soon as the other end
// of `socket` is closed.
Status start_leash(int socket, int exit_code);

}  // namespace forebay::core
