// Tables with zstd, lz4 and blosc: what the store writes is what the filters' plugins read, and the
// other way round.
#include <random>

#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "store/stock_filters.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr std::uint64_t kChunkRows = 700;
constexpr std::uint64_t kRows = 40 * kChunkRows + 123;

const ChunkFilters kFilters[] = {
    {0, false, false, 1, false}, {0, true, true, 3, false},      {0, false, false, 0, true},
    {0, true, true, 0, true},    {0, false, false, 0, false, 1}, {0, false, true, 0, false, 9},
};

using Values = std::vector<std::int64_t>;

Values values_of(bool is_noise) {
  Values values(kRows);
  std::mt19937_64 random(5);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<std::int64_t>(is_noise ? random() : i / 3);
  return values;
}

bool write_with_store(const std::string& path, const ChunkFilters& filters, const Values& values) {
  TableOptions options;
  options.chunk_rows = kChunkRows;
  options.filters = filters;
  auto store = Store::open(path, {});
  if (!CHECK(store.is_ok())) return false;
  auto table = (*store)->open_table("data", parse("i8"), options);
  return CHECK(table.is_ok()) &&
         CHECK((*table)->append_rows(std::as_bytes(std::span(values))).is_ok()) &&
         CHECK((*store)->close().is_ok());
}

Values read_with_store(const std::string& path, std::uint64_t step) {
  Values values(kRows);
  auto store = Store::open(path, with_mode(StoreMode::read));
  if (!CHECK(store.is_ok())) return {};
  auto table = (*store)->open_table("data", nullptr, {});
  if (!CHECK(table.is_ok())) return {};
  for (std::uint64_t row = 0; row < kRows; row += step) {
    const Result<std::uint64_t> got =
        (*table)->read(row, step, reinterpret_cast<std::byte*>(&values[row]));
    if (!CHECK(got.is_ok())) std::fprintf(stderr, "%s\n", got.status().message().c_str());
  }
  return values;
}

