// A Storage for tests: passes everything on to another one, records it, and makes a chosen
// operation fail.
#pragma once

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platform/platform.hpp"

namespace forebay::test {

enum class Operation {
  open,
  open_nameless,
  publish,
  remove,
  sync_directory,
  read,
  write,
  sync,
  truncate,
  allocate,
  size,
  lock
};

struct Recorded {
  Operation operation = Operation::open;
  std::uint64_t offset = 0;
  const std::byte* data = nullptr;
  std::uint64_t bytes = 0;
  std::string path{};  // of the file; that of a nameless one is the one it may get
};

// Operation number `fail_at` (from 1; 0: none) fails with `os_errno`, once or from then on. A write
// that fails has written its first half.
struct FaultPlan {
  std::uint64_t fail_at = 0;
  bool for_ever = false;
  int os_errno = EIO;
};

class FaultStorage final : public core::Storage {
 public:
  explicit FaultStorage(FaultPlan plan = {}, core::Storage& inner = core::system_storage())
      : plan_(plan), inner_(inner) {}

  core::Result<std::unique_ptr<core::StorageFile>> open(const std::string& path,
                                                        core::OpenMode mode) override;
  core::Result<std::unique_ptr<core::StorageFile>> open_no_follow(const std::string& path,
                                                                  core::OpenMode mode) override;
  core::Result<std::unique_ptr<core::StorageFile>> open_nameless(const std::string& path) override;
  core::Status publish(core::StorageFile& file, const std::string& path, bool replace) override;
  core::Status remove(const std::string& path) override {
    FOREBAY_TRY(take({Operation::remove, 0, nullptr, 0, path}));
    return inner_.remove(path);
  }
  core::Status sync_directory_of(const std::string& path) override {
    return take({Operation::sync_directory, 0, nullptr, 0, path});
  }

  // Records an operation; the failure that is planned for it, if any.
  core::Status take(Recorded recorded) {
    recorded_.push_back(recorded);
    const bool fails = plan_.fail_at != 0 && (recorded_.size() == plan_.fail_at ||
                                              (plan_.for_ever && recorded_.size() > plan_.fail_at));
    if (!fails) return core::Status::ok();
    failed_ = true;
    return core::errno_status("do what the test forbids with", "a file", plan_.os_errno);
  }

  void plan(FaultPlan plan) { plan_ = plan; }
  [[nodiscard]] const std::vector<Recorded>& recorded() const { return recorded_; }
  void forget() { recorded_.clear(); }
  [[nodiscard]] bool has_failed() const { return failed_; }
  [[nodiscard]] std::size_t count(Operation operation) const {
    std::size_t found = 0;
    for (const Recorded& one : recorded_) found += one.operation == operation ? 1 : 0;
    return found;
  }

 private:
  FaultPlan plan_;
  core::Storage& inner_;
  std::vector<Recorded> recorded_;
  bool failed_ = false;
};

class FaultFile final : public core::StorageFile {
 public:
  FaultFile(FaultStorage& storage, std::unique_ptr<core::StorageFile> inner, std::string path)
      : storage_(storage), inner_(std::move(inner)), path_(std::move(path)) {}

  core::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> bytes) override {
    FOREBAY_TRY(storage_.take({Operation::read, offset, bytes.data(), bytes.size(), path_}));
    return inner_->read_at(offset, bytes);
  }
  core::Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    core::Status fault =
        storage_.take({Operation::write, offset, bytes.data(), bytes.size(), path_});
    if (fault.is_ok()) return inner_->write_at(offset, bytes);
    FOREBAY_TRY(inner_->write_at(offset, bytes.first(bytes.size() / 2)));
    return fault;
  }
  core::Status sync_data() override {
    return storage_.take({Operation::sync, 0, nullptr, 0, path_});
  }
  core::Status sync_all() override {
    return storage_.take({Operation::sync, 0, nullptr, 0, path_});
  }
  core::Status truncate(std::uint64_t size) override {
    FOREBAY_TRY(storage_.take({Operation::truncate, size, nullptr, 0, path_}));
    return inner_->truncate(size);
  }
  core::Status allocate(std::uint64_t offset, std::uint64_t bytes) override {
    FOREBAY_TRY(storage_.take({Operation::allocate, offset, nullptr, bytes, path_}));
    return inner_->allocate(offset, bytes);
  }
  core::Result<std::uint64_t> size() override {
    FOREBAY_TRY(storage_.take({Operation::size, 0, nullptr, 0, path_}));
    return inner_->size();
  }
  core::Status lock_exclusive() override {
    FOREBAY_TRY(storage_.take({Operation::lock, 0, nullptr, 0, path_}));
    return inner_->lock_exclusive();
  }
  core::Status lock_shared() override {
    FOREBAY_TRY(storage_.take({Operation::lock, 0, nullptr, 0, path_}));
    return inner_->lock_shared();
  }
  core::Status lock_byte(std::uint64_t byte) override {
    FOREBAY_TRY(storage_.take({Operation::lock, byte, nullptr, 0, path_}));
    return inner_->lock_byte(byte);
  }
  std::uint64_t device() const override { return inner_->device(); }
  std::uint64_t inode() const override { return inner_->inode(); }

  [[nodiscard]] core::StorageFile& inner() { return *inner_; }

 private:
  FaultStorage& storage_;
  std::unique_ptr<core::StorageFile> inner_;
  std::string path_;
};

inline core::Result<std::unique_ptr<core::StorageFile>> FaultStorage::open(const std::string& path,
                                                                           core::OpenMode mode) {
  FOREBAY_TRY(take({Operation::open}));
  FOREBAY_TRY_ASSIGN(auto file, inner_.open(path, mode));
  return std::unique_ptr<core::StorageFile>(
      std::make_unique<FaultFile>(*this, std::move(file), path));
}

inline core::Result<std::unique_ptr<core::StorageFile>> FaultStorage::open_no_follow(
    const std::string& path, core::OpenMode mode) {
  FOREBAY_TRY(take({Operation::open}));
  FOREBAY_TRY_ASSIGN(auto file, inner_.open_no_follow(path, mode));
  return std::unique_ptr<core::StorageFile>(
      std::make_unique<FaultFile>(*this, std::move(file), path));
}

inline core::Result<std::unique_ptr<core::StorageFile>> FaultStorage::open_nameless(
    const std::string& path) {
  FOREBAY_TRY(take({Operation::open_nameless}));
  FOREBAY_TRY_ASSIGN(auto file, inner_.open_nameless(path));
  return std::unique_ptr<core::StorageFile>(
      std::make_unique<FaultFile>(*this, std::move(file), path));
}

inline core::Status FaultStorage::publish(core::StorageFile& file, const std::string& path,
                                          bool replace) {
  FOREBAY_TRY(take({Operation::publish}));
  return inner_.publish(static_cast<FaultFile&>(file).inner(), path, replace);
}

}  // namespace forebay::test
