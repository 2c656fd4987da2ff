#include "platform/side_by_side.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

void test_each_item_is_done_once_by_a_worker_of_its_own() {
  for (const std::size_t workers : {0U, 1U, 2U, 7U}) {
    for (const std::size_t items : {0U, 1U, 5U, 1000U}) {
      std::vector<std::atomic<int>> done(items);
      std::vector<std::atomic<int>> busy(workers + 1);
      std::atomic<int> clashes{0};
      side_by_side(items, workers, [&](std::size_t worker, std::size_t item) {
        if (worker >= std::max<std::size_t>(workers, 1) || busy[worker]++ != 0) ++clashes;
        ++done[item];
        --busy[worker];
      });
      CHECK_EQ(clashes.load(), 0);
      for (const std::atomic<int>& times : done) CHECK_EQ(times.load(), 1);
    }
  }
}

// Each waits for the other: alone neither would end.
void test_two_items_are_done_at_the_same_time() {
  std::atomic<int> arrived{0};
  side_by_side(2, 2, [&](std::size_t, std::size_t) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  CHECK_EQ(arrived.load(), 2);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_each_item_is_done_once_by_a_worker_of_its_own),
      CHECK_TEST(test_two_items_are_done_at_the_same_time),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
