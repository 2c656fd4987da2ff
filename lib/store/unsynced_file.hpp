// A file whose syncs do nothing, for FOREBAY_STORE_DURABILITY_ORDERED: the kernel keeps the order
// of writes as long as it runs. Thread rule: that of the file behind it, which outlives this.
#pragma once

#include "store/forwarding_file.hpp"

namespace forebay::core {

class UnsyncedFile final : public ForwardingFile {
 public:
  using ForwardingFile::ForwardingFile;

  Status write_direct(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return behind().write_direct(offset, bytes);
  }
  [[nodiscard]] bool may_write_behind() const override { return behind().may_write_behind(); }
  [[nodiscard]] bool may_read_side_by_side() const override {
    return behind().may_read_side_by_side();
  }
  Status sync_data() override { return Status::ok(); }
  Status sync_all() override { return Status::ok(); }
};

}  // namespace forebay::core
