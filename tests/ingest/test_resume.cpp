#include <algorithm>

#include "codec/codec.hpp"
#include "ingest/ingest.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "support/check.hpp"
#include "support/framing.hpp"
#include "support/gzip.hpp"
#include "support/packing.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

// Counted rows with a header, and comments and blank lines at odd places, also behind the last row.
std::string text_of_rows(std::uint64_t first, std::uint64_t rows) {
  std::string text = "# head\n";
  for (std::uint64_t i = first; i < first + rows; ++i) {
    text += std::to_string(i) + "\t" + std::to_string(i * i) + "\n";
    if (i % 37 == 0) text += "# a comment of some length\n\n";
  }
  return text + "\n# the end\n";
}

std::string packed(const std::string& format, const std::string& text) {
  if (format == "gz") return pack_gzip(text);
  if (format == "bgz") return pack_bgzf(text, 700);
  return format == "zst" ? pack_zstd(text) : text;
}

struct Load {
  std::vector<std::string> inputs{};
  std::uint32_t children = 2;
  std::uint64_t max_rows = 0;
  std::uint32_t skip_rows = 0;
  bool resumes = true;
};

Result<std::unique_ptr<Loader>> open_loader(const Load& load) {
  LoaderOptions options;
  options.children = load.children;
  options.memory_bytes = 64U << 20U;
  options.split_bytes = 1'500;
  options.comment = "#";
  options.skip_rows = load.skip_rows;
  FOREBAY_TRY_ASSIGN(auto loader, Loader::open(counted(), options));
  for (const std::string& path : load.inputs) FOREBAY_TRY(loader->add_file(path, load.max_rows));
  return loader;
}

struct Done {
  Code code = FOREBAY_OK;
  std::string message{};
  std::uint64_t added = 0;
  std::uint64_t rows = 0;
  bool right = false;  // the table holds rows 0, 1, 2 ...
  std::uint32_t children = 0;
};

// One run of a load, as a process would do it: opens the file, goes on, and commits. With `stops`
// it ends as soon as it has added something.
Done run(const std::string& path, const Load& load, bool stops = false) {
  Done done;
  auto store = Store::open(path, {});
  auto loader = open_loader(load);
  if (!CHECK(store.is_ok()) || !CHECK(loader.is_ok())) return done;
  auto table = (*store)->open_table("data", counted(), {100});
  if (!CHECK(table.is_ok())) return done;
  Status status = load.resumes ? resume_loader(**table, **loader) : Status::ok();
  while (status.is_ok()) {
    LoadResult result;
    status = append_loader(**table, **loader, stops ? 0 : -1, &result);
    done.added += result.rows;
    if (status.is_ok() || (stops && result.rows != 0)) break;
    if (status.code() == FOREBAY_AGAIN) status = Status::ok();
  }
  done.code = status.code();
  done.message = status.message();
  done.rows = (*table)->rows();
  done.right = holds(**table, 0, done.rows);
  done.children = (*loader)->progress().children;
  CHECK((*store)->close().is_ok());
  return done;
}

LedgerEntry entry_in(const std::string& path, std::uint32_t index) {
  auto store = Store::open(path, with_mode(StoreMode::read));
  if (!CHECK(store.is_ok())) return {};
  auto table = (*store)->open_table("data", nullptr, {});
  if (!CHECK(table.is_ok())) return {};
  auto entry = recorded_source(**table, index);
  return CHECK(entry.is_ok()) && CHECK(*entry != nullptr) ? **entry : LedgerEntry();
}

}  // namespace

