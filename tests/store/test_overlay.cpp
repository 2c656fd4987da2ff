#include "store/overlay.hpp"

#include <random>

#include "store/superblock.hpp"
#include "support/check.hpp"

using namespace forebay::core;

static std::vector<std::byte> bytes_of(std::size_t count, unsigned value) {
  return std::vector<std::byte>(count, static_cast<std::byte>(value));
}

static void test_the_newest_bytes_of_each_address_are_read() {
  constexpr std::uint64_t kSeed = 20261122;
  constexpr std::size_t kSpace = 300;
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < 200; ++round) {
    Overlay overlay;
    std::vector<std::byte> model = bytes_of(kSpace, 0xEE);
    std::uint64_t end = 0;
    for (unsigned i = 0; i < 30; ++i) {
      const std::size_t at = random() % kSpace;
      const std::size_t count = 1 + random() % std::min<std::size_t>(40, kSpace - at);
      const std::vector<std::byte> bytes = bytes_of(count, i);
      overlay.write(at, bytes);
      std::copy(bytes.begin(), bytes.end(), model.begin() + static_cast<std::ptrdiff_t>(at));
      end = std::max<std::uint64_t>(end, at + count);
      const std::size_t from = random() % kSpace;
      std::vector<std::byte> seen = bytes_of(kSpace - from, 0xEE);
      overlay.read(from, seen);
      const bool same =
          std::equal(seen.begin(), seen.end(), model.begin() + static_cast<std::ptrdiff_t>(from));
      forebay::test::check_that(
          same && overlay.end() == end, "the overlay is the model", __FILE__, __LINE__,
          "seed " + std::to_string(kSeed) + " round " + std::to_string(round));
    }
  }
}

static void test_what_is_taken_from_an_address_on_is_gone_and_the_rest_stays() {
  Overlay overlay;
  overlay.write(0, bytes_of(10, 1));
  overlay.write(20, bytes_of(10, 2));
  std::vector<std::uint64_t> places;
  CHECK(overlay
            .take_from(5,
                       [&](std::uint64_t address, std::span<const std::byte> bytes) {
                         places.push_back(address);
                         places.push_back(bytes.size());
                         return Status::ok();
                       })
            .is_ok());
  CHECK(places == std::vector<std::uint64_t>({5, 5, 20, 10}));
  CHECK_EQ(overlay.end(), 5U);
  CHECK_EQ(overlay.take_from(0, [](auto, auto) { return Status::news(FOREBAY_E_IO); }).code(),
           FOREBAY_E_IO);
  CHECK_EQ(overlay.end(), 5U);
}

// The values of Bob Jenkins's own driver for the seed 0.
static void test_lookup3_has_its_known_values() {
  const char* text = "Four score and seven years ago";
  CHECK_EQ(lookup3({}), 0xdeadbeefU);
  CHECK_EQ(lookup3(std::as_bytes(std::span(text, 30))), 0x17770551U);
}

static void test_a_superblock_keeps_what_is_not_changed() {
  Superblock::Image image{};
  image[40] = std::byte{7};
  const Superblock changed = Superblock(image).with(Superblock::kFlagged, 123'456);
  CHECK_EQ(changed.flags(), Superblock::kFlagged);
  CHECK_EQ(changed.end(), 123'456U);
  CHECK(changed.image()[40] == std::byte{7});
  CHECK(changed.with(0, 1) == Superblock(image).with(0, 1));
  CHECK(changed != changed.with(0, 123'456));
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_the_newest_bytes_of_each_address_are_read),
      CHECK_TEST(test_what_is_taken_from_an_address_on_is_gone_and_the_rest_stays),
      CHECK_TEST(test_lookup3_has_its_known_values),
      CHECK_TEST(test_a_superblock_keeps_what_is_not_changed),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
