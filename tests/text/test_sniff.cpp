// Guesses: a table of texts and what they are. Whatever is guessed of a text must read it.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"

using namespace forebay::test;

namespace {

Result<text::SniffGuess> guess_of(std::string_view data, const text::SniffRequest& request = {}) {
  text::SniffInput input;
  input.head = data;
  input.is_whole = true;
  return text::sniff(input, request);
}

std::string delimiter_name(char delimiter) {
  return delimiter == 0 ? "blanks" : delimiter == '\t' ? "tab" : std::string(1, delimiter);
}

// "DELIMITER[ H][ skip=N][ quote=C][ comment=TEXT][ na=LIST][ decimal=C] DTYPE", what is usual left
// out; or the code of the refusal.
std::string shown(const Result<text::SniffGuess>& result) {
  if (!result.is_ok()) return std::to_string(result.code());
  const text::SniffGuess& guess = result.value();
  std::string out = delimiter_name(guess.delimiter);
  const char usual = guess.delimiter == 0 ? '\0' : '"';
  if (guess.has_header) out += " H";
  if (guess.skip_rows != 0) out += " skip=" + std::to_string(guess.skip_rows);
  if (guess.quote != usual)
    out += " quote=" + (guess.quote == 0 ? std::string("off") : std::string(1, guess.quote));
  if (!guess.comment.empty()) out += " comment=" + guess.comment;
  if (!guess.na.empty()) out += " na=" + guess.na;
  if (guess.decimal != '.') out += std::string(" decimal=") + guess.decimal;
  return out + ' ' + guess.dtype;
}

// "" when the parser reads all of `data` as the guess says, else its message.
std::string complaint_of_parser(const text::SniffGuess& guess, std::string_view data) {
  text::Dialect dialect;
  dialect.delimiter = guess.delimiter;
  dialect.quote = guess.quote;
  dialect.comment = guess.comment;
  dialect.skip_rows = guess.skip_rows;
  dialect.has_header = guess.has_header;
  ValueRules rules;
  rules.na = guess.na;
  rules.decimal = guess.decimal;
  const Status checked = dialect.check();
  if (!checked.is_ok()) return checked.message();
  const DtypeRef dtype = dtype_of(guess.dtype);
  const auto parser = dtype ? parser_of(dialect, dtype, {}, rules) : nullptr;
  if (!parser) return "no parser for " + guess.dtype;
  std::optional<text::Head> head;
  const Status read = text::read_head(dialect, data, true, &head);
  if (!read.is_ok()) return read.message();
  const PaddedText padded(data);
  const Parsed parsed = parse_some(*parser, *dtype, padded, head->data_offset, data.size(),
                                   head->data_offset, head->data_line);
  return parsed.error.code == FOREBAY_OK ? "" : parsed.error.message;
}

struct Case {
  std::string text;
  const char* guess;
};

std::vector<Case> delimiter_cases() {
  return {
      {"1,2\n3,4\n", ", c1:i4,c2:i4"},
      {"1\t2\n3\t4\n", "tab c1:i4,c2:i4"},
      {"1;2\n3;4\n", "; c1:i4,c2:i4"},
      {"1|2\n3|4\n", "| c1:i4,c2:i4"},
      {"1 2\n3 4\n", "blanks c1:i4,c2:i4"},
      {"  1   2\n 30  4\n", "blanks c1:i4,c2:i4"},
      {"1 \t 2\n3\t4\n", "tab c1:i4,c2:i4"},
      {"1,2\r\n3,4\r\n", ", c1:i4,c2:i4"},
      {"1,2\n3,4", ", c1:i4,c2:i4"},
      {"\xef\xbb\xbf"
       "a,b\n1,2\n",
       ", H a:i4,b:i4"},
      {"a\t1,2,3\nb\t4,5,6\n", "tab c1:S4,c2:S8"},
      {"1,5;2,5\n3,25;4,5\n", "; decimal=, c1:f8,c2:f8"},
      {"1\t2,5\n2\t3,25\n", "tab decimal=, c1:i4,c2:f8"},
      {"1;1,234\n2;5,678\n", "; c1:i4,c2:S8"},
      {"1\n2\n3\n", "blanks c1:i4"},
      {"one two\nthree\nfour five six\n", "tab c1:S16"},
      {"2024-01-01 10:00:00,1\n2024-01-02 11:00:00,2\n", ", c1:M8[s],c2:i4"},
      {"chr1\t100\t5.5\nchr2\t200\t6.5\n", "tab c1:S8,c2:i4,c3:f8"},
      {"\n\n1,2\n\n3,4\n", ", c1:i4,c2:i4"},
      {"1,2,3\n", ", c1:i4,c2:i4,c3:i4"},
      {"Smith, John|3\nDoe, Jane|4\n", "| c1:S16,c2:i4"},
  };
}

std::vector<Case> quote_cases() {
  return {
      {"\"a,b\",1\n\"c\",2\n", ", c1:S4,c2:i4"},
      {"\"a\nb\",1\n\"c\",2\n\"d\",3\n", ", c1:S4,c2:i4"},
      {"\"a\"\"b\",1\n\"c\",2\n", ", c1:S4,c2:i4"},
      {"\"1\",\"2\"\n\"3\",\"4\"\n", ", c1:i4,c2:i4"},
      {"\"x y\" 1\n\"z w\" 2\n", "blanks quote=\" c1:S4,c2:i4"},
      {"5\" pipe,1\n6\" pipe,2\n", ", c1:S8,c2:i4"},
      {"\"5\" pipe,1\n\"6\" pipe,2\n", ", quote=off c1:S12,c2:i4"},
  };
}

std::vector<Case> header_cases() {
  return {
      {"id,price\n1,2.5\n2,3.5\n", ", H id:i4,price:f8"},
      {"id price\n1 2.5\n2 3.5\n", "blanks H id:i4,price:f8"},
      {"a,a,,b c\n1,2,3,4\n5,6,7,8\n", ", H a:i4,a_2:i4,c3:i4,b_c:i4"},
      {"x:y,[z]\n1,2\n3,4\n", ", H x_y:i4,z:i4"},
      {"\"the id\",\"it's\"\n1,2\n3,4\n", ", H the_id:i4,it_s:i4"},
      {"gr\xc3\xb6\xc3\x9f"
       "e,b\n1,2\n3,4\n",
       ", H gr\xc3\xb6\xc3\x9f"
       "e:i4,b:i4"},
      {"gr\xf6"
       "e,b\n1,2\n3,4\n",
       ", H gr_e:i4,b:i4"},
      {"name,sex\nanna,f\nbob,m\ncarl,m\n", ", H name:S8,sex:S4"},
      {"anna,f\nbob,m\ncarl,f\n", ", c1:S8,c2:S4"},
      {"id,a\n1,x\n2,y\n", ", H id:i4,a:S4"},
      {"# a comment\n1,2\n3,4\n", ", comment=# c1:i4,c2:i4"},
      {"#chr pos x\nc1 1 2\nc2 3 4\n", "blanks H chr:S4,pos:i4,x:i4"},
      {"##v=1\n##w\n#CHROM\tPOS\nc1\t5\nc2\t6\n", "tab H comment=## CHROM:S4,POS:i4"},
      {"# a b\n1 2\n3 4\n", "blanks comment=# a:i4,b:i4"},
      {"# one\n# two\n1,2\n3,4\n", ", comment=# c1:i4,c2:i4"},
      {"% matlab\n1 2\n3 4\n", "blanks comment=% c1:i4,c2:i4"},
      {"// c\n1,2\n3,4\n", ", comment=// c1:i4,c2:i4"},
      {"Report of today\n\nid,v\n1,2\n3,4\n5,6\n", ", H skip=2 id:i4,v:i4"},
      {"a,b\n", ", c1:S4,c2:S4"},
      {"unknown,5\n1,2\n3,4\n", ", c1:S8,c2:i4"},
      {"id,n,2001\n1,2,3\n4,5,6\n", ", H id:i4,n:i4,2001:i4"},
      {"1,2\nx,3\n4,5\n", ", c1:S4,c2:i4"},
  };
}

std::vector<Case> type_cases() {
  return {
      {"a\ntrue\nfalse\n", "blanks H a:?"},
      {"a\nT\nF\nT\n", "blanks c1:S4"},
      {"0\n1\n", "blanks c1:i4"},
      {"1073741824\n1\n", "blanks c1:i4"},
      {"1073741825\n1\n", "blanks c1:i8"},
      {"-1073741825\n1\n", "blanks c1:i8"},
      {"9223372036854775807\n1\n", "blanks c1:i8"},
      {"9223372036854775808\n1\n", "blanks c1:u8"},
      {"18446744073709551615\n1\n", "blanks c1:u8"},
      {"18446744073709551616\n1\n", "blanks c1:S28"},
      {"9223372036854775808\n-1\n", "blanks c1:S24"},
      {"007\n012\n", "blanks c1:S4"},
      {"1\n2.5\n", "blanks c1:f8"},
      {"1e5\n-2E-3\n.5\n5.\n", "blanks c1:f8"},
      {"nan\n1.5\ninf\n-Infinity\n", "blanks c1:f8"},
      {"0x1F\n1\n", "blanks c1:S8"},
      {"1_000\n2\n", "blanks c1:S8"},
      {"+5\n-3\n", "blanks c1:i4"},
      {"2024-01-31\n2024-02-29\n", "blanks c1:M8[D]"},
      {"2023-02-29\n2024-02-28\n", "blanks c1:S12"},
      {"2024-01-01T10:00\n2024-01-01\n", "blanks c1:M8[s]"},
      {"2024-01-01T10:00:00.5\n", "blanks c1:M8[ms]"},
      {"2024-01-01T10:00:00.5Z\n2024-01-01T10:00:00.0005+02:00\n", "blanks c1:M8[us]"},
      {"2024-01-01T10:00:00.123456789\n", "blanks c1:M8[ns]"},
      {"1200-01-01T10:00:00.123456789\n", "blanks c1:S36"},
      {"20240101\n20240102\n", "blanks c1:i4"},
      {"2024-01-01 10:00:00 5\n2024-01-02 11:00:00 6\n", "blanks c1:M8[D],c2:S12,c3:i4"},
      {"a,12345678\nb,2\n", ", c1:S4,c2:i4"},
      {"x\nabcdefghij\nb\n", "blanks c1:S12"},
  };
}

std::vector<Case> missing_cases() {
  return {
      {"a,b\n1.5,2\nNA,3\n", ", H na=NA a:f8,b:i4"},
      {"a,b\n1.5,2\n,3\n", ", H na=\"\" a:f8,b:i4"},
      {"a,b\n1,2\nNA,3\n", ", H na=NA a:f8,b:i4"},
      {"a,b\n9007199254740993,2\nNA,3\n", ", H a:S20,b:i4"},
      {"a,b\n1.5,x\n-,y\n", ", H na=- a:f8,b:S4"},
      {"a,b\n1.5,-\n-,+\n", ", H a:S4,b:S4"},
      {"a,b\n1.5,NA\nNA,x\n", ", H na=NA a:f8,b:S4"},
      {"a,b\ntrue,1\nNA,2\n", ", H a:S8,b:i4"},
      {"a,b\n2024-01-01,1\nNULL,2\n", ", H na=NULL a:M8[D],b:i4"},
      {"a,b\n2024-01-01,1\nNaT,2\n", ", H a:M8[D],b:i4"},
      {"a,b\n1.5,1\nNaN,2\n", ", H a:f8,b:i4"},
      {"a,b\n,1\n,2\n", ", H a:S4,b:i4"},
      {"a,b,c\n1.5,,1\nNA,2.5,2\n", ", H na=\"\",NA a:f8,b:f8,c:i4"},
  };
}

void check_cases(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    const auto result = guess_of(each.text);
    if (!CHECK_EQ(shown(result), each.guess)) std::fprintf(stderr, "of: %s\n", each.text.c_str());
    if (!result.is_ok()) continue;
    CHECK_EQ(complaint_of_parser(result.value(), each.text), "");
  }
}

