// Order any, deadlines and retries: which rows come when, and which failure is told first.
#include <algorithm>
#include <map>

#include "loader/loading.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

std::string rows_from(int first, int rows) {
  std::string text;
  for (int i = first; i < first + rows; ++i) text += std::to_string(i) + "\n";
  return text;
}

LoaderOptions small_options(std::uint32_t children, Order order) {
  LoaderOptions options;
  options.children = children;
  options.split_bytes = 8'000;
  options.batch_rows = 1'000;
  options.memory_bytes = 16 * 4096;
  options.order = order;
  return options;
}

// What came of each source, whatever came between.
struct BySource {
  std::map<std::uint32_t, std::string> bytes;
  std::map<std::uint32_t, std::vector<std::uint64_t>> array_rows;
  std::vector<std::uint32_t> failed;
  bool is_in_order = true;  // inside each source
  bool operator==(const BySource&) const = default;
};

BySource take_all(Loader& loader) {
  BySource out;
  std::map<std::uint32_t, std::uint64_t> next_row;
  for (;;) {
    Array* array = nullptr;
    const Status status = loader.next(-1, &array);
    if (status.code() == FOREBAY_END) return out;
    if (status.is_failure()) {
      out.failed.push_back(status.detail().source);
      if (out.failed.size() > 100) return out;
      continue;
    }
    const auto rows = array->row_span();
    out.bytes[array->source].append(reinterpret_cast<const char*>(rows.data()), rows.size());
    out.array_rows[array->source].push_back(array->rows());
    out.is_in_order = out.is_in_order && array->first_row == next_row[array->source];
    next_row[array->source] += array->rows();
    array->release();
  }
}

BySource load_by_source(const std::vector<std::string>& paths, const LoaderOptions& options) {
  auto loader = Loader::open(dtype_of("i4"), options);
  if (!loader.is_ok()) return {};
  for (const std::string& path : paths) (void)(*loader)->add_file(path, 0);
  return take_all(**loader);
}

void test_order_any_gives_each_source_the_same_rows_and_boundaries_for_any_number_of_children() {
  const TemporaryFolder folder;
  std::vector<std::string> paths;
  for (int i = 0; i < 7; ++i)
    paths.push_back(folder.write("f" + std::to_string(i), rows_from(i * 10'000, i * 1'700 + 1)));
  paths.push_back(folder.at("missing"));
  paths.push_back(folder.write("bad", rows_from(0, 4'500) + "x\n" + rows_from(0, 4'500)));
  const BySource expected = load_by_source(paths, small_options(1, Order::source));
  CHECK_EQ(expected.bytes.size(), 8U);
  CHECK_EQ(expected.failed.size(), 2U);
  for (const std::uint32_t children : {1U, 2U, 3U, 5U, 9U}) {
    BySource got = load_by_source(paths, small_options(children, Order::any));
    std::sort(got.failed.begin(), got.failed.end());
    check_that(got.is_in_order, "each source is in order", __FILE__, __LINE__,
               std::to_string(children));
    check_that(got == expected, "rows are equal", __FILE__, __LINE__, std::to_string(children));
  }
}

// The reading end is the loader's, the writing end the test's.
struct Pipe {
  Pipe() {
    int ends[2] = {-1, -1};
    if (::pipe(ends) == 0) {
      read = ends[0];
      write = ends[1];
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(read);
    close_write();
  }
  void close_write() {
    if (write >= 0) ::close(write);
    write = -1;
  }
  int read = -1;
  int write = -1;
};

void test_in_order_any_a_source_that_stands_still_holds_up_no_other() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", rows_from(0, 30'000));
  Pipe pipe;
  auto loader = Loader::open(dtype_of("i4"), small_options(2, Order::any));
  REQUIRE(loader.is_ok());
  REQUIRE((*loader)->add_descriptor(pipe.read, "slow", 0).is_ok());
  for (int i = 0; i < 3; ++i) (void)(*loader)->add_file(path, 0);
  std::uint64_t rows = 0;
  while (rows < 90'000) {
    Array* array = nullptr;
    if (!CHECK((*loader)->next(-1, &array).is_ok())) return;
    CHECK(array->source != 0);
    rows += array->rows();
    array->release();
  }
  CHECK_EQ((*loader)->source_status(3, &rows).code(), FOREBAY_AGAIN);
  CHECK_EQ(::write(pipe.write, "7\n", 2), 2);
  pipe.close_write();
  const BySource rest = take_all(**loader);
  CHECK_EQ(rest.bytes.size(), 1U);
  CHECK_EQ(rest.array_rows.begin()->second.front(), 1U);
  CHECK_EQ((*loader)->source_status(3, &rows).code(), FOREBAY_OK);
  CHECK_EQ((*loader)->progress().sources_done, 4U);
}

