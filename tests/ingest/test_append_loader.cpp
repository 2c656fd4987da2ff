#include "ingest/ingest.hpp"

#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "support/check.hpp"
#include "support/fault_storage.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

// Text of counted rows.
Result<std::unique_ptr<Loader>> open_loader(const std::vector<std::string>& paths,
                                            std::uint32_t children = 2,
                                            const char* dtype = "n:i4,square:f8") {
  LoaderOptions options;
  options.children = children;
  options.memory_bytes = 64U << 20U;
  options.split_bytes = 20'000;
  FOREBAY_TRY_ASSIGN(auto loader, Loader::open(parse(dtype), options));
  for (const std::string& path : paths) FOREBAY_TRY(loader->add_file(path, 0));
  return loader;
}

struct Loaded {
  Code code = FOREBAY_OK;
  std::uint32_t source = kNoSource;
  LoadResult result{};
  std::uint64_t rows = 0;
  bool right = false;  // the table holds rows 0, 1, 2 ...
  std::uint64_t bytes_copied = 0;
};

// Loads files into the table "data" (chunks of 100 rows) of the file at `path`.
Loaded load(const std::string& path, const std::vector<std::string>& inputs, std::uint32_t children,
            Layout layout = Layout::rows) {
  Loaded loaded;
  auto store = Store::open(path, {});
  auto loader = open_loader(inputs, children);
  if (!CHECK(store.is_ok()) || !CHECK(loader.is_ok())) return loaded;
  auto table = (*store)->open_table("data", counted(), {100, layout});
  if (!CHECK(table.is_ok())) return loaded;
  const Status status = append_loader(**table, **loader, -1, &loaded.result);
  loaded.code = status.code();
  loaded.source = status.detail().source;
  loaded.rows = (*table)->rows();
  loaded.bytes_copied = (*table)->bytes_copied();
  loaded.right = holds(**table, 0, loaded.rows);
  CHECK((*store)->close().is_ok());
  return loaded;
}

}  // namespace

