/* From the library's bytes to R's vectors, where R has no such type: the widening. docs/guide/r.md
 * has the table. */
#include <math.h>
#include <string.h>

#include "forebay_r.h"

static const double kExact = 9007199254740992.0; /* 2^53 */

static int host_is_big(void) {
  const uint16_t one = 1;
  unsigned char first;
  memcpy(&first, &one, 1);
  return first == 0;
}

uint64_t fbr_bits(const char* from, size_t bytes, int big_endian) {
  const unsigned char* in = (const unsigned char*)from;
  uint64_t out = 0;
  if (bytes == 4 && big_endian == host_is_big()) {
    uint32_t word;
    memcpy(&word, from, 4);
    return word;
  }
  if (bytes == 8 && big_endian == host_is_big()) {
    memcpy(&out, from, 8);
    return out;
  }
  for (size_t i = 0; i < bytes; i++) out = out << 8 | in[big_endian ? i : bytes - 1 - i];
  return out;
}

static int64_t signed_bits(const char* from, const forebay_dtype_field* field) {
  const unsigned shift = 64 - 8 * (unsigned)field->item_bytes;
  return (int64_t)(fbr_bits(from, field->item_bytes, field->big_endian) << shift) >> shift;
}

int fbr_is_native(const forebay_dtype_field* field) {
  return field->count == 1 && field->rank == 0 &&
         (field->item_bytes == 1 || field->big_endian == host_is_big());
}

forebay_dtype_field fbr_field(const forebay_dtype* dtype, uint32_t index) {
  forebay_dtype_field field;
  memset(&field, 0, sizeof(field));
  field.struct_size = sizeof(field);
  fbr.dtype_field_at(dtype, index, &field);
  return field;
}

static int is_utf8(const unsigned char* in, size_t size) {
  for (size_t i = 0; i < size;) {
    const unsigned char lead = in[i++];
    if (lead < 0x80) continue;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || i + (size_t)more > size) return 0;
    if ((lead == 0xE0 && in[i] < 0xA0) || (lead == 0xED && in[i] > 0x9F)) return 0;
    if ((lead == 0xF0 && in[i] < 0x90) || (lead == 0xF4 && in[i] > 0x8F)) return 0;
    for (int k = 0; k < more; k++) {
      if ((in[i++] & 0xC0) != 0x80) return 0;
    }
  }
  return 1;
}

/* Padding is cut. What is not UTF-8 is a string of encoding "bytes". */
SEXP fbr_string(const char* bytes, size_t width) {
  while (width > 0 && bytes[width - 1] == 0) width--;
  if (width > 0 && memchr(bytes, 0, width) != NULL) {
    fbr_fail(FOREBAY_E_VALUE,
             "a string has a NUL inside, which R cannot hold; load the column as u1[n] instead");
  }
  const cetype_t encoding = is_utf8((const unsigned char*)bytes, width) ? CE_UTF8 : CE_BYTES;
  return Rf_mkCharLenCE(bytes, (int)width, encoding);
}

static double days_of_month(int64_t month_since_1970) {
  const int64_t months = month_since_1970 + 1970 * 12;
  int64_t year = months >= 0 ? months / 12 : -((11 - months) / 12);
  const int64_t month = months - year * 12 + 1;
  /* Howard Hinnant's days_from_civil, of the first of the month. */
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t of_era = year - era * 400;
  const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
  return (double)(era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468);
}

static int is_date(const char* unit) {
  return strlen(unit) == 1 && strchr("YMWD", unit[0]) != NULL;
}

static double time_of(int64_t count, const char* unit) {
  if (count == INT64_MIN) return NA_REAL;
  if (strcmp(unit, "Y") == 0) return days_of_month(count * 12);
  if (strcmp(unit, "M") == 0) return days_of_month(count);
  if (strcmp(unit, "W") == 0) return (double)count * 7;
  if (strcmp(unit, "h") == 0) return (double)count * 3600;
  if (strcmp(unit, "m") == 0) return (double)count * 60;
  if (strcmp(unit, "ms") == 0) return (double)count / 1e3;
  if (strcmp(unit, "us") == 0) return (double)count / 1e6;
  if (strcmp(unit, "ns") == 0) return (double)count / 1e9;
  return (double)count;
}

static SEXPTYPE type_of(const forebay_dtype_field* field) {
  if (field->kind == FOREBAY_DTYPE_BYTES) return STRSXP;
  if (field->kind == FOREBAY_DTYPE_BOOL) return LGLSXP;
  if (field->kind == FOREBAY_DTYPE_INT && field->item_bytes <= 4) return INTSXP;
  if (field->kind == FOREBAY_DTYPE_UINT && field->item_bytes <= 2) return INTSXP;
  return REALSXP;
}

static int is_integer64(const forebay_dtype_field* field, const fbr_choice* choice) {
  return choice->integer64 && field->kind == FOREBAY_DTYPE_INT && field->item_bytes == 8;
}

