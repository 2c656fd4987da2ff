// Callers that hold arrays, cancel, close early or wait on the descriptor: never a hang, never a
// leak.
#include <poll.h>

#include <thread>

#include "loader/loading.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

std::string many_rows(int rows) {
  std::string text;
  for (int i = 0; i < rows; ++i) text += std::to_string(i) + "\n";
  return text;
}

LoaderOptions small_options(std::uint32_t children) {
  LoaderOptions options;
  options.children = children;
  options.split_bytes = 8'000;
  options.batch_rows = 1'000;  // 4,000 bytes: a block of 4 KiB
  options.memory_bytes = 6 * 4096;
  return options;
}

std::unique_ptr<Loader> open_on(const std::vector<std::string>& paths,
                                const LoaderOptions& options) {
  auto loader = Loader::open(dtype_of("i4"), options);
  if (!loader.is_ok()) return nullptr;
  for (const std::string& path : paths) (void)(*loader)->add_file(path, 0);
  return std::move(loader).value();
}

void test_a_caller_that_holds_everything_is_told_and_goes_on_after_a_release() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.txt", many_rows(40'000));
  for (const std::uint32_t children : {1U, 2U, 4U}) {
    const auto loader = open_on({path}, small_options(children));
    REQUIRE(loader != nullptr);
    std::vector<Array*> held;
    std::uint64_t rows = 0;
    int full = 0;
    for (;;) {
      Array* array = nullptr;
      const Status status = loader->next(-1, &array);
      if (status.code() == FOREBAY_END) break;
      if (status.is_ok()) {
        rows += array->rows();
        held.push_back(array);
        continue;
      }
      if (!CHECK_EQ(status.code(), FOREBAY_E_FULL) || !CHECK(!held.empty())) break;
      ++full;
      held.back()->release();
      held.pop_back();
    }
    CHECK_EQ(rows, 40'000U);
    CHECK(full > 10);
    for (Array* array : held) array->release();
    CHECK_EQ(loader->arena_stats().blocks_lent, 0U);
    CHECK(loader->arena_stats().high_water <= 6U * 4096U);
  }
}

void test_arrays_stay_valid_after_the_loader_is_closed() {
  const TemporaryFolder folder;
  const Held before = held_before();
  std::vector<Array*> held;
  {
    const auto loader = open_on({folder.write("a.txt", many_rows(3'000))}, small_options(2));
    REQUIRE(loader != nullptr);
    for (int i = 0; i < 3; ++i) {
      Array* array = nullptr;
      REQUIRE(loader->next(-1, &array).is_ok());
      held.push_back(array);
    }
  }
  for (std::size_t i = 0; i < held.size(); ++i) {
    const auto* values = reinterpret_cast<const std::int32_t*>(held[i]->data());
    CHECK_EQ(values[999], static_cast<std::int32_t>(i * 1000 + 999));
  }
  std::thread([&] {
    for (Array* array : held) array->release();
  }).join();
  CHECK(held_now() == before);
}

void test_cancel_and_close_at_any_time_end_everything() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.txt", many_rows(30'000));
  const Held before = held_before();
  for (int taken = 0; taken < 12; ++taken) {
    for (const bool cancels : {false, true}) {
      const auto loader = open_on({path, path}, small_options(2));
      REQUIRE(loader != nullptr);
      for (int i = 0; i < taken; ++i) {
        Array* array = nullptr;
        if (!CHECK(loader->next(-1, &array).is_ok())) break;
        array->release();
      }
      if (!cancels) continue;
      loader->cancel();
      Array* array = nullptr;
      CHECK_EQ(loader->next(-1, &array).code(), FOREBAY_E_CANCELLED);
      CHECK_EQ(loader->add_file(path, 0).code(), FOREBAY_E_STATE);
    }
  }
  CHECK(held_now() == before);
}

void test_a_foreign_loop_can_wait_on_the_descriptor() {
  const TemporaryFolder folder;
  const auto loader = open_on({folder.write("a.txt", many_rows(20'000))}, small_options(2));
  REQUIRE(loader != nullptr);
  std::uint64_t rows = 0;
  for (;;) {
    Array* array = nullptr;
    const Status status = loader->next(0, &array);
    if (status.code() == FOREBAY_END) break;
    if (status.is_ok()) {
      rows += array->rows();
      array->release();
      continue;
    }
    if (!CHECK_EQ(status.code(), FOREBAY_AGAIN)) break;
    pollfd request{loader->descriptor(), POLLIN, 0};
    if (!CHECK_EQ(::poll(&request, 1, 10'000), 1)) break;
  }
  CHECK_EQ(rows, 20'000U);
}

void test_step_reports_and_next_takes() {
  const TemporaryFolder folder;
  const auto loader = open_on({folder.write("a.txt", "1\n2\n")}, small_options(1));
  REQUIRE(loader != nullptr);
  CHECK(loader->step(-1).is_ok());
  CHECK(loader->step(0).is_ok());
  Array* array = nullptr;
  REQUIRE(loader->next(0, &array).is_ok());
  CHECK_EQ(array->rows(), 2U);
  array->release();
  CHECK(loader->step(-1).is_ok());
  CHECK_EQ(loader->next(0, &array).code(), FOREBAY_END);
}

void test_a_want_of_memory_that_step_found_is_looked_at_again_after_a_release() {
  const TemporaryFolder folder;
  const auto loader = open_on({folder.write("a.txt", many_rows(40'000))}, small_options(2));
  REQUIRE(loader != nullptr);
  std::vector<Array*> held;
  Array* array = nullptr;
  while (loader->next(-1, &array).is_ok()) held.push_back(array);
  CHECK(!held.empty());
  CHECK(loader->step(-1).is_ok());  // FOREBAY_E_FULL is to be reported
  for (Array* each : held) each->release();
  REQUIRE(loader->next(-1, &array).is_ok());
  array->release();
}

void test_the_grid_cuts_arrays_at_the_table_s_chunks() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.txt", many_rows(10'000));
  const auto loader = open_on({path, path}, small_options(2));
  REQUIRE(loader != nullptr);
  REQUIRE(loader->use_grid(1'000, 300).is_ok());
  std::uint64_t at = 300;
  std::uint64_t whole = 0;
  std::uint64_t rows = 0;
  std::int32_t expected = 0;
  Array* array = nullptr;
  while (loader->next(-1, &array).is_ok()) {
    const auto* values = reinterpret_cast<const std::int32_t*>(array->data());
    for (std::uint64_t i = 0; i < array->rows(); ++i) CHECK_EQ(values[i], expected++ % 10'000);
    // No array crosses a chunk boundary of the table.
    CHECK((at % 1'000) + array->rows() <= 1'000);
    if (array->rows() == 1'000) ++whole;
    at += array->rows();
    rows += array->rows();
    array->release();
  }
  CHECK_EQ(rows, 20'000U);
  CHECK(whole > 0);
  CHECK_EQ(loader->use_grid(500, 0).code(), FOREBAY_E_STATE);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_caller_that_holds_everything_is_told_and_goes_on_after_a_release),
      CHECK_TEST(test_arrays_stay_valid_after_the_loader_is_closed),
      CHECK_TEST(test_cancel_and_close_at_any_time_end_everything),
      CHECK_TEST(test_a_foreign_loop_can_wait_on_the_descriptor),
      CHECK_TEST(test_step_reports_and_next_takes),
      CHECK_TEST(test_a_want_of_memory_that_step_found_is_looked_at_again_after_a_release),
      CHECK_TEST(test_the_grid_cuts_arrays_at_the_table_s_chunks),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
