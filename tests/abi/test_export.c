/* export.h: the linkage macros. */
#include "forebay/export.h"

#include "abi.h"

#if !defined(FOREBAY_API) || !defined(FOREBAY_NOEXCEPT) || !defined(FOREBAY_BEGIN_DECLS) || \
    !defined(FOREBAY_END_DECLS)
#error "a linkage macro is missing"
#endif

FOREBAY_BEGIN_DECLS
static int declared(void) FOREBAY_NOEXCEPT;
FOREBAY_END_DECLS

static int declared(void) {
  return 1;
}

static void test_macros_declare_a_function(void **state) {
  (void)state;
  assert_int_equal(declared(), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_macros_declare_a_function)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
