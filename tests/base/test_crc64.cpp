#include <algorithm>
#include <string>
#include <string_view>

#include "base/base.hpp"
#include "codec/codec.hpp"
#include "support/check.hpp"

using namespace forebay::core;

namespace {

std::uint64_t crc_of(std::string_view text) {
  return codec::crc64_more(0, {text.data(), text.size()});
}

std::string some_bytes(std::size_t size, std::uint32_t seed) {
  std::string text(size, '\0');
  for (char& byte : text) byte = static_cast<char>((seed = seed * 1664525U + 1013904223U) >> 24U);
  return text;
}

}  // namespace

static void test_the_check_value_of_the_catalogue_comes_out() {
  CHECK_EQ(crc_of("123456789"), 0x995DC9BBDF1939FAU);
  CHECK_EQ(crc_of(""), 0U);
}

static void test_the_sums_of_two_parts_give_that_of_the_whole() {
  const std::string text = some_bytes(100'003, 7);
  const std::string_view whole = text;
  for (const std::size_t cut : {0U, 1U, 7U, 8U, 4'096U, 65'537U, 100'002U, 100'003U}) {
    const std::uint64_t joined =
        crc64_joined(crc_of(whole.substr(0, cut)), crc_of(whole.substr(cut)), whole.size() - cut);
    if (!CHECK_EQ(joined, crc_of(whole))) print_message("cut at %zu\n", cut);
  }
}

static void test_many_parts_are_joined_one_after_the_other() {
  const std::string text = some_bytes(5'000, 11);
  std::uint64_t joined = 0;
  std::size_t at = 0;
  for (std::size_t part = 0; at < text.size(); part = (part * 5 + 3) % 101) {
    const std::size_t bytes = std::min(part, text.size() - at);
    joined = crc64_joined(joined, crc_of(std::string_view(text).substr(at, bytes)), bytes);
    at += bytes;
  }
  CHECK_EQ(joined, crc_of(text));
}

static void test_a_length_of_many_bits_is_taken_in_whole() {
  // 2^40 bytes at once, or in two halves.
  const std::uint64_t a = crc_of("some");
  const std::uint64_t half = crc64_joined(a, 0, 1ULL << 39U);
  CHECK_EQ(crc64_joined(half, 0, 1ULL << 39U), crc64_joined(a, 0, 1ULL << 40U));
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_the_check_value_of_the_catalogue_comes_out),
      CHECK_TEST(test_the_sums_of_two_parts_give_that_of_the_whole),
      CHECK_TEST(test_many_parts_are_joined_one_after_the_other),
      CHECK_TEST(test_a_length_of_many_bits_is_taken_in_whole),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
