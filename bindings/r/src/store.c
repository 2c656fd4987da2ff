/* Stores. A table is borrowed from its store: its handle keeps the store's, which is asked at each
 * call whether it is open still. */
#include <R_ext/Utils.h>
#include <stdlib.h>

#include "calls.h"

/* Why not for ever: between two waits R looks for an interrupt. */
enum { kWaitMs = 100 };

static forebay_store* store_of(SEXP handle) {
  return fbr_object(handle, FBR_STORE);
}

static void abandon(void* object) {
  fbr.store_abandon(object);
}

SEXP fbr_call_store_open(SEXP path, SEXP list) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_store_options options = FOREBAY_STORE_OPTIONS_INIT;
  forebay_store* store = NULL;
  options.mode = (uint32_t)fbr_number(list, "mode");
  options.durability = (uint32_t)fbr_number(list, "durability");
  options.commit_rows = (uint64_t)fbr_number(list, "commit_rows");
  options.commit_bytes = (uint64_t)fbr_number(list, "commit_bytes");
  options.commit_milliseconds = (uint64_t)(fbr_number(list, "commit_seconds") * 1000);
  fbr_check(fbr.store_open(CHAR(STRING_ELT(path, 0)), &options, &store, &err), &err);
  return fbr_handle(store, FBR_STORE, abandon);
}

SEXP fbr_call_store_commit(SEXP handle) {
  forebay_error err = FOREBAY_ERROR_INIT;
  fbr_check(fbr.store_commit(store_of(handle), &err), &err);
  return R_NilValue;
}

/* The number of the commit. */
SEXP fbr_call_store_commit_begin(SEXP handle) {
  forebay_error err = FOREBAY_ERROR_INIT;
  uint64_t ticket = 0;
  fbr_check(fbr.store_commit_begin(store_of(handle), &ticket, &err), &err);
  return Rf_ScalarReal((double)ticket);
}

SEXP fbr_call_store_commit_poll(SEXP handle, SEXP seconds) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_status status;
  double left_ms = Rf_asReal(seconds) * 1000;
  do {
    const int32_t wait_ms = left_ms < kWaitMs ? (int32_t)left_ms : kWaitMs;
    status = fbr.store_commit_poll(store_of(handle), wait_ms, NULL, &err);
    fbr_check(status, &err);
    left_ms -= wait_ms;
    R_CheckUserInterrupt();
  } while (status == FOREBAY_AGAIN && left_ms > 0);
  return Rf_mkString(status == FOREBAY_OK      ? "durable"
                     : status == FOREBAY_AGAIN ? "pending"
                                               : "none");
}

SEXP fbr_call_store_close(SEXP handle, SEXP is_abandoned) {
  forebay_error err = FOREBAY_ERROR_INIT;
  if (Rf_asLogical(is_abandoned)) {
    fbr_close(handle, FBR_STORE, abandon);
    return R_NilValue;
  }
  forebay_store* store = store_of(handle);
  fbr_close(handle, FBR_STORE, NULL);
  fbr_check(fbr.store_close(store, &err), &err);
  return R_NilValue;
}

SEXP fbr_call_store_refresh(SEXP handle) {
  forebay_error err = FOREBAY_ERROR_INIT;
  const forebay_status status = fbr.store_refresh(store_of(handle), &err);
  fbr_check(status, &err);
  return Rf_mkString(status == FOREBAY_OK ? "newer" : status == FOREBAY_END ? "closed" : "same");
}

SEXP fbr_call_store_verify(SEXP handle) {
  forebay_error err = FOREBAY_ERROR_INIT;
  uint64_t rows = 0;
  fbr_check(fbr.store_verify(store_of(handle), &rows, &err), &err);
  return Rf_ScalarReal((double)rows);
}

SEXP fbr_call_store_tables(SEXP handle) {
  forebay_store* store = store_of(handle);
  const uint32_t count = fbr.store_table_count(store);
  SEXP names = PROTECT(Rf_allocVector(STRSXP, count));
  for (uint32_t i = 0; i < count; i++)
    SET_STRING_ELT(names, i, Rf_mkCharCE(fbr.store_table_name(store, i), CE_UTF8));
  UNPROTECT(1);
  return names;
}

SEXP fbr_call_store_rejects(SEXP handle) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_store* store = store_of(handle);
  forebay_reject reject = FOREBAY_REJECT_INIT;
  R_xlen_t count = 0;
  forebay_status status;
  while ((status = fbr.store_reject_get(store, (uint64_t)count, &reject, &err)) == FOREBAY_OK)
    count++;
  fbr_check(status, &err);
  SEXP rows = PROTECT(Rf_allocVector(VECSXP, count));
  for (R_xlen_t i = 0; i < count; i++) {
    fbr_check(fbr.store_reject_get(store, (uint64_t)i, &reject, &err), &err);
    SET_VECTOR_ELT(rows, i, fbr_reject_row(&reject));
  }
  UNPROTECT(1);
  return rows;
}

SEXP fbr_call_store_recover(SEXP path, SEXP is_accepting) {
  static const char* const kActions[] = {"unknown", "nothing", "replayed", "accepted"};
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_recover_options options = FOREBAY_RECOVER_OPTIONS_INIT;
  forebay_recover_result result = FOREBAY_RECOVER_RESULT_INIT;
  options.accept_without_journal = Rf_asLogical(is_accepting) == TRUE;
  fbr_check(fbr.store_recover(CHAR(STRING_ELT(path, 0)), &options, &result, &err), &err);
  return Rf_mkString(kActions[result.action <= 3 ? result.action : 0]);
}

/* A handle for the table. It ends nothing: the table is the store's, which it keeps. */
SEXP fbr_call_table_open(SEXP handle, SEXP name, SEXP text, SEXP list) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_table_options options = FOREBAY_TABLE_OPTIONS_INIT;
  forebay_store* store = store_of(handle);
  forebay_dtype* dtype = NULL;
  forebay_table* table = NULL;
  options.chunk_rows = (uint64_t)fbr_number(list, "chunk_rows");
  options.layout = (uint32_t)fbr_number(list, "layout");
  options.deflate = (uint32_t)fbr_number(list, "deflate");
  options.shuffle = (uint32_t)fbr_number(list, "shuffle");
  options.fletcher32 = (uint32_t)fbr_number(list, "fletcher32");
  const char* path = Rf_translateCharUTF8(STRING_ELT(name, 0));
  if (text != R_NilValue) fbr_check(fbr.dtype_parse(CHAR(STRING_ELT(text, 0)), &dtype, &err), &err);
  const forebay_status status = fbr.table_open(store, path, dtype, &options, &table, &err);
  fbr.dtype_free(dtype);
  fbr_check(status, &err);
  SEXP out = PROTECT(R_MakeExternalPtr(table, Rf_install(FBR_TABLE), handle));
  UNPROTECT(1);
  return out;
}
