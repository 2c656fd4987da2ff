// Descriptors that wait and wake: raising, opening, eventfd, timerfd, the clock.
#include "platform/descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

namespace forebay::core {

void Descriptor::reset(int fd) noexcept {
  // Why no retry on EINTR: Linux has freed the number by then, it may be another thread's already.
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Result<Descriptor> raise_descriptor(Descriptor fd, int lowest) {
  if (fd.get() >= lowest) return fd;
  const int raised = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, lowest);
  if (raised < 0) return errno_status("duplicate a descriptor", {}, errno);
  return Descriptor(raised);
}

Result<Descriptor> open_for_reading(const char* path) {
  int fd = -1;
  do {
    // Why O_NONBLOCK: a pipe without a writer must be an answer to the caller, not a wait. Regular
    // files do not care.
    fd = ::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return errno_status("open", path, errno);
  return raise_descriptor(Descriptor(fd));
}

Result<Descriptor> copy_for_reading(int fd, const std::string& name) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) {
    return Status(FOREBAY_E_ARGUMENT, name + ": descriptor " + std::to_string(fd) +
                                          " is not open; open it for reading first");
  }
  if ((flags & O_ACCMODE) == O_WRONLY || (flags & O_PATH) != 0) {
    return Status(FOREBAY_E_ARGUMENT, name + ": descriptor " + std::to_string(fd) +
                                          " cannot be read; open it for reading");
  }
  const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return errno_status("duplicate the descriptor of", name, errno);
  return Descriptor(copy);
}

Result<Descriptor> make_event() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) return errno_status("make an event descriptor", {}, errno);
  return raise_descriptor(Descriptor(fd));
}

void signal_event(const Descriptor& event) noexcept {
  const int saved_errno = errno;
  const std::uint64_t one = 1;
  // A full counter (EAGAIN) is readable already, which is all that a signal asks for.
  while (::write(event.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
  }
  errno = saved_errno;
}

void await_event(const Descriptor& event) noexcept {
  struct pollfd watched {};
  watched.fd = event.get();
  watched.events = POLLIN;
  while (::poll(&watched, 1, -1) < 0 && errno == EINTR) continue;
}

void drain_event(const Descriptor& event) noexcept {
  std::uint64_t count = 0;
  while (::read(event.get(), &count, sizeof(count)) < 0 && errno == EINTR) {
  }
}

Result<Descriptor> make_timer() {
  const int fd = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (fd < 0) return errno_status("make a timer descriptor", {}, errno);
  return raise_descriptor(Descriptor(fd));
}

Status set_timer(const Descriptor& timer, std::uint64_t milliseconds_from_now) {
  itimerspec when{};
  when.it_value.tv_sec = static_cast<time_t>(milliseconds_from_now / 1000);
  when.it_value.tv_nsec = static_cast<long>(milliseconds_from_now % 1000 * 1'000'000);
  if (::timerfd_settime(timer.get(), 0, &when, nullptr) != 0) {
    return errno_status("set a timer", {}, errno);
  }
  return Status::ok();
}

std::uint64_t monotonic_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace forebay::core
