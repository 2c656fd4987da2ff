// Blocks that are lent for the first time: their rows are made apart and written into them whole.
#include "child/fresh_blocks.hpp"

#include <algorithm>
#include <cstring>

#include "support/check.hpp"

using namespace forebay::core;

namespace {

constexpr std::uint64_t kPage = 4096;

// A segment as a child has it.
struct Segment {
  explicit Segment(std::uint64_t bytes) {
    auto made = make_segment("test", bytes);
    if (!CHECK(made.is_ok())) return;
    file = std::move(made).value();
    CHECK(reserve_range(file, 0, bytes).is_ok());
    auto mapped = Mapping::map(file.get(), bytes, true);
    if (CHECK(mapped.is_ok())) mapping = std::move(mapped).value();
  }
  [[nodiscard]] LentBlock block(std::uint64_t offset, std::uint64_t bytes) const {
    return {1, offset, mapping.data() + offset, bytes};
  }
  [[nodiscard]] bool holds(std::uint64_t offset, std::uint64_t bytes, int value) const {
    return std::all_of(mapping.data() + offset, mapping.data() + offset + bytes,
                       [&](std::byte byte) { return byte == std::byte(value); });
  }
  Descriptor file;
  Mapping mapping;
};

}  // namespace

static void test_a_new_block_is_written_whole_and_then_used_in_place() {
  const Segment segment(16 * kPage);
  const LentBlock block = segment.block(4 * kPage, 4 * kPage);
  FreshBlocks fresh;
  std::byte* const place = fresh.place_for(block, 3 * kPage + 100);
  REQUIRE(place != block.data);
  CHECK_EQ(reinterpret_cast<std::uintptr_t>(place) % kPage, 0U);
  std::memset(place, 7, 3 * kPage + 100);
  CHECK(fresh.settle(block, place, 2 * kPage + 100, segment.file).is_ok());
  // Whole pages, and nothing of those behind.
  CHECK(segment.holds(4 * kPage, 3 * kPage, 7));
  CHECK(segment.holds(0, 4 * kPage, 0) && segment.holds(7 * kPage, 9 * kPage, 0));
  CHECK(fresh.place_for(block, 3 * kPage + 100) == block.data);
  CHECK(fresh.settle(block, block.data, kPage, segment.file).is_ok());
  // Another one is as new as the first was.
  const LentBlock other = segment.block(8 * kPage, 4 * kPage);
  CHECK(fresh.place_for(other, kPage) == place);
}

static void test_a_block_on_large_pages_is_used_in_place() {
  const Segment segment(16 * kPage);
  LentBlock block = segment.block(4 * kPage, 4 * kPage);
  block.is_large = true;
  FreshBlocks fresh;
  CHECK(fresh.place_for(block, 3 * kPage) == block.data);
}

static void test_no_more_is_written_than_the_block_has() {
  const Segment segment(16 * kPage);
  const LentBlock block = segment.block(kPage, kPage);
  FreshBlocks fresh;
  std::byte* const place = fresh.place_for(block, kPage);
  std::memset(place, 9, kPage);
  CHECK(fresh.settle(block, place, 2 * kPage, segment.file).is_ok());
  CHECK(segment.holds(kPage, kPage, 9) && segment.holds(2 * kPage, kPage, 0));
}

static void test_a_large_block_is_used_in_place() {
  const Segment segment(16U << 20U);
  FreshBlocks fresh;
  const LentBlock block = segment.block(0, 16U << 20U);
  CHECK(fresh.place_for(block, 16U << 20U) == block.data);
}

static void test_a_block_that_cannot_be_written_is_a_failure() {
  const Segment segment(16 * kPage);
  FreshBlocks fresh;
  const LentBlock block = segment.block(0, kPage);
  std::byte* const place = fresh.place_for(block, kPage);
  CHECK(fresh.settle(block, place, kPage, Descriptor()).is_failure());
  CHECK(fresh.place_for(block, kPage) == place);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_block_on_large_pages_is_used_in_place),
      CHECK_TEST(test_a_new_block_is_written_whole_and_then_used_in_place),
      CHECK_TEST(test_no_more_is_written_than_the_block_has),
      CHECK_TEST(test_a_large_block_is_used_in_place),
      CHECK_TEST(test_a_block_that_cannot_be_written_is_a_failure),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
