// Going on with loads whose sources came in any order, or by descriptor.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "ingest/ingest.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

Result<std::unique_ptr<Loader>> open_loader(const std::vector<std::string>& inputs,
                                            std::uint32_t children, Order order) {
  LoaderOptions options;
  options.children = children;
  options.memory_bytes = 64U << 20U;
  options.split_bytes = 1'500;
  options.order = order;
  FOREBAY_TRY_ASSIGN(auto loader, Loader::open(counted(), options));
  for (const std::string& path : inputs) FOREBAY_TRY(loader->add_file(path, 0));
  return loader;
}

// One run, as a process would do it, that ends as soon as it has added something.
Status run_a_while(const std::string& path, Loader& loader, std::uint64_t* added) {
  FOREBAY_TRY_ASSIGN(auto store, Store::open(path, {}));
  FOREBAY_TRY_ASSIGN(Table * table, store->open_table("data", counted(), {100}));
  FOREBAY_TRY(resume_loader(*table, loader));
  Status status;
  do {
    LoadResult result;
    status = append_loader(*table, loader, 0, &result);
    *added = result.rows;
  } while (status.code() == FOREBAY_AGAIN && *added == 0);
  FOREBAY_TRY(store->close());
  return status;
}

// The numbers of all rows, sorted.
std::vector<std::int32_t> numbers_in(const std::string& path) {
  auto store = Store::open(path, with_mode(StoreMode::read));
  if (!CHECK(store.is_ok())) return {};
  auto table = (*store)->open_table("data", nullptr, {});
  if (!CHECK(table.is_ok())) return {};
  std::vector<std::byte> bytes((*table)->rows() * 12);
  CHECK((*table)->read(0, (*table)->rows(), bytes.data()).is_ok());
  std::vector<std::int32_t> out((*table)->rows());
  for (std::size_t i = 0; i < out.size(); ++i) std::memcpy(&out[i], &bytes[i * 12], 4);
  std::sort(out.begin(), out.end());
  return out;
}

bool are_consecutive(const std::vector<std::int32_t>& numbers, std::size_t count) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] != static_cast<std::int32_t>(i)) return false;
  }
  return numbers.size() == count;
}

struct Inputs {
  explicit Inputs(const Scratch& scratch) {
    std::uint64_t first = 0;
    for (const std::uint64_t rows : {731U, 12U, 505U, 640U}) {
      paths.push_back(scratch.path("in" + std::to_string(first)));
      write_file(paths.back(), counted_text(first, rows));
      first += rows;
    }
    total = first;
  }
  std::vector<std::string> paths{};
  std::uint64_t total = 0;
};

}  // namespace

static void test_loads_in_any_order_that_end_after_every_commit_give_each_row_once() {
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    const Scratch scratch;
    const Inputs inputs(scratch);
    const std::string path = scratch.path("a.h5");
    Status status = Status::news(FOREBAY_AGAIN);
    for (int runs = 0; runs < 100 && status.code() == FOREBAY_AGAIN; ++runs) {
      auto loader = open_loader(inputs.paths, children, Order::any);
      REQUIRE(loader.is_ok());
      std::uint64_t added = 0;
      status = run_a_while(path, **loader, &added);
    }
    CHECK_EQ(status.code(), FOREBAY_OK);
    CHECK(are_consecutive(numbers_in(path), inputs.total));
  }
}

static void test_source_order_does_not_go_on_where_a_later_source_has_rows() {
  const Scratch scratch;
  const Inputs inputs(scratch);
  const std::string path = scratch.path("a.h5");
  auto later = open_loader({inputs.paths[2]}, 1, Order::any);
  REQUIRE(later.is_ok());
  std::uint64_t added = 0;
  Status status = Status::news(FOREBAY_AGAIN);
  status = run_a_while(path, **later, &added);
  CHECK(added != 0);
  auto in_order = open_loader(inputs.paths, 2, Order::source);
  REQUIRE(in_order.is_ok());
  status = run_a_while(path, **in_order, &added);
  CHECK_EQ(status.code(), FOREBAY_E_STATE);
  CHECK(status.message().find("take sources in any order") != std::string::npos);
}

static void test_a_descriptor_is_not_recorded_and_its_rows_come_again() {
  const Scratch scratch;
  const Inputs inputs(scratch);
  const std::string path = scratch.path("a.h5");
  for (int runs = 0; runs < 2; ++runs) {
    auto loader = open_loader({}, 1, Order::source);
    REQUIRE(loader.is_ok());
    const int descriptor = ::open(inputs.paths[1].c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE((*loader)->add_descriptor(descriptor, "given", 0).is_ok());
    ::close(descriptor);
    Status status = Status::news(FOREBAY_AGAIN);
    std::uint64_t added = 0;
    status = run_a_while(path, **loader, &added);
    CHECK(status.is_ok() || status.code() == FOREBAY_AGAIN);
    CHECK_EQ(added, 12U);
  }
  CHECK_EQ(numbers_in(path).size(), 24U);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_loads_in_any_order_that_end_after_every_commit_give_each_row_once),
      CHECK_TEST(test_source_order_does_not_go_on_where_a_later_source_has_rows),
      CHECK_TEST(test_a_descriptor_is_not_recorded_and_its_rows_come_again),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
