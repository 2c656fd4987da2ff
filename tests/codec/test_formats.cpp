// zstd, bzip2 and xz: the same rules for each.
#include <cstdio>

#include "codec/decoding.hpp"
#include "support/packing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;
using codec::Format;

namespace {

constexpr Format kFormats[] = {Format::zstd, Format::bzip2, Format::xz};

const char* name_of(Format format) {
  return format == Format::zstd ? "zstd" : format == Format::bzip2 ? "bzip2" : "xz";
}

// A frame that a zstd decoder passes over.
std::string skippable(const std::string& content, char kind = 0x50) {
  std::string frame{kind, 0x2a, 0x4d, 0x18};
  for (int i = 0; i < 4; ++i) frame.push_back(static_cast<char>(content.size() >> (8 * i)));
  return frame + content;
}

void check_every_cut(Format format, const std::string& packed, const std::string& text) {
  REQUIRE(!packed.empty());
  for (const std::size_t in : {1U, 2U, 3U, 5U, 7U, 13U, 64U, 1000U, 100000U}) {
    for (const std::size_t out : {1U, 2U, 3U, 7U, 61U, 1000U, 100000U}) {
      const Decoded decoded = decode(format, packed, in, out);
      if (!CHECK(decoded.code == FOREBAY_OK && decoded.bytes == text)) {
        std::fprintf(stderr, "%s, in %zu, out %zu: %d at %zu: %s\n", name_of(format), in, out,
                     decoded.code, static_cast<std::size_t>(decoded.byte), decoded.message.c_str());
      }
    }
  }
}

void test_any_cut_of_input_and_output_gives_the_same_bytes() {
  const std::string rows = random_rows(3000);
  for (const Format format : kFormats) {
    check_every_cut(format,
                    pack(format, rows) + pack(format, "") + pack(format, "x") + pack(format, rows) +
                        std::string(11, '\0'),
                    rows + "x" + rows);
  }
}

void test_a_long_stream_of_many_blocks_comes_whole() {
  const std::string rows = random_rows(400'000);
  const std::string text = rows + std::string(300'000, 'a') + rows.substr(0, 777);
  for (const Format format : kFormats) {
    const std::string packed = format == Format::bzip2 ? pack_bzip2(text, 1) : pack(format, text);
    for (const std::size_t out : {4096U, 65'536U, 2'000'000U}) {
      const Decoded decoded = decode(format, packed, 3000, out);
      CHECK(decoded.code == FOREBAY_OK && decoded.bytes == text);
    }
    CHECK(decode(format, packed, 10'000'000, 10'000'000).bytes == text);
  }
}

void test_frames_to_be_skipped_are_skipped_anywhere() {
  const std::string text = random_rows(500);
  const std::string packed = skippable("at the front") + pack_zstd(text) + skippable("") +
                             skippable(std::string(2000, 'm'), 0x5f) + pack_zstd("x", 19) +
                             skippable("at the end");
  check_every_cut(Format::zstd, packed, text + "x");
  CHECK(input_format_of(std::as_bytes(std::span(packed))) == Format::zstd);
}

void test_every_check_of_xz_is_read_and_padding_may_stand_between() {
  for (const lzma_check check :
       {LZMA_CHECK_NONE, LZMA_CHECK_CRC32, LZMA_CHECK_CRC64, LZMA_CHECK_SHA256})
    CHECK(decode(Format::xz, pack_xz("hello\n", check), 5, 3).bytes == "hello\n");
  const std::string one = pack_xz("1\n");
  CHECK(decode(Format::xz, one + std::string(8, '\0') + one, 3, 10).bytes == "1\n1\n");
  const Decoded odd = decode(Format::xz, one + std::string(6, '\0') + one, 3, 10);
  CHECK_EQ(odd.code, FOREBAY_E_FORMAT);
  CHECK_EQ(odd.byte, one.size() + 6);
}

void test_a_stream_cut_anywhere_is_never_silently_short() {
  const std::string rows = random_rows(300);
  for (const Format format : kFormats) {
    const std::string packed = pack(format, rows);
    REQUIRE(packed.size() > 50);
    for (std::size_t size = 0; size < packed.size(); ++size) {
      for (const std::size_t in : {1U, 100'000U}) {
        const Decoded decoded = decode(format, packed.substr(0, size), in, 10'000);
        if (!CHECK_EQ(decoded.code, FOREBAY_E_TRUNCATED))
          std::fprintf(stderr, "%s cut at %zu\n", name_of(format), size);
        CHECK(decoded.again && decoded.byte == size);
        CHECK(decoded.message.find(std::string("the ") + name_of(format) +
                                   " stream ends too early") == 0);
      }
      // In the second of two streams too.
      if (size == 0) continue;
      const Decoded second = decode(format, packed + packed.substr(0, size), 64, 1000);
      CHECK_EQ(second.code, FOREBAY_E_TRUNCATED);
      CHECK(second.bytes.compare(0, rows.size(), rows) == 0);
    }
  }
}

void test_a_flipped_bit_is_an_error_or_changes_nothing() {
  const std::string rows = random_rows(200);
  for (const Format format : kFormats) {
    const std::string whole = pack(format, rows);
    std::size_t errors = 0;
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      std::string flipped = whole;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      const Decoded decoded = decode(format, flipped, 100'000, 10'000);
      if (!CHECK(decoded.code != FOREBAY_OK || decoded.bytes == rows))
        std::fprintf(stderr, "%s, bit %zu\n", name_of(format), bit);
      CHECK(decoded.again && decoded.byte <= whole.size());
      errors += decoded.code != FOREBAY_OK ? 1U : 0U;
    }
    CHECK(errors > whole.size() * 7);
  }
}

void test_what_follows_the_stream() {
  for (const Format format : kFormats) {
    const std::string one = pack(format, "1\n");
    CHECK_EQ(decode(format, one + std::string(1001, '\0'), 7, 10).code, FOREBAY_OK);
    for (const std::size_t in : {1U, 7U, 1000U}) {
      const Decoded garbage = decode(format, one + "garbage", in, 10);
      CHECK_EQ(garbage.code, FOREBAY_E_FORMAT);
      CHECK_EQ(garbage.byte, one.size());
      CHECK(garbage.message.find("nor zero padding; cut it off") != std::string::npos);
      const Decoded late = decode(format, one + std::string(3, '\0') + "x", in, 10);
      CHECK_EQ(late.code, FOREBAY_E_FORMAT);
      CHECK_EQ(late.byte, one.size() + 3);
    }
    CHECK_EQ(decode(format, one + one.substr(0, 3), 7, 10).code, FOREBAY_E_TRUNCATED);
    const Decoded other = decode(format, "chr22\t14430632\t94.4444\n", 100, 10);
    CHECK_EQ(other.code, FOREBAY_E_FORMAT);
    CHECK(other.message.find(std::string("this is not ") + name_of(format)) == 0);
  }
}

void test_damage_is_named_near_its_place() {
  const std::string rows = random_rows(600'000);
  for (const Format format : kFormats) {
    const std::string whole = format == Format::bzip2 ? pack_bzip2(rows, 1) : pack(format, rows);
    std::string damaged = whole;
    const std::size_t at = whole.size() * 3 / 4;
    for (std::size_t i = 0; i < 64; ++i) damaged[at + i] = static_cast<char>(~damaged[at + i]);
    const Decoded decoded = decode(format, damaged, 1'000'000, 100'000);
    CHECK_EQ(decoded.code, FOREBAY_E_FORMAT);
    // Not before the damage but for the block that holds it; at the checksum at the latest.
    CHECK(decoded.byte + (128U << 10U) >= at && decoded.byte <= whole.size());
    CHECK(decoded.message.find("(compressed byte " + std::to_string(decoded.byte) + ")") !=
          std::string::npos);
    const std::size_t right = rows.size() / 2;
    CHECK(decoded.bytes.compare(0, right, rows, 0, right) == 0);
  }
}

void test_streams_that_ask_for_too_much_memory_are_refused() {
  const Decoded zstd = decode(Format::zstd, pack_zstd("1\n", 1, 28), 1000, 100);
  CHECK_EQ(zstd.code, FOREBAY_E_LIMIT);
  CHECK(zstd.message.find("128 MiB") != std::string::npos);
  CHECK_EQ(decode(Format::zstd, pack_zstd("1\n", 1, 27), 1000, 100).code, FOREBAY_OK);
  // Why by hand: an encoder for such a dictionary would take gigabytes itself.
  lzma_options_lzma options{};
  lzma_lzma_preset(&options, 6);
  options.dict_size = 1U << 30U;
  lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  lzma_stream_flags flags{};
  flags.check = LZMA_CHECK_CRC32;
  lzma_block block{};
  block.check = LZMA_CHECK_CRC32;
  block.filters = filters;
  block.compressed_size = LZMA_VLI_UNKNOWN;
  block.uncompressed_size = LZMA_VLI_UNKNOWN;
  std::string head(LZMA_STREAM_HEADER_SIZE, '\0');
  REQUIRE(lzma_stream_header_encode(&flags, reinterpret_cast<std::uint8_t*>(head.data())) ==
          LZMA_OK);
  REQUIRE(lzma_block_header_size(&block) == LZMA_OK);
  std::string block_head(block.header_size, '\0');
  REQUIRE(lzma_block_header_encode(&block, reinterpret_cast<std::uint8_t*>(block_head.data())) ==
          LZMA_OK);
  const Decoded xz = decode(Format::xz, head + block_head, 1000, 100);
  CHECK_EQ(xz.code, FOREBAY_E_LIMIT);
  CHECK(xz.message.find("256 MiB") != std::string::npos);
}

void test_a_format_that_there_is_not_is_refused() {
  CHECK_EQ(codec::make_decoder(static_cast<Format>(77)).code(), FOREBAY_E_PROTOCOL);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_any_cut_of_input_and_output_gives_the_same_bytes),
      CHECK_TEST(test_a_long_stream_of_many_blocks_comes_whole),
      CHECK_TEST(test_frames_to_be_skipped_are_skipped_anywhere),
      CHECK_TEST(test_every_check_of_xz_is_read_and_padding_may_stand_between),
      CHECK_TEST(test_a_stream_cut_anywhere_is_never_silently_short),
      CHECK_TEST(test_a_flipped_bit_is_an_error_or_changes_nothing),
      CHECK_TEST(test_what_follows_the_stream),
      CHECK_TEST(test_damage_is_named_near_its_place),
      CHECK_TEST(test_streams_that_ask_for_too_much_memory_are_refused),
      CHECK_TEST(test_a_format_that_there_is_not_is_refused),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
