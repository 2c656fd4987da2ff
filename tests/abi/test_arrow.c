/* arrow.h: arrays as Arrow columns, seen as a consumer that knows the specification only. */
#include "forebay/arrow.h"

#include <errno.h>

#include "abi_arena.h"
#include "forebay/arena.h"
#include "forebay/store.h"

#define DTYPE "chr:S10,pos:i4,pct:f4,ok:?,at:M8[ms],t:f4[3,2]"
enum { FIELDS = 6, ROWS = 7 };

static forebay_dtype *dtype;
static forebay_arena *arena;
static forebay_error err;

static forebay_dtype *parse(const char *text) {
  forebay_dtype *out = NULL;
  assert_int_equal(forebay_dtype_parse(text, &out, &err), FOREBAY_OK);
  return out;
}

static int open_arena(void **state) {
  (void)state;
  forebay_error_init(&err);
  dtype = parse(DTYPE);
  return forebay_arena_open(1U << 20, &arena, &err) == FOREBAY_OK ? 0 : -1;
}

static int close_arena(void **state) {
  (void)state;
  forebay_arena_close(arena);
  forebay_dtype_free(dtype);
  return 0;
}

static forebay_array *lease_columns(void) {
  forebay_array *array = NULL;
  assert_int_equal(forebay_array_lease_columns(arena, dtype, 100, &array, &err), FOREBAY_OK);
  assert_int_equal(forebay_array_set_rows(array, ROWS, &err), FOREBAY_OK);
  return array;
}

static void test_example_of_the_header_gives_the_lease_back(void **state) {
  (void)state;
  forebay_array *array = lease_columns();
  struct ArrowSchema schema;
  struct ArrowArray batch;
  forebay_dtype_export_arrow(forebay_array_dtype(array), FOREBAY_ARROW_ALL_FIELDS, &schema, &err);
  forebay_array_export_arrow(array, FOREBAY_ARROW_ALL_FIELDS, &batch, &err);
  forebay_array_release(array);  // the batch holds a lease of its own
  assert_int_equal(abi_blocks_lent(arena), 1);
  batch.release(&batch);  // or hand both to an Arrow library
  schema.release(&schema);
  assert_null(batch.release);
  assert_null(schema.release);
  assert_int_equal(abi_blocks_lent(arena), 0);
}

static void test_types_are_those_of_the_table_in_the_header(void **state) {
  (void)state;
  static const char *const names[FIELDS] = {"chr", "pos", "pct", "ok", "at", "t"};
  static const char *const formats[FIELDS] = {"w:10", "i", "f", "c", "tsm:", "+w:3"};
  struct ArrowSchema schema;
  assert_int_equal(forebay_dtype_export_arrow(dtype, FOREBAY_ARROW_ALL_FIELDS, &schema, &err),
                   FOREBAY_OK);
  assert_string_equal(schema.format, "+s");
  assert_int_equal(schema.n_children, FIELDS);
  assert_null(schema.dictionary);
  for (int i = 0; i < FIELDS; i++) {
    assert_string_equal(schema.children[i]->name, names[i]);
    assert_string_equal(schema.children[i]->format, formats[i]);
    assert_int_equal(schema.children[i]->flags & ARROW_FLAG_NULLABLE, 0);
  }
  const struct ArrowSchema *inner = schema.children[5]->children[0];
  assert_string_equal(inner->format, "+w:2");
  assert_string_equal(inner->children[0]->format, "f");
  static const char metadata[] =
      "\2\0\0\0\24\0\0\0ARROW:extension:name\13\0\0\0arrow.bool8\30\0\0\0"
      "ARROW:extension:metadata\0\0\0";
  assert_memory_equal(schema.children[3]->metadata, metadata, sizeof(metadata));
  schema.release(&schema);
}

static void test_every_number_has_its_letter(void **state) {
  (void)state;
  static const char *const letters[] = {"c", "s", "i", "l",   "C",    "S",    "I",
                                        "L", "f", "g", "w:3", "tss:", "tsu:", "tsn:"};
  forebay_dtype *numbers =
      parse("a:i1,b:i2,c:i4,d:i8,e:u1,f:u2,g:u4,h:u8,i:f4,j:f8,k:S3,l:M8[s],m:M8[us],n:M8[ns]");
  for (uint32_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
    struct ArrowSchema schema;
    assert_int_equal(forebay_dtype_export_arrow(numbers, i, &schema, &err), FOREBAY_OK);
    assert_string_equal(schema.format, letters[i]);
    schema.release(&schema);
  }
  struct ArrowSchema schema;
  assert_int_equal(forebay_dtype_export_arrow(numbers, 14, &schema, &err), FOREBAY_NONE);
  assert_null(schema.release);
  forebay_dtype_free(numbers);
}

