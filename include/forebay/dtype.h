/** @file dtype.h
 * @brief Element types: what one row consists of.
 *
 * The language is numpy's. A record is a list of fields, `name:type[shape]`, separated by commas:
 * `"chr:S10,pos:i4,pct:f4,t:f4[24]"`. A bare type is an element of its own: `"f8"`,
 * `"f4[721,1440]"`. Types: `S<n>` (bytes, padded with NUL), `i1 i2 i4 i8`, `u1 u2 u4 u8`, `f4 f8`,
 * `?` (bool), `M8[unit]` (time since 1970 as int64; units Y M W D h m s ms us ns). A leading `<` or
 * `>` gives the byte order; the default is the machine's. Records are packed: field k starts where
 * field k-1 ends.
 *
 * A dtype never changes once made; it may be used from several threads at once.
 *
 * @code{.c}
 * forebay_dtype *row = NULL;
 * forebay_dtype_field field = {.struct_size = sizeof(field)};
 * if (forebay_dtype_parse("chr:S10,pos:i4,t:f4[24]", &row, &err) != FOREBAY_OK) {
 *   fprintf(stderr, "%s\n", err.message);  // err.column is the place in the text
 * }
 * for (uint32_t i = 0; forebay_dtype_field_at(row, i, &field) == FOREBAY_OK; i++) {
 *   printf("%s at byte %llu\n", field.name, (unsigned long long)field.offset);
 * }
 * forebay_dtype_free(row);
 * @endcode
 */
#ifndef FOREBAY_DTYPE_H
#define FOREBAY_DTYPE_H

#include <stdint.h>

#include "forebay/export.h"
#include "forebay/status.h"

FOREBAY_BEGIN_DECLS

/** An element type. Made by forebay_dtype_parse() and others, ended by forebay_dtype_free(). @since 0.1.0 */
typedef struct forebay_dtype forebay_dtype;

/** Kind of a field: what forebay_dtype_field::kind holds. @since 0.1.0 */
enum {
  FOREBAY_DTYPE_BYTES = 1,    /**< S: fixed number of bytes, padded with NUL */
  FOREBAY_DTYPE_INT = 2,      /**< i: two's complement */
  FOREBAY_DTYPE_UINT = 3,     /**< u: unsigned */
  FOREBAY_DTYPE_FLOAT = 4,    /**< f: IEEE 754 */
  FOREBAY_DTYPE_BOOL = 5,     /**< ?: one byte, 0 or 1 */
  FOREBAY_DTYPE_DATETIME = 6, /**< M8: int64 count of the unit since 1970-01-01T00:00:00 */
  FOREBAY_DTYPE_STRING = 7    /**< reserved: variable length; no function makes one yet */
};

/** The most dimensions that the sub-array of a field can have. */
#define FOREBAY_DTYPE_MAX_RANK 8

/** @brief One field, as forebay_dtype_field_at() reports it. Strings are borrowed from the dtype. @since 0.1.0 */
typedef struct forebay_dtype_field {
  uint32_t struct_size;                   /**< sizeof(forebay_dtype_field), set by the caller */
  int32_t kind;                           /**< FOREBAY_DTYPE_BYTES and so on */
  const char *name;                       /**< UTF-8; "" for a bare type */
  const char *unit;                       /**< unit of a datetime such as "ns", else "" */
  uint64_t item_bytes;                    /**< bytes of one scalar */
  uint64_t offset;                        /**< byte offset in the packed record */
  uint64_t count;                         /**< scalars in the field: the product of `shape`, 1 for a scalar */
  int32_t big_endian;                     /**< 1 for big-endian, else 0 */
  uint32_t rank;                          /**< dimensions of the sub-array, 0 for a scalar */
  uint64_t shape[FOREBAY_DTYPE_MAX_RANK]; /**< the dimensions */
} forebay_dtype_field;

/** @brief Makes a dtype from text such as `"chr:S10,pos:i4"` or `"f4[721,1440]"`.
 * @param[in] text NUL-terminated.
 * @param[out] out the dtype; the caller frees it with forebay_dtype_free().
 * @param[out] err may be NULL; `column` is the position in the text, from 1.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT (NULL), FOREBAY_E_DTYPE, FOREBAY_E_MEMORY. Any thread. @since 0.1.0 */
FOREBAY_API forebay_status forebay_dtype_parse(const char *text, forebay_dtype **out,
                                               forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Makes a dtype from a numpy descr: the text of `dtype.descr`, such as
 * `[('chr', '|S10'), ('pos', '<i4'), ('t', '<f4', (24,))]`, or of `dtype.str`, such as `'<f8'`. Unnamed padding
 * fields are refused: forebay's records are packed. Format: numpy.lib.format, "descr".
 * @return as forebay_dtype_parse(). Any thread. @since 0.1.0 */
FOREBAY_API forebay_status forebay_dtype_parse_descr(const char *descr, forebay_dtype **out,
                                                     forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Ends a dtype. NULL is accepted. Arrays, loaders and tables made with it keep what they need. @since 0.1.0 */
FOREBAY_API void forebay_dtype_free(forebay_dtype *dtype) FOREBAY_NOEXCEPT;

/** @brief The dtype in the text form of forebay_dtype_parse(); parsing it gives an equal dtype. Borrowed: lives as
 * long as the dtype. Any thread. @since 0.1.0 */
FOREBAY_API const char *forebay_dtype_text(const forebay_dtype *dtype) FOREBAY_NOEXCEPT;

/** @brief The dtype as numpy descr text. Borrowed: lives as long as the dtype. Any thread. @since 0.1.0 */
FOREBAY_API const char *forebay_dtype_descr(const forebay_dtype *dtype) FOREBAY_NOEXCEPT;

/** @brief Bytes of one row in the packed layout. Any thread. @since 0.1.0 */
FOREBAY_API uint64_t forebay_dtype_row_bytes(const forebay_dtype *dtype) FOREBAY_NOEXCEPT;

/** @brief Number of fields; 1 for a bare type. Any thread. @since 0.1.0 */
FOREBAY_API uint32_t forebay_dtype_field_count(const forebay_dtype *dtype) FOREBAY_NOEXCEPT;

/** @brief 1 if the dtype is a record with named fields, 0 if it is a bare type. Any thread. @since 0.1.0 */
FOREBAY_API int32_t forebay_dtype_is_record(const forebay_dtype *dtype) FOREBAY_NOEXCEPT;

/** @brief Describes field `index` (from 0).
 * @param[in,out] out the caller sets `struct_size`; the rest is filled.
 * @return FOREBAY_OK, FOREBAY_NONE (no such field), FOREBAY_E_ARGUMENT. Any thread. @since 0.1.0 */
FOREBAY_API forebay_status forebay_dtype_field_at(const forebay_dtype *dtype, uint32_t index,
                                                  forebay_dtype_field *out) FOREBAY_NOEXCEPT;

/** @brief 1 if both describe the same bytes under the same names, else 0. Any thread. @since 0.1.0 */
FOREBAY_API int32_t forebay_dtype_equal(const forebay_dtype *a, const forebay_dtype *b) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
