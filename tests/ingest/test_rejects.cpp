// The reject ledger of a file: in the same commit as the rows, the same for any number of children.
#include <algorithm>

#include "ingest/ingest.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

// Counted rows with a bad one behind each tenth.
std::string text_of_rows(std::uint64_t first, std::uint64_t rows) {
  std::string text;
  for (std::uint64_t i = first; i < first + rows; ++i) {
    text += std::to_string(i) + "\t" + std::to_string(i * i) + "\n";
    if (i % 10 == 9) text += "bad" + std::to_string(i) + "\t1\n";
  }
  return text;
}

Result<std::unique_ptr<Loader>> open_loader(const std::vector<std::string>& paths,
                                            std::uint32_t children, std::uint64_t keep,
                                            Order order = Order::source) {
  LoaderOptions options;
  options.order = order;
  options.children = children;
  options.memory_bytes = 64U << 20U;
  options.split_bytes = 5'000;
  options.on_error = OnError::skip;
  options.keep_rejects = keep;
  FOREBAY_TRY_ASSIGN(auto loader, Loader::open(parse("n:i4,square:f8"), options));
  for (const std::string& path : paths) FOREBAY_TRY(loader->add_file(path, 0));
  return loader;
}

std::uint64_t count_of(const std::string& path) {
  auto store = Store::open(path, {StoreMode::read, 0});
  if (!store.is_ok()) return 0;
  auto count = (*store)->reject_count();
  return count.is_ok() ? *count : 0;
}

bool is_bad_row(const StoredReject& reject, std::uint64_t i, const std::string& path) {
  const std::uint64_t n = i * 10 + 9;
  return reject.code == FOREBAY_E_VALUE && reject.column == 1 && reject.count == 1 &&
         reject.line == n + i + 2 && reject.path == path &&
         reject.text == "bad" + std::to_string(n) + "\t1" &&
         reject.reason.find("is not an integer, field n (i4)") != std::string::npos;
}

}  // namespace

