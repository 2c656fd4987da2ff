/** @file arena.h
 * @brief Shared memory with a quota, for programs that fill arrays themselves.
 *
 * An arena lends blocks of anonymous shared memory (memfd: no name in /dev/shm, no tracker, nothing left behind by
 * a killed process). A block's memory is reserved before it is lent, so that want of room is FOREBAY_E_FULL or
 * FOREBAY_E_MEMORY and never SIGBUS. Loaders have an arena of their own inside.
 *
 * @code{.c}
 * forebay_arena_open(64u << 20, &arena, &err);
 * forebay_array_lease(arena, dtype, 1000, &array, &err);   // room for 1000 rows, 0 rows set
 * forebay_array_view_get(array, &view, &err);              // fill view.data
 * forebay_array_set_rows(array, 1000, &err);
 * forebay_table_append_array(table, array, &err);
 * forebay_array_release(array);
 * forebay_arena_close(arena);
 * @endcode
 */
#ifndef FOREBAY_ARENA_H
#define FOREBAY_ARENA_H

#include <stdint.h>

#include "forebay/array.h"
#include "forebay/dtype.h"
#include "forebay/export.h"
#include "forebay/status.h"

FOREBAY_BEGIN_DECLS

/** Shared memory with a quota. @since 0.1.0 */
typedef struct forebay_arena forebay_arena;

/** @brief Counters of an arena, in bytes unless said otherwise. @since 0.1.0 */
typedef struct forebay_arena_stats {
  uint32_t struct_size;     /**< sizeof(forebay_arena_stats), set by FOREBAY_ARENA_STATS_INIT */
  uint32_t segments;        /**< memfd segments */
  uint64_t quota;           /**< most that may be reserved at a time */
  uint64_t reserved;        /**< memory behind blocks, lent or free */
  uint64_t lent;            /**< of that, lent to children or held as arrays */
  uint64_t high_water;      /**< the most that was reserved at a time */
  uint64_t blocks_lent;     /**< number of blocks lent now */
  uint64_t blocks_recycled; /**< number of times that a block was lent again without new memory */
  uint64_t bytes_copied;    /**< rows copied between blocks because a split or batch ended inside a chunk */
} forebay_arena_stats;

/** Initialiser for a ::forebay_arena_stats. */
#define FOREBAY_ARENA_STATS_INIT \
  { (uint32_t)sizeof(forebay_arena_stats), 0, 0, 0, 0, 0, 0, 0, 0 }

/** @brief Opens an arena. @param[in] quota_bytes most memory that its blocks may take, at least 4096.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT, FOREBAY_E_MEMORY, FOREBAY_E_LIMIT (descriptors). @since 0.1.0 */
FOREBAY_API forebay_status forebay_arena_open(uint64_t quota_bytes, forebay_arena **out,
                                              forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Closes an arena. Arrays leased from it stay valid until they are released. NULL is accepted. The thread
 * that leases. @since 0.1.0 */
FOREBAY_API void forebay_arena_close(forebay_arena *arena) FOREBAY_NOEXCEPT;

/** @brief Leases an empty array with room for `rows` rows of `dtype`, in the rows layout, at a 4096-byte boundary. Its
 * memory holds what was there before: fill it before setting the number of rows.
 * @return FOREBAY_OK; FOREBAY_E_FULL: the quota is in use, release an array first;
 * FOREBAY_E_ARGUMENT: more than the quota can ever hold; FOREBAY_E_MEMORY. One thread leases from
 * an arena. @since 0.1.0 */
FOREBAY_API forebay_status forebay_array_lease(forebay_arena *arena, const forebay_dtype *dtype, uint64_t rows,
                                               forebay_array **out, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief As forebay_array_lease(), in the columns layout: each field contiguous, from a 4096-byte boundary of its own
 * (forebay_array_column_get()).
 * @return as forebay_array_lease(). @since 0.1.0 */
FOREBAY_API forebay_status forebay_array_lease_columns(forebay_arena *arena, const forebay_dtype *dtype, uint64_t rows,
                                                       forebay_array **out, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Reads the counters. @return FOREBAY_OK, FOREBAY_E_ARGUMENT, FOREBAY_E_VERSION. The thread that leases.
 * @since 0.1.0 */
FOREBAY_API forebay_status forebay_arena_stats_get(forebay_arena *arena, forebay_arena_stats *stats,
                                                   forebay_error *err) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
