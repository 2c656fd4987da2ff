#include "loader/program.hpp"

#include <unistd.h>

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

}  // namespace forebay::core
