#include "store/store.hpp"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "store/hdf5.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "support/check.hpp"
#include "support/fault_storage.hpp"

using namespace forebay::core;
using namespace forebay::test;

static Result<std::unique_ptr<Store>> open_mode(const std::string& path, StoreMode mode) {
  return Store::open(path, with_mode(mode));
}

// Makes a store of one table with `rows` rows.
static Status make(const std::string& path, std::uint64_t rows,
                   StoreMode mode = StoreMode::create) {
  FOREBAY_TRY_ASSIGN(auto store, open_mode(path, mode));
  FOREBAY_TRY_ASSIGN(Table * table, store->open_table("data", counted(), {100}));
  FOREBAY_TRY(append(*table, 0, rows));
  return store->close();
}

static std::uint64_t rows_in(const std::string& path) {
  auto store = open_mode(path, StoreMode::read);
  if (!store.is_ok()) return UINT64_MAX;
  std::uint64_t rows = 0;
  return (*store)->verify(&rows).is_ok() ? rows : UINT64_MAX;
}

static bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

static void test_create_refuses_a_name_that_is_taken() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  CHECK_EQ(make(path, 5).code(), FOREBAY_OK);
  const auto again = open_mode(path, StoreMode::create);
  CHECK_EQ(again.code(), FOREBAY_E_EXISTS);
  CHECK(contains(again.status().message(), "a.h5 exists already"));
  CHECK_EQ(rows_in(path), 5U);
  CHECK_EQ(scratch.files(), 1U);
}

static void test_append_creates_and_then_appends() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  CHECK_EQ(make(path, 150, StoreMode::append).code(), FOREBAY_OK);
  CHECK_EQ(make(path, 70, StoreMode::append).code(), FOREBAY_OK);
  CHECK_EQ(rows_in(path), 220U);
}

static void test_replace_keeps_the_old_file_until_the_first_commit() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path, 5).is_ok());
  {
    auto store = open_mode(path, StoreMode::replace);
    REQUIRE(store.is_ok());
    auto table = (*store)->open_table("data", counted(), {});
    REQUIRE(table.is_ok());
    CHECK(append(**table, 0, 9).is_ok());
    CHECK_EQ(scratch.files(), 1U);
    // The old file is spoken for.
    CHECK_EQ(open_mode(path, StoreMode::append).code(), FOREBAY_E_BUSY);
    CHECK_EQ(open_mode(path, StoreMode::replace).code(), FOREBAY_E_BUSY);
  }
  CHECK_EQ(rows_in(path), 5U);
  auto store = open_mode(path, StoreMode::replace);
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {});
  REQUIRE(table.is_ok());
  CHECK(append(**table, 0, 9).is_ok());
  CHECK((*store)->commit().is_ok());
  CHECK_EQ(open_mode(path, StoreMode::append).code(), FOREBAY_E_BUSY);
  CHECK((*store)->close().is_ok());
  CHECK_EQ(rows_in(path), 9U);
  CHECK_EQ(scratch.files(), 1U);
}

static void test_replace_of_nothing_creates() {
  const Scratch scratch;
  CHECK(make(scratch.path("a.h5"), 3, StoreMode::replace).is_ok());
  CHECK_EQ(rows_in(scratch.path("a.h5")), 3U);
}

static void test_replace_follows_a_symbolic_link() {
  const Scratch scratch;
  REQUIRE(make(scratch.path("real.h5"), 3).is_ok());
  REQUIRE(::symlink("real.h5", scratch.path("link.h5").c_str()) == 0);
  CHECK(make(scratch.path("link.h5"), 4, StoreMode::replace).is_ok());
  CHECK(std::filesystem::is_symlink(scratch.path("link.h5")));
  CHECK_EQ(rows_in(scratch.path("real.h5")), 4U);
}

