// The one user of libuv: waits for descriptors and for a time limit on the caller's thread. What
// became ready is only noted; the coordinator looks afterwards, so no user code runs inside a walk
// over handles.
#pragma once

#include <functional>
#include <memory>

#include "base/base.hpp"
#include "platform/platform.hpp"

namespace forebay::core {

class EventLoop {
 public:
  static Result<std::unique_ptr<EventLoop>> make();
  ~EventLoop();

  // Wakes the loop when `fd` is readable or closed, until the returned token goes.
  using Watch = std::shared_ptr<void>;
  Result<Watch> watch(int fd);

  // Waits until something is readable; timeout_ms < 0: as long as it takes, 0: only looks.
  void run(int timeout_ms);
  // Readable when run() has something to do, once run(0) was called after the last watch().
  [[nodiscard]] int descriptor() const;

  struct Handles;
  explicit EventLoop(std::unique_ptr<Handles> handles);

 private:
  std::unique_ptr<Handles> handles_;
};

}  // namespace forebay::core
