// One thread: quota, classes, recycling, what goes back and when.
#include <poll.h>
#include <sys/stat.h>

#include <cstring>
#include <vector>

#include "arena/arena.hpp"
#include "arena/size_class.hpp"
#include "platform/resource_counts.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using forebay::test::count_resources;

static constexpr std::uint64_t kMiB = 1U << 20U;

static ArenaRef open_arena(std::uint64_t quota) {
  Result<ArenaRef> arena = Arena::open(quota);
  return arena.is_ok() ? std::move(arena).value() : nullptr;
}

static SegmentId add_segment(const ArenaRef& arena) {
  Result<SegmentId> segment = arena->add_segment();
  return segment.is_ok() ? segment.value() : UINT32_MAX;
}

static Block* lease(const ArenaRef& arena, SegmentId segment, std::uint64_t bytes,
                    std::uint64_t spare = 0) {
  Result<Block*> block = arena->lease(segment, bytes, spare);
  return block.is_ok() ? block.value() : nullptr;
}

static Code lease_code(const ArenaRef& arena, SegmentId segment, std::uint64_t bytes,
                       std::uint64_t spare = 0) {
  return arena->lease(segment, bytes, spare).code();
}

// Bytes that the kernel holds behind a segment: what the books say must be true.
static std::uint64_t bytes_behind(const ArenaRef& arena, SegmentId segment) {
  struct stat facts {};
  ::fstat(arena->segment_descriptor(segment), &facts);
  return static_cast<std::uint64_t>(facts.st_blocks) * 512;
}

static bool has_event(const ArenaRef& arena) {
  pollfd entry{arena->released_event().get(), POLLIN, 0};
  return ::poll(&entry, 1, 0) == 1;
}

static void test_classes_are_whole_pages_and_waste_at_most_a_quarter() {
  CHECK_EQ(class_bytes(0), 4096U);
  CHECK_EQ(class_bytes(4097), 8192U);
  CHECK_EQ(class_bytes(kMiB), kMiB);
  CHECK_EQ(class_bytes(kMiB + 1), kMiB * 5 / 4);
  CHECK_EQ(class_bytes(7 * kMiB / 4 + 1), 2 * kMiB);
  int classes = 0;
  std::uint64_t before = 0;
  for (std::uint64_t bytes = 1; bytes < 64 * kMiB; bytes += 4096) {
    const std::uint64_t size = class_bytes(bytes);
    if (size % 4096 != 0 || size < bytes || size > page_bytes(bytes) * 5 / 4) CHECK(false);
    if (class_bytes(size) != size || size < before) CHECK(false);
    classes += size != before ? 1 : 0;
    before = size;
  }
  CHECK_EQ(classes, 3 + 12 * 4 + 1);  // 1 to 3 pages, then four an octave
}

static void test_a_block_is_writable_and_counted() {
  const auto before = count_resources();
  {
    const ArenaRef arena = open_arena(8 * kMiB);
    const SegmentId segment = add_segment(arena);
    REQUIRE(segment == 0);
    CHECK(arena->segment_bytes(segment) >= 8 * kMiB);
    Block* block = lease(arena, segment, kMiB + 1);
    REQUIRE(block != nullptr);
    std::memset(block->data, 'x', block->bytes);
    CHECK_EQ(block->bytes, kMiB * 5 / 4);
    CHECK_EQ(block->offset % 4096, 0U);
    const ArenaStats lent = arena->stats();
    CHECK(lent.segments == 1 && lent.quota == 8 * kMiB);
    CHECK(lent.lent == block->bytes && lent.reserved == block->bytes && lent.blocks_lent == 1);
    CHECK_EQ(bytes_behind(arena, segment), lent.reserved);
    arena->release(block);
    const ArenaStats free = arena->stats();
    CHECK(free.lent == 0 && free.blocks_lent == 0 && free.reserved == kMiB * 5 / 4);
    CHECK_EQ(free.high_water, kMiB * 5 / 4);
  }
  CHECK(count_resources() == before);
}

