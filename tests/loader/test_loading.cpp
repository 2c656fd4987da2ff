// Rows and array boundaries do not depend on children or splits; errors name the same place.
#include <sys/stat.h>

#include <cstring>
#include <random>

#include "loader/loading.hpp"
#include "support/gzip.hpp"
#include "support/packing.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr char kDtype[] = "name:S6,number:i4,value:f8";
constexpr std::uint64_t kRowBytes = 18;

struct Input {
  std::string text;
  std::string rows;  // as they must come out
};

void append_row(Input& input, std::uint32_t i, const char* end = "\n") {
  char name[7] = {};
  std::snprintf(name, sizeof(name), "n%u", i % 100'000);
  const auto number = static_cast<std::int32_t>(i * 2654435761U);
  const double value = static_cast<double>(i) / 8.0;
  char line[96];
  std::snprintf(line, sizeof(line), "%s\t%d\t%.3f%s", name, number, value, end);
  input.text += line;
  char row[kRowBytes] = {};
  std::memcpy(row, name, 6);
  std::memcpy(row + 6, &number, 4);
  std::memcpy(row + 10, &value, 8);
  input.rows.append(row, sizeof(row));
}

Input make_input(std::uint32_t rows, std::uint32_t first = 0) {
  Input input;
  for (std::uint32_t i = 0; i < rows; ++i) append_row(input, first + i);
  return input;
}

LoaderOptions options_of(std::uint32_t children, std::uint64_t split_bytes,
                         std::uint64_t batch_rows = 1000) {
  LoaderOptions options;
  options.children = children;
  options.split_bytes = split_bytes;
  options.batch_rows = batch_rows;
  options.memory_bytes = 8U << 20U;
  return options;
}

void test_rows_and_arrays_are_the_same_for_any_children_and_splits() {
  const TemporaryFolder folder;
  const Input a = make_input(25'000);
  const Input b = make_input(7'001, 5);
  const std::vector<std::string> paths = {folder.write("a.txt", a.text),
                                          folder.write("b.txt", b.text)};
  std::vector<std::uint64_t> arrays(25, 1000);
  arrays.insert(arrays.end(), 7, 1000);
  arrays.push_back(1);
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    for (const std::uint64_t split :
         {std::uint64_t{1} << 14U, std::uint64_t{99'991}, std::uint64_t{4} << 20U}) {
      const Loaded got = load(paths, kDtype, options_of(children, split));
      const std::string what =
          std::to_string(children) + " children, splits of " + std::to_string(split);
      CHECK_EQ(got.failures.size(), 0U);
      check_that(got.bytes == a.rows + b.rows, "rows are equal", __FILE__, __LINE__, what);
      check_that(got.array_rows == arrays, "arrays are equal", __FILE__, __LINE__, what);
      CHECK_EQ(got.stats.blocks_lent, 0U);
      CHECK_EQ(got.progress.bytes_done, a.text.size() + b.text.size());
    }
  }
}

void test_splits_of_a_few_bytes_give_the_same_rows() {
  const TemporaryFolder folder;
  const Input input = make_input(150);
  const std::string path = folder.write("a.txt", input.text);
  for (std::uint64_t split = 16; split < 40; split += 3) {
    const Loaded got = load({path}, kDtype, options_of(3, split, 7));
    CHECK_EQ(got.failures.size(), 0U);
    check_that(got.bytes == input.rows, "rows are equal", __FILE__, __LINE__,
               std::to_string(split));
  }
}

void test_gzip_gives_the_rows_of_the_plain_text() {
  const TemporaryFolder folder;
  const Input a = make_input(30'000);
  const Input b = make_input(11, 77);
  const std::vector<std::string> paths = {folder.write("a.txt.gz", pack_gzip(a.text)),
                                          folder.write("b.gz", pack_gzip(b.text))};
  for (const std::uint32_t children : {1U, 2U}) {
    const Loaded got = load(paths, kDtype, options_of(children, 65'536));
    CHECK_EQ(got.failures.size(), 0U);
    CHECK(got.bytes == a.rows + b.rows);
  }
}

void test_every_compressed_format_gives_the_rows_of_the_plain_text() {
  const TemporaryFolder folder;
  const Input a = make_input(30'000);
  const Input b = make_input(11, 77);
  for (const InputFormat format : {InputFormat::zstd, InputFormat::bzip2, InputFormat::xz}) {
    // Why these names: the first bytes decide, not the ending.
    const std::vector<std::string> paths = {
        folder.write("a.txt", pack(format, a.text) + pack(format, b.text)),
        folder.write("b.gz", pack(format, b.text))};
    for (const std::uint32_t children : {1U, 2U}) {
      const Loaded got = load(paths, kDtype, options_of(children, 65'536));
      CHECK_EQ(got.failures.size(), 0U);
      CHECK(got.bytes == a.rows + b.rows + b.rows);
    }
  }
}

void test_a_compressed_file_cut_short_keeps_the_rows_before_the_cut() {
  const TemporaryFolder folder;
  // Random enough for several blocks of bzip2.
  Input input;
  std::minstd_rand random(5);
  for (int i = 0; i < 60'000; ++i) append_row(input, static_cast<std::uint32_t>(random()));
  for (const InputFormat format : {InputFormat::zstd, InputFormat::bzip2, InputFormat::xz}) {
    const std::string packed = pack(format, input.text);
    const std::string path = folder.write("cut", packed.substr(0, packed.size() * 3 / 4));
    const Loaded got = load({path}, kDtype, options_of(2, 65'536));
    REQUIRE(got.failures.size() == 1);
    CHECK_EQ(got.failures[0].code(), FOREBAY_E_TRUNCATED);
    CHECK(got.failures[0].message().find(path) == 0);
    CHECK(got.rows > 1000 && got.bytes.size() < input.rows.size());
    CHECK(got.bytes == input.rows.substr(0, got.bytes.size()));
  }
}

void test_a_bad_row_is_named_the_same_way_for_any_children_and_keeps_what_came_before() {
  const TemporaryFolder folder;
  Input input = make_input(9'000);
  const std::uint64_t bad_line = 9'001;
  input.text += "bad\tx12\t1.0\n";
  Input rest = input;
  for (std::uint32_t i = 0; i < 3'000; ++i) append_row(rest, i);
  const Input second = make_input(10);
  const std::vector<std::string> paths = {folder.write("a.txt", rest.text),
                                          folder.write("b.txt", second.text)};
  std::string first_message;
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    for (const std::uint64_t split : {std::uint64_t{5'000}, std::uint64_t{1} << 22U}) {
      const Loaded got = load(paths, kDtype, options_of(children, split));
      REQUIRE(got.failures.size() == 1);
      const Status& failure = got.failures.front();
      CHECK_EQ(failure.code(), FOREBAY_E_VALUE);
      CHECK_EQ(failure.detail().line, bad_line);
      CHECK_EQ(failure.detail().column, 2U);
      CHECK_EQ(failure.detail().source, 0U);
      CHECK_EQ(failure.detail().byte, input.text.size() - 8);
      CHECK(failure.message().find(paths[0] + ":9001:2: ") == 0);
      if (first_message.empty()) first_message = failure.message();
      CHECK_EQ(failure.message(), first_message);
      CHECK(got.bytes == input.rows + second.rows);
    }
  }
}

void test_max_rows_stops_each_source() {
  const TemporaryFolder folder;
  const Input input = make_input(20'000);
  const std::vector<std::string> paths = {folder.write("a.txt", input.text),
                                          folder.write("b.gz", pack_gzip(input.text))};
  for (const std::uint64_t most : {1U, 999U, 1000U, 12'345U, 50'000U}) {
    const Loaded got = load(paths, kDtype, options_of(2, 30'000), most);
    const std::string expected =
        input.rows.substr(0, std::min<std::uint64_t>(most, 20'000) * kRowBytes);
    CHECK_EQ(got.failures.size(), 0U);
    check_that(got.bytes == expected + expected, "rows are equal", __FILE__, __LINE__,
               std::to_string(most));
  }
}

void test_damage_behind_max_rows_is_no_failure() {
  const TemporaryFolder folder;
  const Input input = make_input(5'000);
  const std::string packed = pack_gzip(input.text);
  const std::string path = folder.write("cut.gz", packed.substr(0, packed.size() / 2));
  for (const std::uint64_t split : {std::uint64_t{512}, std::uint64_t{4} << 20U}) {
    const Loaded got = load({path}, kDtype, options_of(1, split), 10);
    CHECK_EQ(got.failures.size(), 0U);
    CHECK(got.bytes == input.rows.substr(0, 10 * kRowBytes));
  }
}

void test_quoted_newlines_are_right_wherever_a_split_falls() {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 300; ++i)
    text += "\"a\nb\"\"" + std::to_string(i % 10) + "\"," + std::to_string(i) + "\n";
  const std::string path = folder.write("q.csv", text);
  LoaderOptions options = options_of(1, 1U << 20U, 50);
  options.delimiter = ',';
  options.quote = '"';
  const Loaded whole = load({path}, "s:S8,n:i4", options);
  CHECK_EQ(whole.rows, 300U);
  for (std::uint64_t split = 16; split < 60; split += 7) {
    options.children = 3;
    options.split_bytes = split;
    const Loaded got = load({path}, "s:S8,n:i4", options);
    CHECK_EQ(got.failures.size(), 0U);
    check_that(got.bytes == whole.bytes, "rows are equal", __FILE__, __LINE__,
               std::to_string(split));
  }
}

void test_header_and_chosen_columns_work_in_split_files() {
  const TemporaryFolder folder;
  std::string text = "\xef\xbb\xbfskip me\nx,y,z\n# a comment\n";
  std::string expected;
  for (std::int32_t i = 0; i < 2'000; ++i) {
    text += std::to_string(i) + ",ignored," + std::to_string(-i) + "\r\n";
    const std::int32_t row[2] = {-i, i};
    expected.append(reinterpret_cast<const char*>(row), sizeof(row));
  }
  const std::string path = folder.write("h.csv", text);
  LoaderOptions options = options_of(2, 1'000, 100);
  options.delimiter = ',';
  options.skip_rows = 1;
  options.has_header = true;
  options.comment = "#";
  options.columns = "z,1";
  const Loaded got = load({path}, "z:i4,x:i4", options);
  CHECK_EQ(got.failures.size(), 0U);
  CHECK(got.bytes == expected);
}

void test_sources_that_cannot_be_read_fail_in_their_place_and_the_others_load() {
  const TemporaryFolder folder;
  const Input input = make_input(10);
  const std::string good = folder.write("good.txt", input.text);
  const Input packed = make_input(5'000);
  const std::string cut = pack_gzip(packed.text);
  const std::vector<std::string> paths = {folder.at("missing.txt"),
                                          good,
                                          folder.at(""),
                                          folder.write("empty.txt", ""),
                                          folder.write("cut.gz", cut.substr(0, cut.size() / 2)),
                                          good};
  const Loaded got = load(paths, kDtype, options_of(2, 4096));
  REQUIRE(got.failures.size() == 4);
  CHECK_EQ(got.failures[0].code(), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(got.failures[0].detail().source, 0U);
  CHECK_EQ(got.failures[1].code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ(got.failures[2].code(), FOREBAY_E_TRUNCATED);
  CHECK_EQ(got.failures[3].code(), FOREBAY_E_TRUNCATED);
  CHECK_EQ(got.failures[3].detail().source, 4U);
  for (const Status& failure : got.failures)
    CHECK(failure.message().find(failure.detail().path) == 0);
  // The rows that could be decoded from the cut file stand between those of the good ones, whole.
  const std::size_t kept = got.bytes.size() - 2 * input.rows.size();
  CHECK(kept > 100 * kRowBytes && kept % kRowBytes == 0 && kept < packed.rows.size());
  CHECK(got.bytes == input.rows + packed.rows.substr(0, kept) + input.rows);
}

void test_a_pipe_is_refused_at_once() {
  const TemporaryFolder folder;
  const std::string pipe = folder.at("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const Loaded got = load({pipe}, kDtype, options_of(1, 4096));
  REQUIRE(got.failures.size() == 1);
  CHECK_EQ(got.failures[0].code(), FOREBAY_E_ARGUMENT);
  CHECK(got.failures[0].message().find("is not a regular file") != std::string::npos);
}

void test_many_small_files_and_many_children_give_all_rows_and_hold_few_descriptors() {
  const TemporaryFolder folder;
  std::vector<std::string> paths;
  std::string expected;
  for (std::uint32_t i = 0; i < 2'000; ++i) {
    const Input input = make_input(1 + i % 3, i);
    paths.push_back(folder.write("f" + std::to_string(i), input.text));
    expected += input.rows;
  }
  for (const std::uint32_t children : {2U, 64U}) {
    LoaderOptions options = options_of(children, 1U << 20U, 100);
    const Loaded got = load(paths, kDtype, options);
    CHECK_EQ(got.failures.size(), 0U);
    CHECK(got.bytes == expected);
    CHECK(got.stats.high_water <= options.memory_bytes);
  }
}

void test_nothing_is_held_after_a_load() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.txt", make_input(20'000).text);
  const Held before = held_before();
  for (int round = 0; round < 5; ++round)
    CHECK_EQ(load({path, path}, kDtype, options_of(3, 50'000)).rows, 40'000U);
  CHECK(held_now() == before);
}

void test_too_small_a_quota_says_how_much_is_needed() {
  LoaderOptions options = options_of(1, 4096, 100'000);
  options.memory_bytes = 1U << 20U;
  const Loaded got = load({}, kDtype, options);
  CHECK_EQ(got.opened.code(), FOREBAY_E_ARGUMENT);
  CHECK(got.opened.message().find("raise memory_bytes") != std::string::npos);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_rows_and_arrays_are_the_same_for_any_children_and_splits),
      CHECK_TEST(test_splits_of_a_few_bytes_give_the_same_rows),
      CHECK_TEST(test_gzip_gives_the_rows_of_the_plain_text),
      CHECK_TEST(test_every_compressed_format_gives_the_rows_of_the_plain_text),
      CHECK_TEST(test_a_compressed_file_cut_short_keeps_the_rows_before_the_cut),
      CHECK_TEST(test_a_bad_row_is_named_the_same_way_for_any_children_and_keeps_what_came_before),
      CHECK_TEST(test_max_rows_stops_each_source),
      CHECK_TEST(test_damage_behind_max_rows_is_no_failure),
      CHECK_TEST(test_quoted_newlines_are_right_wherever_a_split_falls),
      CHECK_TEST(test_header_and_chosen_columns_work_in_split_files),
      CHECK_TEST(test_sources_that_cannot_be_read_fail_in_their_place_and_the_others_load),
      CHECK_TEST(test_a_pipe_is_refused_at_once),
      CHECK_TEST(test_many_small_files_and_many_children_give_all_rows_and_hold_few_descriptors),
      CHECK_TEST(test_nothing_is_held_after_a_load),
      CHECK_TEST(test_too_small_a_quota_says_how_much_is_needed),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
