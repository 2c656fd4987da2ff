// Tables of columns: the same rows as in a table of records, each column written from its block.
#include <hdf5.h>

#include "arena/arena.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "store/store.hpp"
#include "support/check.hpp"
#include "support/fault_storage.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr TableOptions kColumns = {1000, Layout::columns};

// An array of counted rows [first, first + rows) in a fresh arena.
Result<Array*> make_array(std::uint64_t first, std::uint64_t rows, Layout layout) {
  const DtypeRef dtype = counted();
  FOREBAY_TRY_ASSIGN(const ArenaRef arena, Arena::open(16U << 20U));
  FOREBAY_TRY_ASSIGN(const SegmentId segment, arena->add_segment());
  FOREBAY_TRY_ASSIGN(const BlockLayout places, block_layout(*dtype, layout, rows));
  FOREBAY_TRY_ASSIGN(Block * block, arena->lease(segment, places.bytes));
  FOREBAY_TRY_ASSIGN(Array * array, Array::make(arena, block, dtype, layout, rows, rows));
  const std::vector<std::byte> values = counted_rows(first, rows);
  const std::vector<ColumnPlace> packed = packed_places(*dtype);
  copy_rows(*dtype, {values.data(), &packed, 0}, {array->data(), &places.columns, 0}, rows);
  return array;
}

bool append_array(Table& table, std::uint64_t first, std::uint64_t rows, Layout layout) {
  auto array = make_array(first, rows, layout);
  if (!array.is_ok()) return false;
  const Status status = table.append_array(**array);
  (*array)->release();
  return status.is_ok();
}

std::uint64_t verified(Store& store) {
  std::uint64_t rows = 0;
  CHECK(store.verify(&rows).is_ok());
  return rows;
}

// Changes a closed file behind forebay's back.
template <typename Change>
void with_hdf5(const std::string& path, Change change) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  CHECK(file >= 0);
  change(file);
  CHECK(H5Fclose(file) >= 0);
}

void set_extent(hid_t file, const char* dataset, hsize_t rows) {
  const hid_t id = H5Dopen2(file, dataset, H5P_DEFAULT);
  CHECK(H5Dset_extent(id, &rows) >= 0);
  H5Dclose(id);
}

}  // namespace

