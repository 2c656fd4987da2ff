// A writer that dies, and what the next opening finds.
#include <sys/wait.h>
#include <unistd.h>

#include "store/hdf5.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "store/store.hpp"
#include "store/superblock.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

// Runs `body` in a process that then ends as a killed one does; whether `body` said OK.
template <typename Body>
bool in_a_process_that_dies(Body body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body().is_ok() ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Three commits in two tables, and then rows that are not committed.
Status write_and_leave(const std::string& path, StoreOptions options, std::uint64_t first) {
  FOREBAY_TRY_ASSIGN(auto store, Store::open(path, options));
  FOREBAY_TRY_ASSIGN(Table * small, store->open_table("run/small", counted(), {10}));
  FOREBAY_TRY_ASSIGN(Table * large, store->open_table("large", counted(), {20'000}));
  for (std::uint64_t i = 0; i < 3; ++i) {
    FOREBAY_TRY(append(*small, first + i * 7, 7));
    FOREBAY_TRY(append(*large, (first / 21 * 3 + i) * 30'000, 30'000));
    FOREBAY_TRY(store->commit());
  }
  FOREBAY_TRY(append(*small, first + 21, 100));
  FOREBAY_TRY(append(*large, first / 21 * 90'000 + 90'000, 50'000));
  static_cast<void>(store.release());  // as in a process that is killed
  return Status::ok();
}

bool has_rows(Store& store, std::uint64_t runs) {
  auto small = store.open_table("run/small", nullptr, {});
  auto large = store.open_table("large", nullptr, {});
  std::uint64_t rows = 0;
  return small.is_ok() && large.is_ok() && (*small)->rows() == runs * 21 &&
         (*large)->rows() == runs * 90'000 && holds(**small, 0, runs * 21) &&
         holds(**large, 0, runs * 90'000) && store.verify(&rows).is_ok() && rows == runs * 90'021;
}

bool file_has_rows(const std::string& path, std::uint64_t runs) {
  auto store = Store::open(path, with_mode(StoreMode::read));
  return store.is_ok() && has_rows(**store, runs);
}

Superblock superblock_of(const std::string& path) {
  const std::string bytes = read_file(path);
  Superblock::Image image{};
  if (bytes.size() >= image.size()) std::memcpy(image.data(), bytes.data(), image.size());
  return Superblock(image);
}

bool is_plain(const Scratch& scratch, const std::string& path) {
  const Superblock superblock = superblock_of(path);
  return scratch.files() == 1 && superblock.flags() == 0 &&
         superblock.end() == std::filesystem::file_size(path);
}

bool stock_hdf5_opens(const std::string& path) {
  const QuietHdf5 quiet;
  const Hid file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  return file.is_open();
}

StoreOptions with_durability(Durability durability) {
  StoreOptions options;
  options.durability = durability;
  return options;
}

}  // namespace

static void test_a_killed_writer_leaves_exactly_the_commits() {
  for (const Durability durability : {Durability::full, Durability::ordered}) {
    const Scratch scratch;
    const std::string path = scratch.path("a.h5");
    const StoreOptions options = with_durability(durability);
    REQUIRE(in_a_process_that_dies([&] { return write_and_leave(path, options, 0); }));
    CHECK_EQ(superblock_of(path).flags(), Superblock::kFlagged);
    CHECK(!stock_hdf5_opens(path));
    // Looking changes nothing.
    const std::string before = read_file(path);
    CHECK(file_has_rows(path, 1));
    CHECK(read_file(path) == before && scratch.files() == 2);
    // Going on does, and may be killed again.
    REQUIRE(in_a_process_that_dies([&] { return write_and_leave(path, options, 21); }));
    CHECK(file_has_rows(path, 2));
    auto store = Store::open(path, options);
    REQUIRE(store.is_ok());
    CHECK(has_rows(**store, 2));
    CHECK((*store)->close().is_ok());
    CHECK(is_plain(scratch, path));
    CHECK(stock_hdf5_opens(path));
    CHECK(file_has_rows(path, 2));
  }
}

static void test_recover_leaves_a_plain_file() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(in_a_process_that_dies([&] { return write_and_leave(path, {}, 0); }));
  auto result = recover_store(path, {});
  REQUIRE(result.is_ok());
  CHECK(result->action == RecoverAction::replayed);
  CHECK_EQ(result->commits, 3U);
  CHECK(is_plain(scratch, path));
  CHECK(stock_hdf5_opens(path));
  CHECK(file_has_rows(path, 1));
  CHECK(recover_store(path, {}).value().action == RecoverAction::nothing);
}

static void test_an_abandoned_store_has_the_rows_of_its_last_commit() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  {
    auto store = Store::open(path, {});
    REQUIRE(store.is_ok());
    auto table = (*store)->open_table("data", counted(), {10});
    REQUIRE(table.is_ok() && append(**table, 0, 15).is_ok() && (*store)->commit().is_ok());
    CHECK(append(**table, 15, 100'000).is_ok());
  }
  auto store = Store::open(path, {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", nullptr, {});
  REQUIRE(table.is_ok());
  CHECK_EQ((*table)->rows(), 15U);
  CHECK(holds(**table, 0, 15));
  CHECK((*store)->close().is_ok());
  CHECK(is_plain(scratch, path));
}

static void test_a_file_that_was_not_closed_needs_its_own_journal() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  const std::string journal = path + "-journal";
  REQUIRE(in_a_process_that_dies([&] { return write_and_leave(path, {}, 0); }));
  const std::string right = read_file(journal);
  const auto refused = [&] {
    for (const StoreMode mode : {StoreMode::append, StoreMode::read}) {
      const auto opened = Store::open(path, with_mode(mode));
      CHECK_EQ(opened.code(), FOREBAY_E_JOURNAL);
      CHECK(opened.status().message().find("--accept-without-journal") != std::string::npos);
    }
    CHECK_EQ(recover_store(path, {}).code(), FOREBAY_E_JOURNAL);
  };
  REQUIRE(::unlink(journal.c_str()) == 0);
  refused();
  REQUIRE(in_a_process_that_dies([&] { return write_and_leave(scratch.path("b.h5"), {}, 0); }));
  write_file(journal, read_file(scratch.path("b.h5-journal")));
  refused();
  write_file(journal, std::string(9000, 'x'));
  refused();
  write_file(journal, right);
  CHECK(file_has_rows(path, 1));
}

static void test_a_lost_journal_can_be_done_without_when_all_is_readable() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(in_a_process_that_dies([&] { return write_and_leave(path, {}, 0); }));
  REQUIRE(::unlink((path + "-journal").c_str()) == 0);
  auto result = recover_store(path, {true});
  REQUIRE(result.is_ok());
  CHECK(result->action == RecoverAction::accepted);
  CHECK_EQ(result->rows, 90'021U);
  CHECK(is_plain(scratch, path));
  CHECK(file_has_rows(path, 1));
}

static void test_a_closed_file_never_gets_frames_of_a_journal_left_over() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(in_a_process_that_dies([&] { return write_and_leave(path, {}, 0); }));
  const std::string journal = read_file(path + "-journal");
  REQUIRE(recover_store(path, {}).is_ok());
  // As if another program had cleared the flags of a file that was not closed.
  write_file(path + "-journal", journal);
  const auto opened = Store::open(path, {});
  CHECK_EQ(opened.code(), FOREBAY_E_JOURNAL);
  CHECK(opened.status().message().find("another program") != std::string::npos);
  const std::string before = read_file(path);
  CHECK(recover_store(path, {true}).value().action == RecoverAction::accepted);
  CHECK(read_file(path) == before && is_plain(scratch, path));
  // Another file's journal beside a closed one is nothing.
  REQUIRE(in_a_process_that_dies([&] { return write_and_leave(scratch.path("b.h5"), {}, 0); }));
  write_file(path + "-journal", read_file(scratch.path("b.h5-journal")));
  auto store = Store::open(path, {});
  REQUIRE(store.is_ok());
  CHECK(has_rows(**store, 1));
  CHECK((*store)->close().is_ok());
  CHECK(read_file(path) == before);
}

static void test_without_durability_there_is_no_journal_and_a_killed_writer_is_told_of() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  const StoreOptions none = with_durability(Durability::none);
  REQUIRE(in_a_process_that_dies([&] { return write_and_leave(path, none, 0); }));
  CHECK_EQ(scratch.files(), 1U);
  CHECK_EQ(Store::open(path, {}).code(), FOREBAY_E_JOURNAL);
  const std::string closed = scratch.path("b.h5");
  auto store = Store::open(closed, none);
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {10});
  REQUIRE(table.is_ok() && append(**table, 0, 25).is_ok() && (*store)->commit().is_ok());
  CHECK_EQ(Store::open(closed, {}).code(), FOREBAY_E_BUSY);
  CHECK((*store)->close().is_ok());
  CHECK_EQ(superblock_of(closed).flags(), 0U);
  CHECK_EQ(superblock_of(closed).end(), std::filesystem::file_size(closed));
  CHECK(stock_hdf5_opens(closed));
}

static void test_a_fork_cannot_write_the_file() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  auto store = Store::open(path, {});
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {10});
  REQUIRE(table.is_ok() && append(**table, 0, 15).is_ok() && (*store)->commit().is_ok());
  const std::string before = read_file(path);
  CHECK(in_a_process_that_dies([&] {
    const bool refused = append(**table, 15, 10).code() == FOREBAY_E_STATE &&
                         (*store)->commit().code() == FOREBAY_E_STATE &&
                         (*store)->close().code() == FOREBAY_E_STATE;
    return refused ? Status::ok() : internal_status("a fork could use the store");
  }));
  CHECK(read_file(path) == before && scratch.files() == 2);
  CHECK(append(**table, 15, 10).is_ok());
  CHECK((*store)->close().is_ok());
  CHECK(is_plain(scratch, path));
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_killed_writer_leaves_exactly_the_commits),
      CHECK_TEST(test_recover_leaves_a_plain_file),
      CHECK_TEST(test_an_abandoned_store_has_the_rows_of_its_last_commit),
      CHECK_TEST(test_a_file_that_was_not_closed_needs_its_own_journal),
      CHECK_TEST(test_a_lost_journal_can_be_done_without_when_all_is_readable),
      CHECK_TEST(test_a_closed_file_never_gets_frames_of_a_journal_left_over),
      CHECK_TEST(test_without_durability_there_is_no_journal_and_a_killed_writer_is_told_of),
      CHECK_TEST(test_a_fork_cannot_write_the_file),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
