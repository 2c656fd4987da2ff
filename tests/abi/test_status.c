/* status.h: the codes never change; the error record. */
#include "forebay/status.h"

#include "abi.h"
#include "forebay/dtype.h"

static void example(void) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  if (forebay_dtype_parse("chr:S10,pos:i4", &row, &err) != FOREBAY_OK) {
    fprintf(stderr, "%s\n", err.message);
  }
  forebay_dtype_free(row);
}

static void test_example_of_the_header_runs(void **state) {
  (void)state;
  example();
}

/* Written out once more on purpose: a value in the header that changes must fail here. */
static const struct {
  const char *name;
  forebay_status value;
} kPinned[] = {
    {"FOREBAY_OK", 0},
    {"FOREBAY_NONE", 1},
    {"FOREBAY_END", 2},
    {"FOREBAY_AGAIN", 3},
    {"FOREBAY_E_ARGUMENT", -10},
    {"FOREBAY_E_VERSION", -11},
    {"FOREBAY_E_DTYPE", -12},
    {"FOREBAY_E_MISMATCH", -13},
    {"FOREBAY_E_MEMORY", -20},
    {"FOREBAY_E_FULL", -21},
    {"FOREBAY_E_NOSPC", -22},
    {"FOREBAY_E_LIMIT", -23},
    {"FOREBAY_E_IO", -30},
    {"FOREBAY_E_NOT_FOUND", -31},
    {"FOREBAY_E_PERMISSION", -32},
    {"FOREBAY_E_EXISTS", -33},
    {"FOREBAY_E_BUSY", -34},
    {"FOREBAY_E_COMMIT_UNKNOWN", -35},
    {"FOREBAY_E_FORMAT", -40},
    {"FOREBAY_E_FOREIGN", -41},
    {"FOREBAY_E_VALUE", -42},
    {"FOREBAY_E_COLUMNS", -43},
    {"FOREBAY_E_TRUNCATED", -44},
    {"FOREBAY_E_JOURNAL", -45},
    {"FOREBAY_E_CHANGED", -46},
    {"FOREBAY_E_CHILD", -50},
    {"FOREBAY_E_TIMEOUT", -51},
    {"FOREBAY_E_PROTOCOL", -52},
    {"FOREBAY_E_SPAWN", -53},
    {"FOREBAY_E_STATE", -60},
    {"FOREBAY_E_CANCELLED", -61},
    {"FOREBAY_E_POISONED", -62},
    {"FOREBAY_E_INTERNAL", -70},
};

static void test_codes_keep_their_values_and_names(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(kPinned) / sizeof(kPinned[0]); i++) {
    assert_string_equal(forebay_status_name(kPinned[i].value), kPinned[i].name);
    assert_true(strlen(forebay_status_message(kPinned[i].value)) > 1);
  }
#define COUNT_ONE(name, value, text) +1
  assert_int_equal(0 FOREBAY_STATUS_MAP(COUNT_ONE), sizeof(kPinned) / sizeof(kPinned[0]));
}

static void test_unknown_code_has_a_name_too(void **state) {
  (void)state;
  assert_string_equal(forebay_status_name(-9999), "FOREBAY_E_UNKNOWN");
  assert_non_null(forebay_status_message(12345));
}

static void test_error_function_sets_what_the_macro_sets(void **state) {
  (void)state;
  const forebay_error macro = FOREBAY_ERROR_INIT;
  forebay_error function;
  memset(&function, 0x5a, sizeof(function));
  forebay_error_init(&function);
  forebay_error_init(NULL);
  assert_memory_equal(&function, &macro, sizeof(macro));
}

static void test_shorter_error_record_of_an_older_caller_is_not_overrun(void **state) {
  (void)state;
  union {
    forebay_error err;
    unsigned char bytes[sizeof(forebay_error)];
  } record;
  memset(&record, 0x5a, sizeof(record));
  record.err.struct_size = 16;
  forebay_dtype *row = NULL;
  assert_int_equal(forebay_dtype_parse("nonsense!", &row, &record.err), FOREBAY_E_DTYPE);
  assert_null(row);
  assert_int_equal(record.err.code, FOREBAY_E_DTYPE);
  for (size_t i = 16; i < sizeof(record); i++) assert_int_equal(record.bytes[i], 0x5a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_example_of_the_header_runs),
      cmocka_unit_test(test_codes_keep_their_values_and_names),
      cmocka_unit_test(test_unknown_code_has_a_name_too),
      cmocka_unit_test(test_error_function_sets_what_the_macro_sets),
      cmocka_unit_test(test_shorter_error_record_of_an_older_caller_is_not_overrun),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