static void test_whole_chunks_of_each_column_are_written_from_the_array() {
  const Scratch scratch;
  FaultStorage storage;
  auto store = Store::open(scratch.path("a.h5"), {}, storage);
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {100'000, Layout::columns});
  REQUIRE(table.is_ok());
  CHECK((*table)->layout() == Layout::columns);
  auto made = make_array(0, 230'000, Layout::columns);
  REQUIRE(made.is_ok());
  Array* array = *made;
  storage.forget();
  CHECK((*table)->append_array(*array).is_ok());
  std::size_t inside = 0;
  for (const Recorded& one : storage.recorded()) {
    if (one.operation != Operation::write) continue;
    for (std::size_t k = 0; k < 2; ++k) {
      const std::byte* column = array->data() + array->block_layout().columns[k].offset;
      const std::uint64_t chunks = 200'000 * array->dtype()->fields()[k].bytes();
      if (one.data >= column && one.data + one.bytes <= column + chunks) inside += one.bytes;
    }
  }
  CHECK_EQ(inside, 200'000U * 12);
  CHECK_EQ((*table)->bytes_copied(), 30'000U * 12);
  // A storage that writes nothing behind the caller's back is done with it.
  std::memset(array->data(), 0xFF, array->block_layout().bytes);
  array->release();
  CHECK((*store)->commit().is_ok());
  CHECK(holds(**table, 0, 230'000));
  CHECK_EQ(verified(**store), 230'000U);
}

static void test_any_mix_of_layouts_and_sizes_gives_the_same_rows() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  auto columns = (*store)->open_table("columns", counted(), {64, Layout::columns});
  auto rows = (*store)->open_table("rows", counted(), {64, Layout::rows});
  REQUIRE(columns.is_ok() && rows.is_ok());
  std::uint64_t total = 0;
  std::uint64_t converted = 0;
  for (const std::uint64_t count : {1U, 63U, 64U, 65U, 200U, 7U, 128U}) {
    for (const Layout layout : {Layout::rows, Layout::columns}) {
      CHECK(append_array(**columns, total, count, layout));
      CHECK(append_array(**rows, total, count, layout));
      total += count;
    }
    CHECK(append(**columns, total, count).is_ok());
    CHECK(append(**rows, total, count).is_ok());
    total += count;
    converted += count * 12;
    if (count == 65) CHECK((*store)->commit().is_ok());
  }
  CHECK(holds(**columns, 0, total));
  CHECK(holds(**rows, 0, total));
  CHECK(holds(**columns, 100, 77));
  // Arrays and rows of another layout are copied, and counted.
  CHECK((*rows)->bytes_copied() >= converted);
  CHECK((*columns)->bytes_copied() >= 2 * converted);
  CHECK((*columns)->bytes_copied() <= total * 12);
  CHECK((*store)->close().is_ok());
}

static void test_a_table_of_columns_reopens_as_one_table() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  for (std::uint64_t run = 0; run < 3; ++run) {
    auto store = Store::open(path, {});
    REQUIRE(store.is_ok());
    // What it was made with counts, not what is asked for now.
    auto table = (*store)->open_table("run1/data", counted(), run == 0 ? kColumns : TableOptions{});
    auto plain = (*store)->open_table("run1/data2", counted(), {});
    REQUIRE(table.is_ok() && plain.is_ok());
    CHECK((*table)->layout() == Layout::columns);
    CHECK_EQ((*table)->chunk_rows(), 1000U);
    CHECK_EQ((*table)->rows(), run * 1'700);
    CHECK(append_array(**table, run * 1'700, 1'700, Layout::columns));
    CHECK((*table)->set_text("note", "text").is_ok());
    CHECK_EQ((*table)->get_text("note")->value_or(""), std::string("text"));
    CHECK((*store)->close().is_ok());
  }
  auto store = Store::open(path, with_mode(StoreMode::read));
  REQUIRE(store.is_ok());
  auto names = (*store)->table_names();
  REQUIRE(names.is_ok());
  CHECK((**names == std::vector<std::string>{"run1/data", "run1/data2"}));
  auto table = (*store)->open_table("run1/data", nullptr, {});
  REQUIRE(table.is_ok());
  CHECK(*(*table)->dtype() == *counted());
  CHECK(holds(**table, 0, 5'100));
  const TableInfo info = (*table)->info().value();
  CHECK(info.rows == 5'100 && info.row_bytes == 12 && info.chunks == 12 && info.rank == 1);
  CHECK(info.layout == Layout::columns && info.stored_bytes == 6'000U * 12);
  CHECK_EQ(verified(**store), 5'100U);
}

static void test_one_column_is_read_alone_in_either_layout() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  for (const Layout layout : {Layout::rows, Layout::columns}) {
    const std::string name = layout == Layout::rows ? "rows" : "columns";
    auto table = (*store)->open_table(name, counted(), {100, layout});
    REQUIRE(table.is_ok());
    CHECK(append(**table, 0, 1234).is_ok());
    std::vector<double> squares(2000, -1.0);
    auto got = (*table)->read_column(1, 34, 2000, reinterpret_cast<std::byte*>(squares.data()));
    CHECK(got.is_ok() && *got == 1200);
    for (std::size_t i = 0; i < 1200; ++i) {
      CHECK_EQ(squares[i], static_cast<double>((i + 34) * (i + 34)));
    }
    CHECK_EQ(squares[1200], -1.0);
    CHECK_EQ(
        (*table)->read_column(0, 1234, 1, reinterpret_cast<std::byte*>(squares.data())).value(),
        0U);
  }
}

static void test_columns_of_unequal_length_are_damage() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  auto store = Store::open(path, {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), kColumns);
  REQUIRE(table.is_ok());
  CHECK(append(**table, 0, 2500).is_ok());
  CHECK((*store)->close().is_ok());
  with_hdf5(path, [](hid_t file) { set_extent(file, "data/square", 2499); });
  auto again = Store::open(path, {});
  REQUIRE(again.is_ok());
  auto damaged = (*again)->open_table("data", nullptr, {});
  CHECK_EQ(damaged.code(), FOREBAY_E_FORMAT);
  CHECK(damaged.status().message().find("'data/square' has 2499") != std::string::npos);
  std::uint64_t rows = 0;
  CHECK_EQ((*again)->verify(&rows).code(), FOREBAY_E_FORMAT);
}

static void test_a_missing_column_and_another_type_are_damage() {
  for (const bool is_missing : {true, false}) {
    const Scratch scratch;
    const std::string path = scratch.path("a.h5");
    auto store = Store::open(path, {});
    REQUIRE(store.is_ok());
    CHECK((*store)->open_table("data", counted(), kColumns).is_ok());
    CHECK((*store)->open_table("other", parse("n:i4,square:f4"), kColumns).is_ok());
    CHECK((*store)->close().is_ok());
    with_hdf5(path, [=](hid_t file) {
      CHECK(H5Ldelete(file, "data/square", H5P_DEFAULT) >= 0);
      if (is_missing) return;
      CHECK(H5Lmove(file, "other/square", file, "data/square", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    });
    auto again = Store::open(path, {});
    REQUIRE(again.is_ok());
    CHECK_EQ((*again)->open_table("data", nullptr, {}).code(), FOREBAY_E_FORMAT);
  }
}

static void test_columns_are_no_tables_of_their_own() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), kColumns);
  REQUIRE(table.is_ok());
  CHECK_EQ((*store)->open_table("data/n", nullptr, {}).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ((*store)->open_table("data/more", counted(), {}).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ((*table)->set_text("forebay_dtype", "x").code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ((*table)->set_number("forebay_layout", 1).code(), FOREBAY_E_ARGUMENT);
}

static void test_names_that_are_no_links_are_kept() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  const DtypeRef dtype = parse("a/b:i4,'.':i4,m%:i4,'..':i4");
  auto store = Store::open(path, {});
  REQUIRE(store.is_ok());
  REQUIRE((*store)->open_table("data", dtype, kColumns).is_ok());
  CHECK_EQ((*store)->open_table("twice", parse("a/b:i4,a%2Fb:i4"), kColumns).code(),
           FOREBAY_E_LIMIT);
  CHECK((*store)->close().is_ok());
  auto again = Store::open(path, {});
  REQUIRE(again.is_ok());
  auto table = (*again)->open_table("data", dtype, {});
  CHECK(table.is_ok() && (*table)->layout() == Layout::columns);
  CHECK_EQ((*again)->table_names().value()->size(), 1U);
}

static void test_a_bare_dtype_has_one_dataset_in_either_layout() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", parse("f4[2,3]"), kColumns);
  REQUIRE(table.is_ok());
  CHECK((*table)->layout() == Layout::rows);
  CHECK_EQ((*table)->info()->rank, 3U);
}

static void test_many_columns_fit_and_too_long_a_dtype_is_refused() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  std::string text = "first:i1";
  for (int i = 0; i < 2000; ++i) text += ",column_number_" + std::to_string(i) + ":i1";
  const DtypeRef dtype = parse(text.c_str());
  auto store = Store::open(path, {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", dtype, {16, Layout::columns});
  REQUIRE(table.is_ok());
  const std::vector<std::byte> rows(40 * dtype->row_bytes(), std::byte{7});
  CHECK((*table)->append_rows(rows).is_ok());
  for (int i = 0; i < 2000; ++i) text += ",another_number_" + std::to_string(i) + ":i1";
  auto refused = (*store)->open_table("more", parse(text.c_str()), kColumns);
  CHECK_EQ(refused.code(), FOREBAY_E_LIMIT);
  CHECK((*store)->close().is_ok());
  auto again = Store::open(path, with_mode(StoreMode::read));
  REQUIRE(again.is_ok());
  CHECK_EQ(verified(**again), 40U);
}

namespace {

struct FaultCase {
  std::uint64_t chunk_rows;
  std::uint64_t before;
  std::uint64_t more;
};

void make_columns(const std::string& path, const FaultCase& sizes) {
  auto store = Store::open(path, {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {sizes.chunk_rows, Layout::columns});
  REQUIRE(table.is_ok());
  CHECK(append(**table, 0, sizes.before).is_ok());
  CHECK((*store)->close().is_ok());
}

// Appends and commits, once more after a failure, and goes as a killed process would; whether a
// commit succeeded. The failure is at the `fail_at`-th operation; *was_reached: there was one.
bool append_with_fault(const std::string& path, const FaultCase& sizes, std::uint64_t fail_at,
                       bool* was_reached) {
  FaultStorage storage;
  auto store = Store::open(path, {}, storage);
  if (!CHECK(store.is_ok())) return false;
  auto table = (*store)->open_table("data", counted(), {});
  if (!CHECK(table.is_ok())) return false;
  const std::size_t before = storage.recorded().size();
  storage.plan({before + fail_at, false, EIO});
  const Status appended = append(**table, sizes.before, sizes.more);
  Status status = (*store)->commit();
  if (appended.is_failure()) CHECK_EQ(status.code(), FOREBAY_E_POISONED);
  *was_reached = storage.has_failed();
  storage.plan({});
  if (status.is_failure()) status = (*store)->commit();
  return status.is_ok();
}

// All rows when they were promised; else those of one commit or the other.
void check_rows_of_a_commit(const std::string& path, const FaultCase& sizes, bool is_promised) {
  auto store = Store::open(path, {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", nullptr, {});
  REQUIRE(table.is_ok());
  const std::uint64_t rows = (*table)->rows();
  CHECK(rows == sizes.before + sizes.more || (!is_promised && rows == sizes.before));
  CHECK(holds(**table, 0, rows));
  CHECK_EQ(verified(**store), rows);
}

}  // namespace

// Whatever fails, no commit may make some columns longer than others: with rows that wait for the
// journal, and with more, which go straight to the file.
static void test_a_fault_at_any_operation_leaves_equal_columns() {
  for (const FaultCase sizes : {FaultCase{100, 150, 250}, FaultCase{40'000, 50'000, 80'000}}) {
    bool was_reached = true;
    std::uint64_t fail_at = 1;
    for (; was_reached; ++fail_at) {
      const Scratch scratch;
      const std::string path = scratch.path("a.h5");
      make_columns(path, sizes);
      const bool is_promised = append_with_fault(path, sizes, fail_at, &was_reached);
      check_rows_of_a_commit(path, sizes, is_promised);
      CHECK(was_reached || is_promised);
    }
    CHECK(fail_at > 5);
  }
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_whole_chunks_of_each_column_are_written_from_the_array),
      CHECK_TEST(test_any_mix_of_layouts_and_sizes_gives_the_same_rows),
      CHECK_TEST(test_a_table_of_columns_reopens_as_one_table),
      CHECK_TEST(test_one_column_is_read_alone_in_either_layout),
      CHECK_TEST(test_columns_of_unequal_length_are_damage),
      CHECK_TEST(test_a_missing_column_and_another_type_are_damage),
      CHECK_TEST(test_columns_are_no_tables_of_their_own),
      CHECK_TEST(test_names_that_are_no_links_are_kept),
      CHECK_TEST(test_a_bare_dtype_has_one_dataset_in_either_layout),
      CHECK_TEST(test_many_columns_fit_and_too_long_a_dtype_is_refused),
      CHECK_TEST(test_a_fault_at_any_operation_leaves_equal_columns),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
