// Children that die, hang or lie at every moment of their work: the rows are the same, or the
// source fails by name and the others load.
#include <fcntl.h>

#include <sys/stat.h>

#include <cstring>

#include "loader/loading.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr char kDtype[] = "a:i4,b:i4";

struct Input {
  std::string text;
  std::string rows;
};

Input make_input(std::int32_t rows, std::int32_t first) {
  Input input;
  for (std::int32_t i = first; i < first + rows; ++i) {
    input.text += std::to_string(i) + " " + std::to_string(-i) + "\n";
    const std::int32_t row[2] = {i, -i};
    input.rows.append(reinterpret_cast<const char*>(row), sizeof(row));
  }
  return input;
}

// Sets $FOREBAY_TEST_FAULT for the children of a test.
class Fault {
 public:
  explicit Fault(const std::string& fault) { ::setenv("FOREBAY_TEST_FAULT", fault.c_str(), 1); }
  Fault(const Fault&) = delete;
  Fault& operator=(const Fault&) = delete;
  ~Fault() { ::unsetenv("FOREBAY_TEST_FAULT"); }
};

LoaderOptions faulty_options() {
  LoaderOptions options;
  options.program = test_program("faulty_child");
  options.children = 2;
  options.split_bytes = 20'000;
  options.batch_rows = 500;
  options.memory_bytes = 1U << 20U;
  return options;
}

constexpr const char* kMoments[] = {"start", "hello-after",    "task",          "go",
                                    "lend",  "publish-before", "publish-after", "done-before"};

