// Every kernel gives the bytes, errors and places of the scalar one: random tables of many shapes,
// with plain rows and all that a kernel leaves to the row reader among them.
#include <cstdlib>
#include <random>

#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"
#include "text/every_kernel.hpp"

using namespace forebay::test;
using text::Dialect;

namespace {

using Random = std::minstd_rand;

struct Shape {
  const char* name;
  Dialect dialect;
  const char* dtype;
  const char* columns = "";
  ValueRules rules{};
  const char* newline = "\n";
  const char* gap = ",";
};

ValueRules rules_with(const char* na, bool truncate) {
  ValueRules rules;
  rules.na = na;
  rules.fill = "i4:-9";
  rules.truncate = truncate;
  return rules;
}

std::vector<Shape> shapes() {
  const Dialect blanks{};
  const char* const mixed = "a:S10,b:i4,c:f4,d:i8,e:f8";
  return {{"blanks", blanks, mixed, "", {}, "\n", " "},
          {"runs of blanks", delimited(0, 0, "#"), mixed, "", {}, "\n", " \t "},
          {"blanks, quotes", delimited(0, '"'), mixed, "", {}, "\r\n", "  "},
          {"tabs", delimited('\t', 0), mixed, "", {}, "\n", "\t"},
          {"commas", delimited(','), mixed},
          {"commas, CRLF", delimited(',', '"', "#"), mixed, "", {}, "\r\n"},
          {"spaces", delimited(' ', '\''), mixed, "", {}, "\n", " "},
          {"other byte order", delimited(';'), "a:S3,b:>i4,c:>f4,d:>u8,e:>f8", "", {}, "\n", ";"},
          {"small types", delimited(','), "a:S1,b:i1,c:?,d:u2,e:f4"},
          {"long strings", delimited(','), "a:S40,b:S16,c:S8,d:S7,e:S17"},
          {"sub-array", delimited(','), "x:f4[5]"},
          {"wide sub-array", delimited(','), "a:S8,x:f8[90]"},
          {"chosen", delimited(','), "a:S10,c:f8", "1,3"},
          {"chosen, the last", delimited(',', '"'), "a:i8,c:S6", "4,5", {}, "\r\n"},
          {"times", delimited(','), "a:M8[s],b:i4,c:f8,d:?,e:S12"},
          {"na", delimited(','), mixed, "", rules_with("NA,-", false)},
          {"cut strings", delimited(','), "a:S4,b:i4,c:f4,d:i8,e:f8", "", rules_with("", true)},
          {"na and cut, blanks", blanks, "a:S4,b:i4,c:f4,d:i8,e:f8", "", rules_with("NA", true),
           "\n", " "}};
}

// Columns of the file: as many as the widest of the shapes wants.
std::size_t columns_of(const Shape& shape) {
  return std::string_view(shape.dtype).find("90") != std::string_view::npos ? 91 : 5;
}

std::string value(Random& random, const Shape& shape, std::size_t column, bool odd) {
  const std::string_view dtype = shape.dtype;
  const bool has_quotes = shape.dialect.quote != 0;
  const std::string quote(1, has_quotes ? shape.dialect.quote : '"');
  if (odd) {
    const std::string strange[] = {"",
                                   "NA",
                                   "-",
                                   "1e5",
                                   "+7",
                                   "0.1234567890123",
                                   "x",
                                   "1.",
                                   ".5",
                                   ".",
                                   "12a",
                                   "00000000000012",
                                   " 3",
                                   "4 ",
                                   "nan",
                                   "1.2.3",
                                   "1234567890123456789",
                                   quote,
                                   quote + quote,
                                   quote + "a" + quote + quote + "b" + quote,
                                   quote + "7" + quote,
                                   quote + "7" + quote + "x",
                                   quote + "1\n2" + quote,
                                   "a" + quote + "b",
                                   "-0",
                                   "\r",
                                   "#",
                                   "4294967296",
                                   "99999999",
                                   "123456789",
                                   "true",
                                   "2024-02-30"};
    return strange[random() % std::size(strange)];
  }
  std::string text;
  if (dtype.substr(0, 3) == "a:M" && column == 0) {
    text = "2024-0" + std::to_string(1 + random() % 9) + "-11";
  } else if (dtype.find("c:?") != std::string_view::npos ||
             dtype.find("d:?") != std::string_view::npos) {
    text = std::to_string(random() % 2);
  } else if (dtype.find("S17") != std::string_view::npos || (column == 0 && dtype[2] == 'S')) {
    text.assign(1 + random() % 3, static_cast<char>('a' + random() % 26));
    if (dtype.find("S17") != std::string_view::npos)
      text = text.substr(0, 1 + (column == 0 ? 2 : 0));
  } else if (column % 5 == 2 || dtype.find("x:") != std::string_view::npos) {
    text = std::to_string(static_cast<int>(random() % 200) - 100) + "." +
           std::to_string(random() % 1000);
  } else {
    text = std::to_string(random() % (column == 1 ? 100 : 50000));
  }
  if (has_quotes && random() % 8 == 0) return quote + text + quote;
  return text;
}

std::string table(Random& random, const Shape& shape, std::size_t rows, unsigned odd_in) {
  std::string text;
  const std::size_t columns = columns_of(shape);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto is_odd = [&] { return odd_in != 0 && random() % odd_in == 0; };
    if (is_odd()) {
      const char* const lines[] = {"", " ", "#c", "# \"", "\"", "1", " \t", "\r", "##\"a,\""};
      text.append(lines[random() % std::size(lines)]).append(shape.newline);
    }
    if (shape.dialect.delimiter == 0 && random() % 4 == 0) text.append(random() % 3, ' ');
    for (std::size_t column = 0; column < columns; ++column) {
      if (column > 0) text.append(shape.gap);
      text.append(value(random, shape, column, is_odd()));
    }
    if (is_odd()) text.append(shape.gap);
    if (is_odd() && is_odd()) text.append("9,9");
    text.append(row % 7 == 3 ? "\n" : shape.newline);
  }
  if (random() % 3 == 0 && !text.empty()) text.pop_back();
  return text;
}

