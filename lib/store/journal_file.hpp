// The journal beside a main file: its name, its lock, who holds it, making and removing it.
// Thread rule: that of the store.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "journal/journal.hpp"
#include "platform/platform.hpp"

namespace forebay::core {

// "X.h5-journal" for "X.h5", whose symbolic links are resolved.
std::string journal_path_of(const std::string& main_path);

// Opens it and takes the writer's lock. FOREBAY_E_NOT_FOUND; FOREBAY_E_BUSY, which names the
// holder.
Result<std::unique_ptr<StorageFile>> open_journal_locked(Storage& storage,
                                                         const std::string& main_path);

// `busy` is why the main file could not be locked: with the writer's pid when its journal tells.
Status name_holder(Storage& storage, const std::string& main_path, Status busy);

// An open journal with its file. Made by a writer, which has its lock for as long as this lives.
class JournalFile {
 public:
  // Makes a new one in place of whatever is there, which must have nothing for the main file.
  static Result<JournalFile> create(Storage& storage, const std::string& main_path,
                                    const journal::Identity& identity,
                                    const journal::Position& base, bool syncs);
  // Replays `file`, which is locked, into `main` and begins a new generation.
  static Result<JournalFile> recover(Storage& storage, const std::string& main_path,
                                     std::unique_ptr<StorageFile> file, StorageFile& main,
                                     bool syncs, std::uint64_t* commits);

  [[nodiscard]] journal::Journal& journal() noexcept { return *journal_; }
  // Removes it, durably. The lock stays until this ends.
  Status remove();
  // Without a promise that the name is gone after a power loss.
  void discard() noexcept;

 private:
  JournalFile(Storage& storage, std::string path, std::unique_ptr<StorageFile> file, bool syncs);

  Storage* storage_;
  std::string path_;
  std::unique_ptr<StorageFile> file_;
  std::unique_ptr<StorageFile> unsynced_;  // in front of file_, when nothing is to be synced
  std::optional<journal::Journal> journal_;
};

// Commits of the store's own that only change the flags; their token.
std::span<const std::byte> flag_token() noexcept;
// Commits of a generation with rows or metadata, not only of the flags; whether there is one.
std::uint64_t count_real_commits(const journal::Scan& found) noexcept;
bool has_real_commits(const journal::Scan& found) noexcept;

}  // namespace forebay::core
