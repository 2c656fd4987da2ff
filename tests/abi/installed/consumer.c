/* consumer FILE.txt FILE.h5: what a user's C program does, built against an installed forebay only.
 * With OWN_CHILD it is its own child loader, as a statically linked host is. Prints the number of
 * rows and the sum of the second column. */
#include <forebay/forebay.h>
#include <stdio.h>
#include <string.h>

static int fail(const forebay_error *err) {
  fprintf(stderr, "%s\n", err->message);
  return 1;
}

static int read_back(forebay_table *table, forebay_error *err) {
  char row[14];
  int64_t sum = 0;
  uint64_t rows = forebay_table_rows(table);
  for (uint64_t i = 0; i < rows; i++) {
    int32_t pos;
    if (forebay_table_read(table, i, 1, row, NULL, err) != FOREBAY_OK) return fail(err);
    memcpy(&pos, row + 10, sizeof(pos));
    sum += pos;
  }
  printf("%llu rows, sum %lld, forebay %s\n", (unsigned long long)rows, (long long)sum,
         forebay_version());
  return 0;
}

static int load(const char *text, const char *file, forebay_error *err) {
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  int rc = 1;
  if (forebay_dtype_parse("chr:S10,pos:i4", &row, err) == FOREBAY_OK &&
      forebay_loader_open(row, NULL, &loader, err) == FOREBAY_OK &&
      forebay_loader_add_file(loader, text, NULL, err) == FOREBAY_OK &&
      forebay_store_open(file, NULL, &store, err) == FOREBAY_OK &&
      forebay_table_open(store, "data", row, NULL, &table, err) == FOREBAY_OK &&
      forebay_table_append_loader(table, loader, NULL, err) == FOREBAY_OK &&
      forebay_store_commit(store, err) == FOREBAY_OK) {
    rc = read_back(table, err);
  } else {
    fail(err);
  }
  forebay_loader_close(loader);
  if (forebay_store_close(store, err) != FOREBAY_OK) rc = fail(err);
  forebay_dtype_free(row);
  return rc;
}

int main(int argc, char **argv) {
#ifdef OWN_CHILD
  int role = forebay_child_main(argc, argv);
  if (role != FOREBAY_CHILD_NOT_ASKED) return role;
#endif
  forebay_error err = FOREBAY_ERROR_INIT;
  if (argc != 3) {
    fprintf(stderr, "usage: consumer FILE.txt FILE.h5\n");
    return 2;
  }
  return load(argv[1], argv[2], &err);
}