static void test_a_load_that_ends_after_every_commit_gives_the_rows_of_an_undisturbed_one() {
  for (const std::string format : {"txt", "gz", "zst", "bgz"}) {
    for (const std::uint32_t children : {1U, 2U, 5U}) {
      const Scratch scratch;
      const std::string one = scratch.path("one." + format);
      const std::string two = scratch.path("two.txt");
      const std::string three = scratch.path("three." + format);
      write_file(one, packed(format, text_of_rows(0, 731)));
      write_file(two, text_of_rows(731, 12));
      write_file(three, packed(format, text_of_rows(743, 505)));
      const std::string path = scratch.path("a.h5");
      std::uint64_t rows = 0;
      int runs = 0;
      Done done;
      do {
        done = run(path, {{one, two, three}, children}, true);
        CHECK(done.right);
        CHECK_EQ(done.rows, rows + done.added);
        rows = done.rows;
      } while (CHECK(done.code == FOREBAY_OK || done.code == FOREBAY_AGAIN) && ++runs < 80 &&
               done.added != 0);
      CHECK_EQ(rows, 1'248U);
      CHECK(runs >= 5);
      const LedgerEntry last = entry_in(path, 2);
      CHECK(last.state == SourceState::complete);
      CHECK_EQ(last.at.rows, 505U);
      const std::string text = text_of_rows(743, 505);
      CHECK_EQ(last.at.offset, text.size());
      CHECK_EQ(last.at.hash, codec::crc64_more(0, {text.data(), text.size()}));
      CHECK_EQ(last.at.line - 1,
               static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')));
    }
  }
}

static void test_rows_taken_one_by_one_are_recorded_with_the_commit_that_stores_them() {
  const Scratch scratch;
  write_file(scratch.path("one"), text_of_rows(0, 950));
  write_file(scratch.path("two.gz"), pack_gzip(text_of_rows(950, 430)));
  const Load load{{scratch.path("one"), scratch.path("two.gz")}};
  std::uint64_t rows = 0;
  for (int runs = 0; runs < 40 && rows < 1'380; ++runs) {
    auto store = Store::open(scratch.path("a.h5"), {});
    auto loader = open_loader(load);
    REQUIRE(store.is_ok() && loader.is_ok());
    auto table = (*store)->open_table("data", counted(), {100});
    REQUIRE(table.is_ok());
    REQUIRE(resume_loader(**table, **loader).is_ok());
    CHECK_EQ((*table)->rows(), rows);
    Array* array = nullptr;
    REQUIRE((*loader)->next(-1, &array).is_ok());
    CHECK((*table)->append_array(*array).is_ok());
    CHECK(consume_array(**table, **loader, array).is_ok());
    array->release();
    rows = (*table)->rows();
    CHECK(holds(**table, 0, rows));
    CHECK((*store)->close().is_ok());
  }
  CHECK_EQ(rows, 1'380U);
}

static void test_what_is_complete_is_not_loaded_again_and_new_files_are() {
  const Scratch scratch;
  write_file(scratch.path("one"), text_of_rows(0, 300));
  write_file(scratch.path("two"), text_of_rows(300, 222));
  const std::string path = scratch.path("a.h5");
  CHECK_EQ(run(path, {{scratch.path("one")}}).added, 300U);
  CHECK_EQ(run(path, {{scratch.path("one")}}).added, 0U);
  const Done more = run(path, {{scratch.path("one"), scratch.path("two")}});
  CHECK_EQ(more.added, 222U);
  CHECK(more.right);
  // On purpose once more, and then that is complete as well.
  CHECK_EQ(run(path, {{scratch.path("one")}, 2, 0, 0, false}).added, 300U);
  CHECK_EQ(run(path, {{scratch.path("one"), scratch.path("one")}}).added, 0U);
  CHECK_EQ(entry_in(path, 2).occurrence, 1U);
}

static void test_a_new_file_before_one_that_is_in_is_refused() {
  const Scratch scratch;
  write_file(scratch.path("one"), text_of_rows(0, 30));
  write_file(scratch.path("two"), text_of_rows(30, 22));
  const std::string path = scratch.path("a.h5");
  CHECK_EQ(run(path, {{scratch.path("one")}}).added, 30U);
  const Done done = run(path, {{scratch.path("two"), scratch.path("one")}});
  CHECK_EQ(done.code, FOREBAY_E_STATE);
  CHECK_EQ(done.rows, 30U);
}

static void test_a_source_whose_consumed_part_changed_is_refused() {
  for (const std::string format : {"txt", "gz", "bgz"}) {
    const Scratch scratch;
    std::string text = text_of_rows(0, 731);
    const std::string input = scratch.path("one." + format);
    write_file(input, packed(format, text));
    const std::string path = scratch.path("a.h5");
    const std::uint64_t rows = run(path, {{input}}, true).rows;
    text[text.find("\t2500\n") + 1] = '3';
    write_file(input, packed(format, text));
    const Done done = run(path, {{input}});
    CHECK_EQ(done.code, FOREBAY_E_CHANGED);
    CHECK(done.message.find(input) != std::string::npos);
    CHECK_EQ(done.rows, rows);
    // It is as it was: the load goes on.
    text[text.find("\t3500\n") + 1] = '2';
    write_file(input, packed(format, text));
    const Done again = run(path, {{input}});
    CHECK_EQ(again.code, FOREBAY_OK);
    CHECK_EQ(again.rows, 731U);
    CHECK(again.right);
  }
}

static void test_a_source_that_became_shorter_is_refused() {
  for (const std::string format : {"txt", "gz", "bgz"}) {
    const Scratch scratch;
    const std::string input = scratch.path("one." + format);
    write_file(input, packed(format, text_of_rows(0, 731)));
    const std::string path = scratch.path("a.h5");
    CHECK_EQ(run(path, {{input}}).rows, 731U);
    write_file(input, packed(format, text_of_rows(0, 30)));
    const Done done = run(path, {{input}});
    CHECK_EQ(done.code, FOREBAY_E_CHANGED);
    CHECK_EQ(done.rows, 731U);
  }
}

static void test_a_source_that_grew_goes_on_behind_its_old_end() {
  for (const std::string format : {"txt", "gz", "bgz"}) {
    const Scratch scratch;
    const std::string input = scratch.path("one." + format);
    const std::string text = text_of_rows(0, 731);
    write_file(input, packed(format, text));
    const std::string path = scratch.path("a.h5");
    CHECK_EQ(run(path, {{input}}).rows, 731U);
    write_file(input, packed(format, text + text_of_rows(731, 420)));
    const Done done = run(path, {{input}});
    CHECK_EQ(done.code, FOREBAY_OK);
    CHECK_EQ(done.added, 420U);
    CHECK(done.right);
  }
}

static void test_a_last_row_without_line_break_must_not_grow() {
  const Scratch scratch;
  const std::string input = scratch.path("one");
  const std::string path = scratch.path("a.h5");
  write_file(input, "0 0\n1 1\n2 4");
  CHECK_EQ(run(path, {{input}}).rows, 3U);
  CHECK_EQ(run(path, {{input}}).code, FOREBAY_OK);
  write_file(input, "0 0\n1 1\n2 44\n");
  CHECK_EQ(run(path, {{input}}).code, FOREBAY_E_CHANGED);
}

static void test_other_options_are_refused() {
  const Scratch scratch;
  write_file(scratch.path("one"), text_of_rows(0, 300));
  const std::string path = scratch.path("a.h5");
  CHECK_EQ(run(path, {{scratch.path("one")}}).added, 300U);
  const Done done = run(path, {{scratch.path("one")}, 2, 0, 1});
  CHECK_EQ(done.code, FOREBAY_E_MISMATCH);
  CHECK(done.message.find("other options") != std::string::npos);
  // These decide nothing about rows.
  CHECK_EQ(run(path, {{scratch.path("one")}, 1}).code, FOREBAY_OK);
}

static void test_a_limit_of_rows_can_be_raised_later() {
  const Scratch scratch;
  for (const std::uint64_t rows : {900U, 30U}) {
    const std::string input = scratch.path("one" + std::to_string(rows));
    write_file(input, text_of_rows(0, rows));
    const std::string path = scratch.path(std::to_string(rows) + ".h5");
    CHECK_EQ(run(path, {{input}, 2, 20}).added, 20U);
    CHECK_EQ(run(path, {{input}, 2, 20}).added, 0U);
    CHECK(entry_in(path, 0).state == SourceState::limited);
    CHECK_EQ(run(path, {{input}, 2, 25}).added, 5U);
    const Done done = run(path, {{input}});
    CHECK_EQ(done.rows, rows);
    CHECK(done.right);
  }
}

static void test_a_failed_source_goes_on_once_it_is_mended() {
  const Scratch scratch;
  const std::string input = scratch.path("one");
  const std::string path = scratch.path("a.h5");
  write_file(input, text_of_rows(0, 500) + "x\t1\n");
  CHECK_EQ(run(path, {{input}}).code, FOREBAY_E_VALUE);
  CHECK(entry_in(path, 0).state == SourceState::failed);
  const Done still = run(path, {{input}});
  CHECK_EQ(still.code, FOREBAY_E_VALUE);
  CHECK_EQ(still.rows, 500U);
  write_file(input, text_of_rows(0, 500) + text_of_rows(500, 10));
  const Done done = run(path, {{input}});
  CHECK_EQ(done.code, FOREBAY_OK);
  CHECK_EQ(done.rows, 510U);
  CHECK(done.right);
}

static void test_the_store_commits_by_itself_as_often_as_it_is_told() {
  const Scratch scratch;
  write_file(scratch.path("one"), text_of_rows(0, 1'000));
  StoreOptions options;
  options.commit_policy.rows = 200;
  auto store = Store::open(scratch.path("a.h5"), options);
  auto loader = open_loader({{scratch.path("one")}});
  REQUIRE(store.is_ok() && loader.is_ok());
  auto table = (*store)->open_table("data", counted(), {100});
  REQUIRE(table.is_ok());
  LoadResult result;
  CHECK(append_loader(**table, **loader, -1, &result).is_ok());
  // Ended without a commit of its own: what the load committed is there.
  store->reset();
  auto again = Store::open(scratch.path("a.h5"), with_mode(StoreMode::read));
  REQUIRE(again.is_ok());
  auto found = (*again)->open_table("data", nullptr, {});
  REQUIRE(found.is_ok());
  CHECK((*found)->rows() >= 800);
  CHECK(holds(**found, 0, (*found)->rows()));
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_load_that_ends_after_every_commit_gives_the_rows_of_an_undisturbed_one),
      CHECK_TEST(test_rows_taken_one_by_one_are_recorded_with_the_commit_that_stores_them),
      CHECK_TEST(test_what_is_complete_is_not_loaded_again_and_new_files_are),
      CHECK_TEST(test_a_new_file_before_one_that_is_in_is_refused),
      CHECK_TEST(test_a_source_whose_consumed_part_changed_is_refused),
      CHECK_TEST(test_a_source_that_became_shorter_is_refused),
      CHECK_TEST(test_a_source_that_grew_goes_on_behind_its_old_end),
      CHECK_TEST(test_a_last_row_without_line_break_must_not_grow),
      CHECK_TEST(test_other_options_are_refused),
      CHECK_TEST(test_a_limit_of_rows_can_be_raised_later),
      CHECK_TEST(test_a_failed_source_goes_on_once_it_is_mended),
      CHECK_TEST(test_the_store_commits_by_itself_as_often_as_it_is_told),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