static void test_a_killed_creator_leaves_nothing() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path, 5).is_ok());
  const pid_t child = ::fork();
  if (child == 0) {
    auto store = open_mode(path, StoreMode::replace);
    if (store.is_ok()) {
      auto table = (*store)->open_table("data", counted(), {});
      if (table.is_ok() && append(**table, 0, 500'000).is_ok()) ::kill(::getpid(), SIGKILL);
    }
    ::_exit(1);
  }
  int status = 0;
  CHECK(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK_EQ(rows_in(path), 5U);
  CHECK_EQ(scratch.files(), 1U);
}

static void test_two_writers_exclude_each_other_and_readers_exclude_writers() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path, 5).is_ok());
  auto first = open_mode(path, StoreMode::append);
  REQUIRE(first.is_ok());
  const auto second = open_mode(path, StoreMode::append);
  CHECK_EQ(second.code(), FOREBAY_E_BUSY);
  const std::string holder = "a.h5 is being written by process " + std::to_string(::getpid());
  CHECK(contains(second.status().message(), holder.c_str()));
  CHECK_EQ(recover_store(path, {}).code(), FOREBAY_E_BUSY);
  CHECK_EQ(rows_in(path), 5U);  // a reader sees what is committed
  CHECK((*first)->close().is_ok());
  auto reader = open_mode(path, StoreMode::read);
  auto reader2 = open_mode(path, StoreMode::read);
  CHECK(reader.is_ok() && reader2.is_ok());
  CHECK_EQ(open_mode(path, StoreMode::append).code(), FOREBAY_E_BUSY);
  CHECK((*reader)->close().is_ok());
  auto table = (*reader2)->open_table("data", nullptr, {});
  CHECK(table.is_ok() && holds(**table, 0, 5));
}

static void test_a_stock_hdf5_writer_is_excluded() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path, 5).is_ok());
  {
    // What HDF5 does to a file that it writes.
    const Descriptor stock(::open(path.c_str(), 02));
    REQUIRE(::flock(stock.get(), LOCK_EX | LOCK_NB) == 0);
    CHECK_EQ(open_mode(path, StoreMode::append).code(), FOREBAY_E_BUSY);
  }
  auto store = open_mode(path, StoreMode::append);
  REQUIRE(store.is_ok());
  const Descriptor stock(::open(path.c_str(), 02));
  CHECK(::flock(stock.get(), LOCK_EX | LOCK_NB) != 0);
  // What a stock reader does is no harm: the flags tell it whether it may.
  CHECK(::flock(stock.get(), LOCK_SH | LOCK_NB) == 0);
}

static void test_what_is_no_store_is_refused_with_a_reason() {
  const Scratch scratch;
  const auto refused = [&](const char* name, const std::string& content) {
    write_file(scratch.path(name), content);
    auto opened = open_mode(scratch.path(name), StoreMode::append);
    CHECK_EQ(opened.code(), FOREBAY_E_FORMAT);
    CHECK_EQ(read_file(scratch.path(name)), content);
    return opened.status().message();
  };
  CHECK(contains(refused("empty", ""), "an empty file"));
  CHECK(contains(refused("text", "chr1\t10468\n"), "looks like text"));
  CHECK(contains(refused("gz", "\x1f\x8b\x08rest"), "gzip"));
  CHECK(contains(refused("noise", std::string("\x01\x02\xff\x00", 4)), "unknown binary"));
  // The signature alone is not enough.
  CHECK(contains(refused("fake", std::string("\x89HDF\r\n\x1a\n") + std::string(5000, 'x')),
                 "is damaged"));
}

static void test_a_directory_a_missing_file_and_a_missing_directory_are_named() {
  const Scratch scratch;
  for (const StoreMode mode :
       {StoreMode::append, StoreMode::create, StoreMode::replace, StoreMode::read}) {
    const auto opened = open_mode(scratch.root(), mode);
    CHECK_EQ(opened.code(), FOREBAY_E_ARGUMENT);
    CHECK(contains(opened.status().message(), "is a directory"));
  }
  CHECK_EQ(open_mode(scratch.path("no.h5"), StoreMode::read).code(), FOREBAY_E_NOT_FOUND);
  const auto opened = open_mode(scratch.path("no/such/a.h5"), StoreMode::append);
  CHECK_EQ(opened.code(), FOREBAY_E_NOT_FOUND);
  CHECK(contains(opened.status().message(), "no/such/a.h5"));
  CHECK_EQ(open_mode("", StoreMode::append).code(), FOREBAY_E_ARGUMENT);
  REQUIRE(::mkfifo(scratch.path("fifo").c_str(), 0600) == 0);
  CHECK_EQ(open_mode(scratch.path("fifo"), StoreMode::read).code(), FOREBAY_E_ARGUMENT);
}

static void test_a_read_only_directory_and_file_are_permission_errors() {
  if (::geteuid() == 0) return;  // root may write everywhere
  const Scratch scratch;
  REQUIRE(make(scratch.path("a.h5"), 5).is_ok());
  REQUIRE(::chmod(scratch.path("a.h5").c_str(), 0400) == 0);
  REQUIRE(::chmod(scratch.root().c_str(), 0500) == 0);
  CHECK_EQ(open_mode(scratch.path("b.h5"), StoreMode::append).code(), FOREBAY_E_PERMISSION);
  CHECK_EQ(open_mode(scratch.path("a.h5"), StoreMode::append).code(), FOREBAY_E_PERMISSION);
  CHECK_EQ(rows_in(scratch.path("a.h5")), 5U);
  REQUIRE(::chmod(scratch.root().c_str(), 0700) == 0);
}

