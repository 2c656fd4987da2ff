/* bench_read FILE TABLE [COLUMN]: reads a whole table, or one column of it, into memory; prints
 * rows and seconds as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "forebay/forebay.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int report(const forebay_error* err) {
  fprintf(stderr, "bench_read: %s\n", err->message);
  return 1;
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_store* store = NULL;
  forebay_table* table = NULL;
  forebay_store_options options = FOREBAY_STORE_OPTIONS_INIT;
  options.mode = FOREBAY_STORE_READ;
  const double begin = now();
  if (forebay_store_open(argv[1], &options, &store, &err) != FOREBAY_OK) return report(&err);
  if (forebay_table_open(store, argv[2], NULL, NULL, &table, &err) != FOREBAY_OK)
    return report(&err);
  const uint64_t rows = forebay_table_rows(table);
  const forebay_dtype* dtype = forebay_table_dtype(table);
  unsigned char* memory = malloc(rows * forebay_dtype_row_bytes(dtype));
  uint64_t read = 0;
  if (memory == NULL) return 1;
  const forebay_status status = argc > 3 ? forebay_table_read_column(table, (uint32_t)atoi(argv[3]),
                                                                     0, rows, memory, &read, &err)
                                         : forebay_table_read(table, 0, rows, memory, &read, &err);
  if (status != FOREBAY_OK) return report(&err);
  printf("{\"rows\": %llu, \"seconds\": %.6f}\n", (unsigned long long)read, now() - begin);
  free(memory);
  return forebay_store_close(store, &err) == FOREBAY_OK ? 0 : report(&err);
}
