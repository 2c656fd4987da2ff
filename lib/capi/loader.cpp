// include/forebay/loader.h over class Loader.
#include "loader/loader.hpp"
#include "store/store.hpp"

#include "capi/handles.hpp"
#include "capi/value_options.hpp"
#include "text/text.hpp"

namespace forebay::core::capi {
namespace {

constexpr std::uint64_t kMostSplit = 1U << 30U;

Status character_option(const char* name, std::uint32_t value, std::uint32_t off, char fallback,
                        char* out) {
  if (value > 0x7f) return {FOREBAY_E_ARGUMENT, std::string(name) + " is not an ASCII character"};
  *out = value == 0 ? fallback : value == off ? '\0' : static_cast<char>(value);
  return Status::ok();
}

Status dialect_options(const forebay_loader_options& in, LoaderOptions* out) {
  FOREBAY_TRY(character_option("delimiter", in.delimiter, FOREBAY_LOADER_DELIMITER_BLANKS, '\0',
                               &out->delimiter));
  const char quote = out->delimiter == '\0' ? '\0' : '"';
  FOREBAY_TRY(character_option("quote", in.quote, FOREBAY_LOADER_QUOTE_OFF, quote, &out->quote));
  if (in.header > FOREBAY_LOADER_HEADER_ON)
    return {FOREBAY_E_ARGUMENT, "header is neither off nor on"};
  out->has_header = in.header == FOREBAY_LOADER_HEADER_ON;
  out->skip_rows = in.skip_rows;
  if (in.comment != nullptr) out->comment = in.comment;
  if (in.columns != nullptr) out->columns = in.columns;
  return Status::ok();
}

// A custom child reads what it likes: the text options are not looked at.
Status custom_options(const forebay_loader_options& in, LoaderOptions* out) {
  if (in.program != nullptr)
    return {FOREBAY_E_ARGUMENT, "program and child_argv both name the child program; set one"};
  for (const char* const* entry = in.child_argv; *entry != nullptr; ++entry)
    out->child_argv.emplace_back(*entry);
  if (out->child_argv.empty() || out->child_argv.front().empty())
    return {FOREBAY_E_ARGUMENT, "child_argv does not begin with the path of a program"};
  if (in.child_config == nullptr && in.child_config_bytes != 0)
    return {FOREBAY_E_ARGUMENT, "child_config is NULL, but child_config_bytes is not 0"};
  if (in.child_config_bytes != 0)
    out->child_config.assign(static_cast<const char*>(in.child_config), in.child_config_bytes);
  return Status::ok();
}

Status child_options(const forebay_loader_options& in, LoaderOptions* out) {
  if (in.child_argv != nullptr) return custom_options(in, out);
  if (in.child_config != nullptr || in.child_config_bytes != 0)
    return {FOREBAY_E_ARGUMENT, "child_config is for a program that child_argv names"};
  if (in.program != nullptr) out->program = in.program;
  FOREBAY_TRY(value_options(in, &out->values));
  return dialect_options(in, out);
}

Status policy_options(const forebay_loader_options& in, LoaderOptions* out) {
  if (in.on_error > FOREBAY_LOADER_ON_ERROR_NULL)
    return {FOREBAY_E_ARGUMENT, "on_error is neither fail, skip nor null"};
  if (in.on_error != 0) out->on_error = static_cast<OnError>(in.on_error);
  const bool is_fail = out->on_error == OnError::fail;
  if (!is_fail && in.child_argv != nullptr)
    return {FOREBAY_E_ARGUMENT,
            "on_error is for text; a child program of your own decides itself what is a bad row"};
  if (is_fail && in.max_errors != 0)
    return {FOREBAY_E_ARGUMENT, "max_errors is for on_error skip or null; set that too"};
  if (in.max_errors != 0) out->max_errors = in.max_errors;
  if (in.keep_rejects != 0) out->keep_rejects = in.keep_rejects;
  return Status::ok();
}

Status delivery_options(const forebay_loader_options& in, LoaderOptions* out) {
  if (in.order > FOREBAY_LOADER_ORDER_ANY)
    return {FOREBAY_E_ARGUMENT, "order is neither source nor any"};
  if (in.order == FOREBAY_LOADER_ORDER_ANY) out->order = Order::any;
  if (in.batch > FOREBAY_LOADER_BATCH_SOURCE)
    return {FOREBAY_E_ARGUMENT, "batch is none of chunk, rows and source"};
  const bool takes_rows = in.batch == FOREBAY_LOADER_BATCH_ROWS;
  if (in.batch != 0 && takes_rows != (in.batch_rows != 0)) {
    return {FOREBAY_E_ARGUMENT, takes_rows ? "batch is rows, but batch_rows is not set"
                                           : "batch_rows is set, but batch is not rows"};
  }
  out->batch_rows = in.batch_rows;
  out->whole_sources = in.batch == FOREBAY_LOADER_BATCH_SOURCE;
  out->total_timeout_ms = in.total_timeout_ms;
  if (in.reserved2 != 0) return {FOREBAY_E_ARGUMENT, "a reserved field is set"};
  return Status::ok();
}

Status loader_options(const forebay_loader_options& in, LoaderOptions* out) {
  FOREBAY_TRY(child_options(in, out));
  FOREBAY_TRY(policy_options(in, out));
  out->children = in.children;
  if (in.memory_bytes != 0) out->memory_bytes = in.memory_bytes;
  FOREBAY_TRY(delivery_options(in, out));
  if (in.split_bytes != 0) out->split_bytes = in.split_bytes;
  if (out->split_bytes > kMostSplit) return {FOREBAY_E_ARGUMENT, "split_bytes is more than 1 GiB"};
  if (in.retries != 0) out->retries = in.retries == FOREBAY_LOADER_RETRIES_NONE ? 0 : in.retries;
  if (in.start_timeout_ms != 0) out->start_timeout_ms = in.start_timeout_ms;
  if (in.progress_timeout_ms != 0) out->progress_timeout_ms = in.progress_timeout_ms;
  if (in.child_output > FOREBAY_LOADER_CHILD_OUTPUT_INHERIT || in.reserved != 0) {
    return {FOREBAY_E_ARGUMENT,
            "child_output is neither off nor inherit, or a reserved field is set"};
  }
  FOREBAY_TRY_ASSIGN(out->layout, read_layout(in.layout, in.reserved_layout));
  out->inherit_error_output = in.child_output == FOREBAY_LOADER_CHILD_OUTPUT_INHERIT;
  return Status::ok();
}

Status file_options(const forebay_loader_file_options* given, FileOptions* out) {
  forebay_loader_file_options in = FOREBAY_LOADER_FILE_OPTIONS_INIT;
  FOREBAY_TRY(read_struct(given, &in));
  if (in.format > FOREBAY_LOADER_FORMAT_RAW || in.reserved != 0 || in.reserved2 != 0)
    return {FOREBAY_E_ARGUMENT, "format is none of the known ones, or a reserved field is set"};
  if (in.format != 0) out->format = static_cast<FileFormat>(in.format);
  out->max_rows = in.max_rows;
  out->header_bytes = in.header_bytes;
  if (in.member != nullptr) out->member = in.member;
  return Status::ok();
}

// What can be refused before a child is started.
Status check_text_options(const LoaderOptions& options, const Dtype& dtype) {
  text::Dialect dialect;
  dialect.delimiter = options.delimiter;
  dialect.quote = options.quote;
  dialect.comment = options.comment;
  dialect.skip_rows = options.skip_rows;
  dialect.has_header = options.has_header;
  FOREBAY_TRY(dialect.check());
  FOREBAY_TRY(text::check_value_rules(options.values, dialect, dtype));
  return text::check_columns_option(options.columns, dialect, dtype);
}

forebay_loader_progress public_progress(const LoaderProgress& in) {
  forebay_loader_progress out = FOREBAY_LOADER_PROGRESS_INIT;
  out.children = in.children;
  out.bytes_done = in.bytes_done;
  out.bytes_total = in.bytes_total;
  out.rows_done = in.rows_done;
  out.sources_done = in.sources_done;
  out.sources_failed = in.sources_failed;
  out.sources_total = in.sources_total;
  out.child_restarts = in.child_restarts;
  out.elapsed_seconds = in.elapsed_seconds;
  out.bytes_per_second =
      in.elapsed_seconds > 0 ? static_cast<double>(in.bytes_done) / in.elapsed_seconds : 0.0;
  const bool is_known = out.bytes_per_second > 0 && in.bytes_total >= in.bytes_done;
  out.seconds_left =
      is_known ? static_cast<double>(in.bytes_total - in.bytes_done) / out.bytes_per_second : -1.0;
  out.fields_truncated = in.fields_truncated;
  out.rows_copied = in.rows_copied;
  return out;
}

}  // namespace

Status next_rows(Loader& loader, int timeout_ms, Array** out) {
  Status status = loader.next(timeout_ms, out);
  if (*out != nullptr && !(*out)->packed.chunks.empty()) status = unpack_array(**out);
  if (status.is_failure() && *out != nullptr) std::exchange(*out, nullptr)->release();
  return status;
}

}  // namespace forebay::core::capi

