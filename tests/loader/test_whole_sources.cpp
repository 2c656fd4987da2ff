// Arrays that hold a whole source: one for each, whatever its kind and size; a clear answer when
// there is no room.
#include <cstring>

#include "loader/loading.hpp"
#include "support/packing.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

std::string rows_from(int first, int rows) {
  std::string text;
  for (int i = first; i < first + rows; ++i) text += std::to_string(i) + "\n";
  return text;
}

std::string values_from(std::int32_t first, std::int32_t rows) {
  std::string bytes;
  for (std::int32_t i = first; i < first + rows; ++i)
    bytes.append(reinterpret_cast<const char*>(&i), sizeof(i));
  return bytes;
}

LoaderOptions whole_options(std::uint32_t children, std::uint64_t memory_bytes) {
  LoaderOptions options;
  options.children = children;
  options.split_bytes = 8'000;
  options.batch_rows = 1'000;
  options.memory_bytes = memory_bytes;
  options.whole_sources = true;
  return options;
}

void test_each_source_is_one_array_for_any_number_of_children_in_either_order() {
  const TemporaryFolder folder;
  const std::vector<int> sizes = {1, 999, 1'000, 1'001, 60'000, 3'000, 25'000};
  std::vector<std::string> paths;
  std::string expected;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::string text = rows_from(static_cast<int>(i) * 100'000, sizes[i]);
    const bool is_packed = i >= 5;
    paths.push_back(
        folder.write("f" + std::to_string(i), is_packed ? pack(InputFormat::zstd, text) : text));
    expected += values_from(static_cast<std::int32_t>(i) * 100'000, sizes[i]);
  }
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    for (const Order order : {Order::source, Order::any}) {
      LoaderOptions options = whole_options(children, 2U << 20U);
      options.order = order;
      const Loaded got = load(paths, "i4", options);
      CHECK_EQ(got.failures.size(), 0U);
      CHECK_EQ(got.array_rows.size(), sizes.size());
      CHECK_EQ(got.rows, 91'001U);
      if (order == Order::source) CHECK(got.bytes == expected);
      CHECK(got.bytes_copied >= 88'000U * 4U);
      CHECK_EQ(got.stats.blocks_lent, 0U);
    }
  }
}

void test_a_source_of_unknown_size_grows_and_its_copies_are_counted() {
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  auto loader = Loader::open(dtype_of("i4"), whole_options(2, 1U << 20U));
  REQUIRE(loader.is_ok());
  REQUIRE((*loader)->add_descriptor(ends[0], "pipe", 0).is_ok());
  const std::string text = rows_from(0, 9'000);  // fits into a pipe's buffer
  CHECK_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ::close(ends[1]);
  ::close(ends[0]);
  Array* array = nullptr;
  REQUIRE((*loader)->next(-1, &array).is_ok());
  CHECK_EQ(array->rows(), 9'000U);
  const std::string expected = values_from(0, 9'000);
  CHECK(std::memcmp(array->data(), expected.data(), expected.size()) == 0);
  array->release();
  CHECK((*loader)->bytes_copied() > 9'000U * 4U);
  CHECK_EQ((*loader)->next(-1, &array).code(), FOREBAY_END);
}

void test_a_source_that_does_not_fit_fails_and_says_what_it_needs() {
  const TemporaryFolder folder;
  const std::string large = folder.write("large", rows_from(0, 2'000'000));
  const std::string small = folder.write("small", "1\n2\n");
  LoaderOptions options = whole_options(2, 4U << 20U);
  options.split_bytes = 1U << 20U;
  options.batch_rows = 10'000;
  const Loaded refused = load({large, small}, "i4", options);
  REQUIRE(refused.failures.size() == 1);
  const Status& failure = refused.failures[0];
  CHECK_EQ(failure.code(), FOREBAY_E_LIMIT);
  CHECK_EQ(failure.detail().source, 0U);
  CHECK(failure.message().find(large + ": its rows, ") == 0);
  const std::size_t at = failure.message().find("raise it to ");
  REQUIRE(at != std::string::npos);
  CHECK_EQ(refused.array_rows.back(), 2U);
  // With what the message asks for it loads.
  options.memory_bytes = std::stoull(failure.message().substr(at + 12)) << 20U;
  const Loaded got = load({large, small}, "i4", options);
  CHECK_EQ(got.failures.size(), 0U);
  CHECK_EQ(got.array_rows.size(), 2U);
  CHECK_EQ(got.array_rows.front(), 2'000'000U);
}

void test_a_caller_that_holds_one_whole_source_too_many_is_told_and_goes_on_after_a_release() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", rows_from(0, 100'000));  // 400,000 bytes of rows
  auto loader = Loader::open(dtype_of("i4"), whole_options(2, 1U << 20U));
  REQUIRE(loader.is_ok());
  for (int i = 0; i < 4; ++i) (void)(*loader)->add_file(path, 0);
  std::vector<Array*> held;
  int full = 0;
  int arrays = 0;
  for (;;) {
    Array* array = nullptr;
    const Status status = (*loader)->next(-1, &array);
    if (status.code() == FOREBAY_END) break;
    if (status.is_ok()) {
      ++arrays;
      CHECK_EQ(array->rows(), 100'000U);
      held.push_back(array);
      continue;
    }
    if (!CHECK_EQ(status.code(), FOREBAY_E_FULL) || !CHECK(!held.empty())) break;
    ++full;
    held.front()->release();
    held.erase(held.begin());
  }
  CHECK_EQ(arrays, 4);
  CHECK(full > 0);
  for (Array* array : held) array->release();
  CHECK_EQ((*loader)->arena_stats().blocks_lent, 0U);
}

void test_the_rows_before_a_fault_are_one_array_too() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", rows_from(0, 5'500) + "x\n" + rows_from(0, 100));
  const Loaded got = load({path}, "i4", whole_options(2, 1U << 20U));
  CHECK_EQ(got.failures.size(), 1U);
  REQUIRE(got.array_rows.size() == 1);
  CHECK_EQ(got.array_rows[0], 5'500U);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_each_source_is_one_array_for_any_number_of_children_in_either_order),
      CHECK_TEST(test_a_source_of_unknown_size_grows_and_its_copies_are_counted),
      CHECK_TEST(test_a_source_that_does_not_fit_fails_and_says_what_it_needs),
      CHECK_TEST(
          test_a_caller_that_holds_one_whole_source_too_many_is_told_and_goes_on_after_a_release),
      CHECK_TEST(test_the_rows_before_a_fault_are_one_array_too),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
