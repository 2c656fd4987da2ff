// What a store does behind its caller's back: writes of rows, commits that are begun, and the room
// that is made before rows are taken.
#include <cerrno>
#include <cstring>
#include <thread>

#include "arena/arena.hpp"
#include "store/gated_storage.hpp"
#include "store/hdf5.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "store/store.hpp"
#include "support/check.hpp"
#include "support/fault_storage.hpp"
#include "support/recorded_storage.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr std::uint64_t kChunk = 40'960;  // rows of 12 bytes: 120 whole pages

Result<Array*> make_array(const ArenaRef& arena, SegmentId segment, std::uint64_t first,
                          std::uint64_t rows) {
  FOREBAY_TRY_ASSIGN(const BlockLayout places, block_layout(*counted(), Layout::rows, rows));
  FOREBAY_TRY_ASSIGN(Block * block, arena->lease(segment, places.bytes));
  FOREBAY_TRY_ASSIGN(Array * array, Array::make(arena, block, counted(), Layout::rows, rows, rows));
  const std::vector<std::byte> bytes = counted_rows(first, rows);
  std::memcpy(array->data(), bytes.data(), bytes.size());
  return array;
}

// Leaves the gates open, whatever a test that failed left closed: stores end before this does.
struct Opener {
  explicit Opener(Gates& all) : gates(all) {}
  ~Opener() {
    gates.writes.set(true);
    gates.journal_syncs.set(true);
  }
  Gates& gates;
};

// The rows that another opening finds.
std::uint64_t rows_found(const std::string& path) {
  auto store = Store::open(path, {});
  if (!store.is_ok()) return UINT64_MAX;
  auto table = (*store)->open_table("data", nullptr, {});
  if (!table.is_ok() || !holds(**table, 0, (*table)->rows())) return UINT64_MAX;
  const std::uint64_t rows = (*table)->rows();
  return (*store)->close().is_ok() ? rows : UINT64_MAX;
}

}  // namespace

static void test_an_array_is_frozen_until_its_rows_are_written() {
  const Scratch scratch;
  GatedStorage storage;
  ArenaRef arena = Arena::open(8U << 20U).value();
  const SegmentId segment = arena->add_segment().value();
  auto store = Store::open(scratch.path("a.h5"), {}, storage);
  REQUIRE(store.is_ok());
  const Opener opener(storage.gates);
  Table* table = (*store)->open_table("data", counted(), {kChunk}).value();
  Array* array = make_array(arena, segment, 0, kChunk).value();
  storage.gates.writes.set(false);
  CHECK(table->append_array(*array).is_ok());
  storage.gates.writes.wait_for_arrivals(1);
  CHECK_EQ(array->set_rows(1).code(), FOREBAY_E_BUSY);
  CHECK(arena->is_being_written());
  CHECK(holds(*table, 0, kChunk));  // from memory
  CHECK_EQ(table->bytes_copied(), 0U);
  array->release();
  CHECK_EQ(arena->stats().blocks_lent, 1U);  // the store's
  storage.gates.writes.set(true);
  CHECK((*store)->commit().is_ok());
  while (arena->is_being_written()) std::this_thread::yield();
  CHECK_EQ(arena->stats().blocks_lent, 0U);
  CHECK(holds(*table, 0, kChunk));  // from the disk
  CHECK((*store)->close().is_ok());
  CHECK_EQ(rows_found(scratch.path("a.h5")), kChunk);
}

