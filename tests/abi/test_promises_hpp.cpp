// What every language is promised, by the classes of forebay.hpp: see test_promises.c.
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "abi_sites.h"
#include "forebay/forebay.hpp"
#include "support/check.hpp"

#undef fail  // CMocka's macro would hide Child::fail()

namespace {

struct Sum {
  std::uint64_t hash = ABI_HASH_BEGIN;
  std::uint64_t rows = 0;
  bool is_shared = true;

  friend bool operator==(const Sum &a, const Sum &b) {
    return a.hash == b.hash && a.rows == b.rows;
  }
};

void add(Sum &sum, const forebay::Array &array) {
  const forebay_array_view view = array.view();
  const std::uint64_t bytes = view.rows * view.row_bytes;
  sum.is_shared = sum.is_shared && abi_is_shared(view.data) != 0 &&
                  abi_is_shared(static_cast<char *>(view.data) + bytes - 1) != 0;
  sum.hash = abi_hash(sum.hash, view.data, bytes);
  sum.rows += view.rows;
}

void add_rest(Sum &sum, forebay::Loader &loader) {
  while (const auto array = loader.next()) add(sum, *array);
}

Sum plain(char (&paths)[2][ABI_SITE_PATH]) {
  Sum sum;
  for (const char *path : paths) sum.hash = abi_plain_hash(path, sum.hash, &sum.rows, nullptr);
  return sum;
}

forebay::Loader loader_of(char (&paths)[2][ABI_SITE_PATH], const forebay::LoaderOptions &options) {
  const forebay::Dtype row(ABI_SITE);
  forebay::Loader loader(row, options);
  for (const char *path : paths) loader.add_file(path);
  return loader;
}

// This program as a child: its files are packed records already, and begin with a byte that the
// loader's options name.
int run_child() {
  forebay::Child child;
  const std::string config = child.config();
  while (const auto task = child.take()) {
    std::uint64_t offset = task->begin;
    char first = 0;
    if (offset == 0 && (::pread(task->descriptor, &first, 1, 0) != 1 || first != config[0])) {
      child.fail(FOREBAY_E_FORMAT, "does not begin with " + config, 0, 0);
      continue;
    }
    child.log(FOREBAY_CHILD_LOG_INFO, "reads " + child.dtype_text());
    offset += offset == 0 ? 1 : 0;
    while (const auto room = child.fill()) {
      const ssize_t bytes = ::pread(task->descriptor, room->data, room->capacity * room->row_bytes,
                                    static_cast<off_t>(offset));
      if (bytes <= 0) break;
      offset += static_cast<std::uint64_t>(bytes);
      child.publish(static_cast<std::uint64_t>(bytes) / room->row_bytes, offset);
    }
    child.finish();
  }
  return 0;
}

bool kill_a_child(forebay::Loader &loader) {
  forebay_loader_child child = {};
  child.struct_size = sizeof(child);
  for (std::uint32_t i = 0;
       forebay_loader_child_get(loader.get(), i, &child, nullptr) == FOREBAY_OK; ++i) {
    if (child.pid > 0) return ::kill(child.pid, SIGKILL) == 0;
  }
  return false;
}

forebay_error bad_cell() {
  forebay_error record = FOREBAY_ERROR_INIT;
  const forebay::Dtype row("chr:S10,pos:i4");
  forebay::Loader loader(row);
  loader.add_file("bad.txt");
  try {
    while (loader.next()) {
    }
  } catch (const forebay::Error &error) {
    record = error.record();
  }
  return record;
}

// The example of docs/guide/c.md.
std::uint64_t guide() {
  std::uint64_t rows = 0;
  const auto use = [&rows](const forebay::Array &array) { rows += array.rows(); };
  forebay::Dtype row("chr:S10,pos:i4");
  forebay::Loader loader(row);
  loader.add_file("rep1.txt");
  while (auto array = loader.next()) use(*array);
  return rows;
}

struct Kept {
  forebay_status code = FOREBAY_OK;
  std::string message;
  std::uint64_t rows = 0;
  std::uint64_t lent = 1;
};

Kept keep_all(forebay::Loader &loader) {
  Kept out;
  Sum sum;
  std::vector<forebay::Array> arrays;
  try {
    while (auto array = loader.next()) arrays.push_back(std::move(*array));
  } catch (const forebay::Error &error) {
    out.code = error.code();
    out.message = error.what();
  }
  for (const forebay::Array &array : arrays) add(sum, array);
  arrays.clear();
  add_rest(sum, loader);
  out.rows = sum.rows;
  out.lent = loader.memory().blocks_lent;
  return out;
}

// A folder of its own to work in.
class Workplace {
 public:
  Workplace() {
    if (::mkdtemp(name_) == nullptr || ::chdir(name_) != 0) std::perror(name_);
  }
  ~Workplace() {
    for (const char *file : {"bad.txt", "rep1.txt", "sites.bin", "out.h5"}) ::unlink(file);
    if (::chdir("/") == 0) ::rmdir(name_);
  }
  Workplace(const Workplace &) = delete;
  Workplace &operator=(const Workplace &) = delete;

