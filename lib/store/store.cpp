// The life of a store: creation, commit, close. Owns the file and its locks; store_opening.cpp has
// the files that are there already.
#include "store/store.hpp"

#include "store/core.hpp"
#include "store/identity.hpp"
#include "store/properties.hpp"
#include "store/recovery.hpp"

namespace forebay::core {
Store::Core::~Core() {
  abandon();
}

void Store::Core::abandon() noexcept {
  const QuietHdf5 quiet;
  if (file_) file_->abandon();
  tables_.clear();
  hdf5_file_.reset();
  if (file_) file_->release_file();
  file_.reset();
  replaced_.reset();
}

Status Store::Core::open(const std::string& path, const StoreOptions& options) {
  if (path.empty()) return {FOREBAY_E_ARGUMENT, "the path of a store is empty"};
  if (options.names > kMostNames) {
    return {FOREBAY_E_ARGUMENT, "a group has room for at most " + std::to_string(kMostNames) +
                                    " names, not " + std::to_string(options.names)};
  }
  path_ = path;
  target_ = resolved_path(path);
  durability_ = options.durability;
  name_room_ = options.names == 0 ? kDefaultNames : options.names;
  const auto take = [](std::uint64_t wanted, std::uint64_t* limit) {
    if (wanted != 0) *limit = wanted;
  };
  take(options.checkpoint_bytes, &limits_.checkpoint_bytes);
  take(options.ahead_bytes, &limits_.ahead_bytes);
  take(options.held_bytes, &limits_.held_bytes);
  commit_policy_ = options.commit_policy;
  writable_ = options.mode != StoreMode::read;
  FOREBAY_TRY_ASSIGN(driver_, Driver::enroll());
  return open_for(options.mode);
}

Status Store::Core::open_for(StoreMode mode) {
  switch (mode) {
    case StoreMode::read:
      return open_existing();
    case StoreMode::replace:
      FOREBAY_TRY(hold_replaced());
      return create();
    case StoreMode::create:
      // Asked early for the sake of a directory's message; publish() decides.
      if (Result<std::unique_ptr<StorageFile>> there = storage_.open(target_, OpenMode::read);
          there.code() == FOREBAY_E_ARGUMENT) {
        return std::move(there).status();
      }
      return create();
    case StoreMode::append:
      break;
  }
  Status status = open_existing();
  if (status.code() != FOREBAY_E_NOT_FOUND) return status;
  status = create();
  // Somebody made it in the meantime.
  return status.code() == FOREBAY_E_EXISTS ? open_existing() : std::move(status);
}

// The lock keeps other stores from writing into a file that is about to go, and from replacing it
// as well.
Status Store::Core::hold_replaced() {
  Result<std::unique_ptr<StorageFile>> old = storage_.open(target_, OpenMode::read);
  if (old.code() == FOREBAY_E_NOT_FOUND) return Status::ok();
  if (!old.is_ok()) return std::move(old).status();
  if (Status locked = (*old)->lock_exclusive(); locked.is_failure()) {
    return name_holder(storage_, target_, std::move(locked));
  }
  // Crash: a journal goes before the new file takes the name, so the old one must do without it.
  // One that cannot be recovered is no loss to keep.
  if (Result<std::unique_ptr<StorageFile>> main = storage_.open(target_, OpenMode::write);
      main.is_ok()) {
    Result<RecoverResult> recovered = recover_main(storage_, target_, **main, {});
    if (recovered.code() == FOREBAY_E_BUSY) return std::move(recovered).status();
  }
  replaced_ = std::move(*old);
  return Status::ok();
}

// Crash: the file has no name until it is complete, marked as closed and on the disk, so a creator
// that is killed leaves nothing, or an empty store. Its journal comes after it.
Status Store::Core::create() {
  FOREBAY_TRY(create_without_name());
  FOREBAY_TRY(flush_tables());
  FOREBAY_TRY(file_->commit());
  if (replaced_) return Status::ok();
  Status status = publish(false);
  if (status.is_ok()) {
    status = begin_writing();
    // A failed open leaves nothing; if this fails too, the first failure is still the one to
    // report.
    if (status.is_failure()) [[maybe_unused]]
      const Status removed = storage_.remove(target_);
  }
  if (status.is_failure()) abandon();
  return status;
}

Status Store::Core::create_without_name() {
  FOREBAY_TRY_ASSIGN(std::unique_ptr<StorageFile> nameless, storage_.open_nameless(target_));
  // Before it has a name: nobody else can come first.
  FOREBAY_TRY(nameless->lock_exclusive());
  FOREBAY_TRY_ASSIGN(file_, StoreFile::adopt(std::move(nameless), path_));
  file_->begin_unpublished();
  return create_hdf5();
}

Status Store::Core::create_hdf5() {
  FOREBAY_TRY_ASSIGN(const Hid access, file_access(*driver_, *file_));
  // One name more for our own group.
  FOREBAY_TRY_ASSIGN(const Hid creation, file_creation(name_room_ + 1));
  hdf5_file_.reset(H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()));
  FOREBAY_TRY(after_change(hdf5_file_.is_open(), "cannot create " + path_));
  const Status status = write_identity(hdf5_file_.get());
  if (file_->failed()) return file_->failure().clone();
  return status.clone();
}

