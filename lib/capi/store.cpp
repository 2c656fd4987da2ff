// Stores and tables, and the bulk path into them.
#include <algorithm>
#include <climits>

#include "capi/capi.hpp"
#include "capi/handles.hpp"
#include "ingest/ingest.hpp"
#include "store/store.hpp"

namespace capi = forebay::core::capi;
using forebay::core::Array;
using forebay::core::DtypeRef;
using forebay::core::Durability;
using forebay::core::LoadResult;
using forebay::core::RecoverResult;
using forebay::core::Result;
using forebay::core::Status;
using forebay::core::Store;
using forebay::core::StoreMode;
using forebay::core::StoreOptions;
using forebay::core::Table;
using forebay::core::TableInfo;
using forebay::core::TableOptions;

namespace {

Result<StoreOptions> checked_options(const forebay_store_options* given) {
  forebay_store_options known = FOREBAY_STORE_OPTIONS_INIT;
  FOREBAY_TRY(capi::read_struct(given, &known));
  if (known.mode > FOREBAY_STORE_READ) {
    return Status(FOREBAY_E_ARGUMENT,
                  "the store mode " + std::to_string(known.mode) + " does not exist");
  }
  if (known.durability > FOREBAY_STORE_DURABILITY_NONE) {
    return Status(FOREBAY_E_ARGUMENT,
                  "the durability " + std::to_string(known.durability) + " does not exist");
  }
  if (known.reserved != 0 || known.reserved2 != 0) {
    return Status(FOREBAY_E_VERSION, "a reserved field of the store's options is set");
  }
  StoreOptions options;
  if (known.durability != 0) options.durability = static_cast<Durability>(known.durability);
  if (known.mode != 0) options.mode = static_cast<StoreMode>(known.mode);
  options.names = known.names;
  options.commit_policy = {known.commit_bytes, known.commit_rows, known.commit_milliseconds};
  return options;
}

Result<TableOptions> checked_options(const forebay_table_options* given) {
  forebay_table_options known = FOREBAY_TABLE_OPTIONS_INIT;
  FOREBAY_TRY(capi::read_struct(given, &known));
  if (known.reserved != 0 || known.reserved2 != 0 || known.reserved3 != 0) {
    return Status(FOREBAY_E_VERSION, "a reserved field of the table's options is set");
  }
  if (known.shuffle > 1 || known.fletcher32 > 1 || known.lz4 > 1) {
    return Status(
        FOREBAY_E_ARGUMENT,
        "a filter of the table's options is out of range: shuffle, fletcher32 and lz4 are "
        "0 or 1");
  }
  TableOptions options;
  options.chunk_rows = known.chunk_rows;
  FOREBAY_TRY_ASSIGN(options.layout, capi::read_layout(known.layout, known.reserved_layout));
  options.filters = {known.deflate, known.shuffle != 0, known.fletcher32 != 0,
                     known.zstd,    known.lz4 != 0,     known.blosc};
  if (!options.filters.is_sound()) {
    return Status(FOREBAY_E_ARGUMENT,
                  "a filter of the table's options is out of range: deflate and blosc are 0 to 9, "
                  "zstd 0 to 22, and only one of deflate, zstd, lz4 and blosc is set");
  }
  if (options.filters.shuffle && !options.filters.compresses()) {
    return Status(
        FOREBAY_E_ARGUMENT,
        "shuffle without deflate, zstd or lz4 makes nothing smaller: set one of them too");
  }
  if (options.filters.shuffle && options.filters.blosc != 0)
    return Status(FOREBAY_E_ARGUMENT, "blosc shuffles by itself: leave shuffle at 0 with it");
  FOREBAY_TRY(forebay::core::codec::check_filters(options.filters));
  return options;
}

Status append_loader(forebay_table* table, forebay_loader* loader, int32_t timeout_ms,
                     forebay_table_append_result* out) {
  if (table == nullptr) return capi::null_argument("table");
  if (loader == nullptr) return capi::null_argument("loader");
  LoadResult result;
  Status status = forebay::core::append_loader(*capi::from_handle(table),
                                               *capi::from_handle(loader), timeout_ms, &result);
  if (out == nullptr) return status;
  forebay_table_append_result counts = FOREBAY_TABLE_APPEND_RESULT_INIT;
  counts.rows = result.rows;
  counts.sources_failed = result.sources_failed;
  FOREBAY_TRY(capi::write_struct(counts, out));
  return status;
}

// Whether `out` can take the counts, before any row is loaded.
Status check_result(const forebay_table_append_result* out) {
  forebay_table_append_result probe = FOREBAY_TABLE_APPEND_RESULT_INIT;
  if (out == nullptr || out->struct_size >= sizeof(uint32_t)) return Status::ok();
  return capi::write_struct(probe, const_cast<forebay_table_append_result*>(out));
}

}  // namespace

