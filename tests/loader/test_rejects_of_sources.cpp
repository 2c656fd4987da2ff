// Bad rows in sources that are not plain text: those of a bgzf file are those of its text, wherever
// blocks and splits end and whatever dies; binary files have none.
#include "loader/bad_rows.hpp"
#include "support/framing.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

std::string what_of(OnError policy, std::uint32_t children, std::size_t block,
                    std::uint64_t split) {
  return std::to_string(static_cast<unsigned>(policy)) + ", " + std::to_string(children) +
         " children, blocks of " + std::to_string(block) + ", splits of " + std::to_string(split);
}

void test_a_bgzf_file_has_the_rows_and_rejects_of_its_text() {
  const TemporaryFolder folder;
  for (const OnError policy : {OnError::skip, OnError::null}) {
    const Input input = make_input(policy, 7, 4'000, 20, "\r\n");
    for (const std::size_t block : {97U, 3'000U, 60'000U}) {
      const std::string path = folder.write("a.bgz", pack_bgzf(input.text, block));
      for (const std::uint32_t children : {1U, 2U, 5U}) {
        for (const std::uint64_t split : {500U, 9'973U, 1U << 22U}) {
          const Loaded got = load({path}, kDtype, options_of(policy, children, split));
          check_load(input, got, what_of(policy, children, block, split));
          check_arrays(got, 500, what_of(policy, children, block, split));
        }
      }
    }
  }
}

void test_bgzf_splits_of_a_few_bytes_find_the_same_bad_rows() {
  const TemporaryFolder folder;
  for (const OnError policy : {OnError::skip, OnError::null}) {
    const Input input = make_input(policy, 3, 120, 3);
    for (std::size_t block = 7; block < 60; block += 8) {
      const std::string path = folder.write("a.bgz", pack_bgzf(input.text, block));
      const Loaded got = load({path}, kDtype, options_of(policy, 3, 16, 7));
      check_load(input, got, what_of(policy, 3, block, 16));
      check_arrays(got, 7, what_of(policy, 3, block, 16));
    }
  }
}

void test_the_budget_of_a_bgzf_file_ends_at_the_same_row_for_any_children_and_splits() {
  const TemporaryFolder folder;
  const Input input = make_input(OnError::skip, 5, 4'000, 15);
  const Input other = make_input(OnError::skip, 6, 700, 1'000'000);
  const std::string path = folder.write("a.bgz", pack_bgzf(input.text, 400));
  const std::string next = folder.write("b.bgz", pack_bgzf(other.text, 400));
  REQUIRE(input.rejects.size() > 210);
  const Held before = held_before();
  for (const std::uint64_t allowed : {1U, 50U, 200U}) {
    for (const std::uint32_t children : {1U, 2U, 5U}) {
      for (const std::uint64_t split : {500U, 9'973U, 1U << 22U}) {
        LoaderOptions options = options_of(OnError::skip, children, split);
        options.max_errors = allowed;
        const std::string what =
            std::to_string(allowed) + " allowed, " + what_of(OnError::skip, children, 400, split);
        check_budget_and_others(input, path, other, next, options, what);
      }
    }
  }
  CHECK(held_now() == before);
}

void test_damage_ends_a_bgzf_file_behind_the_same_rows_and_rejects() {
  const TemporaryFolder folder;
  const Input input = make_input(OnError::skip, 5, 4'000, 15);
  const std::string whole = pack_bgzf(input.text, 400);
  std::string flipped = whole;
  flipped[whole.size() / 2] ^= 0x40;
  const std::string paths[] = {folder.write("flipped.bgz", flipped),
                               folder.write("cut.bgz", whole.substr(0, whole.size() / 2))};
  for (const std::string& path : paths) {
    const Loaded first = load({path}, kDtype, options_of(OnError::skip, 1, 1U << 22U));
    REQUIRE(first.failures.size() == 1);
    CHECK(first.rejects.size() > 50 && first.rejects.size() < input.rejects.size());
    CHECK(input.rows.compare(0, first.bytes.size(), first.bytes) == 0);
    check_rejects(first.rejects, 0, input.rejects, first.rejects.size(), 0, path);
    for (const std::uint32_t children : {1U, 2U, 5U}) {
      for (const std::uint64_t split : {500U, 9'973U}) {
        const std::string what = path + ", " + what_of(OnError::skip, children, 400, split);
        const Loaded got = load({path}, kDtype, options_of(OnError::skip, children, split));
        check_that(got.failures.size() == 1 && got.failures[0].code() == first.failures[0].code(),
                   "it fails alike", __FILE__, __LINE__, what);
        check_that(got.bytes == first.bytes && got.rejects_total == first.rejects_total,
                   "behind the same rows and rejects", __FILE__, __LINE__,
                   what + ": " + std::to_string(got.rows) + " not " + std::to_string(first.rows));
        // The budget ends it before the damage does.
        LoaderOptions options = options_of(OnError::skip, children, split);
        options.max_errors = first.rejects_total - 1;
        check_budget(input, load({path}, kDtype, options), options.max_errors, what);
      }
    }
  }
}

void test_max_rows_of_a_bgzf_file_counts_the_rows_passed_over() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.bgz", pack_bgzf("a,1,1\nb,x,1\nc,3,1\nd,4,1\n", 5));
  for (const std::uint64_t split : {std::uint64_t{16}, std::uint64_t{4'000'000}}) {
    const Loaded got = load({path}, kDtype, options_of(OnError::skip, 2, split), 3);
    CHECK_EQ(got.failures.size(), 0U);
    CHECK_EQ(got.rows, 2U);
    CHECK_EQ(got.rejects_total, 1U);
  }
}

void test_a_child_killed_over_a_bgzf_file_neither_doubles_nor_loses_rejects() {
  const TemporaryFolder folder;
  int mark = 0;
  for (const OnError policy : {OnError::skip, OnError::null}) {
    const Input input = make_input(policy, 9, 3'000, 8);
    const std::string path = folder.write("a.bgz", pack_bgzf(input.text, 700));
    for (const char* moment : {"task", "reject-before", "reject-after", "publish-before",
                               "publish-after", "done-before"}) {
      const Fault fault(std::string(moment) + ":kill:" + folder.at(std::to_string(++mark)));
      LoaderOptions options = options_of(policy, 2, 10'000, 100);
      options.program = test_program("faulty_child");
      const Loaded got = load({path}, kDtype, options);
      check_load(input, got, moment);
      check_arrays(got, 100, moment);
      CHECK(got.progress.child_restarts >= 1);
      if (policy == OnError::null) continue;
      for (const std::uint64_t allowed : {3U, 150U}) {
        const Fault again(std::string(moment) + ":kill:" + folder.at(std::to_string(++mark)));
        options.max_errors = allowed;
        check_budget(input, load({path}, kDtype, options), allowed, moment);
      }
    }
  }
}

void test_rules_about_values_hold_for_bgzf_files_and_not_for_binary_ones() {
  const TemporaryFolder folder;
  Input input;
  for (std::int32_t i = 0; i < 3'000; ++i) {
    const std::string name = "name" + std::to_string(i % 100);
    const bool is_cut = i % 3 == 0;
    input.row(is_cut ? "overlong" : name, i % 7 == 0 ? -1 : i, 0.5);
    input.write((is_cut ? "overlong" + name : name) + "," +
                (i % 7 == 0 ? "NA" : std::to_string(i)) + ",0.5");
  }
  const std::string array =
      pack_npy("[('name', 'S8'), ('number', '<i4'), ('value', '<f8')]", 3'000, input.rows);
  const std::vector<std::string> paths = {folder.write("a.csv", input.text),
                                          folder.write("a.bgz", pack_bgzf(input.text, 700)),
                                          folder.write("a.npy", array)};
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    for (const std::uint64_t split : {700U, 1U << 20U}) {
      LoaderOptions options = options_of(OnError::skip, children, split);
      options.values.truncate = true;
      options.values.na = "NA";
      options.values.fill = "number:-1";
      const Loaded got = load(paths, kDtype, options);
      CHECK_EQ(got.failures.size(), 0U);
      CHECK(got.bytes == input.rows + input.rows + input.rows);
      CHECK_EQ(got.progress.fields_truncated, 2'000U);
      CHECK_EQ(got.rejects_total, 0U);
    }
  }
}

// Arrays of these rows, and a text with bad rows before and behind them.
struct Mixture {
  TemporaryFolder folder{};
  Input text = make_input(OnError::skip, 13, 2'000, 8);
  Input good{};
  std::vector<std::string> paths{};

  Mixture() {
    for (std::int32_t i = 0; i < 3'000; ++i) add_good(good, i);
    const std::string array =
        pack_npy("[('name', 'S8'), ('number', '<i4'), ('value', '<f8')]", 3'000, good.rows);
    paths = {folder.write("a.csv", text.text), folder.write("b.npy", array),
             folder.write("c.npz", pack_zip({{"x.npy", array, true}})),
             folder.write("d.bgz", pack_bgzf(text.text, 700))};
  }
};

void test_binary_files_between_bad_rows_keep_all_their_rows() {
  const Mixture mixture;
  const std::uint64_t each = mixture.text.rejects.size();
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    for (const std::uint64_t split : {700U, 1U << 20U}) {
      LoaderOptions options = options_of(OnError::skip, children, split);
      options.max_errors = each;
      const Loaded got = load(mixture.paths, kDtype, options);
      CHECK_EQ(got.failures.size(), 0U);
      CHECK(got.bytes ==
            mixture.text.rows + mixture.good.rows + mixture.good.rows + mixture.text.rows);
      CHECK_EQ(got.rejects_total, 2 * each);
      check_rejects(got.rejects, each, mixture.text.rejects, each, 3, "bgzf behind arrays");
      CHECK_EQ(got.source_rejects[1].rejects, 0U);
      CHECK_EQ(got.source_rejects[2].rejects, 0U);
    }
  }
}

void test_a_child_that_counts_rejects_of_a_binary_file_is_ended() {
  const Mixture mixture;
  const Fault fault("publish-before:miscount");
  for (const std::size_t which : {1U, 2U}) {
    LoaderOptions options = options_of(OnError::skip, 2, 10'000, 100);
    options.program = test_program("faulty_child");
    const Loaded got = load({mixture.paths[which]}, kDtype, options);
    REQUIRE(got.failures.size() == 1);
    CHECK_EQ(got.failures[0].code(), FOREBAY_E_PROTOCOL);
  }
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_bgzf_file_has_the_rows_and_rejects_of_its_text),
      CHECK_TEST(test_bgzf_splits_of_a_few_bytes_find_the_same_bad_rows),
      CHECK_TEST(test_the_budget_of_a_bgzf_file_ends_at_the_same_row_for_any_children_and_splits),
      CHECK_TEST(test_damage_ends_a_bgzf_file_behind_the_same_rows_and_rejects),
      CHECK_TEST(test_max_rows_of_a_bgzf_file_counts_the_rows_passed_over),
      CHECK_TEST(test_a_child_killed_over_a_bgzf_file_neither_doubles_nor_loses_rejects),
      CHECK_TEST(test_rules_about_values_hold_for_bgzf_files_and_not_for_binary_ones),
      CHECK_TEST(test_binary_files_between_bad_rows_keep_all_their_rows),
      CHECK_TEST(test_a_child_that_counts_rejects_of_a_binary_file_is_ended),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