static double real_of(const char* from, const forebay_dtype_field* field, fbr_choice* choice) {
  const uint64_t bits = fbr_bits(from, field->item_bytes, field->big_endian);
  double value;
  if (field->kind == FOREBAY_DTYPE_DATETIME) return time_of((int64_t)bits, field->unit);
  if (is_integer64(field, choice) ||
      (field->kind == FOREBAY_DTYPE_FLOAT && field->item_bytes == 8)) {
    memcpy(&value, &bits, 8);
    return value;
  }
  if (field->kind == FOREBAY_DTYPE_FLOAT) {
    const uint32_t half = (uint32_t)bits;
    float single;
    memcpy(&single, &half, 4);
    return single;
  }
  if (field->kind == FOREBAY_DTYPE_INT && (int64_t)bits == INT64_MIN) return NA_REAL;
  value = field->kind == FOREBAY_DTYPE_UINT ? (double)bits : (double)(int64_t)bits;
  /* 2^53 itself may have been 2^53 + 1. */
  if (fabs(value) >= kExact &&
      (field->kind == FOREBAY_DTYPE_UINT
           ? (value >= 18446744073709551616.0 || (uint64_t)value != bits)
           : (value >= 9223372036854775808.0 || (int64_t)value != (int64_t)bits))) {
    choice->inexact++;
  }
  return value;
}

static void convert_one(SEXP to, R_xlen_t at, const forebay_dtype_field* field, const char* from,
                        fbr_choice* choice) {
  switch (TYPEOF(to)) {
    case STRSXP:
      SET_STRING_ELT(to, at, fbr_string(from, field->item_bytes));
      break;
    case LGLSXP:
      LOGICAL(to)[at] = *from != 0;
      break;
    case INTSXP:
      INTEGER(to)
      [at] = field->kind == FOREBAY_DTYPE_UINT
                 ? (int)fbr_bits(from, field->item_bytes, field->big_endian)
                 : (int)signed_bits(from, field);
      break;
    default:
      REAL(to)[at] = real_of(from, field, choice);
      break;
  }
}

/* Where scalar `index` of a sub-array stands among R's columns: C counts the last dimension
 * fastest, R the first. */
R_xlen_t fbr_scalar_place(const forebay_dtype_field* field, uint64_t index) {
  R_xlen_t place = 0;
  uint64_t size = field->count;
  R_xlen_t step = 1;
  for (uint32_t k = 0; k < field->rank; k++) {
    size /= field->shape[k];
    place += (R_xlen_t)(index / size) * step;
    index %= size;
    step *= (R_xlen_t)field->shape[k];
  }
  return place;
}

/* Rows of a field into those of `to` from `at` on. */
void fbr_convert(SEXP to, R_xlen_t at, const forebay_dtype_field* field, const char* data,
                 size_t stride, R_xlen_t rows, fbr_choice* choice) {
  const R_xlen_t total = Rf_xlength(to) / (R_xlen_t)(field->count > 0 ? field->count : 1);
  for (uint64_t j = 0; j < field->count; j++) {
    const R_xlen_t column = fbr_scalar_place(field, j) * total + at;
    const char* from = data + j * field->item_bytes;
    for (R_xlen_t i = 0; i < rows; i++)
      convert_one(to, column + i, field, from + (size_t)i * stride, choice);
  }
}

static void set_texts(SEXP vector, SEXP attribute, const char* first, const char* second) {
  SEXP texts = PROTECT(Rf_allocVector(STRSXP, second != NULL ? 2 : 1));
  SET_STRING_ELT(texts, 0, Rf_mkChar(first));
  if (second != NULL) SET_STRING_ELT(texts, 1, Rf_mkChar(second));
  Rf_setAttrib(vector, attribute, texts);
  UNPROTECT(1);
}

void fbr_set_class(SEXP vector, const forebay_dtype_field* field, const fbr_choice* choice) {
  if (is_integer64(field, choice)) set_texts(vector, R_ClassSymbol, "integer64", NULL);
  if (field->kind != FOREBAY_DTYPE_DATETIME) return;
  if (is_date(field->unit)) {
    set_texts(vector, R_ClassSymbol, "Date", NULL);
  } else {
    set_texts(vector, R_ClassSymbol, "POSIXct", "POSIXt");
    set_texts(vector, Rf_install("tzone"), "UTC", NULL);
  }
}

/* A vector for a field; a matrix or an array with the rows first for one with a sub-array. */
SEXP fbr_allocate(const forebay_dtype_field* field, R_xlen_t rows, const fbr_choice* choice) {
  SEXP vector = PROTECT(Rf_allocVector(type_of(field), rows * (R_xlen_t)field->count));
  if (field->rank > 0) {
    SEXP shape = PROTECT(Rf_allocVector(INTSXP, (R_xlen_t)field->rank + 1));
    INTEGER(shape)[0] = (int)rows;
    for (uint32_t k = 0; k < field->rank; k++) INTEGER(shape)[k + 1] = (int)field->shape[k];
    Rf_setAttrib(vector, R_DimSymbol, shape);
    UNPROTECT(1);
  }
  fbr_set_class(vector, field, choice);
  UNPROTECT(1);
  return vector;
}

/* A data.frame of a list of columns, which becomes it. */
SEXP fbr_frame(SEXP columns, SEXP names, R_xlen_t rows) {
  Rf_setAttrib(columns, R_NamesSymbol, names);
  SEXP numbers = PROTECT(Rf_allocVector(INTSXP, 2));
  INTEGER(numbers)[0] = NA_INTEGER;
  INTEGER(numbers)[1] = -(int)rows;
  Rf_setAttrib(columns, R_RowNamesSymbol, numbers);
  set_texts(columns, R_ClassSymbol, "data.frame", NULL);
  UNPROTECT(1);
  return columns;
}

void fbr_warn_inexact(const fbr_choice* choice) {
  if (choice->inexact > 0) {
    Rf_warning(
        "%.0f integers beyond 2^53 are rounded, as double cannot hold them; int64 = \"integer64\" "
        "keeps those of i8",
        choice->inexact);
  }
}
