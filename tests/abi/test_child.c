/* child.h: this executable is its own child loader. */
#include "forebay/child.h"

#include "abi.h"
#include "forebay/loader.h"

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

static int run_all(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_executable_that_called_child_main_is_its_own_child)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv) {
  int role = forebay_child_main(argc, argv);
  if (role != FOREBAY_CHILD_NOT_ASKED) return role;
  // the program itself
  return run_all();
}
