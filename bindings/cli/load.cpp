// `forebay load`: files through child loaders into one HDF5 file.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "commands.hpp"
#include "console.hpp"
#include "escape.hpp"
#include "exit_codes.hpp"
#include "handles.hpp"
#include "load_append.hpp"
#include "load_inputs.hpp"
#include "sniff_guess.hpp"
#include "units.hpp"

namespace forebay::cli {
namespace {

std::uint64_t file_size(const std::string& path) {
  struct stat state = {};
  return ::stat(path.c_str(), &state) == 0 ? static_cast<std::uint64_t>(state.st_size) : 0;
}

// One run of the command: prepare, append, settle, report. What went wrong gathers in `summary_`.
class LoadRun {
 public:
  explicit LoadRun(LoadOptions& options);
  int run();

 private:
  // Each is false after a failure, which it has noted.
  bool prepare() {
    if (const std::string problem = filter_problem(options_.filters); !problem.empty()) {
      fail(kExitUsage, problem);
      return false;
    }
    const bool may_begin = is_sniffed_ ? sniff_dtype() : parse_dtype();
    return may_begin && open_loader() && add_inputs() && check_inputs() && open_output();
  }
  bool parse_dtype();
  bool sniff_dtype();
  bool check_inputs();
  bool open_loader();
  bool add_inputs();
  void list_sources(const std::vector<std::string>& paths);
  bool open_output();
  bool append();

  void settle_complete();
  void settle_broken();
  void collect_sources();
  [[nodiscard]] std::string advice_on_dtype(const std::string& path, std::uint64_t byte) const;
  void collect_loader();
  bool mark_tables();
  bool commit();
  int report();

  void fail(int exit_code, const std::string& message);
  bool succeeds(forebay_status status, Duty duty);