void delimiters_are_told_apart() {
  check_cases(delimiter_cases());
}
void quotes_are_found() {
  check_cases(quote_cases());
}
void headers_comments_and_preambles_are_found() {
  check_cases(header_cases());
}
void types_are_the_smallest_safe_ones() {
  check_cases(type_cases());
}
void missing_values_never_change_another_column() {
  check_cases(missing_cases());
}

void what_is_no_text_is_refused() {
  const std::vector<std::pair<std::string, Code>> cases = {
      {"", FOREBAY_E_TRUNCATED},
      {"\n\n", FOREBAY_E_TRUNCATED},
      {"# only\n# comments\n", FOREBAY_E_TRUNCATED},
      {std::string("\x89HDF\r\n\x1a\n", 8), FOREBAY_E_FORMAT},
      {std::string("a,b\0c\n", 6), FOREBAY_E_FORMAT},
      {"\xff\xfe"
       "1\n",
       FOREBAY_E_FORMAT},
      {"\x01\x02\x03\x04\n", FOREBAY_E_FORMAT},
      {"1,2\r3,4\r5,6\r", FOREBAY_E_FORMAT},
      {"%PDF-1.4\n1 2\n", FOREBAY_E_FORMAT},
  };
  for (const auto& [text, code] : cases) {
    const auto result = guess_of(text);
    CHECK_EQ(result.code(), code);
    CHECK(result.is_ok() || !result.status().message().empty());
  }
}

