/* Finds the functions in a library that R names, and checks that it has the ABI of the headers. */
#define _GNU_SOURCE /* dladdr() */
#include <dlfcn.h>
#include <string.h>

#include "calls.h"
#include "forebay_r.h"

fbr_functions fbr;

/* The name of one that the library does not have, or NULL. */
static const char* find_functions(void* library) {
#define FBR_FIND(name)                              \
  {                                                 \
    void* found = dlsym(library, "forebay_" #name); \
    if (found == NULL) return "forebay_" #name;     \
    memcpy(&fbr.name, &found, sizeof(found));       \
  }
  /* Why these first: another ABI may lack any of the others, and is the better thing to tell. */
  FBR_FIND(version)
  FBR_FIND(abi_version)
  if (fbr.abi_version() != FOREBAY_ABI_VERSION) return NULL;
  FBR_FUNCTIONS(FBR_FIND)
#undef FBR_FIND
  return NULL;
}

/* NULL, or why this library cannot be used. */
SEXP fbr_call_open_library(SEXP path) {
  char reason[1024];
  void* library = dlopen(CHAR(STRING_ELT(path, 0)), RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return Rf_mkString(dlerror());
  const char* missing = find_functions(library);
  if (missing != NULL) {
    snprintf(reason, sizeof(reason), "it has no %s, so it is none or of another release", missing);
  } else if (fbr.abi_version() != FOREBAY_ABI_VERSION) {
    snprintf(reason, sizeof(reason),
             "it is libforebay %s with ABI %u, but this package needs ABI %u", fbr.version(),
             (unsigned)fbr.abi_version(), (unsigned)FOREBAY_ABI_VERSION);
  } else {
    return R_NilValue;
  }
  dlclose(library);
  return Rf_mkString(reason);
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
