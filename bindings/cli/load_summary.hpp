// What a load did, for a person (one line) or for a program (one JSON object).
#pragma once

#include <forebay/status.h>

#include <cstdint>
#include <string>
#include <vector>

namespace forebay::cli {

struct SourceSummary {
  std::string path{};
  std::string table{};
  std::uint64_t rows = 0;
  std::uint64_t truncated = 0;            // strings cut to fit their fields
  forebay_status status = FOREBAY_AGAIN;  // FOREBAY_AGAIN: not finished
  std::string message{};
  std::uint64_t rejects = 0;  // rows passed over and values filled
  std::uint64_t skipped = 0;  // rows passed over
};

struct TableSummary {
  std::string name{};
  std::uint64_t rows_added = 0;
  std::uint64_t rows = 0;
  bool incomplete = false;
};

struct LoadSummary {
  std::string output{};
  std::string dtype{};
  bool stored = false;  // the rows below were committed
  std::uint64_t rows = 0;
  bool is_nothing_new = false;  // the file had all rows before
  std::vector<SourceSummary> sources{};
  std::vector<TableSummary> tables{};
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;  // size of the file
  std::uint64_t bytes_copied = 0;
  std::uint64_t rows_copied = 0;  // the same
  std::uint64_t arena_high_water = 0;
  std::uint32_t children = 0;
  std::uint32_t child_restarts = 0;
  double seconds = 0;
  std::string error{};  // what ended the load, "" if it ran to its end
  int exit_code = 0;
};

std::string summary_line(const LoadSummary& summary);
std::string summary_json(const LoadSummary& summary);

}  // namespace forebay::cli