static void test_blocks_are_recycled_last_in_first_out() {
  const ArenaRef arena = open_arena(8 * kMiB);
  const SegmentId segment = add_segment(arena);
  Block* first = lease(arena, segment, kMiB);
  Block* second = lease(arena, segment, kMiB);
  Block* third = lease(arena, segment, kMiB);
  REQUIRE(first != nullptr && second != nullptr && third != nullptr);
  const std::uint64_t lease_before = third->lease;
  for (Block* block : {second, third, first}) arena->release(block);
  CHECK_EQ(arena->collect(), 3U);
  CHECK(lease(arena, segment, kMiB) == first);
  CHECK(lease(arena, segment, kMiB - 1) == third);
  CHECK(lease(arena, segment, kMiB) == second);
  CHECK(third->lease > lease_before);
  const ArenaStats stats = arena->stats();
  CHECK_EQ(stats.blocks_recycled, 3U);
  CHECK_EQ(stats.reserved, 3 * kMiB);
  CHECK_EQ(bytes_behind(arena, segment), 3 * kMiB);
}

// Once much is in use, blocks come on large pages, several at a time; what the books say stays true
// of each byte. Where the system has none, they come one by one as before.
static void test_a_grown_arena_takes_large_pages() {
  const ArenaRef arena = open_arena(64 * kMiB);
  const SegmentId segment = add_segment(arena);
  std::vector<Block*> blocks;
  const auto add = [&](int count) {
    for (int i = 0; i < count; ++i) {
      Block* block = lease(arena, segment, kMiB);
      REQUIRE(block != nullptr);
      std::memset(block->data, i, block->bytes);
      blocks.push_back(block);
    }
  };
  add(16);
  CHECK_EQ(arena->stats().reserved, 16 * kMiB);
  for (const Block* block : blocks) CHECK(!block->is_large);
  add(1);
  const bool is_large = blocks.back()->is_large;
  CHECK_EQ(arena->stats().reserved, (is_large ? 18 : 17) * kMiB);
  CHECK_EQ(arena->stats().lent, 17 * kMiB);
  CHECK_EQ(bytes_behind(arena, segment), arena->stats().reserved);
  CHECK_EQ(blocks.back()->offset % (is_large ? 2 * kMiB : 4096), 0U);
  // The other one was made for nobody: it is no recycled one, and needs no new memory.
  CHECK_EQ(arena->has_to_grow(segment, kMiB), !is_large);
  add(1);
  CHECK_EQ(blocks.back()->is_large, is_large);
  CHECK_EQ(arena->stats().blocks_recycled, 0U);
  CHECK_EQ(arena->stats().reserved, 18 * kMiB);
  // Up to the quota, and not a byte more.
  add(46);
  CHECK_EQ(arena->stats().reserved, 64 * kMiB);
  CHECK_EQ(lease_code(arena, segment, 4096), FOREBAY_E_FULL);
  CHECK_EQ(bytes_behind(arena, segment), 64 * kMiB);
  // Halves of large pages go back one by one where another size asks for them.
  for (std::size_t i = 0; i < 32; ++i) arena->release(blocks[2 * i]);
  Block* big = lease(arena, segment, 32 * kMiB);
  REQUIRE(big != nullptr);
  CHECK_EQ(bytes_behind(arena, segment), arena->stats().reserved);
  for (std::size_t i = 0; i < 32; ++i) {
    CHECK(blocks[2 * i + 1]->data[0] == blocks[2 * i + 1]->data[kMiB - 1]);
    arena->release(blocks[2 * i + 1]);
  }
  arena->release(big);
  CHECK_EQ(arena->stats().lent, 0U);
}

static void test_sizes_that_are_no_part_of_a_large_page_come_in_groups() {
  CHECK_EQ(blocks_in_pages(kMiB, 2 * kMiB), 2U);
  CHECK_EQ(blocks_in_pages(4 * kMiB, 2 * kMiB), 1U);
  CHECK_EQ(blocks_in_pages(5 * kMiB / 4, 2 * kMiB), 8U);
  CHECK_EQ(blocks_in_pages(3 * kMiB, 2 * kMiB), 2U);
  const ArenaRef arena = open_arena(256 * kMiB);
  const SegmentId segment = add_segment(arena);
  std::vector<Block*> blocks;
  for (int i = 0; i < 120; ++i) {
    blocks.push_back(lease(arena, segment, 5 * kMiB / 4));
    REQUIRE(blocks.back() != nullptr);
    CHECK_EQ(bytes_behind(arena, segment), arena->stats().reserved);
  }
  for (Block* block : blocks) arena->release(block);
  arena->retire_segment(segment);
  CHECK_EQ(arena->stats().reserved, 0U);
}

