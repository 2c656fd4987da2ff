/* Tables: rows in, rows out, attributes. */
#include <R_ext/Utils.h>
#include <string.h>

#include "calls.h"

enum { kStepMs = 100 };
/* Rows are packed and read in pieces of about this size, so that a copy of a large frame is never
 * there as a whole. */
static const uint64_t kPieceBytes = 4 << 20;

static forebay_table* table_of(SEXP table) {
  if (TYPEOF(table) != EXTPTRSXP || R_ExternalPtrTag(table) != Rf_install(FBR_TABLE) ||
      R_ExternalPtrAddr(table) == NULL) {
    fbr_fail(FOREBAY_E_STATE, "this is no table of an open store; open it anew");
  }
  fbr_object(R_ExternalPtrProtected(table), FBR_STORE);
  return R_ExternalPtrAddr(table);
}

static R_xlen_t piece_rows(uint64_t row_bytes) {
  const uint64_t rows = kPieceBytes / (row_bytes > 0 ? row_bytes : 1);
  return rows > 0 ? (R_xlen_t)rows : 1;
}

SEXP fbr_call_table_info(SEXP handle) {
  static const char* const kNames[] = {"rows",    "dtype",  "names",        "chunk_rows",  "layout",
                                       "deflate", "chunks", "stored_bytes", "bytes_copied"};
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_table_info info = FOREBAY_TABLE_INFO_INIT;
  forebay_table* table = table_of(handle);
  const forebay_dtype* dtype = fbr.table_dtype(table);
  fbr_check(fbr.table_info_get(table, &info, &err), &err);
  SEXP list = PROTECT(fbr_named(9, kNames));
  SET_VECTOR_ELT(list, 0, Rf_ScalarReal((double)info.rows));
  SET_VECTOR_ELT(list, 1, Rf_ScalarString(Rf_mkCharCE(fbr.dtype_text(dtype), CE_UTF8)));
  SEXP names = Rf_allocVector(STRSXP, fbr.dtype_field_count(dtype));
  SET_VECTOR_ELT(list, 2, names);
  for (uint32_t i = 0; i < fbr.dtype_field_count(dtype); i++) {
    const forebay_dtype_field field = fbr_field(dtype, i);
    SET_STRING_ELT(names, i, Rf_mkCharCE(field.name[0] != 0 ? field.name : "value", CE_UTF8));
  }
  SET_VECTOR_ELT(list, 3, Rf_ScalarReal((double)info.chunk_rows));
  SET_VECTOR_ELT(list, 4, Rf_mkString(info.layout == FOREBAY_ARRAY_COLUMNS ? "columns" : "rows"));
  SET_VECTOR_ELT(list, 5, Rf_ScalarReal(info.deflate));
  SET_VECTOR_ELT(list, 6, Rf_ScalarReal((double)info.chunks));
  SET_VECTOR_ELT(list, 7, Rf_ScalarReal((double)info.stored_bytes));
  SET_VECTOR_ELT(list, 8, Rf_ScalarReal((double)fbr.table_bytes_copied(table)));
  UNPROTECT(1);
  return list;
}

static void pack_rows(SEXP frame, R_xlen_t first, R_xlen_t rows, const forebay_dtype* dtype,
                      char* to) {
  const uint64_t row_bytes = fbr.dtype_row_bytes(dtype);
  for (uint32_t i = 0; i < fbr.dtype_field_count(dtype); i++) {
    const forebay_dtype_field field = fbr_field(dtype, i);
    fbr_pack(VECTOR_ELT(frame, i), first, rows, &field, to + field.offset, row_bytes);
  }
}

/* Packs a frame, all of it or nothing: a first pass finds what does not fit, so that a refused
 * frame leaves no rows. */