struct Outcome {
  Parsed parsed;
  std::uint64_t truncated = 0;
};

Outcome outcome_of(const Shape& shape, const PaddedText& text, std::size_t from, std::size_t stop,
                   std::size_t room) {
  const DtypeRef dtype = dtype_of(shape.dtype);
  const auto parser = parser_of(shape.dialect, dtype, shape.columns, shape.rules);
  Outcome out;
  out.parsed = parse_some(*parser, *dtype, text, from, stop, from, 1, room);
  out.truncated = parser->truncated();
  return out;
}

bool is_same(const Outcome& a, const Outcome& b) {
  return a.parsed.rows == b.parsed.rows && a.parsed.bytes == b.parsed.bytes &&
         a.parsed.offset == b.parsed.offset && a.parsed.line == b.parsed.line &&
         a.truncated == b.truncated && same_error(a.parsed.error, b.parsed.error);
}

// From every record on that follows a bad row, so that one fault does not hide what stands behind.
int count_differences(const Shape& shape, const std::string& text, std::size_t room,
                      std::size_t stop) {
  const PaddedText padded(text, static_cast<unsigned>(text.size()));
  int differences = 0;
  std::size_t from = 0;
  while (from < stop) {
    text::force_kernel("scalar");
    const Outcome expected = outcome_of(shape, padded, from, stop, room);
    for (const text::Kernel& kernel : text::all_kernels()) {
      if (!text::force_kernel(kernel.name)) continue;
      const Outcome got = outcome_of(shape, padded, from, stop, room);
      if (is_same(got, expected)) continue;
      ++differences;
      std::fprintf(stderr, "%s, %s: %zu rows to line %llu, %s; not %zu to %llu, %s\n", shape.name,
                   kernel.name, got.parsed.rows, static_cast<unsigned long long>(got.parsed.line),
                   got.parsed.error.message.c_str(), expected.parsed.rows,
                   static_cast<unsigned long long>(expected.parsed.line),
                   expected.parsed.error.message.c_str());
    }
    if (expected.parsed.error.code == FOREBAY_OK || differences > 0) break;
    const std::size_t newline = text.find('\n', expected.parsed.offset);
    if (newline == std::string::npos) break;
    from = newline + 1;
  }
  return differences;
}

void test_kernels_read_tables_as_the_scalar_one() {
  Random random(4711);
  const unsigned odds[] = {0, 400, 60, 12};
  for (const Shape& shape : shapes()) {
    const bool is_wide = columns_of(shape) > 5;
    for (int round = 0; round < 24; ++round) {
      const std::size_t rows = is_wide ? 2 + random() % 12 : 1 + random() % 900;
      const unsigned odd_in = odds[round % 4] * (is_wide ? 20 : 1);
      const std::string text = table(random, shape, odd_in == 12 ? rows / 20 + 1 : rows, odd_in);
      const std::size_t room = round % 3 == 0 ? 1 + random() % 200 : 0;
      const std::size_t stop = round % 2 == 0 ? text.size() : random() % (text.size() + 1);
      const int differences = count_differences(shape, text, room, stop);
      if (!CHECK_EQ(differences, 0)) std::fprintf(stderr, "%s, round %d\n", shape.name, round);
    }
  }
}

