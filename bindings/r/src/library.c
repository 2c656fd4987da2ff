/* Finds the functions in a library that R names, and checks that it has the ABI of the headers. */
#define _GNU_SOURCE /* dladdr() */
#include <dlfcn.h>
#include <string.h>

#include "calls.h"
#include "forebay_r.h"

fbr_functions fbr;

/* dlsym() of NULL leaves an older library out before anything of it is called. */
static const char* find_functions(void* library) {
#define FBR_FIND(name)                              \
  {                                                 \
    void* found = dlsym(library, "forebay_" #name); \
    if (found == NULL) return "forebay_" #name;     \
    memcpy(&fbr.name, &found, sizeof(found));       \
  }
  FBR_FUNCTIONS(FBR_FIND)
#undef FBR_FIND
  return NULL;
}

static SEXP said(const char* format, const char* text, unsigned number) {
  char line[1024];
  snprintf(line, sizeof(line), format, text, number, (unsigned)FOREBAY_ABI_VERSION);
  return Rf_mkString(line);
}

/* NULL, or why this library cannot be used. */
SEXP fbr_call_open_library(SEXP path) {
  const char* name = CHAR(STRING_ELT(path, 0));
  void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return said("%s", dlerror(), 0);
  const char* missing = find_functions(library);
  SEXP reason = R_NilValue;
  if (missing != NULL) {
    reason = said("it has no %s, so it is of another release", missing, 0);
  } else if (fbr.abi_version() != FOREBAY_ABI_VERSION) {
    reason = said("it is libforebay %s with ABI %u, but this package needs ABI %u", fbr.version(),
                  fbr.abi_version());
  }
  if (reason != R_NilValue) dlclose(library);
  return reason;
}

/* The path that the library was in truth loaded from, and its version. */
SEXP fbr_call_library_facts(void) {
  Dl_info info;
  void* function;
  memcpy(&function, &fbr.abi_version, sizeof(function));
  const char* path = dladdr(function, &info) != 0 ? info.dli_fname : "";
  SEXP facts = PROTECT(Rf_allocVector(STRSXP, 2));
  SET_STRING_ELT(facts, 0, Rf_mkChar(path));
  SET_STRING_ELT(facts, 1, Rf_mkChar(fbr.version()));
  UNPROTECT(1);
  return facts;
}
