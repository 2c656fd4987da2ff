/* Arrays as data.frames: without a copy where R has the type, else widened. */
#include <stdlib.h>

#include "calls.h"

static forebay_array* array_of(SEXP handle) {
  return fbr_object(handle, FBR_ARRAY);
}

static void end_dtype(void* object) {
  fbr.dtype_free(object);
}

/* Owned by a handle, so that a jump loses nothing. */
static const forebay_dtype* parsed(SEXP text, SEXP* handle) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype* dtype = NULL;
  fbr_check(fbr.dtype_parse(CHAR(STRING_ELT(text, 0)), &dtype, &err), &err);
  *handle = PROTECT(fbr_handle(dtype, "forebay_dtype", end_dtype));
  return dtype;
}

static SEXP name_of(const forebay_dtype_field* field) {
  return Rf_mkCharCE(field->name[0] != 0 ? field->name : "value", CE_UTF8);
}

static SEXP column_of(SEXP handle, uint32_t index, R_xlen_t rows, fbr_choice* choice) {
  forebay_error err = FOREBAY_ERROR_INIT;
  const forebay_dtype_field field = fbr_field(fbr.array_dtype(array_of(handle)), index);
  forebay_array_column column = {.struct_size = sizeof(column)};
  fbr_check(fbr.array_column_get(array_of(handle), index, &column, &err), &err);
  SEXP vector = fbr_shared_column(handle, &field, &column, rows, choice);
  if (vector != NULL) {
    PROTECT(vector);
    fbr_set_class(vector, &field, choice);
  } else {
    vector = PROTECT(fbr_allocate(&field, rows, choice));
    fbr_convert(vector, 0, &field, column.data, column.stride, rows, choice);
  }
  UNPROTECT(1);
  return vector;
}

SEXP fbr_call_array_frame(SEXP handle, SEXP integer64) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  fbr_choice choice = {Rf_asLogical(integer64), 0};
  fbr_check(fbr.array_view_get(array_of(handle), &view, &err), &err);
  const forebay_dtype* dtype = fbr.array_dtype(array_of(handle));
  const R_xlen_t rows = (R_xlen_t)view.rows;
  SEXP columns = PROTECT(Rf_allocVector(VECSXP, view.fields));
  SEXP names = PROTECT(Rf_allocVector(STRSXP, view.fields));
  for (uint32_t i = 0; i < view.fields; i++) {
    const forebay_dtype_field field = fbr_field(dtype, i);
    SET_STRING_ELT(names, i, name_of(&field));
    SET_VECTOR_ELT(columns, i, column_of(handle, i, rows, &choice));
  }
  fbr_warn_inexact(&choice);
  SEXP frame = fbr_frame(columns, names, rows);
  UNPROTECT(2);
  return frame;
}

/* A file without rows. */
SEXP fbr_call_empty_frame(SEXP text, SEXP integer64) {
  SEXP handle;
  const fbr_choice choice = {Rf_asLogical(integer64), 0};
  const forebay_dtype* dtype = parsed(text, &handle);
  const uint32_t fields = fbr.dtype_field_count(dtype);
  SEXP columns = PROTECT(Rf_allocVector(VECSXP, fields));
  SEXP names = PROTECT(Rf_allocVector(STRSXP, fields));
  for (uint32_t i = 0; i < fields; i++) {
    const forebay_dtype_field field = fbr_field(dtype, i);
    SET_STRING_ELT(names, i, name_of(&field));
    SET_VECTOR_ELT(columns, i, fbr_allocate(&field, 0, &choice));
  }
  SEXP frame = fbr_frame(columns, names, 0);
  UNPROTECT(3);
  return frame;
}

SEXP fbr_call_array_facts(SEXP handle) {
  static const char* const kNames[] = {"rows", "source", "first_row", "dtype"};
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  fbr_check(fbr.array_view_get(array_of(handle), &view, &err), &err);
  SEXP list = PROTECT(fbr_named(4, kNames));
  SET_VECTOR_ELT(list, 0, Rf_ScalarReal((double)view.rows));
  SET_VECTOR_ELT(
      list, 1,
      Rf_ScalarInteger(view.source == FOREBAY_NO_SOURCE ? NA_INTEGER : (int)view.source + 1));
  SET_VECTOR_ELT(list, 2, Rf_ScalarReal((double)view.first_row + 1));
  SET_VECTOR_ELT(list, 3, Rf_mkString(fbr.dtype_text(fbr.array_dtype(array_of(handle)))));
  UNPROTECT(1);
  return list;
}

/* Where the values of a vector are, in hexadecimal, without asking for a pointer to write to; NA
 * where they are not in one piece. */
SEXP fbr_call_address(SEXP vector) {
  char text[32];
  const void* data = DATAPTR_OR_NULL(vector);
  if (data == NULL) return Rf_ScalarString(NA_STRING);
  snprintf(text, sizeof(text), "%llx", (unsigned long long)(uintptr_t)data);
  return Rf_mkString(text);
}

/* Names and units of the fields, for fills. */
SEXP fbr_call_dtype_fields(SEXP text) {
  SEXP handle;
  const forebay_dtype* dtype = parsed(text, &handle);
  const uint32_t fields = fbr.dtype_field_count(dtype);
  SEXP names = PROTECT(Rf_allocVector(STRSXP, fields));
  for (uint32_t i = 0; i < fields; i++) {
    const forebay_dtype_field field = fbr_field(dtype, i);
    SET_STRING_ELT(names, i, name_of(&field));
  }
  UNPROTECT(2);
  return names;
}