SEXP fbr_call_table_append(SEXP handle, SEXP frame, SEXP count) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_table* table = table_of(handle);
  const forebay_dtype* dtype = fbr.table_dtype(table);
  const R_xlen_t rows = (R_xlen_t)Rf_asReal(count);
  const R_xlen_t most = piece_rows(fbr.dtype_row_bytes(dtype));
  fbr_check_frame(frame, dtype, rows);
  char* piece = R_alloc((size_t)(rows < most ? rows : most) + 1, (int)fbr.dtype_row_bytes(dtype));
  const int is_one_piece = rows <= most;
  for (R_xlen_t at = 0; !is_one_piece && at < rows; at += most) {
    pack_rows(frame, at, rows - at < most ? rows - at : most, dtype, piece);
    R_CheckUserInterrupt();
  }
  for (R_xlen_t at = 0; at < rows; at += most) {
    const R_xlen_t part = rows - at < most ? rows - at : most;
    pack_rows(frame, at, part, dtype, piece);
    fbr_check(fbr.table_append_rows(table, piece, (uint64_t)part, &err), &err);
  }
  return R_NilValue;
}

SEXP fbr_call_table_append_array(SEXP handle, SEXP array) {
  forebay_error err = FOREBAY_ERROR_INIT;
  fbr_check(fbr.table_append_array(table_of(handle), fbr_object(array, FBR_ARRAY), &err), &err);
  return R_NilValue;
}

/* The bulk path, in steps. Rows appended; an interrupt between two steps leaves those before it in
 * the table, uncommitted. */
SEXP fbr_call_table_append_loader(SEXP handle, SEXP loader_handle, SEXP is_resuming) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_table* table = table_of(handle);
  forebay_loader* loader = ((fbr_loader*)fbr_object(loader_handle, FBR_LOADER))->loader;
  if (Rf_asLogical(is_resuming))
    fbr_check(fbr.loader_resume(loader, table, FOREBAY_NO_SOURCE, &err), &err);
  double rows = 0;
  for (;;) {
    forebay_table_append_result result = FOREBAY_TABLE_APPEND_RESULT_INIT;
    const forebay_status status =
        fbr.table_append_loader_step(table, loader, kStepMs, &result, &err);
    rows += (double)result.rows;
    fbr_check(status, &err);
    if (status != FOREBAY_AGAIN) return Rf_ScalarReal(rows);
    R_CheckUserInterrupt();
  }
}

typedef struct reading {
  forebay_table* table;
  const forebay_dtype* dtype;
  SEXP fields; /* integer, from 0 */
  SEXP columns;
  fbr_choice choice;
} reading;

/* Records: each piece is read once for all fields. */
static void read_records(reading* now, uint64_t first, R_xlen_t rows) {
  forebay_error err = FOREBAY_ERROR_INIT;
  const uint64_t row_bytes = fbr.dtype_row_bytes(now->dtype);
  const R_xlen_t most = piece_rows(row_bytes);
  char* piece = R_alloc((size_t)(rows < most ? rows : most) + 1, (int)row_bytes);
  for (R_xlen_t at = 0; at < rows; at += most) {
    const R_xlen_t part = rows - at < most ? rows - at : most;
    fbr_check(fbr.table_read(now->table, first + (uint64_t)at, (uint64_t)part, piece, NULL, &err),
              &err);
    for (R_xlen_t i = 0; i < Rf_xlength(now->fields); i++) {
      const forebay_dtype_field field = fbr_field(now->dtype, (uint32_t)INTEGER(now->fields)[i]);
      fbr_convert(VECTOR_ELT(now->columns, i), at, &field, piece + field.offset, row_bytes, part,
                  &now->choice);
    }
    R_CheckUserInterrupt();
  }
}

static void read_column(reading* now, R_xlen_t place, uint64_t first, R_xlen_t rows) {
  forebay_error err = FOREBAY_ERROR_INIT;
  const uint32_t index = (uint32_t)INTEGER(now->fields)[place];
  const forebay_dtype_field field = fbr_field(now->dtype, index);
  const uint64_t bytes = field.item_bytes * field.count;
  const R_xlen_t most = piece_rows(bytes);
  char* piece = R_alloc((size_t)(rows < most ? rows : most) + 1, (int)bytes);
  for (R_xlen_t at = 0; at < rows; at += most) {
    const R_xlen_t part = rows - at < most ? rows - at : most;
    fbr_check(fbr.table_read_column(now->table, index, first + (uint64_t)at, (uint64_t)part, piece,
                                    NULL, &err),
              &err);
    fbr_convert(VECTOR_ELT(now->columns, place), at, &field, piece, bytes, part, &now->choice);
    R_CheckUserInterrupt();
  }
}

