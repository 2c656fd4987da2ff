#include <algorithm>

#include "store/hdf5.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "store/store.hpp"
#include "support/check.hpp"
#include "support/fault_storage.hpp"

using namespace forebay::core;
using namespace forebay::test;

static bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

static void test_whole_chunks_are_written_from_the_callers_memory() {
  const Scratch scratch;
  FaultStorage storage;
  auto store = Store::open(scratch.path("a.h5"), {}, storage);
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {30'000});
  REQUIRE(table.is_ok());
  const std::vector<std::byte> rows = counted_rows(0, 105'000);
  storage.forget();
  CHECK((*table)->append_rows(rows).is_ok());
  std::size_t inside = 0;
  for (const Recorded& one : storage.recorded()) {
    if (one.operation != Operation::write || one.data < rows.data()) continue;
    if (one.data + one.bytes > rows.data() + 90'000 * 12) continue;
    CHECK_EQ(one.offset % 4096, 0U);
    inside += one.bytes;
  }
  CHECK_EQ(inside, 90'000U * 12);
  CHECK_EQ((*table)->bytes_copied(), 15'000U * 12);
  CHECK_EQ((*table)->rows(), 105'000U);
}

static void test_rows_that_do_not_fill_a_chunk_are_copied_and_counted() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {10});
  REQUIRE(table.is_ok());
  CHECK(append(**table, 0, 3).is_ok());
  CHECK_EQ((*table)->bytes_copied(), 36U);
  CHECK(append(**table, 3, 27).is_ok());  // 7 complete the tail, 20 go directly
  CHECK_EQ((*table)->bytes_copied(), 120U);
  CHECK(append(**table, 30, 10).is_ok());
  CHECK_EQ((*table)->bytes_copied(), 120U);
  CHECK(holds(**table, 0, 40));
}

static void test_reads_see_rows_that_are_not_committed() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {10});
  REQUIRE(table.is_ok());
  std::uint64_t rows = 0;
  for (const std::uint64_t more : {4U, 10U, 1U, 25U, 5U, 10U}) {
    CHECK(append(**table, rows, more).is_ok());
    rows += more;
    CHECK(holds(**table, 0, rows));
    CHECK(holds(**table, rows - 1, 1));
    CHECK(holds(**table, rows / 2, rows - rows / 2));
    if (rows % 2 == 0) CHECK((*store)->commit().is_ok());
  }
  std::byte row[24];
  CHECK_EQ((*table)->read(rows - 1, 2, row).value(), 1U);
  CHECK_EQ((*table)->read(rows, 1, row).value(), 0U);
  CHECK_EQ((*table)->read(UINT64_MAX, 1, row).value(), 0U);
}

static void test_any_split_into_appends_and_runs_gives_the_same_rows() {
  const Scratch scratch;
  std::uint64_t made = 0;
  for (const std::uint64_t chunk : {1U, 3U, 16U}) {
    for (const std::uint64_t step : {1U, 2U, 3U, 7U, 16U, 40U}) {
      const std::string path = scratch.path("a" + std::to_string(made++) + ".h5");
      std::uint64_t rows = 0;
      for (int run = 0; run < 3; ++run) {
        auto store = Store::open(path, {});
        REQUIRE(store.is_ok());
        auto table = (*store)->open_table("data", counted(), {chunk});
        REQUIRE(table.is_ok());
        CHECK_EQ((*table)->rows(), rows);
        for (const std::uint64_t end = rows + 23; rows < end;) {
          const std::uint64_t now = std::min(step, end - rows);
          CHECK(append(**table, rows, now).is_ok());
          rows += now;
        }
        CHECK((*store)->close().is_ok());
      }
      auto store = Store::open(path, with_mode(StoreMode::read));
      REQUIRE(store.is_ok());
      auto table = (*store)->open_table("data", nullptr, {});
      REQUIRE(table.is_ok());
      CHECK(holds(**table, 0, 69));
      std::uint64_t verified = 0;
      CHECK((*store)->verify(&verified).is_ok());
      CHECK_EQ(verified, 69U);
      const TableInfo info = (*table)->info().value();
      CHECK_EQ(info.chunks, (69 + chunk - 1) / chunk);
      CHECK_EQ(info.stored_bytes, info.chunks * chunk * 12);
      CHECK_EQ(info.chunk_rows, chunk);
      CHECK_EQ(info.rank, 1U);
    }
  }
}

static void test_a_hundred_thousand_rows_in_chunks_of_a_thousand() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {1000});
  REQUIRE(table.is_ok());
  CHECK(append(**table, 0, 100'000).is_ok());
  CHECK_EQ((*table)->bytes_copied(), 0U);
  CHECK((*store)->commit().is_ok());
  CHECK(holds(**table, 0, 100'000));
  std::uint64_t verified = 0;
  CHECK((*store)->verify(&verified).is_ok());
  CHECK_EQ(verified, 100'000U);
  CHECK((*store)->close().is_ok());
}

static void test_a_bare_type_makes_a_dataset_of_its_shape() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("grid", parse("f4[7,5]"), {4});
  REQUIRE(table.is_ok());
  std::vector<float> values(10 * 35);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  CHECK((*table)->append_rows(std::as_bytes(std::span(values))).is_ok());
  CHECK_EQ((*table)->info().value().rank, 3U);
  CHECK((*store)->close().is_ok());
  auto again = Store::open(scratch.path("a.h5"), {});
  REQUIRE(again.is_ok());
  table = (*again)->open_table("grid", parse("f4[7,5]"), {});
  REQUIRE(table.is_ok());
  CHECK_EQ((*table)->chunk_rows(), 4U);
  std::vector<float> back(values.size());
  CHECK_EQ((*table)->read(0, 10, reinterpret_cast<std::byte*>(back.data())).value(), 10U);
  CHECK(back == values);
}

static void test_a_dtype_that_differs_is_refused_and_both_are_shown() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  REQUIRE((*store)->open_table("data", counted(), {}).is_ok());
  const auto check = [&](Store& in) {
    const auto other = in.open_table("data", parse("n:i4,square:f4"), {});
    CHECK_EQ(other.code(), FOREBAY_E_MISMATCH);
    CHECK(contains(other.status().message(), counted()->text().c_str()));
    CHECK(contains(other.status().message(), parse("n:i4,square:f4")->text().c_str()));
    CHECK_EQ(in.open_table("data", parse("m:i4,square:f8"), {}).code(), FOREBAY_E_MISMATCH);
    CHECK_EQ(in.open_table("data", parse("n:>i4,square:f8"), {}).code(), FOREBAY_E_MISMATCH);
    CHECK(in.open_table("data", nullptr, {}).is_ok());
    CHECK(in.open_table("data", counted(), {}).is_ok());
  };
  check(**store);
  CHECK((*store)->close().is_ok());
  auto again = Store::open(scratch.path("a.h5"), {});
  REQUIRE(again.is_ok());
  check(**again);
}

static void test_names_are_listed_depth_first_in_order() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  for (const char* name : {"z", "run2/data", "run1/data", "run1/aux/x", "/b", "caf\xC3\xA9"}) {
    CHECK((*store)->open_table(name, counted(), {}).is_ok());
  }
  const std::vector<std::string> expected = {"b",         "caf\xC3\xA9", "run1/aux/x",
                                             "run1/data", "run2/data",   "z"};
  CHECK(*(*store)->table_names().value() == expected);
  CHECK((*store)->open_table("b", nullptr, {}).value() ==
        (*store)->open_table("/b", counted(), {}).value());
  CHECK((*store)->close().is_ok());
  auto again = Store::open(scratch.path("a.h5"), with_mode(StoreMode::read));
  REQUIRE(again.is_ok());
  CHECK(*(*again)->table_names().value() == expected);
}

static void test_wrong_names_are_refused() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  REQUIRE((*store)->open_table("run1/data", counted(), {}).is_ok());
  for (const char* name : {"", "/", "a//b", "a/", "..", "a/../b", "./a", ".forebay", ".forebay/id",
                           "/.forebay/x", "run1", "run1/data/deeper"}) {
    const auto opened = (*store)->open_table(name, counted(), {});
    CHECK_EQ(opened.code(), FOREBAY_E_ARGUMENT);
  }
  CHECK_EQ((*store)->open_table(std::string("a\0b", 3), counted(), {}).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ((*store)->open_table("none", nullptr, {}).code(), FOREBAY_E_NOT_FOUND);
  CHECK_EQ((*store)->open_table("run9/none", nullptr, {}).code(), FOREBAY_E_NOT_FOUND);
  CHECK((*store)->commit().is_ok());
}

static void test_impossible_tables_are_refused_and_leave_the_store_usable() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  CHECK_EQ((*store)->open_table("a", counted(), {UINT64_MAX}).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ((*store)->open_table("a", counted(), {400'000'000}).code(), FOREBAY_E_ARGUMENT);
  std::string wide = "f0:i4";
  for (int i = 1; i < 8000; ++i) wide += ",f" + std::to_string(i) + ":i4";
  CHECK_EQ((*store)->open_table("wide", parse(wide.c_str()), {}).code(), FOREBAY_E_LIMIT);
  auto table = (*store)->open_table("data", counted(), {});
  REQUIRE(table.is_ok());
  CHECK(append(**table, 0, 5).is_ok());
  CHECK((*store)->close().is_ok());
}

// How many pieces the header of a group is in.
static unsigned header_pieces(const std::string& path, const char* group) {
  const Hid file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  H5O_info_t info;
  if (H5Oget_info_by_name(file.get(), group, &info, H5P_DEFAULT) < 0) return 0;
  return info.hdr.nchunks;
}

static void test_a_group_has_room_for_its_names_and_then_says_so() {
  const Scratch scratch;
  StoreOptions options;
  options.names = 200;
  auto store = Store::open(scratch.path("a.h5"), options);
  REQUIRE(store.is_ok());
  for (int i = 0; i < 200; ++i) {
    // As long as the room that is kept for a name.
    const std::string name = "table-with-a-long-" + std::to_string(10'000 + i);
    CHECK((*store)->open_table(name, counted(), {}).is_ok());
  }
  const auto full = (*store)->open_table("one-more", counted(), {});
  CHECK_EQ(full.code(), FOREBAY_E_LIMIT);
  CHECK(contains(full.status().message(), "no room for the name 'one-more'"));
  CHECK((*store)->close().is_ok());
  CHECK_EQ(header_pieces(scratch.path("a.h5"), "/"), 1U);
  auto again = Store::open(scratch.path("a.h5"), {});
  REQUIRE(again.is_ok());
  CHECK_EQ((*again)->open_table("one-more", counted(), {}).code(), FOREBAY_E_LIMIT);
  CHECK_EQ((*again)->table_names().value()->size(), 200U);
}

static void test_attributes_are_set_replaced_and_read() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  auto opened = (*store)->open_table("data", counted(), {});
  REQUIRE(opened.is_ok());
  Table* table = *opened;
  CHECK(!table->get_text("unit").value());
  CHECK(!table->get_number("unit").value());
  CHECK(table->set_text("unit", "percent").is_ok());
  CHECK(table->set_text("unit", "\xC2\xB5m, a longer text").is_ok());
  CHECK(table->set_text("empty", "").is_ok());
  CHECK(table->set_text("long", std::string(60'000, 'x')).is_ok());
  CHECK(table->set_number("scale", 1.5).is_ok());
  CHECK(table->set_number("scale", -0.1).is_ok());
  CHECK_EQ(table->set_text("long", std::string(60'001, 'x')).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ(table->set_text("", "x").code(), FOREBAY_E_ARGUMENT);
  CHECK((*store)->close().is_ok());
  auto again = Store::open(scratch.path("a.h5"), with_mode(StoreMode::read));
  REQUIRE(again.is_ok());
  opened = (*again)->open_table("data", nullptr, {});
  REQUIRE(opened.is_ok());
  table = *opened;
  CHECK_EQ(*table->get_text("unit").value(), std::string("\xC2\xB5m, a longer text"));
  CHECK_EQ(*table->get_text("empty").value(), std::string());
  CHECK_EQ(table->get_text("long").value()->size(), 60'000U);
  CHECK_EQ(*table->get_number("scale").value(), -0.1);
  CHECK_EQ(table->get_number("unit").code(), FOREBAY_E_MISMATCH);
  CHECK_EQ(table->get_text("scale").code(), FOREBAY_E_MISMATCH);
}

static void test_verify_names_the_rows_of_a_missing_chunk() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  {
    auto store = Store::open(path, {});
    REQUIRE(store.is_ok());
    auto table = (*store)->open_table("data", counted(), {100});
    REQUIRE(table.is_ok());
    CHECK(append(**table, 0, 250).is_ok());
    CHECK((*store)->close().is_ok());
  }
  {
    // Rows that are counted but were never written.
    const Hid file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
    const Hid dataset(H5Dopen2(file.get(), "data", H5P_DEFAULT));
    const hsize_t rows = 450;
    REQUIRE(H5Dset_extent(dataset.get(), &rows) >= 0);
  }
  auto store = Store::open(path, with_mode(StoreMode::read));
  REQUIRE(store.is_ok());
  std::uint64_t verified = 0;
  const Status status = (*store)->verify(&verified);
  CHECK_EQ(status.code(), FOREBAY_E_FORMAT);
  CHECK(contains(status.message(), "row 300 of table 'data'"));
  CHECK_EQ(verified, 300U);
}

static void test_links_that_lead_elsewhere_are_not_followed() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  {
    auto store = Store::open(path, {});
    REQUIRE(store.is_ok());
    REQUIRE((*store)->open_table("data", counted(), {}).is_ok());
    CHECK((*store)->close().is_ok());
    const Hid file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
    REQUIRE(H5Lcreate_external("/etc/passwd", "/", file.get(), "outside", H5P_DEFAULT,
                               H5P_DEFAULT) >= 0);
    REQUIRE(H5Lcreate_soft("/data", file.get(), "soft", H5P_DEFAULT, H5P_DEFAULT) >= 0);
  }
  auto store = Store::open(path, {});
  REQUIRE(store.is_ok());
  CHECK_EQ((*store)->open_table("outside", counted(), {}).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ((*store)->open_table("outside/x", counted(), {}).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ((*store)->open_table("soft", counted(), {}).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ((*store)->table_names().value()->size(), 1U);
}

static void test_rows_must_be_whole() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {});
  REQUIRE(table.is_ok());
  const std::vector<std::byte> bytes(13);
  CHECK_EQ((*table)->append_rows(bytes).code(), FOREBAY_E_ARGUMENT);
  CHECK((*table)->append_rows({}).is_ok());
  CHECK_EQ((*table)->rows(), 0U);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_whole_chunks_are_written_from_the_callers_memory),
      CHECK_TEST(test_rows_that_do_not_fill_a_chunk_are_copied_and_counted),
      CHECK_TEST(test_reads_see_rows_that_are_not_committed),
      CHECK_TEST(test_any_split_into_appends_and_runs_gives_the_same_rows),
      CHECK_TEST(test_a_hundred_thousand_rows_in_chunks_of_a_thousand),
      CHECK_TEST(test_a_bare_type_makes_a_dataset_of_its_shape),
      CHECK_TEST(test_a_dtype_that_differs_is_refused_and_both_are_shown),
      CHECK_TEST(test_names_are_listed_depth_first_in_order),
      CHECK_TEST(test_wrong_names_are_refused),
      CHECK_TEST(test_impossible_tables_are_refused_and_leave_the_store_usable),
      CHECK_TEST(test_a_group_has_room_for_its_names_and_then_says_so),
      CHECK_TEST(test_attributes_are_set_replaced_and_read),
      CHECK_TEST(test_verify_names_the_rows_of_a_missing_chunk),
      CHECK_TEST(test_links_that_lead_elsewhere_are_not_followed),
      CHECK_TEST(test_rows_must_be_whole),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