void what_is_known_is_taken_as_given() {
  text::SniffRequest request;
  request.delimiter = ',';
  CHECK_EQ(shown(guess_of("a;1,5\nb;2,5\n", request)), ", c1:S4,c2:i4");
  request = {};
  request.has_header = true;
  CHECK_EQ(shown(guess_of("1,2\n3,4\n", request)), ", H 1:i4,2:i4");
  request.has_header = false;
  CHECK_EQ(shown(guess_of("a,b\n3,4\n", request)), ", c1:S4,c2:S4");
  request = {};
  request.na = "x,\"\"";
  CHECK_EQ(shown(guess_of("a,b\n1.5,2\nx,3\n,4\n", request)), ", H na=x,\"\" a:f8,b:i4");
  request = {};
  request.skip_rows = 1;
  CHECK_EQ(shown(guess_of("1,2\n3,4\n5,6\n", request)), ", skip=1 c1:i4,c2:i4");
  request = {};
  request.quote = '\'';
  CHECK_EQ(shown(guess_of("'a,b',1\n'c',2\n", request)), ", quote=' c1:S4,c2:i4");
}

void later_samples_widen_the_types() {
  text::SniffInput input;
  input.head = "id,v\n1,a\n2,b\n";
  input.later = {"9,x\n3000000000,longer text\n4,", "17,c\n18,d\n"};
  const auto result = text::sniff(input, {});
  REQUIRE(result.is_ok());
  CHECK_EQ(result.value().dtype, "id:i8,v:S16");
  // Nobody knows whether a later sample begins in quotes.
  input.head = "id,v\n1,\"a\nb\"\n2,b\n";
  CHECK_EQ(text::sniff(input, {}).value().dtype, "id:i4,v:S4");
}

