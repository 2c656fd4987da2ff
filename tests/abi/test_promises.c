/* What every language that uses the C interface is promised, in C: the rows of the real files, a
 * child that is killed, a bad cell, memory that comes back, no copy, a quota that is told, and a
 * child program of one's own beside the built-in one. */
#include <signal.h>

#include "abi.h"
#include "abi_sites.h"
#include "forebay/forebay.h"

/* This program as a child: its files are packed records already. */
static int run_child(void) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_child *child = NULL;
  forebay_child_task task = FOREBAY_CHILD_TASK_INIT;
  if (forebay_child_attach(&child, &err) != FOREBAY_OK) return 1;
  while (forebay_child_take(child, &task, &err) == FOREBAY_OK) {
    forebay_child_view view = FOREBAY_CHILD_VIEW_INIT;
    uint64_t offset = task.begin;
    while (forebay_child_fill(child, &view, &err) == FOREBAY_OK) {
      const ssize_t bytes =
          pread(task.descriptor, view.data, view.capacity * view.row_bytes, (off_t)offset);
      if (bytes <= 0) break;
      offset += (uint64_t)bytes;
      if (forebay_child_publish(child, (uint64_t)bytes / view.row_bytes, offset, 0, &err) !=
          FOREBAY_OK)
        break;
    }
    forebay_child_finish(child, &err);
  }
  forebay_child_close(child);
  return 0;
}

static forebay_loader *opened(const forebay_loader_options *options) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  assert_int_equal(forebay_dtype_parse(ABI_SITE, &row, &err), FOREBAY_OK);
  assert_int_equal(forebay_loader_open(row, options, &loader, &err), FOREBAY_OK);
  forebay_dtype_free(row);
  return loader;
}

/* The hash of an array's rows after those of `hash`. They are where a child wrote them. */
static uint64_t hash_of(const forebay_array *array, uint64_t hash, uint64_t *rows) {
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  assert_int_equal(forebay_array_view_get(array, &view, NULL), FOREBAY_OK);
  const char *last = (const char *)view.data + view.rows * view.row_bytes - 1;
  assert_true(abi_is_shared(view.data) && abi_is_shared(last));
  *rows += view.rows;
  return abi_hash(hash, view.data, view.rows * view.row_bytes);
}

static uint64_t blocks_lent(forebay_loader *loader) {
  forebay_arena_stats stats = FOREBAY_ARENA_STATS_INIT;
  assert_int_equal(forebay_loader_arena_stats(loader, &stats, NULL), FOREBAY_OK);
  return stats.blocks_lent;
}

static uint64_t hash_to_end(forebay_loader *loader, uint64_t hash, uint64_t *rows) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array *array = NULL;
  forebay_status status;
  while ((status = forebay_loader_next(loader, -1, &array, &err)) == FOREBAY_OK) {
    hash = hash_of(array, hash, rows);
    forebay_array_release(array);
  }
  assert_int_equal(status, FOREBAY_END);
  return hash;
}

static void test_real_rows_hash_equal_and_are_the_shared_memory(void **state) {
  (void)state;
  char paths[2][ABI_SITE_PATH];
  uint64_t wanted_rows = 0, rows = 0;
  uint64_t wanted = ABI_HASH_BEGIN;
  int on_the_stack = 0;
  abi_real_files(paths);
  for (int i = 0; i < 2; i++) wanted = abi_plain_hash(paths[i], wanted, &wanted_rows, NULL);
  forebay_loader *loader = opened(NULL);
  for (int i = 0; i < 2; i++)
    assert_int_equal(forebay_loader_add_file(loader, paths[i], NULL, NULL), FOREBAY_OK);
  const uint64_t got = hash_to_end(loader, ABI_HASH_BEGIN, &rows);
  assert_true(rows >= 40000 && rows == wanted_rows && got == wanted);
  assert_int_equal(blocks_lent(loader), 0);
  assert_false(abi_is_shared(&on_the_stack));
  forebay_loader_close(loader);
}

/* Why only one: a source is tried again once, and both may be at the same one. */
static int kill_a_child(forebay_loader *loader) {
  forebay_loader_child child = {.struct_size = sizeof(child)};
  for (uint32_t i = 0; forebay_loader_child_get(loader, i, &child, NULL) == FOREBAY_OK; i++)
    if (child.pid > 0) return kill(child.pid, SIGKILL) == 0;
  return 0;
}

static void test_child_that_is_killed_is_survived(void **state) {
  (void)state;
  char paths[2][ABI_SITE_PATH];
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  forebay_loader_progress progress = FOREBAY_LOADER_PROGRESS_INIT;
  forebay_array *first = NULL;
  uint64_t wanted_rows = 0, rows = 0, wanted = ABI_HASH_BEGIN;
  options.children = 2;
  options.batch_rows = 1000;
  options.split_bytes = 50000;
  options.memory_bytes = 1 << 20; /* too little for all rows: the children are still at work */
  abi_sample(paths);
  forebay_loader *loader = opened(&options);
  for (int i = 0; i < 2; i++) {
    wanted = abi_plain_hash(paths[i], wanted, &wanted_rows, NULL);
    assert_int_equal(forebay_loader_add_file(loader, paths[i], NULL, NULL), FOREBAY_OK);
  }
  assert_int_equal(forebay_loader_next(loader, -1, &first, NULL), FOREBAY_OK);
  assert_true(kill_a_child(loader));
  uint64_t got = hash_of(first, ABI_HASH_BEGIN, &rows);
  forebay_array_release(first);
  got = hash_to_end(loader, got, &rows);
  assert_true(rows == wanted_rows && got == wanted);
  assert_int_equal(forebay_loader_progress_get(loader, &progress, NULL), FOREBAY_OK);
  assert_true(progress.child_restarts >= 1);
  assert_int_equal(blocks_lent(loader), 0);
  forebay_loader_close(loader);
}