static void test_values_are_the_shared_memory(void **state) {
  (void)state;
  forebay_array *array = lease_columns();
  struct ArrowArray batch;
  assert_int_equal(forebay_array_export_arrow(array, FOREBAY_ARROW_ALL_FIELDS, &batch, &err),
                   FOREBAY_OK);
  assert_int_equal(batch.length, ROWS);
  assert_int_equal(batch.n_buffers, 1);
  assert_null(batch.buffers[0]);
  for (uint32_t i = 0; i < 5; i++) {
    const struct ArrowArray *child = batch.children[i];
    assert_int_equal(child->length, ROWS);
    assert_int_equal(child->null_count, 0);
    assert_int_equal(child->offset, 0);
    assert_int_equal(child->n_buffers, 2);
    assert_null(child->buffers[0]);
    assert_ptr_equal(child->buffers[1], abi_column(array, i));
  }
  const struct ArrowArray *list = batch.children[5];
  assert_int_equal(list->n_buffers, 1);
  assert_int_equal(list->children[0]->length, ROWS * 3);
  assert_int_equal(list->children[0]->children[0]->length, ROWS * 6);
  assert_ptr_equal(list->children[0]->children[0]->buffers[1], abi_column(array, 5));
  batch.release(&batch);
  forebay_array_release(array);
}

static void test_child_that_was_moved_outlives_its_parent(void **state) {
  (void)state;
  forebay_array *array = lease_columns();
  struct ArrowArray batch;
  assert_int_equal(forebay_array_export_arrow(array, FOREBAY_ARROW_ALL_FIELDS, &batch, &err),
                   FOREBAY_OK);
  ((int32_t *)abi_column(array, 1))[3] = 42;
  forebay_array_release(array);
  struct ArrowArray child = *batch.children[1];
  batch.children[1]->release = NULL;
  struct ArrowArray moved = batch;
  batch.release = NULL;
  moved.release(&moved);
  assert_int_equal(abi_blocks_lent(arena), 1);
  assert_int_equal(((const int32_t *)child.buffers[1])[3], 42);
  child.release(&child);
  assert_int_equal(abi_blocks_lent(arena), 0);
}

static void test_one_field_is_a_column(void **state) {
  (void)state;
  forebay_array *array = lease_columns();
  struct ArrowArray column;
  assert_int_equal(forebay_array_export_arrow(array, 4, &column, &err), FOREBAY_OK);
  assert_int_equal(column.length, ROWS);
  assert_ptr_equal(column.buffers[1], abi_column(array, 4));
  column.release(&column);
  assert_int_equal(forebay_array_export_arrow(array, FIELDS, &column, &err), FOREBAY_NONE);
  assert_null(column.release);
  forebay_array_release(array);
}

static void test_packed_rows_are_refused_with_the_way_out(void **state) {
  (void)state;
  forebay_array *array = NULL;
  struct ArrowArray batch;
  assert_int_equal(forebay_array_lease(arena, dtype, 10, &array, &err), FOREBAY_OK);
  assert_int_equal(forebay_array_export_arrow(array, FOREBAY_ARROW_ALL_FIELDS, &batch, &err),
                   FOREBAY_E_ARGUMENT);
  assert_non_null(strstr(err.message, "layout columns"));
  assert_null(batch.release);
  forebay_array_release(array);
  assert_int_equal(abi_blocks_lent(arena), 0);
}

static void test_type_without_an_arrow_type_is_named(void **state) {
  (void)state;
  static const char *const bad[] = {"x:i4,day:M8[D]", "x:i4,far:>i4", "x:i4,far:>M8[s]"};
  static const char *const named[] = {"'day'", "'far'", "'far'"};
  for (int i = 0; i < 3; i++) {
    forebay_dtype *odd = parse(bad[i]);
    struct ArrowSchema schema;
    assert_int_equal(forebay_dtype_export_arrow(odd, FOREBAY_ARROW_ALL_FIELDS, &schema, &err),
                     FOREBAY_E_ARGUMENT);
    assert_non_null(strstr(err.message, named[i]));
    assert_null(schema.release);
    forebay_dtype_free(odd);
  }
}