Status Store::Core::publish(bool replace) {
  FOREBAY_TRY(storage_.publish(file_->storage_file(), target_, replace));
  replaced_.reset();
  // After it the name is durable; before it a power cut could take back the name of a file whose
  // rows were promised.
  Status status = storage_.sync_directory_of(target_);
  if (status.is_failure() && !replace) {
    // A failed open leaves nothing; if this fails too, the first failure is still the one to
    // report.
    [[maybe_unused]] const Status removed = storage_.remove(target_);
  }
  if (status.is_failure() && replace) {
    ErrorDetail detail = status.detail();
    detail.message = "whether " + path_ +
                     " is the new file or the one that it replaces is not known; open it again, "
                     "which settles it: " +
                     detail.message;
    return {FOREBAY_E_COMMIT_UNKNOWN, std::move(detail)};
  }
  return status;
}

Status Store::Core::open_hdf5(unsigned flags) {
  FOREBAY_TRY_ASSIGN(const Hid access, file_access(*driver_, *file_));
  hdf5_file_.reset(H5Fopen(path_.c_str(), flags, access.get()));
  return after_read(hdf5_file_.is_open(), path_ + " is damaged");
}

Status Store::Core::check_usable() const {
  if (!hdf5_file_.is_open()) return {FOREBAY_E_STATE, path_ + " is closed"};
  if (file_->is_forked_copy()) {
    return Status(FOREBAY_E_STATE, path_ +
                                       " was opened by another process, of which this one is a "
                                       "fork: open it here, or use it there")
        .at_path(path_);
  }
  FOREBAY_TRY(file_->take_write_failure());
  if (!file_->failed()) return Status::ok();
  return Status(FOREBAY_E_POISONED, path_ + " cannot be used after an earlier failure (" +
                                        file_->failure().message() +
                                        "): close it and open it again")
      .at_path(path_)
      .at_errno(file_->failure().detail().os_errno);
}

Status Store::Core::check_writable() const {
  FOREBAY_TRY(check_usable());
  if (writable_) return Status::ok();
  return Status(FOREBAY_E_STATE, path_ + " is open for reading only").at_path(path_);
}

Status Store::Core::after_change(bool succeeded, std::string_view what) {
  if (!succeeded && !file_->failed()) {
    // A failed read (of metadata, say) is the file's fault too, and has the better message.
    Status reason = file_->take_read_failure();
    file_->poison(reason.is_failure() ? std::move(reason)
                                      : hdf5_status(FOREBAY_E_IO, what).at_path(path_));
  }
  return file_->failure().clone();
}

