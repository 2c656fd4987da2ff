// Times durable commits side by side, in turns on the same disk: bench_commit FOLDER [JSON].
//
// Small: one batch of 100 rows and its commit, forebay against SQLite (WAL, synchronous=FULL), the
// median of many. Bulk: rows in chunks of about 1 MiB with a commit each 64 MiB, forebay against
// plain HDF5 calls with H5Fflush and one fdatasync for each commit, the median of a few runs; and
// all of it is timed until the file is closed and on the disk. Prints one JSON object.
// FOREBAY_BENCH_MB: size of a bulk run, 512. Succeeds if the aims are met: small within 2 times
// SQLite, bulk at least 2 times stock HDF5.
#include <fcntl.h>
#include <hdf5.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "forebay/forebay.h"

namespace {

constexpr int kSmallCommits = 400;
constexpr std::uint64_t kBatchRows = 100;
constexpr int kBulkRuns = 5;
constexpr std::uint64_t kRowBytes = 26;
constexpr std::uint64_t kChunkRows = 38'912;  // the default of a table: whole pages
constexpr std::uint64_t kChunkBytes = kChunkRows * kRowBytes;
constexpr std::uint64_t kCommitChunks = 64;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

[[noreturn]] void fail(const char* what, const char* why) {
  std::fprintf(stderr, "bench_commit: %s: %s\n", what, why);
  std::exit(2);
}

void check(forebay_status code, const forebay_error& err, const char* what) {
  if (code < 0) fail(what, err.message);
}

void check_sql(int code, sqlite3* database) {
  if (code != SQLITE_OK && code != SQLITE_DONE) fail("SQLite", sqlite3_errmsg(database));
}

void check_hdf5(bool good, const char* what) {
  if (!good) fail("HDF5", what);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Rows of chr:S10,pos:i4,pct:f4,c:i4,t:i4.
std::vector<char> rows_from(std::uint64_t first, std::uint64_t rows) {
  std::vector<char> bytes(rows * kRowBytes);
  for (std::uint64_t i = 0; i < rows; ++i) {
    char* row = &bytes[i * kRowBytes];
    std::memcpy(row, "chr22", 5);
    const std::uint32_t numbers[4] = {static_cast<std::uint32_t>(first + i), 0x42c80000U, 17, 3};
    std::memcpy(row + 10, numbers, sizeof numbers);
  }
  return bytes;
}

class Forebay {
 public:
  explicit Forebay(const std::string& path) {
    ::unlink(path.c_str());
    ::unlink((path + "-journal").c_str());
    check(forebay_dtype_parse("chr:S10,pos:i4,pct:f4,c:i4,t:i4", &dtype_, &err_), err_, "dtype");
    check(forebay_store_open(path.c_str(), nullptr, &store_, &err_), err_, "open");
    forebay_table_options options = FOREBAY_TABLE_OPTIONS_INIT;
    options.chunk_rows = kChunkRows;
    check(forebay_table_open(store_, "data", dtype_, &options, &table_, &err_), err_, "table");
    check(forebay_arena_open(64U << 20U, &arena_, &err_), err_, "arena");
  }
  void append(const std::vector<char>& rows) {
    check(forebay_table_append_rows(table_, rows.data(), rows.size() / kRowBytes, &err_), err_,
          "append");
  }
  // As a producer in shared memory does: fills a block and hands it over.
  void append_block(const std::vector<char>& rows) {
    forebay_array* array = nullptr;
    forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
    check(forebay_array_lease(arena_, dtype_, kChunkRows, &array, &err_), err_, "lease");
    check(forebay_array_view_get(array, &view, &err_), err_, "view");
    std::memcpy(view.data, rows.data(), rows.size());
    check(forebay_array_set_rows(array, kChunkRows, &err_), err_, "rows");
    check(forebay_table_append_array(table_, array, &err_), err_, "append");
    forebay_array_release(array);
  }
  void commit() { check(forebay_store_commit(store_, &err_), err_, "commit"); }
  void close() {
    check(forebay_store_close(store_, &err_), err_, "close");
    forebay_arena_close(arena_);
    forebay_dtype_free(dtype_);
  }

 private:
  forebay_error err_ = FOREBAY_ERROR_INIT;
  forebay_dtype* dtype_ = nullptr;
  forebay_store* store_ = nullptr;
  forebay_table* table_ = nullptr;
  forebay_arena* arena_ = nullptr;
};

class Sqlite {
 public:
  explicit Sqlite(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm"}) ::unlink((path + suffix).c_str());
    check_sql(sqlite3_open(path.c_str(), &database_), database_);
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("CREATE TABLE data(chr TEXT, pos INTEGER, pct REAL, c INTEGER, t INTEGER)");
    check_sql(
        sqlite3_prepare_v2(database_, "INSERT INTO data VALUES(?,?,?,?,?)", -1, &insert_, nullptr),
        database_);
  }
  void run(const char* sql) {
    check_sql(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr), database_);
  }
  void append(std::uint64_t first) {
    run("BEGIN");
    for (std::uint64_t i = 0; i < kBatchRows; ++i) {
      sqlite3_bind_text(insert_, 1, "chr22", 5, SQLITE_STATIC);
      sqlite3_bind_int64(insert_, 2, static_cast<sqlite3_int64>(first + i));
      sqlite3_bind_double(insert_, 3, 100.0);
      sqlite3_bind_int(insert_, 4, 17);
      sqlite3_bind_int(insert_, 5, 3);
      check_sql(sqlite3_step(insert_), database_);
      sqlite3_reset(insert_);
    }
  }
  void commit() { run("COMMIT"); }
  void close() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }

