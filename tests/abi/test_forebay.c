/* forebay.h: the umbrella brings every header, and brings them twice without harm. */
#include "forebay/forebay.h"

#include "abi.h"

#if !defined(FOREBAY_ARENA_H) || !defined(FOREBAY_ARRAY_H) || !defined(FOREBAY_ARROW_H) ||    \
    !defined(FOREBAY_CHILD_H) || !defined(FOREBAY_DLPACK_H) || !defined(FOREBAY_DTYPE_H) ||   \
    !defined(FOREBAY_EXPORT_H) || !defined(FOREBAY_LOADER_H) || !defined(FOREBAY_STATUS_H) || \
    !defined(FOREBAY_STORE_H) || !defined(FOREBAY_VERSION_H)
#error "forebay.h misses a header"
#endif

static void test_example_of_the_header_stores_the_rows(void **state) {
  (void)state;
  static const char *const names[] = {"rep1.txt", "rep2.txt", "meth.h5", NULL};
  static const char *const paths[] = {"rep1.txt", "rep2.txt"};
  const int files = 2;
  char folder[ABI_PATH];
  abi_enter(folder);
  abi_write_rows("rep1.txt", 1, 40);
  abi_write_rows("rep2.txt", 100, 2);
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  forebay_loader *loader = NULL;
  forebay_array *array = NULL;
  forebay_status rc = FOREBAY_OK;

  forebay_dtype_parse("chr:S10,pos:i4", &row, &err);
  forebay_store_open("meth.h5", NULL, &store, &err);
  forebay_table_open(store, "data", row, NULL, &table, &err);
  forebay_loader_open(row, NULL, &loader, &err);
  for (int i = 0; i < files; i++) forebay_loader_add_file(loader, paths[i], NULL, &err);
  while ((rc = forebay_loader_next(loader, -1, &array, &err)) == FOREBAY_OK) {
    forebay_table_append_array(table, array, &err);
    forebay_array_release(array);
  }
  forebay_store_commit(store, &err);

  assert_int_equal(rc, FOREBAY_END);
  assert_int_equal(forebay_table_rows(table), 42);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
  forebay_loader_close(loader);
  forebay_dtype_free(row);
  abi_leave(folder, names);
}

static void test_ending_nothing_is_allowed(void **state) {
  (void)state;
  forebay_dtype_free(NULL);
  forebay_array_release(NULL);
  forebay_arena_close(NULL);
  forebay_loader_close(NULL);
  assert_int_equal(forebay_store_close(NULL, NULL), FOREBAY_OK);
}

static void test_missing_arguments_are_errors(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  assert_int_equal(forebay_store_open(NULL, NULL, NULL, &err), FOREBAY_E_ARGUMENT);
  assert_true(strlen(err.message) > 5);
  assert_int_equal(forebay_loader_open(NULL, NULL, NULL, NULL), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_arena_open(1U << 20, NULL, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_table_append_loader(NULL, NULL, NULL, &err), FOREBAY_E_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_example_of_the_header_stores_the_rows),
      cmocka_unit_test(test_ending_nothing_is_allowed),
      cmocka_unit_test(test_missing_arguments_are_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
