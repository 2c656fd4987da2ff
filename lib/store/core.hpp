// Inside store: what stands behind Store and Table.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "store/chunk_reader.hpp"
#include "store/driver.hpp"
#include "store/hdf5.hpp"
#include "store/store.hpp"
#include "store/store_file.hpp"

namespace forebay::core {

// What of a dataset stays the same while it is open.
struct TableShape {
  DtypeRef dtype{};
  std::vector<std::uint64_t> row_dimensions{};  // of the dataset, after the first
  std::uint64_t chunk_rows = 0;
  Layout layout = Layout::rows;
  // Why rows cannot be appended; empty when they can.
  std::string obstacle{};
  codec::ChunkFilters filters{};  // where rows can be appended
  std::uint64_t element_bytes = 1;
  // Whether each chunk holds whole rows as a caller wants them, behind filters that are known here.
  bool decodes = false;
};

// What an append may need of the disk.
struct Room {
  std::uint64_t file_bytes = 0;
  std::uint64_t journal_bytes = 0;
};

class Store::Core {
 public:
  explicit Core(Storage& storage) : storage_(storage) {}
  ~Core();

  Status open(const std::string& path, const StoreOptions& options);
  // For reading, whatever its flags say and without its journal.
  Status open_alone(const std::string& path);
  // Makes a new file that has no name, fills it, compares, and publishes it closed, in place of
  // `replaced` or of another one if `replace` says so. repack.cpp.
  Status begin_copy(const std::string& path, std::uint32_t names);
  Status take_all_of(Core& source);
  Status compare_with(Core& source, RepackResult* result);
  Status finish_copy(std::unique_ptr<StorageFile> replaced, bool replace);
  // Locks the file that is to be replaced, if there is one, until publish().
  Status hold_replaced();
  Status commit();
  // See Store, all three.
  Status begin_commit(std::uint64_t* ticket);
  Status poll_commit(int timeout_ms, std::uint64_t* ticket);
  Status close();
  Result<const std::vector<std::string>*> table_names();
  Result<Table*> open_table(const std::string& name, const DtypeRef& dtype,
                            const TableOptions& options);
  // `name` is where in the file it is, reserved or not.
  Result<Table*> open_named(const std::string& name, const DtypeRef& dtype,
                            const TableOptions& options);
  [[nodiscard]] const CommitPolicy& commit_policy() const noexcept { return commit_policy_; }
  Status verify(std::uint64_t* rows);
  Result<StoreSpace> space();
  Status append_rejects(std::span<const StoredReject> rejects);
  Result<std::uint64_t> reject_count();
  Result<bool> read_reject(std::uint64_t index, StoredReject* out);
  // Of a file that is read: shows the newest commit. OK: newer rows; FOREBAY_NONE: nothing new;
  // FOREBAY_END: its writer has closed it, these are all rows.
  Status refresh();
  // Gives up: nothing more is written.
  void abandon() noexcept;

  // What `operation`, which only reads, gives. Beside a live writer it may meet metadata of a later
  // commit: the store then goes on to that, and shows the rows of the commit it is at all the same.
  template <typename Operation>
  auto following(Operation operation) -> decltype(operation()) {
    auto result = operation();
    for (int attempt = 0; is_outrun(result.code(), attempt); ++attempt) {
      FOREBAY_TRY(move_on());
      result = operation();
    }
    return result;
  }

  // For tables.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] StoreFile& file() noexcept { return *file_; }
  [[nodiscard]] bool writable() const noexcept { return writable_; }
  [[nodiscard]] hid_t hdf5_file() const noexcept { return hdf5_file_.get(); }
  // FOREBAY_E_POISONED after a failure, FOREBAY_E_STATE when it is open for reading only.
  [[nodiscard]] Status check_usable() const;
  [[nodiscard]] Status check_writable() const;
  // The outcome of an HDF5 call that changed something. Whatever went wrong poisons the store: what
  // HDF5 holds in memory is no longer what the file should become.
  Status after_change(bool succeeded, std::string_view what);
  // Makes room for `room` and all tails that wait for the next commit, before any row is taken.
  // FOREBAY_E_NOSPC: nothing has happened.
  // For a hidden table any failure poisons: what it tells of was appended before.
  Status reserve(const Room& room, const std::string& table);
  // A tail has rows that only the next commit writes, or no longer.
  void add_waiting(std::uint64_t bytes) noexcept { waiting_bytes_ += bytes; }
  void drop_waiting(std::uint64_t bytes) noexcept { waiting_bytes_ -= bytes; }
  void count_dataset(int more) noexcept { datasets_ += more; }
  // Of the machine, for work of one call.
  [[nodiscard]] unsigned processors() noexcept;
  // The outcome of an HDF5 call that only read.
  Status after_read(bool succeeded, std::string_view what);

