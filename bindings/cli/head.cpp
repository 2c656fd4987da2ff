// `forebay head`: the first rows of a table as tab-separated text.
#include <memory>
#include <vector>

#include "commands.hpp"
#include "console.hpp"
#include "escape.hpp"
#include "format_value.hpp"
#include "open_store.hpp"
#include "parsed_option.hpp"
#include "table_rows.hpp"

namespace forebay::cli {
namespace {

struct HeadOptions {
  std::string path{};
  std::string table{};
  std::uint64_t rows = 10;
  bool json = false;
};

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

int print_rows(forebay_table* table, const HeadOptions& options) {
  const forebay_dtype* dtype = forebay_table_dtype(table);
  const auto fields = fields_of(dtype);
  const std::uint64_t row_bytes = forebay_dtype_row_bytes(dtype);
  const ValueStyle style = options.json ? ValueStyle::json : ValueStyle::plain;
  if (!options.json) print(header_line(fields));
  const auto print_some = [&](const unsigned char* rows, std::uint64_t count) {
    std::string text;
    for (std::uint64_t i = 0; i < count; ++i) append_row(text, fields, rows + i * row_bytes, style);
    return print(text);
  };
  forebay_error err = FOREBAY_ERROR_INIT;
  const forebay_status status = for_each_rows(table, 0, options.rows, print_some, &err);
  if (status >= 0) return finish_output(kExitOk);
  finish_output(kExitOk);
  return reading_failed(status, err);
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
