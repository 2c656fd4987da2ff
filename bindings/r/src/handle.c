/* External pointers with a process: in a fork (parallel::mclapply) a handle of the parent is
 * refused, and its finalizer does nothing, since loaders, stores and leases belong to the process
 * that made them. */
#include <stdlib.h>
#include <unistd.h>

#include "forebay_r.h"

typedef struct owned {
  void* object;
  fbr_end end;
  pid_t process;
} owned;

static void finalize(SEXP handle) {
  owned* box = R_ExternalPtrAddr(handle);
  if (box == NULL) return;
  R_ClearExternalPtr(handle);
  if (box->object != NULL && box->process == getpid()) box->end(box->object);
  free(box);
}

/* Takes the object: it is ended when R has forgotten the handle, or R ends. */
SEXP fbr_handle(void* object, const char* tag, fbr_end end) {
  owned* box = malloc(sizeof(owned));
  if (box == NULL) {
    end(object);
    fbr_fail(FOREBAY_E_MEMORY, "no memory for a handle");
  }
  box->object = object;
  box->end = end;
  box->process = getpid();
  SEXP handle = PROTECT(R_MakeExternalPtr(box, Rf_install(tag), R_NilValue));
  R_RegisterCFinalizerEx(handle, finalize, TRUE);
  UNPROTECT(1);
  return handle;
}

static owned* box_of(SEXP handle, const char* tag) {
  if (TYPEOF(handle) != EXTPTRSXP || R_ExternalPtrTag(handle) != Rf_install(tag)) {
    fbr_fail(FOREBAY_E_ARGUMENT, "this is not a %s", tag);
  }
  return R_ExternalPtrAddr(handle);
}

void* fbr_object(SEXP handle, const char* tag) {
  owned* box = box_of(handle, tag);
  if (box == NULL || box->object == NULL) {
    fbr_fail(FOREBAY_E_STATE, "the %s was closed, or comes from another R session; open it anew",
             tag);
    return NULL;
  }
  if (box->process != getpid()) {
    fbr_fail(FOREBAY_E_STATE,
             "the %s belongs to the process that opened it; open one in this process", tag);
  }
  return box->object;
}

/* Ends it now; a second time nothing happens. */
void fbr_close(SEXP handle, const char* tag, fbr_end end) {
  owned* box = box_of(handle, tag);
  if (box == NULL || box->object == NULL) return;
  void* object = box->object;
  box->object = NULL;
  if (box->process == getpid() && end != NULL) end(object);
}

void fbr_set_kept(SEXP handle, SEXP kept) {
  R_SetExternalPtrProtected(handle, kept);
}
