// Reads that go past HDF5: chunk by chunk, on several threads.
#include <algorithm>
#include <random>

#include "store/gated_storage.hpp"
#include "store/hdf5.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr std::uint64_t kChunkRows = 1'000;
constexpr std::uint64_t kRows = 60'250;  // enough for several threads, the last chunk in part

const ChunkFilters kFilters[] = {
    {},
    {0, false, true},
    {4, false, false},
    {1, true, false},
    {6, true, true},
    {0, true, true, 3, false},
    {0, false, false, 1, false},
};

TableOptions options_of(const ChunkFilters& filters, Layout layout) {
  TableOptions options;
  options.chunk_rows = kChunkRows;
  options.filters = filters;
  options.layout = layout;
  return options;
}

bool holds_column(Table& table, std::uint32_t column, std::uint64_t first, std::uint64_t rows) {
  const std::uint64_t bytes = column == 0 ? 4 : 8;
  const std::vector<std::byte> whole = counted_rows(first, rows);
  std::vector<std::byte> wanted(rows * bytes);
  for (std::uint64_t i = 0; i < rows; ++i)
    std::memcpy(&wanted[i * bytes], &whole[i * 12 + (column == 0 ? 0 : 4)], bytes);
  std::vector<std::byte> got(rows * bytes);
  Result<std::uint64_t> read = table.read_column(column, first, rows, got.data());
  return read.is_ok() && *read == rows && got == wanted;
}

// Ranges of all kinds: on the grid and off it, from less than a chunk to all.
void check_ranges(Table& table, std::uint64_t rows) {
  CHECK(holds(table, 0, rows));
  CHECK(holds_column(table, 1, 0, rows));
  std::mt19937_64 random(11);
  for (int i = 0; i < 10; ++i) {
    std::uint64_t first = random() % rows;
    if (i % 3 == 0) first -= first % kChunkRows;
    const std::uint64_t most = i % 2 == 0 ? rows : 3 * kChunkRows;
    const std::uint64_t count = std::min(1 + random() % most, rows - first);
    const bool is_right =
        holds(table, first, count) && holds_column(table, i % 2 == 0 ? 0 : 1, first, count);
    CHECK(is_right);
    if (!is_right) {
      std::fprintf(stderr, "rows %llu + %llu\n", static_cast<unsigned long long>(first),
                   static_cast<unsigned long long>(count));
    }
  }
}

Table* open_table(Store& store, const TableOptions& options = {}) {
  auto table = store.open_table("data", counted(), options);
  CHECK(table.is_ok());
  return table.is_ok() ? *table : nullptr;
}

