// bgzf: the decoder under the rules of all decoders, and the walk over blocks.
#include <cstdio>

#include "codec/decoding.hpp"
#include "support/framing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;
using codec::Format;

namespace {

void test_any_cut_of_input_and_output_gives_the_same_bytes() {
  const std::string text = random_rows(3000);
  const std::string packed =
      pack_bgzf(text, 700) + bgzf_block("") + pack_bgzf("x", 10) + pack_bgzf(text, 65280);
  for (const std::size_t in : {1U, 2U, 11U, 12U, 13U, 64U, 1000U, 100000U}) {
    for (const std::size_t out : {1U, 2U, 7U, 699U, 700U, 701U, 100000U}) {
      const Decoded decoded = decode(Format::bgzf, packed, in, out);
      if (!CHECK(decoded.code == FOREBAY_OK && decoded.bytes == text + "x" + text))
        std::fprintf(stderr, "in %zu, out %zu: %s\n", in, out, decoded.message.c_str());
    }
  }
}

void test_the_first_bytes_tell_bgzf_from_gzip() {
  const std::string packed = pack_bgzf("1\n", 10);
  CHECK(input_format_of(std::as_bytes(std::span(packed))) == Format::bgzf);
  CHECK(input_format_of(std::as_bytes(std::span(packed)).first(18)) == Format::bgzf);
  CHECK(input_format_of(std::as_bytes(std::span(packed)).first(17)) == Format::gzip);
  std::string other = packed;
  other[13] = 'D';
  CHECK(input_format_of(std::as_bytes(std::span(other))) == Format::gzip);
  other = packed;
  other[14] = 40;
  CHECK(input_format_of(std::as_bytes(std::span(other))) == Format::gzip);
}

// Each of these at every cut of the input.
void test_each_fault_has_its_code_and_the_offset_of_its_block() {
  const std::string text = random_rows(2000);
  const std::string first = bgzf_block(text);
  const auto damaged = [&](std::size_t at) {
    std::string block = first;
    block[at < first.size() ? at : first.size() - 1] ^= 0x20;
    return first + block + bgzf_end_marker();
  };
  struct Case {
    std::string packed;
    forebay_status code;
    std::size_t offset;
  };
  const std::size_t size = first.size();
  const Case cases[] = {
      {damaged(60), FOREBAY_E_FORMAT, size},
      {damaged(size - 8), FOREBAY_E_FORMAT, size},
      {damaged(size - 4), FOREBAY_E_FORMAT, size},
      {damaged(size - 1), FOREBAY_E_FORMAT, size},
      {damaged(1), FOREBAY_E_FORMAT, size},
      {damaged(12), FOREBAY_E_FORMAT, size},
      {first, FOREBAY_E_TRUNCATED, size},
      {first + "\x1f", FOREBAY_E_TRUNCATED, size},
      {first + first.substr(0, size - 1), FOREBAY_E_TRUNCATED, size},
      {first + bgzf_end_marker() + std::string(20, '\0'), FOREBAY_E_FORMAT, size + 28},
  };
  for (const Case& entry : cases) {
    for (const std::size_t in : {1U, 5U, 100U, 100000U}) {
      const Decoded decoded = decode(Format::bgzf, entry.packed, in, 333);
      CHECK_EQ(decoded.code, entry.code);
      CHECK_EQ(decoded.byte, entry.offset);
      CHECK(decoded.again);
      CHECK(decoded.bytes == text || decoded.bytes.empty());
    }
  }
}

void test_a_block_that_claims_more_than_64_kib_is_refused_before_it_is_inflated() {
  std::string packed = bgzf_block(std::string(1000, 'a'));
  packed.replace(packed.size() - 4, 4, little(65537, 4));
  CHECK_EQ(decode(Format::bgzf, packed, 10, 10).code, FOREBAY_E_FORMAT);
  packed.replace(packed.size() - 4, 4, little(UINT32_MAX, 4));
  CHECK_EQ(decode(Format::bgzf, packed, 1000, 10).code, FOREBAY_E_FORMAT);
}

void test_random_changes_never_give_other_bytes_in_silence() {
  std::minstd_rand random(23);
  const std::string text = random_rows(1500);
  const std::string whole = pack_bgzf(text, 400);
  for (int round = 0; round < 3000; ++round) {
    std::string changed = whole;
    for (unsigned i = 0; i <= random() % 3; ++i)
      changed[random() % changed.size()] = static_cast<char>(random() % 256);
    const Decoded decoded = decode(Format::bgzf, changed, 1 + random() % 900, 1 + random() % 900);
    if (!CHECK(text.compare(0, decoded.bytes.size(), decoded.bytes) == 0))
      std::fprintf(stderr, "seed 23, round %d\n", round);
    if (decoded.code == FOREBAY_OK) CHECK(decoded.bytes == text);
  }
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_any_cut_of_input_and_output_gives_the_same_bytes),
      CHECK_TEST(test_the_first_bytes_tell_bgzf_from_gzip),
      CHECK_TEST(test_each_fault_has_its_code_and_the_offset_of_its_block),
      CHECK_TEST(test_a_block_that_claims_more_than_64_kib_is_refused_before_it_is_inflated),
      CHECK_TEST(test_random_changes_never_give_other_bytes_in_silence),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
