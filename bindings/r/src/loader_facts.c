/* What is going on in a loader, and what it could not read. */
#include "calls.h"

static forebay_loader* loader_of(SEXP handle) {
  return ((fbr_loader*)fbr_object(handle, FBR_LOADER))->loader;
}

static SEXP numbers(int count, const char* const* names, const double* values) {
  SEXP list = PROTECT(fbr_named(count, names));
  for (int i = 0; i < count; i++) SET_VECTOR_ELT(list, i, Rf_ScalarReal(values[i]));
  UNPROTECT(1);
  return list;
}

SEXP fbr_call_loader_progress(SEXP handle) {
  static const char* const kNames[] = {
      "children",       "bytes_done",       "bytes_total",    "rows_done",       "sources_done",
      "sources_failed", "sources_total",    "child_restarts", "elapsed_seconds", "bytes_per_second",
      "seconds_left",   "fields_truncated", "rows_copied"};
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader_progress now = FOREBAY_LOADER_PROGRESS_INIT;
  fbr_check(fbr.loader_progress_get(loader_of(handle), &now, &err), &err);
  const double values[] = {
      now.children,           (double)now.bytes_done, (double)now.bytes_total,
      (double)now.rows_done,  now.sources_done,       now.sources_failed,
      now.sources_total,      now.child_restarts,     now.elapsed_seconds,
      now.bytes_per_second,   now.seconds_left,       (double)now.fields_truncated,
      (double)now.rows_copied};
  return numbers(13, kNames, values);
}

SEXP fbr_call_loader_pids(SEXP handle) {
  forebay_loader* loader = loader_of(handle);
  forebay_loader_child child = {.struct_size = sizeof(child)};
  uint32_t count = 0;
  while (fbr.loader_child_get(loader, count, &child, NULL) == FOREBAY_OK) count++;
  SEXP pids = PROTECT(Rf_allocVector(INTSXP, count));
  for (uint32_t i = 0; i < count; i++) {
    fbr.loader_child_get(loader, i, &child, NULL);
    INTEGER(pids)[i] = child.pid;
  }
  UNPROTECT(1);
  return pids;
}

SEXP fbr_call_loader_memory(SEXP handle) {
  static const char* const kNames[] = {
      "quota", "reserved", "lent", "high_water", "blocks_lent", "blocks_recycled", "bytes_copied"};
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_arena_stats now = FOREBAY_ARENA_STATS_INIT;
  fbr_check(fbr.loader_arena_stats(loader_of(handle), &now, &err), &err);
  const double values[] = {(double)now.quota,       (double)now.reserved,
                           (double)now.lent,        (double)now.high_water,
                           (double)now.blocks_lent, (double)now.blocks_recycled,
                           (double)now.bytes_copied};
  return numbers(7, kNames, values);
}

/* Of one source, from 0. Does not raise its failure. */
SEXP fbr_call_loader_source(SEXP handle, SEXP index) {
  static const char* const kNames[] = {"status", "rows", "rejects", "skipped", "truncated"};
  forebay_loader* loader = loader_of(handle);
  const uint32_t source = (uint32_t)Rf_asInteger(index);
  uint64_t rows = 0, rejects = 0, skipped = 0, truncated = 0;
  const forebay_status status = fbr.loader_source_status(loader, source, &rows, NULL);
  fbr.loader_source_rejects(loader, source, &rejects, &skipped, NULL);
  fbr.loader_source_truncated(loader, source, &truncated, NULL);
  const double values[] = {status, (double)rows, (double)rejects, (double)skipped,
                           (double)truncated};
  return numbers(5, kNames, values);
}

/* The entries of one reject; R/rejects.R makes a data.frame of them. */
SEXP fbr_reject_row(const forebay_reject* reject) {
  static const char* const kNames[] = {"path",   "line", "column", "byte",
                                       "reason", "text", "code",   "count"};
  SEXP row = PROTECT(fbr_named(8, kNames));
  SET_VECTOR_ELT(row, 0, Rf_ScalarString(Rf_mkCharCE(reject->path, CE_UTF8)));
  SET_VECTOR_ELT(row, 1, Rf_ScalarReal((double)reject->line));
  SET_VECTOR_ELT(row, 2, Rf_ScalarInteger((int)reject->column));
  SET_VECTOR_ELT(row, 3, Rf_ScalarReal((double)reject->byte));
  SET_VECTOR_ELT(row, 4, Rf_ScalarString(Rf_mkCharCE(reject->reason, CE_UTF8)));
  SET_VECTOR_ELT(row, 5, Rf_ScalarString(Rf_mkCharCE(reject->text, CE_UTF8)));
  SET_VECTOR_ELT(row, 6, Rf_mkString(fbr.status_name(reject->code)));
  SET_VECTOR_ELT(row, 7, Rf_ScalarReal((double)reject->count));
  UNPROTECT(1);
  return row;
}

SEXP fbr_call_loader_rejects(SEXP handle) {
  forebay_loader* loader = loader_of(handle);
  forebay_reject reject = FOREBAY_REJECT_INIT;
  R_xlen_t count = 0;
  while (fbr.loader_reject_get(loader, (uint64_t)count, &reject, NULL) == FOREBAY_OK) count++;
  SEXP rows = PROTECT(Rf_allocVector(VECSXP, count));
  for (R_xlen_t i = 0; i < count; i++) {
    fbr.loader_reject_get(loader, (uint64_t)i, &reject, NULL);
    SET_VECTOR_ELT(rows, i, fbr_reject_row(&reject));
  }
  UNPROTECT(1);
  return rows;
}

/* The notes of child programs that were not taken yet, the newest first. */
SEXP fbr_call_loader_notes(SEXP handle) {
  static const char* const kNames[] = {"level", "source", "pid", "lost", "text"};
  forebay_loader* loader = loader_of(handle);
  forebay_loader_log note = FOREBAY_LOADER_LOG_INIT;
  SEXP notes = R_NilValue;
  PROTECT_INDEX place;
  PROTECT_WITH_INDEX(notes, &place);
  while (fbr.loader_log_next(loader, &note, NULL) == FOREBAY_OK) {
    SEXP row = PROTECT(fbr_named(5, kNames));
    SET_VECTOR_ELT(row, 0, Rf_ScalarInteger((int)note.level));
    SET_VECTOR_ELT(
        row, 1,
        Rf_ScalarInteger(note.source == FOREBAY_NO_SOURCE ? NA_INTEGER : (int)note.source + 1));
    SET_VECTOR_ELT(row, 2, Rf_ScalarInteger(note.pid));
    SET_VECTOR_ELT(row, 3, Rf_ScalarReal((double)note.lost));
    SET_VECTOR_ELT(row, 4, Rf_ScalarString(Rf_mkCharCE(note.text, CE_UTF8)));
    REPROTECT(notes = Rf_cons(row, notes), place);
    UNPROTECT(1);
  }
  UNPROTECT(1);
  return notes;
}
