// Bad rows where sources come in any order, or as one array each: the same rows and rejects for any
// number of children, and the ledger in source order.
#include <algorithm>
#include <map>

#include "loader/loading.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr int kBadEvery = 10;

// Numbers from `first` on, a bad row behind each tenth.
std::string text_from(int first, int rows) {
  std::string text;
  for (int i = first; i < first + rows; ++i) {
    text += std::to_string(i) + "\n";
    if (i % kBadEvery == kBadEvery - 1) text += "bad" + std::to_string(i) + "\n";
  }
  return text;
}

std::string values_from(std::int32_t first, std::int32_t rows) {
  std::string bytes;
  for (std::int32_t i = first; i < first + rows; ++i)
    bytes.append(reinterpret_cast<const char*>(&i), sizeof(i));
  return bytes;
}

LoaderOptions options_of(std::uint32_t children, std::uint64_t split_bytes, Order order) {
  LoaderOptions options;
  options.children = children;
  options.split_bytes = split_bytes;
  options.batch_rows = 1'000;
  options.memory_bytes = 16 * 4096;
  options.order = order;
  options.on_error = OnError::skip;
  return options;
}

struct BySource {
  std::map<std::uint32_t, std::string> bytes;
  std::map<std::uint32_t, std::vector<std::uint64_t>> array_rows;
  std::vector<std::string> failures;
  std::vector<std::string> rejects;
  std::uint64_t rejects_total = 0;
  bool operator==(const BySource&) const = default;
};

BySource take_all(Loader& loader) {
  BySource out;
  for (;;) {
    Array* array = nullptr;
    const Status status = loader.next(-1, &array);
    if (status.code() == FOREBAY_END || out.failures.size() > 100) break;
    if (status.is_failure()) {
      out.failures.push_back(status.message());
      continue;
    }
    const auto rows = array->row_span();
    out.bytes[array->source].append(reinterpret_cast<const char*>(rows.data()), rows.size());
    out.array_rows[array->source].push_back(array->rows());
    array->release();
  }
  for (const Reject& reject : loader.rejects())
    out.rejects.push_back(std::to_string(reject.source) + ":" + std::to_string(reject.line) + " " +
                          reject.text);
  out.rejects_total = loader.rejects_total();
  // Behind a failure children may still have to give back what they were lent.
  if (out.failures.empty()) CHECK_EQ(loader.arena_stats().blocks_lent, 0U);
  return out;
}

BySource load_by_source(const std::vector<std::string>& paths, const LoaderOptions& options) {
  auto loader = Loader::open(dtype_of("i4"), options);
  if (!CHECK(loader.is_ok())) return {};
  for (const std::string& path : paths) (void)(*loader)->add_file(path, 0);
  BySource out = take_all(**loader);
  std::sort(out.failures.begin(), out.failures.end());
  return out;
}

// The last one is the largest, so that order any has its rejects before others'.
std::vector<std::string> write_files(const TemporaryFolder& folder) {
  std::vector<std::string> paths;
  for (int i = 0; i < 5; ++i)
    paths.push_back(
        folder.write("f" + std::to_string(i), text_from(i * 100'000, 700 + (i % 3) * 4'100)));
  return paths;
}

