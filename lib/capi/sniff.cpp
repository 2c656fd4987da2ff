// sniff.h.
#include "loader/loader.hpp"

#include "capi/handles.hpp"
#include "text/text.hpp"

namespace forebay::core::capi {
namespace {

constexpr std::uint32_t kMostCharacter = 0xff;
constexpr std::uint32_t kMostAscii = 0x7f;

Status known_character(const char* name, std::uint32_t value, std::uint32_t word,
                       std::uint32_t* out) {
  if (value == 0) return Status::ok();
  if (value > kMostCharacter)
    return {FOREBAY_E_ARGUMENT, std::string(name) + " is not a character of one byte"};
  *out = value == word ? 0 : value;
  return Status::ok();
}

Status known_dialect(const forebay_loader_options& known, wire::SniffRequest* out) {
  FOREBAY_TRY(known_character("delimiter", known.delimiter, FOREBAY_LOADER_DELIMITER_BLANKS,
                              &out->delimiter));
  FOREBAY_TRY(known_character("quote", known.quote, FOREBAY_LOADER_QUOTE_OFF, &out->quote));
  if (known.header > FOREBAY_LOADER_HEADER_ON)
    return {FOREBAY_E_ARGUMENT, "header is neither off nor on"};
  if (known.header != 0) out->has_header = known.header == FOREBAY_LOADER_HEADER_ON ? 1 : 0;
  if (known.skip_rows != 0) out->skip_rows = known.skip_rows;
  if (known.comment != nullptr) {
    out->comment = known.comment;
    out->has_comment = 1;
  }
  if (known.decimal > kMostAscii) return {FOREBAY_E_ARGUMENT, "decimal is not an ASCII character"};
  if (known.decimal != 0) out->decimal = known.decimal;
  if (known.na != nullptr) {
    out->na = known.na;
    out->has_na = 1;
  }
  // What clashes is refused before a child is started; what is not known cannot.
  text::Dialect dialect;
  constexpr std::uint32_t kUnknown = wire::SniffRequest::kUnknown;
  dialect.delimiter = out->delimiter == kUnknown ? ',' : static_cast<char>(out->delimiter);
  dialect.quote = out->quote == kUnknown ? '\0' : static_cast<char>(out->quote);
  dialect.comment = out->comment;
  return dialect.check();
}

Status sniff_options(const forebay_loader_options& known, const forebay_sniff_options& given,
                     SniffOptions* out) {
  if (known.child_argv != nullptr || known.columns != nullptr)
    return {FOREBAY_E_ARGUMENT, "child_argv and columns cannot be sniffed; give the dtype"};
  FOREBAY_TRY(known_dialect(known, &out->request));
  if (given.reserved != 0) return {FOREBAY_E_ARGUMENT, "a reserved field is set"};
  constexpr std::uint64_t kMostSample = 64U << 20U;
  if (given.sample_bytes > kMostSample)
    return {FOREBAY_E_ARGUMENT, "sample_bytes is more than 64 MiB"};
  out->request.sample_bytes = given.sample_bytes;
  out->request.also_at = given.also_at;
  if (known.program != nullptr) out->program = known.program;
  if (known.start_timeout_ms != 0) out->start_timeout_ms = known.start_timeout_ms;
  if (known.progress_timeout_ms != 0) out->timeout_ms = known.progress_timeout_ms;
  out->inherit_error_output = known.child_output == FOREBAY_LOADER_CHILD_OUTPUT_INHERIT;
  return Status::ok();
}

// The options of the loader that a guess sets.
constexpr std::size_t kLastOption = offsetof(forebay_loader_options, thousands);

}  // namespace
}  // namespace forebay::core::capi

using namespace forebay::core;        // NOLINT(google-build-using-namespace)
using namespace forebay::core::capi;  // NOLINT(google-build-using-namespace)

void forebay_sniff_options_init(forebay_sniff_options* options) noexcept {
  if (options != nullptr) *options = FOREBAY_SNIFF_OPTIONS_INIT;
}

