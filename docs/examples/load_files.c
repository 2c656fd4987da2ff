/* load_files OUT.h5 FILE...: loads text files side by side into one HDF5 table. */
#include <forebay/forebay.h>
#include <stdio.h>

static int fail(const forebay_error *err) {
  fprintf(stderr, "load_files: %s\n", err->message);
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: load_files OUT.h5 FILE...\n");
    return 2;
  }
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  forebay_array *array = NULL;
  forebay_status rc;

  if (forebay_dtype_parse("chr:S10,pos:i4,pct:f4,c:i4,t:i4", &row, &err) != FOREBAY_OK)
    return fail(&err);
  if (forebay_loader_open(row, NULL, &loader, &err) != FOREBAY_OK) return fail(&err);
  if (forebay_store_open(argv[1], NULL, &store, &err) != FOREBAY_OK) return fail(&err);
  if (forebay_table_open(store, "data", row, NULL, &table, &err) != FOREBAY_OK) return fail(&err);
  for (int i = 2; i < argc; i++) forebay_loader_add_file(loader, argv[i], NULL, &err);

  while ((rc = forebay_loader_next(loader, -1, &array, &err)) != FOREBAY_END) {
    if (rc != FOREBAY_OK) return fail(&err); /* the message names file, line and column */
    rc = forebay_table_append_array(table, array, &err); /* from shared memory to the file */
    forebay_array_release(array);
    if (rc != FOREBAY_OK) return fail(&err);
  }
  if (forebay_store_commit(store, &err) != FOREBAY_OK)
    return fail(&err); /* now it is on the disk */
  printf("%llu rows\n", (unsigned long long)forebay_table_rows(table));

  forebay_loader_close(loader);
  forebay_dtype_free(row);
  return forebay_store_close(store, &err) == FOREBAY_OK ? 0 : fail(&err);
}
