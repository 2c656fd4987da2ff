/* loader.h: rows from files through child processes, as a C program sees it. */
#include "forebay/loader.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi.h"

static const char *const kFiles[] = {"rep1.txt", "rep2.txt", "bad.txt", NULL};
static char folder[ABI_PATH];
static forebay_dtype *row;

static int enter(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  abi_enter(folder);
  abi_write_rows("rep1.txt", 100, 50);
  abi_write_rows("rep2.txt", 500, 30);
  FILE *bad = fopen("bad.txt", "w");
  if (bad == NULL) return -1;
  fprintf(bad, "chr1\t1\nchr1\tx\nchr1\t3\nchr1\t4\t5\n");
  fclose(bad);
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

static void test_paths_stand_for_files_and_formats_may_be_said(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  forebay_loader_file_options options;
  forebay_loader_file_options_init(&options);
  const forebay_loader_file_options macro = FOREBAY_LOADER_FILE_OPTIONS_INIT;
  assert_memory_equal(&options, &macro, sizeof(macro));
  assert_int_equal(forebay_loader_open(row, NULL, &loader, &err), FOREBAY_OK);
  assert_int_equal(forebay_loader_add_path(loader, "reads/chr*.txt", NULL, NULL, &err),
                   FOREBAY_E_NOT_FOUND);
  assert_non_null(strstr(err.message, "reads/chr*.txt"));
  assert_int_equal(mkdir("reads", 0700), 0);
  assert_int_equal(symlink("../rep2.txt", "reads/chr10.txt"), 0);
  assert_int_equal(symlink("../rep1.txt", "reads/chr9.txt"), 0);

  uint32_t added = 0;
  forebay_loader_add_path(loader, "reads/chr*.txt", NULL, &added, &err);
  assert_int_equal(added, 2);
  assert_string_equal(forebay_loader_source_path(loader, 0), "reads/chr9.txt");
  assert_string_equal(forebay_loader_source_path(loader, 1), "reads/chr10.txt");
  options.format = FOREBAY_LOADER_FORMAT_RAW;
  options.max_rows = 1;
  assert_int_equal(forebay_loader_add_file(loader, "rep1.txt", &options, &err), FOREBAY_OK);
  options.format = FOREBAY_LOADER_FORMAT_RAW + 1;
  assert_int_equal(forebay_loader_add_file(loader, "rep1.txt", &options, &err), FOREBAY_E_ARGUMENT);
  forebay_array *array = NULL;
  uint64_t rows = 0;
  while (forebay_loader_next(loader, -1, &array, &err) == FOREBAY_OK) {
    rows += rows_of(array);
    forebay_array_release(array);
  }
  assert_int_equal(rows, 50 + 30 + 1);
  forebay_loader_close(loader);
  unlink("reads/chr10.txt");
  unlink("reads/chr9.txt");
  rmdir("reads");
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

static void test_a_descriptor_is_a_source_and_batches_and_order_are_options(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  forebay_array *array = NULL;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  options.batch = FOREBAY_LOADER_BATCH_SOURCE;
  options.order = FOREBAY_LOADER_ORDER_ANY;
  options.total_timeout_ms = 60000;
  assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_OK);
  const int file = open("rep2.txt", O_RDONLY);
  assert_true(file >= 0);
  assert_int_equal(forebay_loader_add_descriptor(loader, file, "named", NULL, &err), FOREBAY_OK);
  assert_int_equal(forebay_loader_add_descriptor(loader, -1, "none", NULL, &err),
                   FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_loader_add_descriptor(loader, file, NULL, NULL, &err),
                   FOREBAY_E_ARGUMENT);
  assert_string_equal(forebay_loader_source_path(loader, 0), "named");
  assert_int_equal(forebay_loader_next(loader, -1, &array, &err), FOREBAY_OK);
  assert_int_equal(rows_of(array), 30);
  forebay_array_release(array);
  assert_int_equal(forebay_loader_next(loader, -1, &array, &err), FOREBAY_END);
  forebay_loader_close(loader);
  assert_int_equal(close(file), 0);
}

static void test_options_of_order_and_batch_that_clash_are_refused(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  const struct {
    uint32_t order, batch;
    uint64_t batch_rows;
  } wrong[] = {{3, 0, 0},
               {0, 4, 0},
               {0, FOREBAY_LOADER_BATCH_ROWS, 0},
               {0, FOREBAY_LOADER_BATCH_SOURCE, 10}};
  for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
    forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
    options.order = wrong[i].order;
    options.batch = wrong[i].batch;
    options.batch_rows = wrong[i].batch_rows;
    assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_E_ARGUMENT);
  }
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

static void drain(forebay_loader *loader, uint64_t rows) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array *array = NULL;
  uint64_t got = 0;
  while (forebay_loader_next(loader, -1, &array, &err) == FOREBAY_OK) {
    got += rows_of(array);
    forebay_array_release(array);
  }
  assert_int_equal(got, rows);
}

/* test_child.c has a child that sends notes. */
static void test_the_built_in_child_sends_no_notes(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  assert_int_equal(forebay_loader_open(row, NULL, &loader, &err), FOREBAY_OK);
  forebay_loader_log note = FOREBAY_LOADER_LOG_INIT;
  while (forebay_loader_log_next(loader, &note, &err) == FOREBAY_OK)
    printf("child %d: %s\n", note.pid, note.text);
  assert_int_equal(forebay_loader_log_next(loader, &note, &err), FOREBAY_NONE);
  assert_int_equal(forebay_loader_log_next(NULL, &note, &err), FOREBAY_E_ARGUMENT);
  forebay_loader_close(loader);
}

