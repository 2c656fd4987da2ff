// `forebay head`: the first rows of a table as tab-separated text.
#include <algorithm>
#include <memory>
#include <vector>

#include "commands.hpp"
#include "console.hpp"
#include "escape.hpp"
#include "format_value.hpp"
#include "open_store.hpp"
#include "parsed_option.hpp"

namespace forebay::cli {
namespace {

// Rows are read this many bytes at a time, at least one row.
constexpr std::uint64_t kReadBytes = 1U << 20U;
constexpr const char* kDefaultTable = "data";

struct HeadOptions {
  std::string path{};
  std::string table{};
  std::uint64_t rows = 10;
  bool json = false;
};

std::vector<forebay_dtype_field> fields_of(const forebay_dtype* dtype) {
  std::vector<forebay_dtype_field> fields(forebay_dtype_field_count(dtype));
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    fields[i].struct_size = sizeof(forebay_dtype_field);
    forebay_dtype_field_at(dtype, i, &fields[i]);
  }
  return fields;
}

std::string name_of(const forebay_dtype_field& field) {
  return field.name[0] != '\0' ? field.name : "value";
}

std::string header_line(const std::vector<forebay_dtype_field>& fields) {
  std::string line;
  for (const forebay_dtype_field& field : fields) {
    if (!line.empty()) line += '\t';
    append_escaped(line, name_of(field));
  }
  return line + '\n';
}

void append_row(std::string& out, const std::vector<forebay_dtype_field>& fields,
                const unsigned char* row, ValueStyle style) {
  const bool json = style == ValueStyle::json;
  if (json) out += '{';
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += json ? ',' : '\t';
    if (json) {
      append_json_string(out, name_of(fields[i]));
      out += ':';
    }
    append_field(out, fields[i], row, style);
  }
  out += json ? "}\n" : "\n";
}

// The table asked for; without a name "data", or the only one there is.
std::string choose_table(forebay_store* store, const std::string& wanted, std::string* problem) {
  const std::uint32_t count = forebay_store_table_count(store);
  std::string list;
  std::string name = wanted.empty() ? kDefaultTable : wanted;
  for (std::uint32_t i = 0; i < count; ++i) {
    const char* table = forebay_store_table_name(store, i);
    if (name == table) return name;
    if (i < 20) list.append(i > 0 ? ", " : "").append(table);
    if (i == 20) list += ", ...";
  }
  if (wanted.empty() && count == 1) return forebay_store_table_name(store, 0);
  *problem = count == 0       ? "has no table"
             : wanted.empty() ? "name one of its tables with --table: " + list
                              : "has no table '" + wanted + "'; there is: " + list;
  return {};
}

int print_rows(forebay_table* table, const HeadOptions& options) {
  const forebay_dtype* dtype = forebay_table_dtype(table);
  const auto fields = fields_of(dtype);
  const ValueStyle style = options.json ? ValueStyle::json : ValueStyle::plain;
  const std::uint64_t row_bytes = std::max<std::uint64_t>(1, forebay_dtype_row_bytes(dtype));
  const std::uint64_t room = std::max<std::uint64_t>(1, kReadBytes / row_bytes);
  const std::uint64_t end = std::min(options.rows, forebay_table_rows(table));
  std::vector<unsigned char> rows(row_bytes * std::min(room, std::max<std::uint64_t>(1, end)));
  if (!options.json) print(header_line(fields));
  for (std::uint64_t first = 0; first < end;) {
    forebay_error err = FOREBAY_ERROR_INIT;
    std::uint64_t read = 0;
    const std::uint64_t wanted = std::min(room, end - first);
    const forebay_status status =
        forebay_table_read(table, first, wanted, rows.data(), &read, &err);
    if (status < 0) {
      finish_output(kExitOk);
      return reading_failed(status, err);
    }
    if (read == 0) break;
    std::string text;
    for (std::uint64_t i = 0; i < read; ++i) {
      append_row(text, fields, rows.data() + i * row_bytes, style);
    }
    if (!print(text)) break;
    first += read;
  }
  return finish_output(kExitOk);
}

int run_head(const HeadOptions& options) {
  int code = kExitOk;
  const StoreOwner store = open_for_reading(options.path, &code);
  if (!store) return code;
  std::string problem;
  const std::string name = choose_table(store.get(), options.table, &problem);
  if (!problem.empty()) {
    print_error(options.path + ": " + problem);
    return kExitUsage;
  }
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_table* table = nullptr;
  const forebay_status status =
      forebay_table_open(store.get(), name.c_str(), nullptr, nullptr, &table, &err);
  return status < 0 ? reading_failed(status, err) : print_rows(table, options);
}

}  // namespace

Command add_head_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("head", "Print the first rows of a table");
  const auto options = std::make_shared<HeadOptions>();
  command->add_option("FILE", options->path, "The HDF5 file")->required()->type_name("");
  add_count(*command, "-n,--rows", &options->rows, 0, "Rows to print; default: 10");
  command
      ->add_option("--table", options->table,
                   "Table to print; default: data, or the only one there is")
      ->type_name("NAME");
  command->add_flag("--json", options->json, "Print one JSON object a row, one a line");
  command->footer(
      "Prints the names of the fields and then a row a line, separated by tabs. Control "
      "characters\n"
      "in strings are escaped as in C.\n"
      "\n"
      "Examples:\n"
      "  forebay head meth.h5\n"
      "  forebay head meth.h5 -n 3 --table rep1 --json");
  return {command, [options] { return run_head(*options); }};
}

}  // namespace forebay::cli
