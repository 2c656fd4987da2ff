// Looking at a file and its journal without taking part: what the journal means for the file, and
// how much of the file anything still reaches. Takes no lock that it keeps and writes nothing.
// Thread rule: that of the store.
#include <algorithm>
#include <chrono>
#include <thread>

#include "store/core.hpp"
#include "store/journal_file.hpp"
#include "store/recovery.hpp"

namespace forebay::core {
namespace {

// A writer that opens or closes the file meanwhile shows it between two states for a moment.
constexpr int kAttempts = 20;
constexpr std::chrono::milliseconds kPause{10};

bool is_passing(JournalState state) {
  return state == JournalState::missing || state == JournalState::damaged ||
         state == JournalState::conflict;
}

// Of a file that needs its journal or not, and has one that nobody writes.
JournalState judge(MainState main, bool is_fit, bool has_commits) {
  const bool needs = main == MainState::flagged || main == MainState::damaged;
  if (needs) return is_fit ? JournalState::waiting : JournalState::damaged;
  return is_fit && has_commits ? JournalState::conflict : JournalState::left_over;
}

// A writer without a journal holds the whole file.
Result<bool> is_held(StorageFile& main) {
  const Status locked = main.lock_shared();
  if (locked.code() == FOREBAY_E_BUSY) return true;
  FOREBAY_TRY(locked.clone());
  FOREBAY_TRY(main.unlock());
  return false;
}

Status look_at_journal(StorageFile& journal, StorageFile& main, MainState state, StoreInfo* info) {
  FOREBAY_TRY_ASSIGN(info->journal_bytes, journal.size());
  const Result<journal::Scan> found = journal::scan(journal);
  if (!found.is_ok() && found.code() != FOREBAY_E_FORMAT) return found.status().clone();
  const Status paired =
      found.is_ok() ? journal::check_pairing(found.value().identity, main) : found.status().clone();
  if (paired.is_failure() && paired.code() != FOREBAY_E_FORMAT) return paired.clone();
  const bool is_fit = paired.is_ok();
  if (is_fit) {
    info->generation = found.value().generation;
    info->commit = found.value().newest().sequence;
    info->commits = count_real_commits(found.value());
    info->waiting_bytes = found.value().next_place() - journal::kFirstFrame;
  }
  FOREBAY_TRY_ASSIGN(const bool is_live, journal.is_byte_locked(0));
  if (is_live && found.is_ok()) info->writer = found.value().holder.pid;
  info->journal = is_live ? JournalState::live : judge(state, is_fit, is_fit && info->commits != 0);
  return Status::ok();
}

Result<StoreInfo> look(Storage& storage, const std::string& target) {
  StoreInfo info;
  FOREBAY_TRY_ASSIGN(const std::unique_ptr<StorageFile> main, storage.open(target, OpenMode::read));
  FOREBAY_TRY_ASSIGN(const MainStart start, read_start(*main));
  info.file_bytes = start.size;
  Result<std::unique_ptr<StorageFile>> journal =
      storage.open_no_follow(journal_path_of(target), OpenMode::read);
  if (journal.is_ok()) {
    FOREBAY_TRY(look_at_journal(**journal, *main, start.state, &info));
    return info;
  }
  if (journal.code() != FOREBAY_E_NOT_FOUND) return std::move(journal).status();
  if (start.state == MainState::flagged) {
    FOREBAY_TRY_ASSIGN(const bool is_live, is_held(*main));
    info.journal = is_live ? JournalState::live : JournalState::missing;
  }
  return info;
}

// Bytes of one object that are not rows: its header, with compact values, and its indexes.
std::uint64_t metadata_bytes(const H5O_info_t& info) {
  return info.hdr.space.total + info.meta_size.obj.index_size + info.meta_size.obj.heap_size +
         info.meta_size.attr.index_size + info.meta_size.attr.heap_size;
}

// Bytes of a dataset's values in this file, outside its header.
std::uint64_t value_bytes(hid_t dataset) {
  const Hid creation(H5Dget_create_plist(dataset));
  const H5D_layout_t layout = H5Pget_layout(creation.get());
  const bool is_here = layout == H5D_CHUNKED ||
                       (layout == H5D_CONTIGUOUS && H5Pget_external_count(creation.get()) == 0);
  return is_here ? H5Dget_storage_size(dataset) : 0;
}

extern "C" herr_t forebay_add_object_bytes(hid_t file, const char* name, const H5O_info_t* info,
                                           void* sum) {
  auto* const bytes = static_cast<std::uint64_t*>(sum);
  *bytes += metadata_bytes(*info);
  if (info->type != H5O_TYPE_DATASET) return 0;
  const Hid dataset(H5Dopen2(file, name, H5P_DEFAULT));
  if (!dataset.is_open()) return -1;
  *bytes += value_bytes(dataset.get());
  return 0;
}

}  // namespace

Result<StoreInfo> inspect_store(const std::string& path, Storage& storage) {
  if (path.empty()) return Status(FOREBAY_E_ARGUMENT, "the path of a store is empty");
  const std::string target = resolved_path(path);
  for (int attempt = 1;; ++attempt) {
    Result<StoreInfo> info = look(storage, target);
    const bool is_last = attempt == kAttempts;
    if (is_last || !info.is_ok() || !is_passing(info->journal)) return info;
    std::this_thread::sleep_for(kPause);
  }
}

Result<StoreSpace> Store::Core::space() {
  FOREBAY_TRY(check_usable());
  StoreSpace space;
  H5F_info2_t file{};
  const bool known = H5Fget_info2(hdf5_file_.get(), &file) >= 0;
  FOREBAY_TRY(after_read(known, "cannot look at " + path_));
  space.used = file.super.super_size + file.super.super_ext_size;
  const herr_t visited =
      H5Ovisit2(hdf5_file_.get(), H5_INDEX_NAME, H5_ITER_NATIVE, forebay_add_object_bytes,
                &space.used, H5O_INFO_BASIC | H5O_INFO_HDR | H5O_INFO_META_SIZE);
  FOREBAY_TRY(after_read(visited >= 0, "cannot look at the objects of " + path_));
  const std::uint64_t end = file_->end_of_allocation();
  space.left = end - std::min(end, space.used);
  return space;
}

Result<StoreSpace> Store::space() {
  const QuietHdf5 quiet;
  return core_->following([&] { return core_->space(); });
}

}  // namespace forebay::core
