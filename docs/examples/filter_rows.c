/* filter_rows OUT.h5 FILE: keeps the rows with 10 reads or more, in place, before they are stored.
 */
#include <forebay/forebay.h>
#include <stdio.h>
#include <string.h>

#pragma pack(push, 1)
struct cpg {
  char chr[10];
  int32_t pos;
  float pct;
  int32_t c;
  int32_t t;
};
#pragma pack(pop)

static int fail(const forebay_error *err) {
  fprintf(stderr, "filter_rows: %s\n", err->message);
  return 1;
}

/* Moves the rows to keep to the front and returns their number. The holder of an array may write
 * it. */
static uint64_t keep_deep(struct cpg *rows, uint64_t count) {
  uint64_t kept = 0;
  for (uint64_t i = 0; i < count; i++) {
    if (rows[i].c + rows[i].t >= 10) memmove(&rows[kept++], &rows[i], sizeof(rows[i]));
  }
  return kept;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  forebay_array *array = NULL;
  forebay_status rc;
  uint64_t seen = 0;

  if (forebay_dtype_parse("chr:S10,pos:i4,pct:f4,c:i4,t:i4", &row, &err) != FOREBAY_OK ||
      forebay_dtype_row_bytes(row) != sizeof(struct cpg) ||
      forebay_loader_open(row, NULL, &loader, &err) != FOREBAY_OK ||
      forebay_loader_add_file(loader, argv[2], NULL, &err) != FOREBAY_OK ||
      forebay_store_open(argv[1], NULL, &store, &err) != FOREBAY_OK ||
      forebay_table_open(store, "deep", row, NULL, &table, &err) != FOREBAY_OK) {
    return fail(&err);
  }

  while ((rc = forebay_loader_next(loader, -1, &array, &err)) == FOREBAY_OK) {
    forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
    forebay_array_view_get(array, &view, &err);
    seen += view.rows;
    forebay_array_set_rows(array, keep_deep(view.data, view.rows), &err);
    rc = forebay_table_append_array(table, array, &err);
    forebay_array_release(array);
    if (rc != FOREBAY_OK) return fail(&err);
  }
  if (rc != FOREBAY_END) return fail(&err);

  const uint64_t kept = forebay_table_rows(table);
  if (forebay_store_close(store, &err) != FOREBAY_OK) return fail(&err);
  forebay_loader_close(loader);
  forebay_dtype_free(row);
  printf("%llu of %llu rows have 10 reads or more\n", (unsigned long long)kept,
         (unsigned long long)seen);
  return 0;
}