void forebay_store_options_init(forebay_store_options* options) noexcept {
  if (options != nullptr) *options = FOREBAY_STORE_OPTIONS_INIT;
}

void forebay_table_options_init(forebay_table_options* options) noexcept {
  if (options != nullptr) *options = FOREBAY_TABLE_OPTIONS_INIT;
}

forebay_status forebay_store_open(const char* path, const forebay_store_options* options,
                                  forebay_store** out, forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (out == nullptr) return capi::null_argument("out");
    *out = nullptr;
    if (path == nullptr) return capi::null_argument("path");
    FOREBAY_TRY_ASSIGN(const StoreOptions known, checked_options(options));
    FOREBAY_TRY_ASSIGN(std::unique_ptr<Store> store, Store::open(path, known));
    *out = capi::to_handle<forebay_store>(store.release());
    return Status::ok();
  });
}

forebay_status forebay_store_commit(forebay_store* store, forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (store == nullptr) return capi::null_argument("store");
    return capi::from_handle(store)->commit();
  });
}

forebay_status forebay_store_commit_begin(forebay_store* store, uint64_t* ticket,
                                          forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    uint64_t number = 0;
    if (ticket != nullptr) *ticket = 0;
    if (store == nullptr) return capi::null_argument("store");
    FOREBAY_TRY(capi::from_handle(store)->begin_commit(&number));
    if (ticket != nullptr) *ticket = number;
    return Status::ok();
  });
}

forebay_status forebay_store_commit_poll(forebay_store* store, int32_t timeout_ms, uint64_t* ticket,
                                         forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    uint64_t number = 0;
    if (ticket != nullptr) *ticket = 0;
    if (store == nullptr) return capi::null_argument("store");
    Status status = capi::from_handle(store)->poll_commit(timeout_ms, &number);
    if (ticket != nullptr) *ticket = number;
    return status;
  });
}

forebay_status forebay_store_close(forebay_store* store, forebay_error* err) noexcept {
  const std::unique_ptr<Store> owned(capi::from_handle(store));
  return capi::guard(err, [&] { return owned ? owned->close() : Status::ok(); });
}

void forebay_store_abandon(forebay_store* store) noexcept {
  const std::unique_ptr<Store> owned(capi::from_handle(store));
}

forebay_status forebay_store_recover(const char* path, const forebay_recover_options* options,
                                     forebay_recover_result* result, forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (path == nullptr) return capi::null_argument("path");
    forebay_recover_options known = FOREBAY_RECOVER_OPTIONS_INIT;
    FOREBAY_TRY(capi::read_struct(options, &known));
    if (known.accept_without_journal > 1) {
      return {FOREBAY_E_ARGUMENT, "accept_without_journal is neither 0 nor 1"};
    }
    forebay_recover_result done = FOREBAY_RECOVER_RESULT_INIT;
    // Before anything is changed: whether the result can be told.
    if (result != nullptr) FOREBAY_TRY(capi::write_struct(done, result));
    FOREBAY_TRY_ASSIGN(const RecoverResult known_result,
                       forebay::core::recover_store(path, {known.accept_without_journal != 0}));
    done.action = static_cast<uint32_t>(known_result.action);
    done.commits = known_result.commits;
    done.rows = known_result.rows;
    return result != nullptr ? capi::write_struct(done, result) : Status::ok();
  });
}