static void test_rejects_of_skipped_rows_can_be_read(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  uint64_t kept = 0;
  uint64_t total = 0;
  uint64_t skipped = 0;
  options.on_error = FOREBAY_LOADER_ON_ERROR_SKIP;
  assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_OK);
  forebay_loader_add_file(loader, "bad.txt", NULL, &err);
  drain(loader, 2);
  assert_int_equal(forebay_loader_reject_count(loader, &kept, &total, &err), FOREBAY_OK);
  assert_int_equal(kept, 2);
  assert_int_equal(total, 2);
  assert_int_equal(forebay_loader_source_rejects(loader, 0, &total, &skipped, &err), FOREBAY_OK);
  assert_int_equal(total, 2);
  assert_int_equal(skipped, 2);
  assert_int_equal(forebay_loader_source_rejects(loader, 1, NULL, NULL, &err), FOREBAY_NONE);

  forebay_reject reject = FOREBAY_REJECT_INIT;
  for (uint64_t i = 0; forebay_loader_reject_get(loader, i, &reject, &err) == FOREBAY_OK; i++) {
    printf("%s:%" PRIu64 ": %s\n", reject.path, reject.line, reject.reason);
  }
  assert_int_equal(reject.code, FOREBAY_E_COLUMNS);
  assert_int_equal(reject.line, 4);
  assert_int_equal(reject.column, 3);
  assert_int_equal(reject.count, 1);
  assert_string_equal(reject.path, "bad.txt");
  assert_string_equal(reject.text, "chr1\t4\t5");
  reject.struct_size = 0;
  assert_int_equal(forebay_loader_reject_get(loader, 0, &reject, &err), FOREBAY_E_ARGUMENT);
  forebay_loader_close(loader);
}

static void test_policies_that_make_no_sense_are_refused(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  options.max_errors = 5;
  assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_E_ARGUMENT);
  assert_non_null(strstr(err.message, "on_error"));
  options.on_error = 4;
  assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_E_ARGUMENT);
  const char *const command[] = {"/bin/true", NULL};
  options.on_error = FOREBAY_LOADER_ON_ERROR_NULL;
  options.child_argv = command;
  assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_E_ARGUMENT);
}

static void test_cut_strings_are_counted_by_source(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  forebay_array *array = NULL;
  forebay_dtype *narrow = NULL;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  forebay_loader_progress progress = FOREBAY_LOADER_PROGRESS_INIT;
  uint64_t fields = 0;

  assert_int_equal(forebay_dtype_parse("chr:S2,pos:i4", &narrow, &err), FOREBAY_OK);
  options.overlong = FOREBAY_LOADER_OVERLONG_TRUNCATE;
  assert_int_equal(forebay_loader_open(narrow, &options, &loader, &err), FOREBAY_OK);
  assert_int_equal(forebay_loader_add_file(loader, "rep1.txt", NULL, &err), FOREBAY_OK);
  while (forebay_loader_next(loader, -1, &array, &err) == FOREBAY_OK) forebay_array_release(array);
  assert_int_equal(forebay_loader_source_truncated(loader, 0, &fields, &err), FOREBAY_OK);
  assert_int_equal(fields, 50);
  assert_int_equal(forebay_loader_progress_get(loader, &progress, &err), FOREBAY_OK);
  assert_int_equal(progress.fields_truncated, 50);
  assert_int_equal(forebay_loader_source_truncated(loader, 1, &fields, &err), FOREBAY_NONE);
  assert_int_equal(forebay_loader_source_truncated(NULL, 0, &fields, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_loader_source_truncated(loader, 0, NULL, &err), FOREBAY_E_ARGUMENT);
  forebay_loader_close(loader);
  forebay_dtype_free(narrow);
}

static void test_options_about_values_are_refused_at_once(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  options.percent = 4;
  assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_E_ARGUMENT);
  options.percent = FOREBAY_LOADER_PERCENT_NUMBER;
  options.decimal = 200;
  assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_E_ARGUMENT);
  options.decimal = ',';
  options.fill = "nothing:1";
  assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_E_ARGUMENT);
  assert_non_null(strstr(err.message, "nothing"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_example_of_the_header_runs),
      cmocka_unit_test(test_paths_stand_for_files_and_formats_may_be_said),
      cmocka_unit_test(test_missing_file_fails_in_its_place_and_the_rest_is_loaded),
      cmocka_unit_test(test_foreign_loop_waits_on_the_descriptor),
      cmocka_unit_test(test_the_built_in_child_sends_no_notes),
      cmocka_unit_test(test_rejects_of_skipped_rows_can_be_read),
      cmocka_unit_test(test_policies_that_make_no_sense_are_refused),
      cmocka_unit_test(test_a_descriptor_is_a_source_and_batches_and_order_are_options),
      cmocka_unit_test(test_options_of_order_and_batch_that_clash_are_refused),
      cmocka_unit_test(test_unset_struct_size_is_refused),
      cmocka_unit_test(test_cut_strings_are_counted_by_source),
      cmocka_unit_test(test_options_about_values_are_refused_at_once),
  };
  return cmocka_run_group_tests(tests, enter, leave);
}
