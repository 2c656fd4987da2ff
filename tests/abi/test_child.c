/* child.h: this executable is its own child loader, and a custom one: started as "test_abi_child
 * custom DEED --forebay-child" it reads files of 8 bytes "ABITEST1" and then i8 values. */
#include "forebay/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "abi.h"
#include "forebay/loader.h"
#include "forebay/store.h"

static void test_executable_that_called_child_main_is_its_own_child(void **state) {
  (void)state;
  static const char *const files[] = {"rep1.txt", NULL};
  char folder[ABI_PATH];
  abi_enter(folder);
  abi_write_rows("rep1.txt", 1, 20);
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  forebay_array *array = NULL;
  /* Nothing else may be found: the test's environment names no program. */
  assert_null(getenv("FOREBAY_LOADER"));
  assert_int_equal(forebay_dtype_parse("chr:S10,pos:i4", &row, &err), FOREBAY_OK);
  assert_int_equal(forebay_loader_open(row, NULL, &loader, &err), FOREBAY_OK);
  forebay_loader_add_file(loader, "rep1.txt", NULL, &err);
  assert_int_equal(forebay_loader_next(loader, -1, &array, &err), FOREBAY_OK);

  forebay_loader_child child;
  memset(&child, 0, sizeof(child));
  child.struct_size = sizeof(child);
  assert_int_equal(forebay_loader_child_get(loader, 0, &child, &err), FOREBAY_OK);
  char link[64];
  char own[1024] = "";
  char theirs[1024] = "";
  snprintf(link, sizeof(link), "/proc/%d/exe", child.pid);
  assert_true(readlink("/proc/self/exe", own, sizeof(own) - 1) > 0);
  if (child.pid != 0 && readlink(link, theirs, sizeof(theirs) - 1) > 0) {
    assert_string_equal(own, theirs);
  }
  forebay_array_release(array);
  assert_int_equal(forebay_loader_next(loader, -1, &array, &err), FOREBAY_END);
  forebay_loader_close(loader);
  forebay_dtype_free(row);
  abi_leave(folder, files);
}

/* ---- the custom child ---- */

enum { HEAD = 8 };

/* The value at row r; offset 0 is the first, after the head. */
static uint64_t read_rows(int descriptor, uint64_t offset, void *out, uint64_t most) {
  ssize_t got = pread(descriptor, out, (size_t)(most * 8), (off_t)(HEAD + offset));
  return got > 0 ? (uint64_t)got / 8 : 0;
}

/* As the example of the header. */
static int serve_plainly(void) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_child *child = NULL;
  forebay_child_task task = FOREBAY_CHILD_TASK_INIT;
  forebay_child_view view = FOREBAY_CHILD_VIEW_INIT;
  if (forebay_child_attach(&child, &err) != FOREBAY_OK) return 1;
  while (forebay_child_take(child, &task, &err) == FOREBAY_OK) {
    uint64_t offset = task.begin;
    uint64_t rows = 1;
    while (rows != 0 && forebay_child_fill(child, &view, &err) == FOREBAY_OK) {
      rows = read_rows(task.descriptor, offset, view.data, view.capacity);  // yours
      offset += rows * view.row_bytes;
      if (forebay_child_publish(child, rows, offset, 0, &err) != FOREBAY_OK) break;
    }
    forebay_child_finish(child, &err);
  }
  forebay_child_close(child);
  return 0;
}

/* What is done with one task. NULL: it was ended; else what was found wrong. */
typedef const char *(*deed_fn)(forebay_child *child, const forebay_child_task *task);

static const char *check_head(forebay_child *child, const forebay_child_task *task) {
  char head[HEAD];
  if (read(task->descriptor, head, HEAD) != HEAD || memcmp(head, "ABITEST1", HEAD) != 0) {
    forebay_child_fail(child, FOREBAY_E_FORMAT, 0, 0, 0, "the magic at byte 0 is wrong", NULL);
  } else {
    forebay_child_finish(child, NULL);
  }
  return NULL;
}