void test_a_child_killed_once_at_any_moment_changes_nothing() {
  const TemporaryFolder folder;
  const Input a = make_input(20'000, 0);
  const Input b = make_input(500, 7);
  const std::vector<std::string> paths = {folder.write("a.txt", a.text),
                                          folder.write("b.txt", b.text)};
  const Held before = held_before();
  for (const char* moment : kMoments) {
    for (const char* deed : {"kill", "exit3", "abort"}) {
      const Fault fault(std::string(moment) + ":" + deed + ":" +
                        folder.at(std::string("mark-") + moment + deed));
      const Loaded got = load(paths, kDtype, faulty_options());
      const std::string what = std::string(moment) + " " + deed;
      check_that(got.failures.empty(), "no source failed", __FILE__, __LINE__,
                 what + (got.failures.empty() ? "" : ": " + got.failures[0].message()));
      check_that(got.bytes == a.rows + b.rows, "rows are equal", __FILE__, __LINE__, what);
      check_that(got.stats.blocks_lent == 0, "no block is lent", __FILE__, __LINE__, what);
      check_that(got.progress.child_restarts >= 1 || std::string(moment) == "start",
                 "a child was replaced", __FILE__, __LINE__, what);
    }
  }
  CHECK(held_now() == before);
}

void test_a_child_killed_at_any_moment_of_a_compressed_or_small_source_changes_nothing() {
  const TemporaryFolder folder;
  const Input a = make_input(4'000, 0);
  const std::string path = folder.write("a.txt", a.text);
  for (const char* moment : {"task", "lend", "publish-before", "publish-after", "done-before"}) {
    const Fault fault(std::string(moment) + ":kill:" + folder.at(std::string("mark-") + moment));
    LoaderOptions options = faulty_options();
    options.split_bytes = 1U << 20U;
    const Loaded got = load({path}, kDtype, options);
    check_that(got.failures.empty() && got.bytes == a.rows, "rows are equal", __FILE__, __LINE__,
               moment);
  }
}

struct Misdeed {
  const char* fault;
  forebay_status code;
  const char* says;
};

void test_a_child_that_always_misbehaves_fails_its_source_by_name_and_nothing_leaks() {
  const Misdeed misdeeds[] = {
      {"task:kill", FOREBAY_E_CHILD, "killed by signal 9"},
      {"task:exit3", FOREBAY_E_CHILD, "exited with status 3"},
      {"task:abort", FOREBAY_E_CHILD, "killed by signal 6"},
      {"start:exit3", FOREBAY_E_CHILD, "exited with status 3"},
      {"task:hang", FOREBAY_E_TIMEOUT, "made no progress for 300 ms"},
      {"start:hang", FOREBAY_E_TIMEOUT, "did not start within 300 ms"},
      {"lend:hang", FOREBAY_E_TIMEOUT, "made no progress for 300 ms"},
      {"task:garbage", FOREBAY_E_PROTOCOL, "not well formed"},
      {"task:huge", FOREBAY_E_PROTOCOL, "too long"},
      {"publish-before:garbage", FOREBAY_E_PROTOCOL, "not well formed"},
      {"publish-before:huge", FOREBAY_E_PROTOCOL, "too long"},
      {"publish-before:descriptor", FOREBAY_E_PROTOCOL, "descriptor"},
      {"publish-before:wrong-lease", FOREBAY_E_PROTOCOL, "a block that it was not lent"},
      {"publish-before:wrong-task", FOREBAY_E_PROTOCOL, "a task that it does not have"},
      {"publish-before:many-rows", FOREBAY_E_PROTOCOL, "a wrong number of rows"},
      {"publish-before:twice", FOREBAY_E_PROTOCOL, "a block that it was not lent"},
      {"publish-before:early-done", FOREBAY_E_PROTOCOL, "ended a task that it does not have"},
      {"hello-after:twice", FOREBAY_E_PROTOCOL, "hello twice"},
  };
  const TemporaryFolder folder;
  const std::vector<std::string> paths = {folder.write("a.txt", make_input(20'000, 0).text)};
  const Held before = held_before();
  for (const Misdeed& misdeed : misdeeds) {
    const Fault fault(misdeed.fault);
    LoaderOptions options = faulty_options();
    options.start_timeout_ms = 300;
    options.progress_timeout_ms = 300;
    const Loaded got = load(paths, kDtype, options);
    if (!check_that(got.failures.size() == 1, "the source failed", __FILE__, __LINE__,
                    misdeed.fault))
      continue;
    const Status& failure = got.failures.front();
    check_that(failure.code() == misdeed.code, "the code fits", __FILE__, __LINE__,
               std::string(misdeed.fault) + ": " + failure.message());
    check_that(failure.message().find(paths[0] + ": ") == 0 &&
                   failure.message().find(misdeed.says) != std::string::npos,
               "the message fits", __FILE__, __LINE__,
               std::string(misdeed.fault) + ": " + failure.message());
  }
  CHECK(held_now() == before);
}

void test_the_sources_beside_a_failing_one_are_loaded() {
  const TemporaryFolder folder;
  const Input good = make_input(3'000, 1);
  const std::string bad = folder.write("bad.txt", "1 x\n");
  const std::string path = folder.write("good.txt", good.text);
  // A deed that is done once, and no retry: just the source that was at work fails.
  const Fault fault("publish-before:kill:" + folder.at("mark"));
  LoaderOptions options = faulty_options();
  options.retries = 0;
  options.split_bytes = 1U << 20U;
  const Loaded got = load({path, path, path}, kDtype, options);
  REQUIRE(got.failures.size() == 1);
  CHECK_EQ(got.failures[0].code(), FOREBAY_E_CHILD);
  CHECK(got.bytes == good.rows + good.rows);
}

void test_a_child_that_closes_its_socket_but_lives_on_is_ended() {
  const TemporaryFolder folder;
  const Input a = make_input(2'000, 0);
  const std::string path = folder.write("a.txt", a.text);
  const Fault fault("lend:close:" + folder.at("mark"));
  const Loaded got = load({path}, kDtype, faulty_options());
  CHECK_EQ(got.failures.size(), 0U);
  CHECK(got.bytes == a.rows);
}

// It is always alive as far as one can tell, so only the deadline of the whole load ends it.
void test_a_child_that_sends_without_end_keeps_nobody_waiting() {
  const TemporaryFolder folder;
  const Fault fault("publish-before:hostile/flood-for-ever");
  LoaderOptions options = faulty_options();
  options.children = 3;
  options.total_timeout_ms = 1'000;
  auto opened = Loader::open(dtype_of(kDtype), options);
  REQUIRE(opened.is_ok());
  Loader& loader = **opened;
  (void)loader.add_file(folder.write("a.txt", make_input(2'000, 0).text), 0);
  Status status;
  int returns = 0;
  do {
    Array* array = nullptr;
    status = loader.next(20, &array);
    CHECK(array == nullptr);
    ++returns;
  } while (status.code() == FOREBAY_AGAIN && returns < 1'000);
  CHECK_EQ(status.code(), FOREBAY_E_TIMEOUT);
  // A call that waits 20 ms returns more than a few times in a second, even on a busy machine.
  CHECK(returns > 5);
  Array* array = nullptr;
  CHECK_EQ(loader.next(-1, &array).code(), FOREBAY_END);
}

void test_a_program_that_cannot_be_started_is_named() {
  const TemporaryFolder folder;
  LoaderOptions options = faulty_options();
  options.program = folder.at("no-such-program");
  CHECK_EQ(load({}, kDtype, options).opened.code(), FOREBAY_E_NOT_FOUND);
  options.program = folder.write("not-a-program", "#!/no/such/interpreter\n");
  ::chmod(options.program.c_str(), 0700);
  const Loaded got = load({folder.write("a.txt", "1 2\n")}, kDtype, options);
  REQUIRE(got.failures.size() == 1);
  CHECK_EQ(got.failures[0].code(), FOREBAY_E_SPAWN);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_child_killed_once_at_any_moment_changes_nothing),
      CHECK_TEST(test_a_child_killed_at_any_moment_of_a_compressed_or_small_source_changes_nothing),
      CHECK_TEST(test_a_child_that_always_misbehaves_fails_its_source_by_name_and_nothing_leaks),
      CHECK_TEST(test_the_sources_beside_a_failing_one_are_loaded),
      CHECK_TEST(test_a_child_that_closes_its_socket_but_lives_on_is_ended),
      CHECK_TEST(test_a_child_that_sends_without_end_keeps_nobody_waiting),
      CHECK_TEST(test_a_program_that_cannot_be_started_is_named),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