// Few bytes, so that every combination of those that mean something comes up.
void test_kernels_read_short_texts_as_the_scalar_one() {
  const Dialect dialects[] = {{},
                              delimited(0, '"', "#"),
                              delimited(',', 0),
                              delimited(',', '"'),
                              delimited(',', '"', "#a"),
                              delimited(' ', '"'),
                              delimited('\t', '"', "#")};
  const char* const plans[][2] = {{"a:S2,b:S3", ""}, {"a:i4,b:f4", ""}, {"a:S3", "1"},
                                  {"a:S2", "2"},     {"a:f8", "2"},     {"i2", ""}};
  Random random(815);
  for (const Dialect& dialect : dialects) {
    for (const auto& plan : plans) {
      const Shape shape{"short", dialect, plan[0], plan[1], {}, "\n", ","};
      const DtypeRef dtype = dtype_of(shape.dtype);
      std::vector<std::unique_ptr<text::Parser>> parsers;
      for (const text::Kernel& kernel : text::all_kernels()) {
        if (text::force_kernel(kernel.name))
          parsers.push_back(parser_of(dialect, dtype, shape.columns));
      }
      int differences = 0;
      for (int round = 0; round < 2500; ++round) {
        std::string text(random() % 40, ' ');
        constexpr std::string_view kBytes = "1123..,,,  \t\t\n\n\n\r\"\"#a";
        for (char& byte : text) byte = kBytes[random() % kBytes.size()];
        if (round % 3 == 0) {
          text.clear();
          const char* const rows[] = {"1,2\r\n",     "1 \r\n",       "1 2\n",     "1\t2\r\n",
                                      "\"1\",2\r\n", "\"1\"\r2,3\n", "1,\"a\"\n", "1,\"\"\r\n",
                                      "\"\n\",3\n",  "1,2,3\n",      "1 2 \n",    "1,\"2\" \n"};
          for (std::size_t i = random() % 9; i > 0; --i) text += rows[random() % std::size(rows)];
        }
        const PaddedText padded(text, static_cast<unsigned>(round));
        const Outcome expected = {
            parse_some(*parsers.back(), *dtype, padded, 0, padded.size(), 0, 1), 0};
        for (const auto& parser : parsers) {
          const Outcome got = {parse_some(*parser, *dtype, padded, 0, padded.size(), 0, 1), 0};
          if (is_same(got, expected)) continue;
          if (++differences < 5)
            std::fprintf(stderr, "%s %s: %s: %s\n", shape.dtype, shape.columns, text.c_str(),
                         got.parsed.error.message.c_str());
        }
      }
      CHECK_EQ(differences, 0);
    }
  }
}

// How far behind the row in hand its neighbours stand must not show in the columns layout either.
void test_kernels_write_columns_to_places_of_their_own() {
  Random random(99);
  const Shape shape = shapes()[4];
  const std::string text = table(random, shape, 500, 0);
  const PaddedText padded(text);
  const DtypeRef dtype = dtype_of(shape.dtype);
  const std::size_t widths[] = {10, 4, 4, 8, 8};
  std::vector<std::byte> first;
  for (const text::Kernel& kernel : text::all_kernels()) {
    if (!text::force_kernel(kernel.name)) continue;
    std::vector<std::byte> block(500 * 34 + 5, std::byte{0x5a});
    text::Sink sink;
    std::size_t at = 0;
    for (const std::size_t width : widths) {
      sink.base.push_back(block.data() + at);
      sink.stride.push_back(width);
      at += 500 * width + 1;
    }
    text::Cursor cursor{padded.begin(), 0, 1};
    text::RowError error;
    const auto parser = parser_of(shape.dialect, dtype);
    CHECK_EQ(parser->parse(cursor, padded.end(), padded.end(), sink, 0, 500, &error), 500U);
    if (first.empty()) first = block;
    CHECK(block == first);
    CHECK(block.back() == std::byte{0x5a});
  }
}

void test_a_forced_kernel_is_the_one_that_runs() {
  for (const text::Kernel& kernel : text::all_kernels()) {
    if (!kernel.is_usable()) continue;
    CHECK(text::force_kernel(kernel.name));
    CHECK_EQ(std::string(text::active_kernel().name), std::string(kernel.name));
  }
  CHECK(!text::force_kernel("quick"));
  CHECK_EQ(std::string(text::all_kernels().back().name), std::string("scalar"));
}

void test_an_unknown_kernel_is_refused_with_those_there_are() {
  REQUIRE(setenv("FOREBAY_FORCE_KERNEL", "quick", 1) == 0);
  const DtypeRef dtype = dtype_of("i4");
  auto plan = text::plan_columns("", {}, *dtype);
  const auto parser = text::Parser::make({}, dtype, *plan);
  unsetenv("FOREBAY_FORCE_KERNEL");
  CHECK_EQ(parser.status().code(), FOREBAY_E_ARGUMENT);
  const std::string message = parser.status().message();
  CHECK(message.find("FOREBAY_FORCE_KERNEL: quick is no kernel") == 0);
  CHECK(message.find("portable scalar") != std::string::npos);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_forced_kernel_is_the_one_that_runs),
      CHECK_TEST(test_an_unknown_kernel_is_refused_with_those_there_are),
      CHECK_TEST(test_kernels_read_tables_as_the_scalar_one),
      CHECK_TEST(test_kernels_read_short_texts_as_the_scalar_one),
      CHECK_TEST(test_kernels_write_columns_to_places_of_their_own),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
