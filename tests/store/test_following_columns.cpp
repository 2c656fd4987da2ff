// Snapshots of tables of columns beside a writer: all columns are at one commit, whatever the
// writer does meanwhile.
#include <sys/wait.h>
#include <unistd.h>

#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "store/store.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr std::uint64_t kRowsOfCommit = 37;

TableOptions columns_of(std::uint64_t chunk_rows, bool is_compressed) {
  TableOptions options{chunk_rows};
  options.layout = Layout::columns;
  if (is_compressed) options.filters = {1, true, true};
  return options;
}

// One commit more in two tables that stay and, now and then, in a new one.
Status commit_once(Store& store, std::uint64_t number) {
  FOREBAY_TRY_ASSIGN(Table * plain, store.open_table("plain", counted(), columns_of(100, false)));
  FOREBAY_TRY_ASSIGN(Table * packed,
                     store.open_table("run/packed", counted(), columns_of(64, true)));
  for (Table* table : {plain, packed}) FOREBAY_TRY(append(*table, table->rows(), kRowsOfCommit));
  if (number % 5 == 0) {
    const std::string name = "new" + std::to_string(number);
    FOREBAY_TRY_ASSIGN(Table * fresh, store.open_table(name, counted(), columns_of(16, true)));
    FOREBAY_TRY(append(*fresh, 0, 20));
  }
  return store.commit();
}

// Columns one by one, in a stretch that goes over chunks, and all rows together.
bool holds_columns(Table& table, std::uint64_t rows) {
  if (table.rows() != rows || !holds(table, 0, rows)) return false;
  const std::uint64_t first = rows / 3;
  std::vector<std::int32_t> numbers(rows - first);
  std::vector<double> squares(rows - first);
  const auto read = [&](std::uint32_t column, void* out) {
    return table.read_column(column, first, rows - first, static_cast<std::byte*>(out));
  };
  Result<std::uint64_t> got_numbers = read(0, numbers.data());
  Result<std::uint64_t> got_squares = read(1, squares.data());
  if (!got_numbers.is_ok() || !got_squares.is_ok()) return false;
  if (*got_numbers != rows - first || *got_squares != rows - first) return false;
  for (std::uint64_t i = 0; i < rows - first; ++i) {
    const auto number = static_cast<double>(first + i);
    if (numbers[i] != static_cast<std::int32_t>(number) || squares[i] != number * number) {
      return false;
    }
  }
  return true;
}

// Whether all tables are at commit `number`.
bool is_at(Store& store, std::uint64_t number) {
  for (const char* name : {"plain", "run/packed"}) {
    auto table = store.open_table(name, nullptr, {});
    if (!table.is_ok() || !holds_columns(**table, number * kRowsOfCommit)) return false;
  }
  auto names = store.table_names();
  if (!names.is_ok() || (*names)->size() != 2 + number / 5) return false;
  if (number < 5) return true;
  auto newest = store.open_table("new" + std::to_string(number / 5 * 5), nullptr, {});
  return newest.is_ok() && holds_columns(**newest, 20);
}

std::uint64_t commit_of(Store& store) {
  auto table = store.open_table("plain", nullptr, {});
  return table.is_ok() ? (*table)->rows() / kRowsOfCommit : 0;
}

}  // namespace

static void test_a_snapshot_of_columns_stays_until_it_is_refreshed() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  auto writer = Store::open(path, {});
  REQUIRE(writer.is_ok() && commit_once(**writer, 1).is_ok());
  auto reader = Store::open(path, with_mode(StoreMode::read));
  REQUIRE(reader.is_ok());
  std::uint64_t shown = 1;
  for (std::uint64_t number = 2; number <= 40; ++number) {
    REQUIRE(commit_once(**writer, number).is_ok());
    CHECK(is_at(**reader, shown));
    if (number % 3 != 0) continue;
    CHECK_EQ((*reader)->refresh().code(), FOREBAY_OK);
    shown = number;
    CHECK(is_at(**reader, shown));
  }
  std::uint64_t rows = 0;
  CHECK((*reader)->verify(&rows).is_ok());
  CHECK_EQ(rows, 2 * shown * kRowsOfCommit + shown / 5 * 20);
  CHECK((*writer)->close().is_ok());
  CHECK(is_at(**reader, shown));
  CHECK_EQ((*reader)->refresh().code(), FOREBAY_END);
  CHECK(is_at(**reader, 40));
}

static void test_rows_that_are_not_committed_are_in_no_column() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  auto writer = Store::open(path, {});
  REQUIRE(writer.is_ok() && commit_once(**writer, 1).is_ok());
  for (const char* name : {"plain", "run/packed"}) {
    auto table = (*writer)->open_table(name, nullptr, {});
    REQUIRE(table.is_ok() && append(**table, kRowsOfCommit, 1000).is_ok());
  }
  auto reader = Store::open(path, with_mode(StoreMode::read));
  REQUIRE(reader.is_ok());
  CHECK(is_at(**reader, 1));
  CHECK_EQ((*reader)->refresh().code(), FOREBAY_NONE);
  writer->reset();  // gives up, as a process that is killed
  CHECK(is_at(**reader, 1));
  auto after = Store::open(path, with_mode(StoreMode::read));
  REQUIRE(after.is_ok());
  CHECK(is_at(**after, 1));
}

// The writer has a process of its own and does not wait for anybody.
static void test_columns_are_whole_beside_a_writer_at_full_speed() {
  constexpr std::uint64_t kCommits = 400;
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  int begun[2];
  REQUIRE(::pipe(begun) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    StoreOptions options;
    options.durability = Durability::ordered;
    auto writer = Store::open(path, options);
    bool good = writer.is_ok() && commit_once(**writer, 1).is_ok();
    good = good && ::write(begun[1], "x", 1) == 1;
    for (std::uint64_t i = 2; good && i <= kCommits; ++i) good = commit_once(**writer, i).is_ok();
    ::_exit(good && (*writer)->close().is_ok() ? 0 : 1);
  }
  char byte = 0;
  CHECK_EQ(::read(begun[0], &byte, 1), 1);
  auto reader = Store::open(path, with_mode(StoreMode::read));
  bool is_right = CHECK(reader.is_ok());
  Code last = FOREBAY_OK;
  for (std::uint64_t seen = 1; is_right && last != FOREBAY_END;) {
    const std::uint64_t now = commit_of(**reader);
    is_right = CHECK(now >= seen) && CHECK(is_at(**reader, now)) && CHECK(is_at(**reader, now));
    seen = now;
    const Status refreshed = (*reader)->refresh();
    last = refreshed.code();
    is_right = is_right && CHECK(!refreshed.is_failure());
  }
  int status = 0;
  CHECK(::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  if (is_right) CHECK(is_at(**reader, kCommits));
  for (const int one : begun) ::close(one);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_columns_are_whole_beside_a_writer_at_full_speed),
      CHECK_TEST(test_a_snapshot_of_columns_stays_until_it_is_refreshed),
      CHECK_TEST(test_rows_that_are_not_committed_are_in_no_column),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
