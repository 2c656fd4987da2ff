// Packing a file, and looking at one: what stays, who is kept out, and what a failure leaves.
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "store/store.hpp"
#include "support/check.hpp"
#include "support/recorded_storage.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

// Compressed rows and columns, one plain table and one in a group, many commits of partial chunks.
Status write_tables(Store& store, std::uint64_t commits) {
  TableOptions small{1000};
  small.filters.deflate = 4;
  small.filters.fletcher32 = true;
  TableOptions columns{1000};
  columns.layout = Layout::columns;
  columns.filters.deflate = 1;
  columns.filters.shuffle = true;
  FOREBAY_TRY_ASSIGN(Table * rows, store.open_table("rows", counted(), small));
  FOREBAY_TRY_ASSIGN(Table * column, store.open_table("run/columns", counted(), columns));
  FOREBAY_TRY_ASSIGN(Table * plain, store.open_table("run/plain", counted(), {1000}));
  for (std::uint64_t i = 0; i < commits; ++i) {
    for (Table* table : {rows, column, plain}) FOREBAY_TRY(append(*table, table->rows(), 350));
    FOREBAY_TRY(rows->set_text("note", "commit " + std::to_string(i)));
    FOREBAY_TRY(store.commit());
  }
  FOREBAY_TRY(column->set_number("depth", 2.5));
  StoredReject reject;
  reject.path = "a.txt";
  reject.reason = "no number";
  return store.append_rejects(std::span(&reject, 1));
}

Status make(const std::string& path, Storage& storage = system_storage()) {
  StoreOptions options;
  options.names = 50;
  FOREBAY_TRY_ASSIGN(auto store, Store::open(path, options, storage));
  FOREBAY_TRY(write_tables(*store, 20));
  return store->close();
}

// Empty: all that make() made is there, in `rounds` runs of it, and can be read.
std::string wrong_with(const std::string& path, std::uint64_t rounds,
                       Storage& storage = system_storage()) {
  auto store = Store::open(path, with_mode(StoreMode::read), storage);
  if (!store.is_ok()) return store.status().message();
  std::uint64_t read = 0;
  if (Status verified = (*store)->verify(&read); !verified.is_ok()) return verified.message();
  if (read != rounds * 3 * 7000) return "rows: " + std::to_string(read);
  for (const char* name : {"rows", "run/columns", "run/plain"}) {
    auto table = (*store)->open_table(name, nullptr, {});
    if (!table.is_ok()) return table.status().message();
    if (!holds(**table, 0, rounds * 7000)) return std::string("other rows in ") + name;
  }
  auto rows = (*store)->open_table("rows", nullptr, {});
  const TableInfo info = (*rows)->info().value();
  if (info.chunk_rows != 1000 || info.filters.deflate != 4 || !info.filters.fletcher32) {
    return "other options";
  }
  if ((*rows)->get_text("note").value() != "commit 19") return "another attribute";
  auto columns = (*store)->open_table("run/columns", nullptr, {});
  if ((*columns)->layout() != Layout::columns) return "another layout";
  if ((*columns)->get_number("depth").value() != 2.5) return "another number";
  StoredReject reject;
  if (!(*store)->read_reject(0, &reject).value() || reject.path != "a.txt") return "no reject";
  return {};
}

StoreSpace space_of(const std::string& path, Storage& storage = system_storage()) {
  auto store = Store::open(path, with_mode(StoreMode::read), storage);
  return store.is_ok() ? (*store)->space().value() : StoreSpace{};
}

template <typename Body>
pid_t in_a_fork(Body body) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  body();
  ::_exit(0);
}

}  // namespace