static void test_bad_cell_is_an_error_with_file_line_and_column(void **state) {
  (void)state;
  static const char *const files[] = {"bad.txt", NULL};
  char folder[ABI_PATH];
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array *array = NULL;
  abi_enter(folder);
  FILE *file = fopen("bad.txt", "w");
  assert_non_null(file);
  fputs("chr1 1 0.5 1 1\nchr1 x2 0.5 1 1\n", file);
  fclose(file);
  forebay_loader *loader = opened(NULL);
  assert_int_equal(forebay_loader_add_file(loader, "bad.txt", NULL, &err), FOREBAY_OK);
  forebay_status status = forebay_loader_next(loader, -1, &array, &err);
  if (status == FOREBAY_OK) { /* the row before it */
    forebay_array_release(array);
    status = forebay_loader_next(loader, -1, &array, &err);
  }
  assert_int_equal(status, FOREBAY_E_VALUE);
  assert_int_equal(err.code, FOREBAY_E_VALUE);
  assert_string_equal(err.path, "bad.txt");
  assert_true(err.line == 2 && err.column == 2 && err.source == 0);
  assert_non_null(strstr(err.message, "x2"));
  assert_int_equal(forebay_loader_next(loader, -1, &array, &err), FOREBAY_END);
  forebay_loader_close(loader);
  abi_leave(folder, files);
}

static void test_keeping_every_array_is_told_and_ends_when_they_go(void **state) {
  (void)state;
  enum { kMost = 1000 };
  char paths[2][ABI_SITE_PATH];
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  static forebay_array *kept[kMost];
  uint64_t rows = 0;
  int count = 0;
  forebay_status status;
  options.batch_rows = 1000;
  options.memory_bytes = 1 << 20;
  abi_sample(paths);
  forebay_loader *loader = opened(&options);
  for (int i = 0; i < 6; i++)
    assert_int_equal(forebay_loader_add_file(loader, paths[0], NULL, &err), FOREBAY_OK);
  while (count < kMost &&
         (status = forebay_loader_next(loader, -1, &kept[count], &err)) == FOREBAY_OK)
    count++;
  assert_int_equal(status, FOREBAY_E_FULL);
  assert_non_null(strstr(err.message, "memory_bytes"));
  for (int i = 0; i < count; i++) {
    (void)hash_of(kept[i], 0, &rows);
    forebay_array_release(kept[i]);
  }
  (void)hash_to_end(loader, 0, &rows);
  assert_int_equal(rows, 6 * 20000);
  assert_int_equal(blocks_lent(loader), 0);
  forebay_loader_close(loader);
}

/* Rows of text, then rows of a child program of one's own, into one table. */
static void test_own_child_feeds_the_same_store_as_the_built_in_one(void **state) {
  (void)state;
  static const char *const files[] = {"sites.bin", "out.h5", NULL};
  const char *const command[] = {"/proc/self/exe", "child", NULL};
  char folder[ABI_PATH], paths[2][ABI_SITE_PATH];
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  forebay_dtype *row = NULL;
  uint64_t rows = 0, read = 0;
  abi_sample(paths);
  abi_enter(folder);
  FILE *copy = fopen("sites.bin", "wb");
  assert_non_null(copy);
  uint64_t wanted = abi_plain_hash(paths[0], ABI_HASH_BEGIN, &rows, NULL);
  wanted = abi_plain_hash(paths[1], wanted, &rows, copy);
  fclose(copy);
  assert_int_equal(forebay_dtype_parse(ABI_SITE, &row, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_open("out.h5", NULL, &store, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_open(store, "data", row, NULL, &table, &err), FOREBAY_OK);
  for (int is_own = 0; is_own < 2; is_own++) {
    if (is_own) options.child_argv = command;
    forebay_loader *loader = opened(&options);
    assert_int_equal(forebay_loader_add_file(loader, is_own ? "sites.bin" : paths[0], NULL, &err),
                     FOREBAY_OK);
    assert_int_equal(forebay_table_append_loader(table, loader, NULL, &err), FOREBAY_OK);
    forebay_loader_close(loader);
  }
  assert_int_equal(forebay_store_commit(store, &err), FOREBAY_OK);
  char *stored = malloc(rows * ABI_SITE_BYTES);
  assert_int_equal(forebay_table_read(table, 0, rows + 1, stored, &read, &err), FOREBAY_OK);
  assert_true(rows == 40000 && read == rows &&
              abi_hash(ABI_HASH_BEGIN, stored, rows * ABI_SITE_BYTES) == wanted);
  free(stored);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
  forebay_dtype_free(row);
  abi_leave(folder, files);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_real_rows_hash_equal_and_are_the_shared_memory),
      cmocka_unit_test(test_child_that_is_killed_is_survived),
      cmocka_unit_test(test_bad_cell_is_an_error_with_file_line_and_column),
      cmocka_unit_test(test_keeping_every_array_is_told_and_ends_when_they_go),
      cmocka_unit_test(test_own_child_feeds_the_same_store_as_the_built_in_one),
  };
  if (argc > 1 && strcmp(argv[1], "child") == 0) return run_child();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
