#include "progress_lines.hpp"

#include <algorithm>

#include "escape.hpp"
#include "units.hpp"

namespace forebay::cli {
namespace {

constexpr std::size_t kShortestBar = 10;
constexpr std::size_t kLongestBar = 40;
constexpr std::size_t kWidthForChildren = 60;

double fraction_of(const forebay_loader_progress& progress) {
  if (progress.bytes_total == 0) return 0;
  const double done = static_cast<double>(progress.bytes_done);
  return std::min(1.0, done / static_cast<double>(progress.bytes_total));
}

std::string percent_text(double fraction) {
  const std::string number = std::to_string(static_cast<int>(fraction * 100));
  return std::string(number.size() < 3 ? 3 - number.size() : 0, ' ') + number + " %";
}

std::string bar_text(double fraction, std::size_t length) {
  const auto full = static_cast<std::size_t>(fraction * static_cast<double>(length));
  std::string bar = "[" + std::string(full, '=');
  if (full < length) bar += ">" + std::string(length - full - 1, ' ');
  return bar + "]";
}

// The parts beside the bar, the most wanted first.
std::vector<std::string> facts_of(const forebay_loader_progress& progress) {
  std::vector<std::string> facts;
  facts.push_back(format_bytes(static_cast<double>(progress.bytes_done)) + " of " +
                  format_bytes(static_cast<double>(progress.bytes_total)));
  if (progress.seconds_left >= 0) facts.push_back(format_clock(progress.seconds_left) + " left");
  facts.push_back(format_bytes(progress.bytes_per_second) + "/s");
  facts.push_back(format_count(progress.rows_done) + " rows");
  if (progress.sources_failed > 0) {
    facts.push_back(format_count(progress.sources_failed) + " failed");
  }
  return facts;
}

std::string first_line(const forebay_loader_progress& progress, std::size_t width) {
  const double fraction = fraction_of(progress);
  std::string line = percent_text(fraction);
  std::string tail;
  const std::size_t bar_room = kShortestBar + 3;
  for (const std::string& fact : facts_of(progress)) {
    if (line.size() + bar_room + tail.size() + 2 + fact.size() <= width) tail += "  " + fact;
  }
  const std::size_t used = line.size() + 3 + tail.size();
  if (used + kShortestBar > width) return line.substr(0, width);
  return line + " " + bar_text(fraction, std::min(kLongestBar, width - used)) + tail;
}

// The end of `text`, at most `columns` characters, with ".." for what is missing.
std::string shortened(const std::string& text, std::size_t columns) {
  std::size_t characters = 0;
  for (const char byte : text) characters += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  if (characters <= columns) return text;
  std::size_t skip = characters - columns + 2;
  std::size_t place = 0;
  while (place < text.size() && skip > 0) {
    place += std::max<std::size_t>(1, utf8_length(std::string_view(text).substr(place)));
    --skip;
  }
  return ".." + text.substr(place);
}

std::string child_line(const ChildLine& child, std::size_t width) {
  const std::string head = "  child " + std::to_string(child.pid) + "  ";
  const std::string tail = "  " + format_count(child.rows) + " rows";
  if (child.path.empty()) return head + "waiting" + tail;
  return head + shortened(escaped(child.path), width - head.size() - tail.size()) + tail;
}

}  // namespace

std::vector<std::string> progress_lines(const ProgressPicture& picture, std::size_t width,
                                        std::size_t height) {
  std::vector<std::string> lines{first_line(picture.progress, width)};
  if (width < kWidthForChildren) return lines;
  for (const ChildLine& child : picture.children) {
    if (lines.size() >= height) break;
    lines.push_back(child_line(child, width));
  }
  return lines;
}

}  // namespace forebay::cli
