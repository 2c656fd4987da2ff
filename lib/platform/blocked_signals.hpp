// Inside platform: keeps signals from threads that are begun here; those of the host program belong
// to its own threads. Thread rule: on the thread that begins them.
#pragma once

#include <pthread.h>
#include <signal.h>

namespace forebay::core {

// No signal comes to this thread while it lives, and never to a thread that is begun meanwhile.
class BlockedSignals {
 public:
  BlockedSignals() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace forebay::core
