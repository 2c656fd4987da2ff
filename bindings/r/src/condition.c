/* Failures of the library as R conditions; R/errors.R makes them. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "forebay_r.h"

static SEXP real_or_na(double value, int is_known) {
  return Rf_ScalarReal(is_known ? value : NA_REAL);
}

/* Does not return. */
void fbr_raise(const forebay_error* err) {
  SEXP call = PROTECT(Rf_allocVector(VECSXP, 8));
  SET_VECTOR_ELT(call, 0, Rf_ScalarInteger(err->code));
  SET_VECTOR_ELT(call, 1, Rf_mkString(fbr.status_name(err->code)));
  SET_VECTOR_ELT(call, 2, Rf_ScalarString(Rf_mkCharCE(err->message, CE_UTF8)));
  SET_VECTOR_ELT(call, 3,
                 Rf_ScalarString(err->path[0] != 0 ? Rf_mkCharCE(err->path, CE_UTF8) : NA_STRING));
  SET_VECTOR_ELT(call, 4, real_or_na((double)err->line, err->line != 0));
  SET_VECTOR_ELT(call, 5, real_or_na(err->column, err->column != 0));
  SET_VECTOR_ELT(call, 6, real_or_na((double)err->byte, err->byte != UINT64_MAX));
  SET_VECTOR_ELT(call, 7, real_or_na(err->source + 1.0, err->source != FOREBAY_NO_SOURCE));
  SEXP name = PROTECT(Rf_mkString("forebay"));
  SEXP space = PROTECT(R_FindNamespace(name));
  SEXP raise = PROTECT(Rf_lang2(Rf_install("raise"), call));
  Rf_eval(raise, space);
  UNPROTECT(4);
}

/* A failure that is the package's own. Does not return. */
void fbr_fail(forebay_status code, const char* format, ...) {
  forebay_error err = FOREBAY_ERROR_INIT;
  va_list values;
  va_start(values, format);
  vsnprintf(err.message, sizeof(err.message), format, values);
  va_end(values);
  err.code = code;
  fbr_raise(&err);
}

void fbr_check(forebay_status status, const forebay_error* err) {
  if (status < 0) fbr_raise(err);
}