using namespace forebay::core;        // NOLINT(google-build-using-namespace)
using namespace forebay::core::capi;  // NOLINT(google-build-using-namespace)

void forebay_loader_options_init(forebay_loader_options* options) noexcept {
  if (options != nullptr) *options = FOREBAY_LOADER_OPTIONS_INIT;
}

void forebay_loader_file_options_init(forebay_loader_file_options* options) noexcept {
  if (options != nullptr) *options = FOREBAY_LOADER_FILE_OPTIONS_INIT;
}

forebay_status forebay_loader_open(const forebay_dtype* dtype,
                                   const forebay_loader_options* options, forebay_loader** out,
                                   forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (dtype == nullptr) return null_argument("dtype");
    if (out == nullptr) return null_argument("out");
    *out = nullptr;
    forebay_loader_options given = FOREBAY_LOADER_OPTIONS_INIT;
    FOREBAY_TRY(read_struct(options, &given));
    LoaderOptions inner;
    FOREBAY_TRY(loader_options(given, &inner));
    const DtypeRef& row = *from_handle(dtype);
    if (inner.child_argv.empty()) FOREBAY_TRY(check_text_options(inner, *row));
    FOREBAY_TRY_ASSIGN(std::unique_ptr<Loader> loader, Loader::open(row, inner));
    *out = to_handle<forebay_loader>(loader.release());
    return Status::ok();
  });
}