uint32_t forebay_store_table_count(const forebay_store* store) noexcept {
  uint32_t count = 0;
  capi::guard(nullptr, [&]() -> Status {
    if (store == nullptr) return capi::null_argument("store");
    FOREBAY_TRY_ASSIGN(const auto* names, capi::from_handle(store)->table_names());
    count = static_cast<uint32_t>(std::min<std::size_t>(names->size(), UINT32_MAX));
    return Status::ok();
  });
  return count;
}

const char* forebay_store_table_name(const forebay_store* store, uint32_t index) noexcept {
  const char* name = nullptr;
  capi::guard(nullptr, [&]() -> Status {
    if (store == nullptr) return capi::null_argument("store");
    FOREBAY_TRY_ASSIGN(const auto* names, capi::from_handle(store)->table_names());
    if (index < names->size()) name = (*names)[index].c_str();
    return Status::ok();
  });
  return name;
}

forebay_status forebay_table_open(forebay_store* store, const char* name,
                                  const forebay_dtype* dtype, const forebay_table_options* options,
                                  forebay_table** out, forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (out == nullptr) return capi::null_argument("out");
    *out = nullptr;
    if (store == nullptr) return capi::null_argument("store");
    if (name == nullptr) return capi::null_argument("name");
    FOREBAY_TRY_ASSIGN(const TableOptions known, checked_options(options));
    const DtypeRef type = dtype != nullptr ? *capi::from_handle(dtype) : DtypeRef();
    FOREBAY_TRY_ASSIGN(Table * table, capi::from_handle(store)->open_table(name, type, known));
    *out = capi::to_handle<forebay_table>(table);
    return Status::ok();
  });
}

const forebay_dtype* forebay_table_dtype(const forebay_table* table) noexcept {
  if (table == nullptr) return nullptr;
  return capi::to_handle<forebay_dtype>(&capi::from_handle(table)->dtype());
}

uint64_t forebay_table_rows(const forebay_table* table) noexcept {
  return table != nullptr ? capi::from_handle(table)->rows() : 0;
}

uint64_t forebay_table_chunk_rows(const forebay_table* table) noexcept {
  return table != nullptr ? capi::from_handle(table)->chunk_rows() : 0;
}

uint64_t forebay_table_bytes_copied(const forebay_table* table) noexcept {
  return table != nullptr ? capi::from_handle(table)->bytes_copied() : 0;
}

forebay_status forebay_table_append_array(forebay_table* table, forebay_array* array,
                                          forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (table == nullptr) return capi::null_argument("table");
    if (array == nullptr) return capi::null_argument("array");
    Array& rows = *capi::from_handle(array);
    return capi::from_handle(table)->append_array(rows);
  });
}

forebay_status forebay_table_append_rows(forebay_table* table, const void* data, uint64_t rows,
                                         forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (table == nullptr) return capi::null_argument("table");
    if (data == nullptr && rows != 0) return capi::null_argument("data");
    Table& target = *capi::from_handle(table);
    const auto bytes = forebay::core::checked_mul(rows, target.dtype()->row_bytes());
    if (!bytes || *bytes > PTRDIFF_MAX) {
      return {FOREBAY_E_ARGUMENT, std::to_string(rows) + " rows are more than memory can hold"};
    }
    return target.append_rows({static_cast<const std::byte*>(data), *bytes});
  });
}

forebay_status forebay_table_append_loader(forebay_table* table, forebay_loader* loader,
                                           forebay_table_append_result* result,
                                           forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    FOREBAY_TRY(check_result(result));
    return append_loader(table, loader, -1, result);
  });
}

