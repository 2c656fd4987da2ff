/* From R's vectors to the library's bytes: what does not fit is an error that names column and row.
 * Before any byte is stored fbr_check_frame() has seen that the columns are there. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "forebay_r.h"

typedef struct cell {
  SEXP column;
  SEXP levels; /* of a factor, else R_NilValue */
  const forebay_dtype_field* field;
  R_xlen_t at;
  R_xlen_t row; /* from 0 */
} cell;

static void refuse(const cell* at, const char* why) {
  fbr_fail(FOREBAY_E_VALUE, "column %s, row %.0f: %s", at->field->name, (double)at->row + 1, why);
}

static void put_bits(char* to, uint64_t bits, const forebay_dtype_field* field) {
  for (size_t i = 0; i < field->item_bytes; i++) {
    const size_t place = field->big_endian ? field->item_bytes - 1 - i : i;
    to[place] = (char)(bits >> (8 * i) & 0xFF);
  }
}

static double number_at(const cell* at) {
  if (TYPEOF(at->column) == REALSXP) return REAL_ELT(at->column, at->at);
  const int value = TYPEOF(at->column) == LGLSXP ? LOGICAL_ELT(at->column, at->at)
                                                 : INTEGER_ELT(at->column, at->at);
  return value == NA_INTEGER ? NA_REAL : value;
}

static int is_integer64(SEXP column) {
  return Rf_inherits(column, "integer64");
}

static int64_t integer64_at(const cell* at) {
  const double value = REAL_ELT(at->column, at->at);
  int64_t bits;
  memcpy(&bits, &value, 8);
  return bits;
}

/* A whole number as the bits of an integer field; a missing one is the least value of i4 and i8,
 * which R and bit64 take for NA. */
static uint64_t integer_bits(const cell* at) {
  const forebay_dtype_field* field = at->field;
  const int is_signed = field->kind == FOREBAY_DTYPE_INT;
  const double high = ldexp(1.0, (int)(8 * field->item_bytes) - is_signed);
  if (is_integer64(at->column)) {
    const int64_t value = integer64_at(at);
    if (value == INT64_MIN && is_signed && field->item_bytes >= 4)
      return UINT64_C(1) << (8 * field->item_bytes - 1);
    const int fits = is_signed ? ((double)value < high && (double)value >= -high)
                               : (value >= 0 && (double)value < high);
    if (field->item_bytes < 8 ? !fits : (!is_signed && value < 0))
      refuse(at, "the integer does not fit its field");
    return (uint64_t)value;
  }
  const double value = number_at(at);
  if (ISNAN(value)) {
    if (!is_signed || field->item_bytes < 4)
      refuse(at, "NA cannot be stored in this type; take i4, i8, f4 or f8");
    return UINT64_C(1) << (8 * field->item_bytes - 1);
  }
  if (value != trunc(value)) refuse(at, "it is not a whole number");
  if (!(value < high && value >= (is_signed ? -high : 0)))
    refuse(at, "the number does not fit its field");
  return is_signed ? (uint64_t)(int64_t)value : (uint64_t)value;
}

static uint64_t real_bits(const cell* at) {
  const double value = is_integer64(at->column) ? (double)integer64_at(at) : number_at(at);
  uint64_t bits = 0;
  if (at->field->item_bytes == 8) {
    memcpy(&bits, &value, 8);
    return bits;
  }
  const float single = (float)value;
  uint32_t half;
  if (isfinite(value) && !isfinite(single)) refuse(at, "the number is too large for f4");
  memcpy(&half, &single, 4);
  return half;
}

static double per_day(const cell* at) {
  const char* unit = at->field->unit;
  if (strcmp(unit, "D") == 0) return 1;
  if (strcmp(unit, "h") == 0) return 24;
  if (strcmp(unit, "m") == 0) return 1440;
  if (strcmp(unit, "s") == 0) return 86400;
  if (strcmp(unit, "ms") == 0) return 86400e3;
  if (strcmp(unit, "us") == 0) return 86400e6;
  if (strcmp(unit, "ns") == 0) return 86400e9;
  refuse(at, "times are stored in units of D, h, m, s, ms, us or ns");
  return 0;
}

