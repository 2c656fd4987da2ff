/* What the pure C tests share: CMocka's headers in the order it wants, a temporary folder, a small
 * input. */
#ifndef FOREBAY_TESTS_ABI_H
#define FOREBAY_TESTS_ABI_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* CMocka wants the four headers above first. */
#include <cmocka.h>

#define ABI_PATH 256

/* Makes a folder under /tmp and goes into it; abi_leave() removes it with the named files. */
static inline void abi_enter(char folder[ABI_PATH]) {
  snprintf(folder, ABI_PATH, "/tmp/forebay-abi-XXXXXX");
  assert_non_null(mkdtemp(folder));
  assert_int_equal(chdir(folder), 0);
}

static inline void abi_leave(const char *folder, const char *const *files) {
  for (; *files != NULL; files++) (void)unlink(*files);
  assert_int_equal(chdir("/"), 0);
  assert_int_equal(rmdir(folder), 0);
}

/* Rows "chr22 <first>", "chr22 <first + 1>" and so on, of dtype "chr:S10,pos:i4". */
static inline void abi_write_rows(const char *path, int first, int rows) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  for (int i = 0; i < rows; i++) fprintf(file, "chr22\t%d\n", first + i);
  assert_int_equal(fclose(file), 0);
}

#endif