 private:
  Status open_for(StoreMode mode);
  Status create();
  Status create_without_name();
  Status create_hdf5();
  Status open_existing();
  Status open_for_reading();
  Result<bool> try_open_for_reading();
  Result<bool> follow_journal(std::unique_ptr<StorageFile>* found, const MainStart& start,
                              bool is_locked);
  [[nodiscard]] bool is_outrun(Code code, int attempt) const noexcept;
  Status step_on(SnapshotFile::Step* step);
  Status move_on();
  Status show_newest();
  Status take_counts();
  Status reopen_tables();
  void limit_to_commit(const std::string& name, Table& table) const;
  Status open_for_writing(std::unique_ptr<StorageFile> found, bool is_exclusive);
  Result<std::optional<JournalFile>> take_left_over(StorageFile& main);
  Status go_on_writing(JournalFile journal);
  Status begin_writing();
  Status open_hdf5(unsigned flags);
  Status publish(bool replace);
  Status flush_tables();
  Status close_hdf5();
  // What is at the table's place: a dataset, a group of columns or nothing; FOREBAY_E_ARGUMENT
  // where something else is in the way.
  enum class Place : std::uint8_t { empty, dataset, columns };
  Result<Place> find_table(const std::string& name);
  [[nodiscard]] Status no_table(const std::string& name) const;
  Result<std::unique_ptr<Table>> open_existing_table(const std::string& name, Place place);
  Result<std::unique_ptr<Table>> create_table(const std::string& name, const DtypeRef& dtype,
                                              const TableOptions& options);
  // The table of rejects; nullptr: the file has none.
  Result<Table*> find_rejects();
  Result<std::vector<std::string>> hidden_names();
  Status verify_hidden();
  Status verify_foreign(const std::string& name);
  Result<std::unique_ptr<Table>> open_dataset(const std::string& name);
  Result<std::unique_ptr<Table::Core>> open_core(const std::string& name);
  // A dataset without a name, empty. FOREBAY_E_LIMIT: HDF5 cannot make it; nothing is left.
  Result<Hid> create_nameless(const std::string& name, const TableShape& shape, hid_t type);
  Result<std::unique_ptr<Table>> create_dataset(const std::string& name, const DtypeRef& dtype,
                                                const TableOptions& options);
  Status link_dataset(const std::string& name, hid_t dataset);
  // columns_catalogue.cpp
  Result<std::unique_ptr<Table>> open_columns(const std::string& name);
  Result<std::unique_ptr<Table>> create_columns(const std::string& name, const DtypeRef& dtype,
                                                const TableOptions& options);
  Result<DtypeRef> read_columns_dtype(hid_t group);
  Result<Hid> create_columns_group(const std::string& name, const Dtype& dtype);
  Result<std::unique_ptr<Table::Core>> create_column(const std::string& name, hid_t group,
                                                     const Field& field, const TableShape& table);

  // Constant after open().
  Storage& storage_;
  std::string path_;
  std::string target_;  // path_, or where it leads to when it is a symbolic link
  std::uint32_t name_room_ = 0;
  Durability durability_ = Durability::full;
  CommitLimits limits_;
  CommitPolicy commit_policy_;
  bool writable_ = false;
  // State.
  std::unique_ptr<StorageFile> replaced_;  // locked: the file that the first commit replaces
  std::shared_ptr<StoreFile> file_;
  std::optional<Driver> driver_;
  Hid hdf5_file_;
  std::map<std::string, std::unique_ptr<Table>> tables_;
  std::int64_t datasets_ = 0;          // that are open
  std::uint64_t waiting_bytes_ = 0;    // of tails, see add_waiting()
  std::uint64_t pending_journal_ = 0;  // that appends since the last commit may need there
  // Commits that were begun: how many, the newest known to be done, whether one is to be polled.
  std::uint64_t begun_ = 0;
  std::uint64_t done_ = 0;
  bool is_begun_ = false;
  std::optional<std::vector<std::string>> names_;
  unsigned processors_ = 0;  // 0: not asked yet
  // Of a file that is or was followed: the rows that each table had in the commit that is shown;
  // nothing for one that cannot be read.
  struct Counts {
    std::uint64_t sequence = 0;  // of the commit
    std::map<std::string, std::optional<std::uint64_t>> rows{};
  };
  std::optional<Counts> counts_;
};

// Memory at a page boundary, so that a chunk in it can be written directly.
class PageBuffer {
 public:
  Status reserve(std::uint64_t bytes);
  [[nodiscard]] std::byte* data() const noexcept { return data_.get(); }
  void free() noexcept { data_.reset(); }

