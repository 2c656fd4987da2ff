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
  uint32_t read_only;   /**< 1: the rows are another process's (forebay_array_attach()), a write to them is a fault */
  uint32_t reserved;    /**< zero */
  uint64_t generation;  /**< of an attached array: how many arrays that process had shared; otherwise 0 */
} forebay_array_view;

/** Initialiser for a ::forebay_array_view. */
#define FOREBAY_ARRAY_VIEW_INIT \
  { (uint32_t)sizeof(forebay_array_view), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

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

/** @brief The place in its source behind the last row of an array that a loader delivered: what is before it was read,
 * and a load can go on there. @since 0.1.0 */
typedef struct forebay_array_provenance {
  uint32_t struct_size; /**< sizeof(forebay_array_provenance), set by FOREBAY_ARRAY_PROVENANCE_INIT */
  uint32_t source;      /**< index of the source in the loader */
  uint64_t offset;      /**< bytes of the decompressed source before the place */
  uint64_t line;        /**< line that begins there, from 1 */
  uint64_t rows;        /**< rows of the source before it */
  uint64_t rejects;     /**< of the source before it: fields filled and rows passed over */
  uint64_t hash;        /**< CRC-64 (ECMA, as in xz) of the bytes before it; 0 for sources of a child of one's own */
  uint64_t skipped;     /**< of the rejects: rows passed over */
  uint64_t ahead;       /**< of `rows`: those that stand behind the place; mostly 0, see below */
} forebay_array_provenance;

/** Initialiser for a ::forebay_array_provenance. */
#define FOREBAY_ARRAY_PROVENANCE_INIT \
  { (uint32_t)sizeof(forebay_array_provenance), 0, 0, 0, 0, 0, 0, 0, 0 }

/** @brief Fills `provenance` for an array. Filtering in place does not change it.
 * @return FOREBAY_OK, FOREBAY_NONE (the array does not come from a loader), FOREBAY_E_ARGUMENT, FOREBAY_E_VERSION. Any
 * thread that holds the array. @since 0.1.0 */
FOREBAY_API forebay_status forebay_array_provenance_get(const forebay_array *array,
                                                        forebay_array_provenance *provenance,
                                                        forebay_error *err) FOREBAY_NOEXCEPT;

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
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT, FOREBAY_E_STATE (an attached array), FOREBAY_E_BUSY (its rows are on their way to
 * a file, see forebay_table_append_array()). The one thread that writes the array.
 * @since 0.1.0 */
FOREBAY_API forebay_status forebay_array_set_rows(forebay_array *array, uint64_t rows,
                                                  forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Takes one more lease on the same array; each lease is released on its own. Returns `array`. Any thread.
 * @since 0.1.0 */
FOREBAY_API forebay_array *forebay_array_retain(forebay_array *array) FOREBAY_NOEXCEPT;

/** @brief Gives a lease back. After the last one the block may be used again and every view of it is void. NULL is
 * accepted. Takes no lock and does not block. Any thread, also after the loader or arena was closed. @since 0.1.0 */
FOREBAY_API void forebay_array_release(forebay_array *array) FOREBAY_NOEXCEPT;

/** @brief Copies the rows, once, into shared memory of their own (a memfd, sealed for ever) that an unrelated process can
 * attach. Give it the descriptor by SCM_RIGHTS over a Unix socket, or let it inherit one: the descriptor is
 * close-on-exec, so clear FD_CLOEXEC first. The memory goes when all descriptors are closed and all arrays attached to
 * it released. The array itself is not changed. docs/format/shared_array.md describes the bytes.
 *
 * @code{.c}
 * int32_t descriptor = -1;
 * forebay_array_share(array, &descriptor, &err);            // in one process
 * forebay_array_attach(descriptor, dtype, &shared, &err);   // in another one, once it has the descriptor
 * close(descriptor);
 * @endcode
 * @param[out] descriptor the caller's, to close with close(2); -1 after a failure.
 * @return FOREBAY_OK, FOREBAY_E_MEMORY, FOREBAY_E_LIMIT (descriptors), FOREBAY_E_ARGUMENT. Any thread that holds the array,
 * while nobody writes to it. @since 0.1.0 */
FOREBAY_API forebay_status forebay_array_share(const forebay_array *array, int32_t *descriptor,
                                               forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Attaches the rows behind a descriptor that another process made with forebay_array_share(). Nothing is copied;
 * the rows are read only. Whatever the other process did, what is not a whole, sealed, well-formed array is refused, so a
 * descriptor from a stranger is safe to try.
 * @param[in] descriptor stays the caller's; it may be closed as soon as the call returns.
 * @param[in] expected the dtype that the rows must have; NULL: any, see forebay_array_dtype().
 * @param[out] out released with forebay_array_release(), like any array; NULL unless FOREBAY_OK.
 * @return FOREBAY_OK, FOREBAY_E_FORMAT (the message says what is wrong with it), FOREBAY_E_MISMATCH (another dtype),
 * FOREBAY_E_ARGUMENT (`descriptor` is not open), FOREBAY_E_MEMORY. Any thread. @since 0.1.0 */
FOREBAY_API forebay_status forebay_array_attach(int32_t descriptor, const forebay_dtype *expected, forebay_array **out,
                                                forebay_error *err) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
