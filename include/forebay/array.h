/** @file array.h
 * @brief Typed rows in shared memory: what a loader delivers and a table stores.
 *
 * An array is a counted right to read (and, for its holder, to write) one block of an arena. The block is not used
 * again before forebay_array_release(). It stays valid after the loader or arena it came from was closed.
 *
 * @code{.c}
 * forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
 * if (forebay_array_view_get(array, &view, &err) == FOREBAY_OK) {
 *   const char *row = view.data;                 // view.rows rows, view.row_bytes apart
 * }
 * forebay_array_release(array);
 * @endcode
 */
#ifndef FOREBAY_ARRAY_H
#define FOREBAY_ARRAY_H

#include <stdint.h>

#include "forebay/dtype.h"
#include "forebay/export.h"
#include "forebay/status.h"

FOREBAY_BEGIN_DECLS

/** Rows in shared memory. @since 0.1.0 */
typedef struct forebay_array forebay_array;

/** How the fields of an array lie in memory. @since 0.1.0 */
enum {
  FOREBAY_ARRAY_ROWS = 1,   /**< packed records, one after the other: numpy's structured array */
  FOREBAY_ARRAY_COLUMNS = 2 /**< each field contiguous, on a page of its own */
};

/** @brief Where the bytes of an array are. Borrowed from the array; plain pointers, never freed. @since 0.1.0 */
typedef struct forebay_array_view {
  uint32_t struct_size; /**< sizeof(forebay_array_view), set by FOREBAY_ARRAY_VIEW_INIT */
  int32_t layout;       /**< FOREBAY_ARRAY_ROWS or FOREBAY_ARRAY_COLUMNS */
  void *data;           /**< first byte of the first row (rows), or of the first column (columns) */
  uint64_t rows;        /**< rows in the array */
  uint64_t row_bytes;   /**< bytes of one packed row */
  uint64_t capacity;    /**< rows that the block has room for */
  uint32_t fields;      /**< fields of the dtype */
  uint32_t source;      /**< index of the source the rows came from, or FOREBAY_NO_SOURCE */
  uint64_t first_row;   /**< number of the first row within its source, from 0 */
} forebay_array_view;

/** Initialiser for a ::forebay_array_view. */
#define FOREBAY_ARRAY_VIEW_INIT \
  { (uint32_t)sizeof(forebay_array_view), 0, 0, 0, 0, 0, 0, 0, 0 }

/** @brief Where one field of an array is: scalar j of row i is at `data + i * stride + j * item_bytes`.
 * @since 0.1.0 */
typedef struct forebay_array_column {
  uint32_t struct_size; /**< sizeof(forebay_array_column), set by the caller */
  uint32_t reserved;    /**< zero */
  void *data;           /**< the field of row 0 */
  uint64_t stride;      /**< bytes from one row to the next */
  const void *validity; /**< reserved for nulls: NULL, every value is valid */
  const void *heap;     /**< reserved for variable strings: NULL */
} forebay_array_column;

/** @brief Fills `view` for an array. @return FOREBAY_OK, FOREBAY_E_ARGUMENT, FOREBAY_E_VERSION. Any thread that
 * holds the array. @since 0.1.0 */
FOREBAY_API forebay_status forebay_array_view_get(const forebay_array *array, forebay_array_view *view,
                                                  forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Fills `column` for field `index` (from 0). @return FOREBAY_OK, FOREBAY_NONE (no such field),
 * FOREBAY_E_ARGUMENT, FOREBAY_E_VERSION. Any thread that holds the array. @since 0.1.0 */
FOREBAY_API forebay_status forebay_array_column_get(const forebay_array *array, uint32_t index,
                                                    forebay_array_column *column, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief The array's dtype. Borrowed: lives as long as the array. Any thread. @since 0.1.0 */
FOREBAY_API const forebay_dtype *forebay_array_dtype(const forebay_array *array) FOREBAY_NOEXCEPT;

/** @brief Sets the number of rows, after filtering in place or after filling a leased array.
 * @param[in] rows 0 to the view's `capacity`.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT. The one thread that writes the array. @since 0.1.0 */
FOREBAY_API forebay_status forebay_array_set_rows(forebay_array *array, uint64_t rows,
                                                  forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Takes one more lease on the same array; each lease is released on its own. Returns `array`. Any thread.
 * @since 0.1.0 */
FOREBAY_API forebay_array *forebay_array_retain(forebay_array *array) FOREBAY_NOEXCEPT;

/** @brief Gives a lease back. After the last one the block may be used again and every view of it is void. NULL is
 * accepted. Takes no lock and does not block. Any thread, also after the loader or arena was closed. @since 0.1.0 */
FOREBAY_API void forebay_array_release(forebay_array *array) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