  LoadOptions& options_;
  const bool is_sniffed_;  // no dtype was given
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  LoadSummary summary_{};
  forebay_error err_ = FOREBAY_ERROR_INIT;
  InterruptWatch interrupt_{};
  DtypeOwner dtype_{};
  LoaderOwner loader_{};
  LoadOutput output_;
  bool interrupted_ = false;
};

LoadRun::LoadRun(LoadOptions& options)
    : options_(options), is_sniffed_(options.dtype.empty()), output_(options) {
  summary_.output = options.output;
  summary_.dtype = options.dtype;
}

void LoadRun::fail(int exit_code, const std::string& message) {
  summary_.exit_code = exit_code;
  summary_.error = message;
}

bool LoadRun::succeeds(forebay_status status, Duty duty) {
  if (status >= 0) return true;
  const char* message = err_.message[0] != '\0' ? err_.message : forebay_status_message(status);
  fail(exit_code_of(status, duty), duty == Duty::options ? in_words_of_options(message) : message);
  return false;
}

bool LoadRun::parse_dtype() {
  forebay_dtype* dtype = nullptr;
  const forebay_status status = forebay_dtype_parse(options_.dtype.c_str(), &dtype, &err_);
  dtype_.reset(dtype);
  return succeeds(status, Duty::options);
}

// The first file that can be read stands for all of them.
bool LoadRun::sniff_dtype() {
  if (!options_.child.empty()) {
    fail(kExitUsage, "a child program of your own is told the dtype; give it with --dtype");
    return false;
  }
  if (options_.format == FOREBAY_LOADER_FORMAT_RAW) {
    fail(kExitUsage, "raw rows do not tell their dtype; give it with --dtype");
    return false;
  }
  const std::string path = first_input(options_.files);
  if (path == kStandardInput) {
    fail(kExitUsage, "standard input can be read once, so nothing is guessed of it; give --dtype");
    return false;
  }
  const forebay_sniff_options sniff_options = FOREBAY_SNIFF_OPTIONS_INIT;
  SniffOwner sniff;
  const forebay_status status = sniff_input(path, options_, sniff_options, &sniff, &err_);
  const bool is_of_file = status != FOREBAY_E_ARGUMENT && path == err_.path;
  if (!succeeds(status, is_of_file ? Duty::loading : Duty::options)) return false;
  take_guess(sniff.get(), &options_);
  summary_.dtype = options_.dtype;
  if (!options_.quiet) print_error(path + ": no --dtype, guessed: " + words_of(options_));
  return parse_dtype();
}

// What to do about a value that does not fit a dtype that was guessed: the guess of both.
std::string LoadRun::advice_on_dtype(const std::string& path, std::uint64_t byte) const {
  forebay_sniff_options sniff_options = FOREBAY_SNIFF_OPTIONS_INIT;
  sniff_options.also_at = byte;
  SniffOwner sniff;
  std::string wider;
  if (sniff_input(path, options_, sniff_options, &sniff, nullptr) == FOREBAY_OK)
    wider = wider_dtype(options_.dtype, forebay_sniff_dtype_text(sniff.get()));
  const bool is_wider = !wider.empty() && wider != options_.dtype;
  return "; the dtype was guessed from samples, " +
         (is_wider ? "load again with --dtype '" + wider + "'"
                   : std::string("load again with --dtype and a type that holds this value"));
}

// A missing file among others fails at its place in the load. If none can be read there is nothing
// to do: the output, which --force would replace, is left alone.
bool LoadRun::check_inputs() {
  bool any_usable = false;
  if (std::count(options_.files.begin(), options_.files.end(), kStandardInput) > 1) {
    fail(kExitUsage, "standard input (-) is named twice; it can be read once");
    return false;
  }
  for (SourceSummary& source : summary_.sources) {
    if (is_same_file(source.path, options_.output)) {
      fail(kExitUsage, source.path + ": is both input and output; choose another output");
      return false;
    }
    const InputFault fault = look_at_input(source.path);
    source.status = fault.status == FOREBAY_OK ? FOREBAY_AGAIN : fault.status;
    source.message = fault.message;
    any_usable = any_usable || fault.status == FOREBAY_OK;
  }
  if (!any_usable) summary_.exit_code = kExitInput;
  return any_usable;
}

bool LoadRun::open_loader() {
  prepare_child_argv(&options_);
  const forebay_loader_options loader_options = loader_options_of(options_);
  forebay_loader* loader = nullptr;
  const forebay_status opened = forebay_loader_open(dtype_.get(), &loader_options, &loader, &err_);
  loader_.reset(loader);
  return succeeds(opened, Duty::options);
}

bool LoadRun::add_inputs() {
  const forebay_loader_file_options file_options = file_options_of(options_);
  std::vector<std::string> paths;
  for (const std::string& path : options_.files) {
    const bool is_standard_input = path == kStandardInput;
    const forebay_status added =
        is_standard_input
            ? forebay_loader_add_descriptor(loader_.get(), STDIN_FILENO, "standard input",
                                            &file_options, &err_)
            : forebay_loader_add_path(loader_.get(), path.c_str(), &file_options, nullptr, &err_);
    const bool is_usage = added == FOREBAY_E_ARGUMENT;
    if (!succeeds(added, is_usage ? Duty::options : Duty::loading)) return false;
    while (const char* name = forebay_loader_source_path(
               loader_.get(), static_cast<std::uint32_t>(paths.size()))) {
      paths.emplace_back(is_standard_input ? kStandardInput : name);
    }
  }
  list_sources(paths);
  return true;
}

void LoadRun::list_sources(const std::vector<std::string>& paths) {
  const auto tables = table_names_of(paths);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    SourceSummary source;
    source.path = paths[i];
    source.table = options_.per_source ? tables[i] : options_.table;
    summary_.sources.push_back(source);
  }
}

bool LoadRun::open_output() {
  const std::size_t tables = options_.per_source ? summary_.sources.size() : 1;
  if (!succeeds(output_.open(tables, &err_), Duty::writing)) return false;
  for (std::size_t i = 0; i < tables; ++i) {
    const forebay_status opened =
        output_.open_table(summary_.sources[i].table, dtype_.get(), &err_);
    const bool is_usage = opened == FOREBAY_E_ARGUMENT;  // a name that no table can have
    if (succeeds(opened, is_usage ? Duty::options : Duty::writing)) continue;
    output_.discard();
    return false;
  }
  if (options_.again) return true;
  if (succeeds(output_.resume(loader_.get(), &err_), Duty::loading)) return true;
  output_.discard();
  return false;
}

bool LoadRun::append() {
  Progress progress(!options_.quiet);
  const ChildNotes notes(options_.verbose);
  const AppendJob job{loader_.get(), output_, interrupt_, progress, notes};
  const forebay_status status =
      options_.per_source ? append_to_table_of_source(job, &err_) : append_to_one_table(job, &err_);
  interrupted_ = status == FOREBAY_E_CANCELLED;
  if (!interrupted_) return succeeds(status, Duty::writing);
  fail(kExitSignal + interrupt_.signal(), "interrupted");
  return false;
}

void LoadRun::collect_sources() {
  for (std::uint32_t i = 0; i < summary_.sources.size(); ++i) {
    SourceSummary& source = summary_.sources[i];
    forebay_error err = FOREBAY_ERROR_INIT;
    source.status = forebay_loader_source_status(loader_.get(), i, &source.rows, &err);
    source.message = source.status < 0 ? in_words_of_options(err.message) : "";
    if (is_sniffed_ && source.status == FOREBAY_E_VALUE)
      source.message += advice_on_dtype(source.path, err.byte);
    forebay_loader_source_rejects(loader_.get(), i, &source.rejects, &source.skipped, nullptr);
    forebay_loader_source_truncated(loader_.get(), i, &source.truncated, nullptr);
    if (source.status < 0 && summary_.exit_code == kExitOk) {
      summary_.exit_code = exit_code_of(source.status, Duty::loading);
    }
  }
}

void LoadRun::collect_loader() {
  forebay_loader_progress progress = FOREBAY_LOADER_PROGRESS_INIT;
  forebay_loader_progress_get(loader_.get(), &progress, nullptr);
  summary_.bytes_read = progress.bytes_done;
  summary_.child_restarts = progress.child_restarts;
  summary_.rows_copied += progress.rows_copied;
  forebay_loader_child child = {};
  child.struct_size = sizeof(child);
  while (forebay_loader_child_get(loader_.get(), summary_.children, &child, nullptr) ==
         FOREBAY_OK) {
    ++summary_.children;
  }
  forebay_arena_stats arena = FOREBAY_ARENA_STATS_INIT;
  forebay_loader_arena_stats(loader_.get(), &arena, nullptr);
  summary_.arena_high_water = arena.high_water;
  summary_.bytes_copied += arena.bytes_copied;
}

// Notes in each table which of its sources lack rows.
bool LoadRun::mark_tables() {
  for (const OutputTable& table : output_.tables()) {
    std::vector<std::string> lacking;
    std::vector<std::string> whole;
    for (const SourceSummary& source : summary_.sources) {
      if (source.table != table.name) continue;
      (source.status == FOREBAY_OK ? whole : lacking).push_back(source.path);
    }
    if (output_.mark_incomplete(table, lacking, whole, &err_) < 0) return false;
  }
  return true;
}

bool LoadRun::commit() {
  const bool marked = mark_tables();
  output_.describe(&summary_);
  if (!marked || output_.finish(&err_) < 0) return false;
  summary_.stored = true;
  summary_.is_nothing_new =
      options_.append && !options_.again && summary_.rows == 0 && summary_.exit_code == kExitOk;
  summary_.bytes_written = file_size(options_.output);
  return true;
}

// All sources are at their end. An output that this load made and that got no row, for a reason, is
// not kept.
void LoadRun::settle_complete() {
  collect_sources();
  collect_loader();
  if (output_.is_created() && output_.rows_added() == 0 && summary_.exit_code != kExitOk) {
    output_.discard();
  } else if (!commit()) {
    const bool removed = output_.discard();
    fail(exit_code_of(err_.code, Duty::writing),
         std::string(err_.message) +
             (removed ? "; " + options_.output + " was removed again"
                      : "; check it with `forebay verify " + options_.output + "`"));
  }
}

// The load could not be finished. What it created is removed; rows appended to a file that was
// there before cannot be taken back, so they are committed and marked.
void LoadRun::settle_broken() {
  const int exit_code = summary_.exit_code;
  collect_sources();
  collect_loader();
  summary_.exit_code = exit_code;
  const std::uint64_t rows = output_.rows_added();
  if (output_.is_created() || rows == 0) {
    if (output_.discard()) summary_.error += "; " + options_.output + " was removed again";
  } else if (commit()) {
    summary_.error += "; " + format_count(rows) + " rows appended before that stay in " +
                      options_.output + ", marked " + kIncompleteAttribute;
  } else {
    summary_.error += "; check the output with `forebay verify " + options_.output + "`";
  }
}

int LoadRun::report() {
  for (const SourceSummary& source : summary_.sources) {
    // Why not after an interrupt: Ctrl-C reaches the children too, and they fail of it.
    if (interrupted_ || source.message.empty() || source.status == FOREBAY_E_CANCELLED) continue;
    print_error(source.message);
  }
  if (!summary_.error.empty()) print_error(summary_.error);
  summary_.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  if (options_.json) {
    print(summary_json(summary_));
  } else if (!options_.quiet && summary_.error.empty() && loader_) {
    print(summary_line(summary_));
  }
  return finish_output(summary_.exit_code);
}

int LoadRun::run() {
  if (!prepare()) return report();
  if (append()) {
    settle_complete();
  } else {
    settle_broken();
  }
  return report();
}

}  // namespace

Command add_load_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "load", "Load files of text or rows, in parallel, into a table of an HDF5 file");
  const auto options = std::make_shared<LoadOptions>();
  add_load_options(*command, *options);
  return {command, [options] { return LoadRun(*options).run(); }};
}

}  // namespace forebay::cli
