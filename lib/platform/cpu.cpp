// How many processors this process may use: its affinity, and what its control group grants of
// them.
#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "platform/descriptor.hpp"

namespace forebay::core {
namespace {

// Affinity masks of machines with more than 1024 processors need a longer set: the kernel says
// EINVAL.
unsigned affinity_processors() noexcept {
  for (int processors = 1024; processors <= 1 << 20; processors *= 4) {
    cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(processors));
    if (set == nullptr) return 1;
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(processors));
    const bool known = ::sched_getaffinity(0, bytes, set) == 0;
    const int count = known ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (known) return static_cast<unsigned>(std::max(count, 1));
  }
  return 1;
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Whole processors in a grant of `quota` microseconds each `period`, rounded up: a grant of 1.5 can
// keep two busy.
std::optional<unsigned> processors_of(double quota, double period) {
  if (!(quota > 0) || !(period > 0)) return std::nullopt;
  const double whole = std::min(quota / period, 1e6);
  const auto floor = static_cast<unsigned>(whole);
  return std::max(1U, floor + (whole > floor ? 1U : 0U));
}

// Version 2: "max 100000" or "150000 100000".
std::optional<unsigned> version2_limit(const std::string& folder) {
  std::istringstream text(first_line(folder + "/cpu.max"));
  double quota = 0;
  double period = 0;
  if (!(text >> quota >> period)) return std::nullopt;
  return processors_of(quota, period);
}

// Version 1: two files; a quota of -1 means none.
std::optional<unsigned> version1_limit(const std::string& folder) {
  std::istringstream text(first_line(folder + "/cpu.cfs_quota_us") + " " +
                          first_line(folder + "/cpu.cfs_period_us"));
  double quota = 0;
  double period = 0;
  if (!(text >> quota >> period)) return std::nullopt;
  return processors_of(quota, period);
}

// The least limit on the way from `group` up to the root; a container may see only the root.
template <typename Limit>
std::optional<unsigned> least_limit(const std::string& mount, std::string group, Limit limit) {
  std::optional<unsigned> least;
  for (;;) {
    if (group == "/") group.clear();
    const std::optional<unsigned> here = limit(mount + group);
    if (here && (!least || *here < *least)) least = here;
    if (group.empty()) return least;
    const std::size_t slash = group.rfind('/');
    group.resize(slash == std::string::npos ? 0 : slash);
  }
}

bool names_cpu_controller(const std::string& controllers) {
  return ("," + controllers + ",").find(",cpu,") != std::string::npos;
}

}  // namespace

std::optional<unsigned> control_group_processors(const std::string& membership,
                                                 const std::string& mount) {
  std::optional<unsigned> least;
  std::ifstream file(membership);
  for (std::string line; std::getline(file, line);) {  // "4:cpu,cpuacct:/group" or "0::/group"
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    std::optional<unsigned> here;
    if (controllers.empty()) {
      here = least_limit(mount, group, version2_limit);
    } else if (names_cpu_controller(controllers)) {
      std::string hierarchy = mount;
      hierarchy.append("/").append(controllers);
      here = least_limit(hierarchy, group, version1_limit);
      if (!here) here = least_limit(mount + "/cpu", group, version1_limit);
    }
    if (here && (!least || *here < *least)) least = here;
  }
  return least;
}

unsigned usable_processors() noexcept {
  const unsigned affinity = affinity_processors();
  try {
    const auto granted = control_group_processors("/proc/self/cgroup", "/sys/fs/cgroup");
    return granted ? std::min(affinity, *granted) : affinity;
  } catch (const std::exception&) {  // no memory for a path: the affinity still holds
    return affinity;
  }
}

}  // namespace forebay::core