 private:
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

// The same table by plain HDF5 calls, with what makes them fast: chunks written as they are, and
// the newest format.
class Stock {
 public:
  explicit Stock(const std::string& path) {
    ::unlink(path.c_str());
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
    H5Pset_alignment(access, 4096, 4096);
    file_ = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
    const hid_t type = H5Tcreate(H5T_COMPOUND, kRowBytes);
    const hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 10);
    H5Tinsert(type, "chr", 0, text);
    H5Tinsert(type, "pos", 10, H5T_STD_I32LE);
    H5Tinsert(type, "pct", 14, H5T_IEEE_F32LE);
    H5Tinsert(type, "c", 18, H5T_STD_I32LE);
    H5Tinsert(type, "t", 22, H5T_STD_I32LE);
    const hsize_t none = 0;
    const hsize_t unlimited = H5S_UNLIMITED;
    const hsize_t chunk = kChunkRows;
    const hid_t space = H5Screate_simple(1, &none, &unlimited);
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 1, &chunk);
    H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
    dataset_ = H5Dcreate2(file_, "data", type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    check_hdf5(dataset_ >= 0, "cannot create the dataset");
    for (const hid_t id : {type, text}) H5Tclose(id);
    H5Sclose(space);
    H5Pclose(creation);
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  }
  void append_block(const std::vector<char>& rows) {
    std::memcpy(block_.data(), rows.data(), rows.size());
    const hsize_t first = rows_;
    rows_ += kChunkRows;
    check_hdf5(
        H5Dset_extent(dataset_, &rows_) >= 0 &&
            H5Dwrite_chunk(dataset_, H5P_DEFAULT, 0, &first, kChunkBytes, block_.data()) >= 0,
        "cannot write a chunk");
  }
  void commit() {
    check_hdf5(H5Fflush(file_, H5F_SCOPE_GLOBAL) >= 0 && ::fdatasync(descriptor_) == 0,
               "cannot commit");
  }
  void close() {
    H5Dclose(dataset_);
    check_hdf5(H5Fclose(file_) >= 0 && ::fsync(descriptor_) == 0, "cannot close");
    ::close(descriptor_);
  }

 private:
  std::vector<char> block_ = std::vector<char>(kChunkBytes);
  hid_t file_ = -1;
  hid_t dataset_ = -1;
  hsize_t rows_ = 0;
  int descriptor_ = -1;
};

