// Disks that are really full, or really broken. As root; else nothing is tested.
#include <cstdio>
#include <cstring>

#include "store/hdf5.hpp"
#include "store/mounted.hpp"
#include "store/rows.hpp"
#include "store/store.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr std::uint64_t kMiB = 1U << 20U;

// The rows of the file, or UINT64_MAX when they are not the right ones.
std::uint64_t rows_found(const std::string& path) {
  auto store = Store::open(path, {});
  if (!store.is_ok()) return UINT64_MAX;
  auto table = (*store)->open_table("data", nullptr, {});
  if (!table.is_ok() || !holds(**table, 0, (*table)->rows())) return UINT64_MAX;
  std::uint64_t verified = 0;
  const std::uint64_t rows = (*table)->rows();
  if (!(*store)->verify(&verified).is_ok() || verified != rows) return UINT64_MAX;
  return (*store)->close().is_ok() ? rows : UINT64_MAX;
}

// Appends and commits until the disk is full; the rows that are there then. Whether all of it went
// as it should.
bool fill(Store& store, Table& table, std::uint64_t step, std::uint64_t* rows) {
  for (int i = 0; i < 100'000; ++i) {
    const Status status = append(table, *rows, step);
    if (status.code() == FOREBAY_E_NOSPC) return table.rows() == *rows && store.commit().is_ok();
    if (!status.is_ok()) return false;
    *rows += step;
    if (i % 7 == 6 && !store.commit().is_ok()) return false;
  }
  return false;
}

}  // namespace

static void test_a_full_disk_refuses_appends_and_nothing_else() {
  for (const std::uint64_t step :
       {std::uint64_t{4'000}, std::uint64_t{50'000}, std::uint64_t{200'000}}) {
    SmallMemoryDisk disk(24 * kMiB);
    if (!disk.is_mounted()) return;
    write_file(disk.path("filler"), std::string(10 * kMiB, 'x'));
    std::uint64_t rows = 0;
    auto store = Store::open(disk.path("a.h5"), {});
    REQUIRE(store.is_ok());
    Table* table = (*store)->open_table("data", counted(), {}).value();
    CHECK((*store)->commit().is_ok());
    CHECK(fill(**store, *table, step, &rows));
    CHECK(holds(*table, 0, rows));
    std::filesystem::remove(disk.path("filler"));
    CHECK(append(*table, rows, step).is_ok());
    rows += step;
    CHECK((*store)->close().is_ok());
    CHECK_EQ(rows_found(disk.path("a.h5")), rows);
  }
}

// Writes until something fails; then the disk is mended, and what was committed is there.
static void test_a_disk_that_breaks_loses_nothing_that_was_committed() {
  for (const std::uint64_t step : {std::uint64_t{3'000}, std::uint64_t{90'000}}) {
    HollowDisk disk(40 * kMiB, 256 * kMiB);
    if (!disk.is_mounted()) return;
    std::uint64_t rows = 0;
    std::uint64_t committed = 0;
    Status status;
    {
      auto store = Store::open(disk.path("a.h5"), {});
      REQUIRE(store.is_ok());
      auto table = (*store)->open_table("data", counted(), {});
      REQUIRE(table.is_ok() && (*store)->commit().is_ok());
      while (status.is_ok() && rows < 30'000'000) {
        status = append(**table, rows, step);
        if (status.is_ok()) rows += step;
        if (status.is_ok()) status = (*store)->commit();
        if (status.is_ok()) committed = rows;
      }
      std::printf("steps of %llu rows: %llu committed, then: %s\n",
                  static_cast<unsigned long long>(step), static_cast<unsigned long long>(committed),
                  status.message().c_str());
      CHECK(status.code() == FOREBAY_E_IO || status.code() == FOREBAY_E_COMMIT_UNKNOWN ||
            status.code() == FOREBAY_E_NOSPC);
      if (status.code() != FOREBAY_E_NOSPC) CHECK_EQ((*store)->commit().code(), FOREBAY_E_POISONED);
    }
    REQUIRE(disk.mend(400 * kMiB));
    const std::uint64_t found = rows_found(disk.path("a.h5"));
    CHECK(found == committed ||
          (status.code() == FOREBAY_E_COMMIT_UNKNOWN && found == committed + step));
  }
}

int main(int argc, char** argv) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const struct CMUnitTest full[] = {
      CHECK_TEST(test_a_full_disk_refuses_appends_and_nothing_else),
  };
  const struct CMUnitTest broken[] = {
      CHECK_TEST(test_a_disk_that_breaks_loses_nothing_that_was_committed),
  };
  if (argc > 1 && std::strcmp(argv[1], "--broken") == 0) {
    return cmocka_run_group_tests(broken, nullptr, nullptr);
  }
  return cmocka_run_group_tests(full, nullptr, nullptr);
}
