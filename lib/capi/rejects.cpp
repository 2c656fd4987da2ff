// The rejects of include/forebay/loader.h and store.h.
#include <algorithm>
#include <string_view>

#include "capi/capi.hpp"
#include "capi/handles.hpp"
#include "ingest/ingest.hpp"

namespace capi = forebay::core::capi;
using forebay::core::Reject;
using forebay::core::SourceRejects;
using forebay::core::Status;
using forebay::core::StoredReject;

namespace {

template <std::size_t kSize>
void copy_text(char (&out)[kSize], std::string_view text) noexcept {
  const std::size_t size = std::min(text.size(), kSize - 1);
  std::memcpy(out, text.data(), size);
  out[size] = '\0';
}

// The path keeps its end, the other texts their beginning.
void fill_texts(forebay_reject* out, std::string_view path, std::string_view reason,
                std::string_view text) noexcept {
  if (path.size() >= sizeof(out->path)) path.remove_prefix(path.size() - sizeof(out->path) + 1);
  copy_text(out->path, path);
  copy_text(out->reason, reason);
  copy_text(out->text, text);
}

}  // namespace

forebay_status forebay_loader_reject_count(const forebay_loader* loader, uint64_t* kept,
                                           uint64_t* total, forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (loader == nullptr) return capi::null_argument("loader");
    if (kept != nullptr) *kept = capi::from_handle(loader)->rejects().size();
    if (total != nullptr) *total = capi::from_handle(loader)->rejects_total();
    return Status::ok();
  });
}

forebay_status forebay_loader_reject_get(const forebay_loader* loader, uint64_t index,
                                         forebay_reject* reject, forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (loader == nullptr) return capi::null_argument("loader");
    const auto& rejects = capi::from_handle(loader)->rejects();
    if (index >= rejects.size()) return Status::news(FOREBAY_NONE);
    const Reject& inner = rejects[index];
    forebay_reject full = FOREBAY_REJECT_INIT;
    full.code = inner.code;
    full.source = inner.source;
    full.column = inner.column;
    full.line = inner.line;
    full.byte = inner.byte;
    full.count = 1;
    fill_texts(&full, capi::from_handle(loader)->source_path(inner.source), inner.reason,
               inner.text);
    return capi::write_struct(full, reject);
  });
}

forebay_status forebay_loader_source_rejects(const forebay_loader* loader, uint32_t index,
                                             uint64_t* rejects, uint64_t* skipped,
                                             forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (loader == nullptr) return capi::null_argument("loader");
    SourceRejects counts;
    Status status = capi::from_handle(loader)->source_rejects(index, &counts);
    if (rejects != nullptr) *rejects = counts.rejects;
    if (skipped != nullptr) *skipped = counts.skipped;
    return status;
  });
}

forebay_status forebay_store_append_rejects(forebay_store* store, forebay_loader* loader,
                                            forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (store == nullptr) return capi::null_argument("store");
    if (loader == nullptr) return capi::null_argument("loader");
    return append_rejects(*capi::from_handle(store), *capi::from_handle(loader));
  });
}

forebay_status forebay_store_reject_count(forebay_store* store, uint64_t* count,
                                          forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (store == nullptr) return capi::null_argument("store");
    if (count == nullptr) return capi::null_argument("count");
    FOREBAY_TRY_ASSIGN(*count, capi::from_handle(store)->reject_count());
    return Status::ok();
  });
}

forebay_status forebay_store_reject_get(forebay_store* store, uint64_t index,
                                        forebay_reject* reject, forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (store == nullptr) return capi::null_argument("store");
    StoredReject inner;
    FOREBAY_TRY_ASSIGN(const bool is_there, capi::from_handle(store)->read_reject(index, &inner));
    if (!is_there) return Status::news(FOREBAY_NONE);
    forebay_reject full = FOREBAY_REJECT_INIT;
    full.code = inner.code;
    full.source = inner.source;
    full.column = inner.column;
    full.line = inner.line;
    full.byte = inner.byte;
    full.count = inner.count;
    fill_texts(&full, inner.path, inner.reason, inner.text);
    return capi::write_struct(full, reject);
  });
}