static void test_a_packed_file_holds_the_same_in_less_space() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path).is_ok());
  CHECK(wrong_with(path, 1).empty());
  const StoreSpace before = space_of(path);
  CHECK(before.left > 7 * 12'000);
  auto packed = repack_store(path, {});
  REQUIRE(packed.is_ok());
  CHECK_EQ(packed->tables, 3U);
  CHECK_EQ(packed->rows, 21'000U);
  CHECK_EQ(packed->bytes_after, std::filesystem::file_size(path));
  CHECK(packed->bytes_before - packed->bytes_after > 7 * 12'000);
  CHECK(wrong_with(path, 1).empty());
  CHECK_EQ(scratch.files(), 1U);
  const StoreSpace after = space_of(path);
  CHECK_EQ(after.used + after.left, packed->bytes_after);
  CHECK(after.used <= before.used && after.used > before.used * 9 / 10);
  // What is left are gaps before chunks: packing gains nothing more.
  CHECK_EQ(repack_store(path, {}).value().bytes_after, packed->bytes_after);
}

static void test_a_packed_file_is_written_on_and_has_room_for_more_tables() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path).is_ok());
  REQUIRE(repack_store(path, {}).is_ok());
  auto store = Store::open(path, {});
  REQUIRE(store.is_ok());
  REQUIRE(write_tables(**store, 20).is_ok());
  // As many names as it was made for: "rows" and "run" are two of them.
  for (int i = 0; i < 48; ++i) {
    CHECK((*store)->open_table("more" + std::to_string(i), counted(), {}).is_ok());
  }
  CHECK_EQ((*store)->open_table("too_many", counted(), {}).code(), FOREBAY_E_LIMIT);
  CHECK((*store)->close().is_ok());
  CHECK(wrong_with(path, 2).empty());
  REQUIRE(repack_store(path, {}).is_ok());
  CHECK(wrong_with(path, 2).empty());
}

static void test_a_file_whose_writer_died_is_recovered_first() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  {
    auto store = Store::open(path, {});
    REQUIRE(store.is_ok() && write_tables(**store, 20).is_ok() && (*store)->commit().is_ok());
  }
  CHECK(inspect_store(path).value().journal == JournalState::waiting);
  REQUIRE(repack_store(path, {}).is_ok());
  CHECK(wrong_with(path, 1).empty());
  CHECK_EQ(scratch.files(), 1U);
  // Without its journal it is refused, and stays as it is.
  {
    auto store = Store::open(path, {});
    REQUIRE(store.is_ok() && write_tables(**store, 20).is_ok() && (*store)->commit().is_ok());
  }
  REQUIRE(::unlink((path + "-journal").c_str()) == 0);
  const std::string before = read_file(path);
  CHECK_EQ(repack_store(path, {}).code(), FOREBAY_E_JOURNAL);
  CHECK(read_file(path) == before && scratch.files() == 1);
}

static void test_a_file_in_use_is_not_packed() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path).is_ok());
  const auto refused = [&] {
    const std::string before = read_file(path);
    for (const char* output : {"", "b.h5"}) {
      const RepackOptions options{*output == 0 ? "" : scratch.path(output)};
      CHECK_EQ(repack_store(path, options).code(), FOREBAY_E_BUSY);
    }
    CHECK(read_file(path) == before);
  };
  for (const Durability durability : {Durability::full, Durability::none}) {
    StoreOptions options;
    options.durability = durability;
    auto store = Store::open(path, options);
    REQUIRE(store.is_ok());
    const StoreInfo info = inspect_store(path).value();
    refused();
    auto table = (*store)->open_table("rows", nullptr, {});
    REQUIRE(table.is_ok() && (*table)->set_text("x", "y").is_ok() && (*store)->commit().is_ok());
    refused();
    CHECK(inspect_store(path).value().journal == JournalState::live);
    if (durability == Durability::full) {
      CHECK(info.journal == JournalState::live);
      CHECK_EQ(info.writer, static_cast<std::uint32_t>(::getpid()));
      CHECK(repack_store(path, {}).status().message().find(std::to_string(::getpid())) !=
            std::string::npos);
    }
    CHECK((*store)->close().is_ok());
  }
  auto reader = Store::open(path, with_mode(StoreMode::read));
  REQUIRE(reader.is_ok());
  refused();
  CHECK((*reader)->close().is_ok());
  CHECK_EQ(scratch.files(), 1U);
  CHECK(repack_store(path, {}).is_ok());
}

