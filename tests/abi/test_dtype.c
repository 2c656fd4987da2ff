/* dtype.h: as a C program sees it; the language itself is tested in tests/dtype. */
#include "forebay/dtype.h"

#include "abi.h"

static void test_example_of_the_header_runs(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;

  forebay_dtype *row = NULL;
  forebay_dtype_field field = {.struct_size = sizeof(field)};
  if (forebay_dtype_parse("chr:S10,pos:i4,t:f4[24]", &row, &err) != FOREBAY_OK) {
    fprintf(stderr, "%s\n", err.message);  // err.column is the place in the text
  }
  for (uint32_t i = 0; forebay_dtype_field_at(row, i, &field) == FOREBAY_OK; i++) {
    printf("%s at byte %llu\n", field.name, (unsigned long long)field.offset);
  }
  assert_int_equal(field.offset, 14);
  forebay_dtype_free(row);
}

static void test_fields_of_a_record_are_described(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  assert_int_equal(forebay_dtype_parse("chr:S10,pos:i4,t:f4[2,3]", &row, &err), FOREBAY_OK);
  assert_int_equal(forebay_dtype_field_count(row), 3);
  assert_int_equal(forebay_dtype_is_record(row), 1);
  assert_int_equal(forebay_dtype_row_bytes(row), 38);

  forebay_dtype_field field;
  memset(&field, 0, sizeof(field));
  field.struct_size = sizeof(field);
  assert_int_equal(forebay_dtype_field_at(row, 2, &field), FOREBAY_OK);
  assert_string_equal(field.name, "t");
  assert_int_equal(field.kind, FOREBAY_DTYPE_FLOAT);
  assert_int_equal(field.item_bytes, 4);
  assert_int_equal(field.offset, 14);
  assert_int_equal(field.count, 6);
  assert_int_equal(field.rank, 2);
  assert_int_equal(field.shape[1], 3);
  assert_int_equal(forebay_dtype_field_at(row, 3, &field), FOREBAY_NONE);
  forebay_dtype_free(row);
}

static void test_text_and_descr_give_equal_dtypes(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_dtype *again = NULL;
  assert_int_equal(forebay_dtype_parse("chr:S10,pos:i4", &row, &err), FOREBAY_OK);
  assert_int_equal(forebay_dtype_parse_descr(forebay_dtype_descr(row), &again, &err), FOREBAY_OK);
  assert_int_equal(forebay_dtype_equal(row, again), 1);
  assert_string_equal(forebay_dtype_text(row), forebay_dtype_text(again));
  forebay_dtype_free(again);
  forebay_dtype_free(row);
  forebay_dtype_free(NULL);
}

static void test_wrong_text_is_an_error_with_its_position(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  assert_int_equal(forebay_dtype_parse("chr:S10,pos:x4", &row, &err), FOREBAY_E_DTYPE);
  assert_null(row);
  assert_int_equal(err.column, 13);
  assert_true(strlen(err.message) > 10);
  assert_int_equal(forebay_dtype_parse(NULL, &row, NULL), FOREBAY_E_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_example_of_the_header_runs),
      cmocka_unit_test(test_fields_of_a_record_are_described),
      cmocka_unit_test(test_text_and_descr_give_equal_dtypes),
      cmocka_unit_test(test_wrong_text_is_an_error_with_its_position),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
