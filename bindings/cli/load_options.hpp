// What `forebay load` was asked to do, and the translation into the options of the library.
#pragma once

#include <forebay/forebay.h>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filter_options.hpp"
#include "value_options.hpp"

namespace forebay::cli {

// Zero and "" mean the library's default, as in the C structs.
struct LoadOptions {
  std::vector<std::string> files{};
  std::string dtype{};
  std::string columns{};
  std::uint32_t delimiter = 0;
  std::uint32_t quote = 0;
  std::string comment{};
  bool header = false;
  std::uint32_t skip_rows = 0;
  std::uint64_t max_rows = 0;
  std::uint32_t on_error = 0;
  std::uint64_t max_errors = 0;
  std::uint32_t keep_rejects = 0;
  ValueOptions values{};
  std::uint32_t format = 0;
  std::uint64_t header_bytes = 0;
  std::string member{};

  std::string output{};
  std::string table = "data";
  bool per_source = false;
  std::uint64_t chunk_rows = 0;
  std::uint32_t layout = 0;  // of new tables; 0: rows
  FilterOptions filters{};
  bool append = false;
  bool force = false;
  bool again = false;
  // Of these one is set at most.
  std::uint64_t commit_bytes = 0;
  std::uint64_t commit_rows = 0;
  std::uint64_t commit_milliseconds = 0;

  std::uint32_t jobs = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t split_bytes = 0;
  std::uint32_t order = 0;
  std::uint32_t batch = 0;
  std::uint64_t batch_rows = 0;
  std::uint32_t retries = 0;
  std::uint32_t timeout_seconds = 0;
  std::string loader_program{};
  std::string child{};  // a child program of the user's own
  std::vector<std::string> child_arguments{};
  std::vector<const char*> child_argv{};  // of the two above, for the library

  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

// Those of `load` that say what a row, a field and a header are.
void add_dialect_options(CLI::App& command, LoadOptions& options);
void add_load_options(CLI::App& command, LoadOptions& options);

// Strings are borrowed from `options`.
forebay_loader_options loader_options_of(const LoadOptions& options);
// The vector of --child, which the options of the library point to.
void prepare_child_argv(LoadOptions* options);
forebay_loader_file_options file_options_of(const LoadOptions& options);

// A message of the library with its names of options replaced by those of the command line.
std::string in_words_of_options(std::string message);

// A name such as "tab", an escape such as "\t", or the character itself; 0 if it is none of them.
std::uint32_t parse_delimiter(std::string_view text);
std::uint32_t parse_quote(std::string_view text);
// fail, skip or null.
std::uint32_t parse_policy(std::string_view text);
// auto, text, npy, npz or raw; 0 if it is none of them.
std::uint32_t parse_format(std::string_view text);
std::uint32_t parse_layout(std::string_view text);
// "64M", "100000rows", "500ms" or "5s" into one of the commit options; false if it is none of them.
bool parse_commit_every(std::string_view text, LoadOptions* options);

// "chunk", "source" or a number of rows. False if the text is none of them.
bool parse_batch(std::string_view text, std::uint32_t* batch, std::uint64_t* rows);

}  // namespace forebay::cli
