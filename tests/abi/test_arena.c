/* arena.h: the quota, and rows filled by hand that reach a table. */
#include "forebay/arena.h"

#include "abi.h"
#include "forebay/store.h"

static void test_example_of_the_header_runs(void **state) {
  (void)state;
  static const char *const files[] = {"filled.h5", NULL};
  char folder[ABI_PATH];
  abi_enter(folder);
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *dtype = NULL;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  forebay_arena *arena = NULL;
  forebay_array *array = NULL;
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  assert_int_equal(forebay_dtype_parse("f8", &dtype, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_open("filled.h5", NULL, &store, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_open(store, "data", dtype, NULL, &table, &err), FOREBAY_OK);

  forebay_arena_open(64u << 20, &arena, &err);
  forebay_array_lease(arena, dtype, 1000, &array, &err);  // room for 1000 rows, 0 rows set
  forebay_array_view_get(array, &view, &err);             // fill view.data
  for (int i = 0; i < 1000; i++) ((double *)view.data)[i] = i / 8.0;
  forebay_array_set_rows(array, 1000, &err);
  forebay_table_append_array(table, array, &err);
  forebay_array_release(array);
  forebay_arena_close(arena);

  double back = 0;
  assert_int_equal(forebay_table_rows(table), 1000);
  assert_int_equal(forebay_table_read(table, 999, 1, &back, NULL, &err), FOREBAY_OK);
  assert_true(back == 999 / 8.0);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
  forebay_dtype_free(dtype);
  abi_leave(folder, files);
}

static void test_full_quota_is_an_error_code(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *dtype = NULL;
  forebay_arena *arena = NULL;
  forebay_array *first = NULL;
  forebay_array *second = NULL;
  assert_int_equal(forebay_dtype_parse("u1", &dtype, &err), FOREBAY_OK);
  assert_int_equal(forebay_arena_open(65536, &arena, &err), FOREBAY_OK);
  assert_int_equal(forebay_array_lease(arena, dtype, 65536, &first, &err), FOREBAY_OK);
  assert_int_equal(forebay_array_lease(arena, dtype, 4096, &second, &err), FOREBAY_E_FULL);
  assert_null(second);
  assert_int_equal(forebay_array_lease(arena, dtype, 1U << 30, &second, &err), FOREBAY_E_ARGUMENT);
  forebay_array_release(first);
  assert_int_equal(forebay_array_lease(arena, dtype, 4096, &second, &err), FOREBAY_OK);
  forebay_arena_close(arena);
  forebay_array_release(second); /* after the arena was closed */
  forebay_arena_close(NULL);
  forebay_dtype_free(dtype);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_example_of_the_header_runs),
      cmocka_unit_test(test_full_quota_is_an_error_code),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
