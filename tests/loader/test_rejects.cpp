// Bad rows under every policy: rows, arrays and rejects depend neither on children nor on splits,
// whatever dies or lies on the way.

#include "loader/bad_rows.hpp"
#include "support/gzip.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

void test_rows_and_rejects_are_the_same_for_any_children_and_splits() {
  const TemporaryFolder folder;
  for (const OnError policy : {OnError::skip, OnError::null}) {
    for (const char* end : {"\n", "\r\n"}) {
      const Input input = make_input(policy, 7, 6'000, 20, end);
      const std::string path = folder.write("a.csv", input.text);
      for (const std::uint32_t children : {1U, 2U, 5U}) {
        for (const std::uint64_t split : {2'000U, 9'973U, 50'000U, 1U << 22U}) {
          const std::string what = std::to_string(static_cast<unsigned>(policy)) + ", " +
                                   std::to_string(children) + " children, splits of " +
                                   std::to_string(split);
          const Loaded got = load({path}, kDtype, options_of(policy, children, split));
          check_load(input, got, what);
          check_arrays(got, 500, what);
        }
      }
    }
  }
}

void test_splits_of_a_few_bytes_find_the_same_bad_rows() {
  const TemporaryFolder folder;
  for (const OnError policy : {OnError::skip, OnError::null}) {
    const Input input = make_input(policy, 3, 120, 3);
    const std::string path = folder.write("a.csv", input.text);
    for (std::uint64_t split = 16; split < 60; split += 5) {
      const Loaded got = load({path}, kDtype, options_of(policy, 3, split, 7));
      check_load(input, got, "splits of " + std::to_string(split));
      check_arrays(got, 7, "splits of " + std::to_string(split));
      // Arrays of seven rows from splits of one or two.
      CHECK(got.progress.rows_copied > 0);
      CHECK_EQ(got.progress.rows_copied * dtype_of(kDtype)->row_bytes(), got.bytes_copied);
    }
  }
}

void test_compressed_text_gives_the_rows_and_rejects_of_the_plain_one() {
  const TemporaryFolder folder;
  for (const OnError policy : {OnError::skip, OnError::null}) {
    const Input input = make_input(policy, 11, 5'000, 10);
    const std::string path = folder.write("a.csv.gz", pack_gzip(input.text));
    for (const std::uint64_t window : {std::uint64_t{1'000}, std::uint64_t{65'536}}) {
      for (const std::uint32_t children : {1U, 2U})
        check_load(input, load({path}, kDtype, options_of(policy, children, window)),
                   "windows of " + std::to_string(window));
      const Loaded got = load({path}, kDtype, options_of(policy, 1, window));
      // A stream knows the place of every row, so that nothing is copied but what must be joined.
      CHECK_EQ(got.bytes_copied, 0U);
    }
  }
}

void test_a_clean_file_is_not_copied_under_skip() {
  const TemporaryFolder folder;
  Input input;
  for (std::int32_t i = 0; i < 20'000; ++i) add_good(input, i);
  const std::string path = folder.write("a.csv", input.text);
  const Loaded strict = load({path}, kDtype, options_of(OnError::fail, 2, 100'000));
  const Loaded lenient = load({path}, kDtype, options_of(OnError::skip, 2, 100'000));
  CHECK(lenient.bytes == input.rows);
  CHECK_EQ(lenient.bytes_copied, strict.bytes_copied);
  CHECK(lenient.bytes_copied < input.rows.size() / 5);
}

void test_splits_placed_after_a_bad_row_was_told_of_are_not_copied() {
  const TemporaryFolder folder;
  Input input;
  add_good(input, 0);
  add_bad(input, 0, 1);
  for (std::int32_t i = 2; i < 100'000; ++i) add_good(input, i);
  const std::string path = folder.write("a.csv", input.text);
  const Loaded got = load({path}, kDtype, options_of(OnError::skip, 2, 20'000, 100));
  check_load(input, got, "one bad row");
  check_arrays(got, 100, "one bad row");
  CHECK(got.bytes_copied < input.rows.size() / 2);
}

// Rows of a load whose caller keeps each array until it has the next one.
std::string load_holding_one(Loader& loader) {
  std::string rows;
  Array* held = nullptr;
  for (;;) {
    Array* array = nullptr;
    const Status status = loader.next(-1, &array);
    if (held != nullptr) held->release();
    held = array;
    if (!status.is_ok()) {
      if (status.code() != FOREBAY_END) rows = status.message();
      return rows;
    }
    const auto span = array->row_span();
    rows.append(reinterpret_cast<const char*>(span.data()), span.size());
  }
}

void test_the_least_quota_is_enough_for_a_caller_that_holds_an_array() {
  const TemporaryFolder folder;
  const Input input = make_input(OnError::skip, 17, 5'000, 5);
  const std::string path = folder.write("a.csv", input.text);
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    for (const std::uint64_t split : {700U, 9'973U, 1U << 22U}) {
      LoaderOptions options = options_of(OnError::skip, children, split, 100);
      options.memory_bytes = 0;
      auto loader = Loader::open(dtype_of(kDtype), options);
      while (!loader.is_ok() && options.memory_bytes < 1'000'000) {
        options.memory_bytes += 4096;
        loader = Loader::open(dtype_of(kDtype), options);
      }
      REQUIRE(loader.is_ok());
      (void)(*loader)->add_file(path, 0);
      const std::string rows = load_holding_one(**loader);
      check_that(rows == input.rows, "rows are equal", __FILE__, __LINE__,
                 std::to_string(children) + " children, splits of " + std::to_string(split) +
                     (rows.size() < 300 ? ": " + rows : ""));
    }
  }
}

void test_text_and_reason_of_a_reject_are_kept_cut_and_printable() {
  const TemporaryFolder folder;
  const std::string overlong(400, 'z');
  const std::string path =
      folder.write("a.csv", "a,1x,2\n" + overlong + ",1,2\nt\x1b\tu,1x,2\n\"p\nq\",no,2\r\n");
  const Loaded got = load({path}, kDtype, options_of(OnError::skip, 1, 4'000'000));
  REQUIRE(got.rejects.size() == 4);
  CHECK_EQ(got.rejects[0].text, std::string("a,1x,2"));
  CHECK(got.rejects[0].reason.find("\"1x\" is not an integer, field number (i4)") == 0);
  CHECK_EQ(got.rejects[1].text, overlong.substr(0, 256));
  CHECK_EQ(got.rejects[2].text, std::string("t?\tu,1x,2"));
  CHECK_EQ(got.rejects[3].text, std::string("\"p?q\",no,2"));
}

void test_the_budget_ends_at_the_same_row_for_any_children_and_splits() {
  const TemporaryFolder folder;
  const Input input = make_input(OnError::skip, 5, 4'000, 15);
  const Input other = make_input(OnError::skip, 6, 700, 1'000'000);
  const std::string path = folder.write("a.csv", input.text);
  const std::string next = folder.write("b.csv", other.text);
  REQUIRE(input.rejects.size() > 210);
  const Held before = held_before();
  for (const std::uint64_t allowed : {1U, 7U, 50U, 200U}) {
    for (const std::uint32_t children : {1U, 2U, 5U}) {
      for (const std::uint64_t split : {500U, 9'973U, 1U << 22U}) {
        LoaderOptions options = options_of(OnError::skip, children, split);
        options.max_errors = allowed;
        const std::string what = std::to_string(allowed) + " allowed, " + std::to_string(children) +
                                 " children, splits of " + std::to_string(split);
        check_budget_and_others(input, path, other, next, options, what);
      }
    }
  }
  CHECK(held_now() == before);
}

void test_the_budget_may_be_used_up() {
  const TemporaryFolder folder;
  const Input input = make_input(OnError::null, 5, 1'000, 15);
  const std::string path = folder.write("a.csv", input.text);
  LoaderOptions options = options_of(OnError::null, 2, 3'000);
  options.max_errors = input.rejects.size();
  check_load(input, load({path}, kDtype, options), "all allowed");
}

void test_only_the_first_rejects_are_kept_and_all_are_counted() {
  const TemporaryFolder folder;
  const Input a = make_input(OnError::skip, 21, 3'000, 10);
  const Input b = make_input(OnError::skip, 22, 3'000, 10);
  const std::vector<std::string> paths = {folder.write("a.csv", a.text),
                                          folder.write("b.csv", b.text)};
  const std::size_t of_b = 20;
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    for (const std::uint64_t split : {700U, 20'011U}) {
      LoaderOptions options = options_of(OnError::skip, children, split);
      options.keep_rejects = a.rejects.size() + of_b;
      const Loaded got = load(paths, kDtype, options);
      CHECK(got.bytes == a.rows + b.rows);
      CHECK_EQ(got.rejects.size(), a.rejects.size() + of_b);
      CHECK_EQ(got.rejects_total, a.rejects.size() + b.rejects.size());
      check_rejects(got.rejects, 0, a.rejects, a.rejects.size(), 0, "source 0");
      check_rejects(got.rejects, a.rejects.size(), b.rejects, of_b, 1, "source 1");
      CHECK_EQ(got.source_rejects[1].rejects, b.rejects.size());
      CHECK_EQ(got.source_rejects[1].kept, of_b);
    }
  }
}

void test_a_file_of_nothing_but_bad_rows_ends() {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "no\n";
  const std::string path = folder.write("a.csv", text);
  const std::string packed = folder.write("a.csv.gz", pack_gzip(text));
  LoaderOptions options = options_of(OnError::skip, 2, 50'000);
  options.keep_rejects = 1'000;
  const Loaded got = load({path, packed}, kDtype, options);
  CHECK_EQ(got.failures.size(), 0U);
  CHECK_EQ(got.rows, 0U);
  CHECK_EQ(got.rejects.size(), 1'000U);
  CHECK_EQ(got.rejects_total, 400'000U);
}

void test_max_rows_counts_the_rows_passed_over() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "a,1,1\nb,x,1\nc,3,1\nd,4,1\n");
  for (const std::uint64_t split : {std::uint64_t{16}, std::uint64_t{4'000'000}}) {
    const Loaded got = load({path}, kDtype, options_of(OnError::skip, 2, split), 3);
    CHECK_EQ(got.rows, 2U);
    CHECK_EQ(got.rejects_total, 1U);
  }
}

void test_a_quote_never_closed_fails_the_source_when_it_takes_in_lines() {
  const TemporaryFolder folder;
  const std::string taken = folder.write("a.csv", "a,1,1\n\"b,2,1\nc,3,1\n");
  const std::string last = folder.write("b.csv", "a,1,1\n\"b,2,1\n");
  for (const OnError policy : {OnError::skip, OnError::null}) {
    const Loaded failed = load({taken}, kDtype, options_of(policy, 2, 16));
    REQUIRE(failed.failures.size() == 1);
    CHECK_EQ(failed.failures[0].code(), FOREBAY_E_FORMAT);
    CHECK_EQ(failed.rows, 1U);
    const Loaded skipped = load({last}, kDtype, options_of(policy, 2, 16));
    CHECK_EQ(skipped.failures.size(), 0U);
    CHECK_EQ(skipped.rows, 1U);
    CHECK_EQ(skipped.rejects_total, 1U);
  }
}

void test_a_child_killed_once_neither_doubles_nor_loses_rejects() {
  const TemporaryFolder folder;
  for (const OnError policy : {OnError::skip, OnError::null}) {
    const Input input = make_input(policy, 9, 3'000, 8);
    const std::string paths[] = {folder.write("a.csv", input.text),
                                 folder.write("a.csv.gz", pack_gzip(input.text))};
    for (const std::string& path : paths) {
      for (const char* moment :
           {"reject-before", "reject-after", "publish-before", "publish-after", "done-before"}) {
        const std::string marker = folder.at("mark");
        std::filesystem::remove(marker);
        const Fault fault(std::string(moment) + ":kill:" + marker);
        LoaderOptions options = options_of(policy, 2, 10'000, 100);
        options.program = test_program("faulty_child");
        const Loaded got = load({path}, kDtype, options);
        check_load(input, got, moment);
        check_arrays(got, 100, moment);
        CHECK(got.progress.child_restarts >= 1);
      }
    }
  }
}

void test_the_budget_is_exact_when_children_die() {
  const TemporaryFolder folder;
  const Input input = make_input(OnError::skip, 9, 3'000, 8);
  const std::string path = folder.write("a.csv", input.text);
  for (const char* moment : {"reject-before", "publish-after"}) {
    for (const std::uint64_t allowed : {3U, 60U, 150U}) {
      const std::string marker = folder.at("mark");
      std::filesystem::remove(marker);
      const Fault fault(std::string(moment) + ":kill:" + marker);
      LoaderOptions options = options_of(OnError::skip, 2, 5'000, 100);
      options.program = test_program("faulty_child");
      options.max_errors = allowed;
      check_budget(input, load({path}, kDtype, options), allowed, moment);
    }
  }
}

struct Misdeed {
  const char* fault;
  const char* says;
};

void test_rejects_that_lie_end_the_child() {
  const Misdeed misdeeds[] = {
      {"reject-falsify:wrong-task", "rejected a row of a task that it does not have"},
      {"reject-falsify:far-byte", "rejected a row at a place that cannot be"},
      {"reject-falsify:far-line", "rejected a row at a place that cannot be"},
      {"reject-falsify:no-column", "rejected a row at a place that cannot be"},
      {"reject-falsify:odd-code", "rejected a row at a place that cannot be"},
      {"reject-falsify:long-text", "not well formed"},
      {"reject-before:twice", "rejected a row at a place that cannot be"},
      {"publish-before:miscount", "miscounted its rejects"},
      {"publish-before:uncounted", "miscounted its rejects"},
  };
  const TemporaryFolder folder;
  const Input input = make_input(OnError::skip, 9, 3'000, 8);
  const std::string path = folder.write("a.csv", input.text);
  const Held before = held_before();
  for (const Misdeed& misdeed : misdeeds) {
    const Fault fault(misdeed.fault);
    LoaderOptions options = options_of(OnError::skip, 2, 10'000, 100);
    options.program = test_program("faulty_child");
    const Loaded got = load({path}, kDtype, options);
    check_that(got.failures.size() == 1 && got.failures[0].code() == FOREBAY_E_PROTOCOL &&
                   got.failures[0].message().find(misdeed.says) != std::string::npos,
               "the source failed", __FILE__, __LINE__,
               std::string(misdeed.fault) +
                   (got.failures.empty() ? "" : ": " + got.failures[0].message()));
  }
  CHECK(held_now() == before);
}

void test_what_a_child_says_of_a_row_is_made_printable() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "a,1x,2\n");
  const Fault fault("reject-falsify:escapes");
  LoaderOptions options = options_of(OnError::skip, 1, 10'000, 100);
  options.program = test_program("faulty_child");
  const Loaded got = load({path}, kDtype, options);
  REQUIRE(got.rejects.size() == 1);
  CHECK_EQ(got.rejects[0].reason, std::string(256, '?'));
  CHECK_EQ(got.rejects[0].text, std::string(256, '?'));
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_rows_and_rejects_are_the_same_for_any_children_and_splits),
      CHECK_TEST(test_splits_of_a_few_bytes_find_the_same_bad_rows),
      CHECK_TEST(test_compressed_text_gives_the_rows_and_rejects_of_the_plain_one),
      CHECK_TEST(test_a_clean_file_is_not_copied_under_skip),
      CHECK_TEST(test_splits_placed_after_a_bad_row_was_told_of_are_not_copied),
      CHECK_TEST(test_the_least_quota_is_enough_for_a_caller_that_holds_an_array),
      CHECK_TEST(test_text_and_reason_of_a_reject_are_kept_cut_and_printable),
      CHECK_TEST(test_the_budget_ends_at_the_same_row_for_any_children_and_splits),
      CHECK_TEST(test_the_budget_may_be_used_up),
      CHECK_TEST(test_only_the_first_rejects_are_kept_and_all_are_counted),
      CHECK_TEST(test_a_file_of_nothing_but_bad_rows_ends),
      CHECK_TEST(test_max_rows_counts_the_rows_passed_over),
      CHECK_TEST(test_a_quote_never_closed_fails_the_source_when_it_takes_in_lines),
      CHECK_TEST(test_a_child_killed_once_neither_doubles_nor_loses_rejects),
      CHECK_TEST(test_the_budget_is_exact_when_children_die),
      CHECK_TEST(test_rejects_that_lie_end_the_child),
      CHECK_TEST(test_what_a_child_says_of_a_row_is_made_printable),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
