// A file descriptor with one owner. Invariant: >= 3 or -1, so that a stray print never lands in a
// data file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/base.hpp"

namespace forebay::core {

class Descriptor {
 public:
  Descriptor() noexcept = default;
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~Descriptor() { reset(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  int take() noexcept { return std::exchange(fd_, -1); }
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

// Moves a descriptor below `lowest` up to it or above, close-on-exec.
Result<Descriptor> raise_descriptor(Descriptor fd, int lowest = 3);
// Opens for reading, close-on-exec, at 3 or above.
Result<Descriptor> open_for_reading(const char* path);
// A copy of somebody else's descriptor, close-on-exec, at 3 or above. FOREBAY_E_ARGUMENT when it
// cannot be read; `name` is for the message.
Result<Descriptor> copy_for_reading(int fd, const std::string& name);
// eventfd and timerfd, both non-blocking.
Result<Descriptor> make_event();
void signal_event(const Descriptor& event) noexcept;  // async-signal-safe, any thread
void drain_event(const Descriptor& event) noexcept;
void await_event(const Descriptor& event) noexcept;  // until it is signalled
Result<Descriptor> make_timer();
Status set_timer(const Descriptor& timer, std::uint64_t milliseconds_from_now);  // 0 disarms
// Monotonic clock.
std::uint64_t monotonic_ns() noexcept;
// Processors this process may use: affinity and cgroup CPU quota; at least 1.
unsigned usable_processors() noexcept;
// What a control group grants, rounded up: `membership` is a file like /proc/self/cgroup, `mount`
// where the groups are. Nothing when there is no limit. Versions 1 and 2.
std::optional<unsigned> control_group_processors(const std::string& membership,
                                                 const std::string& mount);

}  // namespace forebay::core
