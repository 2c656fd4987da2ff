// Releases from many threads while the owner leases; also run under the thread sanitizer.
#include <poll.h>

#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "arena/arena.hpp"
#include "platform/resource_counts.hpp"
#include "support/check.hpp"

using namespace forebay::core;

static constexpr int kThreads = 8;
static constexpr std::uint64_t kBlockBytes = 16384;

// Arrays on their way from the owner to the threads.
class Hand {
 public:
  void give(Array* array) {
    const std::lock_guard<std::mutex> lock(mutex_);
    arrays_.push_back(array);
    changed_.notify_one();
  }
  Array* take() {  // nullptr at the end
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return !arrays_.empty() || is_ended_; });
    if (arrays_.empty()) return nullptr;
    Array* array = arrays_.front();
    arrays_.pop_front();
    return array;
  }
  void end() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_ended_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Array*> arrays_;
  bool is_ended_ = false;
};

struct Consumed {
  std::uint64_t arrays = 0;
  std::uint64_t damaged = 0;
};

// Each array holds its number in every row: a block that was lent again too early shows.
static Consumed consume(Hand* hand) {
  Consumed consumed;
  while (Array* array = hand->take()) {
    Array* second = array->retain();
    array->release();
    std::uint64_t value = 0;
    const std::span<const std::byte> rows = second->row_span();
    for (std::size_t at = 0; at < rows.size(); at += sizeof(value)) {
      std::memcpy(&value, rows.data() + at, sizeof(value));
      if (value != second->first_row) ++consumed.damaged;
    }
    ++consumed.arrays;
    second->release();
  }
  return consumed;
}

// A filled array, waiting for releases by the arena's event where the quota is used up.
static Array* lease_filled(const ArenaRef& arena, SegmentId segment, const DtypeRef& dtype,
                           std::uint64_t number) {
  for (;;) {
    const std::uint64_t rows = (number % 7 + 1) * (kBlockBytes / 7 / 8);
    Result<Block*> block = arena->lease(segment, rows * 8);
    if (block.code() == FOREBAY_E_FULL) {
      pollfd entry{arena->released_event().get(), POLLIN, 0};
      ::poll(&entry, 1, -1);
      arena->collect();
      continue;
    }
    if (!block.is_ok()) return nullptr;
    for (std::uint64_t i = 0; i < rows; ++i) {
      std::memcpy((*block)->data + i * 8, &number, sizeof(number));
    }
    Result<Array*> array = Array::make(arena, *block, dtype, Layout::rows, rows, rows);
    if (!array.is_ok()) return nullptr;
    (*array)->first_row = number;
    return *array;
  }
}

static void test_eight_threads_release_while_the_owner_leases() {
  constexpr std::uint64_t kArrays = 20'000;
  Result<ArenaRef> opened = Arena::open(10 * kBlockBytes);
  Result<DtypeRef> dtype = Dtype::parse("u8");
  REQUIRE(opened.is_ok() && dtype.is_ok());
  const ArenaRef arena = *opened;
  Result<SegmentId> segment = arena->add_segment();
  REQUIRE(segment.is_ok());
  Hand hand;
  Consumed consumed[kThreads];
  std::vector<std::thread> threads;
  for (Consumed& out : consumed) threads.emplace_back([&hand, &out] { out = consume(&hand); });
  std::uint64_t made = 0;
  for (; made < kArrays; ++made) {
    Array* array = lease_filled(arena, *segment, *dtype, made);
    if (array == nullptr) break;
    hand.give(array);
  }
  hand.end();
  Consumed sum;
  for (int i = 0; i < kThreads; ++i) {
    threads[static_cast<std::size_t>(i)].join();
    sum.arrays += consumed[i].arrays;
    sum.damaged += consumed[i].damaged;
  }
  CHECK_EQ(made, kArrays);
  CHECK_EQ(sum.arrays, kArrays);
  CHECK_EQ(sum.damaged, 0U);
  const ArenaStats stats = arena->stats();
  CHECK(stats.lent == 0 && stats.blocks_lent == 0);
  CHECK(stats.high_water <= 10 * kBlockBytes);
  CHECK(stats.blocks_recycled > kArrays / 4);
}

// The owner closes while arrays are out; the last of them takes the arena down, on whatever thread.
static std::uint64_t close_under_releases() {
  Hand hand;
  std::vector<std::thread> threads;
  std::uint64_t made = 0;
  Consumed consumed[kThreads];
  {
    Result<ArenaRef> arena = Arena::open(64 * kBlockBytes);
    Result<DtypeRef> dtype = Dtype::parse("u8");
    Result<SegmentId> segment = (*arena)->add_segment();
    if (!segment.is_ok()) return UINT64_MAX;
    std::vector<Array*> arrays;
    for (; made < 40; ++made) arrays.push_back(lease_filled(*arena, *segment, *dtype, made));
    for (Consumed& out : consumed) threads.emplace_back([&hand, &out] { out = consume(&hand); });
    for (Array* array : arrays) hand.give(array);
    (*arena)->close();
  }
  hand.end();
  std::uint64_t failures = 0;
  for (std::thread& thread : threads) thread.join();
  for (const Consumed& one : consumed) {
    made -= one.arrays;
    failures += one.damaged;
  }
  return failures + made;
}

static void test_the_last_array_takes_a_closed_arena_down() {
  const auto before = forebay::test::count_resources();
  for (int round = 0; round < 50; ++round) CHECK_EQ(close_under_releases(), 0U);
  CHECK(forebay::test::count_resources() == before);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_eight_threads_release_while_the_owner_leases),
      CHECK_TEST(test_the_last_array_takes_a_closed_arena_down),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
