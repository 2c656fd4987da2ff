/* bench_handover BYTES REPEATS: how long it takes from the moment a child has filled an array until
 * its parent has it, for arrays of so many bytes, as JSON. The program is its own child: each array
 * begins with the child's clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "forebay/forebay.h"

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int report(const forebay_error* err) {
  fprintf(stderr, "bench_handover: %s\n", err->message);
  return 1;
}

/* Fills and publishes arrays for ever: as many as the configuration says. */
static int be_child(void) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_child* child = NULL;
  forebay_child_task task = FOREBAY_CHILD_TASK_INIT;
  if (forebay_child_attach(&child, &err) != FOREBAY_OK) return report(&err);
  const void* config = NULL;
  uint64_t config_bytes = 0, repeats = 0;
  forebay_child_config(child, &config, &config_bytes, NULL);
  if (config_bytes == sizeof(repeats)) memcpy(&repeats, config, sizeof(repeats));
  while (forebay_child_take(child, &task, &err) == FOREBAY_OK) {
    forebay_child_view view = FOREBAY_CHILD_VIEW_INIT;
    uint64_t done = task.first_row;
    for (uint64_t i = 0; i < repeats && forebay_child_fill(child, &view, NULL) == FOREBAY_OK; i++) {
      memset(view.data, (int)i + 1, (size_t)(view.capacity * sizeof(uint64_t)));
      done += view.capacity;
      const uint64_t filled = now_ns();
      memcpy(view.data, &filled, sizeof(filled));
      if (forebay_child_publish(child, view.capacity, done, 0, &err) != FOREBAY_OK)
        return report(&err);
    }
    forebay_child_finish(child, NULL);
  }
  forebay_child_close(child);
  return 0;
}

static int compare(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

int main(int argc, char** argv) {
  if (argc > 1 && strcmp(argv[1], "child") == 0) return be_child();
  if (argc != 3) return 2;
  const uint64_t bytes = strtoull(argv[1], NULL, 10), repeats = strtoull(argv[2], NULL, 10);
  char self[4096] = {0};
  if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0) return 1;
  const char* const child_argv[] = {self, "child", NULL};
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype* dtype = NULL;
  forebay_loader* loader = NULL;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  options.children = 1;
  options.batch_rows = bytes / sizeof(uint64_t);
  options.memory_bytes = 6 * bytes + (1u << 20);
  options.child_argv = child_argv;
  options.child_config = &repeats;
  options.child_config_bytes = sizeof(repeats);
  if (forebay_dtype_parse("u8", &dtype, &err) != FOREBAY_OK) return report(&err);
  if (forebay_loader_open(dtype, &options, &loader, &err) != FOREBAY_OK) return report(&err);
  if (forebay_loader_add_file(loader, self, NULL, &err) != FOREBAY_OK) return report(&err);
  double* took = calloc((size_t)repeats, sizeof(*took));
  if (took == NULL) return 1;
  uint64_t got = 0;
  forebay_status status = FOREBAY_OK;
  while (got < repeats) {
    forebay_array* array = NULL;
    status = forebay_loader_next(loader, -1, &array, &err);
    if (status != FOREBAY_OK) break;
    const uint64_t here = now_ns();
    uint64_t filled = 0;
    forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
    if (forebay_array_view_get(array, &view, &err) != FOREBAY_OK) return report(&err);
    memcpy(&filled, view.data, sizeof(filled));
    took[got++] = (double)(here - filled) / 1e3;
    forebay_array_release(array);
  }
  if (status != FOREBAY_OK) return report(&err);
  qsort(took, (size_t)repeats, sizeof(*took), compare);
  printf("{\"bytes\": %llu, \"median_us\": %.1f, \"least_us\": %.1f, \"most_us\": %.1f}\n",
         (unsigned long long)bytes, took[repeats / 2], took[0], took[repeats - 1]);
  free(took);
  forebay_loader_close(loader);
  forebay_dtype_free(dtype);
  return 0;
}
