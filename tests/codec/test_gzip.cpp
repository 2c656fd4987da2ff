#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "codec/decoding.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;
using codec::Format;

namespace {

constexpr unsigned kExtra = 4;
constexpr unsigned kName = 8;
constexpr unsigned kComment = 16;
constexpr unsigned kChecksum = 2;

void append_number(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint32_t crc_of(std::string_view data) {
  return crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(data.data()), data.size());
}

std::string deflated(const std::string& data) {
  auto stream = std::make_unique<isal_zstream>();
  isal_deflate_stateless_init(stream.get());
  std::string source = data;
  std::string out(data.size() + 1000, '\0');
  stream->next_in = reinterpret_cast<std::uint8_t*>(source.data());
  stream->avail_in = static_cast<std::uint32_t>(source.size());
  stream->next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream->avail_out = static_cast<std::uint32_t>(out.size());
  stream->end_of_stream = 1;
  if (isal_deflate_stateless(stream.get()) != COMP_OK) return {};
  out.resize(stream->total_out);
  return out;
}

// A member with the header parts that `flags` names.
std::string member(const std::string& data, unsigned flags = 0) {
  std::string out("\x1f\x8b\x08", 3);
  out.push_back(static_cast<char>(flags));
  append_number(out, 0, 6);
  if (flags & kExtra)
    out.append(
        "\x05\x00"
        "extra",
        7);
  if (flags & kName) out.append("name.txt", 9);
  if (flags & kComment) out.append("a comment", 10);
  if (flags & kChecksum) append_number(out, crc_of(out) & 0xffff, 2);
  out += deflated(data);
  append_number(out, crc_of(data), 4);
  append_number(out, data.size(), 4);
  return out;
}

std::string data_file(const char* name) {
  const char* folder = std::getenv("FOREBAY_TEST_DATA");
  std::ifstream file(std::string(folder ? folder : ".") + "/gzip/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Decoded decode(const std::string& packed, std::size_t in_size, std::size_t out_size) {
  return forebay::test::decode(Format::gzip, packed, in_size, out_size);
}

void test_any_cut_of_input_and_output_gives_the_same_bytes() {
  const std::string rows = random_rows(3000);
  const std::string text = rows + "x" + rows;
  const std::string packed = member(rows, kExtra | kName | kComment | kChecksum) + member("") +
                             member("x", kName) + member(rows, kChecksum) + std::string(11, '\0');
  for (const std::size_t in : {1U, 2U, 3U, 5U, 7U, 13U, 64U, 1000U, 100000U}) {
    for (const std::size_t out : {1U, 2U, 3U, 7U, 61U, 1000U, 100000U}) {
      const Decoded decoded = decode(packed, in, out);
      if (!CHECK(decoded.code == FOREBAY_OK && decoded.bytes == text))
        std::fprintf(stderr, "in %zu, out %zu: %d at %zu\n", in, out, decoded.code,
                     static_cast<std::size_t>(decoded.byte));
    }
  }
}

void test_every_form_of_header_is_read() {
  for (unsigned flags = 0; flags < 32; flags += 2) {
    for (const std::size_t in : {1U, 4U, 1000U}) {
      const Decoded decoded = decode(member("hello\n", flags), in, 100);
      CHECK(decoded.code == FOREBAY_OK && decoded.bytes == "hello\n");
    }
  }
}

void test_blocks_with_codes_of_their_own_are_read_in_pieces() {
  const std::string packed = data_file("rows.txt.gz");
  const std::string text = data_file("rows.txt");
  REQUIRE(text.size() > 1000);
  for (std::size_t in = 1; in < 40; ++in) {
    for (const std::size_t out : {1U, 7U, 100U, 100000U}) {
      const Decoded decoded = decode(packed, in, out);
      CHECK(decoded.code == FOREBAY_OK && decoded.bytes == text);
    }
  }
  const Decoded twice = decode(packed + packed, 11, 13);
  CHECK(twice.code == FOREBAY_OK && twice.bytes == text + text);
}

void test_a_long_stream_with_far_matches() {
  const std::string block = random_rows(40000);
  const std::string text =
      block.substr(0, 30000) + block.substr(0, 30000) + block + std::string(100000, 'a') + block;
  for (const std::size_t out : {4096U, 65536U, 1000000U}) {
    const Decoded decoded = decode(member(text), 3000, out);
    CHECK(decoded.code == FOREBAY_OK && decoded.bytes == text);
  }
}

void test_a_stream_cut_anywhere_is_never_silently_short() {
  for (const std::string& packed :
       {member("hello, hello, hello\n", kExtra | kName | kComment | kChecksum),
        data_file("rows.txt.gz")}) {
    for (std::size_t size = 0; size < packed.size(); ++size) {
      for (const std::size_t in : {100U, 100000U}) {
        const Decoded decoded = decode(packed.substr(0, size), in, 10000);
        if (!CHECK_EQ(decoded.code, FOREBAY_E_TRUNCATED))
          std::fprintf(stderr, "cut at %zu\n", size);
        CHECK(decoded.again);
      }
    }
    // In the second of two members too.
    for (std::size_t size = 1; size < packed.size(); size += 1 + packed.size() / 300) {
      CHECK_EQ(decode(packed + packed.substr(0, size), 64, 1000).code, FOREBAY_E_TRUNCATED);
    }
  }
}

void test_a_flipped_bit_is_an_error_or_changes_nothing() {
  for (const std::string& whole :
       {member("hello, hello, hello\n", kName | kChecksum), data_file("rows.txt.gz")}) {
    // Every bit of the short one; of the long one some in every byte or two.
    const std::size_t step = whole.size() < 200 ? 1 : 11;
    const Decoded good = decode(whole, 100000, 100000);
    CHECK(good.code == FOREBAY_OK && !good.bytes.empty());
    for (std::size_t bit = 0; bit < whole.size() * 8; bit += step) {
      std::string flipped = whole;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      const Decoded decoded = decode(flipped, 100000, 10000);
      if (!CHECK(decoded.code != FOREBAY_OK || decoded.bytes == good.bytes))
        std::fprintf(stderr, "bit %zu\n", bit);
      CHECK(decoded.again);
    }
  }
}

void test_what_follows_the_stream() {
  const std::string one = member("1\n");
  CHECK_EQ(decode(one + std::string(1000, '\0'), 7, 10).code, FOREBAY_OK);
  const Decoded garbage = decode(one + "garbage", 7, 10);
  CHECK_EQ(garbage.code, FOREBAY_E_FORMAT);
  CHECK_EQ(garbage.byte, one.size());
  const Decoded late = decode(one + std::string(3, '\0') + "x", 7, 10);
  CHECK_EQ(late.code, FOREBAY_E_FORMAT);
  CHECK_EQ(late.byte, one.size() + 3);
  CHECK_EQ(decode(one + std::string(3, '\0') + one, 7, 10).code, FOREBAY_E_FORMAT);
  CHECK_EQ(decode(one + "\x1f", 7, 10).code, FOREBAY_E_TRUNCATED);
}

void test_damage_is_named_with_its_place() {
  const std::string one = member("1\n");
  std::string wrong_crc = one;
  wrong_crc[one.size() - 8] ^= 1;
  std::string wrong_size = one;
  wrong_size[one.size() - 1] ^= 1;
  for (const std::string& packed : {wrong_crc, wrong_size}) {
    const std::string all = one + packed;
    const Decoded decoded = decode(all, all.size(), 100);
    CHECK_EQ(decoded.code, FOREBAY_E_FORMAT);
    CHECK(decoded.byte > one.size() && decoded.byte <= all.size());
    CHECK(decoded.message.find("is wrong; the file is damaged, get it again (compressed byte ") !=
          std::string::npos);
    // What was decoded before the fault was seen is not lost.
    CHECK_EQ(decoded.bytes, "1\n1\n");
  }
}

void test_plain_input_is_copied() {
  auto plain = std::move(codec::make_decoder(Format::plain)).value();
  const std::byte in[3] = {std::byte{1}, std::byte{2}, std::byte{3}};
  std::byte out[2] = {};
  const auto progress = plain->decode(in, out);
  CHECK_EQ(progress.value().consumed, 2U);
  CHECK(out[1] == std::byte{2} && plain->finish().is_ok());
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_any_cut_of_input_and_output_gives_the_same_bytes),
      CHECK_TEST(test_every_form_of_header_is_read),
      CHECK_TEST(test_blocks_with_codes_of_their_own_are_read_in_pieces),
      CHECK_TEST(test_a_long_stream_with_far_matches),
      CHECK_TEST(test_a_stream_cut_anywhere_is_never_silently_short),
      CHECK_TEST(test_a_flipped_bit_is_an_error_or_changes_nothing),
      CHECK_TEST(test_what_follows_the_stream),
      CHECK_TEST(test_damage_is_named_with_its_place),
      CHECK_TEST(test_plain_input_is_copied),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
