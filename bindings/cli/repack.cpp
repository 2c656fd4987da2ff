// `forebay repack`: a file anew, without the space left behind in it.
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

struct RepackRun {
  std::string path{};
  std::string output{};
  bool force = false;
};

// Whether the new file could not be written, not the old one read.
bool is_of_output(forebay_status status) {
  return status == FOREBAY_E_EXISTS || status == FOREBAY_E_NOSPC || status == FOREBAY_E_IO ||
         status == FOREBAY_E_COMMIT_UNKNOWN;
}

int run_repack(const RepackRun& run) {
  forebay_repack_options options = FOREBAY_REPACK_OPTIONS_INIT;
  options.output = run.output.empty() ? nullptr : run.output.c_str();
  options.replace = run.force ? 1 : 0;
  forebay_repack_result result = FOREBAY_REPACK_RESULT_INIT;
  forebay_error err = FOREBAY_ERROR_INIT;
  const forebay_status status = forebay_store_repack(run.path.c_str(), &options, &result, &err);
  if (status < 0) {
    print_error(status == FOREBAY_E_EXISTS ? run.output +
                                                 ": exists already; use --force to "
                                                 "replace it or name another file"
                                           : std::string(err.message));
    return exit_code_of(status, is_of_output(status) ? Duty::writing : Duty::reading);
  }
  print(escaped(run.output.empty() ? run.path : run.output) + ": " +
        bytes_text(result.bytes_after) + ", was " + bytes_text(result.bytes_before) + "; " +
        format_count(result.tables) + (result.tables == 1 ? " table, " : " tables, ") +
        format_count(result.rows) + (result.rows == 1 ? " row\n" : " rows\n"));
  return finish_output(kExitOk);
}

}  // namespace

Command add_repack_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("repack", "Write a file anew without the space left behind in it");
  const auto run = std::make_shared<RepackRun>();
  command->add_option("FILE", run->path, "The HDF5 file")->required()->type_name("");
  CLI::Option* output =
      command
          ->add_option("-o,--output", run->output,
                       "Write the packed file here and leave FILE; default: in place of FILE")
          ->type_name("OUT.h5");
  command->add_flag("--force", run->force, "Replace OUT.h5 if it is there already")->needs(output);
  command->footer(
      "Examples:\n"
      "  forebay repack meth.h5\n"
      "  forebay repack meth.h5 -o packed.h5\n"
      "\n"
      "There must be room for both files. Whatever happens, FILE is the old one or the new one,\n"
      "whole. Exit codes: 0 done, 1 usage, 2 it cannot be opened or is in use, 3 the new file\n"
      "cannot be written, 4 it has what cannot be copied, 5 it is damaged or not HDF5.");
  return {command, [run] { return run_repack(*run); }};
}

}  // namespace forebay::cli
