// What the progress bar says, as lines of text that fit a terminal. Knows no terminal.
#pragma once

#include <forebay/loader.h>

#include <string>
#include <vector>

namespace forebay::cli {

struct ChildLine {
  int pid = 0;
  std::string path{};
  std::uint64_t rows = 0;
};

struct ProgressPicture {
  forebay_loader_progress progress = FOREBAY_LOADER_PROGRESS_INIT;
  std::vector<ChildLine> children{};
};

// At most `height` lines, none longer than `width` columns. The first is the bar; a line for each
// child follows where there is room.
std::vector<std::string> progress_lines(const ProgressPicture& picture, std::size_t width,
                                        std::size_t height);

}  // namespace forebay::cli
