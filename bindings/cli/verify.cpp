// `forebay verify`: reads every chunk of every table.
#include <memory>

#include "commands.hpp"
#include "console.hpp"
#include "escape.hpp"
#include "open_store.hpp"
#include "units.hpp"

namespace forebay::cli {
namespace {

int run_verify(const std::string& path) {
  int code = kExitOk;
  const StoreOwner store = open_for_reading(path, &code);
  if (!store) return code;
  std::uint64_t rows = 0;
  forebay_error err = FOREBAY_ERROR_INIT;
  const forebay_status status = forebay_store_verify(store.get(), &rows, &err);
  if (status < 0) return reading_failed(status, err);
  const std::uint32_t tables = forebay_store_table_count(store.get());
  print(escaped(path) + ": ok, " + format_count(tables) + (tables == 1 ? " table, " : " tables, ") +
        format_count(rows) + (rows == 1 ? " row\n" : " rows\n"));
  return finish_output(kExitOk);
}

}  // namespace

Command add_verify_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("verify", "Read every row of a file and say whether it is whole");
  const auto path = std::make_shared<std::string>();
  command->add_option("FILE", *path, "The HDF5 file")->required()->type_name("");
  command->footer(
      "Example:\n"
      "  forebay verify meth.h5\n"
      "\n"
      "Exit codes: 0 the file is whole, 1 usage, 2 it cannot be opened, 5 it is damaged or not "
      "HDF5.");
  return {command, [path] { return run_verify(*path); }};
}

}  // namespace forebay::cli
