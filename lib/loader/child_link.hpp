// The coordinator's view of one child process: its process, socket, segment and the tasks it was
// handed. Coordinator's thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "arena/arena.hpp"
#include "loader/event_loop.hpp"
#include "loader/source.hpp"
#include "platform/platform.hpp"
#include "wire/wire.hpp"

namespace forebay::core {

class ChildLink {
 public:
  // Starts a child with a segment of its own. `command`: its path and arguments. The
  // configuration's segment size is filled in.
  static Result<std::unique_ptr<ChildLink>> start(EventLoop& loop, Arena& arena,
                                                  wire::Config config,
                                                  const std::vector<std::string>& command,
                                                  bool inherit_error_output);

  template <typename Message>
  Status send(Message message, int fd = -1) {
    last_heard_ns = monotonic_ns();
    return checked_send(send_packet(socket, wire::encode(message), fd));
  }

  // Nothing more is read from it: the socket, at its end for good, must not wake the loop again and
  // again.
  void stop_listening() noexcept;
  // Ends the child and says why its task is to be counted as failed.
  void condemn(Status why);
  [[nodiscard]] LoadTask* find(std::uint64_t task) const noexcept;
  // The task that it is at, if it is this one.
  [[nodiscard]] LoadTask* current(std::uint64_t task) const noexcept;
  // Whether it owes a message: it is starting, or has a task that does not wait for the
  // coordinator.
  [[nodiscard]] bool owes_message() const noexcept;

  Process process;
  Descriptor socket;
  SegmentId segment = 0;
  std::deque<LoadTask*> tasks;  // handed and not ended, in the order of the sources
  bool has_greeted = false;
  bool is_closed = false;  // it closed its socket, or was condemned
  std::uint64_t last_heard_ns = 0;
  std::uint64_t rows_done = 0;
  std::uint32_t tasks_handed = 0;
  std::uint32_t inflating = kNoSource;  // it has the decoder of this source
  Status verdict;                       // why it was ended, if we did it

 private:
  ChildLink() = default;
  Status checked_send(Status sent);

  EventLoop::Watch socket_watch_;
  EventLoop::Watch exit_watch_;
};

}  // namespace forebay::core
