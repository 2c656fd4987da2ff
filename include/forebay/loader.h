/** @file loader.h
 * @brief Loads files in parallel: child processes parse them straight into shared memory. Text, arrays of numpy and raw
 * rows by the built-in child program; anything else by one of your own, see child.h.
 *
 * A loader belongs to one thread at a time: all its functions are called by one thread, which does the loader's work
 * inside forebay_loader_next() and forebay_loader_step(). Only forebay_array_release() may come from any thread.
 *
 * Rows come in source order: all of the first file, then all of the second; with FOREBAY_LOADER_ORDER_ANY arrays of
 * different sources come as they are ready, those of one source in order. Neither the rows nor the boundaries of the
 * arrays depend on the number of children or on how files are split.
 *
 * When a source cannot be read, forebay_loader_next() returns the failure once, at the source's place in the order
 * and after the rows before the fault; called again it goes on with the next source.
 *
 * @code{.c}
 * forebay_loader_open(row, NULL, &loader, &err);
 * forebay_loader_add_file(loader, "rep1.txt", NULL, &err);
 * while ((rc = forebay_loader_next(loader, -1, &array, &err)) == FOREBAY_OK) {
 *   // use the rows
 *   forebay_array_release(array);
 * }
 * if (rc != FOREBAY_END) fprintf(stderr, "%s\n", err.message);
 * forebay_loader_close(loader);
 * @endcode
 */
#ifndef FOREBAY_LOADER_H
#define FOREBAY_LOADER_H

#include <stdint.h>

#include "forebay/arena.h"
#include "forebay/array.h"
#include "forebay/dtype.h"
#include "forebay/export.h"
#include "forebay/status.h"

FOREBAY_BEGIN_DECLS

/** Reads sources in child processes. @since 0.1.0 */
typedef struct forebay_loader forebay_loader;

/** Values of forebay_loader_options::header. @since 0.1.0 */
enum {
  FOREBAY_LOADER_HEADER_OFF = 1, /**< the first line is data (default) */
  FOREBAY_LOADER_HEADER_ON = 2   /**< the first row names the columns */
};

/** Values of forebay_loader_options::quote and forebay_loader_options::delimiter that are not a character. @since 0.1.0 */
enum {
  FOREBAY_LOADER_DELIMITER_BLANKS = 1, /**< any run of spaces and tabs (default) */
  FOREBAY_LOADER_QUOTE_OFF = 1         /**< quotes are ordinary characters */
};

/** Values of forebay_loader_options::child_output. @since 0.1.0 */
enum {
  FOREBAY_LOADER_CHILD_OUTPUT_OFF = 1,    /**< what a child prints is dropped (default) */
  FOREBAY_LOADER_CHILD_OUTPUT_INHERIT = 2 /**< a child shares the caller's standard error */
};

/** Values of forebay_loader_options::on_error: what becomes of a row that cannot be read. @since 0.1.0 */
enum {
  FOREBAY_LOADER_ON_ERROR_FAIL = 1, /**< its source fails there (default) */
  FOREBAY_LOADER_ON_ERROR_SKIP = 2, /**< it is passed over */
  FOREBAY_LOADER_ON_ERROR_NULL = 3  /**< a field that cannot be read or is missing gets what `fill` says, or else NaN,
                                         NaT, an empty string, the least value of a signed integer, the greatest of an
                                         unsigned one, false; a row with too many columns is passed over */
};

/** Values of forebay_loader_options::percent. @since 0.1.0 */
enum {
  FOREBAY_LOADER_PERCENT_OFF = 1,      /**< a % in a number is an error (default) */
  FOREBAY_LOADER_PERCENT_FRACTION = 2, /**< 12.5% is 0.125, rounded once; f4 and f8 only */
  FOREBAY_LOADER_PERCENT_NUMBER = 3    /**< 12.5% is 12.5: the sign is dropped */
};

/** Values of forebay_loader_options::hex. @since 0.1.0 */
enum {
  FOREBAY_LOADER_HEX_OFF = 1, /**< 0x1F in a column of integers is an error (default) */
  FOREBAY_LOADER_HEX_ON = 2   /**< 0x1F in a column of integers is 31 */
};

