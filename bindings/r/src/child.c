/* A child process in R: rows of data.frames into the blocks that the loader gives. R/child.R calls
 * the user's function. */
#include <stdlib.h>

#include "calls.h"

typedef struct child {
  forebay_child* link;
  uint64_t capacity; /* of the block at hand; 0: none */
  uint64_t filled;
  uint64_t published; /* rows of the task, those before a death too: what a restart goes on by */
} child;

static void end_child(void* object) {
  child* own = object;
  fbr.child_close(own->link);
  free(own);
}

static child* child_of(SEXP handle) {
  return fbr_object(handle, FBR_CHILD);
}

SEXP fbr_call_child_open(void) {
  forebay_error err = FOREBAY_ERROR_INIT;
  child* own = calloc(1, sizeof(child));
  if (own == NULL) fbr_fail(FOREBAY_E_MEMORY, "no memory for a child");
  const forebay_status status = fbr.child_attach(&own->link, &err);
  if (status < 0) free(own);
  fbr_check(status, &err);
  return fbr_handle(own, FBR_CHILD, end_child);
}

SEXP fbr_call_child_config(SEXP handle) {
  forebay_error err = FOREBAY_ERROR_INIT;
  const void* data = NULL;
  uint64_t bytes = 0;
  fbr_check(fbr.child_config(child_of(handle)->link, &data, &bytes, &err), &err);
  SEXP raw = Rf_allocVector(RAWSXP, (R_xlen_t)bytes);
  for (uint64_t i = 0; i < bytes; i++) RAW(raw)[i] = ((const unsigned char*)data)[i];
  return raw;
}

/* NULL: the loader is gone. */
SEXP fbr_call_child_take(SEXP handle) {
  static const char* const kNames[] = {"path", "source", "bytes", "first_row", "names"};
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_child_task task = FOREBAY_CHILD_TASK_INIT;
  child* own = child_of(handle);
  const forebay_status status = fbr.child_take(own->link, &task, &err);
  fbr_check(status, &err);
  if (status == FOREBAY_END) return R_NilValue;
  own->capacity = own->filled = 0;
  own->published = task.first_row;
  const forebay_dtype* dtype = fbr.child_dtype(own->link);
  char path[64];
  snprintf(path, sizeof(path), "/proc/self/fd/%d", (int)task.descriptor);
  SEXP list = PROTECT(fbr_named(5, kNames));
  SET_VECTOR_ELT(list, 0, Rf_mkString(path));
  SET_VECTOR_ELT(list, 1, Rf_ScalarInteger((int)task.source + 1));
  SET_VECTOR_ELT(list, 2, Rf_ScalarReal((double)task.size));
  SET_VECTOR_ELT(list, 3, Rf_ScalarReal((double)task.first_row));
  SEXP names = Rf_allocVector(STRSXP, fbr.dtype_field_count(dtype));
  SET_VECTOR_ELT(list, 4, names);
  for (uint32_t i = 0; i < fbr.dtype_field_count(dtype); i++) {
    const forebay_dtype_field field = fbr_field(dtype, i);
    SET_STRING_ELT(names, i, Rf_mkCharCE(field.name[0] != 0 ? field.name : "value", CE_UTF8));
  }
  UNPROTECT(1);
  return list;
}

/* 0: nobody wants more rows of this source. */
static int have_block(child* own) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_child_view view = FOREBAY_CHILD_VIEW_INIT;
  if (own->capacity > 0) return 1;
  const forebay_status status = fbr.child_fill(own->link, &view, &err);
  if (status == FOREBAY_END || status == FOREBAY_E_CANCELLED) return 0;
  fbr_check(status, &err);
  own->capacity = view.capacity;
  own->filled = 0;
  return 1;
}

static void publish(child* own) {
  forebay_error err = FOREBAY_ERROR_INIT;
  const uint64_t rows = own->filled;
  own->capacity = own->filled = 0;
  own->published += rows;
  if (rows > 0) fbr_check(fbr.child_publish(own->link, rows, own->published, 0, &err), &err);
}

static void fill_fields(child* own, SEXP frame, R_xlen_t first, R_xlen_t rows) {
  forebay_error err = FOREBAY_ERROR_INIT;
  const forebay_dtype* dtype = fbr.child_dtype(own->link);
  for (uint32_t i = 0; i < fbr.dtype_field_count(dtype); i++) {
    const forebay_dtype_field field = fbr_field(dtype, i);
    forebay_array_column column = {.struct_size = sizeof(column)};
    fbr_check(fbr.child_column_get(own->link, i, &column, &err), &err);
    fbr_pack(VECTOR_ELT(frame, i), first, rows, &field,
             (char*)column.data + own->filled * column.stride, column.stride);
  }
}

/* Rows of a frame but for the first `skip`. FALSE: no more are wanted. */
SEXP fbr_call_child_publish(SEXP handle, SEXP frame, SEXP count, SEXP skip) {
  child* own = child_of(handle);
  const R_xlen_t rows = (R_xlen_t)Rf_asReal(count);
  fbr_check_frame(frame, fbr.child_dtype(own->link), rows);
  for (R_xlen_t at = (R_xlen_t)Rf_asReal(skip); at < rows;) {
    if (!have_block(own)) return Rf_ScalarLogical(FALSE);
    const R_xlen_t room = (R_xlen_t)(own->capacity - own->filled);
    const R_xlen_t part = rows - at < room ? rows - at : room;
    fill_fields(own, frame, at, part);
    own->filled += (uint64_t)part;
    at += part;
    if (own->filled == own->capacity) publish(own);
  }
  return Rf_ScalarLogical(TRUE);
}

SEXP fbr_call_child_log(SEXP handle, SEXP level, SEXP text) {
  forebay_error err = FOREBAY_ERROR_INIT;
  fbr_check(fbr.child_log(child_of(handle)->link, (uint32_t)Rf_asInteger(level),
                          Rf_translateCharUTF8(STRING_ELT(text, 0)), &err),
            &err);
  return R_NilValue;
}

SEXP fbr_call_child_finish(SEXP handle) {
  forebay_error err = FOREBAY_ERROR_INIT;
  child* own = child_of(handle);
  publish(own);
  fbr_check(fbr.child_finish(own->link, &err), &err);
  return R_NilValue;
}

SEXP fbr_call_child_fail(SEXP handle, SEXP code, SEXP line, SEXP column, SEXP text) {
  forebay_error err = FOREBAY_ERROR_INIT;
  child* own = child_of(handle);
  publish(own);
  fbr_check(
      fbr.child_fail(own->link, Rf_asInteger(code), (uint64_t)Rf_asReal(line), UINT64_MAX,
                     (uint32_t)Rf_asReal(column), Rf_translateCharUTF8(STRING_ELT(text, 0)), &err),
      &err);
  return R_NilValue;
}
