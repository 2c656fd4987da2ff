// `forebay cat`: the rows of a table as text, as comma-separated values or as an .npy file.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cat_npy.hpp"
#include "cat_output.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "escape.hpp"
#include "format_value.hpp"
#include "load_inputs.hpp"
#include "open_store.hpp"
#include "parsed_option.hpp"
#include "table_rows.hpp"

namespace forebay::cli {
namespace {

enum class CatFormat { text, csv, npy };

struct CatOptions {
  std::string input{};
  CatFormat format = CatFormat::text;
  std::uint64_t first = 0;
  std::uint64_t end = UINT64_MAX;
  std::string output{};
  bool force = false;
};

bool parse_format(std::string_view text, CatFormat* format) {
  if (text == "text") *format = CatFormat::text;
  if (text == "csv") *format = CatFormat::csv;
  if (text == "npy") *format = CatFormat::npy;
  return text == "text" || text == "csv" || text == "npy";
}

// "A:B", rows from A (from 0) up to and without B; either may be left out.
bool parse_range(std::string_view text, std::uint64_t* first, std::uint64_t* end) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view from = text.substr(0, colon);
  const std::string_view to = text.substr(colon + 1);
  const bool is_known = (from.empty() || parse_count(from, 0, UINT64_MAX, first)) &&
                        (to.empty() || parse_count(to, 0, UINT64_MAX, end));
  return is_known && *first <= *end;
}

bool is_there(const std::string& path) {
  struct stat state = {};
  return ::stat(path.c_str(), &state) == 0;
}

// "meth.h5:run1/data": a table behind the last colon, unless that is part of a file's name.
std::string take_table(std::string* path) {
  const std::size_t colon = path->rfind(':');
  if (is_there(*path) || colon == std::string::npos) return {};
  std::string table = path->substr(colon + 1);
  path->resize(colon);
  return table;
}

// RFC 4180: quoted where it must be, a quote doubled.
void append_csv_cell(std::string& out, std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char byte : cell) out.append(byte == '"' ? 2 : 1, byte);
  out += '"';
}

// A string as it is, anything else as `head` prints it.
void append_csv_value(std::string& out, const forebay_dtype_field& field,
                      const unsigned char* row) {
  if (field.kind == FOREBAY_DTYPE_BYTES && field.rank == 0) {
    std::string_view text(reinterpret_cast<const char*>(row + field.offset), field.item_bytes);
    while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
    append_csv_cell(out, text);
    return;
  }
  std::string cell;
  append_field(cell, field, row, ValueStyle::plain);
  append_csv_cell(out, cell);
}

std::string names_line(const std::vector<forebay_dtype_field>& fields, CatFormat format) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += format == CatFormat::csv ? ',' : '\t';
    if (format == CatFormat::csv) {
      append_csv_cell(line, name_of(fields[i]));
    } else {
      append_escaped(line, name_of(fields[i]));
    }
  }
  return line + '\n';
}

void append_line(std::string& out, const std::vector<forebay_dtype_field>& fields,
                 const unsigned char* row, CatFormat format) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += format == CatFormat::csv ? ',' : '\t';
    if (format == CatFormat::csv) {
      append_csv_value(out, fields[i], row);
    } else {
      append_field(out, fields[i], row, ValueStyle::plain);
    }
  }
  out += '\n';
}

int write_rows(forebay_table* table, const CatOptions& options, CatOutput& output) {
  const forebay_dtype* dtype = forebay_table_dtype(table);
  const auto fields = fields_of(dtype);
  const std::uint64_t row_bytes = forebay_dtype_row_bytes(dtype);
  const std::uint64_t end = std::min(options.end, forebay_table_rows(table));
  const std::uint64_t first = std::min(options.first, end);
  output.write(options.format == CatFormat::npy ? npy_header(dtype, end - first)
                                                : names_line(fields, options.format));
  const auto write_some = [&](const unsigned char* rows, std::uint64_t count) {
    if (options.format == CatFormat::npy)
      return output.write({reinterpret_cast<const char*>(rows), count * row_bytes});
    std::string text;
    for (std::uint64_t i = 0; i < count; ++i)
      append_line(text, fields, rows + i * row_bytes, options.format);
    return output.write(text);
  };
  forebay_error err = FOREBAY_ERROR_INIT;
  const forebay_status status = for_each_rows(table, first, end, write_some, &err);
  return output.finish(status < 0 ? reading_failed(status, err) : kExitOk);
}

int run_cat(const CatOptions& options) {
  if (options.format == CatFormat::npy && options.output.empty() && ::isatty(STDOUT_FILENO) == 1) {
    print_error("npy is not text for a terminal; name a file with -o, or redirect the output");
    return kExitUsage;
  }
  std::string path = options.input;
  const std::string wanted = take_table(&path);
  if (!options.output.empty() && is_same_file(path, options.output)) {
    print_error(path + ": is both input and output; choose another output");
    return kExitUsage;
  }
  int code = kExitOk;
  const StoreOwner store = open_for_reading(path, &code);
  if (!store) return code;
  std::string problem;
  const std::string name = choose_table(store.get(), wanted, &problem);
  if (!problem.empty()) {
    print_error(path + ": " + problem);
    return kExitUsage;
  }
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_table* table = nullptr;
  const forebay_status status =
      forebay_table_open(store.get(), name.c_str(), nullptr, nullptr, &table, &err);
  if (status < 0) return reading_failed(status, err);
  CatOutput output;
  if (!output.open(options.output, options.force)) return kExitOutput;
  return write_rows(table, options, output);
}

}  // namespace

Command add_cat_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("cat", "Write the rows of a table as text, csv or npy");
  const auto options = std::make_shared<CatOptions>();
  command->add_option("FILE", options->input, "The HDF5 file, or FILE:TABLE")
      ->required()
      ->type_name("");
  CatOptions* out = options.get();
  add_parsed(*command, "--format", "a format; write text, csv or npy",
             "text (separated by tabs, as head prints it; default), csv, or npy for numpy.load()",
             [=](const std::string& text) { return parse_format(text, &out->format); })
      ->type_name("NAME");
  add_parsed(*command, "--rows", "a range of rows; write A:B, A: or :B",
             "A:B, rows from A (from 0) up to and without B; either may be left out; default: all",
             [=](const std::string& text) { return parse_range(text, &out->first, &out->end); })
      ->type_name("RANGE");
  command->add_option("-o,--output", options->output, "Write a file instead of standard output")
      ->type_name("OUT");
  command->add_flag("--force", options->force, "Replace OUT if it is there already");
  command->footer(
      "Numbers are the shortest text that reads back to the same value. The first line of text "
      "and\n"
      "csv names the fields.\n"
      "\n"
      "Examples:\n"
      "  forebay cat meth.h5:rep1 --format csv > rep1.csv\n"
      "  forebay cat meth.h5 --rows 1000:2000 --format npy -o some.npy\n"
      "\n"
      "Exit codes: 0 ok, 1 usage, 2 the file cannot be opened, 3 the output failed, 5 it is "
      "damaged\n"
      "or not HDF5.");
  return {command, [options] { return run_cat(*options); }};
}

}  // namespace forebay::cli
