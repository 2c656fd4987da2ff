#include "loader/paths.hpp"

#include <dirent.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "platform/platform.hpp"

namespace forebay::core {
namespace {

using Paths = std::vector<std::string>;

constexpr std::size_t kMostListBytes = 64U << 20U;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// The digits at `at`, without the zeros in front; `at` moves behind them.
std::string_view take_number(std::string_view text, std::size_t* at) noexcept {
  while (*at < text.size() && text[*at] == '0') ++*at;
  const std::size_t begin = *at;
  while (*at < text.size() && is_digit(text[*at])) ++*at;
  return text.substr(begin, *at - begin);
}

mode_t mode_of(const std::string& path) noexcept {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode : 0;
}

Status nothing(const std::string& path, const std::string& why) {
  return Status(FOREBAY_E_NOT_FOUND, path + ": " + why).at_path(path);
}

Result<Paths> files_of_folder(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), &::closedir);
  if (!open) return errno_status("read the folder", folder, errno);
  Paths files;
  errno = 0;
  while (const dirent* entry = ::readdir(open.get())) {
    if (entry->d_name[0] == '.') continue;
    std::string file = folder + (folder.back() == '/' ? "" : "/") + entry->d_name;
    if (S_ISREG(mode_of(file))) files.push_back(std::move(file));
    errno = 0;
  }
  if (errno != 0) return errno_status("read the folder", folder, errno);
  if (files.empty())
    return nothing(folder, "there is no file in this folder; name one that holds files itself");
  std::sort(files.begin(), files.end(), is_naturally_before);
  return files;
}

Result<Paths> files_that_match(const std::string& pattern) {
  glob_t found{};
  const std::unique_ptr<glob_t, void (*)(glob_t*)> owner(&found, &::globfree);
  const int answer = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
  if (answer == GLOB_NOSPACE)
    return Status(FOREBAY_E_MEMORY, "there is no memory for the files that match " + pattern);
  Paths files;
  for (std::size_t i = 0; answer == 0 && i < found.gl_pathc; ++i) {
    if (S_ISREG(mode_of(found.gl_pathv[i]))) files.emplace_back(found.gl_pathv[i]);
  }
  if (files.empty()) return nothing(pattern, "no file matches this pattern; check it");
  std::sort(files.begin(), files.end(), is_naturally_before);
  return files;
}

Result<Paths> expand_one(const std::string& path) {
  const mode_t mode = mode_of(path);
  if (S_ISDIR(mode)) return files_of_folder(path);
  const bool is_pattern = path.find_first_of("*?[") != std::string::npos;
  if (mode == 0 && is_pattern) return files_that_match(path);
  return Paths{path};
}

Result<std::string> read_list(const std::string& list) {
  auto opened = open_for_reading(list.c_str());
  if (!opened.is_ok()) {
    const int error = opened.status().detail().os_errno;
    return Status(opened.code(), list + ": the list cannot be opened: " + errno_text(error))
        .at_path(list)
        .at_errno(error);
  }
  const Descriptor file = std::move(opened).value();
  if (!S_ISREG(mode_of(list)))
    return Status(FOREBAY_E_ARGUMENT, list + ": a list must be a regular file").at_path(list);
  std::string text;
  std::vector<char> buffer(64U << 10U);
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got == 0) return text;
    if (got < 0 && errno != EINTR) return errno_status("read", list, errno);
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > kMostListBytes)
      return Status(FOREBAY_E_LIMIT, list + ": the list is longer than 64 MiB").at_path(list);
  }
}

std::string resolved(const std::string& list, std::string_view line) {
  const std::size_t slash = list.rfind('/');
  if (line.front() == '/' || slash == std::string::npos) return std::string(line);
  return list.substr(0, slash + 1) + std::string(line);
}

Result<Paths> files_of_list(const std::string& list) {
  FOREBAY_TRY_ASSIGN(const std::string text, read_list(list));
  Paths files;
  std::string_view rest(text);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    FOREBAY_TRY_ASSIGN(Paths more, expand_one(resolved(list, line)));
    files.insert(files.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
  }
  if (files.empty()) return nothing(list, "this list names no file; write a path on each line");
  return files;
}

}  // namespace

Result<Paths> expand_path(const std::string& path) {
  if (path.empty()) return Status(FOREBAY_E_ARGUMENT, "a path is empty");
  if (path.size() > 1 && path.front() == '@') return files_of_list(path.substr(1));
  return expand_one(path);
}

bool is_naturally_before(std::string_view a, std::string_view b) noexcept {
  std::size_t i = 0;
  std::size_t k = 0;
  while (i < a.size() && k < b.size()) {
    if (is_digit(a[i]) && is_digit(b[k])) {
      const std::string_view x = take_number(a, &i);
      const std::string_view y = take_number(b, &k);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else if (a[i] != b[k]) {
      return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[k]);
    } else {
      ++i;
      ++k;
    }
  }
  const bool a_ends = i == a.size();
  const bool b_ends = k == b.size();
  // Equal but for zeros in front of numbers: any order will do, as long as it is one.
  return a_ends && b_ends ? a < b : a_ends && !b_ends;
}

}  // namespace forebay::core
