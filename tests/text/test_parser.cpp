#include <vector>

#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"
#include "text/every_kernel.hpp"

using namespace forebay::test;
using text::Dialect;

namespace {

// Rows of "a:S8,b:S8", a and b joined by '|', rows by '/'; or the code's name and place.
std::string pairs_of(const Dialect& dialect, std::string_view text) {
  const Parsed parsed = parse_text(dialect, "a:S8,b:S8", text);
  std::string out;
  for (std::size_t row = 0; row < parsed.rows; ++row) {
    for (std::size_t field = 0; field < 2; ++field) {
      std::string_view value = parsed.view(row * 16 + field * 8, 8);
      while (!value.empty() && value.back() == '\0') value.remove_suffix(1);
      out.append(value).append(field == 0 ? "|" : "/");
    }
  }
  if (parsed.error.code != FOREBAY_OK) {
    out.append(parsed.error.code == FOREBAY_E_VALUE     ? "E_VALUE"
               : parsed.error.code == FOREBAY_E_COLUMNS ? "E_COLUMNS"
               : parsed.error.code == FOREBAY_E_FORMAT  ? "E_FORMAT"
                                                        : "?");
    out.append(" " + std::to_string(parsed.error.line) + ":" + std::to_string(parsed.error.column) +
               ":" + std::to_string(parsed.error.byte));
  }
  return out;
}

struct DialectCase {
  const char* text;
  const char* rows;
};

void check_cases(const Dialect& dialect, const std::vector<DialectCase>& cases) {
  for (const DialectCase& item : cases) {
    const std::string rows = pairs_of(dialect, item.text);
    if (!CHECK_EQ(rows, std::string(item.rows))) std::fprintf(stderr, "text: %s\n", item.text);
  }
}

void test_delimited_text_without_quotes() {
  check_cases(delimited(',', 0), {
                                     {"", ""},
                                     {"\n\n\r\n", ""},
                                     {"1,2\n3,4\n", "1|2/3|4/"},
                                     {"1,2", "1|2/"},
                                     {"1,2\r\n3,4\r\n", "1|2/3|4/"},
                                     {"1,2\r\n3,4\r", "1|2/3|4/"},
                                     {"1,2\n\n\n3,4", "1|2/3|4/"},
                                     {",\n,", "|/|/"},
                                     {" 1 , 2 \n", " 1 | 2 /"},
                                     {"\"1\",2\n", "\"1\"|2/"},
                                     {"a\rb,2\n", "a\rb|2/"},
                                     {"1\n", "E_COLUMNS 1:2:1"},
                                     {"1,2\n1,2,3\n", "1|2/E_COLUMNS 2:3:8"},
                                     {"1,2,\n", "E_COLUMNS 1:3:4"},
                                     {"1,2\n  \n", "1|2/E_COLUMNS 2:2:6"},
                                     {"1,123456789\n", "E_VALUE 1:2:2"},
                                     {"1,12345678\n", "1|12345678/"},
                                 });
}

void test_delimited_text_with_quotes() {
  check_cases(delimited(','), {
                                  {"\"1\",\"2\"\n", "1|2/"},
                                  {"\"1\",\"2\"", "1|2/"},
                                  {"\"1\",\"2\"\r\n", "1|2/"},
                                  {"\"a,b\",\"c\nd\"\n1,2", "a,b|c\nd/1|2/"},
                                  {"\"a,b\",\"c\nd\"", "a,b|c\nd/"},
                                  {"\"a\nb\",c\n", "a\nb|c/"},
                                  {"\"a\nb\",c", "a\nb|c/"},
                                  {"\"a\nb\"  ,c", "a\nb|c/"},
                                  {"\"say \"\"x\"\"\",\"\"\"\"\n", "say \"x\"|\"/"},
                                  {"\"\",\"\"\n", "|/"},
                                  {"a\"b,\"c\"\n", "a\"b|c/"},
                                  {" \"a\",b\n", " \"a\"|b/"},
                                  {"\"a\" ,\"b\"\t\n", "a|b/"},
                                  {"\"a\"x,b\n", "E_FORMAT 1:1:0"},
                                  {"\"a\" \"b\",c\n", "E_FORMAT 1:1:0"},
                                  {"1,2\n3,\"4\n5,6\n", "1|2/E_FORMAT 2:2:6"},
                                  {"\"1", "E_FORMAT 1:1:0"},
                                  {"\"", "E_FORMAT 1:1:0"},
                                  {"\"1\"\"", "E_FORMAT 1:1:0"},
                                  {"\"a\nb\",\"c", "E_FORMAT 2:2:6"},
                                  {"\"a\nb\",123456789", "E_VALUE 2:2:6"},
                                  {"\"a\n\n\",x\n1", "a\n\n|x/E_COLUMNS 4:2:9"},
                                  {"\"123456789\",2\n", "E_VALUE 1:1:0"},
                                  {"\"1\"\n", "E_COLUMNS 1:2:3"},
                                  {"1,2,\"3\"\n", "E_COLUMNS 1:3:4"},
                              });
}

void test_comments_in_delimited_text() {
  check_cases(delimited(',', '"', "##"), {
                                             {"## \"x\n1,2\n##\n", "1|2/"},
                                             {"##", ""},
                                             {"#1,2\n", "#1|2/"},
                                             {" ##,2\n", " ##|2/"},
                                             {"1,##\n", "1|##/"},
                                             {"\"x\n## y\",2\n", "x\n## y|2/"},
                                             {"#", "E_COLUMNS 1:2:1"},
                                             {"1,2\n##\n\n##x\n3", "1|2/E_COLUMNS 5:2:13"},
                                         });
}

void test_text_separated_by_blanks() {
  const Dialect plain = delimited(0, 0, "#");
  check_cases(plain, {
                         {"1 2\n3\t4\n", "1|2/3|4/"},
                         {"  1 \t 2  \n", "1|2/"},
                         {"1 2  ", "1|2/"},
                         {"1 2\r\n1 2 \r\n", "1|2/1|2/"},
                         {" \t\n  \r\n\n1 2", "1|2/"},
                         {"   # x\n#y\n 1 2\n#", "1|2/"},
                         {"1 #\n", "1|#/"},
                         {"1 2#\n", "1|2#/"},
                         {"1 \"2\"\n", "1|\"2\"/"},
                         {"1\n", "E_COLUMNS 1:2:1"},
                         {"1 2\n 1 2 3\n", "1|2/E_COLUMNS 2:3:9"},
                         {"a\vb c\n", "a\vb|c/"},
                         {"1 2", "1|2/"},
                         {"12345678 12345678", "12345678|12345678/"},
                         {" ", ""},
                     });
  check_cases(delimited(0, '"'), {
                                     {"\"a b\"  \"c\nd\"\n", "a b|c\nd/"},
                                     {"\"a b\"  \"c\nd\"", "a b|c\nd/"},
                                     {" \"\" x\n", "|x/"},
                                     {"\"a\"\"b\" x\n", "a\"b|x/"},
                                     {"\"a\"b x\n", "E_FORMAT 1:1:0"},
                                     {"a \"b\n", "E_FORMAT 1:2:2"},
                                     {"a\"b c\"\n", "a\"b|c\"/"},
                                 });
}

void test_other_delimiters() {
  check_cases(
      delimited(' '),
      {{"1 2\n", "1|2/"}, {" 2\n", "|2/"}, {"1  2\n", "E_COLUMNS 1:3:3"}, {"a\tb c", "a\tb|c/"}});
  check_cases(delimited('\t'),
              {{"1 \t 2\n", "1 | 2/"}, {"\t\n", "|/"}, {"\"a\tb\" \t2", "a\tb|2/"}});
  check_cases(delimited(';', '\''), {{"'a;b';\"c\"\n", "a;b|\"c\"/"}});
  check_cases(delimited('|'), {{"1|2", "1|2/"}});
}

void test_nul_bytes_are_ordinary_in_strings() {
  const Parsed parsed = parse_text(delimited(','), "a:S3,b:i4", std::string_view("x\0y,5\n", 6));
  REQUIRE(parsed.rows == 1);
  CHECK(parsed.view(0, 3) == std::string_view("x\0y", 3));
}

void test_strings_of_every_length_are_copied_and_padded() {
  for (std::size_t width = 1; width < 80; ++width) {
    for (std::size_t size = 1; size <= width; ++size) {
      const std::string value(size, 'x');
      std::string expected = value;
      expected.resize(width, '\0');
      const std::string dtype = "a:S" + std::to_string(width) + ",b:S1";
      for (const Dialect& dialect : {delimited(0, 0), delimited('\t', 0)}) {
        const Parsed parsed = parse_text(dialect, dtype, value + "\tz");
        if (!CHECK(parsed.rows == 1 && parsed.view(0, width) == expected &&
                   parsed.view(width, 1) == "z"))
          return;
      }
    }
  }
}

void test_booleans() {
  const Parsed parsed = parse_text({}, "?", "0\n1\ntrue\nFALSE\nT\nf\nTrue\n");
  REQUIRE(parsed.rows == 7);
  CHECK(parsed.view(0, 7) == std::string_view("\0\1\1\0\1\0\1", 7));
  for (const char* text : {"2", "yes", "tr", "truee", "01", "-1"}) {
    CHECK_EQ(parse_text({}, "?", text).error.code, FOREBAY_E_VALUE);
  }
}

void test_blanks_around_numbers_are_ignored_between_delimiters() {
  const Parsed parsed = parse_text(delimited(','), "a:i4,b:i4,c:?,d:M8[D]",
                                   " 1 ,\t2\t, true , 2024-03-01 \r\n\" 3 \",\"4\" ,\"f\",\"7\"");
  REQUIRE(parsed.rows == 2);
  std::int32_t value[2];
  std::memcpy(value, parsed.bytes.data(), 8);
  CHECK(value[0] == 1 && value[1] == 2);
  std::memcpy(value, parsed.bytes.data() + 17, 8);
  CHECK(value[0] == 3 && value[1] == 4);
}

void test_sub_arrays_take_consecutive_columns() {
  const Parsed parsed = parse_text({}, "i4[2,3]", "1 2 3 4 5 6\n7 8 9 10 11 12\n");
  REQUIRE(parsed.rows == 2);
  for (std::int32_t i = 0; i < 12; ++i)
    CHECK_EQ(parsed.value<std::int32_t>(static_cast<std::size_t>(i)), i + 1);
  const Parsed mixed = parse_text({}, "a:i4[2],b:i4,c:i4[2]", "1 2 3 4 5 6\n", "6,4-5,1-2");
  REQUIRE(mixed.rows == 1);
  for (std::size_t i = 0; i < 5; ++i)
    CHECK_EQ(mixed.value<std::int32_t>(i), std::vector<std::int32_t>({6, 4, 5, 1, 2})[i]);
  CHECK(parse_text({}, "a:i4[3]", "1 x 3\n2 3 4\n").error.message.find("field a[1] (i4)") !=
        std::string::npos);
}

void test_chosen_columns_skip_the_others() {
  for (const char* text : {"1,x,2,\"a\nb\",z\n3,,4\n", "1,x,2,\"a\nb\",z\n3,,4"}) {
    const Parsed parsed = parse_text(delimited(','), "a:i4,b:i4", text, "3,1");
    REQUIRE(parsed.rows == 2);
    CHECK_EQ(parsed.value<std::int32_t>(0), 2);
    CHECK_EQ(parsed.value<std::int32_t>(1), 1);
    CHECK_EQ(parsed.value<std::int32_t>(2), 4);
    CHECK_EQ(parsed.value<std::int32_t>(3), 3);
    CHECK_EQ(parsed.offset, std::string_view(text).size());
  }
  CHECK_EQ(parse_text(delimited(',', 0), "i4", "1,2,3\n4,5", "2").value<std::int32_t>(1), 5);
  CHECK_EQ(parse_text({}, "i4", "1 2 3\n4 5", "2").value<std::int32_t>(1), 5);
  const Parsed missing = parse_text(delimited(','), "i4", "1,2,3\n4,5\n", "3");
  CHECK_EQ(missing.rows, 1U);
  CHECK_EQ(missing.error.code, FOREBAY_E_COLUMNS);
  CHECK_EQ(missing.error.column, 3U);
  CHECK(missing.error.message.find("2 columns found, at least 3 expected") == 0);
  CHECK_EQ(parse_text(delimited(','), "i4", "1,2,\"3\n", "1").error.code, FOREBAY_E_FORMAT);
}

void test_columns_layout_goes_to_places_of_its_own() {
  const DtypeRef dtype = dtype_of("a:i4,b:S2");
  const auto parser = parser_of({}, dtype);
  const PaddedText text("1 x\n2 yy\n3 z");
  std::vector<std::byte> ints(5 * 4, std::byte{1});
  std::vector<std::byte> strings(5 * 2, std::byte{1});
  text::Cursor cursor{text.begin(), 0, 1};
  text::RowError error;
  const text::Sink sink{{ints.data(), strings.data()}, {4, 2}};
  CHECK_EQ(parser->parse(cursor, text.end(), text.end(), sink, 1, 3, &error), 3U);
  std::int32_t values[5];
  std::memcpy(values, ints.data(), sizeof values);
  CHECK(values[0] == 0x01010101 && values[1] == 1 && values[3] == 3 && values[4] == 0x01010101);
  CHECK(std::memcmp(strings.data(), "\1\1x\0yyz\0\1\1", 10) == 0);
}

void test_parse_stops_when_the_room_is_used_up() {
  const std::string text = "# c\n1\n\n2\n# d\n\n3\n4";
  const Parsed whole = parse_text(delimited(',', '"', "#"), "i4", text);
  CHECK_EQ(whole.rows, 4U);
  CHECK_EQ(whole.line, 8U);
  for (std::size_t room = 1; room < 6; ++room) {
    const Parsed parsed = parse_text(delimited(',', '"', "#"), "i4", text, "", room);
    CHECK(parsed.bytes == whole.bytes);
    CHECK_EQ(parsed.offset, text.size());
    CHECK_EQ(parsed.line, whole.line);
  }
  const DtypeRef dtype = dtype_of("i4");
  const auto parser = parser_of(delimited(',', '"', "#"), dtype);
  const PaddedText padded(text);
  text::Cursor cursor{padded.begin(), 100, 11};
  std::vector<std::byte> block(64);
  text::RowError error;
  // Passes over what follows the last row too.
  CHECK_EQ(parser->parse(cursor, padded.end(), padded.end(), rows_sink(*dtype, block.data()), 0, 2,
                         &error),
           2U);
  CHECK_EQ(cursor.offset, 100U + text.find('3'));
  CHECK_EQ(cursor.line, 17U);
  CHECK_EQ(parser->parse(cursor, padded.end(), padded.end(), rows_sink(*dtype, block.data()), 0, 0,
                         &error),
           0U);
  CHECK_EQ(cursor.offset, 100U + text.find('3'));
}

void test_a_bad_row_leaves_the_cursor_at_its_start() {
  const Parsed parsed = parse_text({}, "i4", "1\n2\n x\n4\n");
  CHECK_EQ(parsed.rows, 2U);
  CHECK_EQ(parsed.offset, 4U);
  CHECK_EQ(parsed.line, 3U);
  CHECK_EQ(parsed.error.line, 3U);
  CHECK_EQ(parsed.error.byte, 5U);
}

void test_plans_that_are_none_are_refused() {
  const DtypeRef dtype = dtype_of("a:i4,b:i4");
  using Columns = std::vector<std::int64_t>;
  for (const Columns& columns :
       {Columns{0}, Columns{0, 0}, Columns{0, 2}, Columns{0, 1, 1}, Columns{}}) {
    CHECK(!text::Parser::make({}, dtype, text::ColumnPlan{columns, true}).is_ok());
  }
  CHECK(!text::Parser::make(delimited('\n'), dtype, text::ColumnPlan{{0, 1}, true}).is_ok());
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_delimited_text_without_quotes),
      CHECK_TEST(test_delimited_text_with_quotes),
      CHECK_TEST(test_comments_in_delimited_text),
      CHECK_TEST(test_text_separated_by_blanks),
      CHECK_TEST(test_other_delimiters),
      CHECK_TEST(test_nul_bytes_are_ordinary_in_strings),
      CHECK_TEST(test_strings_of_every_length_are_copied_and_padded),
      CHECK_TEST(test_booleans),
      CHECK_TEST(test_blanks_around_numbers_are_ignored_between_delimiters),
      CHECK_TEST(test_sub_arrays_take_consecutive_columns),
      CHECK_TEST(test_chosen_columns_skip_the_others),
      CHECK_TEST(test_columns_layout_goes_to_places_of_its_own),
      CHECK_TEST(test_parse_stops_when_the_room_is_used_up),
      CHECK_TEST(test_a_bad_row_leaves_the_cursor_at_its_start),
      CHECK_TEST(test_plans_that_are_none_are_refused),
  };
  return run_with_every_kernel(tests);
}
