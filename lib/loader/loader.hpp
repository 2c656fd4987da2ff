// Front header of loader: the coordinator of child processes. One thread, which does the work
// inside next() and step().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arena/arena.hpp"
#include "base/base.hpp"
#include "dtype/dtype.hpp"
#include "loader/file_options.hpp"
#include "loader/sniff.hpp"

namespace forebay::core {

// What becomes of a row that cannot be read; wire::OnError.
enum class OnError : std::uint32_t { fail = 1, skip, null };

// Between sources; inside a source rows are always in order.
enum class Order : std::uint8_t { source, any };

struct LoaderOptions {
  std::uint32_t children = 0;  // 0: usable processors
  std::uint64_t memory_bytes = 256U << 20U;
  std::uint64_t batch_rows = 0;  // 0: default_chunk_rows()
  std::uint64_t split_bytes = 4U << 20U;
  std::uint32_t retries = 1;
  std::uint32_t start_timeout_ms = 30'000;
  std::uint32_t progress_timeout_ms = 60'000;
  // The dialect, as text/ knows it; checked by the caller.
  char delimiter = 0;  // 0: runs of blanks
  char quote = 0;      // 0: none
  std::string comment{};
  std::uint32_t skip_rows = 0;
  bool has_header = false;
  std::string columns{};
  std::string program{};
  // A custom child: its path and arguments instead of `program`, and bytes for it. Sources are then
  // handed to it whole and unseen.
  std::vector<std::string> child_argv{};
  std::string child_config{};
  bool inherit_error_output = false;
  OnError on_error = OnError::fail;
  std::uint64_t max_errors = UINT64_MAX;  // rejects that each source may have
  std::uint64_t keep_rejects = 1000;      // rejects to keep with their text
  ValueRules values{};                    // checked by the caller, as the dialect is
  Layout layout = Layout::rows;           // of the arrays
  Order order = Order::source;
  bool whole_sources = false;          // an array holds all rows of its source
  std::uint32_t total_timeout_ms = 0;  // 0: none
  bool inflates_apart = true;          // compressed text is decoded by one child, parsed by all
};

// A field that was filled because it could not be read, or a row that was passed over.
struct Reject {
  Code code = FOREBAY_OK;
  std::uint32_t source = kNoSource;
  std::uint64_t line = 0;
  std::uint64_t byte = 0;
  std::uint32_t column = 0;
  std::string reason{};
  std::string text{};  // of the line, cut and printable
  bool is_stored = false;
};

struct SourceRejects {
  std::uint64_t rejects = 0;
  std::uint64_t skipped = 0;  // rows passed over
  std::uint64_t kept = 0;     // of the rejects, in rejects() or a store
  // Of earlier loads that this one goes on behind: in the store, and counted only.
  std::uint64_t written_before = 0;
  std::uint64_t counted_before = 0;
};

struct LoaderProgress {
  std::uint32_t children = 0;
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;
  std::uint64_t rows_done = 0;
  std::uint32_t sources_done = 0;
  std::uint32_t sources_failed = 0;
  std::uint32_t sources_total = 0;
  std::uint32_t child_restarts = 0;
  double elapsed_seconds = 0;
  std::uint64_t fields_truncated = 0;  // in rows delivered
  std::uint64_t rows_copied = 0;       // into joined arrays
};

struct ChildProgress {
  int pid = 0;
  std::uint32_t source = kNoSource;
  std::uint32_t tasks = 0;
  std::uint64_t rows_done = 0;
};

// A note of a child program.
struct ChildNote {
  std::uint32_t level = 0;
  std::uint32_t source = kNoSource;
  int pid = 0;
  std::uint64_t lost = 0;  // notes dropped between the one before and this one
  std::string text{};
};

// What an earlier load has stored of a source.
struct ResumePoint {
  Provenance at;
  std::uint64_t size = 0;  // of the file then
  std::int64_t mtime_ns = 0;
  bool is_complete = false;           // it was read to its end
  std::uint64_t rejects_written = 0;  // of its rejects, in the store
  std::uint64_t options = 0;          // hash of everything that decides which rows it gives
};

// A source as the coordinator knows it now.
struct SourceFacts {
  std::string path{};
  std::string resolved{};        // absolute, without symbolic links
  std::uint32_t occurrence = 0;  // sources added before with the same resolved path
  std::uint64_t size = 0;        // these are known once it was opened
  std::int64_t mtime_ns = 0;
  Provenance at{};         // behind the last row delivered, or its end
  bool is_traced = false;  // `at` is known
  bool is_opaque = false;
  bool is_finished = false;
  bool is_limited = false;            // it ended because its max_rows was reached
  std::uint64_t rejects_written = 0;  // of its rejects, in the store
  std::uint64_t options = 0;          // hash of everything that decides which rows it gives
  Code failure = FOREBAY_OK;
};

class Loader {
 public:
  static Result<std::unique_ptr<Loader>> open(DtypeRef dtype, const LoaderOptions& options);
  ~Loader();

