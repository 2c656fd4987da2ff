// What a process holds of the system, counted before and after a test to show that nothing leaks.
#pragma once

#include <dirent.h>

#include <cstring>
#include <fstream>
#include <memory>
#include <string>

namespace forebay::test {

struct ResourceCounts {
  int descriptors = 0;
  int segments_mapped = 0;  // mappings of memfds made by forebay
  int shared_names = 0;     // files of ours in /dev/shm: other programs have theirs
  bool operator==(const ResourceCounts&) const = default;
};

inline int open_descriptor_count() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), ::closedir);
  int count = -1;  // for the folder's own
  while (folder && ::readdir(folder.get()) != nullptr) ++count;
  return count;
}

inline ResourceCounts count_resources() {
  ResourceCounts counts;
  counts.descriptors = open_descriptor_count();
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("/memfd:forebay") != std::string::npos) ++counts.segments_mapped;
  }
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/dev/shm"), ::closedir);
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
    if (std::strstr(entry->d_name, "forebay") != nullptr) ++counts.shared_names;
  }
  return counts;
}

}  // namespace forebay::test
