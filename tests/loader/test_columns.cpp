// Arrays in the columns layout hold the rows that arrays in the rows layout hold, cut in the same
// places.
#include <cstring>

#include "loader/loading.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr char kDtype[] = "name:S6,number:i4,pair:f4[2],flag:?";
constexpr std::uint32_t kRows = 20'000;

std::string text_of(std::uint32_t rows) {
  std::string text;
  char line[96];
  for (std::uint32_t i = 0; i < rows; ++i) {
    std::snprintf(line, sizeof(line), "n%u\t%d\t%.3f\t%u\t%u\n", i % 100'000,
                  static_cast<std::int32_t>(i * 2654435761U), i / 8.0, i, i % 2);
    text += line;
  }
  return text;
}

LoaderOptions options_of(Layout layout, std::uint32_t children = 2,
                         std::uint64_t split_bytes = 5'000, std::uint64_t batch_rows = 1000) {
  LoaderOptions options;
  options.layout = layout;
  options.children = children;
  options.split_bytes = split_bytes;
  options.batch_rows = batch_rows;
  options.memory_bytes = 32U << 20U;
  return options;
}

void test_rows_and_cuts_equal_those_of_the_rows_layout() {
  const TemporaryFolder folder;
  const std::vector<std::string> paths = {folder.write("a", text_of(kRows)),
                                          folder.write("b", text_of(1)),
                                          folder.write("c", text_of(2'500))};
  const Loaded wanted = load(paths, kDtype, options_of(Layout::rows));
  CHECK_EQ(wanted.rows, kRows + 2'501U);
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    for (const std::uint64_t split : {std::uint64_t{3'000}, std::uint64_t{4} << 20U}) {
      const Loaded got = load(paths, kDtype, options_of(Layout::columns, children, split));
      CHECK(got.failures.empty() && got.opened.is_ok());
      CHECK(got.bytes == wanted.bytes);
      CHECK(got.array_rows == wanted.array_rows);
      CHECK_EQ(got.stats.blocks_lent, 0U);
    }
  }
}

void test_whole_sources_in_columns_are_those_in_rows_also_behind_bad_rows() {
  const TemporaryFolder folder;
  std::string bad;
  for (std::uint32_t i = 0; i < 30; ++i) bad += text_of(i * 20) + "x\ty\t1\t2\t0\n";
  const std::vector<std::string> paths = {folder.write("a", text_of(kRows)),
                                          folder.write("b", text_of(1)), folder.write("c", bad)};
  for (const OnError policy : {OnError::skip, OnError::null}) {
    LoaderOptions options = options_of(Layout::rows, 1, 4U << 20U);
    options.on_error = policy;
    const Loaded wanted = load(paths, kDtype, options);
    for (const std::uint32_t children : {1U, 2U, 5U}) {
      for (const Order order : {Order::source, Order::any}) {
        options = options_of(Layout::columns, children, 3'000);
        options.on_error = policy;
        options.order = order;
        options.whole_sources = true;
        const Loaded got = load(paths, kDtype, options);
        CHECK_EQ(got.failures.size(), 0U);
        CHECK_EQ(got.array_rows.size(), 3U);
        CHECK_EQ(got.rows, wanted.rows);
        CHECK_EQ(got.rejects_total, wanted.rejects_total);
        if (order == Order::source) CHECK(got.bytes == wanted.bytes);
        CHECK_EQ(got.stats.blocks_lent, 0U);
      }
    }
  }
}

// Records differ so much in length that the array's size is told wrongly, and its columns move.
void test_columns_of_a_whole_source_that_grows_are_copied_to_their_places() {
  const TemporaryFolder folder;
  std::string text = "n\t" + std::string(60'000, '0') + "1\t2\t3\t1\n" + text_of(kRows);
  const std::string path = folder.write("a", text);
  const Loaded wanted = load({path}, kDtype, options_of(Layout::rows));
  CHECK_EQ(wanted.rows, kRows + 1U);
  LoaderOptions options = options_of(Layout::columns, 2, 70'000);
  options.whole_sources = true;
  const Loaded got = load({path}, kDtype, options);
  CHECK_EQ(got.failures.size(), 0U);
  CHECK_EQ(got.array_rows.size(), 1U);
  CHECK(got.bytes == wanted.bytes);
}

void test_columns_of_a_whole_source_near_the_quota_fit_or_are_refused() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", text_of(kRows));
  bool has_fitted = false;
  for (std::uint64_t memory = 300'000; memory < 1'500'000 && !has_fitted; memory += 37'000) {
    LoaderOptions options = options_of(Layout::columns, 2, 3'000, 500);
    options.memory_bytes = memory;
    options.whole_sources = true;
    const Loaded got = load({path}, kDtype, options);
    REQUIRE(got.opened.is_ok());
    REQUIRE(got.failures.size() < 2);
    has_fitted = got.failures.empty();
    if (!has_fitted) CHECK_EQ(got.failures[0].code(), FOREBAY_E_LIMIT);
    if (has_fitted) CHECK_EQ(got.rows, kRows);
  }
  CHECK(has_fitted);
}

void test_a_bad_row_leaves_the_rows_before_it() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", text_of(1'234) + "x\ty\t1\t2\t0\n" + text_of(10));
  const Loaded rows = load({path}, kDtype, options_of(Layout::rows));
  const Loaded columns = load({path}, kDtype, options_of(Layout::columns));
  CHECK_EQ(columns.rows, 1'234U);
  CHECK(columns.bytes == rows.bytes);
  REQUIRE(columns.failures.size() == 1 && rows.failures.size() == 1);
  CHECK_EQ(columns.failures[0].message(), rows.failures[0].message());
}

void test_bad_rows_are_passed_over_and_filled_as_in_the_rows_layout() {
  const TemporaryFolder folder;
  const std::string path = folder.write(
      "a", text_of(2'345) + "n\tx\t1\t2\t0\n" + text_of(1'234) + "n\t1\n" + text_of(9));
  for (const OnError policy : {OnError::skip, OnError::null}) {
    LoaderOptions rows = options_of(Layout::rows);
    LoaderOptions columns = options_of(Layout::columns);
    rows.on_error = columns.on_error = policy;
    const Loaded wanted = load({path}, kDtype, rows);
    const Loaded got = load({path}, kDtype, columns);
    CHECK_EQ(wanted.rows, policy == OnError::skip ? 3'588U : 3'590U);
    CHECK(got.failures.empty() && got.bytes == wanted.bytes);
    CHECK(got.array_rows == wanted.array_rows);
  }
}

void test_missing_and_rewritten_values_are_those_of_the_rows_layout() {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 3'000; ++i) {
    const std::string number = std::to_string(i % 900 + 1);
    text += "name too long\t" + (i % 7 == 0 ? std::string("NA") : number + ".000") + "\t" + number +
            ",5\t" + (i % 3 == 0 ? "NA" : number) + "\t" + (i % 2 == 0 ? "yes" : "no") + "\n";
  }
  const std::string path = folder.write("a", text);
  LoaderOptions rows = options_of(Layout::rows);
  rows.delimiter = '\t';
  rows.values.na = "NA";
  rows.values.fill = "number:-1";
  rows.values.decimal = ',';
  rows.values.thousands = '.';
  rows.values.true_words = "yes";
  rows.values.false_words = "no";
  rows.values.truncate = true;
  LoaderOptions columns = rows;
  columns.layout = Layout::columns;
  const Loaded wanted = load({path}, kDtype, rows);
  const Loaded got = load({path}, kDtype, columns);
  CHECK(wanted.failures.empty());
  CHECK_EQ(wanted.rows, 3'000U);
  CHECK(got.failures.empty() && got.bytes == wanted.bytes);
  CHECK(got.array_rows == wanted.array_rows);
}

// What a caller sees of the first array.
struct Seen {
  bool is_columns = false;
  bool is_contiguous = true;  // each column on a page, its values one after the other
  std::uint64_t rows = 0;
  std::int32_t number = 0;  // of row 500 after filtering
};

Seen look_at_first_array(const std::string& path) {
  Seen seen;
  auto loader = Loader::open(dtype_of(kDtype), options_of(Layout::columns));
  if (!CHECK(loader.is_ok())) return seen;
  CHECK((*loader)->add_file(path, 0).is_ok());
  Array* array = nullptr;
  if (!CHECK((*loader)->next(-1, &array).is_ok())) return seen;
  seen.is_columns = array->layout() == Layout::columns;
  const auto& columns = array->block_layout().columns;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    seen.is_contiguous = seen.is_contiguous && columns[k].offset % 4096 == 0 &&
                         columns[k].stride == array->dtype()->fields()[k].bytes();
  }
  // Every other value of the column `number` goes, in place.
  std::byte* numbers = array->data() + columns[1].offset;
  for (std::size_t i = 0; i < array->rows() / 2; ++i) {
    std::memmove(numbers + 4 * i, numbers + 8 * i, 4);
  }
  CHECK(array->set_rows(array->rows() / 2).is_ok());
  CHECK_EQ(array->set_rows(array->capacity() + 1).code(), FOREBAY_E_ARGUMENT);
  seen.rows = array->rows();
  std::memcpy(&seen.number, numbers + 4 * 250, 4);
  array->release();
  return seen;
}

void test_columns_are_contiguous_and_can_be_filtered_in_place() {
  const TemporaryFolder folder;
  const Seen seen = look_at_first_array(folder.write("a", text_of(3'000)));
  CHECK(seen.is_columns && seen.is_contiguous);
  CHECK_EQ(seen.rows, 500U);
  CHECK_EQ(seen.number, static_cast<std::int32_t>(500 * 2654435761U));
}

void test_a_default_batch_is_a_default_chunk_of_columns() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", text_of(kRows));
  LoaderOptions options = options_of(Layout::columns, 2, 4U << 20U, 0);
  const Loaded got = load({path}, kDtype, options);
  CHECK_EQ(got.rows, kRows);
  CHECK_EQ(got.array_rows.size(), 1U);
  CHECK_EQ(default_chunk_rows(*dtype_of(kDtype), Layout::columns), 131'072U);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_rows_and_cuts_equal_those_of_the_rows_layout),
      CHECK_TEST(test_whole_sources_in_columns_are_those_in_rows_also_behind_bad_rows),
      CHECK_TEST(test_columns_of_a_whole_source_that_grows_are_copied_to_their_places),
      CHECK_TEST(test_columns_of_a_whole_source_near_the_quota_fit_or_are_refused),
      CHECK_TEST(test_a_bad_row_leaves_the_rows_before_it),
      CHECK_TEST(test_bad_rows_are_passed_over_and_filled_as_in_the_rows_layout),
      CHECK_TEST(test_missing_and_rewritten_values_are_those_of_the_rows_layout),
      CHECK_TEST(test_columns_are_contiguous_and_can_be_filtered_in_place),
      CHECK_TEST(test_a_default_batch_is_a_default_chunk_of_columns),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
