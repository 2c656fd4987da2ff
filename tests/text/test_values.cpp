#include <random>

#include "text/encoding.hpp"
#include "text/fill.hpp"
#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"
#include "text/every_kernel.hpp"

using namespace forebay::test;

namespace {

struct RuledText {
  Parsed parsed{};
  std::uint64_t truncated = 0;
};

RuledText parse_ruled(const ValueRules& rules, const text::Dialect& dialect, const char* dtype_text,
                      std::string_view input) {
  RuledText out;
  const DtypeRef dtype = dtype_of(dtype_text);
  auto parser =
      text::Parser::make(dialect, dtype, text::plan_columns("", {}, *dtype).value(), rules);
  out.parsed.error.code = FOREBAY_E_INTERNAL;
  if (!parser.is_ok()) {
    out.parsed.error.message = parser.status().message();
    return out;
  }
  const PaddedText padded(input);
  out.parsed = parse_some(**parser, *dtype, padded, 0, input.size(), 0, 1);
  out.truncated = (*parser)->truncated();
  return out;
}

ValueRules every_rule() {
  ValueRules rules;
  rules.na = "NA,-,\"\"";
  rules.fill = "i:-1,u:9,?:0,b:0xFFFFFFFE";
  rules.true_words = "ja";
  rules.false_words = "nein";
  rules.decimal = ',';
  rules.thousands = '.';
  rules.percent = Percent::fraction;
  rules.encoding = Encoding::latin1;
  rules.hex = true;
  rules.truncate = true;
  return rules;
}

void test_every_rule_at_once() {
  const auto got = parse_ruled(every_rule(), delimited(';'), "v:f8,b:i4,f:?,s:S4",
                               "1.234,5;0x1F;ja;caf\xe9\n12,5%;NA;nein;x\n;-;-;NA");
  CHECK_EQ(got.parsed.error.message, std::string());
  REQUIRE(got.parsed.rows == 3U);
  CHECK_EQ(got.parsed.view(0, 17), std::string_view("\0\0\0\0\0\x4a\x93\x40\x1f\0\0\0\1caf\0", 17));
  CHECK_EQ(got.parsed.view(17, 17),
           std::string_view("\0\0\0\0\0\0\xc0\x3f\xfe\xff\xff\xff\0x\0\0\0", 17));
  CHECK_EQ(got.parsed.view(34 + 8, 9), std::string_view("\xfe\xff\xff\xff\0\0\0\0\0", 9));
  CHECK(got.parsed.view(34, 8) != std::string_view("\0\0\0\0\0\0\0\0", 8));
  CHECK_EQ(got.truncated, 1U);
}

// Rules that say nothing about a text leave rows, errors and places as they are.
void test_a_token_that_never_comes_changes_nothing() {
  constexpr unsigned kSeed = 20240311;
  constexpr std::string_view kAlphabet = "0123456789012345.-+eE,,,\n\n\"\" \r#NAaxn%é";
  std::mt19937 random(kSeed);
  ValueRules rules;
  rules.na = "never";
  for (int round = 0; round < 3000; ++round) {
    std::string input;
    const std::size_t size = random() % 60;
    for (std::size_t i = 0; i < size; ++i) input += kAlphabet[random() % kAlphabet.size()];
    for (const char* dtype : {"a:f8,b:i4", "a:S3,b:f4", "a:?,b:u1", "a:M8[D],b:S20"}) {
      const auto strict = parse_ruled({}, delimited(','), dtype, input).parsed;
      const auto ruled = parse_ruled(rules, delimited(','), dtype, input).parsed;
      if (!CHECK(strict.bytes == ruled.bytes && same_error(strict.error, ruled.error))) {
        std::fprintf(stderr, "seed %u round %d: %s\n", kSeed, round, input.c_str());
        return;
      }
    }
  }
}

void test_random_texts_under_every_rule_stay_inside_their_buffers() {
  constexpr unsigned kSeed = 20240312;
  constexpr std::string_view kParts[] = {"1.234,5", "0x1F",    "12,5%", "NA",   "-",  "\n", "ja",
                                         "nein",    "caf\xe9", "\xc3",  "1.2.", "\"", "\n", "\n",
                                         "7",       "\n",      "0",     "%",    "+",  "\n", ";"};
  std::mt19937 random(kSeed);
  std::uint64_t rows = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string input;
    const std::size_t size = random() % 16;
    for (std::size_t i = 0; i < size; ++i) input += kParts[random() % std::size(kParts)];
    for (const char* dtype : {"f8", "i4", "S3", "?", "M8[s]"}) {
      ValueRules rules = every_rule();
      rules.fill = "i:1,?:1";
      rules.encoding = static_cast<Encoding>(random() % 3);
      rows += parse_ruled(rules, delimited(';'), dtype, input).parsed.rows;
    }
  }
  CHECK(rows > 1000);
}

void test_only_the_cut_strings_of_whole_rows_are_counted() {
  ValueRules rules;
  rules.truncate = true;
  const auto got = parse_ruled(rules, delimited(','), "s:S1,a:i4", "xy,1\nxy,2\nxy,z\n");
  CHECK_EQ(got.parsed.rows, 2U);
  CHECK_EQ(got.truncated, 2U);
  CHECK_EQ(parse_ruled(rules, delimited(','), "s:S1,t:S1", "xy,zz\n\"xy\",z").truncated, 3U);
}

void test_utf8_is_what_unicode_says() {
  for (const char* good : {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    CHECK(text::is_utf8(good));
  for (const char* bad : {"\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xed\xa0\x80",
                          "\xe1\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80"})
    CHECK(!text::is_utf8(bad));
  CHECK_EQ(text::cut_utf8("aé€", 5), std::string_view("aé"));
  CHECK_EQ(text::cut_utf8("é", 1), std::string_view());
}

void test_fills_are_in_the_order_of_the_field_s_bytes() {
  auto fills = text::field_fills("a:0x01020304,b:0x01020304,c:1.5,s:\"0x41\"",
                                 *dtype_of("a:<i4,b:>i4,c:>f4,s:S6,t:S2,u:<i4"));
  REQUIRE(fills.is_ok());
  const auto bytes = [&fills](std::size_t field) {
    const std::vector<std::byte>& fill = (*fills)[field].bytes;
    return std::string(reinterpret_cast<const char*>(fill.data()), fill.size());
  };
  CHECK_EQ(bytes(0), std::string("\4\3\2\1"));
  CHECK_EQ(bytes(1), std::string("\1\2\3\4"));
  CHECK_EQ(bytes(2), std::string("\x3f\xc0\0\0", 4));
  CHECK_EQ(bytes(3), std::string("0x41\0\0", 6));
  CHECK_EQ(bytes(4), std::string(2, '\0'));
  CHECK_EQ(bytes(5), std::string("\0\0\0\x80", 4));
  CHECK(!(*fills)[5].stands_for_na && (*fills)[4].stands_for_na);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_every_rule_at_once),
      CHECK_TEST(test_a_token_that_never_comes_changes_nothing),
      CHECK_TEST(test_random_texts_under_every_rule_stay_inside_their_buffers),
      CHECK_TEST(test_only_the_cut_strings_of_whole_rows_are_counted),
      CHECK_TEST(test_utf8_is_what_unicode_says),
      CHECK_TEST(test_fills_are_in_the_order_of_the_field_s_bytes),
  };
  return run_with_every_kernel(tests);
}
