#include "loader/program.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <vector>

#include "loader/loader.hpp"
#include "platform/platform.hpp"

#ifndef FOREBAY_LOADER_INSTALLED_PATH
#define FOREBAY_LOADER_INSTALLED_PATH "/usr/local/libexec/forebay/forebay-loader"
#endif

namespace forebay::core {
namespace {

constexpr char kName[] = "forebay-loader";

std::atomic<bool>& own_child_program() noexcept {
  static std::atomic<bool> noted{false};
  return noted;
}

bool is_program(const std::string& path) {
  return ::access(path.c_str(), X_OK) == 0;
}

bool is_file(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

// Places relative to the library: the build tree's bin/ and an installed libexec/ beside lib/ or
// lib/<triplet>/.
std::vector<std::string> places_near_library() {
  const std::string object = object_path(reinterpret_cast<const void*>(&find_child_program));
  const std::size_t slash = object.rfind('/');
  if (slash == std::string::npos) return {};
  const std::string folder = object.substr(0, slash + 1);
  return {folder + kName, folder + "../bin/" + kName, folder + "../libexec/forebay/" + kName,
          folder + "../../libexec/forebay/" + kName};
}

}  // namespace

void note_own_child_program() noexcept {
  own_child_program().store(true);
}

Result<std::string> find_child_program(const std::string& asked) {
  if (!asked.empty()) {
    if (is_program(asked)) return asked;
    return Status(FOREBAY_E_NOT_FOUND,
                  asked + ": is not a program that can be run as the child loader")
        .at_path(asked);
  }
  if (const char* named = std::getenv("FOREBAY_LOADER"); named != nullptr && *named != '\0') {
    if (is_program(named)) return std::string(named);
    return Status(FOREBAY_E_NOT_FOUND, std::string("FOREBAY_LOADER names ") + named +
                                           ", which is not a program that can be run");
  }
  if (own_child_program().load()) return std::string("/proc/self/exe");
  std::vector<std::string> places = places_near_library();
  places.emplace_back(FOREBAY_LOADER_INSTALLED_PATH);
  std::string looked;
  for (const std::string& place : places) {
    if (is_program(place)) return place;
    looked += (looked.empty() ? "" : ", ") + place;
  }
  return Status(
      FOREBAY_E_NOT_FOUND,
      "the program forebay-loader was not found; set FOREBAY_LOADER to its path (looked at " +
          looked + ")");
}

// As execvp() does: an empty entry of $PATH is the folder at hand.
Result<std::string> find_custom_program(const std::string& asked) {
  if (asked.empty() || asked.find('/') != std::string::npos) return find_child_program(asked);
  const char* set = std::getenv("PATH");
  const std::string folders = set == nullptr ? "/usr/local/bin:/usr/bin:/bin" : set;
  for (std::size_t at = 0; at <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', at), folders.size());
    const std::string folder = folders.substr(at, end - at);
    const std::string path = (folder.empty() ? "." : folder) + "/" + asked;
    if (is_file(path) && is_program(path)) return path;
    at = end + 1;
  }
  return Status(FOREBAY_E_NOT_FOUND,
                asked +
                    ": no folder of $PATH has such a program; one of this folder is named by ./" +
                    asked)
      .at_path(asked);
}

}  // namespace forebay::core