static void test_a_full_file_system_is_nospc_and_names_the_path() {
  const auto opened = open_mode("/dev/full", StoreMode::append);
  CHECK_EQ(opened.code(), FOREBAY_E_ARGUMENT);  // a device, not a file
  const Scratch scratch;
  FaultStorage storage;
  auto store = Store::open(scratch.path("a.h5"), {}, storage);
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {30'000});
  REQUIRE(table.is_ok());
  storage.plan({storage.recorded().size() + 1, true, ENOSPC});
  const Status full = append(**table, 0, 30'000);
  CHECK_EQ(full.code(), FOREBAY_E_NOSPC);
  CHECK_EQ(full.detail().os_errno, ENOSPC);
  CHECK(contains(full.message(), "nothing was appended: free some space"));
  CHECK_EQ((*table)->rows(), 0U);
  storage.plan({});
  CHECK(append(**table, 0, 60'000).is_ok());
  CHECK((*store)->commit().is_ok());
  CHECK(holds(**table, 0, 60'000));
  CHECK((*store)->close().is_ok());
}

static void test_a_write_that_fails_in_spite_of_its_room_poisons() {
  const Scratch scratch;
  FaultStorage storage;
  auto store = Store::open(scratch.path("a.h5"), {}, storage);
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {30'000});
  REQUIRE(table.is_ok());
  CHECK(append(**table, 0, 1).is_ok());  // makes room for more
  storage.plan({storage.recorded().size() + 1, true, ENOSPC});
  const Status full = append(**table, 1, 59'999);
  CHECK_EQ(full.code(), FOREBAY_E_NOSPC);
  CHECK(contains(full.message(), "free some space and open it again"));
  const Status after = append(**table, 0, 1);
  CHECK_EQ(after.code(), FOREBAY_E_POISONED);
  CHECK(contains(after.message(), "a.h5"));
  CHECK(contains(after.message(), "No space left"));
  CHECK_EQ((*store)->commit().code(), FOREBAY_E_POISONED);
  CHECK_EQ((*store)->close().code(), FOREBAY_E_POISONED);
}

static void test_a_foreign_file_can_be_read_but_not_appended_to() {
  const Scratch scratch;
  const std::string path = scratch.path("foreign.h5");
  const std::int32_t values[] = {1, 2, 3};
  {
    const hsize_t three = 3;
    const Hid file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    const Hid space(H5Screate_simple(1, &three, nullptr));
    const Hid dataset(H5Dcreate2(file.get(), "x", H5T_STD_I32LE, space.get(), H5P_DEFAULT,
                                 H5P_DEFAULT, H5P_DEFAULT));
    REQUIRE(H5Dwrite(dataset.get(), H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  }
  const std::string before = read_file(path);
  CHECK_EQ(open_mode(path, StoreMode::append).code(), FOREBAY_E_FOREIGN);
  CHECK(read_file(path) == before);
  auto store = open_mode(path, StoreMode::read);
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("x", nullptr, {});
  REQUIRE(table.is_ok());
  std::int32_t back[3] = {};
  CHECK((*table)->read(0, 3, reinterpret_cast<std::byte*>(back)).is_ok());
  CHECK(std::memcmp(back, values, sizeof(back)) == 0);
  CHECK_EQ((*table)->append_rows({}).code(), FOREBAY_E_STATE);
  CHECK((*store)->close().is_ok());
  CHECK(read_file(path) == before);
}

static void test_reading_changes_nothing_and_writing_needs_a_mode_for_it() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path, 150).is_ok());
  const std::string before = read_file(path);
  auto store = open_mode(path, StoreMode::read);
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", nullptr, {});
  REQUIRE(table.is_ok());
  CHECK(holds(**table, 0, 150));
  CHECK_EQ((*store)->commit().code(), FOREBAY_E_STATE);
  CHECK_EQ(append(**table, 0, 1).code(), FOREBAY_E_STATE);
  CHECK_EQ((*table)->set_number("x", 1).code(), FOREBAY_E_STATE);
  CHECK_EQ((*store)->open_table("new", counted(), {}).code(), FOREBAY_E_NOT_FOUND);
  CHECK((*store)->close().is_ok());
  CHECK(read_file(path) == before);
}

static void test_opening_and_closing_for_append_changes_no_byte() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path, 150).is_ok());
  const std::string before = read_file(path);
  for (int i = 0; i < 3; ++i) {
    auto store = open_mode(path, StoreMode::append);
    REQUIRE(store.is_ok());
    CHECK((*store)->open_table("data", counted(), {}).is_ok());
    CHECK((*store)->close().is_ok());
  }
  CHECK(read_file(path) == before);
}

static void test_a_store_that_is_dropped_without_close_writes_no_more() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path, 150).is_ok());
  const std::string before = read_file(path);
  {
    auto store = open_mode(path, StoreMode::append);
    REQUIRE(store.is_ok());
    auto table = (*store)->open_table("data", counted(), {});
    REQUIRE(table.is_ok());
    CHECK(append(**table, 150, 10).is_ok());
  }
  CHECK(read_file(path) == before);
  CHECK_EQ(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}

static void test_a_truncated_or_damaged_file_is_a_format_error() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path, 2000).is_ok());
  const std::string whole = read_file(path);
  write_file(path, whole.substr(0, whole.size() - 1));
  CHECK_EQ(open_mode(path, StoreMode::read).code(), FOREBAY_E_FORMAT);
  CHECK_EQ(open_mode(path, StoreMode::append).code(), FOREBAY_E_FORMAT);
  std::string flipped = whole;
  flipped[20] = static_cast<char>(flipped[20] ^ 1);  // in the superblock, which has a checksum
  write_file(path, flipped);
  CHECK_EQ(open_mode(path, StoreMode::read).code(), FOREBAY_E_FORMAT);
}