/* Dies after its third block if it is the first to make the file "marker"; goes on by lines. */
static const char *die_midway(forebay_child *child, const forebay_child_task *task) {
  forebay_child_view view = FOREBAY_CHILD_VIEW_INIT;
  const char *marker = getenv("ABI_CHILD_MARKER");
  uint64_t row = task->first_row;
  /* Offset and line come back as they were given: here offset 10 * rows, line 3 * rows. */
  if (task->begin != 10 * row || task->line != 3 * row) return "went on elsewhere";
  for (int block = 0; forebay_child_fill(child, &view, NULL) == FOREBAY_OK; block++) {
    if (block == 3 && marker != NULL && open(marker, O_CREAT | O_EXCL | O_WRONLY, 0600) >= 0)
      raise(SIGKILL);
    /* By read(): the position left by the child that died must not matter. */
    if (block == 0 && lseek(task->descriptor, 0, SEEK_CUR) != 0) return "not at start";
    if (lseek(task->descriptor, (off_t)(HEAD + row * 8), SEEK_SET) < 0) return "could not seek";
    ssize_t got = read(task->descriptor, view.data, (size_t)(view.capacity * 8));
    if (got <= 0) break;
    row += (uint64_t)got / 8;
    forebay_child_publish(child, (uint64_t)got / 8, 10 * row, 3 * row, NULL);
  }
  forebay_child_finish(child, NULL);
  return NULL;
}

static const char *publish_too_many(forebay_child *child, const forebay_child_task *task) {
  forebay_child_view view = FOREBAY_CHILD_VIEW_INIT;
  (void)task;
  forebay_child_fill(child, &view, NULL);
  if (forebay_child_publish(child, view.capacity + 1, 8, 0, NULL) != FOREBAY_E_ARGUMENT)
    return "too many rows were not refused";
  if (forebay_child_finish(child, NULL) != FOREBAY_E_ARGUMENT) _exit(3);
  return NULL;
}

static const char *break_the_rules(forebay_child *child, const forebay_child_task *task) {
  forebay_child_task another = FOREBAY_CHILD_TASK_INIT;
  forebay_child_view view = FOREBAY_CHILD_VIEW_INIT;
  forebay_child_view again = FOREBAY_CHILD_VIEW_INIT;
  forebay_child *twice = NULL;
  if (task->size != HEAD + 8 * 1000 || task->source != 0 || task->row_limit != 7)
    return "the task is not as it should be";
  if (forebay_child_attach(&twice, NULL) != FOREBAY_E_STATE) return "attached twice";
  if (forebay_child_take(child, &another, NULL) != FOREBAY_E_STATE) return "two tasks";
  if (forebay_child_publish(child, 1, 8, 0, NULL) != FOREBAY_E_STATE) return "published no block";
  if (forebay_child_fail(child, FOREBAY_OK, 0, 0, 0, "", NULL) != FOREBAY_E_ARGUMENT)
    return "a call was not refused";
  forebay_child_fill(child, &view, NULL);
  forebay_child_fill(child, &again, NULL);
  if (view.data != again.data || view.capacity != 5) return "another block";
  if (forebay_child_publish(child, 1, 0, 0, NULL) != FOREBAY_E_ARGUMENT)
    return "published at the place before";
  memset(view.data, 0, 5 * 8);
  if (forebay_child_publish(child, 5, 1, 0, NULL) != FOREBAY_OK) return "a full block";
  /* Two of the limit of seven are left: a block for them, a short one, and no more. */
  forebay_child_fill(child, &view, NULL);
  if (view.capacity != 2) return "room beyond the limit";
  memset(view.data, 0, 8);
  if (forebay_child_publish(child, 1, 2, 0, NULL) != FOREBAY_OK) return "a short block";
  forebay_child_fill(child, &view, NULL);
  if (forebay_child_publish(child, 1, 3, 0, NULL) != FOREBAY_E_STATE)
    return "rows after a short block";
  if (forebay_child_finish(child, NULL) != FOREBAY_E_STATE) _exit(3);
  return NULL;
}