struct Small {
  std::vector<double> total{};
  std::vector<double> commit{};
};

template <typename Append, typename Commit>
void time_batch(Small* into, Append append, Commit commit) {
  const auto begin = Clock::now();
  append();
  const auto middle = Clock::now();
  commit();
  into->commit.push_back(seconds_since(middle));
  into->total.push_back(seconds_since(begin));
}

void time_small(const std::string& folder, Small* ours, Small* theirs) {
  Forebay store(folder + "/commit.h5");
  Sqlite database(folder + "/commit.sqlite");
  for (int i = -20; i < kSmallCommits; ++i) {
    Small warming;
    const std::uint64_t first = static_cast<std::uint64_t>(i + 20) * kBatchRows;
    const std::vector<char> rows = rows_from(first, kBatchRows);
    time_batch(
        i < 0 ? &warming : ours, [&] { store.append(rows); }, [&] { store.commit(); });
    time_batch(
        i < 0 ? &warming : theirs, [&] { database.append(first); }, [&] { database.commit(); });
  }
  store.close();
  database.close();
}

template <typename Writer>
double time_bulk(const std::string& path, const std::vector<char>& chunk, std::uint64_t chunks) {
  ::sync();
  const auto begin = Clock::now();
  Writer writer(path);
  for (std::uint64_t i = 1; i <= chunks; ++i) {
    writer.append_block(chunk);
    if (i % kCommitChunks == 0) writer.commit();
  }
  writer.close();
  const double seconds = seconds_since(begin);
  ::unlink(path.c_str());
  return seconds;
}

std::uint64_t bulk_chunks() {
  const char* const given = std::getenv("FOREBAY_BENCH_MB");
  const long long megabytes = given != nullptr ? std::atoll(given) : 512;
  return std::max<std::uint64_t>(kCommitChunks, static_cast<std::uint64_t>(megabytes));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) fail("usage", "bench_commit FOLDER [JSON]");
  const std::string folder = argv[1];
  Small ours;
  Small sqlite;
  time_small(folder, &ours, &sqlite);
  const std::vector<char> chunk = rows_from(0, kChunkRows);
  const std::uint64_t chunks = bulk_chunks();
  std::vector<double> bulk;
  std::vector<double> stock;
  for (int i = 0; i < kBulkRuns; ++i) {
    bulk.push_back(time_bulk<Forebay>(folder + "/bulk.h5", chunk, chunks));
    stock.push_back(time_bulk<Stock>(folder + "/stock.h5", chunk, chunks));
  }
  const double bytes = static_cast<double>(chunks * kChunkBytes);
  const double small_ratio = median(ours.total) / median(sqlite.total);
  const double bulk_ratio = median(stock) / median(bulk);
  std::FILE* const out = argc > 2 ? std::fopen(argv[2], "w") : stdout;
  if (out == nullptr) fail(argv[2], std::strerror(errno));
  std::fprintf(
      out,
      "{\"small\": {\"rows\": %d, \"commits\": %d, \"forebay_ms\": %.3f, \"forebay_commit_ms\": "
      "%.3f, \"sqlite_ms\": %.3f, \"sqlite_commit_ms\": %.3f, \"times_sqlite\": %.2f},\n"
      " \"bulk\": {\"bytes\": %.0f, \"runs\": %d, \"forebay_mb_s\": %.0f, \"stock_mb_s\": %.0f, "
      "\"times_stock\": %.2f}}\n",
      static_cast<int>(kBatchRows), kSmallCommits, median(ours.total) * 1e3,
      median(ours.commit) * 1e3, median(sqlite.total) * 1e3, median(sqlite.commit) * 1e3,
      small_ratio, bytes, kBulkRuns, bytes / 1e6 / median(bulk), bytes / 1e6 / median(stock),
      bulk_ratio);
  if (out != stdout) std::fclose(out);
  return small_ratio <= 2 && bulk_ratio >= 2 ? 0 : 1;
}