static void test_names_and_permissions_stay() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path).is_ok());
  REQUIRE(::chmod(path.c_str(), 0604) == 0);
  REQUIRE(::symlink("a.h5", scratch.path("link.h5").c_str()) == 0);
  REQUIRE(repack_store(scratch.path("link.h5"), {}).is_ok());
  struct stat info {};
  REQUIRE(::lstat(path.c_str(), &info) == 0);
  CHECK_EQ(info.st_mode & 07777U, 0604U);
  CHECK(std::filesystem::is_symlink(scratch.path("link.h5")));
  const std::string other = scratch.path("b.h5");
  CHECK(repack_store(path, {other}).is_ok());
  CHECK(wrong_with(other, 1).empty());
  CHECK_EQ(repack_store(path, {other}).code(), FOREBAY_E_EXISTS);
  CHECK_EQ(repack_store(path, {path, true}).code(), FOREBAY_E_ARGUMENT);
  auto writer = Store::open(other, {});
  REQUIRE(writer.is_ok());
  CHECK_EQ(repack_store(path, {other, true}).code(), FOREBAY_E_BUSY);
  CHECK((*writer)->close().is_ok());
  CHECK(repack_store(path, {other, true}).is_ok());
  CHECK(wrong_with(other, 1).empty() && wrong_with(path, 1).empty());
}

namespace {

// Does something between an opening of a file and whatever comes next.
class Interrupted final : public Storage {
 public:
  explicit Interrupted(std::function<void()> then) : then_(std::move(then)) {}
  Result<std::unique_ptr<StorageFile>> open(const std::string& path, OpenMode mode) override {
    Result<std::unique_ptr<StorageFile>> file = system_storage().open(path, mode);
    if (then_) std::exchange(then_, nullptr)();
    return file;
  }
  Result<std::unique_ptr<StorageFile>> open_nameless(const std::string& path) override {
    return system_storage().open_nameless(path);
  }
  Status publish(StorageFile& file, const std::string& path, bool replace) override {
    return system_storage().publish(file, path, replace);
  }
  Status remove(const std::string& path) override { return system_storage().remove(path); }
  Status sync_directory_of(const std::string& path) override {
    return system_storage().sync_directory_of(path);
  }

 private:
  std::function<void()> then_;
};

}  // namespace

static void test_a_writer_that_opened_the_old_file_does_not_write_into_it() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  REQUIRE(make(path).is_ok());
  Interrupted storage([&] { CHECK(repack_store(path, {}).is_ok()); });
  const auto opened = Store::open(path, {}, storage);
  CHECK_EQ(opened.code(), FOREBAY_E_BUSY);
  CHECK(opened.status().message().find("replaced") != std::string::npos);
  CHECK(Store::open(path, {}, storage).is_ok());
}

static void test_a_full_or_failing_disk_leaves_the_old_file() {
  RecordedStorage storage;
  REQUIRE(make("d/a.h5", storage).is_ok());
  std::size_t operations = 0;
  const std::size_t start = storage.position();
  REQUIRE(repack_store("d/a.h5", {}, storage).is_ok());
  operations = storage.position() - start;
  CHECK(operations > 10);
  std::size_t failures = 0;
  for (const Fate fate : {Fate::refused, Fate::failed, Fate::sync_shows_old}) {
    for (std::size_t at = 0; at < operations; at += 3) {
      std::size_t number = 0;
      storage.set_rule([&](DiskOperation& operation) {
        if (operation.action == DiskAction::read || number++ != at) return Fate::done;
        const bool is_write = operation.action == DiskAction::write;
        operation.os_errno = is_write ? ENOSPC : EIO;
        if (fate == Fate::failed && !is_write) return Fate::refused;
        if (fate == Fate::sync_shows_old && operation.action != DiskAction::sync) return Fate::done;
        return fate;
      });
      failures += repack_store("d/a.h5", {}, storage).is_ok() ? 0 : 1;
      storage.set_rule({});
      CHECK(wrong_with("d/a.h5", 1, storage).empty());
      CHECK_EQ(storage.now().names.size(), 1U);
    }
  }
  CHECK(failures > operations / 3);
}