  Status add_file(std::string path, const FileOptions& options);
  Status add_file(std::string path, std::uint64_t max_rows) {
    FileOptions options;
    options.max_rows = max_rows;
    return add_file(std::move(path), options);
  }
  // A file, the files of a folder, those that a pattern matches, or those that a list (`@list`)
  // names. `added`: how many. FOREBAY_E_NOT_FOUND when there is none; then none is added.
  Status add_path(const std::string& path, const FileOptions& options, std::uint32_t* added);
  // A source that is open already; the descriptor stays the caller's. `name` is for messages.
  Status add_descriptor(int descriptor, std::string name, const FileOptions& options);
  Status add_descriptor(int descriptor, std::string name, std::uint64_t max_rows) {
    FileOptions options;
    options.max_rows = max_rows;
    return add_descriptor(descriptor, std::move(name), options);
  }
  // The bulk path: arrays are cut where rows (counted over all sources, the first being
  // `first_row`) reach a multiple of `chunk_rows`, where that can be known ahead, and are delivered
  // as they were parsed: partial chunks are the caller's to join. Arrays then have the table's
  // `layout`, but for those of a custom child, whose program knows the loader's own. With a filter
  // in `form` whole chunks come packed, see Array::packed.
  // FOREBAY_E_STATE once work has begun with another geometry.
  Status use_grid(std::uint64_t chunk_rows, std::uint64_t first_row, Layout layout = Layout::rows,
                  const ChunkForm& form = {});

  // Source `index` goes on behind what is stored; its consumed part is read again first and
  // compared: FOREBAY_E_CHANGED is the source's failure. FOREBAY_E_STATE once work has begun.
  Status resume(std::uint32_t index, const ResumePoint& point);
  // False: no such source.
  bool source_facts(std::uint32_t index, SourceFacts* out) const;
  [[nodiscard]] Order order() const;
  // Differs from that of every other loader of this process.
  [[nodiscard]] std::uint64_t serial() const noexcept { return serial_; }

  // OK with an array (one reference, the caller's), FOREBAY_END, FOREBAY_AGAIN, FOREBAY_E_FULL, or
  // the failure of the source named in the detail. timeout_ms < 0: no limit.
  Status next(int timeout_ms, Array** out);
  Status step(int timeout_ms);
  [[nodiscard]] int descriptor() const;
  void cancel();

  [[nodiscard]] LoaderProgress progress() const;
  [[nodiscard]] bool child_progress(std::uint32_t index, ChildProgress* out) const;
  [[nodiscard]] ArenaStats arena_stats();
  [[nodiscard]] std::uint64_t bytes_copied() const;
  // OK at its end, FOREBAY_AGAIN, FOREBAY_NONE, or its failure.
  Status source_status(std::uint32_t index, std::uint64_t* rows) const;
  // Strings cut to fit their fields, in the rows delivered so far; nothing if there is no such
  // source.
  [[nodiscard]] std::optional<std::uint64_t> source_truncated(std::uint32_t index) const;
  [[nodiscard]] const char* source_path(std::uint32_t index) const;
  [[nodiscard]] const DtypeRef& dtype() const;

  // Of the rows delivered so far, in source order; the first keep_rejects of all. Those of the rows
  // that a child published together come when the last of these was delivered.
  [[nodiscard]] const std::vector<Reject>& rejects() const;
  [[nodiscard]] std::uint64_t rejects_total() const;
  // FOREBAY_NONE: no such source.
  Status source_rejects(std::uint32_t index, SourceRejects* out) const;
  // The mark of a writer to a store: how many of rejects() it has not written, and whether it wrote
  // the counts of those not kept.
  [[nodiscard]] std::uint64_t rejects_unstored() const;
  [[nodiscard]] bool are_counts_stored() const;
  void mark_rejects_stored(bool with_counts);
  // The oldest note that was not taken yet. False: there is none.
  bool take_note(ChildNote* out);
  // Whether the end was reported.
  [[nodiscard]] bool has_ended() const;

  // For loaders behind a handle: who lets go last ends it. The loader's thread.
  void hold() noexcept { ++holders_; }
  void let_go() noexcept {
    if (--holders_ == 0) delete this;
  }

  class Core;
  explicit Loader(std::unique_ptr<Core> core);

 private:
  std::unique_ptr<Core> core_;
  std::uint64_t serial_;
  std::uint32_t holders_ = 1;
};

// This executable calls forebay_child_main() and can be started as its own child.
void note_own_child_program() noexcept;

}  // namespace forebay::core