void a_record_that_the_sample_cuts_is_left_out() {
  text::SniffInput input;
  input.head = "1,2\n3,4\n5,6000000000";
  CHECK_EQ(text::sniff(input, {}).value().dtype, "c1:i4,c2:i4");
}

void long_lines_and_many_columns_are_read() {
  std::string line;
  for (int i = 0; i < 20000; ++i) line += (i > 0 ? "," : "") + std::to_string(i);
  const auto wide = guess_of(line + '\n' + line + '\n');
  REQUIRE(wide.is_ok());
  CHECK_EQ(wide.value().columns, 20000U);
  const auto text = guess_of("a," + std::string(1U << 20U, 'x') + "\nb,y\n");
  REQUIRE(text.is_ok());
  CHECK_EQ(text.value().dtype, "c1:S4,c2:S1310720");
  CHECK_EQ(guess_of(std::string(70000, ',') + '\n').code(), FOREBAY_E_LIMIT);
}

// Random bytes neither crash nor hang it; what it guesses of them is well formed, and where all
// rows have as many columns, the parser reads them.
void random_texts_give_a_sound_guess_or_none() {
  constexpr std::string_view kAlphabet = "0123456789.,;\t| \n\n\n\"\"'#-+eENA:TZax%\r/\xc3\xb6";
  for (unsigned seed = 1; seed <= 4000; ++seed) {
    std::minstd_rand random(seed);
    std::string text;
    const std::size_t size = random() % 200;
    const bool is_raw = seed % 8 == 0;
    for (std::size_t i = 0; i < size; ++i) {
      text.push_back(is_raw ? static_cast<char>(random() % 256)
                            : kAlphabet[random() % kAlphabet.size()]);
    }
    const auto result = guess_of(text);
    if (!result.is_ok()) continue;
    const DtypeRef dtype = dtype_of(result.value().dtype);
    const bool is_sound = dtype && dtype->fields().size() == result.value().columns;
    if (!CHECK(is_sound)) std::fprintf(stderr, "seed %u\n", seed);
  }
}