static void test_what_a_journal_is_to_its_file_is_told_without_opening_it() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  const std::string journal = path + "-journal";
  const auto state = [&] { return inspect_store(path).value().journal; };
  CHECK_EQ(inspect_store(path).code(), FOREBAY_E_NOT_FOUND);
  REQUIRE(make(path).is_ok());
  CHECK(state() == JournalState::none);
  write_file(journal, std::string(9000, 'x'));
  CHECK(state() == JournalState::left_over);
  REQUIRE(::unlink(journal.c_str()) == 0);
  // Its process lives, but the store was given up.
  {
    auto store = Store::open(path, {});
    REQUIRE(store.is_ok() && write_tables(**store, 20).is_ok() && (*store)->commit().is_ok());
  }
  const StoreInfo waiting = inspect_store(path).value();
  CHECK(waiting.journal == JournalState::waiting && waiting.writer == 0);
  CHECK_EQ(waiting.commits, 21U);
  CHECK(waiting.commit >= 21 && waiting.generation == 1);
  CHECK_EQ(waiting.journal_bytes, std::filesystem::file_size(journal));
  CHECK(waiting.waiting_bytes > 21 * 512 && waiting.waiting_bytes < waiting.journal_bytes);
  const std::string kept = read_file(journal);
  write_file(journal, std::string(9000, 'x'));
  CHECK(state() == JournalState::damaged);
  REQUIRE(::unlink(journal.c_str()) == 0);
  CHECK(state() == JournalState::missing);
  write_file(journal, kept);
  REQUIRE(recover_store(path, {}).is_ok());
  write_file(journal, kept);
  CHECK(state() == JournalState::conflict);
}

// Point 5 of what a refused writer is told: the lock outlives the process that the journal names.
static void test_a_lock_that_a_dead_writer_left_to_another_process_is_named() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  int ready[2];
  int end[2];
  REQUIRE(::pipe(ready) == 0 && ::pipe(end) == 0);
  const pid_t writer = in_a_fork([&] {
    auto store = Store::open(path, {});
    if (!store.is_ok() || !write_tables(**store, 3).is_ok()) ::_exit(1);
    // The child gets the descriptors as by a raw clone(), past the handler that closes them.
    const pid_t heir = static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
    if (heir == 0) {
      char byte = 0;
      ::close(end[1]);
      [[maybe_unused]] const ssize_t got = ::read(end[0], &byte, 1);
      ::_exit(0);
    }
    [[maybe_unused]] const ssize_t put = ::write(ready[1], &heir, sizeof(heir));
    ::_exit(0);
  });
  pid_t heir = 0;
  int status = 0;
  REQUIRE(::waitpid(writer, &status, 0) == writer && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  REQUIRE(::read(ready[0], &heir, sizeof(heir)) == sizeof(heir));
  const auto says = [](const Status& refused, pid_t dead, pid_t holder) {
    const std::string& text = refused.message();
    return refused.code() == FOREBAY_E_BUSY &&
           text.find("process " + std::to_string(dead) + ", which has ended") !=
               std::string::npos &&
           text.find("inherited by process " + std::to_string(holder)) != std::string::npos;
  };
  CHECK(says(Store::open(path, {}).status().clone(), writer, heir));
  CHECK(says(recover_store(path, {}).status().clone(), writer, heir));
  CHECK(says(repack_store(path, {}).status().clone(), writer, heir));
  CHECK(inspect_store(path).value().journal == JournalState::live);
  // It is read all the same.
  CHECK(Store::open(path, with_mode(StoreMode::read)).is_ok());
  // An heir that is about to go, as one that is being started, is waited for.
  ::close(end[1]);
  auto store = Store::open(path, {});
  CHECK(store.is_ok());
  for (const int one : {ready[0], ready[1], end[0]}) ::close(one);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_packed_file_holds_the_same_in_less_space),
      CHECK_TEST(test_a_packed_file_is_written_on_and_has_room_for_more_tables),
      CHECK_TEST(test_a_file_whose_writer_died_is_recovered_first),
      CHECK_TEST(test_a_file_in_use_is_not_packed),
      CHECK_TEST(test_names_and_permissions_stay),
      CHECK_TEST(test_a_writer_that_opened_the_old_file_does_not_write_into_it),
      CHECK_TEST(test_a_full_or_failing_disk_leaves_the_old_file),
      CHECK_TEST(test_what_a_journal_is_to_its_file_is_told_without_opening_it),
      CHECK_TEST(test_a_lock_that_a_dead_writer_left_to_another_process_is_named),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