static void test_a_segment_grows_only_where_no_block_of_its_own_is_free() {
  const ArenaRef arena = open_arena(16 * kMiB);
  const SegmentId one = add_segment(arena);
  const SegmentId other = add_segment(arena);
  CHECK(arena->has_to_grow(one, kMiB));
  Block* block = lease(arena, one, kMiB);
  CHECK(arena->has_to_grow(one, kMiB));
  arena->release(block);
  CHECK(!arena->has_to_grow(one, kMiB - 100));
  CHECK(arena->has_to_grow(one, 2 * kMiB));
  CHECK(arena->has_to_grow(other, kMiB));
}

static void test_bytes_that_are_being_written_are_counted_until_the_last_write_ends() {
  const ArenaRef arena = open_arena(16 * kMiB);
  const SegmentId segment = add_segment(arena);
  Block* one = lease(arena, segment, kMiB);
  Block* two = lease(arena, segment, 2 * kMiB);
  arena->begin_write(*one);
  arena->begin_write(*two);
  CHECK_EQ(arena->bytes_being_written(), 3 * kMiB);
  arena->end_write(kMiB);
  CHECK(arena->is_being_written());
  arena->end_write(2 * kMiB);
  CHECK(!arena->is_being_written());
  CHECK(has_event(arena));
  arena->release(one);
  arena->release(two);
}

static void test_the_quota_holds_to_the_byte() {
  const ArenaRef arena = open_arena(4 * kMiB);
  const SegmentId segment = add_segment(arena);
  CHECK_EQ(lease_code(arena, segment, 4 * kMiB + 1), FOREBAY_E_FULL);
  CHECK_EQ(lease_code(arena, segment, UINT64_MAX), FOREBAY_E_FULL);
  CHECK_EQ(lease_code(arena, segment, 4096, UINT64_MAX), FOREBAY_E_FULL);
  CHECK_EQ(lease_code(arena, segment, 4096, 4 * kMiB), FOREBAY_E_FULL);
  Block* most = lease(arena, segment, 3 * kMiB, kMiB);
  REQUIRE(most != nullptr);
  CHECK(arena->is_full(4096, kMiB));
  CHECK(!arena->is_full(kMiB));
  CHECK(arena->is_full(kMiB + 1));
  Block* rest = lease(arena, segment, kMiB);
  REQUIRE(rest != nullptr);
  CHECK_EQ(arena->stats().lent, 4 * kMiB);
  CHECK(arena->is_full(1));
  Result<Block*> refused = arena->lease(segment, 1);
  CHECK_EQ(refused.code(), FOREBAY_E_FULL);
  CHECK(refused.status().message().find("4194304 bytes is in use") != std::string::npos);
  arena->release(rest);
  CHECK(!arena->is_full(kMiB));
}

static void test_a_block_that_fits_but_for_its_class_is_lent_in_pages() {
  const ArenaRef arena = open_arena(5 * kMiB + 4096);
  const SegmentId segment = add_segment(arena);
  // Its class is 6 MiB: more than the quota.
  Block* whole = lease(arena, segment, 5 * kMiB + 4096);
  REQUIRE(whole != nullptr);
  CHECK_EQ(whole->bytes, 5 * kMiB + 4096);
  arena->release(whole);
  Block* small = lease(arena, segment, kMiB + 1, 4 * kMiB - 8192);
  REQUIRE(small != nullptr);
  CHECK_EQ(small->bytes, kMiB + 4096);
}

