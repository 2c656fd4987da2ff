// A Storage that kills its process at a named place: before an operation, after it, or in the
// middle of a write. Places are "<phase> <action> <file> <where>", such as "commit sync journal
// after". Thread rule: one thread.
#pragma once

#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "store/forwarding_file.hpp"

namespace forebay::test {

// Dies at the `countdown`-th time that `place` is reached; an empty place is any.
struct Doom {
  std::string place{};
  std::uint64_t countdown = 0;
};

class KillStorage final : public core::Storage {
 public:
  explicit KillStorage(Doom doom) : doom_(std::move(doom)) {}

  core::Result<std::unique_ptr<core::StorageFile>> open(const std::string& path,
                                                        core::OpenMode mode) override;
  core::Result<std::unique_ptr<core::StorageFile>> open_no_follow(const std::string& path,
                                                                  core::OpenMode mode) override;
  core::Result<std::unique_ptr<core::StorageFile>> open_nameless(const std::string& path) override;
  core::Status publish(core::StorageFile& file, const std::string& path, bool replace) override;
  core::Status remove(const std::string& path) override {
    return around("remove", path, [&] { return inner_.remove(path); });
  }
  core::Status sync_directory_of(const std::string& path) override {
    return around("sync_directory", path, [&] { return inner_.sync_directory_of(path); });
  }

  void set_phase(std::string phase) { phase_ = std::move(phase); }
  // How often each place was reached.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& places() const { return places_; }

  void reach(const char* action, const std::string& path, const char* where) {
    const char* const file = path.find("-journal") == std::string::npos ? "main" : "journal";
    const std::string place = phase_ + " " + action + " " + file + " " + where;
    ++places_[place];
    if (doom_.countdown == 0 || (!doom_.place.empty() && doom_.place != place)) return;
    if (--doom_.countdown == 0) ::kill(::getpid(), SIGKILL);
  }
  template <typename Step>
  core::Status around(const char* action, const std::string& path, Step step) {
    reach(action, path, "before");
    core::Status status = step();
    reach(action, path, "after");
    return status;
  }

 private:
  core::Storage& inner_ = core::system_storage();
  Doom doom_;
  std::string phase_;
  std::map<std::string, std::uint64_t> places_;
};

class KillFile final : public core::ForwardingFile {
 public:
  KillFile(KillStorage& storage, std::unique_ptr<core::StorageFile> inner, std::string path)
      : ForwardingFile(*inner),
        storage_(storage),
        inner_(std::move(inner)),
        path_(std::move(path)) {}

  core::Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return storage_.around("write", path_, [&]() -> core::Status {
      const std::size_t half = bytes.size() / 2;
      FOREBAY_TRY(inner_->write_at(offset, bytes.first(half)));
      storage_.reach("write", path_, "within");
      return inner_->write_at(offset + half, bytes.subspan(half));
    });
  }
  core::Status sync_data() override {
    return storage_.around("sync", path_, [&] { return inner_->sync_data(); });
  }
  core::Status drop_clean_pages() override { return inner_->drop_clean_pages(); }
  core::Status sync_all() override {
    return storage_.around("sync", path_, [&] { return inner_->sync_all(); });
  }
  core::Status truncate(std::uint64_t size) override {
    return storage_.around("resize", path_, [&] { return inner_->truncate(size); });
  }
  core::Status allocate(std::uint64_t offset, std::uint64_t bytes) override {
    return storage_.around("allocate", path_, [&] { return inner_->allocate(offset, bytes); });
  }

 private:
  KillStorage& storage_;
  std::unique_ptr<core::StorageFile> inner_;
  std::string path_;
};

inline core::Result<std::unique_ptr<core::StorageFile>> KillStorage::open(const std::string& path,
                                                                          core::OpenMode mode) {
  const bool creates = mode == core::OpenMode::create_new;
  if (creates) reach("create", path, "before");
  FOREBAY_TRY_ASSIGN(auto file, inner_.open(path, mode));
  if (creates) reach("create", path, "after");
  return std::unique_ptr<core::StorageFile>(
      std::make_unique<KillFile>(*this, std::move(file), path));
}

inline core::Result<std::unique_ptr<core::StorageFile>> KillStorage::open_no_follow(
    const std::string& path, core::OpenMode mode) {
  FOREBAY_TRY_ASSIGN(auto file, inner_.open_no_follow(path, mode));
  return std::unique_ptr<core::StorageFile>(
      std::make_unique<KillFile>(*this, std::move(file), path));
}

inline core::Result<std::unique_ptr<core::StorageFile>> KillStorage::open_nameless(
    const std::string& path) {
  FOREBAY_TRY_ASSIGN(auto file, inner_.open_nameless(path));
  return std::unique_ptr<core::StorageFile>(
      std::make_unique<KillFile>(*this, std::move(file), path));
}

inline core::Status KillStorage::publish(core::StorageFile& file, const std::string& path,
                                         bool replace) {
  return around("publish", path, [&] {
    return inner_.publish(static_cast<KillFile&>(file).behind(), path, replace);
  });
}

}  // namespace forebay::test
