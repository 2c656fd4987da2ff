// `forebay rejects`: what loads passed over or filled, as the file remembers it.
#include <memory>
#include <string>
#include <vector>

#include "commands.hpp"
#include "console.hpp"
#include "escape.hpp"
#include "json.hpp"
#include "open_store.hpp"

namespace forebay::cli {
namespace {

enum class Style { table, csv, json };

constexpr const char* kColumns[] = {"path", "line",  "column", "byte",
                                    "code", "count", "reason", "text"};

// The cells of a record. Of rejects that were only counted no place is known.
std::vector<std::string> cells_of(const forebay_reject& reject) {
  const bool is_placed = reject.line != 0;
  return {reject.path,
          is_placed ? std::to_string(reject.line) : "",
          is_placed ? std::to_string(reject.column) : "",
          is_placed ? std::to_string(reject.byte) : "",
          is_placed ? forebay_status_name(reject.code) : "",
          std::to_string(reject.count),
          reject.reason,
          reject.text};
}

// RFC 4180: quoted where it must be, a quote doubled.
void append_csv(std::string& out, const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char byte : cell) out.append(byte == '"' ? 2 : 1, byte);
  out += '"';
}

void append_line(std::string& out, const std::vector<std::string>& cells, Style style) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += style == Style::csv ? ',' : '\t';
    if (style == Style::csv) {
      append_csv(out, cells[i]);
    } else {
      append_escaped(out, cells[i]);
    }
  }
  out += '\n';
}

void append_json(std::string& out, const forebay_reject& reject) {
  JsonWriter json(out);
  const bool is_placed = reject.line != 0;
  const auto number = [&](const char* name, std::uint64_t value) {
    is_placed ? json.key(name).number(value) : json.key(name).null();
  };
  json.begin_object();
  json.key("path").text(reject.path);
  number("line", reject.line);
  number("column", reject.column);
  number("byte", reject.byte);
  is_placed ? json.key("code").text(forebay_status_name(reject.code)) : json.key("code").null();
  json.key("count").number(reject.count);
  json.key("reason").text(reject.reason);
  json.key("text").text(reject.text);
  json.end_object();
  out += '\n';
}

int run_rejects(const std::string& path, Style style) {
  int code = kExitOk;
  const StoreOwner store = open_for_reading(path, &code);
  if (!store) return code;
  std::string header;
  append_line(header, {std::begin(kColumns), std::end(kColumns)}, style);
  if (style != Style::json) print(header);
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_reject reject = FOREBAY_REJECT_INIT;
  for (std::uint64_t i = 0;; ++i) {
    const forebay_status status = forebay_store_reject_get(store.get(), i, &reject, &err);
    if (status < 0) {
      finish_output(kExitOk);
      return reading_failed(status, err);
    }
    if (status == FOREBAY_NONE) break;
    std::string line;
    if (style == Style::json) {
      append_json(line, reject);
    } else {
      append_line(line, cells_of(reject), style);
    }
    if (!print(line)) break;
  }
  return finish_output(kExitOk);
}

struct RejectsOptions {
  std::string path{};
  bool csv = false;
  bool json = false;
};

}  // namespace

Command add_rejects_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("rejects", "List the bad rows that loads passed over or filled");
  const auto options = std::make_shared<RejectsOptions>();
  command->add_option("FILE", options->path, "The HDF5 file")->required()->type_name("");
  CLI::Option* csv = command->add_flag("--csv", options->csv, "Print comma-separated values");
  command->add_flag("--json", options->json, "Print one JSON object a reject, one a line")
      ->excludes(csv);
  command->footer(
      "Example:\n"
      "  forebay load a.csv -o a.h5 --delimiter , --dtype 'id:i8,price:f8' --on-error skip\n"
      "  forebay rejects a.h5 --csv > bad.csv\n"
      "\n"
      "Exit codes: 0 ok, 1 usage, 2 the file cannot be opened, 5 it is damaged or not HDF5.");
  return {command, [options] {
            return run_rejects(options->path, options->csv    ? Style::csv
                                              : options->json ? Style::json
                                                              : Style::table);
          }};
}

}  // namespace forebay::cli