void test_in_order_any_a_caller_that_holds_everything_is_told_and_goes_on() {
  const TemporaryFolder folder;
  std::vector<std::string> paths;
  for (int i = 0; i < 4; ++i)
    paths.push_back(folder.write("f" + std::to_string(i), rows_from(0, 9'300)));
  for (const std::uint32_t children : {1U, 2U, 4U}) {
    LoaderOptions options = small_options(children, Order::any);
    options.memory_bytes = 6 * 4096;
    auto loader = Loader::open(dtype_of("i4"), options);
    REQUIRE(loader.is_ok());
    for (const std::string& path : paths) (void)(*loader)->add_file(path, 0);
    std::vector<Array*> held;
    std::uint64_t rows = 0;
    int full = 0;
    for (;;) {
      Array* array = nullptr;
      const Status status = (*loader)->next(-1, &array);
      if (status.code() == FOREBAY_END) break;
      if (status.is_ok()) {
        rows += array->rows();
        held.push_back(array);
        continue;
      }
      if (!CHECK_EQ(status.code(), FOREBAY_E_FULL) || !CHECK(!held.empty())) break;
      ++full;
      held.front()->release();
      held.erase(held.begin());
    }
    CHECK_EQ(rows, 37'200U);
    CHECK(full > 5);
    for (Array* array : held) array->release();
    CHECK_EQ((*loader)->arena_stats().blocks_lent, 0U);
  }
}

void test_the_first_error_is_the_first_in_source_order_for_any_number_of_children() {
  const TemporaryFolder folder;
  const std::vector<std::string> paths = {
      folder.write("good", rows_from(0, 20'000)),
      folder.write("late", rows_from(0, 15'000) + "x\n" + rows_from(0, 10) + "y\n"),
      folder.write("early", "z\n"), folder.at("missing")};
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    const Loaded got = load(paths, "i4", small_options(children, Order::source));
    REQUIRE(got.failures.size() == 3);
    CHECK_EQ(got.failures[0].detail().source, 1U);
    CHECK_EQ(got.failures[0].detail().line, 15'001U);
    CHECK_EQ(got.failures[1].detail().source, 2U);
    CHECK_EQ(got.failures[2].detail().source, 3U);
    CHECK_EQ(got.rows, 35'000U);
  }
}

void test_a_source_is_tried_again_as_often_as_retries_says() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", rows_from(0, 20'000));
  ::setenv("FOREBAY_TEST_FAULT", "task:kill", 1);
  for (const std::uint32_t retries : {0U, 1U, 4U}) {
    LoaderOptions options = small_options(1, Order::source);
    options.program = test_program("faulty_child");
    options.retries = retries;
    const Loaded got = load({path}, "i4", options);
    if (!CHECK_EQ(got.failures.size(), 1U)) continue;
    CHECK_EQ(got.failures[0].code(), FOREBAY_E_CHILD);
    CHECK_EQ(got.progress.child_restarts, retries + 1);
  }
  ::unsetenv("FOREBAY_TEST_FAULT");
}

void test_the_deadline_of_the_whole_load_fails_what_is_not_done_and_leaves_nothing() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", rows_from(0, 5'000));
  const Held before = held_before();
  for (const Order order : {Order::source, Order::any}) {
    Pipe pipe;
    LoaderOptions options = small_options(1, order);
    // As long as a loaded machine may take for the first file; the pipe never ends.
    options.total_timeout_ms = 1'500;
    auto loader = Loader::open(dtype_of("i4"), options);
    REQUIRE(loader.is_ok());
    (void)(*loader)->add_file(path, 0);
    (void)(*loader)->add_descriptor(pipe.read, "endless", 0);
    (void)(*loader)->add_file(path, 0);
    std::vector<Status> failures;
    std::uint64_t rows = 0;
    for (;;) {
      Array* array = nullptr;
      Status status = (*loader)->next(-1, &array);
      if (status.code() == FOREBAY_END || failures.size() > 5) break;
      if (status.is_failure()) {
        failures.push_back(std::move(status));
        continue;
      }
      rows += array->rows();
      array->release();
    }
    CHECK_EQ(rows, 5'000U);
    REQUIRE(failures.size() == 2);
    CHECK_EQ(failures[0].code(), FOREBAY_E_TIMEOUT);
    CHECK(failures[0].message().find("endless: not read to its end within the 1500 ms") == 0);
    CHECK_EQ(failures[1].code(), FOREBAY_E_TIMEOUT);
    CHECK_EQ(failures[1].detail().source, 2U);
    CHECK_EQ((*loader)->source_status(0, nullptr).code(), FOREBAY_OK);
    CHECK_EQ((*loader)->source_status(1, nullptr).code(), FOREBAY_E_TIMEOUT);
    CHECK_EQ((*loader)->arena_stats().blocks_lent, 0U);
  }
  CHECK(held_now() == before);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(
          test_order_any_gives_each_source_the_same_rows_and_boundaries_for_any_number_of_children),
      CHECK_TEST(test_in_order_any_a_source_that_stands_still_holds_up_no_other),
      CHECK_TEST(test_in_order_any_a_caller_that_holds_everything_is_told_and_goes_on),
      CHECK_TEST(test_the_first_error_is_the_first_in_source_order_for_any_number_of_children),
      CHECK_TEST(test_a_source_is_tried_again_as_often_as_retries_says),
      CHECK_TEST(test_the_deadline_of_the_whole_load_fails_what_is_not_done_and_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
