// The file that a load writes, its tables, and how it is left behind: committed, marked, or
// removed.
#pragma once

#include <forebay/forebay.h>

#include <chrono>
#include <string>
#include <vector>

#include "load_options.hpp"
#include "load_summary.hpp"

namespace forebay::cli {

struct OutputTable {
  std::string name{};
  forebay_table* handle = nullptr;  // borrowed from the store
  std::uint64_t rows_before = 0;
  std::uint64_t row_bytes = 0;
};

class LoadOutput {
 public:
  explicit LoadOutput(const LoadOptions& options) : options_(options) {}
  ~LoadOutput();
  LoadOutput(const LoadOutput&) = delete;
  LoadOutput& operator=(const LoadOutput&) = delete;

  // Opens the file as --append and --force say. After a failure the file is as it was.
  forebay_status open(std::size_t tables, forebay_error* err);
  forebay_status open_table(const std::string& name, const forebay_dtype* dtype,
                            forebay_error* err);

  // Has the loader go on behind what the tables hold of its files.
  forebay_status resume(forebay_loader* loader, forebay_error* err) const;
  // Commits when --commit-every says so; for rows that do not come by the bulk path.
  forebay_status commit_if_due(std::uint64_t rows, std::uint64_t row_bytes, forebay_error* err);

  [[nodiscard]] const std::vector<OutputTable>& tables() const { return tables_; }
  [[nodiscard]] bool is_created() const { return created_; }
  [[nodiscard]] std::uint64_t rows_added() const;

  // Adds the sources that lack rows to the table's text attribute `forebay_incomplete`, a path a
  // line, and takes those out that are whole now.
  forebay_status mark_incomplete(const OutputTable& table, const std::vector<std::string>& lacking,
                                 const std::vector<std::string>& whole, forebay_error* err);
  void describe(LoadSummary* summary) const;
  // Commits and closes.
  forebay_status finish(forebay_error* err);
  // Closes and, if this load created the file, removes it. True if the file is gone.
  bool discard();

 private:
  const LoadOptions& options_;
  forebay_store* store_ = nullptr;
  bool created_ = false;
  std::uint64_t rows_since_ = 0;  // the last commit
  std::uint64_t bytes_since_ = 0;
  std::chrono::steady_clock::time_point committed_ = std::chrono::steady_clock::now();
  std::vector<OutputTable> tables_;
};

// Name of the text attribute that lists sources of which rows are missing.
constexpr const char* kIncompleteAttribute = "forebay_incomplete";

// The text of that attribute; "" if there is none.
std::string incomplete_text(forebay_table* table);

}  // namespace forebay::cli