 private:
  struct Free {
    void operator()(std::byte* memory) const noexcept {
      ::operator delete (memory, std::align_val_t{4096});
    }
  };
  std::unique_ptr<std::byte, Free> data_;
};

// A table of one dataset; ColumnsTable (columns_table.hpp) is one of several. Rows are in two
// places: those before tail_first_ are whole chunks in the file; the others are in the tail, a
// private buffer of one chunk, of which the file may hold a part (tail_stored_).
class Table::Core {
 public:
  Core(Store::Core& store, std::string name, Hid dataset, Hid memory_type, TableShape shape)
      : store_(store),
        name_(std::move(name)),
        dataset_(std::move(dataset)),
        memory_type_(std::move(memory_type)),
        shape_(std::move(shape)),
        packed_(packed_places(*shape_.dtype)),
        kind_{place(), shape_.filters, shape_.element_bytes, row_bytes(), shape_.chunk_rows} {
    store_.count_dataset(1);
  }
  virtual ~Core() { store_.count_dataset(-1); }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // Takes in the dataset's rows, and reads a partial last chunk into the tail when the table can be
  // appended to.
  virtual Status load();
  // Of a store that is read: shows no more than these.
  virtual void limit(std::uint64_t rows) noexcept {
    tail_first_ = std::min(tail_first_, rows);
    is_limited_ = true;
  }

  [[nodiscard]] virtual std::uint64_t rows() const noexcept { return tail_first_ + tail_rows_; }
  [[nodiscard]] const TableShape& shape() const noexcept { return shape_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] virtual std::uint64_t bytes_copied() const noexcept { return bytes_copied_; }
  [[nodiscard]] LoadMark& load_mark() noexcept { return load_mark_; }
  [[nodiscard]] Store::Core& store() const noexcept { return store_; }

  Status check_appendable() const;
  // Whether so many rows may be appended, and the memory for it, before any row is taken.
  virtual Status prepare_append(std::uint64_t rows, bool are_packed);
  // What the append of so many rows may need, with the tail that it leaves.
  [[nodiscard]] virtual Room room_for(std::uint64_t rows) const;
  // Packed rows, and rows that lie as `places` says. FOREBAY_E_MEMORY takes no row.
  virtual Status append(const std::byte* data, std::uint64_t rows);
  virtual Status append_placed(const std::byte* data, const std::vector<ColumnPlace>& places,
                               std::uint64_t rows);
  [[nodiscard]] virtual ChunkForm chunk_form() const;
  // The packed rows of one chunk, where one begins.
  virtual Status append_packed(const Array& array);
  Status append_packed_chunk(const std::byte* data, PackedChunk packed);
  // For a table of several datasets, which packs a chunk of each side by side; table_packing.cpp.
  // Memory for `chunks` that are packed at a time.
  Status ready_encoders(std::size_t chunks);
  [[nodiscard]] std::uint64_t room_in_chunk() const noexcept {
    return shape_.chunk_rows - tail_rows_;
  }
  // Takes rows that have room in the chunk that is begun; the whole chunk, once it is full.
  const std::byte* gather(const std::byte* data, const std::vector<ColumnPlace>& places,
                          std::uint64_t first, std::uint64_t rows);
  // Packs a chunk that is full; for a thread of its own. put_packed() then writes it.
  void pack(const std::byte* chunk);
  Status put_packed();
  // Writes the tail, padded to a whole chunk, if it has rows that the file has not.
  virtual Status write_tail();
  virtual Result<std::uint64_t> read(std::uint64_t first, std::uint64_t rows, std::byte* out);
  virtual Result<std::uint64_t> read_column(std::uint32_t index, std::uint64_t first,
                                            std::uint64_t rows, std::byte* out);
  // Writes an attribute of a scalar; `type` is that of the file and of `value`.
  Status set_attribute(const std::string& name, hid_t type, const void* value);
  Result<std::optional<std::string>> get_text(const std::string& name);
  Result<std::optional<double>> get_number(const std::string& name);
  Result<const std::vector<std::string>*> attribute_names();
  virtual Result<TableInfo> info();
  // Reads every chunk; adds the rows that could be read to `rows`.
  virtual Status verify(std::uint64_t* rows);
  // Whether a read of so many rows is worth being done chunk by chunk, and can be.
  // table_chunks.cpp, as the next two.
  [[nodiscard]] bool reads_chunks(std::uint64_t rows) const noexcept;
  // Adds the cuts of one chunk's rows: [first, first + rows) lie in it. False: HDF5 does not tell
  // where it is.
  bool add_cut(std::uint64_t first, std::uint64_t rows, const RowPart& part, std::byte* out,
               ChunkReader& reader);
  // The rows that are whole chunks in the file.
  [[nodiscard]] std::uint64_t rows_in_chunks() const noexcept { return tail_first_; }

