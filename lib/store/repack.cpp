// Packing a file: all that is reached goes into a new file without a name, which takes the old
// one's place when it is complete and on the disk. Thread rule: that of the store.
//
// Crash: until the new file is published the old one is untouched, but for what its recovery did to
// it; the new one has no name and goes with the process. After that it is the file, closed.
#include "store/core.hpp"
#include "store/file_kind.hpp"
#include "store/identity.hpp"
#include "store/object_copy.hpp"
#include "store/properties.hpp"
#include "store/recovery.hpp"

namespace forebay::core {
namespace {

// The old file, which nobody else has open as long as this lives, closed and without a journal.
Result<std::unique_ptr<StorageFile>> hold_alone(Storage& storage, const std::string& target) {
  FOREBAY_TRY_ASSIGN(std::unique_ptr<StorageFile> held, storage.open(target, OpenMode::read));
  if (Status locked = held->lock_exclusive(); locked.is_failure()) {
    return name_holder(storage, target, std::move(locked));
  }
  FOREBAY_TRY(check_not_replaced(*held, target));
  FOREBAY_TRY(check_is_hdf5(*held, target));
  FOREBAY_TRY_ASSIGN(const StoreInfo info, inspect_store(target, storage));
  if (info.journal == JournalState::none) return held;
  FOREBAY_TRY_ASSIGN(const std::unique_ptr<StorageFile> main,
                     storage.open(target, OpenMode::write));
  FOREBAY_TRY_ASSIGN(const RecoverResult recovered, recover_main(storage, target, *main, {}));
  static_cast<void>(recovered);
  return held;
}

// Names that the root group was made for.
Result<std::uint32_t> room_of_root(hid_t file) {
  const Hid root(H5Gopen2(file, "/", H5P_DEFAULT));
  const Hid creation(H5Gget_create_plist(root.get()));
  unsigned names = 0;
  unsigned length = 0;
  if (H5Pget_est_link_info(creation.get(), &names, &length) < 0) {
    return hdf5_status(FOREBAY_E_FORMAT, "cannot look at the file's groups");
  }
  // One of them is for our own group, see create_hdf5().
  return names < 2 ? kDefaultNames : names - 1;
}

Status check_output(Storage& storage, const StorageFile& source, const RepackOptions& options) {
  Result<std::unique_ptr<StorageFile>> there =
      storage.open(resolved_path(options.output), OpenMode::read);
  if (there.code() == FOREBAY_E_NOT_FOUND) return Status::ok();
  if (!there.is_ok()) return there.status().clone();
  if ((*there)->device() == source.device() && (*there)->inode() == source.inode()) {
    return Status(FOREBAY_E_ARGUMENT,
                  options.output + " is the file itself: name no output to pack it in its place")
        .at_path(options.output);
  }
  if (options.replace) return Status::ok();
  return Status(FOREBAY_E_EXISTS,
                options.output + " exists already: replace it or name another file")
      .at_path(options.output);
}

}  // namespace

Status Store::Core::begin_copy(const std::string& path, std::uint32_t names) {
  path_ = path;
  target_ = resolved_path(path);
  name_room_ = names;
  writable_ = true;
  FOREBAY_TRY_ASSIGN(driver_, Driver::enroll());
  return create_without_name();
}

Status Store::Core::take_all_of(Core& source) {
  source.file_->forgive_rows();
  Status copied = copy_objects(source.hdf5_file_.get(), hdf5_file_.get(), source.path_);
  // A file that fails has the better message.
  FOREBAY_TRY(source.file_->take_read_failure());
  if (file_->failed()) return file_->failure().clone();
  FOREBAY_TRY(std::move(copied));
  return flush_tables();
}

// What forebay can read of the source is there, and can be read.
Status Store::Core::compare_with(Core& source, RepackResult* result) {
  FOREBAY_TRY_ASSIGN(const std::vector<std::string>* names, source.table_names());
  result->tables = static_cast<std::uint32_t>(names->size());
  FOREBAY_TRY_ASSIGN(const std::vector<std::string> hidden, source.hidden_names());
  std::uint64_t hidden_rows = 0;
  for (const std::vector<std::string>* list : {names, &hidden}) {
    for (const std::string& name : *list) {
      std::uint64_t* rows = list == names ? &result->rows : &hidden_rows;
      const Result<Table*> there = source.open_named(name, nullptr, {});
      // Another program's, of a kind that forebay does not read.
      if (!there.is_ok() && there.code() == FOREBAY_E_FOREIGN) continue;
      if (!there.is_ok()) return there.status().clone();
      FOREBAY_TRY_ASSIGN(Table * copy, open_named(name, nullptr, {}));
      if (copy->rows() != there.value()->rows()) {
        return internal_status("the copy of table '" + name + "' lacks rows");
      }
      FOREBAY_TRY(copy->core_->verify(rows));
      tables_.erase(name);
      source.tables_.erase(name);
    }
  }
  return Status::ok();
}

Status Store::Core::finish_copy(std::unique_ptr<StorageFile> replaced, bool replace) {
  FOREBAY_TRY(flush_tables());
  FOREBAY_TRY(close_hdf5());
  if (replaced) {
    FOREBAY_TRY(file_->storage_file().take_mode_of(*replaced));
    replaced_ = std::move(replaced);
  }
  FOREBAY_TRY(file_->commit());
  return publish(replace);
}

Result<RepackResult> repack_store(const std::string& path, const RepackOptions& options,
                                  Storage& storage) {
  if (path.empty()) return Status(FOREBAY_E_ARGUMENT, "the path of a store is empty");
  const QuietHdf5 quiet;
  const std::string target = resolved_path(path);
  const bool in_place = options.output.empty();
  FOREBAY_TRY_ASSIGN(std::unique_ptr<StorageFile> held, hold_alone(storage, target));
  if (!in_place) FOREBAY_TRY(check_output(storage, *held, options));
  RepackResult result;
  FOREBAY_TRY_ASSIGN(result.bytes_before, held->size());
  Store::Core source(storage);
  Store::Core packed(storage);
  FOREBAY_TRY(source.open_alone(target));
  FOREBAY_TRY(check_identity(source.hdf5_file(), path));
  FOREBAY_TRY_ASSIGN(const std::uint32_t names, room_of_root(source.hdf5_file()));
  FOREBAY_TRY(packed.begin_copy(in_place ? path : options.output, names));
  if (!in_place && options.replace) FOREBAY_TRY(packed.hold_replaced());
  FOREBAY_TRY(packed.take_all_of(source));
  FOREBAY_TRY(packed.compare_with(source, &result));
  source.abandon();
  FOREBAY_TRY(
      packed.finish_copy(in_place ? std::move(held) : nullptr, in_place || options.replace));
  FOREBAY_TRY_ASSIGN(result.bytes_after, packed.file().storage_file().size());
  return result;
}

}  // namespace forebay::core
