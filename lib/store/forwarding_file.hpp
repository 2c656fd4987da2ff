// A file that passes everything on to another one, for those that do some of it in another way.
// Not a sync: what that means is for each of them to say. Thread rule: that of the file behind it,
// which outlives this.
#pragma once

#include "platform/platform.hpp"

namespace forebay::core {

class ForwardingFile : public StorageFile {
 public:
  explicit ForwardingFile(StorageFile& file) : file_(file) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> bytes) override {
    return file_.read_at(offset, bytes);
  }
  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return file_.write_at(offset, bytes);
  }
  Status truncate(std::uint64_t size) override { return file_.truncate(size); }
  Status allocate(std::uint64_t offset, std::uint64_t bytes) override {
    return file_.allocate(offset, bytes);
  }
  Result<std::uint64_t> size() override { return file_.size(); }
  Status lock_exclusive() override { return file_.lock_exclusive(); }
  Status lock_shared() override { return file_.lock_shared(); }
  Status lock_byte(std::uint64_t byte) override { return file_.lock_byte(byte); }
  std::uint64_t device() const override { return file_.device(); }
  std::uint64_t inode() const override { return file_.inode(); }

  [[nodiscard]] StorageFile& behind() const noexcept { return file_; }

 private:
  StorageFile& file_;
};

}  // namespace forebay::core
