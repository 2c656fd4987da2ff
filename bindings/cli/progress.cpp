#include "progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "progress_lines.hpp"

namespace forebay::cli {
namespace {

constexpr std::chrono::milliseconds kInterval{100};
constexpr std::size_t kDefaultWidth = 80;
constexpr std::size_t kDefaultHeight = 24;
constexpr std::string_view kEraseToEnd = "\x1b[J";
constexpr std::string_view kEraseLine = "\x1b[K";

bool is_drawable_terminal() {
  if (::isatty(STDERR_FILENO) != 1) return false;
  const char* type = std::getenv("TERM");
  return type == nullptr || std::string_view(type) != "dumb";
}

// A job in the background would draw over what the user is doing.
bool is_in_foreground() {
  const pid_t owner = ::tcgetpgrp(STDERR_FILENO);
  return owner <= 0 || owner == ::getpgrp();
}

void terminal_size(std::size_t* width, std::size_t* height) {
  struct winsize size = {};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
  *width = known && size.ws_col > 0 ? size.ws_col : kDefaultWidth;
  *height = known && size.ws_row > 0 ? size.ws_row : kDefaultHeight;
}

void write_terminal(std::string_view text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

// Back to the first column of the first line of what was drawn.
std::string to_start(std::size_t lines_drawn) {
  if (lines_drawn <= 1) return "\r";
  return "\r\x1b[" + std::to_string(lines_drawn - 1) + "A";
}

ProgressPicture picture_of(const forebay_loader* loader) {
  ProgressPicture picture;
  forebay_loader_progress_get(loader, &picture.progress, nullptr);
  for (std::uint32_t i = 0;; ++i) {
    forebay_loader_child child = {};
    child.struct_size = sizeof(child);
    if (forebay_loader_child_get(loader, i, &child, nullptr) != FOREBAY_OK) break;
    if (child.pid == 0) continue;
    picture.children.push_back({child.pid, child.path, child.rows_done});
  }
  return picture;
}

}  // namespace

Progress::Progress(bool wanted) : enabled_(wanted && is_drawable_terminal()) {}

void Progress::update(const forebay_loader* loader) {
  if (!enabled_ || Clock::now() < next_) return;
  next_ = Clock::now() + kInterval;
  if (is_in_foreground()) draw(loader);
}

void Progress::draw(const forebay_loader* loader) {
  std::size_t width = 0;
  std::size_t height = 0;
  terminal_size(&width, &height);
  // Why less than the terminal: a full last column wraps, a full screen scrolls.
  const auto lines = progress_lines(picture_of(loader), width - 1, height > 2 ? height - 2 : 1);
  std::string text = to_start(lines_drawn_);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) text += "\r\n";
    text.append(lines[i]).append(kEraseLine);
  }
  text += kEraseToEnd;
  lines_drawn_ = lines.size();
  write_terminal(text);
}

void Progress::clear() {
  if (lines_drawn_ == 0) return;
  write_terminal(to_start(lines_drawn_).append(kEraseToEnd));
  lines_drawn_ = 0;
}

}  // namespace forebay::cli