// A table of random values in a random dialect: the guess reads every row of it.
void generated_tables_are_read_by_their_guess() {
  const std::vector<std::vector<std::string>> kinds = {
      {"1", "-20", "300", "0"}, {"1.5", "2", "-3e5", "nan"}, {"2024-01-01", "1999-12-31"},
      {"abc", "de f", "x"},     {"true", "False"},           {"1", "NA", "3"},
      {"2.5", "", "7.25"},      {"3000000000", "5"},         {"007", "8"},
      {"-", "+", "."},
  };
  for (unsigned seed = 1; seed <= 500; ++seed) {
    std::minstd_rand random(seed);
    const char delimiter = std::string_view(",;\t|")[random() % 4];
    const std::size_t columns = 2 + random() % 5;
    std::vector<std::size_t> kind;
    std::string text;
    for (std::size_t i = 0; i < columns; ++i) kind.push_back(random() % kinds.size());
    if (random() % 2 == 0) {
      for (std::size_t i = 0; i < columns; ++i)
        text += (i > 0 ? std::string(1, delimiter) : "") + "name" + std::to_string(i);
      text += '\n';
    }
    for (std::size_t row = 0; row < 12; ++row) {
      for (std::size_t i = 0; i < columns; ++i) {
        const auto& values = kinds[kind[i]];
        if (i > 0) text += delimiter;
        text += values[random() % values.size()];
      }
      text += '\n';
    }
    const auto result = guess_of(text);
    REQUIRE(result.is_ok());
    const std::string complaint = complaint_of_parser(result.value(), text);
    if (!CHECK_EQ(complaint, ""))
      std::fprintf(stderr, "seed %u, guess %s, of:\n%s\n", seed, shown(result).c_str(),
                   text.c_str());
  }
}

}  // namespace

int main() {
  const CMUnitTest tests[] = {
      CHECK_TEST(delimiters_are_told_apart),
      CHECK_TEST(quotes_are_found),
      CHECK_TEST(headers_comments_and_preambles_are_found),
      CHECK_TEST(types_are_the_smallest_safe_ones),
      CHECK_TEST(missing_values_never_change_another_column),
      CHECK_TEST(what_is_no_text_is_refused),
      CHECK_TEST(what_is_known_is_taken_as_given),
      CHECK_TEST(later_samples_widen_the_types),
      CHECK_TEST(a_record_that_the_sample_cuts_is_left_out),
      CHECK_TEST(long_lines_and_many_columns_are_read),
      CHECK_TEST(random_texts_give_a_sound_guess_or_none),
      CHECK_TEST(generated_tables_are_read_by_their_guess),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
