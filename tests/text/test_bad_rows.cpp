// The ways on after a bad row: passing over it, and filling what cannot be read.
#include <cmath>
#include <vector>

#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"
#include "text/every_kernel.hpp"

using namespace forebay::test;
using text::Dialect;

namespace {

struct Outcome {
  std::string rows{};    // "a|b|c/..."; the fills as -, nan and "" in a
  std::string errors{};  // "CODE line:column:byte " each
  std::uint64_t offset = 0;
  std::uint64_t line = 0;
};

const char* short_name(Code code) {
  return code == FOREBAY_E_VALUE     ? "VALUE"
         : code == FOREBAY_E_COLUMNS ? "COLUMNS"
         : code == FOREBAY_E_FORMAT  ? "FORMAT"
                                     : "?";
}

void note(Outcome& out, const text::RowError& error) {
  out.errors += std::string(short_name(error.code)) + " " + std::to_string(error.line) + ":" +
                std::to_string(error.column) + ":" + std::to_string(error.byte) + " ";
}

// Rows of "a:S4,b:i4,c:f8".
void show(Outcome& out, const std::vector<std::byte>& row) {
  std::int32_t b = 0;
  double c = 0;
  std::memcpy(&b, row.data() + 4, sizeof(b));
  std::memcpy(&c, row.data() + 8, sizeof(c));
  for (std::size_t i = 0; i < 4 && row[i] != std::byte{0}; ++i)
    out.rows.push_back(static_cast<char>(row[i]));
  out.rows += "|" + (b == INT32_MIN ? "-" : std::to_string(b)) + "|" +
              (std::isnan(c) ? "nan" : std::to_string(static_cast<int>(c))) + "/";
}

Outcome run(const Dialect& dialect, std::string_view input, bool mends,
            std::string_view columns = {}, const ValueRules& rules = {}) {
  Outcome out;
  const DtypeRef dtype = dtype_of("a:S4,b:i4,c:f8");
  const auto parser = parser_of(dialect, dtype, columns, rules);
  if (!parser) return out;
  const PaddedText padded(input);
  std::vector<std::byte> row(dtype->row_bytes());
  text::Cursor cursor{padded.begin(), 0, 1};
  const text::Sink sink = rows_sink(*dtype, row.data());
  while (cursor.next < padded.end()) {
    text::RowError error;
    std::fill(row.begin(), row.end(), std::byte{0xa5});
    const std::size_t rows = parser->parse(cursor, padded.end(), padded.end(), sink, 0, 1, &error);
    if (rows != 0) show(out, row);
    if (error.code == FOREBAY_OK) continue;
    if (!mends) {
      note(out, error);
      parser->pass_over(cursor, padded.end());
      continue;
    }
    std::vector<text::RowError> errors;
    if (parser->mend(cursor, padded.end(), sink, 0, &errors)) show(out, row);
    for (const text::RowError& each : errors) note(out, each);
  }
  out.offset = cursor.offset;
  out.line = cursor.line;
  return out;
}

bool same(const Outcome& a, const Outcome& b) {
  return CHECK_EQ(a.rows, b.rows) && CHECK_EQ(a.errors, b.errors) && CHECK_EQ(a.offset, b.offset) &&
         CHECK_EQ(a.line, b.line);
}

// A rule that says nothing about any text of these tests: the ruled reader must do as the strict.
ValueRules idle_rule() {
  ValueRules rules;
  rules.na = "never";
  return rules;
}

struct Case {
  const char* input;
  const char* skipped;  // rows when bad ones are passed over
  const char* filled;   // rows when they are filled
  const char* errors;   // of filling
};

void check_cases(const Dialect& dialect, const std::vector<Case>& cases,
                 std::string_view columns = {}) {
  for (const Case& item : cases) {
    for (const std::string before : {"", "x,1,2\n"}) {
      // Good rows around change nothing but places.
      const bool is_blanks = dialect.delimiter == 0;
      const std::string good = before.empty() ? "" : is_blanks ? "x 1 2\n" : before;
      const std::string input = good + item.input;
      const Outcome skip = run(dialect, input, false, columns);
      const Outcome fill = run(dialect, input, true, columns);
      const std::string row = good.empty() || !columns.empty() ? "" : "x|1|2/";
      bool right = true;
      if (columns.empty() || good.empty()) {
        right = CHECK_EQ(skip.rows, row + item.skipped) && CHECK_EQ(fill.rows, row + item.filled);
      }
      if (good.empty()) right = CHECK_EQ(fill.errors, std::string(item.errors)) && right;
      right = CHECK_EQ(skip.offset, input.size()) && CHECK_EQ(fill.offset, input.size()) && right;
      right = CHECK_EQ(skip.line, fill.line) && right;
      right = same(run(dialect, input, false, columns, idle_rule()), skip) && right;
      right = same(run(dialect, input, true, columns, idle_rule()), fill) && right;
      if (!right) std::fprintf(stderr, "input: %s\n", input.c_str());
    }
  }
}

void test_bad_rows_of_delimited_text() {
  check_cases(delimited(','),
              {
                  {"a,1,2\nb,x,3\nc,4,5\n", "a|1|2/c|4|5/", "a|1|2/b|-|3/c|4|5/", "VALUE 2:2:8 "},
                  {"b,x,y\n", "", "b|-|nan/", "VALUE 1:2:2 VALUE 1:3:4 "},
                  {"toolong,x,y", "", "|-|nan/", "VALUE 1:1:0 VALUE 1:2:8 VALUE 1:3:10 "},
                  {"b,99999999999,1\r\nc,1,2\r\n", "c|1|2/", "b|-|1/c|1|2/", "VALUE 1:2:2 "},
                  {"b,,1\n", "", "b|-|1/", "VALUE 1:2:2 "},
                  {",,\n", "", "|-|nan/", "VALUE 1:2:1 VALUE 1:3:2 "},
                  {"b\nc,1,2", "c|1|2/", "b|-|nan/c|1|2/", "COLUMNS 1:2:1 "},
                  {"b,x\n", "", "b|-|nan/", "COLUMNS 1:3:3 "},
                  {"b,1,2,3\nc,1,2\n", "c|1|2/", "c|1|2/", "COLUMNS 1:4:6 "},
                  {"b,x,2,3", "", "", "COLUMNS 1:4:6 "},
              });
}

void test_bad_rows_with_quotes() {
  check_cases(delimited(','),
              {
                  {"\"b\"z,1,2\nc,1,2", "c|1|2/", "|1|2/c|1|2/", "FORMAT 1:1:0 "},
                  {"\"b\",\"x\ny\",2\nc,1,2\n", "c|1|2/", "b|-|2/c|1|2/", "VALUE 1:2:4 "},
                  {"\"p\nq\",\"x\",2\nc,1,2\n", "c|1|2/", "p\nq|-|2/c|1|2/", "VALUE 2:2:6 "},
                  {"\"a,\"\"b\"\"\n\",1,2\n", "", "|1|2/", "VALUE 1:1:0 "},
                  {"b,\"1\"2,\"3\"", "", "b|-|3/", "FORMAT 1:2:2 "},
                  {"\"b\"z,1,2,3\n", "", "", "COLUMNS 1:4:9 "},
                  {"b,\"x\"\n", "", "b|-|nan/", "COLUMNS 1:3:5 "},
                  {"b,\"x", "", "", "FORMAT 1:2:2 "},
              });
}

void test_bad_rows_of_text_separated_by_blanks() {
  check_cases(delimited(0, 0, "#"),
              {
                  {"  b  x 3 \n# y\n c 4 5", "c|4|5/", "b|-|3/c|4|5/", "VALUE 1:2:5 "},
                  {"b x\n", "", "b|-|nan/", "COLUMNS 1:3:3 "},
                  {"b\t1\t2\t3\r\nc 1 2\r\n", "c|1|2/", "c|1|2/", "COLUMNS 1:4:6 "},
                  {"toolong 1 z\t", "", "|1|nan/", "VALUE 1:1:0 VALUE 1:3:10 "},
              });
}

void test_bad_rows_with_chosen_columns() {
  check_cases(
      delimited(','),
      {
          {"9,b,x,3,\"q\"z\n9,c,4,5,6\n", "c|4|5/", "b|-|3/c|4|5/", "VALUE 1:3:4 FORMAT 1:5:8 "},
          {"9,b,x\n", "", "b|-|nan/", "COLUMNS 1:4:5 "},
      },
      "2-4");
}

void test_lines_taken_in_by_an_open_quote_are_told_from_one_that_ends_the_text() {
  struct {
    const char* input;
    bool swallows;
  } const cases[] = {{"\"b,1,2\nc,1,2\n", true}, {"\"b,1,2\n", false}, {"\"b,1,2", false}};
  for (const auto& item : cases) {
    const Parsed parsed = parse_text(delimited(','), "a:S4,b:i4,c:f8", item.input);
    CHECK_EQ(parsed.error.code, FOREBAY_E_FORMAT);
    CHECK_EQ(parsed.error.swallows_lines, item.swallows);
    CHECK(!parsed.error.can_be_mended);
  }
}

void test_every_type_is_filled_in_its_byte_order() {
  const DtypeRef dtype = dtype_of("a:>i2,b:u1[2],c:M8[s],d:?,e:>f4");
  const auto parser = parser_of(delimited(','), dtype);
  REQUIRE(parser != nullptr);
  const PaddedText padded("x,x,7,x,x,x\n");
  std::vector<std::byte> row(dtype->row_bytes(), std::byte{0xa5});
  text::Cursor cursor{padded.begin(), 0, 1};
  std::vector<text::RowError> errors;
  CHECK(parser->mend(cursor, padded.end(), rows_sink(*dtype, row.data()), 0, &errors));
  CHECK_EQ(errors.size(), 5U);
  const unsigned char wanted[] = {0x80, 0, 0xff, 7, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0x7f, 0xc0, 0, 0};
  REQUIRE(row.size() == sizeof(wanted));
  CHECK(std::memcmp(row.data(), wanted, sizeof(wanted)) == 0);
}

void test_the_option_fill_is_what_fills() {
  ValueRules rules;
  rules.fill = "b:-7,f8:5,S:none";
  CHECK_EQ(run(delimited(','), "toolong,x,y\nb\nc,1,2\n", true, {}, rules).rows,
           std::string("none|-7|5/b|-7|5/c|1|2/"));
  rules.na = "NA";
  const Outcome got = run(delimited(','), "NA,NA,NA\nb,x,NA\n", true, {}, rules);
  CHECK_EQ(got.rows, std::string("none|-7|5/b|-7|5/"));
  CHECK_EQ(got.errors, std::string("VALUE 2:2:11 "));
}

void test_a_missing_integer_without_a_fill_is_filled_as_one_that_cannot_be_read() {
  const ValueRules rules{.na = "NA"};
  const Outcome fill = run(delimited(','), "a,NA,NA\nb,1,2", true, {}, rules);
  CHECK_EQ(fill.rows, std::string("a|-|nan/b|1|2/"));
  CHECK_EQ(fill.errors, std::string("VALUE 1:2:2 "));
  CHECK_EQ(run(delimited(','), "a,NA,NA\nb,1,2", false, {}, rules).rows, std::string("b|1|2/"));
}

void test_strings_cut_count_once_in_rows_that_are_mended() {
  const DtypeRef dtype = dtype_of("s:S2,a:i4,t:S2");
  const ValueRules rules{.truncate = true};
  const auto parser = parser_of(delimited(','), dtype, {}, rules);
  REQUIRE(parser != nullptr);
  const PaddedText padded("abc,x,xyz\nabc,1,xyz,4\nabc\n");
  std::vector<std::byte> row(dtype->row_bytes());
  const text::Sink sink = rows_sink(*dtype, row.data());
  text::Cursor cursor{padded.begin(), 0, 1};
  for (const std::uint64_t wanted : {2U, 2U, 3U}) {
    text::RowError error;
    CHECK_EQ(parser->parse(cursor, padded.end(), padded.end(), sink, 0, 1, &error), 0U);
    std::vector<text::RowError> errors;
    const bool is_mended = parser->mend(cursor, padded.end(), sink, 0, &errors);
    REQUIRE(errors.size() == 1U);
    CHECK_EQ(is_mended, errors[0].can_be_mended);
    CHECK_EQ(parser->truncated(), wanted);
  }
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_bad_rows_of_delimited_text),
      CHECK_TEST(test_bad_rows_with_quotes),
      CHECK_TEST(test_bad_rows_of_text_separated_by_blanks),
      CHECK_TEST(test_bad_rows_with_chosen_columns),
      CHECK_TEST(test_lines_taken_in_by_an_open_quote_are_told_from_one_that_ends_the_text),
      CHECK_TEST(test_every_type_is_filled_in_its_byte_order),
      CHECK_TEST(test_the_option_fill_is_what_fills),
      CHECK_TEST(test_a_missing_integer_without_a_fill_is_filled_as_one_that_cannot_be_read),
      CHECK_TEST(test_strings_cut_count_once_in_rows_that_are_mended),
  };
  return run_with_every_kernel(tests);
}