forebay_status forebay_table_append_loader_step(forebay_table* table, forebay_loader* loader,
                                                int32_t timeout_ms,
                                                forebay_table_append_result* result,
                                                forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    FOREBAY_TRY(check_result(result));
    return append_loader(table, loader, timeout_ms, result);
  });
}

forebay_status forebay_loader_resume(forebay_loader* loader, forebay_table* table, uint32_t source,
                                     forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (loader == nullptr) return capi::null_argument("loader");
    if (table == nullptr) return capi::null_argument("table");
    return forebay::core::resume_loader(*capi::from_handle(table), *capi::from_handle(loader),
                                        source);
  });
}

forebay_status forebay_table_consume(forebay_table* table, forebay_loader* loader,
                                     const forebay_array* array, forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (table == nullptr) return capi::null_argument("table");
    if (loader == nullptr) return capi::null_argument("loader");
    return forebay::core::consume_array(*capi::from_handle(table), *capi::from_handle(loader),
                                        capi::from_handle(array));
  });
}

forebay_status forebay_table_source_get(forebay_table* table, uint32_t index,
                                        forebay_table_source* source, forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (table == nullptr) return capi::null_argument("table");
    FOREBAY_TRY_ASSIGN(const forebay::core::LedgerEntry* entry,
                       forebay::core::recorded_source(*capi::from_handle(table), index));
    if (entry == nullptr) return Status::news(FOREBAY_NONE);
    forebay_table_source out = FOREBAY_TABLE_SOURCE_INIT;
    out.state = static_cast<uint32_t>(entry->state);
    out.path = entry->path.c_str();
    out.resolved = entry->resolved.c_str();
    out.size = entry->size;
    out.offset = entry->at.offset;
    out.line = entry->at.line;
    out.rows = entry->at.rows;
    out.rejects = entry->at.rejects;
    out.hash = entry->at.hash;
    out.skipped = entry->at.skipped;
    out.ahead = entry->at.ahead;
    return capi::write_struct(out, source);
  });
}

forebay_status forebay_table_read(forebay_table* table, uint64_t first, uint64_t rows, void* data,
                                  uint64_t* read, forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (read != nullptr) *read = 0;
    if (table == nullptr) return capi::null_argument("table");
    if (data == nullptr && rows != 0) return capi::null_argument("data");
    Table& source = *capi::from_handle(table);
    if (first >= source.rows()) return Status::news(FOREBAY_END);
    FOREBAY_TRY_ASSIGN(const uint64_t got, source.read(first, rows, static_cast<std::byte*>(data)));
    if (read != nullptr) *read = got;
    return Status::ok();
  });
}

forebay_status forebay_table_read_column(forebay_table* table, uint32_t index, uint64_t first,
                                         uint64_t rows, void* data, uint64_t* read,
                                         forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (read != nullptr) *read = 0;
    if (table == nullptr) return capi::null_argument("table");
    if (data == nullptr && rows != 0) return capi::null_argument("data");
    Table& source = *capi::from_handle(table);
    if (index >= source.dtype()->fields().size()) return Status::news(FOREBAY_NONE);
    if (first >= source.rows()) return Status::news(FOREBAY_END);
    FOREBAY_TRY_ASSIGN(const uint64_t got,
                       source.read_column(index, first, rows, static_cast<std::byte*>(data)));
    if (read != nullptr) *read = got;
    return Status::ok();
  });
}

forebay_status forebay_table_set_text(forebay_table* table, const char* name, const char* text,
                                      forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (table == nullptr) return capi::null_argument("table");
    if (name == nullptr) return capi::null_argument("name");
    if (text == nullptr) return capi::null_argument("text");
    return capi::from_handle(table)->set_text(name, text);
  });
}

forebay_status forebay_table_set_number(forebay_table* table, const char* name, double value,
                                        forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (table == nullptr) return capi::null_argument("table");
    if (name == nullptr) return capi::null_argument("name");
    return capi::from_handle(table)->set_number(name, value);
  });
}

