/** @file forebay.hpp
 * @brief The C interface as C++17 classes: handles that end themselves, failures as exceptions.
 *
 * Header only: it adds nothing to the library's ABI. Each class owns one C handle (get() lends it) and says nothing new:
 * threads, order and meaning are those of the C function that a member calls.
 *
 * @code{.cpp}
 * forebay::Dtype row("chr:S10,pos:i4");
 * forebay::Loader loader(row);
 * loader.add_file("rep1.txt");
 * forebay::Store store("meth.h5");
 * store.table("data", row).append(loader);
 * store.commit();
 * @endcode
 */
#ifndef FOREBAY_HPP
#define FOREBAY_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "forebay/forebay.h"

/** The C++ face of forebay. */
namespace forebay {

/** @brief A failed call. what() is the one-line message; record() has code, source, line, column, byte and path. */
class Error : public std::runtime_error {
 public:
  /** Takes the record that the call filled. */
  Error(forebay_status code, const forebay_error &record)
      : std::runtime_error(record.message[0] != '\0' ? record.message : forebay_status_message(code)), record_(record) {
    record_.code = code;
  }
  /** FOREBAY_E_... */
  forebay_status code() const noexcept { return record_.code; }
  /** All that is known of the failure. */
  const forebay_error &record() const noexcept { return record_; }

 private:
  forebay_error record_;
};

/** @cond */
namespace detail {

// Calls `function(arguments..., &err)`: returns 0 or news (positive), throws on failure.
template <typename Function, typename... Arguments>
forebay_status call(Function function, Arguments... arguments) {
  forebay_error err = FOREBAY_ERROR_INIT;
  const forebay_status code = function(arguments..., &err);
  if (code < 0) throw Error(code, err);
  return code;
}

struct End {
  void operator()(forebay_dtype *handle) const noexcept { forebay_dtype_free(handle); }
  void operator()(forebay_array *handle) const noexcept { forebay_array_release(handle); }
  void operator()(forebay_arena *handle) const noexcept { forebay_arena_close(handle); }
  void operator()(forebay_loader *handle) const noexcept { forebay_loader_close(handle); }
  void operator()(forebay_store *handle) const noexcept { forebay_store_close(handle, nullptr); }
  void operator()(forebay_child *handle) const noexcept { forebay_child_close(handle); }
};

template <typename Handle>
using Owned = std::unique_ptr<Handle, End>;

}  // namespace detail
/** @endcond */

/** @brief What one row consists of. */
class Dtype {
 public:
  /** Parses text such as "chr:S10,pos:i4". */
  explicit Dtype(const std::string &text) { parse(forebay_dtype_parse, text); }
  /** Parses a numpy descr such as "[('chr', '|S10'), ('pos', '<i4')]". */
  static Dtype from_descr(const std::string &descr) {
    Dtype made;
    made.parse(forebay_dtype_parse_descr, descr);
    return made;
  }
  /** The text form. */
  std::string text() const { return forebay_dtype_text(get()); }
  /** The numpy descr. */
  std::string descr() const { return forebay_dtype_descr(get()); }
  /** Bytes of one packed row. */
  std::uint64_t row_bytes() const noexcept { return forebay_dtype_row_bytes(get()); }
  /** Number of fields. */
  std::uint32_t fields() const noexcept { return forebay_dtype_field_count(get()); }
  /** The C handle, borrowed. */
  const forebay_dtype *get() const noexcept { return handle_.get(); }
  /** Same bytes under the same names. */
  friend bool operator==(const Dtype &a, const Dtype &b) noexcept { return forebay_dtype_equal(a.get(), b.get()) != 0; }
  /** Not the same. */
  friend bool operator!=(const Dtype &a, const Dtype &b) noexcept { return !(a == b); }

 private:
  Dtype() = default;
  template <typename Parse>
  void parse(Parse function, const std::string &text) {
    forebay_dtype *made = nullptr;
    detail::call(function, text.c_str(), &made);
    handle_.reset(made);
  }
  detail::Owned<forebay_dtype> handle_;
};

/** @brief Rows in shared memory. Copying takes one more lease, the destructor gives one back. */
class Array {
 public:
  Array() = default;
  /** Takes over one lease of a C handle. */
  explicit Array(forebay_array *lease) noexcept : handle_(lease) {}
  /** One more lease on the same rows. */
  Array(const Array &other) noexcept : handle_(other ? forebay_array_retain(other.get()) : nullptr) {}
  /** Moves the lease. */
  Array(Array &&other) noexcept = default;
  /** Copies or moves. */
  Array &operator=(Array other) noexcept {
    handle_.swap(other.handle_);
    return *this;
  }
  ~Array() = default;