static const char *check_config(forebay_child *child, const forebay_child_task *task) {
  const void *data = NULL;
  uint64_t bytes = 0;
  (void)task;
  forebay_child_config(child, &data, &bytes, NULL);
  if (bytes != 6 || memcmp(data, "a\0b\nc", 6) != 0) return "another configuration";
  if (strcmp(forebay_dtype_text(forebay_child_dtype(child)), "n:i8") != 0) return "another dtype";
  forebay_child_finish(child, NULL);
  return NULL;
}

/* Columns layout: the values by forebay_child_column_get(), the field `twice` made here. */
static const char *fill_columns(forebay_child *child, const forebay_child_task *task) {
  forebay_child_view view = FOREBAY_CHILD_VIEW_INIT;
  forebay_array_column n = {.struct_size = sizeof(n)};
  forebay_array_column twice = {.struct_size = sizeof(twice)};
  uint64_t row = task->first_row;
  if (forebay_child_column_get(child, 0, &n, NULL) != FOREBAY_E_STATE) return "no block";
  while (forebay_child_fill(child, &view, NULL) == FOREBAY_OK) {
    if (view.layout != FOREBAY_ARRAY_COLUMNS || view.data != NULL || view.fields != 2)
      return "not the layout of the loader";
    if (forebay_child_column_get(child, 0, &n, NULL) != FOREBAY_OK ||
        forebay_child_column_get(child, 1, &twice, NULL) != FOREBAY_OK ||
        forebay_child_column_get(child, 2, &twice, NULL) != FOREBAY_NONE)
      return "columns";
    if (n.stride != 8 || twice.stride != 4) return "strides";
    uint64_t rows = read_rows(task->descriptor, row * 8, n.data, view.capacity);
    if (rows == 0) break;
    for (uint64_t i = 0; i < rows; i++)
      ((int32_t *)twice.data)[i] = 2 * (int32_t)((int64_t *)n.data)[i];
    row += rows;
    if (forebay_child_publish(child, rows, row * 8, 0, NULL) != FOREBAY_OK) return "publish";
  }
  forebay_child_finish(child, NULL);
  return NULL;
}

/* Notes of all kinds, with a task at hand; the values are not looked at. */
static const char *send_notes(forebay_child *child, const forebay_child_task *task) {
  static char longer[2000];
  forebay_error err = FOREBAY_ERROR_INIT;
  (void)task;
  memset(longer, 'x', sizeof(longer) - 1);
  if (forebay_child_log(child, 0, "a", NULL) != FOREBAY_E_ARGUMENT ||
      forebay_child_log(child, FOREBAY_CHILD_LOG_ERROR + 1, "a", NULL) != FOREBAY_E_ARGUMENT ||
      forebay_child_log(child, FOREBAY_CHILD_LOG_INFO, NULL, NULL) != FOREBAY_E_ARGUMENT)
    return "a note was not refused";
  forebay_child_log(child, FOREBAY_CHILD_LOG_WARNING, "the clock was set back in this run", &err);
  forebay_child_log(child, FOREBAY_CHILD_LOG_DEBUG, "", &err);
  forebay_child_log(child, FOREBAY_CHILD_LOG_INFO, "two\nlines\tand \033[2J", &err);
  forebay_child_log(child, FOREBAY_CHILD_LOG_ERROR, longer, &err);
  if (err.code != FOREBAY_OK) return "a note was refused";
  forebay_child_finish(child, NULL);
  return NULL;
}

static const char *send_too_many_notes(forebay_child *child, const forebay_child_task *task) {
  char text[32];
  (void)task;
  for (int i = 0; i < 1700; i++) {
    snprintf(text, sizeof(text), "note %d", i);
    forebay_child_log(child, FOREBAY_CHILD_LOG_INFO, text, NULL);
  }
  forebay_child_finish(child, NULL);
  return NULL;
}

