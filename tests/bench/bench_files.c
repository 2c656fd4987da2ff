/* bench_files keep|release CHILDREN DTYPE DELIMITER HEADER FILE...: parses files into arrays of
 * shared memory and keeps them all, as those do that parse into memory, or releases each at once,
 * as those do that work on a stream; prints rows and seconds as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "forebay/forebay.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int report(const forebay_error* err) {
  fprintf(stderr, "bench_files: %s\n", err->message);
  return 1;
}

int main(int argc, char** argv) {
  if (argc < 7) return 2;
  const int keeps = strcmp(argv[1], "keep") == 0;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype* dtype = NULL;
  forebay_loader* loader = NULL;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  const double begin = now();
  options.children = (uint32_t)atoi(argv[2]);
  options.delimiter = (unsigned char)argv[4][0];
  options.header = atoi(argv[5]) != 0 ? FOREBAY_LOADER_HEADER_ON : FOREBAY_LOADER_HEADER_OFF;
  options.memory_bytes = (uint64_t)6 << 30;
  if (forebay_dtype_parse(argv[3], &dtype, &err) != FOREBAY_OK) return report(&err);
  if (forebay_loader_open(dtype, &options, &loader, &err) != FOREBAY_OK) return report(&err);
  for (int i = 6; i < argc; i++) {
    if (forebay_loader_add_file(loader, argv[i], NULL, &err) != FOREBAY_OK) return report(&err);
  }
  size_t held = 0, room = 0;
  forebay_array** arrays = NULL;
  uint64_t rows = 0;
  forebay_status status;
  for (;;) {
    forebay_array* array = NULL;
    status = forebay_loader_next(loader, -1, &array, &err);
    if (status != FOREBAY_OK) break;
    if (held == room) {
      room = room == 0 ? 1024 : 2 * room;
      forebay_array** more = realloc(arrays, room * sizeof(forebay_array*));
      if (more == NULL) return 1;
      arrays = more;
    }
    forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
    if (forebay_array_view_get(array, &view, &err) != FOREBAY_OK) return report(&err);
    rows += view.rows;
    if (keeps)
      arrays[held++] = array;
    else
      forebay_array_release(array);
  }
  if (status != FOREBAY_END) return report(&err);
  printf("{\"rows\": %llu, \"seconds\": %.6f}\n", (unsigned long long)rows, now() - begin);
  for (size_t i = 0; i < held; i++) forebay_array_release(arrays[i]);
  free(arrays);
  forebay_loader_close(loader);
  forebay_dtype_free(dtype);
  return 0;
}