static void test_a_newer_format_version_is_refused_for_writing() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path, 5).is_ok());
  {
    const Hid file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
    const Hid group(H5Gopen2(file.get(), "/.forebay", H5P_DEFAULT));
    const Hid attribute(H5Aopen(group.get(), "format_version", H5P_DEFAULT));
    const std::uint32_t newer = 2;
    REQUIRE(H5Awrite(attribute.get(), H5T_NATIVE_UINT32, &newer) >= 0);
  }
  const auto opened = open_mode(path, StoreMode::append);
  CHECK_EQ(opened.code(), FOREBAY_E_FORMAT);
  CHECK(contains(opened.status().message(), "newer forebay"));
  CHECK_EQ(rows_in(path), 5U);
}

static void test_hdf5_prints_nothing_and_keeps_the_hosts_setting() {
  H5E_auto2_t function = nullptr;
  void* data = nullptr;
  CHECK(H5Eget_auto2(H5E_DEFAULT, &function, &data) >= 0);
  CHECK(function != nullptr);
  const Scratch scratch;
  write_file(scratch.path("fake"), std::string("\x89HDF\r\n\x1a\n") + std::string(5000, 'x'));
  CHECK_EQ(open_mode(scratch.path("fake"), StoreMode::read).code(), FOREBAY_E_FORMAT);
  H5E_auto2_t after = nullptr;
  CHECK(H5Eget_auto2(H5E_DEFAULT, &after, &data) >= 0);
  CHECK(after == function);
}

// The order of a commit, as letters: W and S for writes and syncs of the main file, w and s of the
// journal.
static std::string order_of(const FaultStorage& storage, const std::string& main) {
  std::string order;
  for (const Recorded& one : storage.recorded()) {
    const bool of_main = one.path == main;
    if (one.operation == Operation::write) order += of_main ? 'W' : 'w';
    if (one.operation == Operation::sync) order += of_main ? 'S' : 's';
  }
  order.erase(std::unique(order.begin(), order.end()), order.end());
  return order;
}

static void test_a_small_commit_takes_one_sync_and_is_applied_after_it() {
  const Scratch scratch;
  FaultStorage storage;
  const std::string path = scratch.path("a.h5");
  auto store = Store::open(path, {}, storage);
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {100});
  REQUIRE(table.is_ok());
  for (int commits = 0; commits < 4; ++commits) {
    CHECK(append(**table, static_cast<std::uint64_t>(commits) * 130, 130).is_ok());
    storage.forget();
    CHECK((*store)->commit().is_ok());
    // The first one also sets the flags of the main file, before anything else is applied.
    CHECK_EQ(order_of(storage, path), commits == 0 ? "wsWSwsW" : "wsW");
  }
  CHECK((*store)->close().is_ok());
  CHECK_EQ(rows_in(path), 520U);
}

