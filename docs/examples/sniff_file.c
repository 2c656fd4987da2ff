/* Loads a text file of which nothing is known: its dtype and options are guessed, shown and used.
 */
#include <forebay/forebay.h>
#include <inttypes.h>
#include <stdio.h>

static int failed(const forebay_error *err) {
  fprintf(stderr, "%s\n", err->message);
  return 1;
}

int main(int argc, char **argv) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  forebay_sniff *sniff = NULL;
  forebay_loader *loader = NULL;
  forebay_array *array = NULL;
  forebay_status rc;
  uint64_t rows = 0;
  if (argc < 2) return 2;
  const char *path = argv[1];
  if (forebay_sniff_file(path, NULL, NULL, &sniff, &err) != FOREBAY_OK) return failed(&err);
  printf("%s: %s\n", path, forebay_sniff_dtype_text(sniff));
  forebay_sniff_apply(sniff, &options, &err);
  rc = forebay_loader_open(forebay_sniff_dtype(sniff), &options, &loader, &err);
  forebay_sniff_free(sniff);
  if (rc == FOREBAY_OK) rc = forebay_loader_add_file(loader, path, NULL, &err);
  while (rc == FOREBAY_OK && (rc = forebay_loader_next(loader, -1, &array, &err)) == FOREBAY_OK) {
    forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
    if (forebay_array_view_get(array, &view, &err) == FOREBAY_OK) rows += view.rows;
    forebay_array_release(array);
  }
  forebay_loader_close(loader);
  if (rc < 0) return failed(&err);
  printf("%" PRIu64 " rows\n", rows);
  return 0;
}
