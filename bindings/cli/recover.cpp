// `forebay recover`: makes a plain file of one whose writer died.
#include <memory>

#include "commands.hpp"
#include "console.hpp"
#include "escape.hpp"
#include "open_store.hpp"
#include "units.hpp"

namespace forebay::cli {
namespace {

struct RecoverRun {
  std::string path{};
  bool accept_without_journal = false;
};

std::string outcome_of(const forebay_recover_result& result) {
  switch (result.action) {
    case FOREBAY_RECOVER_REPLAYED:
      return "recovered, " + format_count(result.commits) +
             (result.commits == 1 ? " commit" : " commits") + " taken from the journal";
    case FOREBAY_RECOVER_ACCEPTED:
      return "accepted without its journal, " + format_count(result.rows) +
             (result.rows == 1 ? " row read" : " rows read");
    default:
      return "closed, nothing to do";
  }
}

int run_recover(const RecoverRun& run) {
  forebay_recover_options options = FOREBAY_RECOVER_OPTIONS_INIT;
  options.accept_without_journal = run.accept_without_journal ? 1 : 0;
  forebay_recover_result result = FOREBAY_RECOVER_RESULT_INIT;
  forebay_error err = FOREBAY_ERROR_INIT;
  const forebay_status status = forebay_store_recover(run.path.c_str(), &options, &result, &err);
  if (status < 0) return reading_failed(status, err);
  print(escaped(run.path) + ": " + outcome_of(result) + "\n");
  return finish_output(kExitOk);
}

}  // namespace

Command add_recover_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "recover", "Make a plain file of one whose writer was killed, with all that it committed");
  const auto run = std::make_shared<RecoverRun>();
  command->add_option("FILE", run->path, "The HDF5 file")->required()->type_name("");
  command->add_flag("--accept-without-journal", run->accept_without_journal,
                    "If its journal is lost: take the file as it is, if every row can be read");
  command->footer(
      "Example:\n"
      "  forebay recover meth.h5\n"
      "\n"
      "Exit codes: 0 the file is closed now, 1 usage, 2 it cannot be opened or is being written,\n"
      "5 its journal is missing, or it is damaged or not HDF5.");
  return {command, [run] { return run_recover(*run); }};
}

}  // namespace forebay::cli
