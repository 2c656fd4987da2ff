// Looking at a file as a whole, and packing it: the end of store.h.
#include "capi/capi.hpp"
#include "store/store.hpp"

namespace capi = forebay::core::capi;
using forebay::core::RepackOptions;
using forebay::core::RepackResult;
using forebay::core::Result;
using forebay::core::Status;
using forebay::core::Store;
using forebay::core::StoreInfo;
using forebay::core::StoreMode;
using forebay::core::StoreOptions;
using forebay::core::StoreSpace;

namespace {

// Of a file that can be opened; others have their journal's state alone.
Status add_space(const char* path, forebay_store_info* info) {
  StoreOptions options;
  options.mode = StoreMode::read;
  Result<std::unique_ptr<Store>> store = Store::open(path, options);
  if (store.code() == FOREBAY_E_JOURNAL || store.code() == FOREBAY_E_BUSY) return Status::ok();
  if (!store.is_ok()) return store.status().clone();
  FOREBAY_TRY_ASSIGN(const StoreSpace space, (*store)->space());
  info->has_space = 1;
  info->used_bytes = space.used;
  info->left_bytes = space.left;
  return Status::ok();
}

}  // namespace

forebay_status forebay_store_info_get(const char* path, forebay_store_info* info,
                                      forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (path == nullptr) return capi::null_argument("path");
    FOREBAY_TRY_ASSIGN(const StoreInfo known, forebay::core::inspect_store(path));
    forebay_store_info out = FOREBAY_STORE_INFO_INIT;
    out.journal = static_cast<uint32_t>(known.journal);
    out.writer = known.writer;
    out.file_bytes = known.file_bytes;
    out.journal_bytes = known.journal_bytes;
    out.generation = known.generation;
    out.commit = known.commit;
    out.waiting_commits = known.commits;
    out.waiting_bytes = known.waiting_bytes;
    FOREBAY_TRY(add_space(path, &out));
    return capi::write_struct(out, info);
  });
}

forebay_status forebay_store_repack(const char* path, const forebay_repack_options* options,
                                    forebay_repack_result* result, forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (path == nullptr) return capi::null_argument("path");
    forebay_repack_options known = FOREBAY_REPACK_OPTIONS_INIT;
    FOREBAY_TRY(capi::read_struct(options, &known));
    if (known.replace > 1) return {FOREBAY_E_ARGUMENT, "replace is neither 0 nor 1"};
    forebay_repack_result out = FOREBAY_REPACK_RESULT_INIT;
    // Before anything is changed: whether the result can be told.
    if (result != nullptr) FOREBAY_TRY(capi::write_struct(out, result));
    RepackOptions wanted;
    if (known.output != nullptr) wanted.output = known.output;
    wanted.replace = known.replace != 0;
    FOREBAY_TRY_ASSIGN(const RepackResult done, forebay::core::repack_store(path, wanted));
    out.tables = done.tables;
    out.rows = done.rows;
    out.bytes_before = done.bytes_before;
    out.bytes_after = done.bytes_after;
    return result != nullptr ? capi::write_struct(out, result) : Status::ok();
  });
}
