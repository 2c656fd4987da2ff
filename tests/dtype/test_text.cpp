#include <bit>

#include "dtype/dtype.hpp"
#include "support/check.hpp"

using namespace forebay::core;

namespace {

// The canonical text of `text`, or the message of the failure.
std::string reprinted(std::string_view text) {
  const auto dtype = Dtype::parse(text);
  return dtype.is_ok() ? dtype.value()->text() : dtype.status().message();
}

bool round_trips(std::string_view text) {
  const auto once = Dtype::parse(text);
  if (!once.is_ok()) return false;
  const auto twice = Dtype::parse(once.value()->text());
  return twice.is_ok() && *twice.value() == *once.value() &&
         twice.value()->hash() == once.value()->hash();
}

struct Refusal {
  std::string_view text;
  std::uint32_t column;
  const char* message;  // a part of it
};

void check_refusal(const Refusal& refusal) {
  const auto dtype = Dtype::parse(refusal.text);
  REQUIRE(!dtype.is_ok());
  const Status& status = dtype.status();
  CHECK_EQ(status.code(), FOREBAY_E_DTYPE);
  CHECK_EQ(status.detail().column, refusal.column);
  if (status.message().find(refusal.message) == std::string::npos) {
    CHECK_EQ(status.message(), std::string(refusal.message));
  }
  CHECK(status.message().find("; ") != std::string::npos);
}

void test_the_sample_record_has_packed_fields() {
  const auto parsed = Dtype::parse("chr:S10,pos:i4,pct:f4,c:i4,t:f4[24]");
  REQUIRE(parsed.is_ok());
  const Dtype& dtype = *parsed.value();
  REQUIRE(dtype.fields().size() == 5);
  CHECK(dtype.is_record());
  CHECK_EQ(dtype.row_bytes(), 10U + 4 + 4 + 4 + 96);
  CHECK_EQ(dtype.scalars(), 28U);
  const std::uint64_t offsets[] = {0, 10, 14, 18, 22};
  for (std::size_t i = 0; i < 5; ++i) CHECK_EQ(dtype.fields()[i].offset, offsets[i]);
  CHECK(dtype.fields()[0].kind == Kind::bytes);
  CHECK_EQ(dtype.fields()[0].item_bytes, 10U);
  CHECK(dtype.fields()[4].shape == std::vector<std::uint64_t>{24});
  CHECK_EQ(dtype.fields()[4].count, 24U);
  CHECK_EQ(dtype.fields()[4].bytes(), 96U);
}

void test_a_bare_type_is_one_unnamed_field() {
  const auto scalar = Dtype::parse("f8");
  REQUIRE(scalar.is_ok());
  CHECK(!scalar.value()->is_record());
  CHECK_EQ(scalar.value()->fields().size(), 1U);
  CHECK_EQ(scalar.value()->fields()[0].name, std::string());
  CHECK_EQ(scalar.value()->row_bytes(), 8U);
  const auto grid = Dtype::parse("f4[721,1440]");
  REQUIRE(grid.is_ok());
  CHECK_EQ(grid.value()->row_bytes(), 721U * 1440 * 4);
  CHECK_EQ(grid.value()->text(), std::string("f4[721,1440]"));
}

void test_every_type_word_is_read_and_printed() {
  for (const char* word : {"S1", "S10", "S2147483648", "i1", "i2", "i4", "i8", "u1", "u2", "u4",
                           "u8", "f4", "f8", "?"}) {
    CHECK_EQ(reprinted(word), std::string(word));
  }
  for (const char* unit : {"Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns"}) {
    const std::string word = std::string("M8[") + unit + "]";
    CHECK_EQ(reprinted(word), word);
    CHECK_EQ(reprinted("when:" + word + "[2]"), "when:" + word + "[2]");
  }
}

void test_the_byte_order_is_printed_only_where_it_is_not_the_machines() {
  const bool big = std::endian::native == std::endian::big;
  CHECK_EQ(reprinted("a:<i4,b:>i4"), std::string(big ? "a:<i4,b:i4" : "a:i4,b:>i4"));
  CHECK_EQ(reprinted("a:=i4,b:|i4"), std::string("a:i4,b:i4"));
  CHECK_EQ(reprinted("a:>S4,b:<i1,c:>?,d:>u1"), std::string("a:S4,b:i1,c:?,d:u1"));
  CHECK_EQ(reprinted("b1"), std::string("?"));
  const auto swapped = Dtype::parse(big ? "<M8[us]" : ">M8[us]");
  REQUIRE(swapped.is_ok());
  CHECK(swapped.value()->fields()[0].big_endian != big);
  CHECK_EQ(swapped.value()->text(), std::string(big ? "<M8[us]" : ">M8[us]"));
}

void test_blanks_may_stand_between_all_parts() {
  CHECK_EQ(reprinted("  chr : S10 ,\n\tpos : > i4 [ 3 , 4 ] , w : M8 [ ns ] [ 2 ]  "),
           reprinted("chr:S10,pos:>i4[3,4],w:M8[ns][2]"));
}

void test_a_name_stands_in_quotes_where_it_must() {
  CHECK_EQ(reprinted("\"plain\":f4,'with blank':f4"), std::string("plain:f4,\"with blank\":f4"));
  CHECK_EQ(reprinted("'a:b':f4,'c,d':f4,'e[2]':f4"),
           std::string("\"a:b\":f4,\"c,d\":f4,\"e[2]\":f4"));
  CHECK_EQ(reprinted(R"('it\'s "it"':f4)"), std::string(R"("it's \"it\"":f4)"));
  CHECK_EQ(reprinted(R"("tab\tline\nbell\x07c1\x85back\\":f4)"),
           std::string(R"("tab\tline\nbell\x07c1\x85back\\":f4)"));
  CHECK_EQ(reprinted(R"("gr\u00fc\U0001F41F":f4)"), std::string("gr\xC3\xBC\xF0\x9F\x90\x9F:f4"));
  CHECK_EQ(reprinted("pct(%):f4,<x>:f4,?:?,f4:f4"), std::string("pct(%):f4,<x>:f4,?:?,f4:f4"));
  const auto names = Dtype::parse(R"(" a\"b":i1,gr)"
                                  "\xC3\xBC"
                                  "n:i1");
  REQUIRE(names.is_ok());
  CHECK_EQ(names.value()->fields()[0].name, std::string(" a\"b"));
  CHECK_EQ(names.value()->fields()[1].name, std::string("gr\xC3\xBCn"));
}

void test_printing_and_parsing_give_an_equal_dtype() {
  for (const char* text : {"chr:S10,pos:i4,pct:f4,c:i4,t:i4", "f4[721,1440]", ">f8",
                           "t:>M8[ns][2,2]", "' ':?[1,1,1,1,1,1,1,1]", "'\\x7f':u1"}) {
    CHECK(round_trips(text));
  }
}

void test_dtypes_differ_by_name_order_shape_and_record() {
  const auto differ = [](const char* a, const char* b) {
    const auto first = Dtype::parse(a);
    const auto second = Dtype::parse(b);
    return first.is_ok() && second.is_ok() && !(*first.value() == *second.value()) &&
           first.value()->hash() != second.value()->hash();
  };
  CHECK(differ("a:f4", "b:f4"));
  CHECK(differ("a:<f4", "a:>f4"));
  CHECK(differ("a:f4[2,3]", "a:f4[3,2]"));
  CHECK(differ("f4", "f4[1]"));
  CHECK(differ("f4", "a:f4"));
  CHECK(differ("M8[ns]", "M8[us]"));
  CHECK(differ("a:f4,b:f4", "b:f4,a:f4"));
}

void test_an_unknown_type_is_named_with_its_position() {
  CHECK_EQ(reprinted("chr:S10,pos:x4"),
           std::string("dtype \"chr:S10,pos:x4\": unknown type \"x4\" at position 13; use S<n>, "
                       "i1..i8, u1..u8, f4, f8, ?, M8[unit]"));
}

void test_a_wrong_text_is_refused_at_its_position() {
  const Refusal refusals[] = {
      {"", 1, "expected a type, found the end"},
      {"   ", 4, "expected a type, found the end"},
      {"a:", 3, "expected a type, found the end"},
      {"a:i4,", 6, "expected a name, found the end"},
      {"a:i4,,b:i4", 6, "expected a name, found \",\""},
      {"a:i4 b:i4", 6, "expected the end, found \"b\""},
      {"a:i4,b", 7, "expected \":\", found the end"},
      {"a:i4;b:i4", 3, "unknown type \"i4;b\""},
      {":i4", 1, "a field has no name"},
      {"'':i4", 1, "a field has no name"},
      {"a:i4,:i4", 6, "a field has no name"},
      {"a:i4,b:i4,a:i8", 11, "the name \"a\" is there twice"},
      {"a:i4,'\\x61':i8", 6, "the name \"a\" is there twice"},
      {"i4,f8", 3, "give each field a name"},
      {"i3", 1, "unknown type \"i3\""},
      {"i16", 1, "unknown type \"i16\""},
      {"a:<x", 4, "unknown type \"x\""},
      {"S", 1, "the length of \"S\" is not from 1"},
      {"S0", 1, "the length of \"S0\" is not from 1"},
      {"S010", 1, "the length of \"S010\" is not from 1"},
      {"S2147483649", 1, "is not from 1 to 2147483648"},
      {"S99999999999999999999999", 1, "is not from 1 to 2147483648"},
      {"int32", 1, "unknown type \"int32\" at position 1; use i4"},
      {"a:float64", 3, "use f8"},
      {"a:U5", 3, "type \"U5\" (UTF-32 text) is not supported at position 3; use S<n>"},
      {"c8", 1, "use f4[2]"},
      {"f2", 1, "use f4 or f8"},
      {"O", 1, "use S<n>"},
      {"V4", 1, "repack_fields"},
      {"m8[ns]", 1, "use i8"},
      {"M8", 3, "expected the unit of M8, found the end"},
      {"M8[]", 4, "unknown time unit \"\""},
      {"M8[25s]", 4, "unknown time unit \"25s\""},
      {"M8[ns", 6, "expected \"]\", found the end"},
      {"M4[ns]", 1, "unknown type \"M4\""},
      {"f4[", 4, "expected a number, found the end"},
      {"f4[]", 4, "expected a number, found \"]\""},
      {"f4[3,]", 6, "expected a number, found \"]\""},
      {"f4[-1]", 4, "expected a number, found \"-\""},
      {"f4[3", 5, "expected \"]\", found the end"},
      {"f4[0]", 4, "a dimension is 0"},
      {"f4[3][4]", 6, "expected the end, found \"[\""},
      {"f4[99999999999999999999]", 4, "the number is too large"},
      {"i1[1,1,1,1,1,1,1,1,1]", 20, "more than 8 dimensions"},
      {"a:i1,b:i1[65536,65536]", 6, "larger than 2147483648 bytes"},
      {"a:i1,b:S2147483648", 6, "larger than 2147483648 bytes"},
      {"f8[4294967296,4294967296]", 1, "larger than 2147483648 bytes"},
      {"my name:f4", 1, "unknown type \"my\""},
      {"a:f4,my name:f4", 9, "stands in quotes"},
      {"a:f4,it's:f4", 8, "stands in quotes"},
      {"'a:f4", 1, "a quote is not closed"},
      {"'a\\", 1, "a quote is not closed"},
      {"'a\\q':f4", 3, "the escape is unknown"},
      {"'a\\x0':f4", 3, "the escape is unknown"},
      {"'\\ud800':f4", 2, "the escape is unknown"},
      {"'\\U00110000':f4", 2, "the escape is unknown"},
      {"'a\\x00b':f4", 1, "a name holds a NUL"},
      {"a:f4,\xFF:f4", 6, "a name is not UTF-8: \"\\xff\""},
      {"\xC0\xAF:f4", 1, "a name is not UTF-8"},
      {"\xED\xA0\x80:f4", 1, "a name is not UTF-8"},
      {std::string_view("a:f4\0,b:f4", 10), 5, "found \"\\x00\""},
      {"a:i4\nb:i4", 6, "dtype \"a:i4\\nb:i4\": "},
  };
  for (const Refusal& refusal : refusals) check_refusal(refusal);
}

void test_65535_fields_are_accepted_and_no_more() {
  std::string text = "f0:i1";
  for (int i = 1; i < 65535; ++i) text += ",f" + std::to_string(i) + ":i1";
  const auto most = Dtype::parse(text);
  REQUIRE(most.is_ok());
  CHECK_EQ(most.value()->fields().size(), 65535U);
  CHECK_EQ(most.value()->text(), text);
  const std::size_t position = text.size() + 2;
  const auto more = Dtype::parse(text + ",last:i1");
  REQUIRE(!more.is_ok());
  CHECK_EQ(more.status().detail().column, position);
  CHECK(more.status().message().find("more than 65535 fields") != std::string::npos);
}

void test_the_message_for_a_long_text_shows_the_part_around_the_fault() {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "gr\xC3\xBCn" + std::to_string(i) + ":i4,";
  const auto dtype = Dtype::parse(text + "bad:x4," + text);
  REQUIRE(!dtype.is_ok());
  const std::string& message = dtype.status().message();
  CHECK(message.size() < 400);
  CHECK(message.find("bad:x4") != std::string::npos);
  CHECK(message.find("\\x") == std::string::npos);
  CHECK(message.find("dtype \"...") == 0);
}

void test_a_row_of_exactly_2_to_the_31_bytes_is_accepted() {
  const auto dtype = Dtype::parse("a:f8[65536,4096]");
  REQUIRE(dtype.is_ok());
  CHECK_EQ(dtype.value()->row_bytes(), std::uint64_t{1} << 31);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_the_sample_record_has_packed_fields),
      CHECK_TEST(test_a_bare_type_is_one_unnamed_field),
      CHECK_TEST(test_every_type_word_is_read_and_printed),
      CHECK_TEST(test_the_byte_order_is_printed_only_where_it_is_not_the_machines),
      CHECK_TEST(test_blanks_may_stand_between_all_parts),
      CHECK_TEST(test_a_name_stands_in_quotes_where_it_must),
      CHECK_TEST(test_printing_and_parsing_give_an_equal_dtype),
      CHECK_TEST(test_dtypes_differ_by_name_order_shape_and_record),
      CHECK_TEST(test_an_unknown_type_is_named_with_its_position),
      CHECK_TEST(test_a_wrong_text_is_refused_at_its_position),
      CHECK_TEST(test_65535_fields_are_accepted_and_no_more),
      CHECK_TEST(test_the_message_for_a_long_text_shows_the_part_around_the_fault),
      CHECK_TEST(test_a_row_of_exactly_2_to_the_31_bytes_is_accepted),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
