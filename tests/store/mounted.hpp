// A file system of a chosen size for a test, as root; gone with the test. Thread rule: one thread.
#pragma once

#include <sys/mount.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "store/scratch.hpp"

namespace forebay::test {

// A tmpfs, whose writes fail with ENOSPC when it is full.
class SmallMemoryDisk {
 public:
  explicit SmallMemoryDisk(std::uint64_t bytes) { is_mounted_ = mount_with(bytes, 0); }
  ~SmallMemoryDisk() {
    if (is_mounted_) ::umount2(scratch_.root().c_str(), MNT_DETACH);
  }
  SmallMemoryDisk(const SmallMemoryDisk&) = delete;
  SmallMemoryDisk& operator=(const SmallMemoryDisk&) = delete;

  [[nodiscard]] bool is_mounted() const { return is_mounted_; }
  bool resize(std::uint64_t bytes) { return mount_with(bytes, MS_REMOUNT); }
  [[nodiscard]] std::string path(const std::string& name) const { return scratch_.path(name); }

 private:
  bool mount_with(std::uint64_t bytes, unsigned long flags) {
    const std::string size = "size=" + std::to_string(bytes);
    return ::mount("tmpfs", scratch_.root().c_str(), "tmpfs", flags, size.c_str()) == 0;
  }

  Scratch scratch_;
  bool is_mounted_ = false;
};

// ext4 on a loop device, whose image is larger than the memory disk that holds it: ext4 believes in
// room that is not there, so that writes and syncs fail with EIO.
class HollowDisk {
 public:
  HollowDisk(std::uint64_t bytes, std::uint64_t image_bytes) : backing_(bytes) {
    const std::string image = backing_.path("image");
    is_mounted_ = backing_.is_mounted() &&
                  run("truncate -s " + std::to_string(image_bytes) + " " + image) &&
                  run("mkfs.ext4 -q -F -E lazy_itable_init=0 " + image) && mount();
  }
  ~HollowDisk() { unmount(); }
  HollowDisk(const HollowDisk&) = delete;
  HollowDisk& operator=(const HollowDisk&) = delete;

  [[nodiscard]] bool is_mounted() const { return is_mounted_; }
  // As after a power loss with the disk mended: nothing is in the page cache, and there is room.
  bool mend(std::uint64_t bytes) {
    return unmount() && backing_.resize(bytes) &&
           run("e2fsck -fy " + backing_.path("image") + " >/dev/null 2>&1; test $? -lt 4") &&
           mount();
  }
  [[nodiscard]] std::string path(const std::string& name) const { return scratch_.path(name); }

 private:
  static bool run(const std::string& command) { return std::system(command.c_str()) == 0; }
  bool mount() {
    is_mounted_ = run("mount -o loop,errors=continue " + backing_.path("image") + " " +
                      scratch_.root() + " 2>/dev/null");
    return is_mounted_;
  }
  bool unmount() {
    if (!is_mounted_) return true;
    is_mounted_ = false;
    return run("umount " + scratch_.root());
  }

  SmallMemoryDisk backing_;
  Scratch scratch_;
  bool is_mounted_ = false;
};

}  // namespace forebay::test