static uint64_t time_bits(const cell* at) {
  const double value = number_at(at);
  if (ISNAN(value)) return UINT64_C(1) << 63;
  const double scale = per_day(at);
  double count;
  if (Rf_inherits(at->column, "Date")) {
    count = floor(value) * scale;
  } else {
    /* Whole units are exact in double where the seconds are; finer parts are rounded, coarser units
     * cut. */
    count = scale >= 86400 ? nearbyint(value * (scale / 86400)) : floor(value / (86400 / scale));
  }
  if (!(fabs(count) < 9223372036854775807.0)) refuse(at, "the time does not fit its field");
  return (uint64_t)(int64_t)count;
}

static void put_string(const cell* at, char* to) {
  SEXP text;
  if (at->levels != R_NilValue) {
    const int level = INTEGER_ELT(at->column, at->at);
    text = level == NA_INTEGER ? NA_STRING : STRING_ELT(at->levels, level - 1);
  } else {
    text = STRING_ELT(at->column, at->at);
  }
  if (text == NA_STRING)
    refuse(at, "NA cannot be stored as a string; replace it, by \"\" or \"NA\"");
  const char* bytes = Rf_getCharCE(text) == CE_BYTES ? CHAR(text) : Rf_translateCharUTF8(text);
  const size_t size = strlen(bytes);
  if (size > at->field->item_bytes)
    refuse(at, "the string is longer than its field; make the table with a wider S");
  memcpy(to, bytes, size);
  memset(to + size, 0, at->field->item_bytes - size);
}

static void put_cell(const cell* at, char* to) {
  switch (at->field->kind) {
    case FOREBAY_DTYPE_BYTES:
      put_string(at, to);
      break;
    case FOREBAY_DTYPE_FLOAT:
      put_bits(to, real_bits(at), at->field);
      break;
    case FOREBAY_DTYPE_DATETIME:
      put_bits(to, time_bits(at), at->field);
      break;
    case FOREBAY_DTYPE_BOOL: {
      const double value = number_at(at);
      if (value != 0 && value != 1) refuse(at, "only TRUE and FALSE can be stored");
      *to = value == 1;
      break;
    }
    default:
      put_bits(to, integer_bits(at), at->field);
      break;
  }
}

/* Rows of a column, from `first` (from 0) on, to `to` and on, `stride` apart. */
void fbr_pack(SEXP column, R_xlen_t first, R_xlen_t rows, const forebay_dtype_field* field,
              char* to, size_t stride) {
  const R_xlen_t total = Rf_xlength(column) / (R_xlen_t)(field->count > 0 ? field->count : 1);
  cell at = {column, Rf_getAttrib(column, R_LevelsSymbol), field, 0, 0};
  for (uint64_t j = 0; j < field->count; j++) {
    const R_xlen_t offset = fbr_scalar_place(field, j) * total;
    for (R_xlen_t i = 0; i < rows; i++) {
      at.row = first + i;
      at.at = offset + at.row;
      put_cell(&at, to + (size_t)i * stride + j * field->item_bytes);
    }
  }
}

static int suits(SEXP column, const forebay_dtype_field* field) {
  const int type = TYPEOF(column);
  const int is_number = type == REALSXP || type == INTSXP || type == LGLSXP;
  if (field->kind == FOREBAY_DTYPE_BYTES) return type == STRSXP || Rf_isFactor(column);
  if (field->kind == FOREBAY_DTYPE_DATETIME)
    return is_number && (Rf_inherits(column, "Date") || Rf_inherits(column, "POSIXct"));
  return is_number && !Rf_isFactor(column);
}

/* `frame` is a list of columns in the order of the fields. */
void fbr_check_frame(SEXP frame, const forebay_dtype* dtype, R_xlen_t rows) {
  const uint32_t fields = fbr.dtype_field_count(dtype);
  if (Rf_xlength(frame) != (R_xlen_t)fields)
    fbr_fail(FOREBAY_E_MISMATCH, "%.0f columns, but the rows have %u", (double)Rf_xlength(frame),
             fields);
  for (uint32_t i = 0; i < fields; i++) {
    const forebay_dtype_field field = fbr_field(dtype, i);
    SEXP column = VECTOR_ELT(frame, i);
    if (Rf_xlength(column) != rows * (R_xlen_t)field.count) {
      fbr_fail(FOREBAY_E_MISMATCH, "column %s has %.0f values, not %.0f", field.name,
               (double)Rf_xlength(column), (double)rows * (double)field.count);
    }
    if (!suits(column, &field)) {
      fbr_fail(FOREBAY_E_MISMATCH, "column %s is of R type %s, which does not go into rows of %s",
               field.name, Rf_type2char(TYPEOF(column)), fbr.dtype_text(dtype));
    }
  }
}