/** Values of forebay_loader_options::encoding. @since 0.1.0 */
enum {
  FOREBAY_LOADER_ENCODING_BYTES = 1, /**< strings are bytes and stay as they are (default) */
  FOREBAY_LOADER_ENCODING_UTF8 = 2,  /**< a string that is not UTF-8 is an error */
  FOREBAY_LOADER_ENCODING_LATIN1 = 3 /**< the file is in Latin-1; strings become UTF-8 */
};

/** Values of forebay_loader_options::overlong. @since 0.1.0 */
enum {
  FOREBAY_LOADER_OVERLONG_FAIL = 1,    /**< a string longer than its field is an error (default) */
  FOREBAY_LOADER_OVERLONG_TRUNCATE = 2 /**< it is cut, never inside a character unless the encoding is bytes, and
                                            counted: forebay_loader_source_truncated() */
};

/** Values of forebay_loader_options::order. @since 0.1.0 */
enum {
  FOREBAY_LOADER_ORDER_SOURCE = 1, /**< all arrays of the first source, then all of the second (default) */
  FOREBAY_LOADER_ORDER_ANY = 2     /**< no source waits for another: an array's source is in its view. Inside a source
                                      arrays come in order */
};

/** Values of forebay_loader_options::batch. @since 0.1.0 */
enum {
  FOREBAY_LOADER_BATCH_CHUNK = 1, /**< an array has the rows of a table's chunk (default) */
  FOREBAY_LOADER_BATCH_ROWS = 2,  /**< an array has `batch_rows` rows (default if `batch_rows` is set) */
  FOREBAY_LOADER_BATCH_SOURCE = 3 /**< an array has all rows of its source. The quota must have room for it and for a
                                     few blocks beside it, and for the array twice where its size cannot be told ahead
                                     (pipes, and files whose rows differ much in length); else the source fails with
                                     FOREBAY_E_LIMIT and a message that says how much it needs. Sources larger than a
                                     block are filled one after the other, in either order */
};

