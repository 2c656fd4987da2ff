/* fill_arrays OUT.h5: a program that makes its rows itself, as an instrument does, and stores them
 * from shared memory. */
#include <forebay/forebay.h>
#include <stdio.h>

static int fail(const forebay_error *err) {
  fprintf(stderr, "fill_arrays: %s\n", err->message);
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *sample = NULL;
  forebay_arena *arena = NULL;
  forebay_store *store = NULL;
  forebay_table *table = NULL;
  if (forebay_dtype_parse("f8[16]", &sample, &err) != FOREBAY_OK ||
      forebay_arena_open(16U << 20, &arena, &err) != FOREBAY_OK ||
      forebay_store_open(argv[1], NULL, &store, &err) != FOREBAY_OK ||
      forebay_table_open(store, "samples", sample, NULL, &table, &err) != FOREBAY_OK) {
    return fail(&err);
  }

  for (int batch = 0; batch < 5; batch++) {
    forebay_array *array = NULL;
    forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
    if (forebay_array_lease(arena, sample, 1000, &array, &err) != FOREBAY_OK) return fail(&err);
    forebay_array_view_get(array, &view, &err);
    double *values = view.data;
    for (int i = 0; i < 1000 * 16; i++) values[i] = batch + i / 16000.0;
    forebay_array_set_rows(array, 1000, &err);
    const forebay_status rc = forebay_table_append_array(table, array, &err);
    forebay_array_release(array); /* the block is used again for the next batch */
    if (rc != FOREBAY_OK) return fail(&err);
  }

  printf("%llu rows\n", (unsigned long long)forebay_table_rows(table));
  forebay_arena_close(arena);
  forebay_dtype_free(sample);
  return forebay_store_close(store, &err) == FOREBAY_OK ? 0 : fail(&err);
}