forebay_status forebay_loader_add_file(forebay_loader* loader, const char* path,
                                       const forebay_loader_file_options* options,
                                       forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    if (path == nullptr) return null_argument("path");
    FileOptions inner;
    FOREBAY_TRY(file_options(options, &inner));
    return from_handle(loader)->add_file(path, inner);
  });
}

forebay_status forebay_loader_add_path(forebay_loader* loader, const char* path,
                                       const forebay_loader_file_options* options, uint32_t* added,
                                       forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    if (path == nullptr) return null_argument("path");
    FileOptions inner;
    FOREBAY_TRY(file_options(options, &inner));
    uint32_t count = 0;
    Status status = from_handle(loader)->add_path(path, inner, &count);
    if (added != nullptr) *added = count;
    return status;
  });
}

forebay_status forebay_loader_add_descriptor(forebay_loader* loader, int32_t descriptor,
                                             const char* name,
                                             const forebay_loader_file_options* options,
                                             forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    if (name == nullptr) return null_argument("name");
    FileOptions inner;
    FOREBAY_TRY(file_options(options, &inner));
    return from_handle(loader)->add_descriptor(descriptor, name, inner);
  });
}

forebay_status forebay_loader_next(forebay_loader* loader, int32_t timeout_ms, forebay_array** out,
                                   forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    if (out == nullptr) return null_argument("out");
    Array* array = nullptr;
    Status status = next_rows(*from_handle(loader), timeout_ms, &array);
    *out = to_handle<forebay_array>(array);
    return status;
  });
}

forebay_status forebay_loader_step(forebay_loader* loader, int32_t timeout_ms,
                                   forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    return from_handle(loader)->step(timeout_ms);
  });
}

forebay_status forebay_loader_descriptor(forebay_loader* loader, int32_t* out,
                                         forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    if (out == nullptr) return null_argument("out");
    *out = from_handle(loader)->descriptor();
    return Status::ok();
  });
}

forebay_status forebay_loader_cancel(forebay_loader* loader, forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    from_handle(loader)->cancel();
    return Status::ok();
  });
}

void forebay_loader_close(forebay_loader* loader) noexcept {
  if (loader != nullptr) from_handle(loader)->let_go();
}

forebay_status forebay_loader_progress_get(const forebay_loader* loader,
                                           forebay_loader_progress* progress,
                                           forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    return write_struct(public_progress(from_handle(loader)->progress()), progress);
  });
}

forebay_status forebay_loader_child_get(const forebay_loader* loader, uint32_t index,
                                        forebay_loader_child* child, forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    ChildProgress inner;
    if (!from_handle(loader)->child_progress(index, &inner)) return Status::news(FOREBAY_NONE);
    const char* path = from_handle(loader)->source_path(inner.source);
    const forebay_loader_child full = {
        sizeof(forebay_loader_child), inner.pid, inner.source, inner.tasks, inner.rows_done,
        path == nullptr ? "" : path};
    return write_struct(full, child);
  });
}

forebay_status forebay_loader_arena_stats(forebay_loader* loader, forebay_arena_stats* stats,
                                          forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    forebay_arena_stats full = public_stats(from_handle(loader)->arena_stats());
    full.bytes_copied = from_handle(loader)->bytes_copied();
    return write_struct(full, stats);
  });
}

forebay_status forebay_loader_source_status(const forebay_loader* loader, uint32_t index,
                                            uint64_t* rows, forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    return from_handle(loader)->source_status(index, rows);
  });
}

forebay_status forebay_loader_source_truncated(const forebay_loader* loader, uint32_t index,
                                               uint64_t* fields, forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    if (fields == nullptr) return null_argument("fields");
    const auto truncated = from_handle(loader)->source_truncated(index);
    if (!truncated) return Status::news(FOREBAY_NONE);
    *fields = *truncated;
    return Status::ok();
  });
}

forebay_status forebay_loader_log_next(forebay_loader* loader, forebay_loader_log* log,
                                       forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (loader == nullptr) return null_argument("loader");
    // Before a note is taken: a struct that cannot be filled must not cost one.
    forebay_loader_log full = FOREBAY_LOADER_LOG_INIT;
    FOREBAY_TRY(write_struct(full, log));
    ChildNote note;
    if (!from_handle(loader)->take_note(&note)) return Status::news(FOREBAY_NONE);
    full.level = note.level;
    full.source = note.source;
    full.pid = note.pid;
    full.lost = note.lost;
    note.text.copy(full.text, sizeof(full.text) - 1);
    return write_struct(full, log);
  });
}

const char* forebay_loader_source_path(const forebay_loader* loader, uint32_t index) noexcept {
  return loader == nullptr ? nullptr : from_handle(loader)->source_path(index);
}
