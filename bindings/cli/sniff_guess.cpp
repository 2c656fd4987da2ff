#include "sniff_guess.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "load_inputs.hpp"
#include "table_rows.hpp"

namespace forebay::cli {
namespace {

std::string word_of_delimiter(std::uint32_t delimiter) {
  switch (delimiter) {
    case '\t':
      return "tab";
    case ',':
      return "comma";
    case ';':
      return "semicolon";
    case '|':
      return "pipe";
    case ' ':
      return "space";
    case FOREBAY_LOADER_DELIMITER_BLANKS:
      return "blanks";
    default:
      return std::string(1, static_cast<char>(delimiter));
  }
}

int rank_of_unit(std::string_view unit) {
  constexpr std::string_view kUnits[] = {"D", "s", "ms", "us", "ns"};
  const auto* const found = std::find(std::begin(kUnits), std::end(kUnits), unit);
  return static_cast<int>(found - std::begin(kUnits));
}

// Characters that the longest value of a type takes.
std::uint64_t width_of(const forebay_dtype_field& field) {
  constexpr std::uint64_t kLongestNumber = 32;
  return field.kind == FOREBAY_DTYPE_BYTES ? field.item_bytes : kLongestNumber;
}

std::string wider_type(const forebay_dtype_field& one, const forebay_dtype_field& other) {
  const auto is_either = [&](int kind) { return one.kind == kind || other.kind == kind; };
  if (one.kind == other.kind && one.kind == FOREBAY_DTYPE_DATETIME) {
    const bool is_first = rank_of_unit(one.unit) >= rank_of_unit(other.unit);
    return std::string("M8[") + (is_first ? one.unit : other.unit) + "]";
  }
  if (one.kind == other.kind && one.kind != FOREBAY_DTYPE_BYTES) {
    const std::uint64_t bytes = std::max(one.item_bytes, other.item_bytes);
    if (one.kind == FOREBAY_DTYPE_BOOL) return "?";
    return (one.kind == FOREBAY_DTYPE_INT    ? "i"
            : one.kind == FOREBAY_DTYPE_UINT ? "u"
                                             : "f") +
           std::to_string(bytes);
  }
  const bool is_real = is_either(FOREBAY_DTYPE_FLOAT) && is_either(FOREBAY_DTYPE_INT);
  if (is_real) return "f8";
  // A string that was there already and one that was not seen before.
  const auto& text = one.kind == FOREBAY_DTYPE_BYTES ? one : other;
  const bool is_text = is_either(FOREBAY_DTYPE_BYTES) && one.kind != other.kind;
  const std::uint64_t bytes = is_text ? text.item_bytes : std::max(width_of(one), width_of(other));
  return "S" + std::to_string(bytes);
}

DtypeOwner parsed(const std::string& text) {
  forebay_dtype* dtype = nullptr;
  forebay_dtype_parse(text.c_str(), &dtype, nullptr);
  return DtypeOwner(dtype);
}

bool needs_quotes(char byte) {
  const bool is_safe = std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
                       std::string_view("_-./=@%+:").find(byte) != std::string_view::npos ||
                       static_cast<unsigned char>(byte) >= 0x80;
  return !is_safe;
}

}  // namespace

std::string first_input(const std::vector<std::string>& names) {
  // A loader that is never asked for rows: it expands the names, and starts no child.
  const DtypeOwner dtype = parsed("u1");
  forebay_loader* opened = nullptr;
  forebay_loader_open(dtype.get(), nullptr, &opened, nullptr);
  const LoaderOwner loader(opened);
  std::uint32_t index = 0;
  for (const std::string& name : names) {
    if (!loader) break;
    if (name == kStandardInput) continue;
    forebay_loader_add_path(loader.get(), name.c_str(), nullptr, nullptr, nullptr);
    while (const char* path = forebay_loader_source_path(loader.get(), index)) {
      if (look_at_input(path).status == FOREBAY_OK) return path;
      ++index;
    }
  }
  return names.front();
}

forebay_status sniff_input(const std::string& path, const LoadOptions& options,
                           const forebay_sniff_options& sniff_options, SniffOwner* out,
                           forebay_error* err) {
  forebay_loader_options known = loader_options_of(options);
  // Why: without --header the loader takes none, but here it is what is to be found out.
  if (!options.header) known.header = 0;
  forebay_sniff* sniff = nullptr;
  const forebay_status status =
      forebay_sniff_file(path.c_str(), &known, &sniff_options, &sniff, err);
  out->reset(sniff);
  return status;
}

void take_guess(const forebay_sniff* sniff, LoadOptions* options) {
  forebay_sniff_info info = FOREBAY_SNIFF_INFO_INIT;
  forebay_sniff_info_get(sniff, &info, nullptr);
  options->dtype = forebay_sniff_dtype_text(sniff);
  if (options->delimiter == 0) options->delimiter = info.delimiter;
  if (options->quote == 0) options->quote = info.quote;
  if (options->comment.empty()) options->comment = info.comment;
  if (options->skip_rows == 0) options->skip_rows = info.skip_rows;
  if (options->values.na.empty()) options->values.na = info.na;
  if (options->values.decimal == 0 && info.decimal != '.') options->values.decimal = info.decimal;
  options->header = info.header == FOREBAY_LOADER_HEADER_ON;
}

std::string shell_word(const std::string& text) {
  if (!text.empty() && std::none_of(text.begin(), text.end(), needs_quotes)) return text;
  std::string out = "'";
  for (const char byte : text) out += byte == '\'' ? std::string("'\\''") : std::string(1, byte);
  return out + "'";
}

std::string words_of(const LoadOptions& options) {
  std::string words;
  const auto add = [&](const char* option, const std::string& value) {
    words += std::string(option) + ' ' + shell_word(value) + ' ';
  };
  const bool is_blanks =
      options.delimiter == 0 || options.delimiter == FOREBAY_LOADER_DELIMITER_BLANKS;
  if (!is_blanks) add("--delimiter", word_of_delimiter(options.delimiter));
  const std::uint32_t usual_quote = is_blanks ? std::uint32_t{FOREBAY_LOADER_QUOTE_OFF} : '"';
  if (options.quote == FOREBAY_LOADER_QUOTE_OFF && options.quote != usual_quote) {
    add("--quote", "off");
  } else if (options.quote != 0 && options.quote != usual_quote) {
    add("--quote", std::string(1, static_cast<char>(options.quote)));
  }
  if (!options.comment.empty()) add("--comment", options.comment);
  if (options.skip_rows != 0) add("--skip-rows", std::to_string(options.skip_rows));
  if (options.values.decimal != 0)
    add("--decimal", std::string(1, static_cast<char>(options.values.decimal)));
  if (!options.values.na.empty()) add("--na", options.values.na);
  if (options.header) words += "--header ";
  // Quoted whatever is in it: so it stands out, and can be edited in place.
  return words + "--dtype " +
         (shell_word(options.dtype)[0] == '\'' ? shell_word(options.dtype)
                                               : "'" + options.dtype + "'");
}

std::string wider_dtype(const std::string& one, const std::string& other) {
  const DtypeOwner first = parsed(one);
  const DtypeOwner second = parsed(other);
  if (!first || !second) return {};
  const auto fields = fields_of(first.get());
  const auto others = fields_of(second.get());
  if (fields.size() != others.size()) return {};
  std::string text;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text += ',';
    // Why no quotes: names that were sniffed are words.
    text += std::string(fields[i].name) + ':' + wider_type(fields[i], others[i]);
  }
  return text;
}

}  // namespace forebay::cli
