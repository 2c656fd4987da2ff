// Front header of store: tables of rows in one HDF5 file. The only folder that knows HDF5, which
// does not show here. Thread rule: a store and its tables belong to one thread at a time; HDF5 is
// called on that thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "arena/arena.hpp"
#include "base/base.hpp"
#include "codec/codec.hpp"
#include "dtype/dtype.hpp"
#include "platform/platform.hpp"

namespace forebay::core {

enum class StoreMode : std::uint8_t { append = 1, create, replace, read };

enum class Durability : std::uint8_t { full = 1, ordered, none };

// When a bulk load commits by itself; zero: not for this reason.
struct CommitPolicy {
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  std::uint64_t milliseconds = 0;
};

struct StoreOptions {
  StoreMode mode = StoreMode::append;
  std::uint32_t names = 0;  // names to keep room for in a group; 0: 1,000
  Durability durability = Durability::full;
  // Not for users: tests make them small, so that a short life meets what they bound.
  std::uint64_t checkpoint_bytes = 0;  // see CommitLimits; 0: its default, here and below
  std::uint64_t ahead_bytes = 0;
  std::uint64_t held_bytes = 0;
  CommitPolicy commit_policy{};
};

struct RecoverOptions {
  // A file that was not closed and has no journal is taken as it is, if every chunk can be read.
  bool accept_without_journal = false;
};

enum class RecoverAction : std::uint8_t { nothing = 1, replayed, accepted };

struct RecoverResult {
  RecoverAction action = RecoverAction::nothing;
  std::uint64_t commits = 0;  // that were replayed
  std::uint64_t rows = 0;     // that were read, when it was accepted
};

// What the journal beside a file is to it.
enum class JournalState : std::uint8_t {
  none = 1,   // the file is closed, there is none
  left_over,  // the file is closed, the journal has nothing for it
  waiting,    // the file was not closed, its commits are in the journal
  live,       // a writer has the file open
  missing,    // the file was not closed, there is none
  damaged,    // the file was not closed, the journal is not whole or another file's
  conflict    // somebody else marked the file as closed, although the journal has commits
};

struct StoreInfo {
  JournalState journal = JournalState::none;
  std::uint32_t writer = 0;  // process of a live one, as far as the journal tells
  std::uint64_t file_bytes = 0;
  std::uint64_t journal_bytes = 0;
  // Of the journal's generation.
  std::uint64_t generation = 0;
  std::uint64_t commit = 0;  // the newest one's number, counted from an opening of a closed file
  std::uint64_t commits = 0;
  std::uint64_t waiting_bytes = 0;  // that the frames of commits take
};

struct StoreSpace {
  std::uint64_t used = 0;  // by what the newest commit reaches
  std::uint64_t left =
      0;  // by what it does not: superseded chunks and headers, gaps between chunks
};

struct TableOptions {
  std::uint64_t chunk_rows = 0;  // 0: default_chunk_rows()
  // Columns: a dataset for each field. A bare dtype has one dataset in either layout.
  Layout layout = Layout::rows;
  codec::ChunkFilters filters{};
};

struct TableInfo {
  std::uint32_t rank = 0;
  std::uint64_t rows = 0;
  std::uint64_t row_bytes = 0;
  std::uint64_t chunk_rows = 0;
  std::uint64_t chunks = 0;
  std::uint64_t stored_bytes = 0;
  Layout layout = Layout::rows;
  codec::ChunkFilters filters{};
};

// Ingest's.
class LoadRecord;
class Ledger;

// Where a load into a table began: what a bulk load must remember between its steps.
struct LoadMark {
  std::uint64_t loader = 0;  // its serial number
  std::uint64_t first_row = 0;
  std::shared_ptr<LoadRecord> record{};
  std::shared_ptr<Ledger> ledger{};  // of the table, whatever the loader
};

// A bad row of a source as the file remembers it. Texts longer than a field are cut: a path keeps
// its end.
struct StoredReject {
  Code code = FOREBAY_OK;
  std::uint32_t source = 0;  // in the loader that met it
  std::uint64_t line = 0;
  std::uint64_t byte = 0;
  std::uint32_t column = 0;
  std::uint64_t count = 1;  // more than one: rejects of the source that were only counted
  std::string path{};
  std::string reason{};
  std::string text{};
};

class Store;

class Table {
 public:
  class Core;
  explicit Table(std::unique_ptr<Core> core);
  ~Table();

  [[nodiscard]] const DtypeRef& dtype() const noexcept;
  [[nodiscard]] const std::string& name() const noexcept;
  [[nodiscard]] std::uint64_t rows() const noexcept;  // the uncommitted ones too
  [[nodiscard]] std::uint64_t chunk_rows() const noexcept;
  [[nodiscard]] Layout layout() const noexcept;
  [[nodiscard]] std::uint64_t bytes_copied() const noexcept;
  [[nodiscard]] LoadMark& load_mark() noexcept;

  // Whether an append would be taken now: FOREBAY_E_STATE, FOREBAY_E_POISONED.
  [[nodiscard]] Status check_appendable() const;
  // Whole chunks that begin on a chunk boundary go from the array's block to the file; other rows,
  // and those of an array in another layout than the table's, are copied. The array is frozen until
  // what is not copied is written, which may be after this returned.
  Status append_array(Array& array);
  // How its whole chunks are stored; with no filter, as they are.
  [[nodiscard]] ChunkForm chunk_form() const;
  // Whether packed rows are the next chunk as they are; else unpack_array() them first.
  [[nodiscard]] bool takes_packed(const Array& array) const;
  // `rows.size()` is a multiple of the row's bytes.
  Status append_rows(std::span<const std::byte> rows);