forebay_status forebay_sniff_file(const char* path, const forebay_loader_options* known,
                                  const forebay_sniff_options* options, forebay_sniff** out,
                                  forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (path == nullptr) return null_argument("path");
    if (out == nullptr) return null_argument("out");
    *out = nullptr;
    forebay_loader_options dialect = FOREBAY_LOADER_OPTIONS_INIT;
    FOREBAY_TRY(read_struct(known, &dialect));
    forebay_sniff_options given = FOREBAY_SNIFF_OPTIONS_INIT;
    FOREBAY_TRY(read_struct(options, &given));
    SniffOptions inner;
    FOREBAY_TRY(sniff_options(dialect, given, &inner));
    FOREBAY_TRY_ASSIGN(SniffReport report, sniff_file(path, inner));
    *out = to_handle<forebay_sniff>(new SniffReport(std::move(report)));
    return Status::ok();
  });
}

void forebay_sniff_free(forebay_sniff* sniff) noexcept {
  delete from_handle(sniff);
}

forebay_status forebay_sniff_info_get(const forebay_sniff* sniff, forebay_sniff_info* info,
                                      forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (sniff == nullptr) return null_argument("sniff");
    const SniffReport& report = *from_handle(sniff);
    forebay_sniff_info full = FOREBAY_SNIFF_INFO_INIT;
    full.columns = static_cast<std::uint32_t>(report.dtype->fields().size());
    full.delimiter =
        report.delimiter == 0 ? std::uint32_t{FOREBAY_LOADER_DELIMITER_BLANKS} : report.delimiter;
    full.quote = report.quote == 0 ? std::uint32_t{FOREBAY_LOADER_QUOTE_OFF} : report.quote;
    full.header = report.has_header ? FOREBAY_LOADER_HEADER_ON : FOREBAY_LOADER_HEADER_OFF;
    full.skip_rows = report.skip_rows;
    full.decimal = report.decimal;
    full.confidence = report.confidence;
    full.rows_sampled = report.rows;
    full.bytes_sampled = report.bytes;
    full.comment = report.comment.c_str();
    full.na = report.na.c_str();
    return write_struct(full, info);
  });
}

const forebay_dtype* forebay_sniff_dtype(const forebay_sniff* sniff) noexcept {
  return sniff == nullptr ? nullptr : to_handle<forebay_dtype>(&from_handle(sniff)->dtype);
}

const char* forebay_sniff_dtype_text(const forebay_sniff* sniff) noexcept {
  return forebay_dtype_text(forebay_sniff_dtype(sniff));
}

const char* forebay_sniff_note(const forebay_sniff* sniff, uint32_t index) noexcept {
  if (sniff == nullptr) return nullptr;
  const auto& notes = from_handle(sniff)->notes;
  return index < notes.size() ? notes[index].c_str() : nullptr;
}

forebay_status forebay_sniff_apply(const forebay_sniff* sniff, forebay_loader_options* options,
                                   forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (sniff == nullptr) return null_argument("sniff");
    if (options == nullptr) return null_argument("options");
    if (options->struct_size < kLastOption)
      return {FOREBAY_E_VERSION, "forebay_loader_options is too short; set its struct_size"};
    forebay_sniff_info info = FOREBAY_SNIFF_INFO_INIT;
    forebay_sniff_info_get(sniff, &info, nullptr);
    if (options->delimiter == 0) options->delimiter = info.delimiter;
    if (options->quote == 0) options->quote = info.quote;
    if (options->header == 0) options->header = info.header;
    if (options->skip_rows == 0) options->skip_rows = info.skip_rows;
    if (options->comment == nullptr && *info.comment != '\0') options->comment = info.comment;
    if (options->na == nullptr && *info.na != '\0') options->na = info.na;
    if (options->decimal == 0 && info.decimal != '.') options->decimal = info.decimal;
    return Status::ok();
  });
}
