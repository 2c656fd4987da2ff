/* loader.h: rows from files through child processes, as a C program sees it. */
#include "forebay/loader.h"

#include <poll.h>

#include "abi.h"

static const char *const kFiles[] = {"rep1.txt", "rep2.txt", NULL};
static char folder[ABI_PATH];
static forebay_dtype *row;

static int enter(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  abi_enter(folder);
  abi_write_rows("rep1.txt", 100, 50);
  abi_write_rows("rep2.txt", 500, 30);
  return forebay_dtype_parse("chr:S10,pos:i4", &row, &err) == FOREBAY_OK ? 0 : -1;
}

static int leave(void **state) {
  (void)state;
  forebay_dtype_free(row);
  abi_leave(folder, kFiles);
  return 0;
}

static uint64_t rows_of(const forebay_array *array) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  assert_int_equal(forebay_array_view_get(array, &view, &err), FOREBAY_OK);
  return view.rows;
}

static void test_example_of_the_header_runs(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  forebay_array *array = NULL;
  forebay_status rc;
  uint64_t rows = 0;

  forebay_loader_open(row, NULL, &loader, &err);
  forebay_loader_add_file(loader, "rep1.txt", NULL, &err);
  while ((rc = forebay_loader_next(loader, -1, &array, &err)) == FOREBAY_OK) {
    // use the rows
    rows += rows_of(array);
    forebay_array_release(array);
  }
  if (rc != FOREBAY_END) fprintf(stderr, "%s\n", err.message);
  forebay_loader_close(loader);

  assert_int_equal(rc, FOREBAY_END);
  assert_int_equal(rows, 50);
}

static void test_missing_file_fails_in_its_place_and_the_rest_is_loaded(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  forebay_array *array = NULL;
  assert_int_equal(forebay_loader_open(row, NULL, &loader, &err), FOREBAY_OK);
  forebay_loader_add_file(loader, "missing.txt", NULL, &err);
  forebay_loader_add_file(loader, "rep2.txt", NULL, &err);
  assert_int_equal(forebay_loader_next(loader, -1, &array, &err), FOREBAY_E_NOT_FOUND);
  assert_null(array);
  assert_int_equal(err.source, 0);
  assert_non_null(strstr(err.message, "missing.txt"));
  uint64_t rows = 0;
  while (forebay_loader_next(loader, -1, &array, &err) == FOREBAY_OK) {
    rows += rows_of(array);
    forebay_array_release(array);
  }
  assert_int_equal(rows, 30);

  assert_int_equal(forebay_loader_source_status(loader, 0, NULL, &err), FOREBAY_E_NOT_FOUND);
  assert_int_equal(forebay_loader_source_status(loader, 1, &rows, &err), FOREBAY_OK);
  assert_int_equal(rows, 30);
  assert_int_equal(forebay_loader_source_status(loader, 2, &rows, &err), FOREBAY_NONE);
  assert_string_equal(forebay_loader_source_path(loader, 1), "rep2.txt");
  forebay_loader_progress progress = FOREBAY_LOADER_PROGRESS_INIT;
  assert_int_equal(forebay_loader_progress_get(loader, &progress, &err), FOREBAY_OK);
  assert_int_equal(progress.sources_total, 2);
  assert_int_equal(progress.sources_failed, 1);
  assert_int_equal(progress.rows_done, 30);
  forebay_loader_close(loader);
}

static void test_foreign_loop_waits_on_the_descriptor(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  forebay_array *array = NULL;
  int32_t descriptor = -1;
  uint64_t rows = 0;
  forebay_status rc = FOREBAY_AGAIN;
  assert_int_equal(forebay_loader_open(row, NULL, &loader, &err), FOREBAY_OK);
  forebay_loader_add_file(loader, "rep1.txt", NULL, &err);
  assert_int_equal(forebay_loader_descriptor(loader, &descriptor, &err), FOREBAY_OK);
  while (rc != FOREBAY_END) {
    if (forebay_loader_step(loader, 0, &err) == FOREBAY_AGAIN) {
      struct pollfd wait = {descriptor, POLLIN, 0};
      assert_true(poll(&wait, 1, 60000) == 1);
      continue;
    }
    rc = forebay_loader_next(loader, 0, &array, &err);
    assert_true(rc >= 0);
    if (rc == FOREBAY_OK) {
      rows += rows_of(array);
      forebay_array_release(array);
    }
  }
  assert_int_equal(rows, 50);
  forebay_loader_close(loader);
}

static void test_unset_struct_size_is_refused(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  forebay_loader_options options;
  forebay_loader_options_init(&options);
  const forebay_loader_options macro = FOREBAY_LOADER_OPTIONS_INIT;
  assert_memory_equal(&options, &macro, sizeof(macro));
  options.struct_size = 0;
  assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_E_ARGUMENT);
  assert_null(loader);
  forebay_loader_close(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_example_of_the_header_runs),
      cmocka_unit_test(test_missing_file_fails_in_its_place_and_the_rest_is_loaded),
      cmocka_unit_test(test_foreign_loop_waits_on_the_descriptor),
      cmocka_unit_test(test_unset_struct_size_is_refused),
  };
  return cmocka_run_group_tests(tests, enter, leave);
}
