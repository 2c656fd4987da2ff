/* Whole files: what is known of one, and repacking. */
#include "calls.h"

static SEXP real(uint64_t value) {
  return Rf_ScalarReal((double)value);
}

SEXP fbr_call_store_info(SEXP path) {
  static const char* const kNames[] = {
      "journal", "writer",          "file_bytes",    "journal_bytes", "generation",
      "commit",  "waiting_commits", "waiting_bytes", "used_bytes",    "left_bytes"};
  static const char* const kJournals[] = {"unknown", "none",    "left",    "waiting",
                                          "live",    "missing", "damaged", "conflict"};
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_store_info info = FOREBAY_STORE_INFO_INIT;
  fbr_check(fbr.store_info_get(CHAR(STRING_ELT(path, 0)), &info, &err), &err);
  const uint64_t numbers[] = {info.file_bytes, info.journal_bytes,   info.generation,
                              info.commit,     info.waiting_commits, info.waiting_bytes};
  SEXP list = PROTECT(fbr_named(10, kNames));
  SET_VECTOR_ELT(list, 0, Rf_mkString(kJournals[info.journal <= 7 ? info.journal : 0]));
  SET_VECTOR_ELT(list, 1, Rf_ScalarInteger(info.writer == 0 ? NA_INTEGER : (int)info.writer));
  for (int i = 0; i < 6; i++) SET_VECTOR_ELT(list, 2 + i, real(numbers[i]));
  SET_VECTOR_ELT(list, 8, info.has_space ? real(info.used_bytes) : Rf_ScalarReal(NA_REAL));
  SET_VECTOR_ELT(list, 9, info.has_space ? real(info.left_bytes) : Rf_ScalarReal(NA_REAL));
  UNPROTECT(1);
  return list;
}

SEXP fbr_call_store_repack(SEXP path, SEXP output, SEXP is_replacing) {
  static const char* const kNames[] = {"tables", "rows", "bytes_before", "bytes_after"};
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_repack_options options = FOREBAY_REPACK_OPTIONS_INIT;
  forebay_repack_result result = FOREBAY_REPACK_RESULT_INIT;
  if (output != R_NilValue) options.output = CHAR(STRING_ELT(output, 0));
  options.replace = Rf_asLogical(is_replacing) == TRUE;
  fbr_check(fbr.store_repack(CHAR(STRING_ELT(path, 0)), &options, &result, &err), &err);
  const uint64_t numbers[] = {result.tables, result.rows, result.bytes_before, result.bytes_after};
  SEXP list = PROTECT(fbr_named(4, kNames));
  for (int i = 0; i < 4; i++) SET_VECTOR_ELT(list, i, real(numbers[i]));
  UNPROTECT(1);
  return list;
}

/* What a table holds of each source; R/table.R makes a data.frame of them. */
SEXP fbr_source_row(const forebay_table_source* source) {
  static const char* const kStates[] = {"unknown", "partial", "complete", "failed", "limited"};
  static const char* const kNames[] = {"path", "resolved", "state",   "hash",    "size", "offset",
                                       "line", "rows",     "rejects", "skipped", "ahead"};
  const uint64_t numbers[] = {source->size,    source->offset,  source->line, source->rows,
                              source->rejects, source->skipped, source->ahead};
  char hash[24];
  snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)source->hash);
  SEXP row = PROTECT(fbr_named(11, kNames));
  SET_VECTOR_ELT(row, 0, Rf_ScalarString(Rf_mkCharCE(source->path, CE_UTF8)));
  SET_VECTOR_ELT(row, 1, Rf_ScalarString(Rf_mkCharCE(source->resolved, CE_UTF8)));
  SET_VECTOR_ELT(row, 2, Rf_mkString(kStates[source->state <= 4 ? source->state : 0]));
  SET_VECTOR_ELT(row, 3, Rf_mkString(hash));
  for (int i = 0; i < 7; i++) SET_VECTOR_ELT(row, 4 + i, real(numbers[i]));
  UNPROTECT(1);
  return row;
}