/* Rows `first` (from 0) and on of some fields; R has seen that they are there. */
SEXP fbr_call_table_read(SEXP handle, SEXP first, SEXP count, SEXP fields, SEXP integer64) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_table_info info = FOREBAY_TABLE_INFO_INIT;
  forebay_table* table = table_of(handle);
  const R_xlen_t rows = (R_xlen_t)Rf_asReal(count);
  fbr_check(fbr.table_info_get(table, &info, &err), &err);
  SEXP columns = PROTECT(Rf_allocVector(VECSXP, Rf_xlength(fields)));
  SEXP names = PROTECT(Rf_allocVector(STRSXP, Rf_xlength(fields)));
  reading now = {table, fbr.table_dtype(table), fields, columns, {Rf_asLogical(integer64), 0}};
  for (R_xlen_t i = 0; i < Rf_xlength(fields); i++) {
    const forebay_dtype_field field = fbr_field(now.dtype, (uint32_t)INTEGER(fields)[i]);
    SET_STRING_ELT(names, i, Rf_mkCharCE(field.name[0] != 0 ? field.name : "value", CE_UTF8));
    SET_VECTOR_ELT(columns, i, fbr_allocate(&field, rows, &now.choice));
  }
  const uint64_t from = (uint64_t)Rf_asReal(first);
  if (info.layout == FOREBAY_ARRAY_COLUMNS) {
    for (R_xlen_t i = 0; i < Rf_xlength(fields); i++) read_column(&now, i, from, rows);
  } else {
    read_records(&now, from, rows);
  }
  fbr_warn_inexact(&now.choice);
  SEXP frame = fbr_frame(columns, names, rows);
  UNPROTECT(2);
  return frame;
}

/* Texts and numbers; attributes of other kinds are NULL. */
SEXP fbr_call_table_attributes(SEXP handle) {
  forebay_table* table = table_of(handle);
  const uint32_t count = fbr.table_attribute_count(table);
  SEXP list = PROTECT(Rf_allocVector(VECSXP, count));
  SEXP names = PROTECT(Rf_allocVector(STRSXP, count));
  for (uint32_t i = 0; i < count; i++) {
    SET_STRING_ELT(names, i, Rf_mkCharCE(fbr.table_attribute_name(table, i), CE_UTF8));
    const char* name = CHAR(STRING_ELT(names, i));
    uint64_t needed = 0;
    double number = 0;
    if (fbr.table_get_number(table, name, &number, NULL) == FOREBAY_OK) {
      SET_VECTOR_ELT(list, i, Rf_ScalarReal(number));
      continue;
    }
    fbr.table_get_text(table, name, NULL, 0, &needed, NULL);
    char* text = R_alloc((size_t)needed + 1, 1);
    if (fbr.table_get_text(table, name, text, needed, NULL, NULL) == FOREBAY_OK) {
      SET_VECTOR_ELT(list, i, Rf_ScalarString(Rf_mkCharCE(text, CE_UTF8)));
    }
  }
  Rf_setAttrib(list, R_NamesSymbol, names);
  UNPROTECT(2);
  return list;
}

SEXP fbr_call_table_set_attribute(SEXP handle, SEXP name, SEXP value) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_table* table = table_of(handle);
  const char* key = Rf_translateCharUTF8(STRING_ELT(name, 0));
  if (TYPEOF(value) == STRSXP) {
    fbr_check(fbr.table_set_text(table, key, Rf_translateCharUTF8(STRING_ELT(value, 0)), &err),
              &err);
  } else {
    fbr_check(fbr.table_set_number(table, key, Rf_asReal(value), &err), &err);
  }
  return R_NilValue;
}

SEXP fbr_call_table_sources(SEXP handle) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_table* table = table_of(handle);
  forebay_table_source source = FOREBAY_TABLE_SOURCE_INIT;
  uint32_t count = 0;
  forebay_status status;
  while ((status = fbr.table_source_get(table, count, &source, &err)) == FOREBAY_OK) count++;
  fbr_check(status, &err);
  SEXP rows = PROTECT(Rf_allocVector(VECSXP, count));
  for (uint32_t i = 0; i < count; i++) {
    fbr_check(fbr.table_source_get(table, i, &source, &err), &err);
    SET_VECTOR_ELT(rows, i, fbr_source_row(&source));
  }
  UNPROTECT(1);
  return rows;
}
