#include "text/field_text.hpp"
#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"
#include "text/every_kernel.hpp"

using namespace forebay::test;
using text::Dialect;

namespace {

// The error of a row that comes after a good line 1.
text::RowError error_of(const Dialect& dialect, const char* dtype, const std::string& row,
                        const char* columns = "") {
  return parse_text(dialect, dtype, "# comment\n" + row + "\n", columns).error;
}

const char* const kSample = "chr:S10,pos:i4,pct:f4,c:i4,t:i4";

struct MessageCase {
  Dialect dialect;
  const char* dtype;
  const char* row;
  Code code;
  const char* message;
};

void test_messages_name_text_field_and_remedy() {
  const Dialect blanks = delimited(0, 0, "#");
  const Dialect commas = delimited(',', '"', "#");
  const MessageCase cases[] = {
      {blanks, kSample, "chromosome22 1 2 3 4", FOREBAY_E_VALUE,
       "\"chromosome22\" has 12 bytes, field chr (S10) holds 10; use S12 or more"},
      {blanks, kSample, "chr22 3000000000 2 3 4", FOREBAY_E_VALUE,
       "\"3000000000\" is out of range, field pos (i4) holds -2147483648 to 2147483647; use i8"},
      {blanks, "a:u1", "256", FOREBAY_E_VALUE,
       "\"256\" is out of range, field a (u1) holds 0 to 255; use u2 or wider"},
      {blanks, "a:u1", "-1", FOREBAY_E_VALUE,
       "\"-1\" is out of range, field a (u1) holds 0 to 255; use a signed type"},
      {blanks, "u8", "18446744073709551616", FOREBAY_E_VALUE,
       "\"18446744073709551616\" is out of range, the element (u8) holds 0 to "
       "18446744073709551615; use f8, or S for the digits"},
      {blanks, kSample, "chr22 17.0 2 3 4", FOREBAY_E_VALUE,
       "\"17.0\" is not an integer, field pos (i4); use f8"},
      {blanks, kSample, "chr22 x 2 3 4", FOREBAY_E_VALUE,
       "\"x\" is not an integer, field pos (i4); correct it or use S1"},
      {blanks, kSample, "chr22 1 0x1F 3 4", FOREBAY_E_VALUE,
       "\"0x1F\" is not a number, field pct (f4); correct it or use S4"},
      {blanks, "f8[2,2]", "1 2 x 4", FOREBAY_E_VALUE,
       "\"x\" is not a number, the element[2] (f8); correct it or use S1"},
      {commas, "a:i4,b:i4", "1,", FOREBAY_E_VALUE,
       "the text is empty, field b (i4) needs a value; write one or use S1"},
      {commas, "a:?,b:i4", "yes,1", FOREBAY_E_VALUE,
       "\"yes\" is not 0, 1, true or false, field a (?); correct it or use S3"},
      {commas, "a:i4,b:i4", "\"a\"\"b\",1", FOREBAY_E_VALUE,
       "\"a\"b\" is not an integer, field a (i4); correct it or use S3"},
      {blanks, kSample, "chr22,14430632,94.4,17,1", FOREBAY_E_COLUMNS,
       "1 column found, 5 expected; set delimiter to ','; the row is \"chr22,14430632,94.4,17,1\""},
      {blanks, kSample, "chr22; 14430632; 94.4", FOREBAY_E_COLUMNS,
       "3 columns found, 5 expected; set delimiter to ';'; the row is \"chr22; 14430632; 94.4\""},
      {commas, kSample, "chr22\t14430632\t94.4\t17\t1", FOREBAY_E_COLUMNS,
       "1 column found, 5 expected; set delimiter to '\\t' (tab); the row is "
       "\"chr22\\x0914430632\\x0994.4\\x0917\\x091\""},
      {commas, kSample, "chr22  14430632 94.4 17 1", FOREBAY_E_COLUMNS,
       "1 column found, 5 expected; set delimiter to blanks; the row is \"chr22  14430632 94.4 17 "
       "1\""},
      {blanks, kSample, "chr22 1 2 3", FOREBAY_E_COLUMNS,
       "4 columns found, 5 expected; correct the row or the dtype; the row is \"chr22 1 2 3\""},
      {blanks, kSample, "chr22 1 2 3 4 5", FOREBAY_E_COLUMNS,
       "6 columns found, 5 expected; choose the columns to read, such as 1-5, or correct the row; "
       "the row is \"chr22 1 2 3 4 5\""},
      {commas, "a:i4,b:i4", "1,2\r3,4", FOREBAY_E_COLUMNS,
       "3 columns found, 2 expected; end lines with LF or CRLF, not CR; the row is "
       "\"1,2\\x0D3,4\""},
      {commas, "a:i4,b:i4", "1,\"2\"3", FOREBAY_E_FORMAT,
       "text follows the closing quote of \"\"2\"3\"; double a quote that belongs to the text, or "
       "turn quotes off"},
      {commas, "a:i4,b:S9", "1,\"2", FOREBAY_E_FORMAT,
       "the quote that opens in line 2 is never closed; close it, or turn quotes off"},
  };
  for (const MessageCase& item : cases) {
    const text::RowError error = error_of(item.dialect, item.dtype, item.row);
    CHECK_EQ(error.code, item.code);
    CHECK_EQ(error.message, std::string(item.message));
    CHECK_EQ(error.line, 2U);
  }
}

void test_places_are_exact() {
  const text::RowError error =
      error_of(delimited(',', '"', "#"), "a:S9,b:S9,c:i4", "\"x\ny\",\"\n\n\", bad");
  CHECK_EQ(error.code, FOREBAY_E_VALUE);
  CHECK_EQ(error.line, 5U);
  CHECK_EQ(error.column, 3U);
  CHECK_EQ(error.byte, 21U);
}

void test_text_in_messages_is_escaped_and_cut() {
  CHECK_EQ(text::quote_for_message("a\x01\x7f\xff\t"), std::string("\"a\\x01\\x7F\\xFF\\x09\""));
  CHECK_EQ(text::quote_for_message("\xc3\xa9\xe2\x82\xac"),
           std::string("\"\xc3\xa9\xe2\x82\xac\""));
  CHECK_EQ(text::quote_for_message("\xc3"), std::string("\"\\xC3\""));
  CHECK_EQ(text::quote_for_message("\xc2\x85"), std::string("\"\\xC2\\x85\""));
  CHECK_EQ(text::quote_for_message(std::string(40, 'x')), "\"" + std::string(40, 'x') + "\"");
  CHECK_EQ(text::quote_for_message(std::string(41, 'x')), "\"" + std::string(40, 'x') + "...\"");
  CHECK_EQ(text::quote_for_message(std::string(39, 'x') + "\xc3\xa9"),
           "\"" + std::string(39, 'x') + "...\"");
}

void test_a_first_line_of_names_gets_a_hint() {
  const Parsed parsed = parse_text({}, "chr:S10,pos:i4", "chr pos\nchr22 1\n");
  CHECK_EQ(parsed.error.message,
           std::string("\"pos\" is not an integer, field pos (i4); correct it or use S3; if line 1 "
                       "names the columns, set header"));
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_messages_name_text_field_and_remedy),
      CHECK_TEST(test_places_are_exact),
      CHECK_TEST(test_text_in_messages_is_escaped_and_cut),
      CHECK_TEST(test_a_first_line_of_names_gets_a_hint),
  };
  return run_with_every_kernel(tests);
}