static void test_rows_are_the_same_for_any_number_of_children_and_in_two_runs() {
  const Scratch scratch;
  write_file(scratch.path("one"), counted_text(0, 7'321));
  write_file(scratch.path("two"), counted_text(7'321, 12'345));
  write_file(scratch.path("three"), counted_text(19'666, 1));
  const std::vector<std::string> all = {scratch.path("one"), scratch.path("two"),
                                        scratch.path("three")};
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    const std::string path = scratch.path("a" + std::to_string(children) + ".h5");
    const Loaded loaded = load(path, all, children);
    CHECK_EQ(loaded.code, FOREBAY_OK);
    CHECK_EQ(loaded.rows, 19'667U);
    CHECK_EQ(loaded.result.rows, 19'667U);
    CHECK(loaded.right);
    // Most rows go from the parser's block to the file.
    if (children == 1) CHECK(loaded.bytes_copied < 19'667U * 12 / 5);
  }
  const std::string path = scratch.path("runs.h5");
  CHECK_EQ(load(path, {all[0]}, 2).rows, 7'321U);
  const Loaded second = load(path, {all[1], all[2]}, 2);
  CHECK_EQ(second.rows, 19'667U);
  CHECK_EQ(second.result.rows, 12'346U);
  CHECK(second.right);
}

static void test_a_table_of_columns_gets_columns_without_a_conversion() {
  const Scratch scratch;
  write_file(scratch.path("one"), counted_text(0, 7'321));
  write_file(scratch.path("two"), counted_text(7'321, 12'345));
  const std::vector<std::string> all = {scratch.path("one"), scratch.path("two")};
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    const std::string path = scratch.path("a" + std::to_string(children) + ".h5");
    const Loaded loaded = load(path, all, children, Layout::columns);
    CHECK_EQ(loaded.code, FOREBAY_OK);
    CHECK_EQ(loaded.rows, 19'666U);
    CHECK(loaded.right);
    if (children == 1) CHECK(loaded.bytes_copied < 19'666U * 12 / 5);
  }
}

static void test_a_failed_source_does_not_stop_the_others_and_the_first_is_reported() {
  const Scratch scratch;
  write_file(scratch.path("one"), counted_text(0, 1'000));
  write_file(scratch.path("bad"), counted_text(1'000, 500) + "x\t1\n" + counted_text(0, 5));
  write_file(scratch.path("two"), counted_text(1'500, 700));
  const Loaded loaded = load(
      scratch.path("a.h5"),
      {scratch.path("one"), scratch.path("bad"), scratch.path("missing"), scratch.path("two")}, 2);
  CHECK_EQ(loaded.code, FOREBAY_E_VALUE);
  CHECK_EQ(loaded.source, 1U);
  CHECK_EQ(loaded.result.sources_failed, 2U);
  CHECK_EQ(loaded.rows, 2'200U);
  CHECK(loaded.right);
}

static void test_steps_load_the_same_as_one_call() {
  const Scratch scratch;
  write_file(scratch.path("one"), counted_text(0, 30'000));
  write_file(scratch.path("bad"), "x\t1\n");
  auto store = Store::open(scratch.path("a.h5"), {});
  auto loader = open_loader({scratch.path("one"), scratch.path("bad")});
  REQUIRE(store.is_ok() && loader.is_ok());
  auto table = (*store)->open_table("data", counted(), {100});
  REQUIRE(table.is_ok());
  std::uint64_t rows = 0;
  std::uint32_t failed = 0;
  std::uint64_t steps = 0;
  Status status = Status::news(FOREBAY_AGAIN);
  while (status.code() == FOREBAY_AGAIN) {
    LoadResult result;
    status = append_loader(**table, **loader, 1, &result);
    rows += result.rows;
    failed += result.sources_failed;
    ++steps;
  }
  CHECK_EQ(status.code(), FOREBAY_E_VALUE);
  CHECK_EQ(rows, 30'000U);
  CHECK_EQ(failed, 1U);
  CHECK(steps > 1);
  CHECK(holds(**table, 0, 30'000));
  // At its end it says the same again.
  LoadResult result;
  CHECK_EQ(append_loader(**table, **loader, 1, &result).code(), FOREBAY_E_VALUE);
  CHECK_EQ(result.rows, 0U);
}

static void test_another_dtype_is_refused_before_any_child_starts() {
  const Scratch scratch;
  write_file(scratch.path("one"), counted_text(0, 10));
  auto store = Store::open(scratch.path("a.h5"), {});
  auto loader = open_loader({scratch.path("one")}, 1, "n:i8,square:f8");
  REQUIRE(store.is_ok() && loader.is_ok());
  auto table = (*store)->open_table("data", counted(), {});
  REQUIRE(table.is_ok());
  LoadResult result;
  CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_E_MISMATCH);
  CHECK_EQ((*loader)->progress().children, 0U);
  CHECK_EQ((*table)->rows(), 0U);
}

static void test_a_full_disk_stops_a_load_which_then_goes_on() {
  const Scratch scratch;
  write_file(scratch.path("one"), counted_text(0, 60'000));
  FaultStorage storage;
  auto store = Store::open(scratch.path("a.h5"), {}, storage);
  auto loader = open_loader({scratch.path("one")});
  REQUIRE(store.is_ok() && loader.is_ok());
  auto table = (*store)->open_table("data", counted(), {7'000});
  REQUIRE(table.is_ok());
  storage.plan({storage.recorded().size() + 1, true, ENOSPC});
  LoadResult result;
  CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_E_NOSPC);
  CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_E_NOSPC);
  CHECK_EQ(result.rows, 0U);
  storage.plan({});
  CHECK(append_loader(**table, **loader, -1, &result).is_ok());
  CHECK_EQ(result.rows, 60'000U);
  CHECK(holds(**table, 0, 60'000));
  loader->reset();
  CHECK((*store)->close().is_ok());
}

static void test_a_failure_of_the_table_ends_the_load() {
  const Scratch scratch;
  write_file(scratch.path("one"), counted_text(0, 60'000));
  FaultStorage storage;
  auto store = Store::open(scratch.path("a.h5"), {}, storage);
  auto loader = open_loader({scratch.path("one")});
  REQUIRE(store.is_ok() && loader.is_ok());
  auto table = (*store)->open_table("data", counted(), {100});
  REQUIRE(table.is_ok());
  storage.plan({storage.recorded().size() + 10, true, EIO});
  LoadResult result;
  CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_E_IO);
  CHECK(result.rows < 60'000);
  CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_E_POISONED);
  // No array is held: all blocks are home.
  loader->reset();
  CHECK_EQ((*store)->close().code(), FOREBAY_E_POISONED);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_rows_are_the_same_for_any_number_of_children_and_in_two_runs),
      CHECK_TEST(test_a_table_of_columns_gets_columns_without_a_conversion),
      CHECK_TEST(test_a_failed_source_does_not_stop_the_others_and_the_first_is_reported),
      CHECK_TEST(test_steps_load_the_same_as_one_call),
      CHECK_TEST(test_another_dtype_is_refused_before_any_child_starts),
      CHECK_TEST(test_a_full_disk_stops_a_load_which_then_goes_on),
      CHECK_TEST(test_a_failure_of_the_table_ends_the_load),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
