/* bad_rows OUT.h5 FILE.csv: loads a messy CSV file; what cannot be read is filled and listed. */
#include <forebay/forebay.h>
#include <inttypes.h>
#include <stdio.h>

static int fail(const forebay_error *err) {
  fprintf(stderr, "bad_rows: %s\n", err->message);
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  forebay_store *store = NULL;
  forebay_table *table = NULL;

  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  options.delimiter = ',';
  options.on_error = FOREBAY_LOADER_ON_ERROR_NULL; /* or _SKIP: pass over the whole row */
  options.max_errors = 100;                        /* more than that in one file, and it fails */

  if (forebay_dtype_parse("id:i8,price:f8", &row, &err) != FOREBAY_OK ||
      forebay_loader_open(row, &options, &loader, &err) != FOREBAY_OK ||
      forebay_loader_add_file(loader, argv[2], NULL, &err) != FOREBAY_OK ||
      forebay_store_open(argv[1], NULL, &store, &err) != FOREBAY_OK ||
      forebay_table_open(store, "prices", row, NULL, &table, &err) != FOREBAY_OK ||
      forebay_table_append_loader(table, loader, NULL, &err) != FOREBAY_OK) {
    return fail(&err);
  }
  forebay_reject reject = FOREBAY_REJECT_INIT;
  for (uint64_t i = 0; forebay_loader_reject_get(loader, i, &reject, &err) == FOREBAY_OK; i++) {
    printf("%s:%" PRIu64 ":%" PRIu32 ": %s\n", reject.path, reject.line, reject.column,
           reject.reason);
  }
  uint64_t stored = 0;
  if (forebay_store_reject_count(store, &stored, &err) != FOREBAY_OK) return fail(&err);
  printf("%" PRIu64 " rows, %" PRIu64 " rejects\n", forebay_table_rows(table), stored);
  forebay_loader_close(loader);
  forebay_dtype_free(row);
  return forebay_store_close(store, &err) == FOREBAY_OK ? 0 : fail(&err);
}
