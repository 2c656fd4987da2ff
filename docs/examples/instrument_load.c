/* instrument_load CHILD FILE...: loads an instrument's binary files by a child program of one's own
 * and looks at every row. */
#include <forebay/forebay.h>
#include <stdio.h>

/* A record of the file, which is also a row. */
#pragma pack(push, 1)
struct sample {
  double time;
  float level;
  uint16_t channel;
  uint16_t flags;
};
#pragma pack(pop)

/* What the child is told: see instrument_child.c. */
struct config {
  uint32_t channels;
};

static int fail(const forebay_error *err) {
  fprintf(stderr, "instrument_load: %s\n", err->message);
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: instrument_load CHILD FILE...\n");
    return 2;
  }
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  forebay_array *array = NULL;
  forebay_status rc;
  if (forebay_dtype_parse("time:f8,level:f4,channel:u2,flags:u2", &row, &err) != FOREBAY_OK)
    return fail(&err);

  struct config config = {.channels = 16};
  const char *const command[] = {argv[1], NULL}; /* its path, arguments, NULL */
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  options.child_argv = command;
  options.child_config = &config;
  options.child_config_bytes = sizeof(config);
  options.batch_rows = 1000;
  if (forebay_loader_open(row, &options, &loader, &err) != FOREBAY_OK) return fail(&err);
  for (int i = 2; i < argc; i++) forebay_loader_add_file(loader, argv[i], NULL, &err);

  unsigned long long rows = 0;
  double level = 0;
  while ((rc = forebay_loader_next(loader, -1, &array, &err)) == FOREBAY_OK) {
    forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
    forebay_array_view_get(array, &view, &err);
    const struct sample *samples = view.data;
    for (uint64_t i = 0; i < view.rows; i++) level += samples[i].level;
    rows += view.rows;
    forebay_array_release(array);
  }
  if (rc != FOREBAY_END) fail(&err); /* names the file and the byte */
  printf("%llu rows, sum of levels %.1f\n", rows, level);
  forebay_loader_close(loader);
  forebay_dtype_free(row);
  return rc == FOREBAY_END ? 0 : 1;
}
