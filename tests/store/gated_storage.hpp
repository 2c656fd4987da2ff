// A Storage for tests of what goes on behind the caller's back: passes everything on to the system,
// and holds direct writes, or the syncs of a journal, until they are let through. Thread rule: that
// of the seam.
#pragma once

#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "store/forwarding_file.hpp"

namespace forebay::test {

// What has arrived waits while it is closed.
class Gate {
 public:
  core::Status pass() {
    std::unique_lock lock(mutex_);
    ++arrivals_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return is_open_; });
    return os_errno_ == 0 ? core::Status::ok()
                          : core::errno_status("use", "a gated file", os_errno_);
  }
  void set(bool is_open) {
    const std::lock_guard lock(mutex_);
    is_open_ = is_open;
    changed_.notify_all();
  }
  void fail_with(int os_errno) {
    const std::lock_guard lock(mutex_);
    os_errno_ = os_errno;
  }
  void wait_for_arrivals(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrivals_ >= count; });
  }
  [[nodiscard]] std::size_t arrivals() {
    const std::lock_guard lock(mutex_);
    return arrivals_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = true;
  int os_errno_ = 0;
  std::size_t arrivals_ = 0;
};

struct Gates {
  Gate writes;  // direct ones
  Gate journal_syncs;
};

class GatedStoreFile final : public core::ForwardingFile {
 public:
  GatedStoreFile(Gates& gates, std::unique_ptr<core::StorageFile> inner, bool is_journal)
      : ForwardingFile(*inner), gates_(gates), inner_(std::move(inner)), is_journal_(is_journal) {}

  core::Status write_direct(std::uint64_t offset, std::span<const std::byte> bytes) override {
    FOREBAY_TRY(gates_.writes.pass());
    return inner_->write_direct(offset, bytes);
  }
  [[nodiscard]] bool may_write_behind() const override { return true; }
  core::Status sync_data() override {
    if (is_journal_) FOREBAY_TRY(gates_.journal_syncs.pass());
    return core::Status::ok();  // fast: no power is lost here
  }
  core::Status sync_all() override { return sync_data(); }

 private:
  Gates& gates_;
  std::unique_ptr<core::StorageFile> inner_;
  bool is_journal_;
};

class GatedStorage final : public core::Storage {
 public:
  using File = core::Result<std::unique_ptr<core::StorageFile>>;
  Gates gates;

  File open(const std::string& path, core::OpenMode mode) override {
    return wrapped(inner_.open(path, mode), path);
  }
  File open_no_follow(const std::string& path, core::OpenMode mode) override {
    return wrapped(inner_.open_no_follow(path, mode), path);
  }
  File open_nameless(const std::string& path) override {
    return wrapped(inner_.open_nameless(path), path);
  }
  core::Status publish(core::StorageFile& file, const std::string& path, bool replace) override {
    return inner_.publish(static_cast<GatedStoreFile&>(file).behind(), path, replace);
  }
  core::Status remove(const std::string& path) override { return inner_.remove(path); }
  core::Status sync_directory_of(const std::string&) override { return core::Status::ok(); }

 private:
  File wrapped(File opened, const std::string& path) {
    if (!opened.is_ok()) return opened;
    const bool is_journal = path.find("-journal") != std::string::npos;
    return std::unique_ptr<core::StorageFile>(
        std::make_unique<GatedStoreFile>(gates, std::move(opened).value(), is_journal));
  }

  core::Storage& inner_ = core::system_storage();
};

}  // namespace forebay::test
