#include "loader/event_loop.hpp"

#include <uv.h>

namespace forebay::core {

struct EventLoop::Handles {
  uv_loop_t loop{};
  uv_timer_t timer{};
};

namespace {

Status uv_status(const char* what, int error) {
  return Status(code_of_errno(-error), std::string("cannot ") + what + ": " + uv_strerror(error))
      .at_errno(-error);
}

// Readiness is level-triggered: whoever drains the descriptor needs no note of it.
void on_ready(uv_poll_t*, int, int) {}
void on_time(uv_timer_t*) {}

void close_watch(void* watch) {
  auto* poll = static_cast<uv_poll_t*>(watch);
  uv_poll_stop(poll);
  uv_close(reinterpret_cast<uv_handle_t*>(poll),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
}

}  // namespace

EventLoop::EventLoop(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}

Result<std::unique_ptr<EventLoop>> EventLoop::make() {
  auto handles = std::make_unique<Handles>();
  if (const int error = uv_loop_init(&handles->loop); error != 0)
    return uv_status("make an event loop", error);
  uv_timer_init(&handles->loop, &handles->timer);
  return std::make_unique<EventLoop>(std::move(handles));
}

EventLoop::~EventLoop() {
  uv_close(reinterpret_cast<uv_handle_t*>(&handles_->timer), nullptr);
  // Runs the close callbacks of the timer and of every watch that has gone.
  while (uv_run(&handles_->loop, UV_RUN_NOWAIT) != 0) {
  }
  uv_loop_close(&handles_->loop);
}

Result<EventLoop::Watch> EventLoop::watch(int fd) {
  auto poll = std::make_unique<uv_poll_t>();
  if (const int error = uv_poll_init(&handles_->loop, poll.get(), fd); error != 0)
    return uv_status("watch a descriptor", error);
  Watch watch(poll.release(), close_watch);
  const int error =
      uv_poll_start(static_cast<uv_poll_t*>(watch.get()), UV_READABLE | UV_DISCONNECT, on_ready);
  if (error != 0) return uv_status("watch a descriptor", error);
  return watch;
}

void EventLoop::run(int timeout_ms) {
  if (timeout_ms == 0) {
    uv_run(&handles_->loop, UV_RUN_NOWAIT);
    return;
  }
  if (timeout_ms > 0) {
    uv_update_time(&handles_->loop);
    uv_timer_start(&handles_->timer, on_time, static_cast<std::uint64_t>(timeout_ms), 0);
  }
  uv_run(&handles_->loop, UV_RUN_ONCE);
  uv_timer_stop(&handles_->timer);
}

int EventLoop::descriptor() const {
  return uv_backend_fd(&handles_->loop);
}

}  // namespace forebay::core