  /** Whether there is an array. */
  explicit operator bool() const noexcept { return handle_ != nullptr; }
  /** Where the rows are. */
  forebay_array_view view() const {
    forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
    detail::call(forebay_array_view_get, handle_.get(), &view);
    return view;
  }
  /** Number of rows. */
  std::uint64_t rows() const { return view().rows; }
  /** Row 0 as a packed struct of the caller's; the rows follow each other. */
  template <typename Row>
  Row *data() const {
    const forebay_array_view where = view();
    if (where.layout != FOREBAY_ARRAY_ROWS || where.row_bytes != sizeof(Row)) {
      throw std::invalid_argument("forebay::Array::data: the struct does not have the size of a row");
    }
    return static_cast<Row *>(where.data);
  }
  /** Sets the number of rows, after filling or filtering. */
  void set_rows(std::uint64_t rows) { detail::call(forebay_array_set_rows, get(), rows); }
  /** A descriptor of a copy for another process; the caller closes it. */
  int share() const {
    std::int32_t descriptor = -1;
    detail::call(forebay_array_share, static_cast<const forebay_array *>(get()), &descriptor);
    return descriptor;
  }
  /** The rows, read only, that another process shared; the descriptor stays the caller's. */
  static Array attach(int descriptor, const Dtype &expected) {
    forebay_array *made = nullptr;
    detail::call(forebay_array_attach, descriptor, expected.get(), &made);
    return Array(made);
  }
  /** The C handle, borrowed. */
  forebay_array *get() const noexcept { return handle_.get(); }

 private:
  detail::Owned<forebay_array> handle_;
};

/** @brief Shared memory with a quota, for programs that fill arrays themselves. */
class Arena {
 public:
  /** Opens an arena of at most `quota_bytes`. */
  explicit Arena(std::uint64_t quota_bytes) {
    forebay_arena *made = nullptr;
    detail::call(forebay_arena_open, quota_bytes, &made);
    handle_.reset(made);
  }
  /** An empty array with room for `rows` rows. */
  Array lease(const Dtype &dtype, std::uint64_t rows) {
    forebay_array *made = nullptr;
    detail::call(forebay_array_lease, get(), dtype.get(), rows, &made);
    return Array(made);
  }
  /** As lease(), in the columns layout. */
  Array lease_columns(const Dtype &dtype, std::uint64_t rows) {
    forebay_array *made = nullptr;
    detail::call(forebay_array_lease_columns, get(), dtype.get(), rows, &made);
    return Array(made);
  }
  /** The counters. */
  forebay_arena_stats stats() const {
    forebay_arena_stats stats = FOREBAY_ARENA_STATS_INIT;
    detail::call(forebay_arena_stats_get, get(), &stats);
    return stats;
  }
  /** The C handle, borrowed. */
  forebay_arena *get() const noexcept { return handle_.get(); }

 private:
  detail::Owned<forebay_arena> handle_;
};

/** @brief forebay_loader_options with every field at its default. */
struct LoaderOptions : forebay_loader_options {
  LoaderOptions() noexcept { forebay_loader_options_init(this); }
};
/** @brief forebay_loader_file_options with every field at its default. */
struct FileOptions : forebay_loader_file_options {
  FileOptions() noexcept { forebay_loader_file_options_init(this); }
};
/** @brief forebay_store_options with every field at its default. */
struct StoreOptions : forebay_store_options {
  StoreOptions() noexcept { forebay_store_options_init(this); }
};
/** @brief forebay_table_options with every field at its default. */
struct TableOptions : forebay_table_options {
  TableOptions() noexcept { forebay_table_options_init(this); }
};

/** @brief Reads files in child processes. */
class Loader {
 public:
  /** Opens a loader for rows of `dtype`. */
  explicit Loader(const Dtype &dtype, const LoaderOptions &options = LoaderOptions()) {
    forebay_loader *made = nullptr;
    detail::call(forebay_loader_open, dtype.get(), &options, &made);
    handle_.reset(made);
  }
  /** Adds a file. */
  void add_file(const std::string &path, const FileOptions &options = FileOptions()) {
    detail::call(forebay_loader_add_file, get(), path.c_str(), &options);
  }
  /** Adds the files that a folder, a pattern or a list stands for; how many there are. */
  std::uint32_t add_path(const std::string &path, const FileOptions &options = FileOptions()) {
    std::uint32_t added = 0;
    detail::call(forebay_loader_add_path, get(), path.c_str(), &options, &added);
    return added;
  }
  /** Adds a source that is open already; the descriptor is duplicated. */
  void add_descriptor(int descriptor, const std::string &name, const FileOptions &options = FileOptions()) {
    detail::call(forebay_loader_add_descriptor, get(), std::int32_t{descriptor}, name.c_str(), &options);
  }
  /** The next array, or nothing at the end. After an Error of a source it goes on with the next one. */
  std::optional<Array> next() {
    Array out;
    if (next(out, -1) != FOREBAY_OK) return std::nullopt;
    return out;
  }
  /** As forebay_loader_next(): FOREBAY_OK, FOREBAY_END or FOREBAY_AGAIN. */
  forebay_status next(Array &out, std::int32_t timeout_ms) {
    forebay_array *made = nullptr;
    const forebay_status code = detail::call(forebay_loader_next, get(), timeout_ms, &made);
    out = Array(made);
    return code;
  }
  /** Does the work that is due: FOREBAY_OK or FOREBAY_AGAIN. */
  forebay_status step(std::int32_t timeout_ms) { return detail::call(forebay_loader_step, get(), timeout_ms); }
  /** Polls readable when step() has work to do. */
  int descriptor() const {
    std::int32_t out = -1;
    detail::call(forebay_loader_descriptor, get(), &out);
    return out;
  }
  /** Ends all work. */
  void cancel() { detail::call(forebay_loader_cancel, get()); }
  /** How far it is. */
  forebay_loader_progress progress() const {
    forebay_loader_progress progress = FOREBAY_LOADER_PROGRESS_INIT;
    detail::call(forebay_loader_progress_get, handle_.get(), &progress);
    return progress;
  }
  /** What its arrays take. */
  forebay_arena_stats memory() {
    forebay_arena_stats stats = FOREBAY_ARENA_STATS_INIT;
    detail::call(forebay_loader_arena_stats, get(), &stats);
    return stats;
  }
  /** The C handle, borrowed. */
  forebay_loader *get() const noexcept { return handle_.get(); }