static void test_rejects_are_stored_beside_the_rows_for_any_number_of_children() {
  const Scratch scratch;
  const std::string input = scratch.path("in");
  write_file(input, text_of_rows(0, 5'000));
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    const std::string path = scratch.path("a" + std::to_string(children) + ".h5");
    {
      auto store = Store::open(path, {});
      auto loader = open_loader({input}, children, 1'000);
      REQUIRE(store.is_ok() && loader.is_ok());
      auto table = (*store)->open_table("data", counted(), {100});
      REQUIRE(table.is_ok());
      LoadResult result;
      CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_OK);
      CHECK_EQ((*table)->rows(), 5'000U);
      CHECK(holds(**table, 0, 5'000));
      CHECK((*store)->close().is_ok());
    }
    auto store = Store::open(path, {StoreMode::read, 0});
    REQUIRE(store.is_ok());
    auto count = (*store)->reject_count();
    REQUIRE(count.is_ok());
    CHECK_EQ(*count, 500U);
    for (std::uint64_t i = 0; i < 500; ++i) {
      StoredReject reject;
      auto found = (*store)->read_reject(i, &reject);
      if (!CHECK(found.is_ok() && *found && is_bad_row(reject, i, input))) break;
    }
    StoredReject none;
    auto found = (*store)->read_reject(500, &none);
    CHECK(found.is_ok() && !*found);
    // The ledger is no table of the user's.
    auto names = (*store)->table_names();
    REQUIRE(names.is_ok());
    CHECK_EQ((*names)->size(), 1U);
    std::uint64_t rows = 0;
    CHECK((*store)->verify(&rows).is_ok());
    CHECK_EQ(rows, 5'000U);
  }
}

static void test_rejects_past_the_cap_are_counted_per_source() {
  const Scratch scratch;
  write_file(scratch.path("one"), text_of_rows(0, 1'000));
  write_file(scratch.path("two"), text_of_rows(1'000, 500));
  const std::string path = scratch.path("a.h5");
  auto store = Store::open(path, {});
  auto loader = open_loader({scratch.path("one"), scratch.path("two")}, 2, 30);
  REQUIRE(store.is_ok() && loader.is_ok());
  auto table = (*store)->open_table("data", counted(), {100});
  REQUIRE(table.is_ok());
  LoadResult result;
  CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_OK);
  CHECK((*store)->commit().is_ok());
  auto count = (*store)->reject_count();
  REQUIRE(count.is_ok());
  REQUIRE(*count == 32);
  StoredReject one;
  StoredReject two;
  CHECK((*store)->read_reject(30, &one).is_ok() && (*store)->read_reject(31, &two).is_ok());
  CHECK_EQ(one.count, 70U);
  CHECK_EQ(one.source, 0U);
  CHECK_EQ(two.count, 50U);
  CHECK_EQ(two.path, scratch.path("two"));
  // The same loader adds nothing a second time.
  CHECK(append_rejects(**store, **loader).is_ok());
  CHECK_EQ((*store)->reject_count().value(), 32U);
  CHECK((*store)->close().is_ok());
}

static void test_rows_of_a_binary_file_behind_bad_ones_go_into_the_file_uncopied() {
  const Scratch scratch;
  const std::string text = scratch.path("text");
  const std::string raw = scratch.path("raw");
  write_file(text, text_of_rows(0, 1'055));
  std::string rows;
  for (std::int32_t i = 1'055; i < 21'055; ++i) {
    const double square = static_cast<double>(i) * i;
    rows.append(reinterpret_cast<const char*>(&i), sizeof(i));
    rows.append(reinterpret_cast<const char*>(&square), sizeof(square));
  }
  write_file(raw, rows);
  for (const std::uint32_t children : {1U, 3U}) {
    auto store = Store::open(scratch.path("a" + std::to_string(children) + ".h5"), {});
    auto loader = open_loader({text}, children, 1'000);
    REQUIRE(store.is_ok() && loader.is_ok());
    FileOptions options;
    options.format = FileFormat::raw;
    CHECK((*loader)->add_file(raw, options).is_ok());
    auto table = (*store)->open_table("data", counted(), {100});
    REQUIRE(table.is_ok());
    LoadResult result;
    CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_OK);
    CHECK_EQ((*table)->rows(), 21'055U);
    CHECK(holds(**table, 0, 21'055));
    CHECK_EQ((*loader)->rejects_total(), 105U);
    // All but what was cut before the last bad rows of the text were told of.
    if (!CHECK((*table)->bytes_copied() < rows.size() / 2))
      std::fprintf(stderr, "copied %llu\n",
                   static_cast<unsigned long long>((*table)->bytes_copied()));
    CHECK((*store)->close().is_ok());
  }
}

// How many were counted in all, in the file.
static std::uint64_t sum_of_counts(Store& store) {
  std::uint64_t sum = 0;
  const std::uint64_t rows = store.reject_count().value();
  for (std::uint64_t i = 0; i < rows; ++i) {
    StoredReject reject;
    if (store.read_reject(i, &reject).is_ok()) sum += reject.count;
  }
  return sum;
}

static void test_in_any_order_each_reject_is_stored_or_counted_once() {
  const Scratch scratch;
  std::vector<std::string> inputs;
  for (std::uint64_t i = 0; i < 4; ++i) {
    inputs.push_back(scratch.path("in" + std::to_string(i)));
    write_file(inputs.back(), text_of_rows(i * 10'000, i == 0 ? 9'000 : 1'000 + i * 10));
  }
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    for (const std::uint64_t keep : {50U, 100'000U}) {
      auto store = Store::open(
          scratch.path(std::to_string(children) + "-" + std::to_string(keep) + ".h5"), {});
      auto loader = open_loader(inputs, children, keep, Order::any);
      REQUIRE(store.is_ok() && loader.is_ok());
      auto table = (*store)->open_table("data", counted(), {100});
      REQUIRE(table.is_ok());
      LoadResult result;
      CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_OK);
      CHECK_EQ((*table)->rows(), 12'060U);
      CHECK_EQ(sum_of_counts(**store), 1'206U);
      if (keep > 50) CHECK_EQ((*store)->reject_count().value(), 1'206U);
      CHECK_EQ((*loader)->rejects().size(), std::min<std::uint64_t>(keep, 1'206));
      CHECK_EQ((*loader)->rejects().front().line, 11U);
      CHECK_EQ((*loader)->rejects().front().source, 0U);
      CHECK((*store)->close().is_ok());
    }
  }
}

static void test_a_second_load_adds_its_rejects_behind_the_first_ones() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  write_file(scratch.path("in"), text_of_rows(0, 300));
  {
    auto store = Store::open(path, {});
    REQUIRE(store.is_ok());
    auto table = (*store)->open_table("data", counted(), {100});
    REQUIRE(table.is_ok());
    auto loader = open_loader({scratch.path("in")}, 1, 1'000);
    REQUIRE(loader.is_ok());
    LoadResult result;
    CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_OK);
    CHECK_EQ((*store)->reject_count().value(), 30U);
    CHECK((*store)->commit().is_ok());
  }
  CHECK_EQ(count_of(path), 30U);
  // A second load goes on behind the first one's.
  auto store = Store::open(path, {});
  auto loader = open_loader({scratch.path("in")}, 2, 1'000);
  REQUIRE(store.is_ok() && loader.is_ok());
  auto table = (*store)->open_table("data", nullptr, {});
  REQUIRE(table.is_ok());
  LoadResult result;
  CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_OK);
  CHECK((*store)->close().is_ok());
  CHECK_EQ(count_of(path), 60U);
}

static void test_a_long_path_keeps_its_end() {
  const Scratch scratch;
  auto store = Store::open(scratch.path("a.h5"), {});
  REQUIRE(store.is_ok());
  StoredReject reject;
  reject.code = FOREBAY_E_VALUE;
  reject.path = std::string(300, 'd') + "/end.txt";
  reject.text = std::string(300, 't');
  CHECK((*store)->append_rejects({&reject, 1}).is_ok());
  StoredReject back;
  CHECK((*store)->read_reject(0, &back).is_ok());
  CHECK_EQ(back.path, std::string(248, 'd') + "/end.txt");
  CHECK_EQ(back.text, std::string(256, 't'));
  CHECK((*store)->close().is_ok());
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_rejects_are_stored_beside_the_rows_for_any_number_of_children),
      CHECK_TEST(test_rejects_past_the_cap_are_counted_per_source),
      CHECK_TEST(test_rows_of_a_binary_file_behind_bad_ones_go_into_the_file_uncopied),
      CHECK_TEST(test_in_any_order_each_reject_is_stored_or_counted_once),
      CHECK_TEST(test_a_second_load_adds_its_rejects_behind_the_first_ones),
      CHECK_TEST(test_a_long_path_keeps_its_end),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
