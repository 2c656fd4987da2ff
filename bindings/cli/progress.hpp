// Draws the progress of a loader on standard error, when that is a terminal.
#pragma once

#include <forebay/loader.h>

#include <chrono>
#include <string>

namespace forebay::cli {

class Progress {
 public:
  explicit Progress(bool wanted);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Draws anew if the last drawing is a tenth of a second old. Cheap otherwise.
  void update(const forebay_loader* loader);
  // Takes the drawing away and leaves the cursor where it began.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  void draw(const forebay_loader* loader);

  bool enabled_ = false;
  Clock::time_point next_{};
  std::size_t lines_drawn_ = 0;
};

}  // namespace forebay::cli