 private:
  detail::Owned<forebay_loader> handle_;
};

/** @brief One table of a store; valid as long as the store. */
class Table {
 public:
  /** A C handle, borrowed from its store. */
  explicit Table(forebay_table *borrowed) noexcept : handle_(borrowed) {}
  /** Rows, those not yet committed too. */
  std::uint64_t rows() const noexcept { return forebay_table_rows(handle_); }
  /** The dtype's text form. */
  std::string dtype_text() const { return forebay_dtype_text(forebay_table_dtype(handle_)); }
  /** Appends an array's rows. */
  void append(const Array &array) { detail::call(forebay_table_append_array, handle_, array.get()); }
  /** Appends packed rows from plain memory. */
  void append(const void *data, std::uint64_t rows) { detail::call(forebay_table_append_rows, handle_, data, rows); }
  /** The bulk path: all rows of a loader; returns their number. An Error of a source is thrown at the end. */
  std::uint64_t append(Loader &loader) {
    forebay_table_append_result result = FOREBAY_TABLE_APPEND_RESULT_INIT;
    detail::call(forebay_table_append_loader, handle_, loader.get(), &result);
    return result.rows;
  }
  /** Reads packed rows; returns how many there were. */
  std::uint64_t read(std::uint64_t first, std::uint64_t rows, void *data) const {
    std::uint64_t read = 0;
    detail::call(forebay_table_read, handle_, first, rows, data, &read);
    return read;
  }
  /** Reads the values of one field, packed; returns how many there were. */
  std::uint64_t read_column(std::uint32_t field, std::uint64_t first, std::uint64_t rows, void *data) const {
    std::uint64_t read = 0;
    detail::call(forebay_table_read_column, handle_, field, first, rows, data, &read);
    return read;
  }
  /** Sets a text attribute. */
  void set_text(const std::string &name, const std::string &text) {
    detail::call(forebay_table_set_text, handle_, name.c_str(), text.c_str());
  }
  /** Sets a number attribute. */
  void set_number(const std::string &name, double value) {
    detail::call(forebay_table_set_number, handle_, name.c_str(), value);
  }
  /** A text attribute, or nothing. */
  std::optional<std::string> text(const std::string &name) const {
    std::uint64_t needed = 0;
    char none = '\0';
    forebay_error err = FOREBAY_ERROR_INIT;
    const forebay_status code = forebay_table_get_text(handle_, name.c_str(), &none, 0, &needed, &err);
    if (code == FOREBAY_NONE) return std::nullopt;
    if (code < 0 && code != FOREBAY_E_LIMIT) throw Error(code, err);
    std::string out(static_cast<std::size_t>(needed), '\0');
    detail::call(forebay_table_get_text, handle_, name.c_str(), &out[0], needed, &needed);
    out.resize(static_cast<std::size_t>(needed > 0 ? needed - 1 : 0));
    return out;
  }
  /** The C handle, borrowed. */
  forebay_table *get() const noexcept { return handle_; }