static int serve(const char *deed) {
  static const struct {
    const char *name;
    deed_fn fn;
  } deeds[] = {{"head", check_head},       {"die", die_midway},
               {"many", publish_too_many}, {"rules", break_the_rules},
               {"config", check_config},   {"columns", fill_columns},
               {"notes", send_notes},      {"flood", send_too_many_notes}};
  forebay_child *child = NULL;
  forebay_child_task task = FOREBAY_CHILD_TASK_INIT;
  if (strcmp(deed, "plain") == 0) return serve_plainly();
  if (forebay_child_attach(&child, NULL) != FOREBAY_OK) return 1;
  while (forebay_child_take(child, &task, NULL) == FOREBAY_OK) {
    for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
      if (strcmp(deeds[i].name, deed) != 0) continue;
      const char *wrong = deeds[i].fn(child, &task);
      if (wrong != NULL)
        forebay_child_fail(child, FOREBAY_E_INTERNAL, 0, UINT64_MAX, 0, wrong, NULL);
    }
  }
  forebay_child_close(child);
  return 0;
}

/* ---- its host ---- */

static void write_values(const char *path, const char *head, int64_t first, int64_t count) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fwrite(head, 1, HEAD, file);
  for (int64_t i = first; i < first + count; i++) fwrite(&i, sizeof(i), 1, file);
  assert_int_equal(fclose(file), 0);
}

/* What a load came to: the rows must be 0, 1, 2 and so on. */
struct outcome {
  int64_t rows;
  forebay_error err; /* the last failure */
  uint32_t failures;
  uint32_t restarts;
};

static struct outcome load(const char *deed, const char *const *paths, uint64_t batch_rows,
                           uint64_t max_rows) {
  const char *const command[] = {"/proc/self/exe", "custom", deed, NULL};
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  forebay_loader_file_options of_file = FOREBAY_LOADER_FILE_OPTIONS_INIT;
  forebay_loader_progress progress = FOREBAY_LOADER_PROGRESS_INIT;
  struct outcome out = {0, FOREBAY_ERROR_INIT, 0, 0};
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  forebay_array *array = NULL;
  forebay_status rc;
  options.child_argv = command;
  options.child_config = "a\0b\nc";
  options.child_config_bytes = 6;
  options.batch_rows = batch_rows;
  options.delimiter = 1000; /* would be refused if text options were looked at */
  of_file.max_rows = max_rows;
  assert_int_equal(forebay_dtype_parse("n:i8", &row, &out.err), FOREBAY_OK);
  assert_int_equal(forebay_loader_open(row, &options, &loader, &out.err), FOREBAY_OK);
  for (; *paths != NULL; paths++) forebay_loader_add_file(loader, *paths, &of_file, NULL);
  while ((rc = forebay_loader_next(loader, -1, &array, &out.err)) != FOREBAY_END) {
    if (rc != FOREBAY_OK) {
      out.failures++;
      continue;
    }
    forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
    assert_int_equal(forebay_array_view_get(array, &view, NULL), FOREBAY_OK);
    const int64_t *values = view.data;
    for (uint64_t i = 0; i < view.rows && max_rows == 0; i++)
      assert_int_equal(values[i], out.rows + (int64_t)i);
    out.rows += (int64_t)view.rows;
    forebay_array_release(array);
  }
  assert_int_equal(forebay_loader_progress_get(loader, &progress, NULL), FOREBAY_OK);
  out.restarts = progress.child_restarts;
  forebay_loader_close(loader);
  forebay_dtype_free(row);
  return out;
}

static const char *const two_files[] = {"a.bin", "b.bin", NULL};

static void test_custom_child_delivers_the_rows_of_each_file_in_order(void **state) {
  (void)state;
  /* A gzip's magic and an empty file are the child's affair. */
  static const char *const three_files[] = {"a.bin", "none.bin", "b.bin", NULL};
  static const uint64_t batches[] = {1, 7, 1000, 100000, 0};
  char folder[ABI_PATH];
  abi_enter(folder);
  write_values("a.bin", "\x1f\x8b......", 0, 1000);
  abi_write_rows("none.bin", 0, 0);
  write_values("b.bin", "ABITEST1", 1000, 500);
  for (size_t i = 0; i < sizeof(batches) / sizeof(batches[0]); i++) {
    struct outcome out = load("plain", three_files, batches[i], 0);
    assert_int_equal(out.rows, 1500);
    assert_int_equal(out.failures, 0);
    assert_int_equal(out.restarts, 0);
  }
  abi_leave(folder, three_files);
}

