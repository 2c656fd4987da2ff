/* version.h: the loaded library is the one that the headers describe. */
#include "forebay/version.h"

#include "abi.h"

static void test_library_has_the_version_of_the_headers(void **state) {
  (void)state;
  char text[32];
  snprintf(text, sizeof(text), "%d.%d.%d", FOREBAY_VERSION_MAJOR, FOREBAY_VERSION_MINOR,
           FOREBAY_VERSION_PATCH);
  assert_string_equal(text, FOREBAY_VERSION_STRING);
  assert_string_equal(forebay_version(), FOREBAY_VERSION_STRING);
  if (forebay_abi_version() != FOREBAY_ABI_VERSION) {
    fprintf(stderr, "libforebay %s does not fit this program\n", forebay_version());
  }
  assert_int_equal(forebay_abi_version(), FOREBAY_ABI_VERSION);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_library_has_the_version_of_the_headers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
