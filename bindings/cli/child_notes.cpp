#include "child_notes.hpp"

#include <forebay/child.h>

#include <string>

#include "console.hpp"
#include "progress.hpp"

namespace forebay::cli {
namespace {

const char* level_name(std::uint32_t level) {
  switch (level) {
    case FOREBAY_CHILD_LOG_DEBUG:
      return "debug";
    case FOREBAY_CHILD_LOG_INFO:
      return "info";
    case FOREBAY_CHILD_LOG_WARNING:
      return "warning";
    default:
      return "error";
  }
}

}  // namespace

void ChildNotes::show(forebay_loader* loader, Progress* progress) const {
  if (!wanted_) return;
  forebay_loader_log note = FOREBAY_LOADER_LOG_INIT;
  while (forebay_loader_log_next(loader, &note, nullptr) == FOREBAY_OK) {
    progress->clear();
    if (note.lost > 0) print_error(std::to_string(note.lost) + " notes of child programs are lost");
    const char* path = forebay_loader_source_path(loader, note.source);
    const std::string place = path == nullptr ? "" : std::string(path) + ": ";
    print_error(std::string(level_name(note.level)) + ": " + place + note.text + " (child " +
                std::to_string(note.pid) + ")");
  }
}

}  // namespace forebay::cli
