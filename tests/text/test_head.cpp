#include <vector>

#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"

using namespace forebay::test;
using text::Dialect;

namespace {

Dialect with_header(Dialect dialect, std::uint32_t skip_rows = 0, bool has_header = true) {
  dialect.skip_rows = skip_rows;
  dialect.has_header = has_header;
  return dialect;
}

// "offset line name|name|", "more", or the code of a failure.
std::string head_of(const Dialect& dialect, std::string_view data, bool at_end) {
  std::optional<text::Head> head;
  const Status status = read_head(dialect, data, at_end, &head);
  if (!status.is_ok()) return std::to_string(status.code()) + " " + status.message();
  if (!head) return "more";
  std::string out = std::to_string(head->data_offset) + " " + std::to_string(head->data_line);
  for (const std::string& name : head->names) out += " " + name + "|";
  return out;
}

struct HeadCase {
  Dialect dialect;
  std::string text;
  const char* head;
};

std::vector<HeadCase> head_cases() {
  const Dialect blanks{};
  const Dialect commas = delimited(',');
  return {
      {blanks, "1 2\n", "0 1"},
      {blanks, "", "0 1"},
      {blanks,
       "\xef\xbb\xbf"
       "1\n",
       "3 1"},
      {blanks, "\xef\xbb\xbf", "3 1"},
      {with_header(blanks, 2, false), "a\n\"\nb\n", "4 3"},
      {with_header(blanks, 2, false), "a\n\"", "3 2"},
      {with_header(blanks, 9, false), "a\nb\n", "4 3"},
      {with_header(blanks), "  chr \t pos \r\n1 2\n", "14 2 chr| pos|"},
      {with_header(blanks), "#chr pos\n1 2\n", "9 2 #chr| pos|"},
      {with_header(delimited(0, 0, "#")), "#chr pos\n \n  #\na b\n1 2\n", "19 5 a| b|"},
      {with_header(commas),
       "\xef\xbb\xbf"
       "\"a,b\", c ,,\"d\"\"e\"\n1\n",
       "21 2 a,b| c| | d\"e|"},
      {with_header(commas), "a,b", "3 1 a| b|"},
      {with_header(commas), "a,b\r", "4 1 a| b|"},
      {with_header(commas), "\"a\nb\",c\n1,2\n", "8 3 a\nb| c|"},
      {with_header(commas, 1), "junk, \"\n\n\r\na\n", "13 5 a|"},
      {with_header(commas), "\n\n", "2 3"},
      {with_header(commas), "", "0 1"},
      {with_header(commas), "a,\n", "3 2 a| |"},
  };
}

void test_heads_end_where_the_data_begins() {
  for (const HeadCase& item : head_cases()) {
    if (!CHECK_EQ(head_of(item.dialect, item.text, true), std::string(item.head)))
      std::fprintf(stderr, "%s\n", item.text.c_str());
  }
}

void test_a_head_read_in_pieces_is_the_head_of_the_whole() {
  for (const HeadCase& item : head_cases()) {
    for (std::size_t size = 0; size <= item.text.size(); ++size) {
      const std::string head =
          head_of(item.dialect, std::string_view(item.text).substr(0, size), false);
      if (!CHECK(head == "more" || head == item.head))
        std::fprintf(stderr, "%s: %s\n", item.text.c_str(), head.c_str());
    }
  }
  const Dialect dialect = with_header(delimited(','));
  CHECK_EQ(head_of(dialect, "a,b\n1,2\n", false), std::string("4 2 a| b|"));
  CHECK_EQ(head_of(dialect, "a,\"b\n", false), std::string("more"));
  CHECK_EQ(head_of(with_header({}, 1, false), "abcdef", false), std::string("more"));
}

void test_other_encodings_are_refused_with_advice() {
  const std::string wide(
      "\xff\xfe"
      "1\0\n\0",
      6);
  CHECK_EQ(head_of({}, wide, true),
           std::string("-40 the file is UTF-16 text; convert it first: iconv -f UTF-16 -t UTF-8"));
  CHECK_EQ(head_of({},
                   "\xfe\xff\0"
                   "1",
                   true)
               .substr(0, 3),
           std::string("-40"));
  CHECK_EQ(head_of({}, std::string_view("\xff\xfe\0\0", 4), true),
           std::string("-40 the file is UTF-32 text; convert it first: iconv -f UTF-32 -t UTF-8"));
  CHECK_EQ(head_of({}, std::string_view("\0\0\xfe\xff", 4), true).substr(0, 3), std::string("-40"));
}

void test_an_open_quote_in_the_header_is_an_error() {
  CHECK_EQ(head_of(with_header(delimited(',')), "\na,\"b\n", true),
           std::string(
               "-40 a quote in the header, line 2, is never closed; close it, or turn quotes off"));
}

void test_dialects_whose_characters_clash_are_refused() {
  for (const char delimiter : std::string("\n\r0a-+.eZ"))
    CHECK_EQ(delimited(delimiter).check().code(), FOREBAY_E_ARGUMENT);
  for (const char quote : std::string(",\n\r \t0x-"))
    CHECK_EQ(delimited(',', quote).check().code(), FOREBAY_E_ARGUMENT);
  for (const char* comment : {",", "\"", " #", "\t", "#\n", "\r", "0123456789abcdef"}) {
    CHECK_EQ(delimited(',', '"', comment).check().code(), FOREBAY_E_ARGUMENT);
  }
  for (const char delimiter : std::string(",;|\t :/_\x1f\0", 10))
    CHECK(delimited(delimiter).check().is_ok());
  CHECK(delimited(',', 0, "\"").check().is_ok());
  CHECK(delimited(',', '\'', "0123456789abcde").check().is_ok());
  CHECK(delimited(',', '"', "#,\"").check().is_ok());
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_heads_end_where_the_data_begins),
      CHECK_TEST(test_a_head_read_in_pieces_is_the_head_of_the_whole),
      CHECK_TEST(test_other_encodings_are_refused_with_advice),
      CHECK_TEST(test_an_open_quote_in_the_header_is_an_error),
      CHECK_TEST(test_dialects_whose_characters_clash_are_refused),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
