// `forebay verify`: reads every chunk of every table, and tells what the journal is to the file.
#include <memory>

#include "commands.hpp"
#include "console.hpp"
#include "escape.hpp"
#include "exit_codes.hpp"
#include "file_facts.hpp"
#include "open_store.hpp"
#include "units.hpp"

namespace forebay::cli {
namespace {

struct VerifyOptions {
  std::string path{};
  bool json = false;
};

struct Outcome {
  forebay_status status = FOREBAY_OK;
  forebay_error err = FOREBAY_ERROR_INIT;
  bool has_info = false;  // the file is there
  forebay_store_info info = FOREBAY_STORE_INFO_INIT;
  std::uint32_t tables = 0;
  std::uint64_t rows = 0;
};

// Stops at the first failure.
void look(const std::string& path, Outcome* outcome) {
  outcome->status = forebay_store_info_get(path.c_str(), &outcome->info, &outcome->err);
  if (outcome->status < 0) return;
  outcome->has_info = true;
  forebay_store_options options = FOREBAY_STORE_OPTIONS_INIT;
  options.mode = FOREBAY_STORE_READ;
  forebay_store* store = nullptr;
  outcome->status = forebay_store_open(path.c_str(), &options, &store, &outcome->err);
  const StoreOwner owner(store);
  if (outcome->status < 0) return;
  outcome->tables = forebay_store_table_count(store);
  outcome->status = forebay_store_verify(store, &outcome->rows, &outcome->err);
}

std::string text_of(const std::string& path, const Outcome& outcome) {
  std::string text;
  if (outcome.status >= 0) {
    text = escaped(path) + ": ok, " + format_count(outcome.tables) +
           (outcome.tables == 1 ? " table, " : " tables, ") + format_count(outcome.rows) +
           (outcome.rows == 1 ? " row\n" : " rows\n");
  }
  return outcome.has_info ? text + journal_text(outcome.info) + "\n" : text;
}

std::string json_of(const std::string& path, const Outcome& outcome) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("path").text(path);
  json.key("ok").boolean(outcome.status >= 0);
  json.key("error").text(outcome.status < 0 ? outcome.err.message : "");
  json.key("tables").number(std::uint64_t{outcome.tables});
  json.key("rows").number(outcome.rows);
  if (outcome.has_info) write_file_facts(json, outcome.info);
  json.end_object();
  out += '\n';
  return out;
}

int run_verify(const VerifyOptions& options) {
  Outcome outcome;
  look(options.path, &outcome);
  print(options.json ? json_of(options.path, outcome) : text_of(options.path, outcome));
  const int code = outcome.status < 0 ? reading_failed(outcome.status, outcome.err) : int{kExitOk};
  return finish_output(code);
}

}  // namespace

Command add_verify_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("verify", "Read every row of a file and say whether it is whole");
  const auto options = std::make_shared<VerifyOptions>();
  command->add_option("FILE", options->path, "The HDF5 file")->required()->type_name("");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer(
      "Example:\n"
      "  forebay verify meth.h5\n"
      "\n"
      "Exit codes: 0 the file is whole, 1 usage, 2 it cannot be opened, 5 it is damaged or not "
      "HDF5.");
  return {command, [options] { return run_verify(*options); }};
}

}  // namespace forebay::cli
