/* csv_columns OUT.h5 FILE.csv: two columns of a CSV file with a header, by name, on the bulk path
 * in little memory. */
#include <forebay/forebay.h>
#include <stdio.h>

static int fail(const forebay_error *err) {
  fprintf(stderr, "csv_columns: %s\n", err->message);
  return 1;
}

int main(int argc, char **argv) {
  int role = forebay_child_main(argc, argv);
  if (role != FOREBAY_CHILD_NOT_ASKED) return role;
  if (argc != 3) return 2;

  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  forebay_store *store = NULL;
  forebay_table *table = NULL;

  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  options.delimiter = ',';
  options.header = FOREBAY_LOADER_HEADER_ON;
  options.columns = "id,price"; /* names of the header, or numbers from 1 */
  options.memory_bytes = 64U << 20;

  if (forebay_dtype_parse("id:i8,price:f8", &row, &err) != FOREBAY_OK ||
      forebay_loader_open(row, &options, &loader, &err) != FOREBAY_OK ||
      forebay_loader_add_file(loader, argv[2], NULL, &err) != FOREBAY_OK ||
      forebay_store_open(argv[1], NULL, &store, &err) != FOREBAY_OK ||
      forebay_table_open(store, "prices", row, NULL, &table, &err) != FOREBAY_OK ||
      forebay_table_append_loader(table, loader, NULL, &err) != FOREBAY_OK ||
      forebay_store_commit(store, &err) != FOREBAY_OK) {
    return fail(&err);
  }
  printf("%llu rows\n", (unsigned long long)forebay_table_rows(table));
  forebay_loader_close(loader);
  forebay_dtype_free(row);
  return forebay_store_close(store, &err) == FOREBAY_OK ? 0 : fail(&err);
}
