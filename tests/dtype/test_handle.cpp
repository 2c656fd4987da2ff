// The C functions of forebay/dtype.h, called as a C program would.
#include <cstring>
#include <string>

#include "forebay/dtype.h"
#include "support/check.hpp"

namespace {

forebay_dtype* parsed(const char* text) {
  forebay_dtype* out = nullptr;
  return forebay_dtype_parse(text, &out, nullptr) == FOREBAY_OK ? out : nullptr;
}

void test_a_handle_describes_its_dtype() {
  forebay_dtype* const dtype = parsed("chr:S10,w:>M8[ns][2,3]");
  REQUIRE(dtype != nullptr);
  CHECK_EQ(forebay_dtype_text(dtype), std::string("chr:S10,w:>M8[ns][2,3]"));
  CHECK_EQ(forebay_dtype_descr(dtype), std::string("[('chr', '|S10'), ('w', '>M8[ns]', (2, 3))]"));
  CHECK_EQ(forebay_dtype_row_bytes(dtype), 58U);
  CHECK_EQ(forebay_dtype_field_count(dtype), 2U);
  CHECK_EQ(forebay_dtype_is_record(dtype), 1);
  forebay_dtype_field field{};
  field.struct_size = sizeof(field);
  CHECK_EQ(forebay_dtype_field_at(dtype, 1, &field), FOREBAY_OK);
  CHECK_EQ(field.name, std::string("w"));
  CHECK_EQ(field.unit, std::string("ns"));
  CHECK_EQ(field.kind, static_cast<int32_t>(FOREBAY_DTYPE_DATETIME));
  CHECK_EQ(field.item_bytes, 8U);
  CHECK_EQ(field.offset, 10U);
  CHECK_EQ(field.count, 6U);
  CHECK_EQ(field.big_endian, 1);
  CHECK_EQ(field.rank, 2U);
  CHECK(field.shape[0] == 2 && field.shape[1] == 3 && field.shape[2] == 0);
  CHECK_EQ(forebay_dtype_field_at(dtype, 2, &field), FOREBAY_NONE);
  forebay_dtype_free(dtype);
}

void test_a_shorter_struct_of_an_older_caller_is_not_overrun() {
  forebay_dtype* const dtype = parsed("a:i4,b:f8");
  REQUIRE(dtype != nullptr);
  forebay_dtype_field field;
  std::memset(&field, 0x5A, sizeof(field));
  field.struct_size = offsetof(forebay_dtype_field, unit);
  CHECK_EQ(forebay_dtype_field_at(dtype, 1, &field), FOREBAY_OK);
  CHECK_EQ(field.name, std::string("b"));
  CHECK_EQ(field.item_bytes, 0x5A5A5A5A5A5A5A5AU);
  CHECK_EQ(field.struct_size, offsetof(forebay_dtype_field, unit));
  field.struct_size = 0;
  CHECK_EQ(forebay_dtype_field_at(dtype, 1, &field), FOREBAY_E_ARGUMENT);
  forebay_dtype_free(dtype);
}

void test_a_failure_fills_the_error_and_leaves_nothing() {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype* out = reinterpret_cast<forebay_dtype*>(&err);
  CHECK_EQ(forebay_dtype_parse("chr:S10,pos:x4", &out, &err), FOREBAY_E_DTYPE);
  CHECK(out == nullptr);
  CHECK_EQ(err.code, FOREBAY_E_DTYPE);
  CHECK_EQ(err.column, 13U);
  CHECK(std::strstr(err.message, "unknown type \"x4\" at position 13; use S<n>") != nullptr);
  CHECK_EQ(forebay_dtype_parse_descr("[('a', '<U5')]", &out, &err), FOREBAY_E_DTYPE);
  CHECK_EQ(err.column, 10U);
  CHECK(out == nullptr);
}

void test_the_longest_messages_fit_the_error_record() {
  std::string text(5000, '\x01');
  text.insert(0, "a:");
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype* out = nullptr;
  CHECK_EQ(forebay_dtype_parse(text.c_str(), &out, &err), FOREBAY_E_DTYPE);
  CHECK(std::strlen(err.message) < sizeof(err.message));
  CHECK(std::strstr(err.message, " at position ") != nullptr);
}

void test_null_arguments_are_errors_not_crashes() {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype* out = nullptr;
  CHECK_EQ(forebay_dtype_parse(nullptr, &out, &err), FOREBAY_E_ARGUMENT);
  CHECK_EQ(forebay_dtype_parse("i4", nullptr, &err), FOREBAY_E_ARGUMENT);
  CHECK_EQ(forebay_dtype_parse_descr(nullptr, &out, nullptr), FOREBAY_E_ARGUMENT);
  CHECK_EQ(forebay_dtype_field_at(nullptr, 0, nullptr), FOREBAY_E_ARGUMENT);
  CHECK_EQ(forebay_dtype_text(nullptr), std::string());
  CHECK_EQ(forebay_dtype_field_count(nullptr), 0U);
  CHECK_EQ(forebay_dtype_equal(nullptr, nullptr), 0);
  forebay_dtype_free(nullptr);
}

void test_equal_dtypes_are_equal_whichever_way_they_were_made() {
  forebay_dtype* const first = parsed(" chr : S10, pos : =i4 ");
  forebay_dtype* const other = parsed("chr:S10,pos:u4");
  forebay_dtype* second = nullptr;
  CHECK_EQ(forebay_dtype_parse_descr(forebay_dtype_descr(first), &second, nullptr), FOREBAY_OK);
  CHECK_EQ(forebay_dtype_equal(first, second), 1);
  CHECK_EQ(forebay_dtype_equal(first, other), 0);
  forebay_dtype_free(first);
  forebay_dtype_free(second);
  forebay_dtype_free(other);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_handle_describes_its_dtype),
      CHECK_TEST(test_a_shorter_struct_of_an_older_caller_is_not_overrun),
      CHECK_TEST(test_a_failure_fills_the_error_and_leaves_nothing),
      CHECK_TEST(test_the_longest_messages_fit_the_error_record),
      CHECK_TEST(test_null_arguments_are_errors_not_crashes),
      CHECK_TEST(test_equal_dtypes_are_equal_whichever_way_they_were_made),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
