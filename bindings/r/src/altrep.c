/* Vectors that are the shared memory: i4 as integer, f8 as double, i8 as integer64's double, S as
 * character.
 *
 * data1 is the array's handle, which keeps the lease, or NULL once the vector has a copy of its
 * own. data2 is a cell: where the values are, and that copy.
 *
 * Invariant: the shared memory is never written through a vector. Who asks for a pointer to write
 * to gets one to a copy. */
#include <string.h>

#include "forebay_r.h"

#include <R_ext/Altrep.h> /* after Rinternals.h, on which it relies */

typedef struct place {
  const char* data;
  size_t stride;
  size_t width;
  R_xlen_t rows;
} place;

static R_altrep_class_t integer_class, real_class, string_class;

static place* place_of(SEXP vector) {
  return (place*)RAW(CAR(R_altrep_data2(vector)));
}
static SEXP copy_of(SEXP vector) {
  return CDR(R_altrep_data2(vector));
}
static R_xlen_t length_of(SEXP vector) {
  return place_of(vector)->rows;
}

static void keep_copy(SEXP vector, SEXP copy) {
  SETCDR(R_altrep_data2(vector), copy);
  R_set_altrep_data1(vector, R_NilValue); /* the lease may go */
}

static void copy_numbers(SEXP vector) {
  const place* at = place_of(vector);
  SEXP copy = PROTECT(Rf_allocVector(TYPEOF(vector), at->rows));
  if (at->rows > 0)
    memcpy(TYPEOF(vector) == INTSXP ? (void*)INTEGER(copy) : (void*)REAL(copy), at->data,
           at->width * (size_t)at->rows);
  keep_copy(vector, copy);
  UNPROTECT(1);
}

/* Why a copy: a fork has the same shared memory, a store may still be reading it, and the array may
 * have other vectors. Reading (INTEGER_RO and the like, and all of base R's arithmetic) goes
 * without one. */
static void* pointer_of(SEXP vector, Rboolean is_writing) {
  if (is_writing && copy_of(vector) == R_NilValue) copy_numbers(vector);
  SEXP copy = copy_of(vector);
  if (copy == R_NilValue) return (void*)place_of(vector)->data;
  return TYPEOF(vector) == INTSXP ? (void*)INTEGER(copy) : (void*)REAL(copy);
}

static const void* pointer_or_null(SEXP vector) {
  return pointer_of(vector, FALSE);
}
static int integer_at(SEXP vector, R_xlen_t i) {
  return ((const int*)pointer_or_null(vector))[i];
}
static double real_at(SEXP vector, R_xlen_t i) {
  return ((const double*)pointer_or_null(vector))[i];
}

static R_xlen_t part_of(SEXP vector, R_xlen_t first, R_xlen_t count, void* to) {
  const place* at = place_of(vector);
  if (first >= at->rows) return 0;
  if (count > at->rows - first) count = at->rows - first;
  memcpy(to, (const char*)pointer_or_null(vector) + (size_t)first * at->width,
         (size_t)count * at->width);
  return count;
}
static R_xlen_t integer_part(SEXP v, R_xlen_t first, R_xlen_t count, int* to) {
  return part_of(v, first, count, to);
}
static R_xlen_t real_part(SEXP v, R_xlen_t first, R_xlen_t count, double* to) {
  return part_of(v, first, count, to);
}

/* Why not R's own way: it asks for a pointer to write to, so that the original would be copied as
 * well. */
static SEXP duplicate(SEXP vector, Rboolean is_deep) {
  (void)is_deep;
  SEXP copy = PROTECT(Rf_allocVector(TYPEOF(vector), length_of(vector)));
  part_of(vector, 0, length_of(vector),
          TYPEOF(vector) == INTSXP ? (void*)INTEGER(copy) : (void*)REAL(copy));
  UNPROTECT(1);
  return copy;
}

static SEXP string_at(SEXP vector, R_xlen_t i) {
  SEXP copy = copy_of(vector);
  if (copy != R_NilValue) return STRING_ELT(copy, i);
  const place* at = place_of(vector);
  return fbr_string(at->data + (size_t)i * at->stride, at->width);
}

