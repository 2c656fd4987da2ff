/* array.h: views and leases, on an array filled by hand. */
#include "forebay/array.h"

#include <sys/wait.h>

#include "abi.h"
#include "forebay/arena.h"

static forebay_dtype *dtype;
static forebay_arena *arena;

static int open_arena(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  if (forebay_dtype_parse("pos:i4,pct:f8", &dtype, &err) != FOREBAY_OK) return -1;
  return forebay_arena_open(1U << 20, &arena, &err) == FOREBAY_OK ? 0 : -1;
}

static int close_arena(void **state) {
  (void)state;
  forebay_arena_close(arena);
  forebay_dtype_free(dtype);
  return 0;
}

static forebay_array *lease(uint64_t rows) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array *array = NULL;
  assert_int_equal(forebay_array_lease(arena, dtype, rows, &array, &err), FOREBAY_OK);
  return array;
}

static const char *example(forebay_array *array) {
  forebay_error err = FOREBAY_ERROR_INIT;
  const char *first = NULL;
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  if (forebay_array_view_get(array, &view, &err) == FOREBAY_OK) {
    const char *row = view.data;  // view.rows rows, view.row_bytes apart
    first = row;
  }
  forebay_array_release(array);
  return first;
}

static void test_example_of_the_header_runs(void **state) {
  (void)state;
  assert_non_null(example(lease(10)));
}

static void test_view_and_columns_agree(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array *array = lease(100);
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  assert_int_equal(forebay_array_view_get(array, &view, &err), FOREBAY_OK);
  assert_int_equal(view.layout, FOREBAY_ARRAY_ROWS);
  assert_int_equal(view.rows, 0);
  assert_true(view.capacity >= 100);
  assert_int_equal(view.row_bytes, 12);
  assert_int_equal(view.fields, 2);
  assert_int_equal(view.source, UINT32_MAX);
  assert_int_equal((uintptr_t)view.data % 4096, 0);

  forebay_array_column column;
  memset(&column, 0, sizeof(column));
  column.struct_size = sizeof(column);
  assert_int_equal(forebay_array_column_get(array, 1, &column, &err), FOREBAY_OK);
  assert_ptr_equal(column.data, (char *)view.data + 4);
  assert_int_equal(column.stride, 12);
  assert_null(column.validity);
  assert_null(column.heap);
  assert_int_equal(forebay_array_column_get(array, 2, &column, &err), FOREBAY_NONE);
  forebay_array_release(array);
}

static void test_rows_can_be_set_up_to_the_capacity(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array *array = lease(100);
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  assert_int_equal(forebay_array_set_rows(array, 100, &err), FOREBAY_OK);
  assert_int_equal(forebay_array_view_get(array, &view, &err), FOREBAY_OK);
  assert_int_equal(view.rows, 100);
  assert_int_equal(forebay_array_set_rows(array, view.capacity + 1, &err), FOREBAY_E_ARGUMENT);
  forebay_array_release(array);
}

static void test_array_lives_as_long_as_its_last_lease(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array *array = lease(10);
  forebay_arena_stats stats = FOREBAY_ARENA_STATS_INIT;
  assert_ptr_equal(forebay_array_retain(array), array);
  assert_int_equal(forebay_dtype_equal(forebay_array_dtype(array), dtype), 1);
  forebay_array_release(array);
  assert_int_equal(forebay_arena_stats_get(arena, &stats, &err), FOREBAY_OK);
  assert_int_equal(stats.blocks_lent, 1);
  forebay_array_release(array);
  assert_int_equal(forebay_arena_stats_get(arena, &stats, &err), FOREBAY_OK);
  assert_int_equal(stats.blocks_lent, 0);
  forebay_array_release(NULL);
}

/* As the example of the header: in a process of its own, and after the sender has let go. */
static void test_shared_array_arrives_in_another_process(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array *array = lease(100);
  forebay_array *shared = NULL;
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  int status = -1;
  assert_int_equal(forebay_array_set_rows(array, 3, &err), FOREBAY_OK);
  assert_int_equal(forebay_array_view_get(array, &view, &err), FOREBAY_OK);
  memcpy(view.data, "abcdefghijklABCDEFGHIJKLmnopqrstuvwx", 36);
  assert_int_equal(view.read_only, 0);
  int32_t descriptor = -1;
  forebay_array_share(array, &descriptor, &err);  // in one process
  assert_true(descriptor >= 3);
  forebay_array_release(array);
  pid_t child = fork();
  if (child == 0) {
    forebay_array_attach(descriptor, dtype, &shared,
                         &err);  // in another one, once it has the descriptor
    close(descriptor);
    int good = shared != NULL && forebay_array_view_get(shared, &view, NULL) == FOREBAY_OK &&
               view.rows == 3 && view.read_only == 1 && view.generation == 1 &&
               memcmp(view.data, "abcdefghijklABCDEFGHIJKLmnopqrstuvwx", 36) == 0;
    forebay_array_release(shared);
    _exit(good ? 0 : 1);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  assert_int_equal(forebay_array_attach(descriptor, NULL, &shared, &err), FOREBAY_OK);
  assert_int_equal(forebay_array_set_rows(shared, 1, &err), FOREBAY_E_STATE);
  forebay_array_release(shared);
  assert_int_equal(forebay_array_attach(0x7fffffff, NULL, &shared, &err), FOREBAY_E_ARGUMENT);
  assert_null(shared);
  assert_int_equal(forebay_array_attach(descriptor, NULL, NULL, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_array_share(NULL, &descriptor, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(descriptor, -1);
}

static void test_columns_have_a_page_each(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array *array = NULL;
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  forebay_array_column column = {.struct_size = sizeof(column)};
  assert_int_equal(forebay_array_lease_columns(arena, dtype, 100, &array, &err), FOREBAY_OK);
  assert_int_equal(forebay_array_view_get(array, &view, &err), FOREBAY_OK);
  assert_int_equal(view.layout, FOREBAY_ARRAY_COLUMNS);
  assert_int_equal(forebay_array_column_get(array, 1, &column, &err), FOREBAY_OK);
  assert_ptr_equal(column.data, (char *)view.data + 4096);
  assert_int_equal(column.stride, 8);
  forebay_array_release(array);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_example_of_the_header_runs),
      cmocka_unit_test(test_view_and_columns_agree),
      cmocka_unit_test(test_rows_can_be_set_up_to_the_capacity),
      cmocka_unit_test(test_array_lives_as_long_as_its_last_lease),
      cmocka_unit_test(test_shared_array_arrives_in_another_process),
      cmocka_unit_test(test_columns_have_a_page_each),
  };
  return cmocka_run_group_tests(tests, open_arena, close_arena);
}