void test_every_filter_and_layout_reads_back_in_any_range() {
  for (const Layout layout : {Layout::rows, Layout::columns}) {
    for (const ChunkFilters& filters : kFilters) {
      const Scratch scratch;
      const std::string path = scratch.path("a.h5");
      auto writer = Store::open(path, {});
      if (!CHECK(writer.is_ok())) return;
      Table* const table = open_table(**writer, options_of(filters, layout));
      if (table == nullptr) return;
      CHECK(append(*table, 0, kRows).is_ok());
      check_ranges(*table, kRows);  // writes may still be under way
      CHECK((*writer)->commit().is_ok());
      auto follower = Store::open(path, with_mode(StoreMode::read));
      CHECK(append(*table, kRows, 5'333).is_ok() && (*writer)->commit().is_ok());
      if (CHECK(follower.is_ok())) {
        if (Table* const seen = open_table(**follower)) check_ranges(*seen, kRows);
        CHECK((*follower)->refresh().is_ok());
        if (Table* const seen = open_table(**follower)) check_ranges(*seen, kRows + 5'333);
      }
      check_ranges(*table, kRows + 5'333);
      CHECK((*writer)->close().is_ok());
      auto closed = Store::open(path, with_mode(StoreMode::read));
      if (!CHECK(closed.is_ok())) return;
      if (Table* const seen = open_table(**closed)) check_ranges(*seen, kRows + 5'333);
      std::uint64_t verified = 0;
      CHECK((*closed)->verify(&verified).is_ok());
      CHECK_EQ(verified, kRows + 5'333);
    }
  }
}

// No write gets to the file: what is read comes from memory.
void test_rows_whose_writes_wait_are_read_from_memory() {
  const Scratch scratch;
  GatedStorage storage;
  auto store = Store::open(scratch.path("a.h5"), {}, storage);
  if (!CHECK(store.is_ok())) return;
  TableOptions options = options_of({}, Layout::rows);
  options.chunk_rows = 8'192;  // whole pages, which are written directly
  Table* const table = open_table(**store, options);
  if (table == nullptr || !CHECK((*store)->commit().is_ok())) return;
  storage.gates.writes.set(false);
  CHECK(append(*table, 0, 40'000).is_ok());
  CHECK(holds(*table, 0, 40'000));
  CHECK(holds_column(*table, 1, 100, 39'900));
  storage.gates.writes.set(true);
  CHECK((*store)->commit().is_ok());
  CHECK(holds(*table, 0, 40'000));
}

struct Place {
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
};

Place place_of_chunk(const std::string& path, const char* dataset, std::uint64_t row) {
  const Hid file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  const Hid data(H5Dopen2(file.get(), dataset, H5P_DEFAULT));
  hsize_t offset = row;
  unsigned skipped = 0;
  haddr_t address = 0;
  hsize_t bytes = 0;
  CHECK(H5Dget_chunk_info_by_coord(data.get(), &offset, &skipped, &address, &bytes) >= 0);
  return {address, bytes};
}

void flip_bit(const std::string& path, std::uint64_t at) {
  std::string content = read_file(path);
  content[at] = static_cast<char>(content[at] ^ 0x10);
  write_file(path, content);
}

bool is_named(const Status& status, std::uint64_t row, const char* table) {
  const std::string text = status.message();
  const bool is_right = status.code() == FOREBAY_E_FORMAT &&
                        text.find("cannot read row " + std::to_string(row) + " of table '" + table +
                                  "'") != std::string::npos &&
                        text.find("its chunk at byte ") != std::string::npos;
  if (!is_right) std::fprintf(stderr, "%s\n", text.c_str());
  return is_right;
}

void test_the_first_corrupt_chunk_of_a_read_is_named() {
  for (const Layout layout : {Layout::rows, Layout::columns}) {
    const Scratch scratch;
    const std::string path = scratch.path("a.h5");
    {
      auto store = Store::open(path, {});
      if (!CHECK(store.is_ok())) return;
      Table* const table = open_table(**store, options_of({1, true, true}, layout));
      if (table == nullptr || !CHECK(append(*table, 0, kRows).is_ok())) return;
      CHECK((*store)->close().is_ok());
    }
    const char* const dataset = layout == Layout::rows ? "data" : "data/square";
    for (const std::uint64_t row : {56'000U, 28'000U, 36'000U}) {
      const Place place = place_of_chunk(path, dataset, row);
      flip_bit(path, place.address + place.bytes / 2);
    }
    auto store = Store::open(path, with_mode(StoreMode::read));
    Table* const table = store.is_ok() ? open_table(**store) : nullptr;
    if (table == nullptr) return;
    std::vector<std::byte> rows(kRows * 12);
    CHECK(is_named(table->read(0, kRows, rows.data()).status(), 28'000, dataset));
    CHECK(is_named(table->read(28'001, kRows, rows.data()).status(), 28'001, dataset));
    CHECK(is_named(table->read_column(1, 29'000, kRows, rows.data()).status(), 36'000, dataset));
    CHECK(holds(*table, 29'000, 7'000));
  }
}

// As h5py makes them: a fixed number of rows, and a chunk that was never written.
void test_a_foreign_dataset_with_a_hole_reads_as_hdf5_reads_it() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  std::vector<std::int32_t> values(50'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int32_t>(i);
  {
    const Hid file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    const hsize_t rows = values.size();
    const hsize_t chunk = 1'000;
    const std::int32_t fill = -7;
    const Hid space(H5Screate_simple(1, &rows, nullptr));
    const Hid creation(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_chunk(creation.get(), 1, &chunk);
    H5Pset_deflate(creation.get(), 4);
    H5Pset_fill_value(creation.get(), H5T_NATIVE_INT32, &fill);
    const Hid data(H5Dcreate2(file.get(), "data", H5T_STD_I32LE, space.get(), H5P_DEFAULT,
                              creation.get(), H5P_DEFAULT));
    hsize_t first = 0;
    const auto write = [&](hsize_t at, hsize_t count) {
      const Hid memory(H5Screate_simple(1, &count, nullptr));
      H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &at, nullptr, &count, nullptr);
      CHECK(H5Dwrite(data.get(), H5T_NATIVE_INT32, memory.get(), space.get(), H5P_DEFAULT,
                     values.data() + at) >= 0);
    };
    write(first, 20'000);
    write(25'000, 25'000);
  }
  std::fill(values.begin() + 20'000, values.begin() + 25'000, -7);
  auto store = Store::open(path, with_mode(StoreMode::read));
  if (!CHECK(store.is_ok())) return;
  auto table = (*store)->open_table("data", nullptr, {});
  if (!CHECK(table.is_ok())) return;
  for (const std::uint64_t first : {0U, 19'500U, 20'000U, 30'001U}) {
    std::vector<std::int32_t> got(values.size() - first);
    Result<std::uint64_t> read =
        (*table)->read(first, got.size(), reinterpret_cast<std::byte*>(got.data()));
    CHECK(read.is_ok() && *read == got.size());
    CHECK(std::equal(got.begin(), got.end(), values.begin() + static_cast<std::ptrdiff_t>(first)));
  }
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_every_filter_and_layout_reads_back_in_any_range),
      CHECK_TEST(test_rows_whose_writes_wait_are_read_from_memory),
      CHECK_TEST(test_the_first_corrupt_chunk_of_a_read_is_named),
      CHECK_TEST(test_a_foreign_dataset_with_a_hole_reads_as_hdf5_reads_it),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