  // Reads up to `rows` rows; the number read, 0 only at or past the end (or when none were asked
  // for).
  Result<std::uint64_t> read(std::uint64_t first, std::uint64_t rows, std::byte* out);
  // As read(), of one field, packed; there is one of this index.
  Result<std::uint64_t> read_column(std::uint32_t index, std::uint64_t first, std::uint64_t rows,
                                    std::byte* out);

  Status set_text(const std::string& name, std::string_view text);
  Status set_number(const std::string& name, double value);
  // Nothing: there is no such attribute.
  Result<std::optional<std::string>> get_text(const std::string& name);
  Result<std::optional<double>> get_number(const std::string& name);

  Result<TableInfo> info();
  // In the order of the names. Borrowed until an attribute is set or the store goes on to another
  // commit.
  Result<const std::vector<std::string>*> attribute_names();

  // To its store, with the next commit.
  Status append_rejects(std::span<const StoredReject> rejects);
  // A hidden table of the same file, in the reserved group: FOREBAY_E_NOT_FOUND when it is not
  // there and no dtype is given. Committed with all others.
  Result<Table*> companion(const std::string& name, const DtypeRef& dtype,
                           const TableOptions& options);
  [[nodiscard]] const CommitPolicy& commit_policy() const noexcept;
  // Commits the whole store.
  Status commit_store();

 private:
  friend class Store;
  std::unique_ptr<Core> core_;  // another one after the store went on to a later commit
  DtypeRef dtype_;
};

// Puts the rows of an array back in the place of its packed chunks. FOREBAY_E_FORMAT: a child has
// packed what does not unpack; the rows are lost then.
Status unpack_array(Array& array);

class Store {
 public:
  // A file that is made appears under its name when it is a complete, empty store on the disk:
  // before open() returns or, when it replaces another, with the first commit, so that the old file
  // stays until then.
  static Result<std::unique_ptr<Store>> open(const std::string& path, const StoreOptions& options,
                                             Storage& storage = system_storage());
  // Without close(): nothing more is written.
  ~Store();

  // OK: all tables' rows are there whatever happens. After a failed write, resize or sync every
  // call but close() is FOREBAY_E_POISONED; a failure to make room for the commit leaves it open to
  // try again.
  // A commit that was begun comes first.
  Status commit();
  // Does what of a commit needs HDF5 and leaves the rest to another thread; what is appended from
  // now on goes into the next commit. FOREBAY_E_STATE when one was begun and not polled to its end;
  // after another failure none was begun. `ticket` is its number, from 1.
  Status begin_commit(std::uint64_t* ticket);
  // Its outcome, as commit() would tell, or FOREBAY_AGAIN after about `timeout_ms`; negative: waits
  // for its end. FOREBAY_NONE: none was begun. `ticket`: the newest one that is durable; all before
  // it are.
  Status poll_commit(int timeout_ms, std::uint64_t* ticket);
  // Commits unless poisoned, and ends the store and its tables. Once.
  Status close();

  // Names of all tables, depth first, in the order of the names. Borrowed until a table is added.
  Result<const std::vector<std::string>*> table_names() const;
  // Opens, or creates when `dtype` is given. Borrowed: lives as long as the store; the same name
  // gives the same table.
  Result<Table*> open_table(const std::string& name, const DtypeRef& dtype,
                            const TableOptions& options);
  // For a store that is open for reading: shows the newest commit. OK: there are newer rows;
  // FOREBAY_NONE: nothing new; FOREBAY_END: the writer has closed the file, nothing more comes.
  Status refresh();
  // Reads every chunk of every table; `rows` counts the rows that could be read.
  Status verify(std::uint64_t* rows);

  Result<StoreSpace> space();

  // The rejects of all loads, in the order they were appended; the uncommitted ones too.
  Status append_rejects(std::span<const StoredReject> rejects);
  Result<std::uint64_t> reject_count();
  // false: there is no such reject.
  Result<bool> read_reject(std::uint64_t index, StoredReject* out);

  class Core;
  explicit Store(std::unique_ptr<Core> core);

 private:
  std::unique_ptr<Core> core_;
};

// Works on a file that cannot be opened too, and keeps nobody waiting.
Result<StoreInfo> inspect_store(const std::string& path, Storage& storage = system_storage());

// Brings a file whose writer died to its last commit and leaves it closed.
Result<RecoverResult> recover_store(const std::string& path, const RecoverOptions& options,
                                    Storage& storage = system_storage());

struct RepackOptions {
  std::string output{};  // empty: in place of the file
  bool replace = false;  // an output that is there
};

struct RepackResult {
  std::uint32_t tables = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes_before = 0;
  std::uint64_t bytes_after = 0;
};

// Writes the file anew without what is left behind in it. Whatever happens there is the old file or
// the new one, whole.
Result<RepackResult> repack_store(const std::string& path, const RepackOptions& options,
                                  Storage& storage = system_storage());

}  // namespace forebay::core