static SEXP all_strings(SEXP vector) {
  if (copy_of(vector) == R_NilValue) {
    const R_xlen_t rows = length_of(vector);
    SEXP copy = PROTECT(Rf_allocVector(STRSXP, rows));
    for (R_xlen_t i = 0; i < rows; i++) SET_STRING_ELT(copy, i, string_at(vector, i));
    keep_copy(vector, copy);
    UNPROTECT(1);
  }
  return copy_of(vector);
}

static void* strings_pointer(SEXP vector, Rboolean is_writing) {
  (void)is_writing;
  return (void*)STRING_PTR(all_strings(vector));
}
static const void* strings_or_null(SEXP vector) {
  return copy_of(vector) == R_NilValue ? NULL : strings_pointer(vector, FALSE);
}
static void set_string(SEXP vector, R_xlen_t i, SEXP value) {
  SET_STRING_ELT(all_strings(vector), i, value);
}

static Rboolean inspect(SEXP vector, int pre, int deep, int pvec,
                        void (*sub)(SEXP, int, int, int)) {
  (void)pre, (void)deep, (void)pvec, (void)sub;
  Rprintf(" forebay (%s)\n", copy_of(vector) == R_NilValue ? "shared memory" : "copied");
  return TRUE;
}

void fbr_altrep_init(DllInfo* dll) {
  integer_class = R_make_altinteger_class("forebay_integer", "forebay", dll);
  real_class = R_make_altreal_class("forebay_real", "forebay", dll);
  string_class = R_make_altstring_class("forebay_string", "forebay", dll);
  const R_altrep_class_t numbers[] = {integer_class, real_class};
  for (int i = 0; i < 2; i++) {
    R_set_altrep_Length_method(numbers[i], length_of);
    R_set_altrep_Inspect_method(numbers[i], inspect);
    R_set_altrep_Duplicate_method(numbers[i], duplicate);
    R_set_altvec_Dataptr_method(numbers[i], pointer_of);
    R_set_altvec_Dataptr_or_null_method(numbers[i], pointer_or_null);
  }
  R_set_altinteger_Elt_method(integer_class, integer_at);
  R_set_altinteger_Get_region_method(integer_class, integer_part);
  R_set_altreal_Elt_method(real_class, real_at);
  R_set_altreal_Get_region_method(real_class, real_part);
  R_set_altrep_Length_method(string_class, length_of);
  R_set_altrep_Inspect_method(string_class, inspect);
  R_set_altvec_Dataptr_method(string_class, strings_pointer);
  R_set_altvec_Dataptr_or_null_method(string_class, strings_or_null);
  R_set_altstring_Elt_method(string_class, string_at);
  R_set_altstring_Set_elt_method(string_class, set_string);
}

/* A vector over a column, or NULL if R has no type for it: then it must be converted. */
SEXP fbr_shared_column(SEXP array, const forebay_dtype_field* field,
                       const forebay_array_column* column, R_xlen_t rows,
                       const fbr_choice* choice) {
  if (!fbr_is_native(field)) return NULL;
  R_altrep_class_t type;
  if (field->kind == FOREBAY_DTYPE_BYTES)
    type = string_class;
  else if (column->stride != field->item_bytes)
    return NULL;
  else if (field->kind == FOREBAY_DTYPE_INT && field->item_bytes == 4)
    type = integer_class;
  else if (field->kind == FOREBAY_DTYPE_FLOAT && field->item_bytes == 8)
    type = real_class;
  else if (field->kind == FOREBAY_DTYPE_INT && field->item_bytes == 8 && choice->integer64)
    type = real_class;
  else
    return NULL;
  SEXP raw = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)sizeof(place)));
  const place at = {column->data, column->stride, field->item_bytes, rows};
  memcpy(RAW(raw), &at, sizeof(at));
  SEXP cell = PROTECT(Rf_cons(raw, R_NilValue));
  SEXP vector = R_new_altrep(type, array, cell);
  UNPROTECT(2);
  return vector;
}
