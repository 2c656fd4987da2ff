/* Loaders: files in, arrays out. A handle ends its children when it is forgotten. */
#include <R_ext/Utils.h>
#include <stdlib.h>

#include "calls.h"

/* Why not for ever: between two waits R looks for an interrupt. */
enum { kWaitMs = 100 };

static void end_loader(void* object) {
  fbr_loader* own = object;
  fbr.loader_close(own->loader);
  fbr.dtype_free(own->dtype);
  free(own);
}

static fbr_loader* loader_of(SEXP handle) {
  return fbr_object(handle, FBR_LOADER);
}

SEXP fbr_call_loader_open(SEXP dtype, SEXP list) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  fbr_loader_options(list, &options);
  fbr_loader* own = calloc(1, sizeof(fbr_loader));
  if (own == NULL) fbr_fail(FOREBAY_E_MEMORY, "no memory for a loader");
  forebay_status status = fbr.dtype_parse(CHAR(STRING_ELT(dtype, 0)), &own->dtype, &err);
  if (status >= 0) status = fbr.loader_open(own->dtype, &options, &own->loader, &err);
  if (status < 0) end_loader(own);
  fbr_check(status, &err);
  return fbr_handle(own, FBR_LOADER, end_loader);
}

SEXP fbr_call_loader_add(SEXP handle, SEXP path, SEXP list) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_loader_file_options options = FOREBAY_LOADER_FILE_OPTIONS_INIT;
  fbr_file_options(list, &options);
  uint32_t added = 0;
  fbr_check(fbr.loader_add_path(loader_of(handle)->loader, CHAR(STRING_ELT(path, 0)), &options,
                                &added, &err),
            &err);
  return Rf_ScalarReal(added);
}

static void release(void* object) {
  fbr.array_release(object);
}

/* An array's handle; NULL at the end; FALSE when the time is up; NA when the quota is in use and
 * this is not the last try. */
SEXP fbr_call_loader_next(SEXP handle, SEXP seconds, SEXP is_last_try) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array* array = NULL;
  double left_ms = Rf_asReal(seconds) * 1000;
  for (;;) {
    const int32_t wait_ms = left_ms < kWaitMs ? (int32_t)left_ms : kWaitMs;
    const forebay_status status = fbr.loader_next(loader_of(handle)->loader, wait_ms, &array, &err);
    if (status == FOREBAY_OK) return fbr_handle(array, FBR_ARRAY, release);
    if (status == FOREBAY_END) return R_NilValue;
    if (status == FOREBAY_E_FULL && !Rf_asLogical(is_last_try)) return Rf_ScalarLogical(NA_LOGICAL);
    fbr_check(status, &err);
    left_ms -= wait_ms;
    if (left_ms <= 0) return Rf_ScalarLogical(FALSE);
    R_CheckUserInterrupt();
  }
}

SEXP fbr_call_loader_cancel(SEXP handle) {
  forebay_error err = FOREBAY_ERROR_INIT;
  fbr_check(fbr.loader_cancel(loader_of(handle)->loader, &err), &err);
  return R_NilValue;
}

SEXP fbr_call_loader_close(SEXP handle) {
  fbr_close(handle, FBR_LOADER, end_loader);
  return R_NilValue;
}

SEXP fbr_call_loader_paths(SEXP handle) {
  forebay_loader* loader = loader_of(handle)->loader;
  uint32_t count = 0;
  while (fbr.loader_source_path(loader, count) != NULL) count++;
  SEXP paths = PROTECT(Rf_allocVector(STRSXP, count));
  for (uint32_t i = 0; i < count; i++)
    SET_STRING_ELT(paths, i, Rf_mkChar(fbr.loader_source_path(loader, i)));
  UNPROTECT(1);
  return paths;
}