static void test_bare_type_is_a_column_in_either_layout(void **state) {
  (void)state;
  forebay_dtype *bare = parse("f8");
  forebay_array *array = NULL;
  struct ArrowArray batch;
  struct ArrowSchema schema;
  assert_int_equal(forebay_array_lease(arena, bare, 10, &array, &err), FOREBAY_OK);
  assert_int_equal(forebay_array_export_arrow(array, 0, &batch, &err), FOREBAY_OK);
  assert_int_equal(batch.length, 0);
  batch.release(&batch);
  assert_int_equal(forebay_dtype_export_arrow(bare, FOREBAY_ARROW_ALL_FIELDS, &schema, &err),
                   FOREBAY_OK);
  assert_int_equal(schema.n_children, 1);
  assert_string_equal(schema.children[0]->name, "");
  schema.release(&schema);
  forebay_array_release(array);
  forebay_dtype_free(bare);
}

static forebay_loader *loader_of(const char *const *paths, uint32_t layout) {
  forebay_loader *loader = NULL;
  forebay_dtype *row = parse("chr:S10,pos:i4");
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  options.layout = layout;
  options.batch_rows = 100;
  options.children = 2;
  assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_OK);
  forebay_dtype_free(row);
  for (; *paths != NULL; paths++)
    assert_int_equal(forebay_loader_add_file(loader, *paths, NULL, &err), FOREBAY_OK);
  return loader;
}

static void test_stream_goes_on_after_the_loader_was_closed(void **state) {
  (void)state;
  static const char *const paths[] = {"a.txt", "b.txt", NULL};
  char folder[ABI_PATH];
  abi_enter(folder);
  abi_write_rows("a.txt", 0, 250);
  abi_write_rows("b.txt", 250, 50);
  forebay_loader *loader = loader_of(paths, FOREBAY_ARRAY_COLUMNS);
  struct ArrowArrayStream stream;
  struct ArrowSchema schema;
  struct ArrowArray batch;
  assert_int_equal(forebay_loader_export_arrow(loader, &stream, &err), FOREBAY_OK);
  forebay_loader_close(loader);
  assert_int_equal(stream.get_schema(&stream, &schema), 0);
  assert_int_equal(schema.n_children, 2);
  schema.release(&schema);
  int64_t rows = 0;
  while (stream.get_next(&stream, &batch) == 0 && batch.release != NULL) {
    const int32_t *positions = batch.children[1]->buffers[1];
    for (int64_t i = 0; i < batch.length; i++) assert_int_equal(positions[i], rows + i);
    rows += batch.length;
    batch.release(&batch);
  }
  assert_null(stream.get_last_error(&stream));
  assert_int_equal(rows, 300);
  stream.release(&stream);
  assert_null(stream.release);
  abi_leave(folder, paths);
}