static void test_rows_of_plain_memory_are_the_callers_again_at_once() {
  const Scratch scratch;
  GatedStorage storage;
  auto store = Store::open(scratch.path("a.h5"), {}, storage);
  REQUIRE(store.is_ok());
  const Opener opener(storage.gates);
  Table* table = (*store)->open_table("data", counted(), {30'000}).value();
  std::vector<std::byte> rows = counted_rows(0, 90'000);
  storage.gates.writes.set(false);
  CHECK(table->append_rows(rows).is_ok());
  std::fill(rows.begin(), rows.end(), std::byte{0xFF});
  CHECK(holds(*table, 0, 90'000));
  storage.gates.writes.set(true);
  CHECK((*store)->commit().is_ok());
  CHECK(holds(*table, 0, 90'000));
  CHECK((*store)->close().is_ok());
  CHECK_EQ(rows_found(scratch.path("a.h5")), 90'000U);
}

static void test_a_write_that_fails_behind_is_told_once_and_poisons() {
  for (const bool at_commit : {false, true}) {
    const Scratch scratch;
    GatedStorage storage;
    auto store = Store::open(scratch.path("a.h5"), {}, storage);
    REQUIRE(store.is_ok());
    Table* table = (*store)->open_table("data", counted(), {kChunk}).value();
    CHECK(append(*table, 0, 5).is_ok() && (*store)->commit().is_ok());
    storage.gates.writes.fail_with(EIO);
    const Status appended = append(*table, 5, 2 * kChunk);
    storage.gates.writes.wait_for_arrivals(1);
    Status told = appended.clone();
    while (told.is_ok()) told = at_commit ? (*store)->commit() : append(*table, 0, 0);
    CHECK_EQ(told.code(), FOREBAY_E_IO);
    CHECK_EQ(told.detail().os_errno, EIO);
    CHECK_EQ(append(*table, 0, 1).code(), FOREBAY_E_POISONED);
    CHECK_EQ((*store)->commit().code(), FOREBAY_E_POISONED);
    CHECK_EQ((*store)->close().code(), FOREBAY_E_POISONED);
    CHECK_EQ(rows_found(scratch.path("a.h5")), 5U);
  }
}

static void test_a_store_may_be_dropped_with_writes_under_way() {
  const Scratch scratch;
  GatedStorage storage;
  std::thread helper;
  {
    auto store = Store::open(scratch.path("a.h5"), {}, storage);
    REQUIRE(store.is_ok());
    Table* table = (*store)->open_table("data", counted(), {kChunk}).value();
    CHECK((*store)->commit().is_ok());
    storage.gates.writes.set(false);
    CHECK(append(*table, 0, 8 * kChunk).is_ok());
    storage.gates.writes.wait_for_arrivals(1);
    helper = std::thread([&] { storage.gates.writes.set(true); });
  }
  helper.join();
  CHECK_EQ(rows_found(scratch.path("a.h5")), 0U);
}

static void test_rows_appended_behind_a_begun_commit_go_into_the_next_one() {
  for (const std::uint64_t more : {std::uint64_t{7}, 3 * kChunk}) {
    const Scratch scratch;
    GatedStorage storage;
    std::uint64_t ticket = 99;
    {
      auto store = Store::open(scratch.path("a.h5"), {}, storage);
      REQUIRE(store.is_ok());
      const Opener opener(storage.gates);
      Table* table = (*store)->open_table("data", counted(), {kChunk}).value();
      CHECK((*store)->commit().is_ok());
      CHECK_EQ((*store)->poll_commit(0, &ticket).code(), FOREBAY_NONE);
      CHECK_EQ(ticket, 0U);
      CHECK(append(*table, 0, 2 * kChunk + 10).is_ok());
      storage.gates.journal_syncs.set(false);
      CHECK((*store)->begin_commit(&ticket).is_ok());
      CHECK_EQ(ticket, 1U);
      CHECK_EQ((*store)->poll_commit(0, &ticket).code(), FOREBAY_AGAIN);
      CHECK_EQ(ticket, 0U);
      CHECK_EQ((*store)->begin_commit(&ticket).code(), FOREBAY_E_STATE);
      CHECK(append(*table, 2 * kChunk + 10, more).is_ok());
      CHECK(holds(*table, 0, 2 * kChunk + 10 + more));
      storage.gates.journal_syncs.set(true);
      CHECK((*store)->poll_commit(-1, &ticket).is_ok());
      CHECK_EQ(ticket, 1U);
      CHECK_EQ((*store)->poll_commit(-1, &ticket).code(), FOREBAY_NONE);
      CHECK(holds(*table, 0, 2 * kChunk + 10 + more));
    }
    // Dropped: only what was begun before is there.
    CHECK_EQ(rows_found(scratch.path("a.h5")), 2 * kChunk + 10);
  }
}

static void test_commits_that_are_begun_one_after_the_other_hold_all_rows() {
  const Scratch scratch;
  std::uint64_t rows = 0;
  std::uint64_t ticket = 0;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  Table* table = (*store)->open_table("data", counted(), {1'000}).value();
  for (std::uint64_t i = 1; i <= 60; ++i) {
    const std::uint64_t more = i * 997 % 3'000;
    CHECK(append(*table, rows, more).is_ok());
    rows += more;
    if (i > 1) CHECK((*store)->poll_commit(-1, &ticket).is_ok());
    CHECK((*store)->begin_commit(&ticket).is_ok());
    CHECK_EQ(ticket, i);
    // In between metadata is read and changed, too.
    CHECK(table->set_number("n", static_cast<double>(i)).is_ok());
    CHECK(holds(*table, 0, rows));
  }
  // A commit and the end wait for what was begun.
  CHECK((*store)->commit().is_ok());
  CHECK((*store)->poll_commit(0, &ticket).is_ok());
  CHECK_EQ(ticket, 60U);
  CHECK(append(*table, rows, 10).is_ok());
  CHECK((*store)->begin_commit(&ticket).is_ok());
  CHECK((*store)->close().is_ok());
  CHECK_EQ(rows_found(scratch.path("a.h5")), rows + 10);
}

static void test_a_begun_commit_that_fails_is_told_by_the_poll_and_by_the_end() {
  for (const bool polls : {true, false}) {
    const Scratch scratch;
    GatedStorage storage;
    std::uint64_t ticket = 0;
    auto store = Store::open(scratch.path("a.h5"), {}, storage);
    REQUIRE(store.is_ok());
    Table* table = (*store)->open_table("data", counted(), {kChunk}).value();
    CHECK(append(*table, 0, 10).is_ok() && (*store)->commit().is_ok());
    CHECK(append(*table, 10, 10).is_ok());
    storage.gates.journal_syncs.fail_with(EIO);
    CHECK((*store)->begin_commit(&ticket).is_ok());
    if (polls) {
      CHECK_EQ((*store)->poll_commit(-1, &ticket).code(), FOREBAY_E_COMMIT_UNKNOWN);
      CHECK_EQ(ticket, 0U);
      CHECK_EQ((*store)->begin_commit(&ticket).code(), FOREBAY_E_POISONED);
    } else {
      CHECK_EQ((*store)->commit().code(), FOREBAY_E_POISONED);
    }
    CHECK_EQ((*store)->close().code(), polls ? FOREBAY_E_POISONED : FOREBAY_E_COMMIT_UNKNOWN);
  }
}

static void test_an_empty_or_unjournaled_commit_can_be_begun_too() {
  for (const Durability durability : {Durability::full, Durability::none}) {
    const Scratch scratch;
    StoreOptions options;
    options.durability = durability;
    std::uint64_t ticket = 0;
    auto store = Store::open(scratch.path("a.h5"), options);
    REQUIRE(store.is_ok());
    CHECK((*store)->begin_commit(&ticket).is_ok());
    CHECK((*store)->poll_commit(-1, &ticket).is_ok());
    Table* table = (*store)->open_table("data", counted(), {kChunk}).value();
    CHECK(append(*table, 0, 3 * kChunk).is_ok());
    CHECK((*store)->begin_commit(&ticket).is_ok());
    CHECK((*store)->poll_commit(-1, &ticket).is_ok());
    CHECK_EQ(ticket, 2U);
    CHECK((*store)->close().is_ok());
    CHECK_EQ(rows_found(scratch.path("a.h5")), 3 * kChunk);
  }
}

// Small and large appends with less and less room: each is taken as a whole or refused as a whole,
// the store goes on, and no commit fails of what was taken.
static void test_room_that_is_missing_shows_at_the_append_and_nowhere_else() {
  std::uint64_t refused = 0;
  for (std::uint64_t room = 0; room < 3'000'000; room += 77'777) {
    for (const std::uint64_t step : {std::uint64_t{300}, std::uint64_t{2'500}, kChunk + 1}) {
      RecordedStorage storage;
      auto store = Store::open("a.h5", {}, storage);
      REQUIRE(store.is_ok());
      Table* table = (*store)->open_table("data", counted(), {2'000}).value();
      CHECK((*store)->commit().is_ok());
      storage.leave_room(room);
      std::uint64_t rows = 0;
      bool was_refused = false;
      for (int i = 0; i < 40 && !was_refused; ++i) {
        const Status status = append(*table, rows, step);
        was_refused = status.code() == FOREBAY_E_NOSPC;
        CHECK(status.is_ok() || was_refused);
        if (status.is_ok()) rows += step;
        CHECK_EQ(table->rows(), rows);
        if (i % 5 == 4 || was_refused) CHECK((*store)->commit().is_ok());
      }
      refused += was_refused ? 1 : 0;
      storage.make_room();
      if (was_refused) CHECK(append(*table, rows, step).is_ok());
      if (was_refused) rows += step;
      CHECK((*store)->commit().is_ok());
      CHECK(holds(*table, 0, rows));
      CHECK((*store)->close().is_ok());
    }
  }
  CHECK(refused > 20);
}

static void test_a_small_commit_writes_little_and_syncs_once() {
  const Scratch scratch;
  FaultStorage storage;
  auto store = Store::open(scratch.path("a.h5"), {}, storage);
  REQUIRE(store.is_ok());
  Table* table = (*store)->open_table("data", counted(), {80'000}).value();
  std::uint64_t rows = 0;
  for (int i = 0; i < 30; ++i) {
    CHECK(append(*table, rows, 100).is_ok());
    rows += 100;
    storage.forget();
    CHECK((*store)->commit().is_ok());
    std::uint64_t written = 0;
    for (const Recorded& one : storage.recorded()) {
      if (one.operation == Operation::write) written += one.bytes;
    }
    // The first one makes the chunk.
    CHECK(storage.count(Operation::sync) <= (i == 0 ? 3U : 1U));
    CHECK(i == 0 || written < 12'000);
  }
  CHECK(append(*table, rows, 80'000 - rows).is_ok());  // the chunk is full
  CHECK((*store)->commit().is_ok());
  CHECK(append(*table, 80'000, 5).is_ok());
  CHECK((*store)->close().is_ok());
  CHECK_EQ(rows_found(scratch.path("a.h5")), 80'005U);
}

int main() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_an_array_is_frozen_until_its_rows_are_written),
      CHECK_TEST(test_rows_of_plain_memory_are_the_callers_again_at_once),
      CHECK_TEST(test_a_write_that_fails_behind_is_told_once_and_poisons),
      CHECK_TEST(test_a_store_may_be_dropped_with_writes_under_way),
      CHECK_TEST(test_rows_appended_behind_a_begun_commit_go_into_the_next_one),
      CHECK_TEST(test_commits_that_are_begun_one_after_the_other_hold_all_rows),
      CHECK_TEST(test_a_begun_commit_that_fails_is_told_by_the_poll_and_by_the_end),
      CHECK_TEST(test_an_empty_or_unjournaled_commit_can_be_begun_too),
      CHECK_TEST(test_a_small_commit_writes_little_and_syncs_once),
      CHECK_TEST(test_room_that_is_missing_shows_at_the_append_and_nowhere_else),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
