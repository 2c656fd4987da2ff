/* store.h: as a C program sees it; the store itself is tested in tests/store. */
#include "forebay/store.h"

#include <unistd.h>

#include "abi.h"

static const char *const kFiles[] = {"meth.h5", "rep1.txt", NULL};
static char folder[ABI_PATH];
static forebay_dtype *row;

#pragma pack(push, 1)
struct packed_row {
  char chr[10];
  int32_t pos;
};
#pragma pack(pop)

static int enter(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  abi_enter(folder);
  abi_write_rows("rep1.txt", 100, 50);
  return forebay_dtype_parse("chr:S10,pos:i4", &row, &err) == FOREBAY_OK ? 0 : -1;
}

static int leave(void **state) {
  (void)state;
  forebay_dtype_free(row);
  abi_leave(folder, kFiles);
  return 0;
}

static void example(forebay_loader *loader) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  forebay_store_open("meth.h5", NULL, &store, &err);
  forebay_table_open(store, "data", row, NULL, &table, &err);
  forebay_table_append_loader(table, loader, NULL, &err);
  forebay_store_commit(store, &err);
  forebay_store_close(store, &err);
}

static void work(void) {}

static forebay_status commit_beside(forebay_store *store, forebay_table *table, const void *more) {
  forebay_error err = FOREBAY_ERROR_INIT;
  uint64_t ticket = 0;
  uint64_t durable = 99;
  forebay_status rc;
  assert_int_equal(forebay_store_commit_poll(store, 0, NULL, &err), FOREBAY_NONE);
  assert_int_equal(forebay_store_commit_poll(NULL, 0, &durable, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_store_commit_begin(NULL, &ticket, &err), FOREBAY_E_ARGUMENT);
  forebay_store_commit_begin(store, &ticket, &err);
  forebay_table_append_rows(table, more, 100, &err);  // goes into the next commit
  while ((rc = forebay_store_commit_poll(store, 10, &durable, &err)) == FOREBAY_AGAIN) work();
  assert_int_equal(ticket, 1);
  assert_int_equal(durable, 1);
  return rc;
}

static void test_a_commit_is_begun_and_polled(void **state) {
  (void)state;
  struct packed_row rows[100] = {{{0}, 0}};
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_store_options replace = FOREBAY_STORE_OPTIONS_INIT;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  replace.mode = FOREBAY_STORE_REPLACE;
  assert_int_equal(forebay_store_open("meth.h5", &replace, &store, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_open(store, "data", row, NULL, &table, &err), FOREBAY_OK);
  assert_int_equal(commit_beside(store, table, rows), FOREBAY_OK);
  assert_int_equal(forebay_store_commit_begin(store, NULL, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_commit_begin(store, NULL, &err), FOREBAY_E_STATE);
  assert_int_equal(forebay_table_rows(table), 100);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
}

/* One array by hand, as much of a load as there was time for. */
static void load_one_array(forebay_table *table, forebay_loader *loader) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array *array = NULL;
  forebay_array_provenance place = FOREBAY_ARRAY_PROVENANCE_INIT;
  assert_int_equal(forebay_loader_resume(loader, table, FOREBAY_NO_SOURCE, &err), FOREBAY_OK);
  assert_int_equal(forebay_loader_next(loader, -1, &array, &err), FOREBAY_OK);
  assert_int_equal(forebay_array_provenance_get(array, &place, &err), FOREBAY_OK);
  assert_int_equal(place.rows, 20);
  assert_int_equal(place.line, 21);
  assert_int_not_equal(place.hash, 0);
  assert_int_equal(forebay_table_append_array(table, array, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_consume(table, loader, array, &err), FOREBAY_OK);
  forebay_array_release(array);
}

static void load_the_rest(forebay_table *table, forebay_loader *loader) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_table_append_result result = FOREBAY_TABLE_APPEND_RESULT_INIT;
  forebay_table_source source = FOREBAY_TABLE_SOURCE_INIT;
  assert_int_equal(forebay_table_source_get(table, 0, &source, &err), FOREBAY_OK);
  assert_int_equal(source.state, FOREBAY_TABLE_SOURCE_PARTIAL);
  assert_int_equal(forebay_loader_resume(loader, table, FOREBAY_NO_SOURCE, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_append_loader(table, loader, &result, &err), FOREBAY_OK);
  assert_int_equal(result.rows, 30);
  assert_int_equal(forebay_loader_resume(loader, table, FOREBAY_NO_SOURCE, &err), FOREBAY_E_STATE);
  assert_int_equal(forebay_table_source_get(table, 0, &source, &err), FOREBAY_OK);
  assert_int_equal(source.state, FOREBAY_TABLE_SOURCE_COMPLETE);
  assert_int_equal(source.rows, 50);
  assert_string_equal(source.path, "rep1.txt");
  assert_int_equal(forebay_table_source_get(table, 1, &source, &err), FOREBAY_NONE);
}

static void test_a_load_goes_on_where_an_earlier_one_ended(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  forebay_store_options replace = FOREBAY_STORE_OPTIONS_INIT;
  options.batch_rows = 20;
  replace.mode = FOREBAY_STORE_REPLACE;
  for (int run = 0; run < 2; run++) {
    forebay_loader *loader = NULL;
    forebay_store *store = NULL;
    forebay_table *table = NULL;
    assert_int_equal(forebay_loader_open(row, &options, &loader, &err), FOREBAY_OK);
    forebay_loader_add_file(loader, "rep1.txt", NULL, &err);
    assert_int_equal(forebay_store_open("meth.h5", run == 0 ? &replace : NULL, &store, &err),
                     FOREBAY_OK);
    assert_int_equal(forebay_table_open(store, "data", row, NULL, &table, &err), FOREBAY_OK);
    if (run == 0) {
      load_one_array(table, loader);
    } else {
      load_the_rest(table, loader);
      assert_int_equal(forebay_table_rows(table), 50);
    }
    assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
    forebay_loader_close(loader);
  }
}

static void test_example_of_the_header_makes_a_file_that_can_be_read(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader *loader = NULL;
  assert_int_equal(forebay_loader_open(row, NULL, &loader, &err), FOREBAY_OK);
  forebay_loader_add_file(loader, "rep1.txt", NULL, &err);
  example(loader);
  forebay_loader_close(loader);

  forebay_store_options options = FOREBAY_STORE_OPTIONS_INIT;
  options.mode = FOREBAY_STORE_READ;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  struct packed_row last;
  uint64_t read = 0;
  assert_int_equal(forebay_store_open("meth.h5", &options, &store, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_table_count(store), 1);
  assert_string_equal(forebay_store_table_name(store, 0), "data");
  assert_int_equal(forebay_table_open(store, "data", NULL, NULL, &table, &err), FOREBAY_OK);
  assert_int_equal(forebay_dtype_equal(forebay_table_dtype(table), row), 1);
  assert_int_equal(forebay_table_rows(table), 50);
  assert_int_equal(forebay_table_read(table, 49, 10, &last, &read, &err), FOREBAY_OK);
  assert_int_equal(read, 1);
  assert_int_equal(last.pos, 149);
  assert_string_equal(last.chr, "chr22");
  assert_int_equal(forebay_table_read(table, 50, 1, &last, &read, &err), FOREBAY_END);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
}

static void test_append_goes_on_where_the_file_ended(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  struct packed_row rows[3] = {{"chr1", 1}, {"chr2", 2}, {"chr3", 3}};
  char text[32];
  uint64_t needed = 0;
  double number = 0;
  assert_int_equal(forebay_store_open("meth.h5", NULL, &store, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_open(store, "data", row, NULL, &table, &err), FOREBAY_OK);
  const uint64_t before = forebay_table_rows(table);
  assert_int_equal(forebay_table_append_rows(table, rows, 3, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_set_text(table, "sample", "IMR90", &err), FOREBAY_OK);
  assert_int_equal(forebay_table_set_number(table, "depth", 2.5, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_commit(store, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_rows(table), before + 3);
  assert_int_equal(forebay_table_get_text(table, "sample", text, sizeof(text), &needed, &err),
                   FOREBAY_OK);
  assert_string_equal(text, "IMR90");
  assert_int_equal(needed, 6);
  assert_int_equal(forebay_table_get_number(table, "depth", &number, &err), FOREBAY_OK);
  assert_true(number == 2.5);
  assert_int_equal(forebay_table_get_number(table, "none", &number, &err), FOREBAY_NONE);
  uint64_t readable = 0;
  assert_int_equal(forebay_store_verify(store, &readable, &err), FOREBAY_OK);
  assert_int_equal(readable, before + 3);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_close(NULL, &err), FOREBAY_OK);
}

static void test_other_dtype_is_a_mismatch(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  forebay_dtype *other = NULL;
  assert_int_equal(forebay_dtype_parse("chr:S10,pos:i8", &other, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_open("meth.h5", NULL, &store, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_open(store, "data", other, NULL, &table, &err),
                   FOREBAY_E_MISMATCH);
  assert_null(table);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
  forebay_dtype_free(other);
}

static void test_columns_are_read_one_by_one(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  forebay_table_options options = FOREBAY_TABLE_OPTIONS_INIT;
  forebay_table_info info = FOREBAY_TABLE_INFO_INIT;
  forebay_dtype *two = NULL;
  uint64_t read = 0;
  assert_int_equal(forebay_dtype_parse("a:i4,b:i2", &two, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_open("meth.h5", NULL, &store, &err), FOREBAY_OK);
  options.layout = 3;
  assert_int_equal(forebay_table_open(store, "columns", two, &options, &table, &err),
                   FOREBAY_E_ARGUMENT);
  options.layout = FOREBAY_ARRAY_COLUMNS;
  assert_int_equal(forebay_table_open(store, "columns", two, &options, &table, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_append_rows(table, "\1\0\0\0\2\0\3\0\0\0\4\0", 2, &err),
                   FOREBAY_OK);
  int16_t b[3] = {0, 0, 9};
  assert_int_equal(forebay_table_read_column(table, 1, 0, 3, b, &read, &err), FOREBAY_OK);
  assert_int_equal(read, 2);
  assert_true(b[0] == 2 && b[1] == 4 && b[2] == 9);
  assert_int_equal(forebay_table_read_column(table, 2, 0, 3, b, &read, &err), FOREBAY_NONE);
  assert_int_equal(forebay_table_read_column(table, 1, 2, 3, b, &read, &err), FOREBAY_END);
  assert_int_equal(forebay_table_read_column(NULL, 1, 2, 3, b, &read, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_table_info_get(table, &info, &err), FOREBAY_OK);
  assert_int_equal(info.layout, FOREBAY_ARRAY_COLUMNS);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
  forebay_dtype_free(two);
}

static void test_a_file_is_looked_at_and_packed(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  const struct packed_row rows[2] = {{"chr1", 1}, {"chr2", 2}};
  forebay_store_info info = FOREBAY_STORE_INFO_INIT;
  assert_int_equal(forebay_store_info_get(NULL, &info, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_store_info_get("none.h5", &info, &err), FOREBAY_E_NOT_FOUND);
  assert_int_equal(forebay_store_open("pack.h5", NULL, &store, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_open(store, "t", row, NULL, &table, &err), FOREBAY_OK);
  for (int i = 0; i < 3; ++i) {
    assert_int_equal(forebay_table_append_rows(table, rows, 2, &err), FOREBAY_OK);
    assert_int_equal(forebay_store_commit(store, &err), FOREBAY_OK);
  }
  assert_int_equal(forebay_store_info_get("pack.h5", &info, &err), FOREBAY_OK);
  assert_int_equal(info.journal, FOREBAY_STORE_JOURNAL_LIVE);
  assert_int_equal(info.writer, getpid());
  assert_int_equal(info.waiting_commits, 3);
  assert_true(info.commit >= 3 && info.generation == 1 && info.waiting_bytes > 0);
  assert_int_equal(forebay_store_repack("pack.h5", NULL, NULL, &err), FOREBAY_E_BUSY);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_info_get("pack.h5", &info, &err), FOREBAY_OK);
  assert_int_equal(info.journal, FOREBAY_STORE_JOURNAL_NONE);
  assert_true(info.has_space == 1 && info.journal_bytes == 0 && info.waiting_commits == 0);
  assert_int_equal(info.used_bytes + info.left_bytes, info.file_bytes);

  forebay_repack_options options = FOREBAY_REPACK_OPTIONS_INIT;
  forebay_repack_result result = FOREBAY_REPACK_RESULT_INIT;
  options.output = "packed.h5";
  assert_int_equal(forebay_store_repack(NULL, &options, &result, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_store_repack("pack.h5", &options, &result, &err), FOREBAY_OK);
  assert_true(result.tables == 1 && result.rows == 6 && result.bytes_before == info.file_bytes);
  assert_int_equal(forebay_store_repack("pack.h5", &options, NULL, &err), FOREBAY_E_EXISTS);
  options.replace = 1;
  assert_int_equal(forebay_store_repack("pack.h5", &options, NULL, &err), FOREBAY_OK);
  options.replace = 2;
  assert_int_equal(forebay_store_repack("pack.h5", &options, NULL, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_store_repack("pack.h5", NULL, NULL, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_open("packed.h5", NULL, &store, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_open(store, "t", row, NULL, &table, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_rows(table), 6);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
}

static void test_filters_attributes_and_refreshing(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_store *store = NULL;
  forebay_store *reader = NULL;
  forebay_table *table = NULL;
  const struct packed_row rows[2] = {{"chr1", 1}, {"chr2", 2}};
  forebay_table_options options = FOREBAY_TABLE_OPTIONS_INIT;
  options.deflate = 10;
  assert_int_equal(forebay_store_open("meth.h5", NULL, &store, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_open(store, "packed", row, &options, &table, &err),
                   FOREBAY_E_ARGUMENT);
  options.deflate = 0;
  options.shuffle = 1;
  assert_int_equal(forebay_table_open(store, "packed", row, &options, &table, &err),
                   FOREBAY_E_ARGUMENT);
  options.zstd = 23;
  assert_int_equal(forebay_table_open(store, "packed", row, &options, &table, &err),
                   FOREBAY_E_ARGUMENT);
  options.zstd = 3;
  options.deflate = 4;
  assert_int_equal(forebay_table_open(store, "packed", row, &options, &table, &err),
                   FOREBAY_E_ARGUMENT);
  options.zstd = 0;
  options.deflate = 0;
  options.blosc = 5;
  assert_int_equal(forebay_table_open(store, "packed", row, &options, &table, &err),
                   FOREBAY_E_ARGUMENT);
  assert_non_null(strstr(err.message, "blosc shuffles by itself"));
  options.shuffle = 0;
  options.blosc = 10;
  assert_int_equal(forebay_table_open(store, "packed", row, &options, &table, &err),
                   FOREBAY_E_ARGUMENT);
  options.blosc = 0;
  options.deflate = 4;
  options.shuffle = 1;
  options.fletcher32 = 1;
  assert_int_equal(forebay_table_open(store, "packed", row, &options, &table, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_append_rows(table, rows, 2, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_attribute_count(table), 0);
  assert_int_equal(forebay_table_set_text(table, "sample", "IMR90", &err), FOREBAY_OK);
  assert_int_equal(forebay_table_set_number(table, "depth", 2.5, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_attribute_count(table), 2);
  assert_string_equal(forebay_table_attribute_name(table, 0), "depth");
  assert_string_equal(forebay_table_attribute_name(table, 1), "sample");
  assert_null(forebay_table_attribute_name(table, 2));
  assert_int_equal(forebay_table_attribute_count(NULL), 0);
  assert_int_equal(forebay_store_commit(store, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_refresh(store, &err), FOREBAY_E_STATE);

  forebay_store_options reading = FOREBAY_STORE_OPTIONS_INIT;
  reading.mode = FOREBAY_STORE_READ;
  forebay_table *seen = NULL;
  assert_int_equal(forebay_store_open("meth.h5", &reading, &reader, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_open(reader, "packed", NULL, NULL, &seen, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_refresh(reader, &err), FOREBAY_NONE);
  assert_int_equal(forebay_table_append_rows(table, rows, 2, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_commit(store, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_rows(seen), 2);
  assert_int_equal(forebay_store_refresh(reader, &err), FOREBAY_OK);
  assert_int_equal(forebay_table_rows(seen), 4);
  assert_int_equal(forebay_store_close(store, &err), FOREBAY_OK);
  assert_int_equal(forebay_store_refresh(reader, &err), FOREBAY_END);
  forebay_table_info info = FOREBAY_TABLE_INFO_INIT;
  assert_int_equal(forebay_table_info_get(seen, &info, &err), FOREBAY_OK);
  assert_int_equal(info.deflate, 4);
  assert_int_equal(info.shuffle, 1);
  assert_int_equal(info.fletcher32, 1);
  assert_int_equal(forebay_store_close(reader, &err), FOREBAY_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_example_of_the_header_makes_a_file_that_can_be_read),
      cmocka_unit_test(test_append_goes_on_where_the_file_ended),
      cmocka_unit_test(test_other_dtype_is_a_mismatch),
      cmocka_unit_test(test_columns_are_read_one_by_one),
      /* Last: it replaces the file. */
      cmocka_unit_test(test_a_commit_is_begun_and_polled),
      cmocka_unit_test(test_a_load_goes_on_where_an_earlier_one_ended),
      cmocka_unit_test(test_a_file_is_looked_at_and_packed),
      cmocka_unit_test(test_filters_attributes_and_refreshing),
  };
  return cmocka_run_group_tests(tests, enter, leave);
}