void test_rows_and_ledger_in_any_order_are_those_in_source_order() {
  const TemporaryFolder folder;
  const std::vector<std::string> paths = write_files(folder);
  const BySource wanted = load_by_source(paths, options_of(1, 3'000, Order::source));
  CHECK_EQ(wanted.rejects.size(), 1'000U);  // keep_rejects
  CHECK_EQ(wanted.rejects_total, 1'990U);
  CHECK_EQ(wanted.failures.size(), 0U);
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    for (const std::uint64_t split : {500U, 3'000U, 100'000U}) {
      for (const Order order : {Order::source, Order::any}) {
        const BySource got = load_by_source(paths, options_of(children, split, order));
        check_that(got == wanted, "the load is the same", __FILE__, __LINE__,
                   std::to_string(children) + " children, splits of " + std::to_string(split));
      }
    }
  }
}

void test_a_budget_fails_the_same_rows_in_any_order() {
  const TemporaryFolder folder;
  const std::vector<std::string> paths = write_files(folder);
  for (const std::uint64_t most : {0U, 1U, 77U, 400U}) {
    LoaderOptions options = options_of(1, 100'000, Order::source);
    options.max_errors = most;
    const BySource wanted = load_by_source(paths, options);
    CHECK(wanted.failures.size() >= 3);
    for (const std::uint32_t children : {1U, 2U, 5U}) {
      for (const Order order : {Order::source, Order::any}) {
        options.children = children;
        options.split_bytes = 700;
        options.order = order;
        const BySource got = load_by_source(paths, options);
        check_that(got.bytes == wanted.bytes && got.failures == wanted.failures &&
                       got.rejects == wanted.rejects && got.rejects_total == wanted.rejects_total,
                   "the load is the same", __FILE__, __LINE__,
                   std::to_string(children) + " children, at most " + std::to_string(most));
      }
    }
  }
}

void test_whole_sources_have_the_rows_that_are_left() {
  const TemporaryFolder folder;
  const std::vector<std::string> paths = write_files(folder);
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    for (const std::uint64_t split : {500U, 3'000U, 1'000'000U}) {
      for (const Order order : {Order::source, Order::any}) {
        LoaderOptions options = options_of(children, split, order);
        options.memory_bytes = 1U << 20U;
        options.whole_sources = true;
        const BySource got = load_by_source(paths, options);
        for (int i = 0; i < 5; ++i) {
          const int rows = 700 + (i % 3) * 4'100;
          const auto source = static_cast<std::uint32_t>(i);
          CHECK(got.array_rows.at(source) ==
                std::vector<std::uint64_t>{static_cast<std::uint64_t>(rows)});
          CHECK(got.bytes.at(source) == values_from(i * 100'000, rows));
        }
        CHECK_EQ(got.rejects_total, 1'990U);
      }
    }
  }
}

// Few of the records are rows, so that their number tells nothing of the array's size.
void test_a_whole_source_of_which_little_is_left_fits_a_quota_that_its_records_would_not() {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 400'000; ++i) text += i % 100 == 0 ? std::to_string(i) + "\n" : "x\n";
  const std::string path = folder.write("a", text);
  LoaderOptions options = options_of(2, 8'000, Order::source);
  options.memory_bytes = 1U << 20U;
  options.whole_sources = true;
  const BySource got = load_by_source({path}, options);
  CHECK_EQ(got.failures.size(), 0U);
  CHECK(got.array_rows.at(0) == std::vector<std::uint64_t>{4'000});
  CHECK_EQ(got.rejects_total, 396'000U);
}

void test_a_whole_source_ends_where_its_budget_does() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", text_from(0, 20'000));
  for (const std::uint32_t children : {1U, 3U}) {
    LoaderOptions options = options_of(children, 900, Order::source);
    options.memory_bytes = 1U << 20U;
    options.whole_sources = true;
    options.max_errors = 1'234;
    const BySource got = load_by_source({path}, options);
    CHECK(got.array_rows.at(0) == std::vector<std::uint64_t>{12'350});
    CHECK(got.bytes.at(0) == values_from(0, 12'350));
    CHECK_EQ(got.failures.size(), 1U);
    CHECK_EQ(got.rejects_total, 1'234U);
  }
}

// With one child, which the file needs once more after its splits were read: the pipe must not have
// taken it by then.
void test_a_pipe_behind_a_file_with_a_budget_loses_nothing() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", text_from(0, 9'000));
  for (const Order order : {Order::source, Order::any}) {
    for (const std::uint32_t children : {1U, 2U}) {
      int ends[2] = {-1, -1};
      REQUIRE(::pipe(ends) == 0);
      const std::string text = text_from(50'000, 5'000);
      REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
      ::close(ends[1]);
      LoaderOptions options = options_of(children, 700, order);
      options.max_errors = 600;
      options.retries = 0;
      auto loader = Loader::open(dtype_of("i4"), options);
      REQUIRE(loader.is_ok());
      REQUIRE((*loader)->add_file(path, 0).is_ok());
      REQUIRE((*loader)->add_descriptor(ends[0], "pipe", 0).is_ok());
      ::close(ends[0]);
      const BySource got = take_all(**loader);
      CHECK_EQ(got.failures.size(), 1U);
      CHECK(got.bytes.at(0) == values_from(0, 6'010));
      CHECK(got.bytes.at(1) == values_from(50'000, 5'000));
      CHECK_EQ(got.rejects_total, 1'100U);
    }
  }
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_rows_and_ledger_in_any_order_are_those_in_source_order),
      CHECK_TEST(test_a_budget_fails_the_same_rows_in_any_order),
      CHECK_TEST(test_whole_sources_have_the_rows_that_are_left),
      CHECK_TEST(
          test_a_whole_source_of_which_little_is_left_fits_a_quota_that_its_records_would_not),
      CHECK_TEST(test_a_whole_source_ends_where_its_budget_does),
      CHECK_TEST(test_a_pipe_behind_a_file_with_a_budget_loses_nothing),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