static void test_a_large_commit_syncs_its_rows_before_its_journal() {
  const Scratch scratch;
  FaultStorage storage;
  const std::string path = scratch.path("a.h5");
  auto store = Store::open(path, {}, storage);
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {30'000});
  REQUIRE(table.is_ok());
  CHECK((*store)->commit().is_ok());
  for (std::uint64_t commits = 0; commits < 3; ++commits) {
    storage.forget();
    CHECK(append(**table, commits * 30'000, 30'000).is_ok());
    CHECK((*store)->commit().is_ok());
    CHECK_EQ(order_of(storage, path), "WSwsW");
  }
  CHECK((*store)->close().is_ok());
  CHECK_EQ(rows_in(path), 90'000U);
}

static void test_closing_checkpoints_before_it_clears_the_flags() {
  const Scratch scratch;
  FaultStorage storage;
  const std::string path = scratch.path("a.h5");
  auto store = Store::open(path, {}, storage);
  REQUIRE(store.is_ok());
  auto table = (*store)->open_table("data", counted(), {100});
  REQUIRE(table.is_ok() && append(**table, 0, 130).is_ok() && (*store)->commit().is_ok());
  storage.forget();
  CHECK((*store)->close().is_ok());
  // Main synced, a new generation, the flags through the journal, the true size synced.
  CHECK_EQ(order_of(storage, path), "SwswsWS");
  const auto& recorded = storage.recorded();
  REQUIRE(recorded.size() > 3);
  CHECK(recorded[recorded.size() - 3].operation == Operation::sync);
  CHECK(recorded[recorded.size() - 2].operation == Operation::remove);
  CHECK(recorded[recorded.size() - 1].operation == Operation::sync_directory);
}

static void test_the_name_appears_after_the_file_was_synced() {
  const Scratch scratch;
  for (const StoreMode mode : {StoreMode::create, StoreMode::append}) {
    FaultStorage storage;
    const std::string path = scratch.path(mode == StoreMode::create ? "a" : "b");
    auto store = Store::open(path, with_mode(mode), storage);
    REQUIRE(store.is_ok());
    const auto& recorded = storage.recorded();
    const auto published = std::find_if(recorded.begin(), recorded.end(), [](const Recorded& one) {
      return one.operation == Operation::publish;
    });
    REQUIRE(published != recorded.end() && published != recorded.begin());
    CHECK(std::prev(published)->operation == Operation::sync);
    CHECK(std::next(published)->operation == Operation::sync_directory);
    // And then the journal, whose name is durable too.
    CHECK(std::count_if(published, recorded.end(), [](const Recorded& one) {
            return one.operation == Operation::sync_directory;
          }) == 2);
  }
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_create_refuses_a_name_that_is_taken),
      CHECK_TEST(test_append_creates_and_then_appends),
      CHECK_TEST(test_replace_keeps_the_old_file_until_the_first_commit),
      CHECK_TEST(test_replace_of_nothing_creates),
      CHECK_TEST(test_replace_follows_a_symbolic_link),
      CHECK_TEST(test_a_killed_creator_leaves_nothing),
      CHECK_TEST(test_two_writers_exclude_each_other_and_readers_exclude_writers),
      CHECK_TEST(test_a_stock_hdf5_writer_is_excluded),
      CHECK_TEST(test_what_is_no_store_is_refused_with_a_reason),
      CHECK_TEST(test_a_directory_a_missing_file_and_a_missing_directory_are_named),
      CHECK_TEST(test_a_read_only_directory_and_file_are_permission_errors),
      CHECK_TEST(test_a_full_file_system_is_nospc_and_names_the_path),
      CHECK_TEST(test_a_write_that_fails_in_spite_of_its_room_poisons),
      CHECK_TEST(test_a_foreign_file_can_be_read_but_not_appended_to),
      CHECK_TEST(test_reading_changes_nothing_and_writing_needs_a_mode_for_it),
      CHECK_TEST(test_opening_and_closing_for_append_changes_no_byte),
      CHECK_TEST(test_a_store_that_is_dropped_without_close_writes_no_more),
      CHECK_TEST(test_a_truncated_or_damaged_file_is_a_format_error),
      CHECK_TEST(test_a_newer_format_version_is_refused_for_writing),
      CHECK_TEST(test_hdf5_prints_nothing_and_keeps_the_hosts_setting),
      CHECK_TEST(test_a_small_commit_takes_one_sync_and_is_applied_after_it),
      CHECK_TEST(test_a_large_commit_syncs_its_rows_before_its_journal),
      CHECK_TEST(test_closing_checkpoints_before_it_clears_the_flags),
      CHECK_TEST(test_the_name_appears_after_the_file_was_synced),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
