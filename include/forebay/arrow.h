/** @file arrow.h
 * @brief Arrays as Arrow columns, without a copy: the Arrow C data interface and the Arrow C stream interface.
 *
 * What is exported is the shared memory itself. Each exported struct holds a lease of its own: it stays valid after the
 * array was released and the loader closed, until its `release` was called. Treat the values as constant from then on.
 *
 * Columns must be in one piece: open the loader (or lease the array) with the layout FOREBAY_ARRAY_COLUMNS. The packed
 * rows of the rows layout are refused, since only a copy could make columns of them.
 *
 * | dtype | Arrow type |
 * |---|---|
 * | i1 to i8, u1 to u8, f4, f8 | int8 to int64, uint8 to uint64, float, double |
 * | S10 | fixed_size_binary(10), padded with NUL as it is in memory |
 * | ? | int8 with the extension type arrow.bool8; Arrow's own booleans are bits |
 * | M8[s], [ms], [us], [ns] | timestamp of that unit, without a time zone |
 * | f4[24], f4[3,2] | fixed_size_list, nested for more dimensions |
 *
 * Other units of M8 and the foreign byte order have no Arrow type: they are FOREBAY_E_ARGUMENT, which names the field. No
 * value is null: a missing one is what `fill` made of it (NaN, the least timestamp, and so on).
 *
 * @code{.c}
 * struct ArrowSchema schema;
 * struct ArrowArray batch;
 * forebay_dtype_export_arrow(forebay_array_dtype(array), FOREBAY_ARROW_ALL_FIELDS, &schema, &err);
 * forebay_array_export_arrow(array, FOREBAY_ARROW_ALL_FIELDS, &batch, &err);
 * forebay_array_release(array);   // the batch holds a lease of its own
 * batch.release(&batch);          // or hand both to an Arrow library
 * schema.release(&schema);
 * @endcode
 */
#ifndef FOREBAY_ARROW_H
#define FOREBAY_ARROW_H

#include <stdint.h>

#include "forebay/array.h"
#include "forebay/dtype.h"
#include "forebay/export.h"
#include "forebay/loader.h"
#include "forebay/status.h"

FOREBAY_BEGIN_DECLS

/* The structs of the Arrow specification; the guards let several headers bring them. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

/** @brief A type, as the Arrow C data interface defines it. */
struct ArrowSchema {
  const char *format;                    /**< the type, in Arrow's short form */
  const char *name;                      /**< of the field */
  const char *metadata;                  /**< keys and values in Arrow's binary form, or NULL */
  int64_t flags;                         /**< ARROW_FLAG_NULLABLE and so on */
  int64_t n_children;                    /**< child types */
  struct ArrowSchema **children;         /**< their structs */
  struct ArrowSchema *dictionary;        /**< NULL here */
  void (*release)(struct ArrowSchema *); /**< ends it; NULL: it was released */
  void *private_data;                    /**< the producer's */
};

/** @brief Values, as the Arrow C data interface defines them. */
struct ArrowArray {
  int64_t length;                       /**< values */
  int64_t null_count;                   /**< 0 here */
  int64_t offset;                       /**< 0 here */
  int64_t n_buffers;                    /**< buffers of the type */
  int64_t n_children;                   /**< child arrays */
  const void **buffers;                 /**< the first one, of validity bits, is NULL here */
  struct ArrowArray **children;         /**< their structs */
  struct ArrowArray *dictionary;        /**< NULL here */
  void (*release)(struct ArrowArray *); /**< ends it; NULL: it was released */
  void *private_data;                   /**< the producer's */
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

/** @brief Record batches one after the other, as the Arrow C stream interface defines it. */
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out); /**< the type of all batches; 0 or an errno */
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);    /**< a batch, released at the end */
  const char *(*get_last_error)(struct ArrowArrayStream *);              /**< of the last call that failed, or NULL */
  void (*release)(struct ArrowArrayStream *);                            /**< ends it; NULL: it was released */
  void *private_data;                                                    /**< the producer's */
};

#endif

/** Instead of the number of a field: all of them, as a struct array, which is Arrow's record batch. @since 0.1.0 */
#define FOREBAY_ARROW_ALL_FIELDS UINT32_MAX

/** @brief Exports the type of field `field` (from 0), or of all fields as a struct.
 * @param[out] out the caller's, ended by its `release`, which is NULL unless FOREBAY_OK.
 * @return FOREBAY_OK, FOREBAY_NONE (no such field), FOREBAY_E_ARGUMENT (Arrow has no type for a field),
 * FOREBAY_E_MEMORY. Any thread. @since 0.1.0 */
FOREBAY_API forebay_status forebay_dtype_export_arrow(const forebay_dtype *dtype, uint32_t field,
                                                      struct ArrowSchema *out, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Exports the values of field `field` (from 0), or of all fields as a record batch. Nothing is copied.
 * @param[out] out the caller's, ended by its `release` on any thread, which is NULL unless FOREBAY_OK. Holds a lease.
 * @return FOREBAY_OK, FOREBAY_NONE (no such field), FOREBAY_E_ARGUMENT (the array has the rows layout, or Arrow has no type
 * for a field), FOREBAY_E_MEMORY. Any thread that holds the array. @since 0.1.0 */
FOREBAY_API forebay_status forebay_array_export_arrow(forebay_array *array, uint32_t field, struct ArrowArray *out,
                                                      forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Exports what a loader delivers as a stream of record batches. get_next does the work of forebay_loader_next(), on
 * the thread that calls it, and waits as long as it takes. What that fails with, get_last_error tells in a line; called
 * again, get_next goes on with the next source.
 *
 * A consumer that keeps all batches keeps all their memory: forebay_loader_options::memory_bytes must be enough for it,
 * else get_next fails with ENOMEM and says so.
 * @param[out] out the caller's, ended by its `release`, which is NULL unless FOREBAY_OK. It keeps the loader alive:
 * forebay_loader_close() may come first. Until then the handle serves as ever.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT (Arrow has no type for a field), FOREBAY_E_MEMORY. The loader's thread.
 * @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_export_arrow(forebay_loader *loader, struct ArrowArrayStream *out,
                                                       forebay_error *err) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
