#include "load_options.hpp"

#include <iterator>

#include "parsed_option.hpp"

namespace forebay::cli {
namespace {

constexpr const char* kInputGroup = "Reading the text";
constexpr const char* kOutputGroup = "Writing the table";
constexpr const char* kResourceGroup = "Resources";
constexpr const char* kReportGroup = "Reporting";

constexpr const char* kExamples =
    "Examples:\n"
    "  forebay load rep1.txt rep2.txt.gz -o meth.h5 --dtype 'chr:S10,pos:i4,pct:f4,c:i4,t:i4'\n"
    "  forebay load table.csv -o table.h5 --delimiter , --header --columns id,price \\\n"
    "      --dtype 'id:i8,price:f8'\n"
    "  forebay load more/*.txt -o meth.h5 --append --per-source --jobs 8 --memory 1G \\\n"
    "      --dtype 'chr:S10,pos:i4,pct:f4,c:i4,t:i4'\n"
    "\n"
    "A file that cannot be read is named on standard error with line and column. Its rows before\n"
    "the fault and all other files are stored, and the exit code is 2.\n"
    "Exit codes: 0 ok, 1 usage, 2 an input failed, 3 the output failed, 4 memory or children,\n"
    "130 interrupted. `man forebay` tells the rest.";

std::uint32_t parse_order(std::string_view text) {
  if (text == "source") return FOREBAY_LOADER_ORDER_SOURCE;
  return text == "any" ? FOREBAY_LOADER_ORDER_ANY : 0;
}

bool parse_retries(std::string_view text, std::uint32_t* retries) {
  std::uint64_t count = 0;
  if (!parse_count(text, 0, UINT32_MAX - 1, &count)) return false;
  *retries = count == 0 ? FOREBAY_LOADER_RETRIES_NONE : static_cast<std::uint32_t>(count);
  return true;
}

bool parse_timeout(std::string_view text, std::uint32_t* seconds) {
  std::uint64_t count = 0;
  if (!parse_count(text, 1, UINT32_MAX / 1000, &count)) return false;
  *seconds = static_cast<std::uint32_t>(count);
  return true;
}

void add_format_options(CLI::App& command, LoadOptions& options) {
  std::uint32_t* format = &options.format;
  add_parsed(command, "--format", "a format; write auto, text, npy, npz or raw",
             "What the files are: auto (by their first bytes; default), text, npy, npz, or raw "
             "(packed rows and nothing else)",
             [=](const std::string& text) { return (*format = parse_format(text)) != 0; })
      ->type_name("FORMAT")
      ->group(kInputGroup);
  add_size(command, "--header-bytes", &options.header_bytes,
           "Bytes to pass over at the top of each raw file")
      ->group(kInputGroup);
  command.add_option("--member", options.member, "The array to read from each .npz file")
      ->type_name("NAME")
      ->group(kInputGroup);
}

// What a row, a field and a header are.
void add_text_options(CLI::App& command, LoadOptions& options) {
  std::uint32_t* delimiter = &options.delimiter;
  add_parsed(command, "--delimiter", "a delimiter; write one character, tab, space or blanks",
             "One character, or: comma, tab, space, semicolon, pipe, blanks (runs of spaces and "
             "tabs; default)",
             [=](const std::string& text) { return (*delimiter = parse_delimiter(text)) != 0; })
      ->type_name("CHAR")
      ->group(kInputGroup);
  std::uint32_t* quote = &options.quote;
  add_parsed(command, "--quote", "a quote; write one character or off",
             "Quote character, or off. Default: \" when the delimiter is a character",
             [=](const std::string& text) { return (*quote = parse_quote(text)) != 0; })
      ->type_name("CHAR")
      ->group(kInputGroup);
  command.add_option("--comment", options.comment, "Skip lines that start with this text")
      ->group(kInputGroup);
  command.add_flag("--header", options.header, "The first row of each file names its columns")
      ->group(kInputGroup);
  add_count(command, "--skip-rows", &options.skip_rows, 0,
            "Lines to skip at the top of each file, before the header")
      ->group(kInputGroup);
}

void add_input_options(CLI::App& command, LoadOptions& options) {
  command
      .add_option(
          "FILE", options.files,
          "Text files, plain, gzip, bgzf, zstd, bzip2 or xz, or rows in .npy or .npz files, "
          "read in this order. Also a folder, a quoted pattern such as 'chr*.txt', or "
          "@LIST with a path on each line; - is standard input")
      ->required()
      ->type_name("");
  command
      .add_option("--dtype", options.dtype,
                  "Fields of a row: 'chr:S10,pos:i4,t:f4[24]'. Types: S<n> i1 i2 i4 i8 u1 u2 u4 u8 "
                  "f4 f8 ? M8[unit]. Default: guessed from the first file, and told")
      ->group(kInputGroup);
  command
      .add_option(
          "--columns", options.columns,
          "Columns to read, in the order of the fields: numbers from 1, ranges, or names of "
          "the header: '1,3-5' or 'id,price'")
      ->type_name("LIST")
      ->group(kInputGroup);
  add_text_options(command, options);
  add_format_options(command, options);
  add_count(command, "--max-rows", &options.max_rows, 1, "Read at most N rows of each file")
      ->group(kInputGroup);
}

void add_policy_options(CLI::App& command, LoadOptions& options) {
  std::uint32_t* policy = &options.on_error;
  CLI::Option* on_error =
      add_parsed(command, "--on-error", "what to do; write fail, skip or null",
                 "What becomes of a row that cannot be read: fail (its file ends there; default), "
                 "skip (it is passed over), null (what cannot be read is filled)",
                 [=](const std::string& text) { return (*policy = parse_policy(text)) != 0; })
          ->type_name("HOW")
          ->group(kInputGroup);
  add_count(command, "--max-errors", &options.max_errors, 1,
            "Rows passed over and values filled that a file may have; default: any number")
      ->needs(on_error)
      ->group(kInputGroup);
  add_count(command, "--keep-rejects", &options.keep_rejects, 1,
            "Rejects to store with reason and text, the others are counted; default: 1000")
      ->needs(on_error)
      ->group(kInputGroup);
}

void add_output_options(CLI::App& command, LoadOptions& options) {
  command.add_option("-o,--output", options.output, "The HDF5 file to write")
      ->required()
      ->type_name("OUT.h5")
      ->group(kOutputGroup);
  CLI::Option* append =
      command
          .add_flag("--append", options.append,
                    "Add to OUT.h5 if it is there already: what it lacks of these files, so that "
                    "a load that was ended goes on and whole files are not loaded twice")
          ->group(kOutputGroup);
  command.add_flag("--force", options.force, "Replace OUT.h5 if it is there already")
      ->excludes(append)
      ->group(kOutputGroup);
  command
      .add_flag("--again", options.again,
                "With --append: load the files once more, even if OUT.h5 has them")
      ->needs(append)
      ->group(kOutputGroup);
  LoadOptions* all = &options;
  add_parsed(command, "--commit-every", "a distance; write 64M, 100000rows, 500ms or 5s",
             "Make the rows durable after so many bytes, rows or milliseconds, and keep them when "
             "the load is ended: 64M, 100000rows, 500ms",
             [=](const std::string& text) { return parse_commit_every(text, all); })
      ->type_name("N")
      ->group(kOutputGroup);
  CLI::Option* table =
      command.add_option("--table", options.table, "Table to append to; default: data")
          ->type_name("NAME")
          ->group(kOutputGroup);
  command
      .add_flag("--per-source", options.per_source,
                "A table for each file, named after it without its endings")
      ->excludes(table)
      ->group(kOutputGroup);
  add_count(command, "--chunk-rows", &options.chunk_rows, 1,
            "Rows of an HDF5 chunk of a new table; default: as many as fill about 1 MiB")
      ->group(kOutputGroup);
  std::uint32_t* layout = &options.layout;
  add_parsed(command, "--layout", "a layout; write rows or columns",
             "Of a new table: rows (one dataset of records; default) or columns (a group with a "
             "dataset for each field)",
             [=](const std::string& text) { return (*layout = parse_layout(text)) != 0; })
      ->type_name("NAME")
      ->group(kOutputGroup);
  add_filter_options(command, kOutputGroup, options.filters);
}

void add_resource_options(CLI::App& command, LoadOptions& options) {
  add_count(command, "--jobs", &options.jobs, 1,
            "Child processes at a time; default: one for each processor")
      ->group(kResourceGroup);
  add_size(command, "--memory", &options.memory_bytes, "Most shared memory to use; default: 256M")
      ->group(kResourceGroup);
  add_size(command, "--split", &options.split_bytes,
           "Bytes of a file that a child takes at a time; default: 4M")
      ->group(kResourceGroup);
  std::uint32_t* batch = &options.batch;
  std::uint64_t* batch_rows = &options.batch_rows;
  add_parsed(command, "--batch", "a batch; write chunk, source or a number of rows",
             "What is handed over at a time with --per-source: chunk (the rows of a chunk; "
             "default), source (all rows of a file), or a number of rows",
             [=](const std::string& text) { return parse_batch(text, batch, batch_rows); })
      ->type_name("BATCH")
      ->group(kResourceGroup);
  std::uint32_t* order = &options.order;
  add_parsed(command, "--order", "an order; write source or any",
             "source: rows of the files in their order (default); any: no file waits for another, "
             "only the rows of each are in order",
             [=](const std::string& text) { return (*order = parse_order(text)) != 0; })
      ->type_name("ORDER")
      ->group(kResourceGroup);
  std::uint32_t* retries = &options.retries;
  add_parsed(command, "--retries", "a number from 0 on",
             "How often a file is tried again after its child process died; default: 1",
             [=](const std::string& text) { return parse_retries(text, retries); })
      ->type_name("N")
      ->group(kResourceGroup);
  add_parsed(command, "--timeout", "a number of seconds from 1 on",
             "The whole load must end within so many seconds; default: no limit",
             [seconds = &options.timeout_seconds](const std::string& text) {
               return parse_timeout(text, seconds);
             })
      ->type_name("SECONDS")
      ->group(kResourceGroup);
  command
      .add_option(
          "--loader", options.loader_program,
          "Program of the child processes; default: $FOREBAY_LOADER, then forebay-loader next "
          "to the library")
      ->type_name("PATH")
      ->group(kResourceGroup);
  CLI::Option* child =
      command
          .add_option("--child", options.child,
                      "A child program of your own that reads the files (see forebay/child.h): a "
                      "path, or a name to look for in PATH")
          ->type_name("PROGRAM")
          ->excludes("--loader")
          ->group(kResourceGroup);
  command.add_option("--child-arg", options.child_arguments, "An argument for it; may be repeated")
      ->type_name("ARG")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->needs(child)
      ->group(kResourceGroup);
}

void add_report_options(CLI::App& command, LoadOptions& options) {
  command
      .add_flag("--json", options.json, "Print the summary as one JSON object on standard output")
      ->group(kReportGroup);
  command.add_flag("--quiet", options.quiet, "No progress bar and no summary line")
      ->group(kReportGroup);
  command
      .add_flag("--verbose", options.verbose,
                "Say on standard error what child programs of your own have to tell")
      ->group(kReportGroup);
}

const char* text_or_null(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

std::uint32_t single_character(std::string_view text) {
  return text.size() == 1 ? static_cast<unsigned char>(text.front()) : 0U;
}

}  // namespace

std::uint32_t parse_delimiter(std::string_view text) {
  struct Name {
    std::string_view name;
    std::uint32_t value;
  };
  constexpr Name kNames[] = {
      {"tab", '\t'},      {"\\t", '\t'},
      {"comma", ','},     {"space", ' '},
      {"semicolon", ';'}, {"colon", ':'},
      {"pipe", '|'},      {"blanks", FOREBAY_LOADER_DELIMITER_BLANKS},
  };
  for (const Name& known : kNames) {
    if (known.name == text) return known.value;
  }
  return single_character(text);
}

std::uint32_t parse_quote(std::string_view text) {
  return text == "off" ? std::uint32_t{FOREBAY_LOADER_QUOTE_OFF} : single_character(text);
}

std::uint32_t parse_policy(std::string_view text) {
  if (text == "fail") return FOREBAY_LOADER_ON_ERROR_FAIL;
  if (text == "skip") return FOREBAY_LOADER_ON_ERROR_SKIP;
  return text == "null" ? std::uint32_t{FOREBAY_LOADER_ON_ERROR_NULL} : 0U;
}

std::uint32_t parse_format(std::string_view text) {
  constexpr std::string_view kNames[] = {"auto", "text", "npy", "npz", "raw"};
  for (std::uint32_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == text) return i + FOREBAY_LOADER_FORMAT_AUTO;
  }
  return 0;
}

std::uint32_t parse_layout(std::string_view text) {
  if (text == "rows") return FOREBAY_ARRAY_ROWS;
  return text == "columns" ? FOREBAY_ARRAY_COLUMNS : 0;
}

bool parse_commit_every(std::string_view text, LoadOptions* options) {
  struct Unit {
    std::string_view suffix;
    std::uint64_t factor;
    std::uint64_t LoadOptions::*field;
  };
  constexpr Unit kUnits[] = {{"rows", 1, &LoadOptions::commit_rows},
                             {"ms", 1, &LoadOptions::commit_milliseconds},
                             {"s", 1000, &LoadOptions::commit_milliseconds}};
  constexpr std::uint64_t kMost = 1'000'000'000'000'000;
  options->commit_bytes = options->commit_rows = options->commit_milliseconds = 0;
  for (const Unit& unit : kUnits) {
    if (text.size() <= unit.suffix.size() ||
        text.substr(text.size() - unit.suffix.size()) != unit.suffix)
      continue;
    std::uint64_t count = 0;
    if (!parse_count(text.substr(0, text.size() - unit.suffix.size()), 1, kMost, &count))
      return false;
    options->*unit.field = count * unit.factor;
    return true;
  }
  return parse_size(text, &options->commit_bytes);
}

bool parse_batch(std::string_view text, std::uint32_t* batch, std::uint64_t* rows) {
  *rows = 0;
  *batch = text == "chunk"    ? FOREBAY_LOADER_BATCH_CHUNK
           : text == "source" ? FOREBAY_LOADER_BATCH_SOURCE
                              : FOREBAY_LOADER_BATCH_ROWS;
  return *batch != FOREBAY_LOADER_BATCH_ROWS || parse_count(text, 1, UINT64_MAX, rows);
}

void add_dialect_options(CLI::App& command, LoadOptions& options) {
  add_text_options(command, options);
}

void add_load_options(CLI::App& command, LoadOptions& options) {
  add_input_options(command, options);
  add_policy_options(command, options);
  add_value_options(command, options.values);
  add_output_options(command, options);
  add_resource_options(command, options);
  add_report_options(command, options);
  command.footer(kExamples);
}

std::string in_words_of_options(std::string message) {
  struct Word {
    std::string_view library;
    std::string_view here;
  };
  constexpr Word kWords[] = {{"memory_bytes", "--memory"},       {"split_bytes", "--split"},
                             {"batch_rows", "--batch"},          {"max_errors", "--max-errors"},
                             {"on_error", "--on-error"},         {"set header", "use --header"},
                             {"header_bytes", "--header-bytes"}, {"the option member", "--member"},
                             {"total_timeout_ms", "--timeout"}};
  for (const Word& word : kWords) {
    for (std::size_t at = 0; (at = message.find(word.library, at)) != std::string::npos;) {
      message.replace(at, word.library.size(), word.here);
      at += word.here.size();
    }
  }
  return message;
}

void prepare_child_argv(LoadOptions* options) {
  options->child_argv.clear();
  if (options->child.empty()) return;
  options->child_argv.push_back(options->child.c_str());
  for (const std::string& argument : options->child_arguments)
    options->child_argv.push_back(argument.c_str());
  options->child_argv.push_back(nullptr);
}

forebay_loader_options loader_options_of(const LoadOptions& options) {
  forebay_loader_options out = FOREBAY_LOADER_OPTIONS_INIT;
  out.children = options.jobs;
  out.memory_bytes = options.memory_bytes;
  // Why: a table for each source takes arrays, and an array of a chunk's rows goes to disk
  // uncopied.
  const bool is_chunk = options.batch == 0 || options.batch == FOREBAY_LOADER_BATCH_CHUNK;
  out.batch_rows = is_chunk ? options.chunk_rows : options.batch_rows;
  out.batch = is_chunk ? 0 : options.batch;
  out.order = options.order;
  out.retries = options.retries;
  out.total_timeout_ms = options.timeout_seconds * 1000;
  out.split_bytes = options.split_bytes;
  out.delimiter = options.delimiter;
  out.quote = options.quote;
  out.header = options.header ? FOREBAY_LOADER_HEADER_ON : FOREBAY_LOADER_HEADER_OFF;
  out.skip_rows = options.skip_rows;
  out.comment = text_or_null(options.comment);
  out.columns = text_or_null(options.columns);
  out.program = text_or_null(options.loader_program);
  out.child_argv = options.child_argv.empty() ? nullptr : options.child_argv.data();
  out.on_error = options.on_error;
  out.max_errors = options.max_errors;
  out.keep_rejects = options.keep_rejects;
  set_value_options(options.values, &out);
  // A table for each source takes arrays: in its layout they need no conversion.
  out.layout = options.layout;
  return out;
}

forebay_loader_file_options file_options_of(const LoadOptions& options) {
  forebay_loader_file_options out = FOREBAY_LOADER_FILE_OPTIONS_INIT;
  out.max_rows = options.max_rows;
  out.format = options.format;
  out.header_bytes = options.header_bytes;
  out.member = text_or_null(options.member);
  return out;
}

}  // namespace forebay::cli