 private:
  forebay_table *handle_;
};

/** @brief One HDF5 file. The destructor commits and closes but cannot tell of a failure: call close() or commit(). */
class Store {
 public:
  /** Opens or creates a file. */
  explicit Store(const std::string &path, const StoreOptions &options = StoreOptions()) {
    forebay_store *made = nullptr;
    detail::call(forebay_store_open, path.c_str(), &options, &made);
    handle_.reset(made);
  }
  /** Opens a table, or creates it where there is none. */
  Table table(const std::string &name, const Dtype &dtype, const TableOptions &options = TableOptions()) {
    return open_table(name, dtype.get(), &options);
  }
  /** Opens a table that exists, with whatever dtype it has. */
  Table table(const std::string &name) { return open_table(name, nullptr, nullptr); }
  /** Makes everything appended so far durable. */
  void commit() { detail::call(forebay_store_commit, get()); }
  /** Begins a commit without waiting for it; its number. */
  std::uint64_t commit_begin() {
    std::uint64_t ticket = 0;
    detail::call(forebay_store_commit_begin, get(), &ticket);
    return ticket;
  }
  /** Whether the commit that was begun is durable; false: not within `timeout_ms`, or none was begun. */
  bool commit_poll(std::int32_t timeout_ms) {
    return detail::call(forebay_store_commit_poll, get(), timeout_ms, nullptr) == FOREBAY_OK;
  }
  /** Commits, closes and tells of a failure. The store is ended in either case. */
  void close() { detail::call(forebay_store_close, handle_.release()); }
  /** The C handle, borrowed. */
  forebay_store *get() const noexcept { return handle_.get(); }

 private:
  Table open_table(const std::string &name, const forebay_dtype *dtype, const forebay_table_options *options) {
    forebay_table *borrowed = nullptr;
    detail::call(forebay_table_open, get(), name.c_str(), dtype, options, &borrowed);
    return Table(borrowed);
  }
  detail::Owned<forebay_store> handle_;
};

/** @brief A child program of your own: the connection of this process to the loader that started it. */
class Child {
 public:
  /** Connects; FOREBAY_E_STATE in a process that no loader started. */
  Child() {
    forebay_child *made = nullptr;
    detail::call(forebay_child_attach, &made);
    handle_.reset(made);
  }
  /** The next source to read, or nothing when the loader is gone. */
  std::optional<forebay_child_task> take() {
    forebay_child_task task = FOREBAY_CHILD_TASK_INIT;
    if (detail::call(forebay_child_take, get(), &task) != FOREBAY_OK) return std::nullopt;
    return task;
  }
  /** Room for rows, or nothing when no more are wanted: finish() the source then. */
  std::optional<forebay_child_view> fill() {
    forebay_error err = FOREBAY_ERROR_INIT;
    forebay_child_view view = FOREBAY_CHILD_VIEW_INIT;
    const forebay_status code = forebay_child_fill(get(), &view, &err);
    if (code == FOREBAY_OK) return view;
    if (code < 0 && code != FOREBAY_E_CANCELLED) throw Error(code, err);
    return std::nullopt;
  }
  /** Delivers the first rows of the room that fill() gave, and tells where to go on should this child die. */
  void publish(std::uint64_t rows, std::uint64_t next_offset, std::uint64_t next_line = 0) {
    detail::call(forebay_child_publish, get(), rows, next_offset, next_line);
  }
  /** Ends the source: it has been read. */
  void finish() { detail::call(forebay_child_finish, get()); }
  /** Ends the source with a failure. */
  void fail(forebay_status code, const std::string &text, std::uint64_t line = 0, std::uint64_t byte = UINT64_MAX,
            std::uint32_t column = 0) {
    detail::call(forebay_child_fail, get(), code, line, byte, column, text.c_str());
  }
  /** Sends whoever loads a note; `level` as FOREBAY_CHILD_LOG_INFO. */
  void log(std::uint32_t level, const std::string &text) {
    detail::call(forebay_child_log, get(), level, text.c_str());
  }
  /** The bytes of LoaderOptions::child_config. */
  std::string config() const {
    const void *data = nullptr;
    std::uint64_t bytes = 0;
    detail::call(forebay_child_config, get(), &data, &bytes);
    return {static_cast<const char *>(data), static_cast<std::size_t>(bytes)};
  }
  /** What a row consists of, in the dtype language. */
  std::string dtype_text() const { return forebay_dtype_text(forebay_child_dtype(get())); }
  /** The C handle, borrowed. */
  forebay_child *get() const noexcept { return handle_.get(); }

 private:
  detail::Owned<forebay_child> handle_;
};

}  // namespace forebay

#endif
