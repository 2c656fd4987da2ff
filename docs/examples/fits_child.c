/* fits_child: a child program that reads the first table of FITS files with cfitsio. A column of
 * the file goes into the field of its name. Numbers only; run it with the layout columns:
 *   forebay load *.fits -o out.h5 --child ./fits_child --layout columns \
 *     --dtype 'ra:f8,dec:f8,flux:f4'
 */
#include <fitsio.h>
#include <forebay/forebay.h>
#include <stdio.h>

enum { MOST_FIELDS = 64 };

static void fail(forebay_child *child, forebay_status code, const char *text) {
  forebay_child_fail(child, code, 0, UINT64_MAX, 0, text, NULL);
}

static void fail_as_fits_says(forebay_child *child, int status) {
  char words[FLEN_STATUS] = "";
  char text[FLEN_STATUS + 64];
  fits_get_errstatus(status, words);
  snprintf(text, sizeof(text), "cfitsio says: %s; look at the file with fitsverify", words);
  fail(child, FOREBAY_E_FORMAT, text);
}

/* The number by which cfitsio knows a field's type; 0 if it has none. */
static int type_of(const forebay_dtype_field *field) {
  static const struct {
    int32_t kind;
    uint64_t bytes;
    int type;
  } types[] = {{FOREBAY_DTYPE_INT, 2, TSHORT},    {FOREBAY_DTYPE_INT, 4, TINT},
               {FOREBAY_DTYPE_INT, 8, TLONGLONG}, {FOREBAY_DTYPE_UINT, 1, TBYTE},
               {FOREBAY_DTYPE_FLOAT, 4, TFLOAT},  {FOREBAY_DTYPE_FLOAT, 8, TDOUBLE}};
  if (field->big_endian || field->count != 1) return 0;
  for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
    if (types[i].kind == field->kind && types[i].bytes == field->item_bytes) return types[i].type;
  }
  return 0;
}

/* Which column goes into which field, and as what. 0: the task has failed. */
static uint32_t match_columns(forebay_child *child, fitsfile *file, int *types, int *numbers) {
  const forebay_dtype *dtype = forebay_child_dtype(child);
  uint32_t fields = forebay_dtype_field_count(dtype);
  char text[256];
  if (fields > MOST_FIELDS) {
    fail(child, FOREBAY_E_DTYPE, "this child program takes 64 fields at most");
    return 0;
  }
  for (uint32_t i = 0; i < fields; i++) {
    forebay_dtype_field field = {.struct_size = sizeof(field)};
    int status = 0;
    forebay_dtype_field_at(dtype, i, &field);
    char name[FLEN_VALUE];
    snprintf(name, sizeof(name), "%s", field.name);
    types[i] = type_of(&field);
    fits_get_colnum(file, CASEINSEN, name, &numbers[i], &status);
    if (types[i] != 0 && status == 0) continue;
    snprintf(text, sizeof(text), "%s %s", name,
             types[i] == 0 ? "is of a type that this child program does not read; give i2 to i8, "
                             "u1, f4 or f8"
                           : "is no column of the table; name a column in the dtype");
    fail(child, FOREBAY_E_COLUMNS, text);
    return 0;
  }
  return fields;
}

/* Rows of one block, each column straight into its place. The status of cfitsio. */
static int read_block(forebay_child *child, fitsfile *file, uint32_t fields, const int *types,
                      const int *numbers, uint64_t *row, uint64_t rows) {
  int status = 0;
  for (uint32_t i = 0; i < fields && status == 0; i++) {
    forebay_array_column column = {.struct_size = sizeof(column)};
    forebay_child_column_get(child, i, &column, NULL);
    fits_read_col(file, types[i], numbers[i], (LONGLONG)*row + 1, 1, (LONGLONG)rows, NULL,
                  column.data, NULL, &status);
  }
  if (status == 0) {
    *row += rows;
    forebay_child_publish(child, rows, *row, 0, NULL); /* goes on by row numbers, not by bytes */
  }
  return status;
}

static void read_table(forebay_child *child, const forebay_child_task *task, fitsfile *file) {
  int types[MOST_FIELDS];
  int numbers[MOST_FIELDS];
  int status = 0;
  long rows = 0;
  int columns = 0;
  char note[128];
  fits_get_num_rows(file, &rows, &status);
  fits_get_num_cols(file, &columns, &status);
  if (status != 0) {
    fail_as_fits_says(child, status);
    return;
  }
  snprintf(note, sizeof(note), "%ld rows in %d columns", rows, columns);
  forebay_child_log(child, FOREBAY_CHILD_LOG_INFO, note, NULL);
  uint32_t fields = match_columns(child, file, types, numbers);
  if (fields == 0) return;
  uint64_t row = task->begin; /* another child may have come so far */
  forebay_child_view view = FOREBAY_CHILD_VIEW_INIT;
  while (row < (uint64_t)rows && forebay_child_fill(child, &view, NULL) == FOREBAY_OK) {
    if (view.data != NULL) {
      fail(child, FOREBAY_E_ARGUMENT, "this child program fills columns; ask for that layout");
      return;
    }
    uint64_t left = (uint64_t)rows - row;
    uint64_t most = left < view.capacity ? left : view.capacity;
    status = read_block(child, file, fields, types, numbers, &row, most);
    if (status != 0) {
      fail_as_fits_says(child, status);
      return;
    }
  }
  forebay_child_finish(child, NULL);
}

/* Why by /proc: cfitsio opens files by name, and the loader has opened this one already. */
static void read_source(forebay_child *child, const forebay_child_task *task) {
  char path[64];
  fitsfile *file = NULL;
  int status = 0;
  snprintf(path, sizeof(path), "/proc/self/fd/%d", task->descriptor);
  fits_open_diskfile(&file, path, READONLY, &status);
  fits_movabs_hdu(file, 2, NULL, &status); /* the first is an image, often an empty one */
  if (status == 0) {
    read_table(child, task, file);
  } else {
    fail_as_fits_says(child, status);
  }
  status = 0;
  if (file != NULL) fits_close_file(file, &status);
}

int main(void) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_child *child = NULL;
  forebay_child_task task = FOREBAY_CHILD_TASK_INIT;
  if (forebay_child_attach(&child, &err) != FOREBAY_OK) {
    fprintf(stderr, "fits_child: %s\n", err.message);
    return 1;
  }
  while (forebay_child_take(child, &task, &err) == FOREBAY_OK) read_source(child, &task);
  forebay_child_close(child);
  return 0;
}