static void test_free_blocks_of_other_classes_and_segments_make_way() {
  const ArenaRef arena = open_arena(4 * kMiB);
  const SegmentId one = add_segment(arena);
  const SegmentId two = add_segment(arena);
  std::vector<Block*> blocks;
  for (int i = 0; i < 4; ++i) blocks.push_back(lease(arena, one, kMiB));
  for (Block* block : blocks) arena->release(block);
  CHECK_EQ(arena->stats().reserved, 4 * kMiB);
  // Two of the four go, the coldest.
  Block* other = lease(arena, two, 2 * kMiB);
  REQUIRE(other != nullptr);
  CHECK_EQ(bytes_behind(arena, one), 2 * kMiB);
  CHECK_EQ(bytes_behind(arena, two), 2 * kMiB);
  CHECK_EQ(arena->stats().reserved, 4 * kMiB);
  CHECK(lease(arena, one, kMiB) == blocks[3]);
  CHECK(lease(arena, one, kMiB) == blocks[2]);
  CHECK_EQ(lease_code(arena, one, 1), FOREBAY_E_FULL);
  CHECK_EQ(arena->stats().high_water, 4 * kMiB);
}

// What a lease promises, under 40,000 random leases and releases of any size in three segments.
static std::string use_at_random(std::uint32_t seed) {
  constexpr std::uint64_t kQuota = 3 * kMiB + 12345;
  const ArenaRef arena = open_arena(kQuota);
  std::vector<SegmentId> segments;
  for (int i = 0; i < 3; ++i) segments.push_back(add_segment(arena));
  std::vector<Block*> held;
  std::uint64_t lent = 0;
  std::uint64_t state = seed;
  const auto random = [&state](std::uint64_t below) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33U) % below;
  };
  for (int step = 0; step < 40'000; ++step) {
    const std::string place = "seed " + std::to_string(seed) + ", step " + std::to_string(step);
    if (!held.empty() && random(100) < 45) {
      const std::size_t chosen = random(held.size());
      lent -= held[chosen]->bytes;
      arena->release(held[chosen]);
      held[chosen] = held.back();
      held.pop_back();
    } else {
      // Sizes of every magnitude, from a page to the quota.
      const std::uint64_t bytes = 1 + random(std::uint64_t{4096} << random(11));
      const std::uint64_t spare = random(4) == 0 ? random(kMiB) : 0;
      const bool fits = lent + page_bytes(bytes) + (spare ? page_bytes(spare) : 0) <= kQuota;
      Result<Block*> block = arena->lease(segments[random(3)], bytes, spare);
      if (block.is_ok() != fits) return place + ": " + block.status().message();
      if (fits) {
        held.push_back(*block);
        lent += (*block)->bytes;
        (*block)->data[(*block)->bytes - 1] = std::byte{1};
      }
    }
    const ArenaStats stats = arena->stats();
    if (stats.lent != lent || stats.reserved < lent || stats.high_water > kQuota ||
        stats.blocks_lent != held.size()) {
      return place + ": the counters are wrong";
    }
    std::uint64_t behind = 0;
    if (step % 500 == 0) {
      for (const SegmentId segment : segments) behind += bytes_behind(arena, segment);
      if (behind != stats.reserved) return place + ": memory differs from the books";
    }
  }
  return {};
}

static void test_changing_sizes_never_run_out_of_addresses() {
  for (const std::uint32_t seed : {1U, 2U, 3U}) CHECK_EQ(use_at_random(seed), std::string());
}

static void test_a_retired_segment_goes_with_its_last_block() {
  const auto before = count_resources();
  const ArenaRef arena = open_arena(8 * kMiB);
  const SegmentId kept = add_segment(arena);
  const SegmentId retired = add_segment(arena);
  Block* held = lease(arena, retired, kMiB);
  Block* freed = lease(arena, retired, 2 * kMiB);
  Block* pushed = lease(arena, retired, kMiB / 2);
  REQUIRE(held != nullptr && freed != nullptr && pushed != nullptr);
  std::memset(held->data, 'x', held->bytes);
  arena->release(freed);
  arena->collect();
  arena->release(pushed);
  arena->retire_segment(retired);
  CHECK_EQ(arena->stats().reserved, kMiB);
  CHECK_EQ(arena->stats().segments, 2U);
  CHECK_EQ(bytes_behind(arena, retired), kMiB);
  CHECK_EQ(static_cast<int>(held->data[kMiB - 1]), static_cast<int>('x'));
  CHECK_EQ(lease_code(arena, retired, 1), FOREBAY_E_INTERNAL);
  CHECK_EQ(lease_code(arena, 99, 1), FOREBAY_E_INTERNAL);
  arena->release(held);
  CHECK_EQ(arena->collect(), 1U);
  const ArenaStats stats = arena->stats();
  CHECK(stats.segments == 1 && stats.reserved == 0 && stats.lent == 0);
  CHECK_EQ(arena->segment_descriptor(retired), -1);
  CHECK_EQ(count_resources().segments_mapped, before.segments_mapped + 1);
  CHECK_EQ(count_resources().descriptors, before.descriptors + 2);
  arena->retire_segment(retired);  // again, and one that never was: nothing happens
  arena->retire_segment(99);
  CHECK(lease(arena, kept, 8 * kMiB) != nullptr);
  const SegmentId next = add_segment(arena);
  CHECK_EQ(next, 2U);
}

