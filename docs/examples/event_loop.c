/* event_loop FILE: a loader inside somebody else's event loop; here poll() stands for the loop. */
#include <forebay/forebay.h>
#include <poll.h>
#include <stdio.h>

static int fail(const forebay_error *err) {
  fprintf(stderr, "event_loop: %s\n", err->message);
  return 1;
}

/* Takes everything that is ready without waiting. FOREBAY_AGAIN: wait for the descriptor. */
static forebay_status take_ready(forebay_loader *loader, uint64_t *rows, forebay_error *err) {
  forebay_array *array = NULL;
  forebay_status rc;
  while ((rc = forebay_loader_next(loader, 0, &array, err)) == FOREBAY_OK) {
    forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
    forebay_array_view_get(array, &view, err);
    *rows += view.rows;
    forebay_array_release(array);
  }
  return rc;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  struct pollfd wait = {-1, POLLIN, 0};
  uint64_t rows = 0;
  forebay_status rc;
  if (forebay_dtype_parse("chr:S10,pos:i4,pct:f4,c:i4,t:i4", &row, &err) != FOREBAY_OK ||
      forebay_loader_open(row, NULL, &loader, &err) != FOREBAY_OK ||
      forebay_loader_add_file(loader, argv[1], NULL, &err) != FOREBAY_OK ||
      forebay_loader_descriptor(loader, &wait.fd, &err) != FOREBAY_OK) {
    return fail(&err);
  }

  while ((rc = take_ready(loader, &rows, &err)) == FOREBAY_AGAIN) {
    poll(&wait, 1, -1); /* deadlines of children make it readable too */
  }

  forebay_loader_close(loader);
  forebay_dtype_free(row);
  if (rc != FOREBAY_END) return fail(&err);
  printf("%llu rows\n", (unsigned long long)rows);
  return 0;
}
