// The options of `forebay load` about the filters of a new table's chunks.
#pragma once

#include <forebay/forebay.h>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>

namespace forebay::cli {

// Zero and false mean none, as in the C struct.
struct FilterOptions {
  std::uint32_t deflate = 0;
  std::uint32_t zstd = 0;
  bool lz4 = false;
  std::uint32_t blosc = 0;
  bool shuffle = false;
  bool fletcher32 = false;
};

void add_filter_options(CLI::App& command, const std::string& group, FilterOptions& options);
// What is wrong with them together; empty: nothing.
std::string filter_problem(const FilterOptions& options);
void set_filter_options(const FilterOptions& options, forebay_table_options* out);

}  // namespace forebay::cli