static void test_custom_child_stops_at_the_row_limit(void **state) {
  (void)state;
  char folder[ABI_PATH];
  abi_enter(folder);
  write_values("a.bin", "ABITEST1", 0, 1000);
  write_values("b.bin", "ABITEST1", 0, 5);
  struct outcome out = load("plain", two_files, 4, 10);
  assert_int_equal(out.rows, 15);
  assert_int_equal(out.failures, 0);
  abi_leave(folder, two_files);
}

static void test_custom_child_names_file_and_byte_of_a_bad_magic(void **state) {
  (void)state;
  char folder[ABI_PATH];
  abi_enter(folder);
  write_values("a.bin", "ABITEST1", 0, 10);
  write_values("b.bin", "ABITEST2", 0, 10);
  struct outcome out = load("head", two_files, 0, 0);
  assert_int_equal(out.failures, 1);
  assert_int_equal(out.err.code, FOREBAY_E_FORMAT);
  assert_int_equal(out.err.source, 1);
  assert_int_equal(out.err.byte, 0);
  assert_string_equal(out.err.path, "b.bin");
  assert_string_equal(out.err.message, "b.bin: the magic at byte 0 is wrong");
  abi_leave(folder, two_files);
}

static void test_custom_child_that_is_killed_once_delivers_the_same_rows(void **state) {
  (void)state;
  static const char *const files[] = {"a.bin", "b.bin", "marker", NULL};
  static const uint64_t batches[] = {1, 7, 100};
  char folder[ABI_PATH];
  abi_enter(folder);
  write_values("a.bin", "ABITEST1", 0, 1000);
  write_values("b.bin", "ABITEST1", 1000, 1000);
  /* Children start in their host's folder. */
  setenv("ABI_CHILD_MARKER", "marker", 1);
  for (size_t i = 0; i < sizeof(batches) / sizeof(batches[0]); i++) {
    unlink("marker");
    struct outcome out = load("die", two_files, batches[i], 0);
    assert_int_equal(out.failures, 0);
    assert_int_equal(out.restarts, 1);
    assert_int_equal(out.rows, 2000);
  }
  unsetenv("ABI_CHILD_MARKER");
  abi_leave(folder, files);
}

/* Into a table of rows too: the layout is the loader's, for the child knows no other. */
static void test_custom_child_fills_columns(void **state) {
  (void)state;
  static const char *const files[] = {"a.bin", "b.bin", "out.h5", NULL};
  const char *const command[] = {"/proc/self/exe", "custom", "columns", NULL};
  char folder[ABI_PATH];
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_store *store = NULL;
  abi_enter(folder);
  write_values("a.bin", "ABITEST1", 0, 1000);
  write_values("b.bin", "ABITEST1", 1000, 700);
  assert_int_equal(forebay_dtype_parse("n:i8,twice:i4", &row, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_open("out.h5", NULL, &store, &err), FOREBAY_OK);
  for (uint32_t layout = FOREBAY_ARRAY_ROWS; layout <= FOREBAY_ARRAY_COLUMNS; layout++) {
    forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
    forebay_table_options of_table = FOREBAY_TABLE_OPTIONS_INIT;
    forebay_loader *loader = NULL;
    forebay_table *table = NULL;
    static int64_t n[1700];
    static int32_t twice[1700];
    uint64_t read = 0;
    options.child_argv = command;
    options.layout = FOREBAY_ARRAY_COLUMNS;
    of_table.layout = layout;
    of_table.chunk_rows = 300;
    const char *name = layout == FOREBAY_ARRAY_ROWS ? "rows" : "columns";
    assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_OK);
    assert_int_equal(forebay_table_open(store, name, row, &of_table, &table, &err), FOREBAY_OK);
    forebay_loader_add_file(loader, "a.bin", NULL, &err);
    forebay_loader_add_file(loader, "b.bin", NULL, &err);
    assert_int_equal(forebay_table_append_loader(table, loader, NULL, &err), FOREBAY_OK);
    forebay_loader_close(loader);
    assert_int_equal(forebay_table_rows(table), 1700);
    assert_int_equal(forebay_table_read_column(table, 0, 0, 1700, n, &read, &err), FOREBAY_OK);
    assert_int_equal(forebay_table_read_column(table, 1, 0, 1700, twice, &read, &err), FOREBAY_OK);
    assert_int_equal(read, 1700);
    for (int i = 0; i < 1700; i++) {
      assert_int_equal(n[i], i);
      assert_int_equal(twice[i], 2 * i);
    }
  }
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
  forebay_dtype_free(row);
  abi_leave(folder, files);
}