/** @brief Options of a loader. Zero means the default for every field. Strings are copied. @since 0.1.0 */
typedef struct forebay_loader_options {
  uint32_t struct_size;          /**< sizeof(forebay_loader_options), set by FOREBAY_LOADER_OPTIONS_INIT */
  uint32_t children;             /**< most child processes at a time; default: one for each usable processor */
  uint64_t memory_bytes;         /**< quota of the shared memory; default 256 MiB. Parent and children together stay
                                     within this plus a few tens of MB */
  uint64_t batch_rows;           /**< rows of an array; default: those of the default chunk of a table, about 1 MiB */
  uint64_t split_bytes;          /**< bytes of a file that a child takes at a time; default 4 MiB */
  uint32_t retries;              /**< 0: default, 1. How often a source is tried again after its child died;
                                     FOREBAY_LOADER_RETRIES_NONE for never */
  uint32_t start_timeout_ms;     /**< a child must report within this time; default 30,000 */
  uint32_t progress_timeout_ms;  /**< a child at work must report within this time; default 60,000 */
  uint32_t delimiter;            /**< a character such as ',' or FOREBAY_LOADER_DELIMITER_BLANKS */
  uint32_t quote;                /**< a character or FOREBAY_LOADER_QUOTE_OFF; default '"' when the delimiter is a
                                     character, off for runs of blanks */
  uint32_t header;               /**< FOREBAY_LOADER_HEADER_OFF or _ON */
  uint32_t skip_rows;            /**< physical lines to skip at the top of each source, before the header */
  const char *comment;           /**< a line that starts with this is skipped; at most 15 bytes; NULL: none */
  const char *columns;           /**< the columns to read, in the order of the dtype's scalars: numbers from 1 or names
                                     of the header, separated by commas, ranges as "3-26"; NULL: the file has just the
                                     dtype's columns */
  const char *program;           /**< the child program; NULL: $FOREBAY_LOADER, this executable if it called
                                     forebay_child_main(), next to the library, the installed path */
  uint32_t child_output;         /**< FOREBAY_LOADER_CHILD_OUTPUT_OFF or _INHERIT */
  uint32_t reserved;             /**< zero */
  const char *const *child_argv; /**< a child program of your own (child.h) instead of the built-in one: its path (a
                                     name without a slash is looked for in $PATH), its
                                     arguments, NULL; it gets `--forebay-child` after them. Each source is handed to
                                     it whole, whatever is in it, and the text options (delimiter to columns, na to overlong) are
                                     not looked at; `program` must be NULL */
  const void *child_config;      /**< bytes for that program, copied; it reads them with forebay_child_config() */
  uint64_t child_config_bytes;   /**< how many */
  uint32_t on_error;             /**< FOREBAY_LOADER_ON_ERROR_FAIL and so on; not with child_argv. Each bad row passed
                                     over and each field filled is a reject, see forebay_loader_reject_get(). Whatever
                                     it says, a source fails where a quote that is never closed has taken in further
                                     lines */
  uint32_t keep_rejects;         /**< rejects to keep with reason and text, the first ones in source order; the others
                                     are only counted. Some hundred bytes of memory each. Default 1,000 */
  uint64_t max_errors;           /**< rejects that each source may have: with the next one it fails, after the rows
                                     before it. Default: as many as there are */
  const char *na;                /**< texts that stand for a missing value, separated by commas: "NA,-,\"\"". In double
                                     quotes a text may hold commas; "" is the empty field. NULL: none */
  const char *fill;              /**< what is stored for a missing value, as KEY:VALUE pairs separated by commas:
                                     "pos:-1,i4:-2147483648,f8:0x7FF00000000007A2". A key is a field (in double quotes
                                     if it looks like a type), a type (i4, S10, M8[s]) or a kind (i u f S M8 ?), the
                                     nearest wins; a value is text of the type or its bits in hexadecimal.
                                     NULL: NaN, NaT, an empty string; of integers and booleans a missing value is
                                     then FOREBAY_E_VALUE. FOREBAY_LOADER_ON_ERROR_NULL fills with it too */
  const char *true_words;    /**< texts for true, as in `na`, instead of 1, t and true; upper and lower case differ */
  const char *false_words;   /**< texts for false, instead of 0, f and false */
  uint32_t decimal;          /**< character of the decimal point; default '.' */
  uint32_t thousands;        /**< character between groups of three digits; default: none */
  uint32_t percent;          /**< FOREBAY_LOADER_PERCENT_OFF, _FRACTION or _NUMBER */
  uint32_t hex;              /**< FOREBAY_LOADER_HEX_OFF or _ON */
  uint32_t encoding;         /**< FOREBAY_LOADER_ENCODING_BYTES, _UTF8 or _LATIN1 */
  uint32_t overlong;         /**< FOREBAY_LOADER_OVERLONG_FAIL or _TRUNCATE */
  uint32_t layout;           /**< how the fields of the arrays lie in memory: FOREBAY_ARRAY_ROWS (default) or
                                     FOREBAY_ARRAY_COLUMNS. On the bulk path the table decides, except for a custom
                                     child, which keeps to this. With columns `batch_rows` has another default: rows
                                     that fill 1 MiB of the widest column, or 8 MiB of all, in multiples of 4096 */
  uint32_t reserved_layout;  /**< zero */
  uint32_t order;            /**< FOREBAY_LOADER_ORDER_SOURCE or _ANY */
  uint32_t batch;            /**< FOREBAY_LOADER_BATCH_CHUNK, _ROWS or _SOURCE. The bulk path takes no notice: its
                                     arrays are a table's chunks */
  uint32_t total_timeout_ms; /**< the whole load, from its first forebay_loader_next() on, must end within this time:
                                     sources that are not done by then fail with FOREBAY_E_TIMEOUT, each in its turn.
                                     Default: no limit */
  uint32_t reserved2;        /**< zero */
} forebay_loader_options;

/** Value of forebay_loader_options::retries for no retry. */
#define FOREBAY_LOADER_RETRIES_NONE UINT32_MAX