 private:
  char name_[32] = "/tmp/forebay-hpp-XXXXXX";
};

Sum stored_rows(forebay::Table table) {
  Sum sum;
  std::vector<char> rows(table.rows() * ABI_SITE_BYTES);
  sum.rows = table.read(0, table.rows(), rows.data());
  sum.hash = abi_hash(sum.hash, rows.data(), rows.size());
  return sum;
}

// Text, then the files of this program as a child, into one table.
Sum store_both(const char *text, const char *binary) {
  static const char *const command[] = {"/proc/self/exe", "child", nullptr};
  const forebay::Dtype row(ABI_SITE);
  forebay::LoaderOptions options;
  options.child_argv = command;
  options.child_config = "!";
  options.child_config_bytes = 1;
  forebay::Loader built_in(row);
  forebay::Loader own(row, options);
  built_in.add_file(text);
  own.add_file(binary);
  forebay::Store store("out.h5");
  forebay::Table table = store.table("data", row);
  table.append(built_in);
  table.append(own);
  store.commit();
  return stored_rows(table);
}

}  // namespace

static void test_real_rows_hash_equal_and_are_the_shared_memory() {
  char paths[2][ABI_SITE_PATH];
  abi_real_files(paths);
  Sum got;
  forebay::Loader loader = loader_of(paths, forebay::LoaderOptions());
  add_rest(got, loader);
  CHECK(got == plain(paths));
  CHECK(got.is_shared && got.rows >= 40000);
  CHECK_EQ(loader.memory().blocks_lent, 0U);
}

static void test_child_that_is_killed_is_survived() {
  char paths[2][ABI_SITE_PATH];
  abi_sample(paths);
  forebay::LoaderOptions options;
  options.children = 2;
  options.batch_rows = 1000;
  options.split_bytes = 50000;
  options.memory_bytes = 1 << 20;
  forebay::Loader loader = loader_of(paths, options);
  Sum got;
  add(got, *loader.next());
  CHECK(kill_a_child(loader));
  add_rest(got, loader);
  CHECK(got == plain(paths));
  CHECK(loader.progress().child_restarts >= 1U);
}

static void test_bad_cell_is_an_exception_with_file_line_and_column() {
  const Workplace place;
  std::ofstream("bad.txt") << "chr1 1\nchr1 x2\n";
  const forebay_error record = bad_cell();
  CHECK_EQ(record.code, FOREBAY_E_VALUE);
  CHECK_EQ(std::string(record.path), std::string("bad.txt"));
  CHECK_EQ(record.line, 2U);
  CHECK_EQ(record.column, 2U);
}

static void test_keeping_every_array_is_told_and_ends_when_they_go() {
  char paths[2][ABI_SITE_PATH];
  abi_sample(paths);
  forebay::LoaderOptions options;
  options.batch_rows = 1000;
  options.memory_bytes = 1 << 20;
  forebay::Loader loader = loader_of(paths, options);
  for (int i = 0; i < 4; ++i) loader.add_file(paths[0]);
  const Kept kept = keep_all(loader);
  CHECK_EQ(kept.code, FOREBAY_E_FULL);
  CHECK(kept.message.find("memory_bytes") != std::string::npos);
  CHECK_EQ(kept.rows, 120000U);
  CHECK_EQ(kept.lent, 0U);
}

static void test_own_child_feeds_the_same_store_as_the_built_in_one() {
  const Workplace place;
  char paths[2][ABI_SITE_PATH];
  abi_sample(paths);
  const Sum expected = plain(paths);
  std::uint64_t rows = 0;
  std::FILE *copy = std::fopen("sites.bin", "wb");
  REQUIRE(copy != nullptr);
  std::fputc('!', copy);
  abi_plain_hash(paths[1], 0, &rows, copy);
  std::fclose(copy);
  CHECK(store_both(paths[0], "sites.bin") == expected);
}

static void test_own_child_tells_why_a_file_is_refused() {
  const Workplace place;
  std::ofstream("bad.txt") << "something else\n";
  forebay_error err = FOREBAY_ERROR_INIT;
  const char *const command[] = {"/proc/self/exe", "child", nullptr};
  forebay::LoaderOptions options;
  options.child_argv = command;
  options.child_config = "!";
  options.child_config_bytes = 1;
  forebay::Loader loader(forebay::Dtype(ABI_SITE), options);
  loader.add_file("bad.txt");
  try {
    loader.next();
  } catch (const forebay::Error &error) {
    err = error.record();
  }
  CHECK_EQ(err.code, FOREBAY_E_FORMAT);
  CHECK(std::strstr(err.message, "bad.txt") != nullptr &&
        std::strstr(err.message, "does not begin with !") != nullptr);
}

static void test_example_of_the_guide_runs() {
  const Workplace place;
  std::ofstream("rep1.txt") << "chr1 1\nchr1 2\n";
  CHECK_EQ(guide(), 2U);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_real_rows_hash_equal_and_are_the_shared_memory),
      CHECK_TEST(test_child_that_is_killed_is_survived),
      CHECK_TEST(test_bad_cell_is_an_exception_with_file_line_and_column),
      CHECK_TEST(test_keeping_every_array_is_told_and_ends_when_they_go),
      CHECK_TEST(test_own_child_feeds_the_same_store_as_the_built_in_one),
      CHECK_TEST(test_own_child_tells_why_a_file_is_refused),
      CHECK_TEST(test_example_of_the_guide_runs),
  };
  if (argc > 1 && std::strcmp(argv[1], "child") == 0) return run_child();
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