/* The bulk path: the second file begins inside a chunk, where its child must cut its first block.
 */
static void test_custom_child_that_is_killed_once_fills_a_table(void **state) {
  (void)state;
  static const char *const files[] = {"a.bin", "b.bin", "marker", "out.h5", NULL};
  const char *const command[] = {"/proc/self/exe", "custom", "die", NULL};
  static int64_t values[2000];
  char folder[ABI_PATH];
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  forebay_table_options of_table = FOREBAY_TABLE_OPTIONS_INIT;
  abi_enter(folder);
  write_values("a.bin", "ABITEST1", 0, 1000);
  write_values("b.bin", "ABITEST1", 1000, 1000);
  setenv("ABI_CHILD_MARKER", "marker", 1);
  options.child_argv = command;
  of_table.chunk_rows = 64;
  assert_int_equal(forebay_dtype_parse("n:i8", &row, &err), FOREBAY_OK);
  assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_OK);
  for (int i = 0; i < 2; i++) forebay_loader_add_file(loader, files[i], NULL, NULL);
  assert_int_equal(forebay_store_open("out.h5", NULL, &store, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_open(store, "data", row, &of_table, &table, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_append_loader(table, loader, NULL, &err), FOREBAY_OK);
  unsetenv("ABI_CHILD_MARKER");
  assert_int_equal(forebay_table_rows(table), 2000);
  assert_int_equal(forebay_table_read(table, 0, 2000, values, NULL, &err), FOREBAY_OK);
  for (int64_t i = 0; i < 2000; i++) assert_int_equal(values[i], i);
  forebay_loader_close(loader);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
  forebay_dtype_free(row);
  abi_leave(folder, files);
}

static void test_custom_child_that_publishes_too_many_rows_is_refused(void **state) {
  (void)state;
  static const char *const files[] = {"a.bin", NULL};
  char folder[ABI_PATH];
  abi_enter(folder);
  write_values("a.bin", "ABITEST1", 0, 1000);
  struct outcome out = load("many", files, 10, 0);
  assert_int_equal(out.rows, 0);
  assert_int_equal(out.restarts, 0);
  assert_int_equal(out.err.code, FOREBAY_E_ARGUMENT);
  assert_non_null(
      strstr(out.err.message, "a.bin: 11 rows were to be published from a block of 10"));
  abi_leave(folder, files);
}

static void test_custom_child_is_kept_within_the_protocol(void **state) {
  (void)state;
  static const char *const files[] = {"a.bin", NULL};
  char folder[ABI_PATH];
  abi_enter(folder);
  write_values("a.bin", "ABITEST1", 0, 1000);
  struct outcome out = load("rules", files, 5, 7);
  assert_non_null(strstr(out.err.message, "only the last one of a task may have"));
  assert_int_equal(out.err.code, FOREBAY_E_STATE);
  assert_int_equal(out.rows, 6);
  assert_int_equal(out.restarts, 0);
  abi_leave(folder, files);
}

static void test_custom_child_gets_its_configuration(void **state) {
  (void)state;
  static const char *const files[] = {"a.bin", NULL};
  char folder[ABI_PATH];
  abi_enter(folder);
  write_values("a.bin", "ABITEST1", 0, 1);
  struct outcome out = load("config", files, 0, 0);
  assert_string_equal(out.err.message, "");
  assert_int_equal(out.failures, 0);
  abi_leave(folder, files);
}

/* A loader that has read the files by the deed to their ends, and holds their notes. */
static forebay_loader *loaded(const char *deed, const char *const *paths) {
  const char *const command[] = {"/proc/self/exe", "custom", deed, NULL};
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  forebay_array *array = NULL;
  options.child_argv = command;
  options.children = 1;
  assert_int_equal(forebay_dtype_parse("n:i8", &row, &err), FOREBAY_OK);
  assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_OK);
  for (; *paths != NULL; paths++) forebay_loader_add_file(loader, *paths, NULL, NULL);
  assert_int_equal(forebay_loader_next(loader, -1, &array, &err), FOREBAY_END);
  forebay_dtype_free(row);
  return loader;
}