/* Children pack the chunks of such a table; whoever takes the rows instead gets rows. */
static void test_stream_of_a_load_into_a_compressed_table_gives_rows(void **state) {
  (void)state;
  static const char *const paths[] = {"a.txt", "b.h5", NULL};
  static const char *const inputs[] = {"a.txt", NULL};
  char folder[ABI_PATH];
  abi_enter(folder);
  abi_write_rows("a.txt", 0, 20000);
  forebay_loader *loader = loader_of(inputs, FOREBAY_ARRAY_COLUMNS);
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  forebay_table_options options = FOREBAY_TABLE_OPTIONS_INIT;
  options.chunk_rows = 1000;
  options.layout = FOREBAY_ARRAY_COLUMNS;
  options.deflate = 1;
  forebay_dtype *row = parse("chr:S10,pos:i4");
  assert_int_equal(forebay_store_open("b.h5", NULL, &store, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_open(store, "data", row, &options, &table, &err), FOREBAY_OK);
  forebay_status status = forebay_table_append_loader_step(table, loader, 0, NULL, &err);
  assert_true(status == FOREBAY_AGAIN || status == FOREBAY_OK);
  struct ArrowArrayStream stream;
  struct ArrowArray batch;
  assert_int_equal(forebay_loader_export_arrow(loader, &stream, &err), FOREBAY_OK);
  int64_t rows = (int64_t)forebay_table_rows(table);
  while (stream.get_next(&stream, &batch) == 0 && batch.release != NULL) {
    const int32_t *positions = batch.children[1]->buffers[1];
    for (int64_t i = 0; i < batch.length; i++) assert_int_equal(positions[i], rows + i);
    rows += batch.length;
    batch.release(&batch);
  }
  assert_int_equal(rows, 20000);
  stream.release(&stream);
  forebay_loader_close(loader);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
  forebay_dtype_free(row);
  abi_leave(folder, paths);
}

static void test_stream_tells_the_failure_of_a_source_and_goes_on(void **state) {
  (void)state;
  static const char *const paths[] = {"missing.txt", "a.txt", NULL};
  char folder[ABI_PATH];
  abi_enter(folder);
  abi_write_rows("a.txt", 0, 50);
  forebay_loader *loader = loader_of(paths, FOREBAY_ARRAY_COLUMNS);
  struct ArrowArrayStream stream;
  struct ArrowArray batch;
  assert_int_equal(forebay_loader_export_arrow(loader, &stream, &err), FOREBAY_OK);
  assert_int_equal(stream.get_next(&stream, &batch), ENOENT);
  assert_null(batch.release);
  assert_non_null(strstr(stream.get_last_error(&stream), "missing.txt"));
  assert_int_equal(stream.get_next(&stream, &batch), 0);
  assert_null(stream.get_last_error(&stream));
  assert_int_equal(batch.length, 50);
  stream.release(&stream);
  forebay_loader_close(loader);
  batch.release(&batch);
  abi_leave(folder, paths);
}

static void test_stream_of_packed_rows_fails_with_the_way_out(void **state) {
  (void)state;
  static const char *const paths[] = {"a.txt", NULL};
  char folder[ABI_PATH];
  abi_enter(folder);
  abi_write_rows("a.txt", 0, 50);
  forebay_loader *loader = loader_of(paths, FOREBAY_ARRAY_ROWS);
  struct ArrowArrayStream stream;
  struct ArrowArray batch;
  assert_int_equal(forebay_loader_export_arrow(loader, &stream, &err), FOREBAY_OK);
  assert_int_equal(stream.get_next(&stream, &batch), EINVAL);
  assert_non_null(strstr(stream.get_last_error(&stream), "layout columns"));
  stream.release(&stream);
  forebay_loader_close(loader);
  abi_leave(folder, paths);
}

static void test_missing_arguments_are_errors(void **state) {
  (void)state;
  struct ArrowSchema schema;
  struct ArrowArray array;
  struct ArrowArrayStream stream;
  assert_int_equal(forebay_dtype_export_arrow(NULL, 0, &schema, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_dtype_export_arrow(dtype, 0, NULL, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_array_export_arrow(NULL, 0, &array, NULL), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_loader_export_arrow(NULL, &stream, &err), FOREBAY_E_ARGUMENT);
  assert_null(stream.release);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_example_of_the_header_gives_the_lease_back),
      cmocka_unit_test(test_types_are_those_of_the_table_in_the_header),
      cmocka_unit_test(test_every_number_has_its_letter),
      cmocka_unit_test(test_values_are_the_shared_memory),
      cmocka_unit_test(test_child_that_was_moved_outlives_its_parent),
      cmocka_unit_test(test_one_field_is_a_column),
      cmocka_unit_test(test_packed_rows_are_refused_with_the_way_out),
      cmocka_unit_test(test_type_without_an_arrow_type_is_named),
      cmocka_unit_test(test_bare_type_is_a_column_in_either_layout),
      cmocka_unit_test(test_stream_goes_on_after_the_loader_was_closed),
      cmocka_unit_test(test_stream_of_a_load_into_a_compressed_table_gives_rows),
      cmocka_unit_test(test_stream_tells_the_failure_of_a_source_and_goes_on),
      cmocka_unit_test(test_stream_of_packed_rows_fails_with_the_way_out),
      cmocka_unit_test(test_missing_arguments_are_errors),
  };
  return cmocka_run_group_tests(tests, open_arena, close_arena);
}
