#include "interrupt.hpp"

#include <iterator>

namespace forebay::cli {
namespace {

volatile std::sig_atomic_t noted_signal = 0;

void note(int number) {
  noted_signal = number;
}
void do_nothing(int number) {
  (void)number;
}

}  // namespace

InterruptWatch::InterruptWatch() {
  noted_signal = 0;
  for (std::size_t i = 0; i < std::size(kSignals); ++i) {
    ::sigaction(kSignals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler == SIG_IGN) continue;
    // Why a handler for SIGPIPE and not SIG_IGN: children would inherit the latter through exec.
    struct sigaction action = {};
    action.sa_handler = kSignals[i] == SIGPIPE ? do_nothing : note;
    action.sa_flags = kSignals[i] == SIGPIPE ? SA_RESTART : static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    ::sigaction(kSignals[i], &action, nullptr);
  }
}

InterruptWatch::~InterruptWatch() {
  for (std::size_t i = 0; i < std::size(kSignals); ++i) {
    ::sigaction(kSignals[i], &before_[i], nullptr);
  }
}

int InterruptWatch::signal() const {
  return noted_signal;
}

}  // namespace forebay::cli
