/* sniff.h: the guess of a file, its accessors, and what is refused. */
#include "forebay/sniff.h"

#include "abi.h"

static void write_text(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

static void test_example_of_the_header(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  forebay_sniff *sniff = NULL;
  forebay_loader *loader = NULL;
  char folder[] = "/tmp/forebay-sniff-XXXXXX";
  assert_non_null(mkdtemp(folder));
  assert_int_equal(chdir(folder), 0);
  write_text("rep1.txt", "id;name;x\n1;a;1,5\n2;b;NA\n");
  if (forebay_sniff_file("rep1.txt", NULL, NULL, &sniff, &err) == FOREBAY_OK) {
    printf("%s\n", forebay_sniff_dtype_text(sniff));
    assert_string_equal(forebay_sniff_dtype_text(sniff), "id:i4,name:S4,x:f8");
    forebay_sniff_apply(sniff, &options, &err);  // options that are zero become those of the guess
    assert_int_equal(options.delimiter, ';');
    assert_int_equal(options.decimal, ',');
    assert_int_equal(options.header, FOREBAY_LOADER_HEADER_ON);
    assert_string_equal(options.na, "NA");
    forebay_loader_open(forebay_sniff_dtype(sniff), &options, &loader, &err);
    forebay_sniff_free(sniff);  // after forebay_loader_open(), which copies
  }
  assert_non_null(loader);
  forebay_array *array = NULL;
  assert_int_equal(forebay_loader_add_file(loader, "rep1.txt", NULL, &err), FOREBAY_OK);
  assert_int_equal(forebay_loader_next(loader, -1, &array, &err), FOREBAY_OK);
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  assert_int_equal(forebay_array_view_get(array, &view, &err), FOREBAY_OK);
  assert_int_equal(view.rows, 2);
  forebay_array_release(array);
  forebay_loader_close(loader);
  assert_int_equal(unlink("rep1.txt"), 0);
  assert_int_equal(chdir("/"), 0);
  assert_int_equal(rmdir(folder), 0);
}

static void test_what_is_known_and_what_is_told(void **state) {
  (void)state;
  char path[] = "/tmp/forebay-sniff-XXXXXX";
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  write_text(path, "1 2\n3 4\n");
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_sniff *sniff = NULL;
  forebay_loader_options known = FOREBAY_LOADER_OPTIONS_INIT;
  known.header = FOREBAY_LOADER_HEADER_ON;
  forebay_sniff_options options;
  forebay_sniff_options_init(&options);
  options.sample_bytes = 4096;
  assert_int_equal(forebay_sniff_file(path, &known, &options, &sniff, &err), FOREBAY_OK);
  forebay_sniff_info info = FOREBAY_SNIFF_INFO_INIT;
  assert_int_equal(forebay_sniff_info_get(sniff, &info, &err), FOREBAY_OK);
  assert_int_equal(info.columns, 2);
  assert_int_equal(info.delimiter, FOREBAY_LOADER_DELIMITER_BLANKS);
  assert_int_equal(info.quote, FOREBAY_LOADER_QUOTE_OFF);
  assert_int_equal(info.header, FOREBAY_LOADER_HEADER_ON);
  assert_int_equal(info.decimal, '.');
  assert_int_equal(info.rows_sampled, 1);
  assert_int_equal(info.bytes_sampled, 8);
  assert_string_equal(info.comment, "");
  assert_string_equal(info.na, "");
  assert_null(forebay_sniff_note(sniff, 1000));
  forebay_sniff_free(sniff);
  known.delimiter = 300;
  assert_int_equal(forebay_sniff_file(path, &known, NULL, &sniff, &err), FOREBAY_E_ARGUMENT);
  assert_null(sniff);
  unlink(path);
}

static void test_what_is_refused_leaves_nothing(void **state) {
  (void)state;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_sniff *sniff = NULL;
  assert_int_equal(forebay_sniff_file(NULL, NULL, NULL, &sniff, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_sniff_file("/nowhere/x", NULL, NULL, &sniff, &err), FOREBAY_E_NOT_FOUND);
  assert_null(sniff);
  assert_int_equal(forebay_sniff_file("/proc/self/exe", NULL, NULL, &sniff, &err),
                   FOREBAY_E_FORMAT);
  assert_non_null(strstr(err.message, "/proc/self/exe: is a program, not text"));
  forebay_loader_options known = FOREBAY_LOADER_OPTIONS_INIT;
  known.columns = "1";
  assert_int_equal(forebay_sniff_file("x", &known, NULL, &sniff, &err), FOREBAY_E_ARGUMENT);
  forebay_sniff_free(NULL);
  assert_null(forebay_sniff_dtype(NULL));
  assert_null(forebay_sniff_note(NULL, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_example_of_the_header),
      cmocka_unit_test(test_what_is_known_and_what_is_told),
      cmocka_unit_test(test_what_is_refused_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
