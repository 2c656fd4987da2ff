/* Lists of R as the library's structs. R/options.R has put names and values into the form of C;
 * here they are only placed. */
#include <string.h>

#include "forebay_r.h"

typedef enum form { kU32, kU64, kTEXT } form;
typedef struct place {
  const char* name;
  size_t offset;
  form form;
} place;

#define AT(field, form) \
  { #field, offsetof(forebay_loader_options, field), form }
static const place kLoader[] = {AT(children, kU32),
                                AT(memory_bytes, kU64),
                                AT(batch_rows, kU64),
                                AT(split_bytes, kU64),
                                AT(retries, kU32),
                                AT(start_timeout_ms, kU32),
                                AT(progress_timeout_ms, kU32),
                                AT(total_timeout_ms, kU32),
                                AT(delimiter, kU32),
                                AT(quote, kU32),
                                AT(header, kU32),
                                AT(skip_rows, kU32),
                                AT(comment, kTEXT),
                                AT(columns, kTEXT),
                                AT(program, kTEXT),
                                AT(child_output, kU32),
                                AT(on_error, kU32),
                                AT(keep_rejects, kU32),
                                AT(max_errors, kU64),
                                AT(na, kTEXT),
                                AT(fill, kTEXT),
                                AT(true_words, kTEXT),
                                AT(false_words, kTEXT),
                                AT(decimal, kU32),
                                AT(thousands, kU32),
                                AT(percent, kU32),
                                AT(hex, kU32),
                                AT(encoding, kU32),
                                AT(overlong, kU32),
                                AT(layout, kU32),
                                AT(order, kU32),
                                AT(batch, kU32)};
#undef AT
#define AT(field, form) \
  { #field, offsetof(forebay_loader_file_options, field), form }
static const place kFile[] = {AT(max_rows, kU64), AT(header_bytes, kU64), AT(member, kTEXT),
                              AT(format, kU32)};
#undef AT

SEXP fbr_entry(SEXP list, const char* name) {
  SEXP names = Rf_getAttrib(list, R_NamesSymbol);
  for (R_xlen_t i = 0; i < Rf_xlength(list); i++) {
    if (strcmp(CHAR(STRING_ELT(names, i)), name) == 0) return VECTOR_ELT(list, i);
  }
  return R_NilValue;
}

/* 0, the default, where there is none. */
double fbr_number(SEXP list, const char* name) {
  SEXP entry = fbr_entry(list, name);
  return entry == R_NilValue ? 0 : Rf_asReal(entry);
}

/* Lives as long as the list; NULL where there is none. */
const char* fbr_text(SEXP list, const char* name) {
  SEXP entry = fbr_entry(list, name);
  return entry == R_NilValue ? NULL : CHAR(STRING_ELT(entry, 0));
}

static void put(SEXP list, const place* at, char* options) {
  SEXP entry = fbr_entry(list, at->name);
  if (entry == R_NilValue) return;
  if (at->form == kTEXT) {
    const char* text = CHAR(STRING_ELT(entry, 0));
    memcpy(options + at->offset, &text, sizeof(text));
    return;
  }
  const double value = Rf_asReal(entry);
  const double most = at->form == kU32 ? 4294967295.0 : 9007199254740992.0;
  if (!(value >= 0 && value <= most))
    fbr_fail(FOREBAY_E_ARGUMENT, "%s is %g; give a whole number from 0 to %.0f", at->name, value,
             most);
  if (at->form == kU32) {
    const uint32_t word = (uint32_t)value;
    memcpy(options + at->offset, &word, sizeof(word));
  } else {
    const uint64_t word = (uint64_t)value;
    memcpy(options + at->offset, &word, sizeof(word));
  }
}

/* A child of one's own: `child_argv`, a character vector, and `child_config`, a raw one. */
static void put_child(SEXP list, forebay_loader_options* options) {
  SEXP words = fbr_entry(list, "child_argv");
  if (words == R_NilValue) return;
  const size_t count = (size_t)Rf_xlength(words);
  const char** argv = (const char**)R_alloc(count + 1, sizeof(char*));
  for (size_t i = 0; i < count; i++) argv[i] = CHAR(STRING_ELT(words, (R_xlen_t)i));
  argv[count] = NULL;
  SEXP config = fbr_entry(list, "child_config");
  options->child_argv = argv;
  options->child_config = RAW(config);
  options->child_config_bytes = (uint64_t)Rf_xlength(config);
}

void fbr_loader_options(SEXP list, forebay_loader_options* options) {
  for (size_t i = 0; i < sizeof(kLoader) / sizeof(kLoader[0]); i++)
    put(list, &kLoader[i], (char*)options);
  put_child(list, options);
}

void fbr_file_options(SEXP list, forebay_loader_file_options* options) {
  for (size_t i = 0; i < sizeof(kFile) / sizeof(kFile[0]); i++)
    put(list, &kFile[i], (char*)options);
}

/* A list with these names. The caller protects it. */
SEXP fbr_named(int count, const char* const* names) {
  SEXP list = PROTECT(Rf_allocVector(VECSXP, count));
  SEXP texts = PROTECT(Rf_allocVector(STRSXP, count));
  for (int i = 0; i < count; i++) SET_STRING_ELT(texts, i, Rf_mkChar(names[i]));
  Rf_setAttrib(list, R_NamesSymbol, texts);
  UNPROTECT(2);
  return list;
}
