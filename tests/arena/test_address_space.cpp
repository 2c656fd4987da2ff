#include "arena/address_space.hpp"

#include <map>
#include <vector>

#include "arena/size_class.hpp"
#include "support/check.hpp"

using namespace forebay::core;

static void test_the_lowest_range_that_fits_is_taken_and_neighbours_join() {
  AddressSpace space(10 * 4096);
  CHECK_EQ(space.take(2 * 4096).value_or(1), 0U);
  CHECK_EQ(space.take(3 * 4096).value_or(1), 2U * 4096);
  CHECK_EQ(space.take(5 * 4096).value_or(1), 5U * 4096);
  CHECK(!space.take(4096));
  space.put(0, 2 * 4096);
  space.put(5 * 4096, 5 * 4096);
  CHECK_EQ(space.take(3 * 4096).value_or(1), 5U * 4096);  // the first is too small
  space.put(5 * 4096, 3 * 4096);
  space.put(2 * 4096, 3 * 4096);  // joins both sides
  CHECK_EQ(space.take(10 * 4096).value_or(1), 0U);
  CHECK(!space.take(1));
}

static void test_an_aligned_range_leaves_what_is_before_it() {
  AddressSpace space(16 * 4096);
  space.expect(8);
  CHECK_EQ(space.take(4096).value_or(1), 0U);
  CHECK_EQ(space.take(4 * 4096, 4 * 4096).value_or(1), 4U * 4096);
  CHECK_EQ(space.take(4 * 4096, 8 * 4096).value_or(1), 8U * 4096);
  CHECK(!space.take(4 * 4096, 8 * 4096));
  CHECK_EQ(space.take(3 * 4096).value_or(1), 4096U);
  CHECK_EQ(space.take(4 * 4096, 4 * 4096).value_or(1), 12U * 4096);
  CHECK(!space.take(1));
  for (const std::uint64_t group : {1U, 3U, 2U}) space.put(group * 4 * 4096, 4 * 4096);
  space.put(4096, 3 * 4096);
  space.put(0, 4096);
  CHECK_EQ(space.take(16 * 4096, 16 * 4096).value_or(1), 0U);
}

static void test_the_addresses_of_a_quota_are_bounded() {
  CHECK_EQ(address_space_bytes(1), 2U * 4096);
  CHECK_EQ(address_space_bytes(4096 * 1024), 12U * 4096 * 1024);
  for (int bits = 12; bits <= 46; ++bits) {
    const std::uint64_t quota = std::uint64_t{1} << bits;
    CHECK(address_space_bytes(quota) >= quota);
    CHECK(address_space_bytes(quota) <= std::max(quota, std::uint64_t{1} << 43));
  }
}

// Robson's worst case for first fit with powers of two: fill with small ranges, keep those that
// block the next size most, and ask for blocks of twice the size. The quota is the bound on what is
// in use.
static std::string fragment_on_purpose(std::uint64_t pages) {
  AddressSpace space(address_space_bytes(pages * 4096));
  std::map<std::uint64_t, std::uint64_t> used;  // page -> pages
  std::uint64_t in_use = 0;
  for (std::uint64_t size = 1; size <= pages; size *= 2) {
    while (in_use + size <= pages) {
      const auto offset = space.take(size * 4096);
      if (!offset) return "no addresses for " + std::to_string(size) + " pages";
      used[*offset / 4096] = size;
      in_use += size;
    }
    // Of each group of 2 * size pages keep one range, so that no such group is free.
    std::uint64_t last_group = UINT64_MAX;
    for (auto range = used.begin(); range != used.end();) {
      const std::uint64_t group = range->first / (2 * size);
      if (group == last_group) {
        space.put(range->first * 4096, range->second * 4096);
        in_use -= range->second;
        range = used.erase(range);
      } else {
        last_group = group;
        ++range;
      }
    }
  }
  return {};
}

static void test_fragmentation_on_purpose_leaves_addresses() {
  for (const std::uint64_t pages : {1U, 2U, 64U, 1000U, 16384U}) {
    CHECK_EQ(fragment_on_purpose(pages), std::string());
  }
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_an_aligned_range_leaves_what_is_before_it),
      CHECK_TEST(test_the_lowest_range_that_fits_is_taken_and_neighbours_join),
      CHECK_TEST(test_the_addresses_of_a_quota_are_bounded),
      CHECK_TEST(test_fragmentation_on_purpose_leaves_addresses),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
