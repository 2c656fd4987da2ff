#include "store/journal_file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "store/unsynced_file.hpp"

namespace forebay::core {
namespace {

constexpr std::array<std::byte, 8> kFlagToken{std::byte{'f'}, std::byte{'b'}, std::byte{'-'},
                                              std::byte{'f'}, std::byte{'l'}, std::byte{'a'},
                                              std::byte{'g'}, std::byte{'s'}};

journal::Holder this_holder() {
  const ProcessIdentity self = this_process();
  return {self.boot_id, self.start_time, self.pid};
}

// A lock whose holder has ended is waited for half a second.
constexpr int kAttempts = 50;
constexpr std::chrono::milliseconds kPause{10};

std::string list_of(const std::vector<std::uint32_t>& processes) {
  std::string text;
  for (const std::uint32_t pid : processes) {
    text += (text.empty() ? "" : ", ") + std::to_string(pid);
  }
  return text;
}

// Who has the lock of `journal`, in words.
std::string holder_text(StorageFile& journal) {
  const Result<journal::Scan> found = journal::scan(journal);
  if (!found.is_ok() || found.value().holder.pid == 0) return "another writer";
  const journal::Holder& holder = found.value().holder;
  const std::string process = "process " + std::to_string(holder.pid);
  if (is_running({holder.boot_id, holder.start_time, holder.pid})) return process;
  std::vector<std::uint32_t> openers = processes_with_open(journal.device(), journal.inode());
  // This process has it open to look at it; it is meant only where nobody else is.
  if (openers.size() > 1) std::erase(openers, this_process().pid);
  std::string text = process + ", which has ended, but its lock was inherited";
  return openers.empty() ? text + " by a process that cannot be seen"
                         : text + " by process " + list_of(openers);
}

bool has_dead_holder(StorageFile& journal) {
  const Result<journal::Scan> found = journal::scan(journal);
  if (!found.is_ok() || found.value().holder.pid == 0) return false;
  const journal::Holder& holder = found.value().holder;
  return !is_running({holder.boot_id, holder.start_time, holder.pid});
}

// Why patient: a process that the writer was about to start when it died has the writer's
// descriptors until it executes its program.
Status lock_journal(StorageFile& journal) {
  for (int attempt = 1;; ++attempt) {
    Status locked = journal.lock_byte(0);
    if (locked.code() != FOREBAY_E_BUSY || attempt == kAttempts || !has_dead_holder(journal)) {
      return locked;
    }
    std::this_thread::sleep_for(kPause);
  }
}

Status busy(const std::string& main_path, const std::string& holder) {
  return Status(FOREBAY_E_BUSY, main_path + " is being written by " + holder +
                                    ": close it there, or wait until it is done")
      .at_path(main_path);
}

}  // namespace

std::span<const std::byte> flag_token() noexcept {
  return kFlagToken;
}

std::uint64_t count_real_commits(const journal::Scan& found) noexcept {
  return static_cast<std::uint64_t>(
      std::count_if(found.commits.begin(), found.commits.end(), [](const auto& commit) {
        return !std::equal(commit.token.begin(), commit.token.end(), kFlagToken.begin(),
                           kFlagToken.end());
      }));
}

bool has_real_commits(const journal::Scan& found) noexcept {
  return count_real_commits(found) != 0;
}

std::string journal_path_of(const std::string& main_path) {
  return main_path + "-journal";
}

Result<std::unique_ptr<StorageFile>> open_journal_locked(Storage& storage,
                                                         const std::string& main_path) {
  FOREBAY_TRY_ASSIGN(std::unique_ptr<StorageFile> file,
                     storage.open_no_follow(journal_path_of(main_path), OpenMode::write));
  Status locked = lock_journal(*file);
  if (locked.code() == FOREBAY_E_BUSY) return busy(main_path, holder_text(*file));
  FOREBAY_TRY(std::move(locked));
  return file;
}

Status name_holder(Storage& storage, const std::string& main_path, Status refused) {
  if (refused.code() != FOREBAY_E_BUSY) return refused;
  // Why the lock is tried: a journal that was left behind tells of a writer that is long gone.
  const Result<std::unique_ptr<StorageFile>> journal = open_journal_locked(storage, main_path);
  return journal.code() == FOREBAY_E_BUSY ? journal.status().clone() : std::move(refused);
}

JournalFile::JournalFile(Storage& storage, std::string path, std::unique_ptr<StorageFile> file,
                         bool syncs)
    : storage_(&storage), path_(std::move(path)), file_(std::move(file)) {
  if (!syncs) unsynced_ = std::make_unique<UnsyncedFile>(*file_);
}

// Crash: until its directory is synced there may be no journal, or a part of one, beside a main
// file that is marked as closed: recovery then takes the main file as it is.
Result<JournalFile> JournalFile::create(Storage& storage, const std::string& main_path,
                                        const journal::Identity& identity,
                                        const journal::Position& base, bool syncs) {
  const std::string path = journal_path_of(main_path);
  {
    const Result<std::unique_ptr<StorageFile>> left = open_journal_locked(storage, main_path);
    if (!left.is_ok() && left.code() != FOREBAY_E_NOT_FOUND) return left.status().clone();
    if (left.is_ok()) FOREBAY_TRY(storage.remove(path));
  }
  FOREBAY_TRY_ASSIGN(std::unique_ptr<StorageFile> file, storage.open(path, OpenMode::create_new));
  JournalFile made(storage, path, std::move(file), syncs);
  Status status = made.file_->lock_byte(0);
  if (status.is_ok()) {
    journal::Journal::CreateOptions options;
    options.identity = identity;
    options.holder = this_holder();
    options.base = base;
    Result<std::uint64_t> salt = journal::fresh_salt();
    if (!salt.is_ok()) {
      status = std::move(salt).status();
    } else {
      options.salt = *salt;
      Result<journal::Journal> created =
          journal::Journal::create(syncs ? *made.file_ : *made.unsynced_, options);
      if (created.is_ok()) {
        made.journal_.emplace(std::move(created).value());
      } else {
        status = std::move(created).status();
      }
    }
  }
  // Crash: forbids that a commit is acknowledged whose journal has no name after a power loss.
  if (status.is_ok() && syncs) status = storage.sync_directory_of(path);
  if (status.is_ok()) return made;
  made.discard();
  return status;
}

Result<JournalFile> JournalFile::recover(Storage& storage, const std::string& main_path,
                                         std::unique_ptr<StorageFile> file, StorageFile& main,
                                         bool syncs, std::uint64_t* commits) {
  // Replayed with syncs whatever comes later: the bytes may be another opening's promise.
  FOREBAY_TRY_ASSIGN(const std::uint64_t salt, journal::fresh_salt());
  JournalFile made(storage, journal_path_of(main_path), std::move(file), syncs);
  if (!syncs) FOREBAY_TRY(made.file_->sync_data());
  StorageFile& through = syncs ? *made.file_ : *made.unsynced_;
  Result<journal::Journal::Recovered> recovered =
      journal::Journal::recover(through, main, this_holder(), salt);
  if (!recovered.is_ok()) return std::move(recovered).status();
  *commits = static_cast<std::uint64_t>(
      std::count_if(recovered->commits.begin(), recovered->commits.end(), [](const auto& commit) {
        return !std::equal(commit.token.begin(), commit.token.end(), kFlagToken.begin(),
                           kFlagToken.end());
      }));
  made.journal_.emplace(std::move(recovered->journal));
  return made;
}

Status JournalFile::remove() {
  FOREBAY_TRY(storage_->remove(path_));
  // Crash: only a name that comes back; its header has no commit for a file marked as closed.
  return storage_->sync_directory_of(path_);
}

void JournalFile::discard() noexcept {
  try {
    [[maybe_unused]] const Status removed = storage_->remove(path_);
  } catch (...) {
    path_.clear();
  }
}

}  // namespace forebay::core