Values read_with_hdf5(const std::string& path) {
  Values values(kRows);
  const Hid file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  const Hid data(H5Dopen2(file.get(), "data", H5P_DEFAULT));
  CHECK(H5Dread(data.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
  return values;
}

// Every chunk but the last, which is stored as it is.
unsigned mask_of_chunk(const std::string& path, std::uint64_t row) {
  const Hid file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  const Hid data(H5Dopen2(file.get(), "data", H5P_DEFAULT));
  const hsize_t offset = row;
  unsigned skipped = 0;
  haddr_t address = 0;
  hsize_t bytes = 0;
  CHECK(H5Dget_chunk_info_by_coord(data.get(), &offset, &skipped, &address, &bytes) >= 0);
  return skipped;
}

void test_a_plugin_reads_what_the_store_writes() {
  for (const ChunkFilters& filters : kFilters) {
    for (const bool is_noise : {false, true}) {
      const Scratch scratch;
      const std::string path = scratch.path("a.h5");
      const Values values = values_of(is_noise);
      if (!write_with_store(path, filters, values) || !CHECK(register_plugins())) return;
      decoded_chunks() = 0;
      CHECK(read_with_hdf5(path) == values);
      CHECK_EQ(decoded_chunks(), is_noise ? 0 : 40);
      const unsigned all_but_sum = filters.skip_all() >> (filters.fletcher32 ? 1U : 0U);
      CHECK_EQ(mask_of_chunk(path, 0), is_noise ? all_but_sum : 0U);
      decoded_chunks() = 0;
      CHECK(read_with_store(path, kRows) == values);
      CHECK_EQ(decoded_chunks(), 0);
    }
  }
}

void test_the_parameters_of_blosc_are_those_of_its_plugin() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  if (!write_with_store(path, {0, false, false, 0, false, 7}, values_of(false))) return;
  const Hid file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  const Hid data(H5Dopen2(file.get(), "data", H5P_DEFAULT));
  const Hid creation(H5Dget_create_plist(data.get()));
  std::vector<unsigned> values(20);
  std::size_t count = values.size();
  unsigned flags = 0;
  unsigned config = 0;
  CHECK(H5Pget_filter_by_id2(creation.get(), 32001, &flags, &count, values.data(), 0, nullptr,
                             &config) >= 0);
  values.resize(count);
  CHECK(values == std::vector<unsigned>({2, 2, 8, 8 * kChunkRows, 7, 1, BLOSC_LZ4}));
}

void write_with_hdf5(const std::string& path, H5Z_filter_t filter, std::vector<unsigned> parameters,
                     const Values& values) {
  const Hid file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
  const hsize_t rows = values.size();
  const hsize_t most = H5S_UNLIMITED;
  const hsize_t chunk = kChunkRows;
  const Hid space(H5Screate_simple(1, &rows, &most));
  const Hid creation(H5Pcreate(H5P_DATASET_CREATE));
  CHECK(H5Pset_chunk(creation.get(), 1, &chunk) >= 0 &&
        H5Pset_filter(creation.get(), filter, H5Z_FLAG_OPTIONAL, parameters.size(),
                      parameters.data()) >= 0);
  const Hid data(H5Dcreate2(file.get(), "data", H5T_STD_I64LE, space.get(), H5P_DEFAULT,
                            creation.get(), H5P_DEFAULT));
  CHECK(H5Dwrite(data.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
}

void test_the_store_reads_what_a_plugin_writes() {
  struct Case {
    H5Z_filter_t filter;
    std::vector<unsigned> parameters;
  };
  std::vector<Case> cases = {{32015, {}}, {32015, {7}}, {32004, {}}, {32004, {0}}, {32004, {999}}};
  constexpr unsigned kChunk = 8 * kChunkRows;
  cases.push_back({32001, {2, 2, 8, kChunk}});
  for (const unsigned compressor : {BLOSC_BLOSCLZ, BLOSC_LZ4, BLOSC_LZ4HC, BLOSC_ZLIB, BLOSC_ZSTD})
    for (const unsigned shuffle : {BLOSC_NOSHUFFLE, BLOSC_SHUFFLE, BLOSC_BITSHUFFLE})
      cases.push_back({32001, {2, 2, 8, kChunk, 4, shuffle, compressor}});
  for (const Case& one : cases) {
    for (const bool is_noise : {false, true}) {
      const Scratch scratch;
      const std::string path = scratch.path("a.h5");
      const Values values = values_of(is_noise);
      if (!CHECK(register_plugins())) return;
      write_with_hdf5(path, one.filter, one.parameters, values);
      // From here on HDF5 has none but the store's.
      CHECK(H5Zunregister(32015) >= 0 && H5Zunregister(32004) >= 0 && H5Zunregister(32001) >= 0);
      CHECK(read_with_store(path, kRows) == values);
      CHECK(read_with_store(path, 333) == values);  // less than a chunk: HDF5 decodes
    }
  }
}

void test_a_damaged_chunk_is_an_error_that_names_it() {
  for (const ChunkFilters& filters : kFilters) {
    const Scratch scratch;
    const std::string path = scratch.path("a.h5");
    if (!write_with_store(path, filters, values_of(false))) return;
    std::uint64_t place = 0;
    {
      const Hid file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
      const Hid data(H5Dopen2(file.get(), "data", H5P_DEFAULT));
      const hsize_t offset = 2 * kChunkRows;
      unsigned skipped = 0;
      haddr_t address = 0;
      hsize_t bytes = 0;
      CHECK(H5Dget_chunk_info_by_coord(data.get(), &offset, &skipped, &address, &bytes) >= 0);
      place = address;
    }
    std::string content = read_file(path);
    for (std::size_t i = 0; i < 14; ++i) content[place + i] = '\xff';
    write_file(path, content);
    auto store = Store::open(path, with_mode(StoreMode::read));
    auto table = store.is_ok() ? (*store)->open_table("data", nullptr, {})
                               : Result<Table*>(Status(FOREBAY_E_STATE, "not open"));
    if (!CHECK(table.is_ok())) return;
    Values values(kRows);
    const Result<std::uint64_t> got =
        (*table)->read(0, kRows, reinterpret_cast<std::byte*>(values.data()));
    CHECK_EQ(got.code(), FOREBAY_E_FORMAT);
    CHECK(got.status().message().find("cannot read row 1400 of table 'data'") != std::string::npos);
  }
}

void check_appending(const ChunkFilters& filters) {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  Values values = values_of(false);
  if (!write_with_store(path, filters, values)) return;
  for (int round = 0; round < 2; ++round) {
    auto store = Store::open(path, {});
    if (!CHECK(store.is_ok())) return;
    auto table = (*store)->open_table("data", nullptr, {});
    if (!CHECK(table.is_ok())) return;
    const TableInfo info = (*table)->info().value();
    CHECK(info.filters == filters);
    CHECK((*table)->append_rows(std::as_bytes(std::span(values).first(1'000))).is_ok());
    std::uint64_t verified = 0;
    CHECK((*store)->commit().is_ok() && (*store)->verify(&verified).is_ok());
    CHECK_EQ(verified, kRows + 1'000 * static_cast<std::uint64_t>(round + 1));
    CHECK((*store)->close().is_ok());
  }
}

void test_a_table_of_a_plugin_is_appended_to() {
  check_appending(kFilters[3]);
  check_appending(kFilters[5]);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_plugin_reads_what_the_store_writes),
      CHECK_TEST(test_the_parameters_of_blosc_are_those_of_its_plugin),
      CHECK_TEST(test_the_store_reads_what_a_plugin_writes),
      CHECK_TEST(test_a_damaged_chunk_is_an_error_that_names_it),
      CHECK_TEST(test_a_table_of_a_plugin_is_appended_to),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