forebay_status forebay_table_get_text(forebay_table* table, const char* name, char* buffer,
                                      uint64_t size, uint64_t* needed,
                                      forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (needed != nullptr) *needed = 0;
    if (table == nullptr) return capi::null_argument("table");
    if (name == nullptr) return capi::null_argument("name");
    if (buffer == nullptr && size != 0) return capi::null_argument("buffer");
    FOREBAY_TRY_ASSIGN(const auto text, capi::from_handle(table)->get_text(name));
    if (!text) return Status::news(FOREBAY_NONE);
    if (needed != nullptr) *needed = text->size() + 1;
    if (size == 0) return Status::ok();
    if (size <= text->size()) {
      return {FOREBAY_E_LIMIT, "the buffer has " + std::to_string(size) +
                                   " bytes, the text needs " + std::to_string(text->size() + 1)};
    }
    std::memcpy(buffer, text->c_str(), text->size() + 1);
    return Status::ok();
  });
}

forebay_status forebay_table_get_number(forebay_table* table, const char* name, double* value,
                                        forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (table == nullptr) return capi::null_argument("table");
    if (name == nullptr) return capi::null_argument("name");
    if (value == nullptr) return capi::null_argument("value");
    FOREBAY_TRY_ASSIGN(const auto number, capi::from_handle(table)->get_number(name));
    if (!number) return Status::news(FOREBAY_NONE);
    *value = *number;
    return Status::ok();
  });
}

uint32_t forebay_table_attribute_count(forebay_table* table) noexcept {
  uint32_t count = 0;
  capi::guard(nullptr, [&]() -> Status {
    if (table == nullptr) return capi::null_argument("table");
    FOREBAY_TRY_ASSIGN(const auto* names, capi::from_handle(table)->attribute_names());
    count = static_cast<uint32_t>(std::min<std::size_t>(names->size(), UINT32_MAX));
    return Status::ok();
  });
  return count;
}

const char* forebay_table_attribute_name(forebay_table* table, uint32_t index) noexcept {
  const char* name = nullptr;
  capi::guard(nullptr, [&]() -> Status {
    if (table == nullptr) return capi::null_argument("table");
    FOREBAY_TRY_ASSIGN(const auto* names, capi::from_handle(table)->attribute_names());
    if (index < names->size()) name = (*names)[index].c_str();
    return Status::ok();
  });
  return name;
}

forebay_status forebay_table_info_get(forebay_table* table, forebay_table_info* info,
                                      forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (table == nullptr) return capi::null_argument("table");
    FOREBAY_TRY_ASSIGN(const TableInfo known, capi::from_handle(table)->info());
    forebay_table_info filled = FOREBAY_TABLE_INFO_INIT;
    filled.rank = known.rank;
    filled.rows = known.rows;
    filled.row_bytes = known.row_bytes;
    filled.chunk_rows = known.chunk_rows;
    filled.chunks = known.chunks;
    filled.stored_bytes = known.stored_bytes;
    filled.layout = capi::public_layout(known.layout);
    filled.deflate = known.filters.deflate;
    filled.shuffle = known.filters.shuffle ? 1 : 0;
    filled.fletcher32 = known.filters.fletcher32 ? 1 : 0;
    filled.zstd = known.filters.zstd;
    filled.lz4 = known.filters.lz4 ? 1 : 0;
    filled.blosc = known.filters.blosc;
    return capi::write_struct(filled, info);
  });
}

forebay_status forebay_store_refresh(forebay_store* store, forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    if (store == nullptr) return capi::null_argument("store");
    return capi::from_handle(store)->refresh();
  });
}

forebay_status forebay_store_verify(forebay_store* store, uint64_t* rows,
                                    forebay_error* err) noexcept {
  return capi::guard(err, [&]() -> Status {
    uint64_t counted = 0;
    Status status;
    if (store == nullptr) {
      status = capi::null_argument("store");
    } else {
      status = capi::from_handle(store)->verify(&counted);
    }
    if (rows != nullptr) *rows = counted;
    return status;
  });
}
