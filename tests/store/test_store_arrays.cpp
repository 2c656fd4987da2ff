#include "arena/arena.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "store/store.hpp"
#include "support/check.hpp"
#include "support/fault_storage.hpp"

using namespace forebay::core;
using namespace forebay::test;

// An array of `rows` counted rows in a fresh arena.
static Result<Array*> make_array(const DtypeRef& dtype, std::uint64_t rows, Layout layout) {
  FOREBAY_TRY_ASSIGN(const ArenaRef arena, Arena::open(16U << 20U));
  FOREBAY_TRY_ASSIGN(const SegmentId segment, arena->add_segment());
  FOREBAY_TRY_ASSIGN(const BlockLayout places, block_layout(*dtype, layout, rows));
  FOREBAY_TRY_ASSIGN(Block * block, arena->lease(segment, places.bytes));
  return Array::make(arena, block, dtype, layout, rows, rows);
}

static void test_whole_chunks_of_an_array_are_written_from_its_block() {
  const Scratch scratch;
  FaultStorage storage;
  auto store = Store::open(scratch.path("a.h5"), {}, storage);
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {30'000});
  REQUIRE(table.is_ok());
  auto made = make_array(counted(), 69'000, Layout::rows);
  REQUIRE(made.is_ok());
  Array* array = *made;
  const std::vector<std::byte> rows = counted_rows(0, 69'000);
  std::memcpy(array->data(), rows.data(), rows.size());
  const std::byte* begin = array->data();
  storage.forget();
  CHECK((*table)->append_array(*array).is_ok());
  std::size_t inside = 0;
  for (const Recorded& one : storage.recorded()) {
    if (one.operation != Operation::write || one.data < begin || one.data >= begin + rows.size()) {
      continue;
    }
    CHECK(one.data == begin + inside);
    inside += one.bytes;
  }
  CHECK_EQ(inside, 2U * 360'000);
  CHECK_EQ((*table)->bytes_copied(), 9'000U * 12);
  // A storage that writes nothing behind the caller's back is done with it.
  std::memset(array->data(), 0xFF, rows.size());
  array->release();
  CHECK((*store)->commit().is_ok());
  CHECK(holds(**table, 0, 69'000));
}

static void test_an_array_of_another_dtype_is_refused() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {});
  REQUIRE(table.is_ok());
  auto other = make_array(parse("n:i4,cube:f8"), 10, Layout::rows);
  REQUIRE(other.is_ok());
  CHECK_EQ((*table)->append_array(**other).code(), FOREBAY_E_MISMATCH);
  (*other)->release();
  CHECK_EQ((*table)->rows(), 0U);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_whole_chunks_of_an_array_are_written_from_its_block),
      CHECK_TEST(test_an_array_of_another_dtype_is_refused),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
