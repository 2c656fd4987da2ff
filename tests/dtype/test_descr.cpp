#include "dtype/dtype.hpp"
#include "support/check.hpp"

using namespace forebay::core;

namespace {

std::string text_of_descr(std::string_view descr) {
  const auto dtype = Dtype::parse_descr(descr);
  return dtype.is_ok() ? dtype.value()->text() : dtype.status().message();
}

std::string descr_of_text(std::string_view text) {
  const auto dtype = Dtype::parse(text);
  return dtype.is_ok() ? dtype.value()->descr() : dtype.status().message();
}

void test_a_record_prints_as_numpy_prints_it() {
  CHECK_EQ(descr_of_text("chr:S10,pos:<i4,t:<f4[24],m:>f8[3,4],ok:?,b:u1,w:<M8[ns]"),
           std::string("[('chr', '|S10'), ('pos', '<i4'), ('t', '<f4', (24,)), ('m', '>f8', (3, "
                       "4)), ('ok', '|b1'), ('b', '|u1'), ('w', '<M8[ns]')]"));
  CHECK_EQ(descr_of_text("\"it's\":u1,'a\"b':u1"),
           std::string("[(\"it's\", '|u1'), ('a\"b', '|u1')]"));
}

void test_a_bare_type_prints_as_numpy_takes_it() {
  CHECK_EQ(descr_of_text("<f8"), std::string("'<f8'"));
  CHECK_EQ(descr_of_text("<f4[721,1440]"), std::string("('<f4', (721, 1440))"));
  CHECK_EQ(descr_of_text("<f4[3]"), std::string("('<f4', (3,))"));
}

void test_descr_text_gives_the_dtype_back() {
  for (const char* text : {"chr:S10,pos:i4,t:f4[24],m:>f8[3,4]", "f8", "f4[721,1440]", "a:?",
                           "\"it's \\\"\\\\\":M8[us][2]", "\"\\n\\x85\":i1"}) {
    CHECK_EQ(text_of_descr(descr_of_text(text)), std::string(text));
  }
}

void test_python_spellings_are_understood() {
  CHECK_EQ(text_of_descr("[(\"a\",'|S3',),]"), std::string("a:S3"));
  CHECK_EQ(text_of_descr(" [ ( 'a' , '=i4' , ( 2 , 3 , ) ) ] "), std::string("a:i4[2,3]"));
  CHECK_EQ(text_of_descr("[('a', 'i4', 5), ('b', 'i4', ())]"), std::string("a:i4[5],b:i4"));
  CHECK_EQ(text_of_descr("[('', '|u1')]"), std::string("u1"));
  CHECK_EQ(text_of_descr("[('', '|u1', (2,))]"), std::string("u1[2]"));
  CHECK_EQ(text_of_descr("'|b1'"), std::string("?"));
  CHECK_EQ(text_of_descr("|S7"), std::string("S7"));
  CHECK_EQ(text_of_descr("[('gr\\xfcn', '|u1')]"), std::string("gr\xC3\xBCn:u1"));
}

struct Refusal {
  const char* descr;
  std::uint32_t column;
  const char* message;
};

void check_refusal(const Refusal& refusal) {
  const auto dtype = Dtype::parse_descr(refusal.descr);
  REQUIRE(!dtype.is_ok());
  const Status& status = dtype.status();
  CHECK_EQ(status.code(), FOREBAY_E_DTYPE);
  CHECK_EQ(status.detail().column, refusal.column);
  if (status.message().find(refusal.message) == std::string::npos) {
    CHECK_EQ(status.message(), std::string(refusal.message));
  }
}

void test_what_forebay_lacks_is_refused_with_a_way_out() {
  const Refusal refusals[] = {
      {"[('a', '<U5')]", 10, "type \"U5\" (UTF-32 text) is not supported at position 10; use S<n>"},
      {"[('a', '<c8')]", 10, "use f4[2]"},
      {"[('a', '<f2')]", 10, "use f4 or f8"},
      {"[('a', '<f16')]", 10, "use f4 or f8"},
      {"[('a', '|O')]", 10, "Python objects"},
      {"[('a', '|V5')]", 10, "raw bytes"},
      {"[('a', '<i2'), ('', '|V2'), ('b', '<i4')]", 23, "repack_fields"},
      {"[('a', '<m8[ns]')]", 10, "use i8"},
      {"[('a', '<M8')]", 12, "expected the unit of M8"},
      {"[('a', '<M8[25s]')]", 13, "unknown time unit \"25s\""},
      {"[('a', [('b', '<i4')])]", 8, "flatten it"},
      {"[(('title', 'a'), '<i4')]", 3, "title"},
  };
  for (const Refusal& refusal : refusals) check_refusal(refusal);
}

void test_a_wrong_descr_is_refused_at_its_position() {
  const Refusal refusals[] = {
      {"", 1, "expected a list, found the end"},
      {"{'names': ['a']}", 1, "str(dtype.descr)"},
      {"[]", 2, "expected \"(\", found \"]\""},
      {"[('a', '<i4')", 14, "expected \"]\", found the end"},
      {"[('a', '<i4'),,]", 15, "expected \"(\""},
      {"[('a')]", 6, "expected \",\""},
      {"[(a, '<i4')]", 3, "expected a name in quotes"},
      {"[('a', <i4)]", 8, "expected a type in quotes"},
      {"[('a', '<i4)]", 10, "unknown type \"i4)\""},
      {"[('a', '<i4\")]", 12, "expected \"'\""},
      {"[('a', 'i4,i4')]", 11, "expected \"'\", found \",\""},
      {"[('a', '<i4', (2, 0))]", 19, "a dimension is 0"},
      {"[('a', '<i4', 0)]", 15, "a dimension is 0"},
      {"[('a', '<i4', (,))]", 16, "expected a number"},
      {"[('a', '<i4', 2, 3)]", 18, "expected \")\""},
      {"[('', '<i4'), ('b', '<i4')]", 3, "a field has no name"},
      {"[('a', '<i4'), ('a', '<i4')]", 17, "the name \"a\" is there twice"},
      {"[('a', '<i4')] x", 16, "expected the end"},
      {"('<i4', (2,)", 13, "expected \")\", found the end"},
      {"'<i4", 5, "found the end"},
  };
  for (const Refusal& refusal : refusals) check_refusal(refusal);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_record_prints_as_numpy_prints_it),
      CHECK_TEST(test_a_bare_type_prints_as_numpy_takes_it),
      CHECK_TEST(test_descr_text_gives_the_dtype_back),
      CHECK_TEST(test_python_spellings_are_understood),
      CHECK_TEST(test_what_forebay_lacks_is_refused_with_a_way_out),
      CHECK_TEST(test_a_wrong_descr_is_refused_at_its_position),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
