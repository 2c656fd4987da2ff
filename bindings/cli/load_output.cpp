#include "load_output.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "escape.hpp"

namespace forebay::cli {
namespace {

constexpr std::size_t kMostMarkBytes = 59'000;
constexpr std::uint32_t kDefaultNames = 1000;

bool exists(const std::string& path) {
  struct stat state = {};
  return ::lstat(path.c_str(), &state) == 0;
}

void set_message(forebay_error* err, forebay_status code, const std::string& message) {
  err->code = code;
  std::snprintf(err->message, sizeof(err->message), "%s", message.c_str());
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

std::string incomplete_text(forebay_table* table) {
  std::uint64_t needed = 0;
  const forebay_status found =
      forebay_table_get_text(table, kIncompleteAttribute, nullptr, 0, &needed, nullptr);
  if ((found != FOREBAY_OK && found != FOREBAY_E_LIMIT) || needed == 0) return {};
  std::string text(needed, '\0');
  if (forebay_table_get_text(table, kIncompleteAttribute, text.data(), needed, nullptr, nullptr) !=
      FOREBAY_OK) {
    return {};
  }
  text.resize(needed - 1);
  return text;
}

LoadOutput::~LoadOutput() {
  forebay_store_abandon(store_);
}

forebay_status LoadOutput::open(std::size_t tables, forebay_error* err) {
  forebay_store_options options = FOREBAY_STORE_OPTIONS_INIT;
  options.mode = options_.append  ? FOREBAY_STORE_APPEND
                 : options_.force ? FOREBAY_STORE_REPLACE
                                  : FOREBAY_STORE_CREATE;
  if (tables > kDefaultNames) options.names = static_cast<std::uint32_t>(2 * tables);
  options.commit_bytes = options_.commit_bytes;
  options.commit_rows = options_.commit_rows;
  options.commit_milliseconds = options_.commit_milliseconds;
  // What was committed on the way is there to stay.
  const bool commits =
      options_.commit_bytes + options_.commit_rows != 0 || options_.commit_milliseconds != 0;
  created_ = !commits && (!options_.append || !exists(options_.output));
  const forebay_status status = forebay_store_open(options_.output.c_str(), &options, &store_, err);
  if (status == FOREBAY_E_EXISTS) {
    set_message(err, status,
                options_.output +
                    ": exists already; use --append to add rows to it or --force to replace it");
  }
  return status;
}

forebay_status LoadOutput::open_table(const std::string& name, const forebay_dtype* dtype,
                                      forebay_error* err) {
  forebay_table_options options = FOREBAY_TABLE_OPTIONS_INIT;
  options.chunk_rows = options_.chunk_rows;
  options.layout = options_.layout;
  set_filter_options(options_.filters, &options);
  OutputTable table{name};
  const forebay_status status =
      forebay_table_open(store_, name.c_str(), dtype, &options, &table.handle, err);
  if (status != FOREBAY_OK) return status;
  table.rows_before = forebay_table_rows(table.handle);
  table.row_bytes = forebay_dtype_row_bytes(dtype);
  tables_.push_back(table);
  return FOREBAY_OK;
}

std::uint64_t LoadOutput::rows_added() const {
  std::uint64_t rows = 0;
  for (const OutputTable& table : tables_) {
    rows += forebay_table_rows(table.handle) - table.rows_before;
  }
  return rows;
}

forebay_status LoadOutput::resume(forebay_loader* loader, forebay_error* err) const {
  if (!options_.per_source)
    return forebay_loader_resume(loader, tables_.front().handle, FOREBAY_NO_SOURCE, err);
  for (std::uint32_t i = 0; i < tables_.size(); ++i) {
    const forebay_status status = forebay_loader_resume(loader, tables_[i].handle, i, err);
    if (status < 0) return status;
  }
  return FOREBAY_OK;
}

forebay_status LoadOutput::commit_if_due(std::uint64_t rows, std::uint64_t row_bytes,
                                         forebay_error* err) {
  rows_since_ += rows;
  bytes_since_ += rows * row_bytes;
  const auto now = std::chrono::steady_clock::now();
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - committed_);
  const bool is_due = (options_.commit_rows != 0 && rows_since_ >= options_.commit_rows) ||
                      (options_.commit_bytes != 0 && bytes_since_ >= options_.commit_bytes) ||
                      (options_.commit_milliseconds != 0 &&
                       static_cast<std::uint64_t>(waited.count()) >= options_.commit_milliseconds);
  if (!is_due) return FOREBAY_OK;
  rows_since_ = bytes_since_ = 0;
  committed_ = now;
  return forebay_store_commit(store_, err);
}

forebay_status LoadOutput::mark_incomplete(const OutputTable& table,
                                           const std::vector<std::string>& lacking,
                                           const std::vector<std::string>& whole,
                                           forebay_error* err) {
  const std::string before = incomplete_text(table.handle);
  std::vector<std::string> lines = lines_of(before);
  for (const std::string& path : whole) std::erase(lines, escaped(path));
  for (const std::string& path : lacking) {
    const std::string line = escaped(path);
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
  std::string text;
  std::size_t left_out = 0;
  for (const std::string& line : lines) {
    if (text.size() + line.size() + 1 > kMostMarkBytes) {
      ++left_out;
      continue;
    }
    if (!text.empty()) text += '\n';
    text += line;
  }
  if (left_out > 0) text += "\nand " + std::to_string(left_out) + " more";
  if (text == before) return FOREBAY_OK;
  return forebay_table_set_text(table.handle, kIncompleteAttribute, text.c_str(), err);
}

void LoadOutput::describe(LoadSummary* summary) const {
  summary->rows = rows_added();
  for (const OutputTable& table : tables_) {
    const std::uint64_t rows = forebay_table_rows(table.handle);
    const std::uint64_t copied = forebay_table_bytes_copied(table.handle);
    summary->bytes_copied += copied;
    summary->rows_copied += copied / table.row_bytes;
    summary->tables.push_back(
        {table.name, rows - table.rows_before, rows, !incomplete_text(table.handle).empty()});
  }
}

forebay_status LoadOutput::finish(forebay_error* err) {
  const forebay_status committed = forebay_store_commit(store_, err);
  forebay_error close_error = FOREBAY_ERROR_INIT;
  const forebay_status closed = forebay_store_close(store_, &close_error);
  store_ = nullptr;
  tables_.clear();
  if (committed < 0 || closed >= 0) return committed;
  *err = close_error;
  return closed;
}

bool LoadOutput::discard() {
  forebay_store_abandon(store_);
  store_ = nullptr;
  tables_.clear();
  if (!created_ || ::unlink(options_.output.c_str()) != 0) return false;
  // After a failed write its journal may be there still.
  ::unlink((options_.output + "-journal").c_str());
  return true;
}

}  // namespace forebay::cli