static void test_notes_of_a_custom_child_come_to_its_host(void **state) {
  (void)state;
  static const struct {
    uint32_t level;
    const char *text;
  } wanted[] = {{FOREBAY_CHILD_LOG_WARNING, "the clock was set back in this run"},
                {FOREBAY_CHILD_LOG_DEBUG, ""},
                {FOREBAY_CHILD_LOG_INFO, "two?lines\tand ?[2J"},
                {FOREBAY_CHILD_LOG_ERROR, NULL}};
  char folder[ABI_PATH];
  forebay_error err = FOREBAY_ERROR_INIT;
  abi_enter(folder);
  write_values("a.bin", "ABITEST1", 0, 1);
  write_values("b.bin", "ABITEST1", 0, 1);
  forebay_loader *loader = loaded("notes", two_files);
  forebay_loader_log log = FOREBAY_LOADER_LOG_INIT;
  forebay_loader_log none = {0};
  assert_int_equal(forebay_loader_log_next(loader, &none, NULL), FOREBAY_E_ARGUMENT);
  for (uint32_t i = 0; i < 8; i++) {
    assert_int_equal(forebay_loader_log_next(loader, &log, &err), FOREBAY_OK);
    assert_int_equal(log.level, wanted[i % 4].level);
    assert_int_equal(log.source, i / 4);
    assert_true(log.pid > 0);
    assert_int_equal(log.lost, 0);
    if (wanted[i % 4].text != NULL) {
      assert_string_equal(log.text, wanted[i % 4].text);
    } else {
      assert_int_equal(strlen(log.text), 1024);
    }
  }
  assert_int_equal(forebay_loader_log_next(loader, &log, &err), FOREBAY_NONE);
  forebay_loader_close(loader);
  abi_leave(folder, two_files);
}

static void test_the_last_notes_are_kept_and_the_others_counted(void **state) {
  (void)state;
  static const char *const files[] = {"a.bin", NULL};
  char folder[ABI_PATH];
  char want[32];
  forebay_error err = FOREBAY_ERROR_INIT;
  abi_enter(folder);
  write_values("a.bin", "ABITEST1", 0, 1);
  forebay_loader *loader = loaded("flood", files);
  uint64_t number = 0;
  forebay_loader_log note = FOREBAY_LOADER_LOG_INIT;
  while (forebay_loader_log_next(loader, &note, &err) == FOREBAY_OK) {
    number += note.lost;
    snprintf(want, sizeof(want), "note %llu", (unsigned long long)number++);
    assert_string_equal(note.text, want);
    assert_int_equal(note.lost, number == 701 ? 700 : 0);
  }
  assert_int_equal(number, 1700);
  forebay_loader_close(loader);
  abi_leave(folder, files);
}

static forebay_status opened(const forebay_loader_options *options) {
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  assert_int_equal(forebay_dtype_parse("n:i8", &row, NULL), FOREBAY_OK);
  forebay_status rc = forebay_loader_open(row, options, &loader, NULL);
  forebay_loader_close(loader);
  forebay_dtype_free(row);
  return rc;
}

static void test_options_of_a_custom_child_are_checked(void **state) {
  (void)state;
  const char *const none[] = {NULL};
  const char *const missing[] = {"/nowhere/reader", NULL};
  const char *const self[] = {"/proc/self/exe", NULL};
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  options.child_argv = none;
  assert_int_equal(opened(&options), FOREBAY_E_ARGUMENT);
  options.child_argv = missing;
  assert_int_equal(opened(&options), FOREBAY_E_NOT_FOUND);
  options.child_argv = self;
  assert_int_equal(opened(&options), FOREBAY_OK);
  options.child_config_bytes = 1;
  assert_int_equal(opened(&options), FOREBAY_E_ARGUMENT);
  options.child_config_bytes = 0;
  options.program = "/proc/self/exe";
  assert_int_equal(opened(&options), FOREBAY_E_ARGUMENT);
  options.program = NULL;
  options.child_argv = NULL;
  options.child_config = "x";
  options.child_config_bytes = 1;
  assert_int_equal(opened(&options), FOREBAY_E_ARGUMENT);
  /* A caller of before, whose struct ends where child_argv is now, has no custom child. */
  options.struct_size = (uint32_t)offsetof(forebay_loader_options, child_argv);
  assert_int_equal(opened(&options), FOREBAY_OK);
}