static void test_the_event_tells_of_a_release_and_only_collect_clears_it() {
  const ArenaRef arena = open_arena(8 * kMiB);
  const SegmentId segment = add_segment(arena);
  Block* first = lease(arena, segment, kMiB);
  Block* second = lease(arena, segment, kMiB);
  REQUIRE(first != nullptr && second != nullptr);
  CHECK(!has_event(arena));
  arena->release(first);
  arena->release(second);
  CHECK(has_event(arena));
  CHECK_EQ(arena->stats().blocks_lent, 0U);
  CHECK(has_event(arena));
  CHECK_EQ(arena->collect(), 0U);
  CHECK(!has_event(arena));
  arena->release(lease(arena, segment, kMiB));
  CHECK(has_event(arena));
  CHECK_EQ(arena->collect(), 1U);
  CHECK(!has_event(arena));
}

static void test_a_closed_arena_gives_memory_back_as_blocks_come_home() {
  const ArenaRef arena = open_arena(8 * kMiB);
  const SegmentId segment = add_segment(arena);
  Block* held = lease(arena, segment, kMiB);
  Block* other = lease(arena, segment, kMiB);
  Block* freed = lease(arena, segment, 2 * kMiB);
  REQUIRE(held != nullptr && other != nullptr && freed != nullptr);
  arena->release(freed);
  arena->close();
  CHECK_EQ(bytes_behind(arena, segment), 2 * kMiB);
  std::memset(held->data, 'x', held->bytes);
  arena->release(held);
  CHECK_EQ(bytes_behind(arena, segment), kMiB);
  arena->release(other);
  CHECK_EQ(bytes_behind(arena, segment), 0U);
}

static void test_an_impossible_quota_is_refused() {
  CHECK_EQ(Arena::open(4095).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ(Arena::open(UINT64_MAX).code(), FOREBAY_E_ARGUMENT);
  const ArenaRef least = open_arena(4096);
  REQUIRE(least != nullptr);
  const SegmentId segment = add_segment(least);
  CHECK(lease(least, segment, 1) != nullptr);
  CHECK_EQ(lease_code(least, segment, 1), FOREBAY_E_FULL);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_classes_are_whole_pages_and_waste_at_most_a_quarter),
      CHECK_TEST(test_a_block_is_writable_and_counted),
      CHECK_TEST(test_blocks_are_recycled_last_in_first_out),
      CHECK_TEST(test_a_grown_arena_takes_large_pages),
      CHECK_TEST(test_sizes_that_are_no_part_of_a_large_page_come_in_groups),
      CHECK_TEST(test_a_segment_grows_only_where_no_block_of_its_own_is_free),
      CHECK_TEST(test_bytes_that_are_being_written_are_counted_until_the_last_write_ends),
      CHECK_TEST(test_the_quota_holds_to_the_byte),
      CHECK_TEST(test_a_block_that_fits_but_for_its_class_is_lent_in_pages),
      CHECK_TEST(test_free_blocks_of_other_classes_and_segments_make_way),
      CHECK_TEST(test_changing_sizes_never_run_out_of_addresses),
      CHECK_TEST(test_a_retired_segment_goes_with_its_last_block),
      CHECK_TEST(test_the_event_tells_of_a_release_and_only_collect_clears_it),
      CHECK_TEST(test_a_closed_arena_gives_memory_back_as_blocks_come_home),
      CHECK_TEST(test_an_impossible_quota_is_refused),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