unsigned Store::Core::processors() noexcept {
  if (processors_ == 0) processors_ = usable_processors();
  return processors_;
}

Status Store::Core::after_read(bool succeeded, std::string_view what) {
  if (succeeded) return Status::ok();
  // Taken first: the calls of an error path would clear it.
  Status reason = hdf5_status(FOREBAY_E_FORMAT, what).at_path(path_);
  Status read_failure = file_->take_read_failure();
  return read_failure.is_failure() ? std::move(read_failure) : std::move(reason);
}

Status Store::Core::flush_tables() {
  for (const auto& [name, table] : tables_) FOREBAY_TRY(table->core_->write_tail());
  return after_change(H5Fflush(hdf5_file_.get(), H5F_SCOPE_GLOBAL) >= 0,
                      "cannot write the metadata of " + path_);
}

Status Store::Core::commit() {
  if (file_ && !file_->is_forked_copy()) file_->await_commit();
  FOREBAY_TRY(check_writable());
  FOREBAY_TRY(flush_tables());
  FOREBAY_TRY(file_->commit());
  pending_journal_ = 0;
  if (!replaced_) return Status::ok();
  Status status = publish(true);
  if (status.is_failure()) {
    file_->poison(status.clone());
    return status;
  }
  // The commit stands, whether there can be another one or not.
  if (Status begun = begin_writing(); begun.is_failure()) file_->poison(std::move(begun));
  return Status::ok();
}

// HDF5 writes its superblock once more while it closes.
Status Store::Core::close_hdf5() {
  tables_.clear();
  const bool closed = !hdf5_file_.is_open() || H5Fclose(hdf5_file_.take()) >= 0;
  return file_ ? after_change(closed, "cannot close " + path_) : Status::ok();
}

Status Store::Core::close() {
  // Of a commit that was begun and never asked for.
  std::uint64_t ticket = 0;
  Status result = file_ && is_begun_ ? poll_commit(-1, &ticket) : Status::ok();
  if (!result.is_failure()) result = check_usable();
  // What is replaced stays until the new file is closed.
  if (result.is_ok() && writable_) result = replaced_ ? flush_tables() : commit();
  // Why not after a failure: HDF5 would be told to write what is not a commit's.
  if (result.is_failure() && file_) file_->abandon();
  Status last = close_hdf5();
  if (result.is_ok() && last.is_ok() && file_ && writable_) {
    last = file_->commit();
    if (last.is_ok()) last = replaced_ ? publish(true) : file_->finish();
  }
  abandon();
  return result.is_failure() ? std::move(result) : std::move(last);
}

Store::Store(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::string& path, const StoreOptions& options,
                                           Storage& storage) {
  const QuietHdf5 quiet;
  auto core = std::make_unique<Core>(storage);
  FOREBAY_TRY(core->open(path, options));
  return std::make_unique<Store>(std::move(core));
}

Status Store::commit() {
  const QuietHdf5 quiet;
  return core_->commit();
}

Status Store::begin_commit(std::uint64_t* ticket) {
  const QuietHdf5 quiet;
  return core_->begin_commit(ticket);
}

Status Store::poll_commit(int timeout_ms, std::uint64_t* ticket) {
  return core_->poll_commit(timeout_ms, ticket);
}

Status Store::close() {
  const QuietHdf5 quiet;
  return core_->close();
}

Result<const std::vector<std::string>*> Store::table_names() const {
  const QuietHdf5 quiet;
  return core_->following([&] { return core_->table_names(); });
}

Result<Table*> Store::open_table(const std::string& name, const DtypeRef& dtype,
                                 const TableOptions& options) {
  const QuietHdf5 quiet;
  return core_->following([&] { return core_->open_table(name, dtype, options); });
}

Status Store::refresh() {
  const QuietHdf5 quiet;
  return core_->refresh();
}

Status Store::verify(std::uint64_t* rows) {
  const QuietHdf5 quiet;
  return core_->following([&] { return core_->verify(rows); });
}

}  // namespace forebay::core
