/* Guesses of what a file is. */
#include "calls.h"

static void end_sniff(void* object) {
  fbr.sniff_free(object);
}

static SEXP notes_of(forebay_sniff* sniff) {
  uint32_t count = 0;
  while (fbr.sniff_note(sniff, count) != NULL) count++;
  SEXP notes = PROTECT(Rf_allocVector(STRSXP, count));
  for (uint32_t i = 0; i < count; i++)
    SET_STRING_ELT(notes, i, Rf_mkCharCE(fbr.sniff_note(sniff, i), CE_UTF8));
  UNPROTECT(1);
  return notes;
}

SEXP fbr_call_sniff(SEXP path, SEXP list) {
  static const char* const kNames[] = {"dtype",      "delimiter",    "quote",   "header",
                                       "skip_rows",  "decimal",      "comment", "na",
                                       "confidence", "rows_sampled", "notes"};
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader_options known = FOREBAY_LOADER_OPTIONS_INIT;
  forebay_sniff_info info = FOREBAY_SNIFF_INFO_INIT;
  forebay_sniff* sniff = NULL;
  fbr_loader_options(list, &known);
  fbr_check(fbr.sniff_file(CHAR(STRING_ELT(path, 0)), &known, NULL, &sniff, &err), &err);
  SEXP handle = PROTECT(fbr_handle(sniff, "forebay_sniff", end_sniff));
  fbr_check(fbr.sniff_info_get(sniff, &info, &err), &err);
  const double numbers[] = {info.delimiter, info.quote, info.header, info.skip_rows, info.decimal};
  SEXP out = PROTECT(fbr_named(11, kNames));
  SET_VECTOR_ELT(out, 0, Rf_ScalarString(Rf_mkCharCE(fbr.sniff_dtype_text(sniff), CE_UTF8)));
  for (int i = 0; i < 5; i++) SET_VECTOR_ELT(out, i + 1, Rf_ScalarReal(numbers[i]));
  SET_VECTOR_ELT(out, 6, Rf_ScalarString(Rf_mkCharCE(info.comment, CE_UTF8)));
  SET_VECTOR_ELT(out, 7, Rf_ScalarString(Rf_mkCharCE(info.na, CE_UTF8)));
  SET_VECTOR_ELT(out, 8, Rf_ScalarReal(info.confidence));
  SET_VECTOR_ELT(out, 9, Rf_ScalarReal((double)info.rows_sampled));
  SET_VECTOR_ELT(out, 10, notes_of(sniff));
  fbr_close(handle, "forebay_sniff", end_sniff);
  UNPROTECT(2);
  return out;
}
