#include "load_inputs.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <string_view>
#include <system_error>

namespace forebay::cli {
namespace {

constexpr std::string_view kCompressionEndings[] = {".gz", ".bgz", ".bgzf", ".zst", ".bz2", ".xz"};

InputFault fault_of_errno(const std::string& path, int os_errno) {
  const std::string cause = std::generic_category().message(os_errno);
  switch (os_errno) {
    case ENOENT:
    case ENOTDIR:
      return {FOREBAY_E_NOT_FOUND, path + ": no such file; check the name"};
    case EACCES:
    case EPERM:
      return {FOREBAY_E_PERMISSION, path + ": permission denied; ask for the right to read it"};
    default:
      return {FOREBAY_E_IO, path + ": " + cause + "; check that it can be read"};
  }
}

// Drops the last ending, but not the only part of a name such as ".data".
bool drop_ending(std::string_view* name) {
  const std::size_t dot = name->rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  *name = name->substr(0, dot);
  return true;
}

std::string table_name_of(std::string_view path) {
  if (const std::size_t slash = path.rfind('/'); slash != std::string_view::npos) {
    path.remove_prefix(slash + 1);
  }
  for (const std::string_view ending : kCompressionEndings) {
    if (path.size() > ending.size() && path.substr(path.size() - ending.size()) == ending) {
      drop_ending(&path);
      break;
    }
  }
  drop_ending(&path);
  if (path == kStandardInput) return "stdin";
  return path.empty() ? "data" : std::string(path);
}

}  // namespace

InputFault look_at_input(const std::string& path) {
  struct stat state = {};
  if (path == kStandardInput) return {};
  if (::stat(path.c_str(), &state) != 0) return fault_of_errno(path, errno);
  if (S_ISDIR(state.st_mode)) {
    return {FOREBAY_E_ARGUMENT, path + ": is a directory; name the files in it, such as " + path +
                                    (path.back() == '/' ? "" : "/") + "*.txt"};
  }
  if (::access(path.c_str(), R_OK) != 0) return fault_of_errno(path, errno);
  return {};
}

bool is_same_file(const std::string& one, const std::string& other) {
  struct stat first = {};
  struct stat second = {};
  if (one == kStandardInput) return false;
  return ::stat(one.c_str(), &first) == 0 && ::stat(other.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

std::vector<std::string> table_names_of(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const std::string& path : paths) {
    const std::string stem = table_name_of(path);
    std::string name = stem;
    for (int number = 2; !taken.insert(name).second; ++number) {
      name = stem + "_" + std::to_string(number);
    }
    names.push_back(name);
  }
  return names;
}

}  // namespace forebay::cli
