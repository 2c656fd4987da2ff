// Appends of many chunks that are packed side by side: the file is that of appends of few rows.
#include "store/hdf5.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "support/check.hpp"
#include "support/fault_storage.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr std::uint64_t kChunkRows = 1'500;
constexpr std::uint64_t kRows = 47 * kChunkRows + 777;

const ChunkFilters kFilters[] = {
    {1, true, false}, {1, false, false},         {6, false, true},
    {0, false, true}, {0, true, true, 3, false},
};

bool append_in_steps(const std::string& path, const TableOptions& options, std::uint64_t step) {
  auto store = Store::open(path, {});
  if (!CHECK(store.is_ok())) return false;
  auto table = (*store)->open_table("data", counted(), options);
  if (!CHECK(table.is_ok())) return false;
  for (std::uint64_t row = 0; row < kRows; row += step)
    if (!CHECK(append(**table, row, std::min(step, kRows - row)).is_ok())) return false;
  return CHECK(holds(**table, 0, kRows)) && CHECK((*store)->close().is_ok());
}

// The stored bytes of all chunks, each behind its mask.
std::string chunks_of(const std::string& path, const char* dataset) {
  const Hid file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  const Hid data(H5Dopen2(file.get(), dataset, H5P_DEFAULT));
  std::string all;
  for (hsize_t row = 0; row < kRows; row += kChunkRows) {
    hsize_t bytes = 0;
    std::uint32_t skipped = 0;
    CHECK(H5Dget_chunk_storage_size(data.get(), &row, &bytes) >= 0);
    std::string chunk(bytes, '\0');
    CHECK(H5Dread_chunk(data.get(), H5P_DEFAULT, &row, &skipped, chunk.data()) >= 0);
    all += std::to_string(skipped) + chunk;
  }
  return all;
}

void test_the_chunks_are_those_of_small_appends() {
  for (const Layout layout : {Layout::rows, Layout::columns}) {
    for (const ChunkFilters& filters : kFilters) {
      const Scratch scratch;
      TableOptions options;
      options.chunk_rows = kChunkRows;
      options.filters = filters;
      options.layout = layout;
      const char* const dataset = layout == Layout::rows ? "data" : "data/square";
      if (!append_in_steps(scratch.path("small.h5"), options, 1'000)) return;
      const std::string wanted = chunks_of(scratch.path("small.h5"), dataset);
      for (const std::uint64_t step : {kRows, 20 * kChunkRows, 7 * kChunkRows + 5}) {
        const std::string path = scratch.path("big" + std::to_string(step) + ".h5");
        if (!append_in_steps(path, options, step)) return;
        CHECK(chunks_of(path, dataset) == wanted);
      }
    }
  }
}

// No room on the disk is told before a row is taken, and the same rows can be appended later.
void test_an_append_that_fails_has_taken_nothing() {
  constexpr std::uint64_t kMany = 200'000;  // more than a file is given room for ahead
  for (const Layout layout : {Layout::rows, Layout::columns}) {
    const Scratch scratch;
    FaultStorage storage;
    auto store = Store::open(scratch.path("a.h5"), {}, storage);
    if (!CHECK(store.is_ok())) return;
    TableOptions options;
    options.chunk_rows = kChunkRows;
    options.filters = kFilters[0];
    options.layout = layout;
    auto table = (*store)->open_table("data", counted(), options);
    if (!CHECK(table.is_ok()) || !CHECK((*store)->commit().is_ok())) return;
    CHECK(append(**table, 0, 100).is_ok());
    storage.forget();
    storage.plan({1, true, ENOSPC});
    CHECK_EQ(append(**table, 100, kMany - 100).code(), FOREBAY_E_NOSPC);
    CHECK_EQ((*table)->rows(), 100U);
    storage.plan({});
    CHECK(append(**table, 100, kMany - 100).is_ok());
    CHECK(holds(**table, 0, kMany));
    CHECK((*store)->close().is_ok());
  }
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_the_chunks_are_those_of_small_appends),
      CHECK_TEST(test_an_append_that_fails_has_taken_nothing),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