static void test_a_custom_child_is_looked_for_in_path(void **state) {
  (void)state;
  static const char *const files[] = {"abi-reader", "abi-folder/abi-reader", NULL};
  const char *const command[] = {"abi-reader", "custom", "plain", NULL};
  char folder[ABI_PATH];
  char own[1024] = "";
  char path[2 * ABI_PATH + 64];
  char *before = strdup(getenv("PATH"));
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  options.child_argv = command;
  abi_enter(folder);
  assert_true(readlink("/proc/self/exe", own, sizeof(own) - 1) > 0);
  /* A folder of that name is no program, nor is a file that may not be run. */
  assert_int_equal(mkdir("abi-folder", 0700), 0);
  assert_int_equal(mkdir("abi-folder/abi-reader", 0700), 0);
  assert_int_equal(symlink(own, "abi-reader"), 0);
  assert_int_equal(opened(&options), FOREBAY_E_NOT_FOUND);
  snprintf(path, sizeof(path), "%s/abi-folder:%s", folder, folder);
  setenv("PATH", path, 1);
  assert_int_equal(opened(&options), FOREBAY_OK);
  setenv("PATH", "/nowhere:", 1);
  assert_int_equal(opened(&options), FOREBAY_OK);
  setenv("PATH", "/nowhere", 1);
  assert_int_equal(opened(&options), FOREBAY_E_NOT_FOUND);
  setenv("PATH", before, 1);
  free(before);
  assert_int_equal(rmdir("abi-folder/abi-reader"), 0);
  assert_int_equal(rmdir("abi-folder"), 0);
  abi_leave(folder, files);
}

static void test_an_ordinary_process_cannot_attach_and_loses_nothing(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_child *child = NULL;
  int sentry = open("/dev/null", O_RDONLY);
  assert_true(sentry >= 3);
  assert_int_equal(forebay_child_attach(&child, &err), FOREBAY_E_STATE);
  assert_null(child);
  assert_true(fcntl(sentry, F_GETFD) >= 0);
  close(sentry);
  forebay_child_close(NULL);
}

static int run_all(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_executable_that_called_child_main_is_its_own_child),
      cmocka_unit_test(test_custom_child_delivers_the_rows_of_each_file_in_order),
      cmocka_unit_test(test_custom_child_stops_at_the_row_limit),
      cmocka_unit_test(test_custom_child_names_file_and_byte_of_a_bad_magic),
      cmocka_unit_test(test_custom_child_that_is_killed_once_delivers_the_same_rows),
      cmocka_unit_test(test_custom_child_that_is_killed_once_fills_a_table),
      cmocka_unit_test(test_custom_child_fills_columns),
      cmocka_unit_test(test_custom_child_that_publishes_too_many_rows_is_refused),
      cmocka_unit_test(test_custom_child_is_kept_within_the_protocol),
      cmocka_unit_test(test_custom_child_gets_its_configuration),
      cmocka_unit_test(test_notes_of_a_custom_child_come_to_its_host),
      cmocka_unit_test(test_the_last_notes_are_kept_and_the_others_counted),
      cmocka_unit_test(test_options_of_a_custom_child_are_checked),
      cmocka_unit_test(test_a_custom_child_is_looked_for_in_path),
      cmocka_unit_test(test_an_ordinary_process_cannot_attach_and_loses_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv) {
  int role = forebay_child_main(argc, argv);
  if (role != FOREBAY_CHILD_NOT_ASKED) return role;
  // the program itself
  if (argc == 4 && strcmp(argv[1], "custom") == 0) return serve(argv[2]);
  return run_all();
}
