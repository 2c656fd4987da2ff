// A file whose syncs do nothing, for FOREBAY_STORE_DURABILITY_ORDERED: the kernel keeps the order
// of writes as long as it runs. Thread rule: that of the file behind it, which outlives this.
#pragma once

#include "platform/platform.hpp"

namespace forebay::core {

class UnsyncedFile final : public StorageFile {
 public:
  explicit UnsyncedFile(StorageFile& file) : file_(file) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> bytes) override {
    return file_.read_at(offset, bytes);
  }
  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return file_.write_at(offset, bytes);
  }
  Status write_direct(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return file_.write_direct(offset, bytes);
  }
  [[nodiscard]] bool may_write_behind() const override { return file_.may_write_behind(); }
  [[nodiscard]] bool may_read_side_by_side() const override {
    return file_.may_read_side_by_side();
  }
  Status sync_data() override { return Status::ok(); }
  Status sync_all() override { return Status::ok(); }
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

 private:
  StorageFile& file_;
};

}  // namespace forebay::core
