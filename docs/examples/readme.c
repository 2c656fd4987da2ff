/* readme FILE...: the example of README.md, without the checks of each call; load_files.c has them.
 */
#include <forebay/forebay.h>
#include <stdio.h>

int main(int argc, char **argv) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  forebay_array *array = NULL;
  forebay_status rc;

  forebay_dtype_parse("chr:S10,pos:i4,pct:f4,c:i4,t:i4", &row, &err);
  forebay_loader_open(row, NULL, &loader, &err);
  forebay_store_open("meth.h5", NULL, &store, &err);
  forebay_table_open(store, "data", row, NULL, &table, &err);
  for (int i = 1; i < argc; i++) forebay_loader_add_file(loader, argv[i], NULL, &err);
  while ((rc = forebay_loader_next(loader, -1, &array, &err)) == FOREBAY_OK) {
    forebay_table_append_array(table, array, &err);
    forebay_array_release(array);
  }
  forebay_store_commit(store, &err);

  if (rc == FOREBAY_END) printf("%llu rows\n", (unsigned long long)forebay_table_rows(table));
  forebay_store_close(store, &err);
  forebay_loader_close(loader);
  forebay_dtype_free(row);
  return rc == FOREBAY_END ? 0 : 1;
}
