// Notices Ctrl-C and its kin while a load runs, so that it can end in order. One at a time.
#pragma once

#include <csignal>

namespace forebay::cli {

// SIGINT, SIGTERM and SIGHUP are noted instead of killing; a second one kills. SIGPIPE does
// nothing, so that a load is not lost because nobody reads its summary. Signals that are ignored on
// entry stay ignored (nohup). The destructor puts everything back.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  // Number of the signal that came, 0 if none did.
  [[nodiscard]] int signal() const;

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
  struct sigaction before_[4];
};

}  // namespace forebay::cli
