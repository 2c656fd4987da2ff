/* What the C files of the package share. Thread rule: everything here runs on R's main thread.
 *
 * R's errors jump over C frames. So nothing is held across a call that may raise but what a
 * finalizer knows of, or what R itself frees. */
#ifndef FOREBAY_R_H
#define FOREBAY_R_H

#define R_NO_REMAP
#include <R_ext/Rdynload.h>
#include <Rinternals.h>
#include <forebay/forebay.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* Every function of the library that is called. Why not linked: which library is used is decided
 * when the package is loaded. */
#define FBR_FUNCTIONS(X)                                                                           \
  X(abi_version)                                                                                   \
  X(version)                                                                                       \
  X(status_name)                                                                                   \
  X(dtype_parse) X(dtype_free) X(dtype_text) X(dtype_row_bytes) X(dtype_field_count) X(            \
      dtype_field_at) X(array_view_get) X(array_column_get) X(array_dtype) X(array_release)        \
      X(loader_open) X(loader_close) X(loader_add_path) X(loader_next) X(loader_cancel) X(         \
          loader_progress_get) X(loader_child_get) X(loader_arena_stats) X(loader_source_status)   \
          X(loader_source_path) X(loader_source_rejects) X(loader_source_truncated) X(             \
              loader_reject_get) X(loader_log_next) X(loader_resume) X(sniff_file) X(sniff_free)   \
              X(sniff_info_get) X(sniff_dtype_text) X(sniff_note) X(store_open) X(store_commit) X( \
                  store_close) X(store_abandon) X(store_refresh) X(store_recover) X(store_verify)  \
                  X(store_table_count) X(store_table_name) X(store_reject_get) X(table_open)       \
                      X(table_dtype) X(table_rows) X(table_chunk_rows) X(table_append_array)       \
                          X(table_append_rows) X(table_append_loader_step) X(table_read)           \
                              X(table_read_column) X(table_set_text) X(table_set_number) X(        \
                                  table_get_text) X(table_get_number) X(table_attribute_count)     \
                                  X(table_attribute_name) X(table_info_get) X(table_bytes_copied)  \
                                      X(child_attach) X(child_close) X(child_config)               \
                                          X(child_dtype) X(child_take) X(child_fill)               \
                                              X(child_column_get) X(child_publish) X(child_finish) \
                                                  X(child_fail) X(child_log) X(store_info_get)     \
                                                      X(store_repack) X(store_commit_begin)        \
                                                          X(store_commit_poll) X(table_source_get)

typedef struct fbr_functions {
#define FBR_POINTER(name) __typeof__(forebay_##name)* name;
  FBR_FUNCTIONS(FBR_POINTER)
#undef FBR_POINTER
} fbr_functions;
extern fbr_functions fbr;

/* condition.c */
void fbr_raise(const forebay_error* err);
void fbr_fail(forebay_status code, const char* format, ...);
void fbr_check(forebay_status status, const forebay_error* err);

/* handle.c: external pointers that belong to the process that made them. */
typedef void (*fbr_end)(void*);
SEXP fbr_handle(void* object, const char* tag, fbr_end end);
void* fbr_object(SEXP handle, const char* tag);
void fbr_close(SEXP handle, const char* tag, fbr_end end);
void fbr_set_kept(SEXP handle, SEXP kept);

/* values.c: from the library's bytes to R's vectors. */
typedef struct fbr_choice {
  int integer64;  /* i8 as bit64's integer64 instead of double */
  double inexact; /* integers that double could not hold exactly */
} fbr_choice;
SEXP fbr_allocate(const forebay_dtype_field* field, R_xlen_t rows, const fbr_choice* choice);
R_xlen_t fbr_scalar_place(const forebay_dtype_field* field, uint64_t index);
void fbr_convert(SEXP to, R_xlen_t at, const forebay_dtype_field* field, const char* data,
                 size_t stride, R_xlen_t rows, fbr_choice* choice);
void fbr_set_class(SEXP vector, const forebay_dtype_field* field, const fbr_choice* choice);
int fbr_is_native(const forebay_dtype_field* field);
SEXP fbr_string(const char* bytes, size_t width);
SEXP fbr_frame(SEXP columns, SEXP names, R_xlen_t rows);
void fbr_warn_inexact(const fbr_choice* choice);
forebay_dtype_field fbr_field(const forebay_dtype* dtype, uint32_t index);
uint64_t fbr_bits(const char* from, size_t bytes, int big_endian);

/* pack.c: from R's vectors to the library's bytes. */
void fbr_pack(SEXP column, R_xlen_t first, R_xlen_t rows, const forebay_dtype_field* field,
              char* to, size_t stride);
void fbr_check_frame(SEXP frame, const forebay_dtype* dtype, R_xlen_t rows);

/* altrep.c: vectors that are the shared memory. */
void fbr_altrep_init(DllInfo* dll);
SEXP fbr_shared_column(SEXP array, const forebay_dtype_field* field,
                       const forebay_array_column* column, R_xlen_t rows, const fbr_choice* choice);

/* frame.c */
SEXP fbr_array_frame(SEXP handle, const fbr_choice* choice);

/* options.c: lists of R as the library's structs. */
void fbr_loader_options(SEXP list, forebay_loader_options* options);
void fbr_file_options(SEXP list, forebay_loader_file_options* options);
SEXP fbr_entry(SEXP list, const char* name);
double fbr_number(SEXP list, const char* name);
const char* fbr_text(SEXP list, const char* name);
SEXP fbr_named(int count, const char* const* names);

#define FBR_LOADER "forebay_loader"
#define FBR_STORE "forebay_store"
#define FBR_TABLE "forebay_table"
#define FBR_ARRAY "forebay_array"
#define FBR_CHILD "forebay_child"

/* loader.c, store.c */
typedef struct fbr_loader {
  forebay_loader* loader;
  forebay_dtype* dtype;
} fbr_loader;
SEXP fbr_reject_frame(SEXP list);
SEXP fbr_reject_row(const forebay_reject* reject);

/* store_file.c */
SEXP fbr_source_row(const forebay_table_source* source);

#endif