  // "table 'x' of <path>"
  [[nodiscard]] std::string place() const;

 protected:
  [[nodiscard]] const std::vector<ColumnPlace>& packed() const noexcept { return packed_; }
  [[nodiscard]] std::uint64_t row_bytes() const noexcept { return shape_.dtype->row_bytes(); }

 private:
  [[nodiscard]] std::uint64_t chunk_bytes() const noexcept {
    return shape_.chunk_rows * row_bytes();
  }
  [[nodiscard]] std::vector<hsize_t> dimensions(std::uint64_t rows) const;
  Status set_extent(std::uint64_t rows);
  void set_waiting(bool waits) noexcept;
  Status write_new_tail_rows();
  [[nodiscard]] std::size_t chunks_at_once(std::uint64_t rows) const;
  Status append_packing(const std::byte* data, std::uint64_t chunks);
  void end_tail_chunk() noexcept;
  Status write_chunk(std::uint64_t first, const std::byte* data);
  Status write_part_of_chunk(std::uint64_t first, const std::byte* data);
  Status put_chunk(std::uint64_t first, std::span<const std::byte> bytes, std::uint32_t skipped);
  Status append_chunks(const std::byte* data, std::uint64_t chunks);
  Status append_to_tail(const std::byte* data, const std::vector<ColumnPlace>& places,
                        std::uint64_t first, std::uint64_t rows);
  Status read_stored(std::uint64_t first, std::uint64_t rows, std::byte* out);
  Result<bool> read_chunks(std::uint64_t first, std::uint64_t rows, const RowPart& part,
                           std::byte* out);
  bool try_read(std::uint64_t first, std::uint64_t rows, std::byte* out);
  Status find_unreadable(std::uint64_t first, std::uint64_t rows, std::byte* out, Status reason);
  Status verify_raw_chunk(std::uint64_t first, const std::string& what, std::byte* buffer);
  Status verify_chunks(std::uint64_t* rows);
  Status verify_blocks(std::uint64_t* rows);
  Result<Hid> open_attribute(const std::string& name);

  // Constant after construction.
  Store::Core& store_;
  std::string name_;
  Hid dataset_;
  Hid memory_type_;
  TableShape shape_;
  std::vector<ColumnPlace> packed_;  // places of the fields in a packed row
  ChunkKind kind_;
  // State.
  std::uint64_t tail_first_ = 0;  // a multiple of the chunk's rows where rows can be appended
  std::uint64_t tail_rows_ = 0;
  std::uint64_t tail_stored_ = 0;  // of these, in the file
  PageBuffer tail_;
  // Of the chunk that the tail is a part of, once this store has written it.
  std::optional<std::uint64_t> tail_address_;
  bool is_waiting_ = false;  // the tail has rows that the file has not
  bool is_limited_ = false;  // the file may have more rows
  std::uint64_t bytes_copied_ = 0;
  LoadMark load_mark_;
  // Made for the first chunks that are filtered: as many as are packed at a time.
  std::vector<codec::ChunkEncoder> encoders_;
  codec::ChunkEncoder::Encoded packed_chunk_;  // see pack()
  std::optional<std::vector<std::string>> attribute_names_;
};

}  // namespace forebay::core