/** Initialiser for ::forebay_loader_options. */
#define FOREBAY_LOADER_OPTIONS_INIT                                                                                   \
  {                                                                                                                   \
    (uint32_t)sizeof(forebay_loader_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                                                      \
  }

/** @brief Sets `options` as FOREBAY_LOADER_OPTIONS_INIT does, for callers without macros. @since 0.1.0 */
FOREBAY_API void forebay_loader_options_init(forebay_loader_options *options) FOREBAY_NOEXCEPT;

/** Values of forebay_loader_file_options::format. @since 0.1.0 */
enum {
  FOREBAY_LOADER_FORMAT_AUTO = 1, /**< what the first bytes tell (default); never raw */
  FOREBAY_LOADER_FORMAT_TEXT = 2, /**< text, compressed or not, even if it begins like a binary file */
  FOREBAY_LOADER_FORMAT_NPY = 3,  /**< an array of numpy.save */
  FOREBAY_LOADER_FORMAT_NPZ = 4,  /**< an array in a zip file of numpy.savez or numpy.savez_compressed */
  FOREBAY_LOADER_FORMAT_RAW = 5   /**< packed rows of the dtype and nothing else, behind `header_bytes` */
};

/** @brief Options of one file. Zero means the default. @since 0.1.0 */
typedef struct forebay_loader_file_options {
  uint32_t struct_size;  /**< sizeof(forebay_loader_file_options), set by FOREBAY_LOADER_FILE_OPTIONS_INIT */
  uint32_t reserved;     /**< zero */
  uint64_t max_rows;     /**< stop after this many rows of the file, those that are passed over as bad counted
                              too; default: all */
  uint64_t header_bytes; /**< raw: bytes before the first row; default: none */
  const char *member;    /**< npz: the array to read, such as "x" for x.npy; at most 240 bytes; NULL: the only one */
  uint32_t format;       /**< FOREBAY_LOADER_FORMAT_AUTO, _TEXT, _NPY, _NPZ or _RAW */
  uint32_t reserved2;    /**< zero */
} forebay_loader_file_options;

/** Initialiser for ::forebay_loader_file_options. */
#define FOREBAY_LOADER_FILE_OPTIONS_INIT \
  { (uint32_t)sizeof(forebay_loader_file_options), 0, 0, 0, 0, 0, 0 }

/** @brief Sets `options` as FOREBAY_LOADER_FILE_OPTIONS_INIT does, for callers without macros. @since 0.1.0 */
FOREBAY_API void forebay_loader_file_options_init(forebay_loader_file_options *options) FOREBAY_NOEXCEPT;

/** @brief Opens a loader for rows of `dtype`. No child is started before the first forebay_loader_next().
 * @param[in] options may be NULL.
 * @param[out] out closed with forebay_loader_close().
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT (an option is wrong, or `memory_bytes` too small for four
 * arrays: the message says how much is needed), FOREBAY_E_VERSION, FOREBAY_E_MEMORY,
 * FOREBAY_E_LIMIT, FOREBAY_E_NOT_FOUND (no child program). @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_open(const forebay_dtype *dtype, const forebay_loader_options *options,
                                               forebay_loader **out, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Adds a file: plain text, text compressed by gzip, bgzf, zstd, bzip2 or xz, or rows in an .npy or .npz file
 * (known by its first bytes), or raw rows (by the option). Files are read in the order they were added. The file is
 * opened when its turn comes: one that is missing fails in forebay_loader_next(). Files may be added until the end was
 * reported. The rows of a binary file must be of the loader's dtype, but may have the other byte order; the text
 * options are not looked at.
 * @param[in] options may be NULL.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT, FOREBAY_E_VERSION, FOREBAY_E_STATE (cancelled or at its end). @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_add_file(forebay_loader *loader, const char *path,
                                                   const forebay_loader_file_options *options,
                                                   forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Adds the files that a path stands for, as forebay_loader_add_file() does one:
 * - "@list": what the file `list` names, a path or pattern on each line, relative to the list's folder; empty lines and
 *   lines that begin with '#' are passed over;
 * - a folder: its regular files, not those of folders in it, and without hidden ones;
 * - a pattern of glob(7) with * ? or [, unless a file has just that name: the regular files that match;
 * - any other path: that file, be it there or not.
 *
 * The files of a folder or a pattern are added in natural order: chr2 before chr10. forebay_loader_source_path() tells
 * their paths. A file whose name begins with '@' is meant by "./@name".
 *
 * @code{.c}
 * uint32_t added = 0;
 * forebay_loader_add_path(loader, "reads/chr*.txt", NULL, &added, &err);
 * @endcode
 *
 * @param[in] options for each of the files; may be NULL.
 * @param[out] added how many; may be NULL.
 * @return FOREBAY_OK; FOREBAY_E_NOT_FOUND (no file matches, the folder holds none, or the list is missing or names none;
 * nothing was added), FOREBAY_E_PERMISSION or FOREBAY_E_IO (the folder or list cannot be read), FOREBAY_E_LIMIT (a list
 * of more than 64 MiB), FOREBAY_E_MEMORY, and what forebay_loader_add_file() returns. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_add_path(forebay_loader *loader, const char *path,
                                                   const forebay_loader_file_options *options, uint32_t *added,
                                                   forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Adds a source that is open already: a pipe, a socket, a file, standard input. A regular file that nothing was
 * read of yet is read as forebay_loader_add_file() reads it. Anything else is a stream: one child reads it from where it
 * stands to its end, plain or compressed; a pause of whoever writes it is no failure. What a child has taken from a
 * stream cannot be read again, so it is not tried again when that child dies. A store does not record what it holds of
 * a descriptor, which has no name: forebay_loader_resume() passes over it.
 * @param[in] descriptor duplicated; the caller's stays open and is the caller's to close. Nobody else may read from it
 * until the source is done.
 * @param[in] name for messages and forebay_loader_source_path().
 * @param[in] options may be NULL.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT (not open, not readable, or no regular file where `child_argv` is set),
 * FOREBAY_E_VERSION, FOREBAY_E_LIMIT (no descriptor is free), FOREBAY_E_STATE (cancelled or at its end). @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_add_descriptor(forebay_loader *loader, int32_t descriptor, const char *name,
                                                         const forebay_loader_file_options *options,
                                                         forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Delivers the next array, in the order that the options ask for.
 * @param[in] timeout_ms longest wait; -1: as long as it takes, 0: do not wait.
 * @param[out] out the array; the caller releases it with forebay_array_release(). NULL unless FOREBAY_OK.
 * @return FOREBAY_OK: an array; FOREBAY_END: all sources are done; FOREBAY_AGAIN: the time is up;
 * FOREBAY_E_FULL: the caller holds all the quota allows, release arrays and call again (the message has
 * their number);
 * FOREBAY_E_NOT_FOUND, _PERMISSION, _IO, _VALUE, _COLUMNS, _TRUNCATED, _FORMAT, _DTYPE, _CHILD, _TIMEOUT,
 * _PROTOCOL, _SPAWN, _LIMIT: the source `err->source` failed, call again for the next source;
 * FOREBAY_E_CANCELLED; FOREBAY_E_MEMORY. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_next(forebay_loader *loader, int32_t timeout_ms, forebay_array **out,
                                               forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Does the work that is due, without delivering: for foreign event loops, between waits on
 * forebay_loader_descriptor().
 * @param[in] timeout_ms as in forebay_loader_next().
 * @return FOREBAY_OK: forebay_loader_next() has something to report; FOREBAY_AGAIN: the time is up. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_step(forebay_loader *loader, int32_t timeout_ms,
                                               forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief A descriptor that polls readable when forebay_loader_step() has work to do (deadlines
 * included). It belongs to the loader: never read, write or close it. @return FOREBAY_OK,
 * FOREBAY_E_ARGUMENT. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_descriptor(forebay_loader *loader, int32_t *out,
                                                     forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Ends all work: children are killed, rows not yet delivered are dropped, forebay_loader_next() then returns
 * FOREBAY_E_CANCELLED. Arrays already delivered stay valid. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_cancel(forebay_loader *loader, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Closes a loader: its children are ended and reaped, its descriptors closed. Delivered
 * arrays stay valid. NULL is accepted. @since 0.1.0 */
FOREBAY_API void forebay_loader_close(forebay_loader *loader) FOREBAY_NOEXCEPT;

/** @brief How far a loader is. @since 0.1.0 */
typedef struct forebay_loader_progress {
  uint32_t struct_size;      /**< sizeof(forebay_loader_progress), set by FOREBAY_LOADER_PROGRESS_INIT */
  uint32_t children;         /**< children alive */
  uint64_t bytes_done;       /**< bytes of input files parsed (compressed bytes where they are) */
  uint64_t bytes_total;      /**< size of all files that could be looked at */
  uint64_t rows_done;        /**< rows parsed */
  uint32_t sources_done;     /**< sources finished, the failed ones too */
  uint32_t sources_failed;   /**< of these, failed */
  uint32_t sources_total;    /**< sources added */
  uint32_t child_restarts;   /**< children started in place of one that died */
  double elapsed_seconds;    /**< since the first work */
  double bytes_per_second;   /**< mean rate */
  double seconds_left;       /**< estimated; negative: not known yet */
  uint64_t fields_truncated; /**< strings cut to fit their fields, in the rows delivered so far */
  uint64_t rows_copied;      /**< rows copied between blocks: a split, or what a child had, ended inside an array */
} forebay_loader_progress;

/** Initialiser for a ::forebay_loader_progress. */
#define FOREBAY_LOADER_PROGRESS_INIT \
  { (uint32_t)sizeof(forebay_loader_progress), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** @brief What one child does. @since 0.1.0 */
typedef struct forebay_loader_child {
  uint32_t struct_size; /**< sizeof(forebay_loader_child), set by the caller */
  int32_t pid;          /**< process id, 0 when it is not running */
  uint32_t source;      /**< index of the source it works on, or FOREBAY_NO_SOURCE */
  uint32_t tasks;       /**< tasks handed to it */
  uint64_t rows_done;   /**< rows it has parsed */
  const char *path;     /**< path of that source, borrowed until the next call on the loader; "" if none */
} forebay_loader_child;

/** @brief Reads the progress. Cheap. @return FOREBAY_OK, FOREBAY_E_ARGUMENT, FOREBAY_E_VERSION. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_progress_get(const forebay_loader *loader, forebay_loader_progress *progress,
                                                       forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Reads what child `index` (from 0) does. @return FOREBAY_OK, FOREBAY_NONE (no such child), FOREBAY_E_ARGUMENT,
 * FOREBAY_E_VERSION. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_child_get(const forebay_loader *loader, uint32_t index,
                                                    forebay_loader_child *child, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Counters of the loader's arena. @return as forebay_arena_stats_get(). @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_arena_stats(forebay_loader *loader, forebay_arena_stats *stats,
                                                      forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief The outcome of one source. @param[in] index its place in the order added, from 0.
 * @param[out] rows rows delivered or stored so far; may be NULL.
 * @return FOREBAY_OK: read to its end; FOREBAY_AGAIN: not finished; FOREBAY_NONE: no such source; a
 * failure: its failure, with `err` filled. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_source_status(const forebay_loader *loader, uint32_t index, uint64_t *rows,
                                                        forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief A field that was filled because it could not be read, or a row that was passed over. `line`, `byte` and
 * `column` are the bad field's, counted as in ::forebay_error. @since 0.1.0 */
typedef struct forebay_reject {
  uint32_t struct_size; /**< sizeof(forebay_reject), set by FOREBAY_REJECT_INIT */
  forebay_status code;  /**< FOREBAY_E_VALUE, FOREBAY_E_COLUMNS or FOREBAY_E_FORMAT */
  uint32_t source;      /**< index of the source in the loader that met it */
  uint32_t column;      /**< column in the input, from 1 */
  uint64_t line;        /**< physical line, from 1 */
  uint64_t byte;        /**< byte offset in the (decompressed) input */
  uint64_t count;       /**< 1. In a file also more: rejects of this source that were counted but not kept, of which
                             only `source`, `count` and `path` are known */
  char path[512];       /**< the source; a long path keeps its end (of 256 bytes in a file) */
  char reason[264];     /**< one line: cause, field and what to do; cut after 256 bytes, always terminated */
  char text[264];       /**< the row as it stands in the input, cut after 256 bytes; control characters but tabs are
                             '?' */
} forebay_reject;

/** Initialiser for a ::forebay_reject. */
#define FOREBAY_REJECT_INIT                                         \
  {                                                                 \
    (uint32_t)sizeof(forebay_reject), 0, 0, 0, 0, 0, 0, {0}, {0}, { \
      0                                                             \
    }                                                               \
  }

/** @brief Counts the rejects of the rows delivered so far. The counts, and what forebay_loader_reject_get() gives,
 * depend neither on the number of children nor on splits.
 * @param[out] kept how many forebay_loader_reject_get() can give: at most forebay_loader_options::keep_rejects; may be
 * NULL. @param[out] total how many there were; may be NULL.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_reject_count(const forebay_loader *loader, uint64_t *kept, uint64_t *total,
                                                       forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Reads reject `index` (from 0), in source order and within a source in that of its bytes. With
 * FOREBAY_LOADER_ORDER_ANY an index is settled when the load is at its end: rejects of earlier sources may come later,
 * and take the place of others when `keep_rejects` are there.
 * @code{.c}
 * forebay_reject reject = FOREBAY_REJECT_INIT;
 * for (uint64_t i = 0; forebay_loader_reject_get(loader, i, &reject, &err) == FOREBAY_OK; i++) {
 *   printf("%s:%" PRIu64 ": %s\n", reject.path, reject.line, reject.reason);
 * }
 * @endcode
 * @return FOREBAY_OK, FOREBAY_NONE (no more are kept), FOREBAY_E_ARGUMENT. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_reject_get(const forebay_loader *loader, uint64_t index,
                                                     forebay_reject *reject, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Counts the rejects of one source, of its rows delivered so far. @param[in] index its place in the order added.
 * @param[out] rejects fields filled and rows passed over; may be NULL. @param[out] skipped the rows passed over; may be
 * NULL. @return FOREBAY_OK, FOREBAY_NONE (no such source), FOREBAY_E_ARGUMENT. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_source_rejects(const forebay_loader *loader, uint32_t index,
                                                         uint64_t *rejects, uint64_t *skipped,
                                                         forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief How many strings of source `index` were cut to fit their fields (FOREBAY_LOADER_OVERLONG_TRUNCATE).
 * @param[out] fields in the rows delivered or stored so far; a row with two such strings counts two.
 * @return FOREBAY_OK, FOREBAY_NONE (no such source), FOREBAY_E_ARGUMENT. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_source_truncated(const forebay_loader *loader, uint32_t index,
                                                           uint64_t *fields, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief A note that a child program sent with forebay_child_log(). @since 0.1.0 */
typedef struct forebay_loader_log {
  uint32_t struct_size; /**< sizeof(forebay_loader_log), set by FOREBAY_LOADER_LOG_INIT */
  uint32_t level;       /**< FOREBAY_CHILD_LOG_DEBUG to FOREBAY_CHILD_LOG_ERROR, see child.h */
  uint32_t source;      /**< index of the source that the child was at, or FOREBAY_NO_SOURCE */
  int32_t pid;          /**< process id of the child */
  uint64_t lost;        /**< notes between the one before and this one that were dropped because nobody took them */
  char text[1032];      /**< one line of at most 1024 bytes, always terminated; control characters but tabs are '?' */
} forebay_loader_log;

/** Initialiser for a ::forebay_loader_log. */
#define FOREBAY_LOADER_LOG_INIT                         \
  {                                                     \
    (uint32_t)sizeof(forebay_loader_log), 0, 0, 0, 0, { \
      0                                                 \
    }                                                   \
  }

/** @brief Takes the oldest note of the child programs that was not taken yet. Notes come in during forebay_loader_next()
 * and forebay_loader_step(); the last 1,000 are kept. The built-in child sends none.
 *
 * @code{.c}
 * forebay_loader_log note = FOREBAY_LOADER_LOG_INIT;
 * while (forebay_loader_log_next(loader, &note, &err) == FOREBAY_OK) printf("child %d: %s\n", note.pid, note.text);
 * @endcode
 *
 * @return FOREBAY_OK, FOREBAY_NONE (there is none now), FOREBAY_E_ARGUMENT. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_log_next(forebay_loader *loader, forebay_loader_log *log,
                                                   forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Path of source `index`. Borrowed: lives as long as the loader. NULL if there is no such
 * source. @since 0.1.0 */
FOREBAY_API const char *forebay_loader_source_path(const forebay_loader *loader, uint32_t index) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
