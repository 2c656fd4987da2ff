/** @file store.h
 * @brief Stores rows in tables of one HDF5 file.
 *
 * A table of a record dtype is a one-dimensional HDF5 dataset of a compound type; a table of a bare
 * dtype `f4[721,1440]` is a dataset of shape (rows, 721, 1440). With forebay_table_options::layout
 * columns, the table of a record is a group with a one-dimensional dataset for each field. Any HDF5 tool reads the closed
 * file. A store and its tables belong to one thread at a time. Tables are borrowed from their
 * store: forebay_store_close() ends them.
 *
 * Rows become durable with forebay_store_commit(), those of all tables or none. Beside the file
 * `X.h5` a writer has a journal, `X.h5-journal`; whatever kills it, the next forebay_store_open()
 * for writing finds exactly the committed rows, and forebay_store_recover() makes a plain file of
 * it. Closing removes the journal. Until then HDF5 readers that do not follow a growing file
 * (`swmr=True` in h5py) are refused. docs/format/file.md tells all of it.
 *
 * @code{.c}
 * forebay_store_open("meth.h5", NULL, &store, &err);
 * forebay_table_open(store, "data", row, NULL, &table, &err);
 * forebay_table_append_loader(table, loader, NULL, &err);
 * forebay_store_commit(store, &err);
 * forebay_store_close(store, &err);
 * @endcode
 */
#ifndef FOREBAY_STORE_H
#define FOREBAY_STORE_H

#include <stdint.h>

#include "forebay/array.h"
#include "forebay/dtype.h"
#include "forebay/export.h"
#include "forebay/loader.h"
#include "forebay/status.h"

FOREBAY_BEGIN_DECLS

/** One HDF5 file. @since 0.1.0 */
typedef struct forebay_store forebay_store;
/** One table of a store. @since 0.1.0 */
typedef struct forebay_table forebay_table;

/** Values of forebay_store_options::mode. @since 0.1.0 */
enum {
  FOREBAY_STORE_APPEND = 1,  /**< open the file, or create it where there is none (default) */
  FOREBAY_STORE_CREATE = 2,  /**< create it; FOREBAY_E_EXISTS if it is there */
  FOREBAY_STORE_REPLACE = 3, /**< create it, in place of a file that is there; that one is lost */
  FOREBAY_STORE_READ = 4     /**< open it for reading only */
};

/** Values of forebay_store_options::durability: what a commit that returned FOREBAY_OK survives. A
 * file that was closed is durable in all of them. @since 0.1.0 */
enum {
  FOREBAY_STORE_DURABILITY_FULL = 1,    /**< power loss; a commit waits for the disk (default) */
  FOREBAY_STORE_DURABILITY_ORDERED = 2, /**< the end of the process, not a power loss: nothing waits for the disk */
  FOREBAY_STORE_DURABILITY_NONE = 3     /**< nothing before the store is closed; there is no journal */
};

/** @brief Options of a store. Zero means the default for every field. @since 0.1.0 */
typedef struct forebay_store_options {
  uint32_t struct_size; /**< sizeof(forebay_store_options), set by FOREBAY_STORE_OPTIONS_INIT */
  uint32_t mode;        /**< FOREBAY_STORE_APPEND and so on */
  uint32_t names;       /**< names to keep room for in a group; default 1,000 */
  uint32_t reserved;    /**< zero */
  uint32_t durability;  /**< FOREBAY_STORE_DURABILITY_FULL and so on */
  uint32_t reserved2;   /**< zero */
  /* When forebay_table_append_loader() commits by itself; several: whichever comes first. It does so on chunk
     boundaries; where none comes up to twice the distance, between them. Default: never. */
  uint64_t commit_bytes;        /**< after so many bytes of rows */
  uint64_t commit_rows;         /**< after so many rows */
  uint64_t commit_milliseconds; /**< after so much time */
} forebay_store_options;

/** Initialiser for ::forebay_store_options. */
#define FOREBAY_STORE_OPTIONS_INIT \
  { (uint32_t)sizeof(forebay_store_options), 0, 0, 0, 0, 0, 0, 0, 0 }

/** @brief Sets `options` as FOREBAY_STORE_OPTIONS_INIT does, for callers without macros. @since 0.1.0 */
FOREBAY_API void forebay_store_options_init(forebay_store_options *options) FOREBAY_NOEXCEPT;

/** @brief Opens or creates a file. One whose writer died is recovered first, or, when it is opened
 * for reading, shown as of its last commit without a byte being changed. A store belongs to the
 * process that opened it: in a fork of it every call is FOREBAY_E_STATE.
 * @param[in] options may be NULL.
 * @return FOREBAY_OK; FOREBAY_E_FOREIGN: an HDF5 file not made by forebay, it can be read but not
 * appended to; FOREBAY_E_FORMAT: not HDF5, or damaged; FOREBAY_E_JOURNAL: it was not closed and its
 * journal is missing or another file's; FOREBAY_E_BUSY: another process writes it, the message
 * names it, or has it open for reading;
 * FOREBAY_E_EXISTS, _NOT_FOUND, _PERMISSION, _NOSPC, _IO, _ARGUMENT, _VERSION, _MEMORY. After a
 * failure nothing is left to close. @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_open(const char *path, const forebay_store_options *options,
                                              forebay_store **out, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Makes everything appended so far durable, in all tables. When it returns FOREBAY_OK the rows are as safe as
 * the durability of the store's options says. After FOREBAY_E_NOSPC it can be called again once there is room, unless
 * that says FOREBAY_E_POISONED.
 * @return FOREBAY_OK, FOREBAY_E_NOSPC, _IO (not committed), _COMMIT_UNKNOWN (the next opening decides), _STATE (open
 * for reading), _POISONED (an earlier write failed). @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_commit(forebay_store *store, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Begins a commit and returns without waiting for the disk: what needs HDF5 is done on the caller's thread, the
 * writes and syncs by one of the library's. Rows appended from now on go into the next commit. One at a time: poll it to
 * its end before the next is begun; forebay_store_commit() and forebay_store_close() wait for it by themselves. A store whose
 * commits have no journal (durability none, or a file that replaces another until its first commit) commits here.
 *
 * @code{.c}
 * forebay_store_commit_begin(store, &ticket, &err);
 * forebay_table_append_rows(table, more, 100, &err); // goes into the next commit
 * while ((rc = forebay_store_commit_poll(store, 10, &durable, &err)) == FOREBAY_AGAIN) work();
 * @endcode
 * @param[out] ticket the number of this commit, from 1; may be NULL.
 * @return FOREBAY_OK: begun; FOREBAY_E_STATE: another one was begun and not polled to its end; else as
 * forebay_store_commit(), and nothing was begun. The thread of the store. @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_commit_begin(forebay_store *store, uint64_t *ticket,
                                                      forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Tells what became of a commit that was begun.
 * @param[in] timeout_ms how long to wait for its end, about; 0: not; negative: as long as it takes.
 * @param[out] ticket the newest begun commit that is known to be as safe as the store's durability says, and all before it
 * with it; 0: none; may be NULL.
 * @return FOREBAY_OK: it is; FOREBAY_AGAIN: not yet; FOREBAY_NONE: none was begun, or its outcome was told; else as
 * forebay_store_commit(). The thread of the store. @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_commit_poll(forebay_store *store, int32_t timeout_ms, uint64_t *ticket,
                                                     forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Commits and closes. Always ends the store and its tables, whatever it returns. NULL is accepted.
 * @return as forebay_store_commit(). @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_close(forebay_store *store, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Ends the store and its tables without a commit: rows since the last one are not there afterwards. What was
 * committed stays; the next opening, or forebay_store_recover(), finds it. Cannot fail. NULL is accepted. @since 0.1.0 */
FOREBAY_API void forebay_store_abandon(forebay_store *store) FOREBAY_NOEXCEPT;

/** @brief Options of forebay_store_recover(). Zero means the default for every field. @since 0.1.0 */
typedef struct forebay_recover_options {
  uint32_t struct_size; /**< sizeof(forebay_recover_options), set by FOREBAY_RECOVER_OPTIONS_INIT */
  /** 1: a file that was not closed and whose journal is lost is taken as it is, if every chunk of it can be read; commits
   * that were only in the journal are lost. */
  uint32_t accept_without_journal;
} forebay_recover_options;

/** Initialiser for ::forebay_recover_options. */
#define FOREBAY_RECOVER_OPTIONS_INIT \
  { (uint32_t)sizeof(forebay_recover_options), 0 }

/** Values of forebay_recover_result::action. @since 0.1.0 */
enum {
  FOREBAY_RECOVER_NOTHING = 1,  /**< the file was closed */
  FOREBAY_RECOVER_REPLAYED = 2, /**< the commits in its journal were taken in */
  FOREBAY_RECOVER_ACCEPTED = 3  /**< it was taken as it was, without a journal */
};

/** @brief What forebay_store_recover() did. @since 0.1.0 */
typedef struct forebay_recover_result {
  uint32_t struct_size; /**< sizeof(forebay_recover_result), set by FOREBAY_RECOVER_RESULT_INIT */
  uint32_t action;      /**< FOREBAY_RECOVER_NOTHING and so on */
  uint64_t commits;     /**< commits taken from the journal */
  uint64_t rows;        /**< rows that were read to accept the file */
} forebay_recover_result;

/** Initialiser for a ::forebay_recover_result. */
#define FOREBAY_RECOVER_RESULT_INIT \
  { (uint32_t)sizeof(forebay_recover_result), 0, 0, 0 }

/** @brief Makes a plain, closed HDF5 file of one whose writer died, with the rows of its last commit. Opening it for
 * writing does the same and goes on.
 * @param[in] options may be NULL. @param[out] result may be NULL.
 * @return FOREBAY_OK; FOREBAY_E_JOURNAL: its journal is missing or another file's; FOREBAY_E_BUSY: it is being written;
 * FOREBAY_E_FORMAT: not HDF5, or accepted without a journal and not readable; FOREBAY_E_NOT_FOUND, _PERMISSION, _NOSPC,
 * _IO, _ARGUMENT, _VERSION, _MEMORY. @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_recover(const char *path, const forebay_recover_options *options,
                                                 forebay_recover_result *result, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Number of tables. Needs a valid store. @since 0.1.0 */
FOREBAY_API uint32_t forebay_store_table_count(const forebay_store *store) FOREBAY_NOEXCEPT;

/** @brief Name of table `index` (from 0), in the order of the names. Borrowed until a table is
 * added or the store is closed; NULL if there is no such table. @since 0.1.0 */
FOREBAY_API const char *forebay_store_table_name(const forebay_store *store, uint32_t index) FOREBAY_NOEXCEPT;

/** @brief Options of a table, used when it is created. Zero means the default for every field. @since 0.1.0 */
typedef struct forebay_table_options {
  uint32_t struct_size; /**< sizeof(forebay_table_options), set by FOREBAY_TABLE_OPTIONS_INIT */
  uint32_t reserved;    /**< zero */
  uint64_t chunk_rows;  /**< rows of a chunk; default: as many as fill 1 MiB, or up to an eighth fewer that are whole
                            pages of 4096 bytes, at least 1. In the columns layout: as many
                            as fill 1 MiB of the widest column, or 8 MiB of all, in multiples of 4096 */
  uint32_t layout;      /**< FOREBAY_ARRAY_ROWS (default): one dataset of records; FOREBAY_ARRAY_COLUMNS: a dataset for
                            each field. A bare dtype has one dataset in either layout */
  uint32_t reserved_layout; /**< zero */
  uint32_t deflate;         /**< 1 to 9: compress chunks, the higher the smaller and slower; default: not compressed */
  uint32_t shuffle;    /**< 1: before compressing, put bytes of the same place in a row together; needs a compressor */
  uint32_t fletcher32; /**< 1: a checksum for each whole chunk; reading one that does not fit is FOREBAY_E_FORMAT */
  uint32_t reserved2;  /**< zero */
  uint32_t zstd;       /**< 1 to 22: compress with zstd instead, HDF5's registered filter 32015: other readers need a
                           plugin for it, such as Python's package hdf5plugin */
  uint32_t lz4;        /**< 1: compress with lz4 instead, registered filter 32004, likewise; a library that was built
                           without liblz4 refuses it */
  uint32_t blosc;      /**< 1 to 9: compress with blosc instead, registered filter 32001, likewise, with lz4 inside and
                           its own shuffle, so that shuffle is refused beside it; a library that was built without
                           libblosc refuses it */
  uint32_t reserved3;  /**< zero */
} forebay_table_options;

/** Initialiser for ::forebay_table_options. */
#define FOREBAY_TABLE_OPTIONS_INIT \
  { (uint32_t)sizeof(forebay_table_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** @brief Sets `options` as FOREBAY_TABLE_OPTIONS_INIT does, for callers without macros. @since 0.1.0 */
FOREBAY_API void forebay_table_options_init(forebay_table_options *options) FOREBAY_NOEXCEPT;

/** @brief Opens a table, or creates it where there is none.
 * @param[in] name UTF-8, such as "data" or "run1/data": groups are made as needed.
 * @param[in] dtype the rows' type; NULL: whatever the table has (it must exist). A dtype that
 * differs from the table's is FOREBAY_E_MISMATCH.
 * @param[in] options may be NULL; used when the table is created.
 * @param[out] out borrowed from the store.
 * @return FOREBAY_OK, FOREBAY_E_MISMATCH, _NOT_FOUND, _FOREIGN (a dataset that forebay cannot map),
 * _STATE, _ARGUMENT, _VERSION, _LIMIT (no more room for names), _NOSPC, _IO, _MEMORY.
 * @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_open(forebay_store *store, const char *name, const forebay_dtype *dtype,
                                              const forebay_table_options *options, forebay_table **out,
                                              forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief The table's dtype. Borrowed: lives as long as the table. @since 0.1.0 */
FOREBAY_API const forebay_dtype *forebay_table_dtype(const forebay_table *table) FOREBAY_NOEXCEPT;

/** @brief Rows in the table, those not yet committed too. @since 0.1.0 */
FOREBAY_API uint64_t forebay_table_rows(const forebay_table *table) FOREBAY_NOEXCEPT;

/** @brief Rows of a chunk. @since 0.1.0 */
FOREBAY_API uint64_t forebay_table_chunk_rows(const forebay_table *table) FOREBAY_NOEXCEPT;

/** @brief Bytes of rows copied in memory because they did not fill a whole chunk, or came in another layout than the
 * table's; the others went from their block to the file. @since 0.1.0 */
FOREBAY_API uint64_t forebay_table_bytes_copied(const forebay_table *table) FOREBAY_NOEXCEPT;

/** @brief Appends the rows of an array; whole chunks are written from the array's block without a
 * copy when it has the table's layout. The array stays the caller's; it may be released as soon as the call returns.
 * The write may go on behind the call, with a lease of the store's: until the next commit returned, do not change the rows
 * of an array that was appended (forebay_array_set_rows() is FOREBAY_E_BUSY meanwhile). Room on the disk is reserved first:
 * after FOREBAY_E_NOSPC no row was appended, and the call can be repeated once there is room, unless the store then says
 * FOREBAY_E_POISONED. A write that fails later is told by a later call, once, and poisons.
 * @return FOREBAY_OK, FOREBAY_E_MISMATCH (another dtype), _NOSPC, _IO, _STATE, _POISONED, _ARGUMENT. @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_append_array(forebay_table *table, forebay_array *array,
                                                      forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Appends `rows` packed rows of the table's dtype from plain memory: `rows * row_bytes` bytes at `data`, which is
 * the caller's again when the call returns.
 * @return as forebay_table_append_array(). @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_append_rows(forebay_table *table, const void *data, uint64_t rows,
                                                     forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief What forebay_table_append_loader() did. @since 0.1.0 */
typedef struct forebay_table_append_result {
  uint32_t struct_size;    /**< sizeof(forebay_table_append_result), set by FOREBAY_TABLE_APPEND_RESULT_INIT */
  uint32_t sources_failed; /**< sources that could not be read to their end */
  uint64_t rows;           /**< rows appended */
} forebay_table_append_result;

/** Initialiser for a ::forebay_table_append_result. */
#define FOREBAY_TABLE_APPEND_RESULT_INIT \
  { (uint32_t)sizeof(forebay_table_append_result), 0, 0 }

/** @brief The bulk path: appends all rows of a loader. Children are told where the table's chunks
 * begin, so that most rows go from the parser's block to the file untouched. No array may have been
 * taken from the loader before. Runs until the loader is at its end;
 * forebay_table_append_loader_step() is the form that returns in between.
 *
 * A source that fails keeps the rows before its fault in the table; the other sources are loaded;
 * the first failure in source order is returned at the end. After FOREBAY_E_NOSPC the load goes on where it was when this is
 * called again, unless the store says FOREBAY_E_POISONED. Nothing is committed, unless the store's options say so.
 * Rejects (forebay_loader_options::on_error) go into the file's ledger, in the same commit as the rows around them.
 * With the rows the table records how far each source was read, for forebay_loader_resume().
 * @param[out] result may be NULL.
 * @return FOREBAY_OK; the codes of forebay_loader_next() for a source; those of forebay_table_append_array() for the
 * table, which end the load at once. @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_append_loader(forebay_table *table, forebay_loader *loader,
                                                       forebay_table_append_result *result,
                                                       forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief As forebay_table_append_loader(), but returns after about `timeout_ms`, for callers that
 * show progress or have an event loop of their own. Call it until it no longer returns
 * FOREBAY_AGAIN. `result` counts what this call appended.
 * @return FOREBAY_AGAIN: more to do; otherwise as forebay_table_append_loader(). @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_append_loader_step(forebay_table *table, forebay_loader *loader,
                                                            int32_t timeout_ms, forebay_table_append_result *result,
                                                            forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Writes the rejects of the rows that a loader has delivered so far into the file's ledger, each once; after
 * FOREBAY_END also how many of each source were only counted. Written with the next commit.
 * forebay_table_append_loader() and forebay_table_consume() do this themselves: it is for callers that append the arrays
 * of forebay_loader_next() and record nothing.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT, _STATE, _NOSPC, _IO, _POISONED. @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_append_rejects(forebay_store *store, forebay_loader *loader,
                                                        forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Number of rejects that the file remembers of all loads: the records of its ledger. @param[out] count as said.
 * @return FOREBAY_OK, FOREBAY_E_FORMAT, _IO, _STATE, _ARGUMENT. @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_reject_count(forebay_store *store, uint64_t *count,
                                                      forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Reads reject `index` (from 0) of the file, in the order they were appended.
 * @return FOREBAY_OK, FOREBAY_NONE (no such reject), FOREBAY_E_FORMAT, _IO, _STATE, _ARGUMENT. @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_reject_get(forebay_store *store, uint64_t index, forebay_reject *reject,
                                                    forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Has a loader go on behind what `table` holds of its sources, so that a load that was ended at any moment, or
 * has got more files since, is finished by doing it again: exactly the missing rows come, in the order of an
 * undisturbed load. Call it after the files were added and before any work. A file is known by its path with symbolic
 * links resolved; named several times, it is loaded as often.
 *
 * What was read of a file before is read again by a child and compared: if it has changed, the source fails with
 * FOREBAY_E_CHANGED when its turn comes. A file that has grown goes on behind its old end. Sources of a child of one's
 * own are compared by size and time of change.
 * @param[in] source FOREBAY_NO_SOURCE: all sources of the loader go into this table, in their order; or the index of
 * the one that does.
 * @return FOREBAY_OK, FOREBAY_E_MISMATCH (a source was loaded with other options), FOREBAY_E_STATE (the loader has
 * begun its work, or a file that is still to be loaded stands before one that is in the table: the order would be
 * another), FOREBAY_E_FORMAT, _IO, _ARGUMENT. @since 0.1.0 */
FOREBAY_API forebay_status forebay_loader_resume(forebay_loader *loader, forebay_table *table, uint32_t source,
                                                 forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief For rows that do not come by forebay_table_append_loader(): records that the rows of `array`, and all before
 * it of its source, are in the table. Call it when they were appended, as they are or filtered, before the commit that
 * makes them durable: the same commit holds both. Rejects go into the file too, as by forebay_store_append_rejects().
 * @param[in] array of `loader`; NULL: only records which sources have ended, for after the last array.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT (not an array of this loader), _STATE, _POISONED, _NOSPC, _IO, _FORMAT.
 * @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_consume(forebay_table *table, forebay_loader *loader,
                                                 const forebay_array *array, forebay_error *err) FOREBAY_NOEXCEPT;

/** Values of forebay_table_source::state. @since 0.1.0 */
enum {
  FOREBAY_TABLE_SOURCE_PARTIAL = 1,  /**< its load was ended, or is under way */
  FOREBAY_TABLE_SOURCE_COMPLETE = 2, /**< read to its end */
  FOREBAY_TABLE_SOURCE_FAILED = 3,   /**< could not be read on behind these rows */
  FOREBAY_TABLE_SOURCE_LIMITED = 4   /**< read up to the `max_rows` of the load */
};

/** @brief What a table holds of one source. @since 0.1.0 */
typedef struct forebay_table_source {
  uint32_t struct_size; /**< sizeof(forebay_table_source), set by FOREBAY_TABLE_SOURCE_INIT */
  uint32_t state;       /**< FOREBAY_TABLE_SOURCE_PARTIAL and so on */
  const char *path;     /**< as it was given; borrowed until the next call on the table */
  const char *resolved; /**< absolute and without symbolic links; borrowed like `path` */
  uint64_t size;        /**< of the file when it was opened */
  uint64_t offset;      /**< bytes of the decompressed source that were read */
  uint64_t line;        /**< line that begins behind them, from 1 */
  uint64_t rows;        /**< rows of it */
  uint64_t rejects;     /**< of what was read: fields filled and rows passed over */
  uint64_t hash;        /**< CRC-64 (ECMA, as in xz) of the bytes that were read */
  uint64_t skipped;     /**< of the rejects: rows passed over */
  uint64_t ahead;       /**< of `rows`: those that stand behind `offset`; the last array ended between two places */
} forebay_table_source;

/** Initialiser for a ::forebay_table_source. */
#define FOREBAY_TABLE_SOURCE_INIT \
  { (uint32_t)sizeof(forebay_table_source), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** @brief What the table holds of source `index` (from 0), in the order in which they were first stored.
 * @return FOREBAY_OK, FOREBAY_NONE (no such source), FOREBAY_E_ARGUMENT, _VERSION, _FORMAT, _IO. @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_source_get(forebay_table *table, uint32_t index, forebay_table_source *source,
                                                    forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Reads `rows` packed rows from row `first` (from 0) into `data`, which has room for `rows * row_bytes` bytes.
 * A read of a chunk or more decodes its chunks on several threads, which have ended when it returns.
 * @param[out] read rows read; fewer than asked at the end of the table; may be NULL.
 * @return FOREBAY_OK, FOREBAY_END (`first` is at or past the end), FOREBAY_E_FORMAT, _IO,
 * _ARGUMENT, _MEMORY. @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_read(forebay_table *table, uint64_t first, uint64_t rows, void *data,
                                              uint64_t *read, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Reads `rows` values of field `index` (from 0), packed, from row `first` into `data`, which has room for `rows`
 * times the bytes of the field. Only in the columns layout are other fields left unread.
 * @param[out] read rows read; fewer than asked at the end of the table; may be NULL.
 * @return FOREBAY_OK, FOREBAY_END (`first` is at or past the end), FOREBAY_NONE (no such field), FOREBAY_E_FORMAT, _IO,
 * _ARGUMENT, _MEMORY. @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_read_column(forebay_table *table, uint32_t index, uint64_t first,
                                                     uint64_t rows, void *data, uint64_t *read,
                                                     forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Sets a text attribute of a table, in place of one of that name. Written with the next commit.
 * @param[in] name UTF-8. @param[in] text UTF-8, at most 60,000 bytes.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT, _STATE, _NOSPC, _IO. @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_set_text(forebay_table *table, const char *name, const char *text,
                                                  forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Sets a number attribute (float64) of a table. @return as forebay_table_set_text(). @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_set_number(forebay_table *table, const char *name, double value,
                                                    forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Reads a text attribute into `buffer` of `size` bytes, NUL-terminated.
 * @param[out] needed bytes needed with the NUL; may be NULL. Called with size 0 it only measures.
 * @return FOREBAY_OK, FOREBAY_NONE (no such attribute), FOREBAY_E_MISMATCH (not text), FOREBAY_E_LIMIT (`buffer` is too
 * small), _IO. @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_get_text(forebay_table *table, const char *name, char *buffer, uint64_t size,
                                                  uint64_t *needed, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Reads a number attribute. @return as forebay_table_get_text(). @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_get_number(forebay_table *table, const char *name, double *value,
                                                    forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Number of attributes of a table, those of other programs and kinds too; 0 if they cannot be read.
 * @since 0.1.0 */
FOREBAY_API uint32_t forebay_table_attribute_count(forebay_table *table) FOREBAY_NOEXCEPT;

/** @brief Name of attribute `index` (from 0), in the order of the names. Borrowed until an attribute is set, the store is
 * refreshed or closed; NULL if there is no such attribute. @since 0.1.0 */
FOREBAY_API const char *forebay_table_attribute_name(forebay_table *table, uint32_t index) FOREBAY_NOEXCEPT;

/** @brief What is known of a table's storage. @since 0.1.0 */
typedef struct forebay_table_info {
  uint32_t struct_size;  /**< sizeof(forebay_table_info), set by FOREBAY_TABLE_INFO_INIT */
  uint32_t rank;         /**< dimensions of the dataset, or of each column's */
  uint64_t rows;         /**< rows */
  uint64_t row_bytes;    /**< bytes of a row */
  uint64_t chunk_rows;   /**< rows of a chunk */
  uint64_t chunks;       /**< chunks in the file, of all columns */
  uint64_t stored_bytes; /**< bytes they take in the file */
  uint32_t layout;       /**< FOREBAY_ARRAY_ROWS: one dataset; FOREBAY_ARRAY_COLUMNS: one for each field */
  uint32_t reserved;     /**< zero */
  uint32_t deflate;      /**< level of compression; 0: not compressed so */
  uint32_t shuffle;      /**< 1: shuffled before */
  uint32_t fletcher32;   /**< 1: each whole chunk has a checksum */
  uint32_t reserved2;    /**< zero */
  uint32_t zstd;         /**< level of zstd; 0: not compressed so */
  uint32_t lz4;          /**< 1: compressed with lz4 */
  uint32_t blosc;        /**< level of blosc; 0: not compressed so */
  uint32_t reserved3;    /**< zero */
} forebay_table_info;

/** Initialiser for a ::forebay_table_info. */
#define FOREBAY_TABLE_INFO_INIT \
  { (uint32_t)sizeof(forebay_table_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** @brief Fills `info`. @return FOREBAY_OK, FOREBAY_E_ARGUMENT, _VERSION, _IO. @since 0.1.0 */
FOREBAY_API forebay_status forebay_table_info_get(forebay_table *table, forebay_table_info *info,
                                                  forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief For a store opened with FOREBAY_STORE_READ: shows the newest commit. Such a store is a snapshot: it shows all
 * tables as of the one commit that was the newest when it was opened or refreshed last, whatever a writer does meanwhile.
 * It keeps no writer waiting, and holds no lock unless the file is closed. Tables stay open and borrowed.
 * @return FOREBAY_OK: there are newer rows; FOREBAY_NONE: nothing new; FOREBAY_END: the file is closed, these are all rows;
 * FOREBAY_E_STATE: the store is open for writing; FOREBAY_E_BUSY, _FORMAT, _JOURNAL, _NOT_FOUND, _IO, _MEMORY, as
 * forebay_store_open(): only closing is left then. @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_refresh(forebay_store *store, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Reads every chunk of every table and compares rows, extents and chunks; reads datasets of other programs as HDF5 does.
 * @param[out] rows rows of tables that could be read; may be NULL.
 * @return FOREBAY_OK: all is readable; FOREBAY_E_FORMAT: the message names table and row;
 * FOREBAY_E_IO, _MEMORY. @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_verify(forebay_store *store, uint64_t *rows,
                                                forebay_error *err) FOREBAY_NOEXCEPT;

/** Values of forebay_store_info::journal: what the journal beside a file is to it. @since 0.1.0 */
enum {
  FOREBAY_STORE_JOURNAL_NONE = 1, /**< the file is closed, there is no journal */
  FOREBAY_STORE_JOURNAL_LEFT = 2, /**< the file is closed, the journal has nothing for it: the next opening drops it */
  FOREBAY_STORE_JOURNAL_WAITING = 3, /**< the writer died: its commits wait for the next opening or a recovery */
  FOREBAY_STORE_JOURNAL_LIVE = 4,    /**< a writer has the file open */
  FOREBAY_STORE_JOURNAL_MISSING = 5, /**< the writer died, and its journal is not there: the file is refused */
  FOREBAY_STORE_JOURNAL_DAMAGED = 6, /**< the writer died, and its journal is not whole or another file's: refused */
  FOREBAY_STORE_JOURNAL_CONFLICT = 7 /**< another program marked the file as closed although the journal has commits:
                                         refused until forebay_store_recover() takes them in */
};

/** @brief What is known of a file as a whole. @since 0.1.0 */
typedef struct forebay_store_info {
  uint32_t struct_size;     /**< sizeof(forebay_store_info), set by FOREBAY_STORE_INFO_INIT */
  uint32_t journal;         /**< FOREBAY_STORE_JOURNAL_NONE and so on */
  uint32_t writer;          /**< process that has the file open, as far as it is known; 0: none */
  uint32_t has_space;       /**< 1: the file can be read, and used_bytes and left_bytes are known */
  uint64_t file_bytes;      /**< of the file; while it is written it is longer than what it holds */
  uint64_t journal_bytes;   /**< of the journal; 0: there is none */
  uint64_t generation;      /**< of the journal: one more at each checkpoint */
  uint64_t commit;          /**< number of the journal's newest commit, from 1 since the closed file was opened */
  uint64_t waiting_commits; /**< commits in the journal since its last checkpoint */
  uint64_t waiting_bytes;   /**< bytes that they take there */
  uint64_t used_bytes;      /**< of the file: rows, indexes, headers that the newest commit reaches */
  uint64_t left_bytes; /**< of the file: what it does not reach, such as partial chunks that were rewritten when they
                               were full, and gaps between chunks; forebay_store_repack() takes most of it away */
} forebay_store_info;

/** Initialiser for a ::forebay_store_info. */
#define FOREBAY_STORE_INFO_INIT \
  { (uint32_t)sizeof(forebay_store_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** @brief Looks at a file and its journal, also at one that cannot be opened. Changes nothing and keeps no writer waiting;
 * beside a live writer the numbers are those of a moment.
 * @param[out] info as said.
 * @return FOREBAY_OK, also for a file that is refused: see `journal`; FOREBAY_E_NOT_FOUND, _PERMISSION, _FORMAT (not HDF5,
 * or damaged), _IO, _ARGUMENT, _VERSION, _MEMORY. @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_info_get(const char *path, forebay_store_info *info,
                                                  forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Options of forebay_store_repack(). Zero means the default for every field. @since 0.1.0 */
typedef struct forebay_repack_options {
  uint32_t struct_size; /**< sizeof(forebay_repack_options), set by FOREBAY_REPACK_OPTIONS_INIT */
  uint32_t replace;     /**< 1: `output` is replaced if it is there */
  const char *output;   /**< where to write the packed file; default: in place of the old one */
} forebay_repack_options;

/** Initialiser for ::forebay_repack_options. */
#define FOREBAY_REPACK_OPTIONS_INIT \
  { (uint32_t)sizeof(forebay_repack_options), 0, 0 }

/** @brief What forebay_store_repack() did. @since 0.1.0 */
typedef struct forebay_repack_result {
  uint32_t struct_size;  /**< sizeof(forebay_repack_result), set by FOREBAY_REPACK_RESULT_INIT */
  uint32_t tables;       /**< tables of the file */
  uint64_t rows;         /**< rows in them, read back from the new file */
  uint64_t bytes_before; /**< of the old file */
  uint64_t bytes_after;  /**< of the new one */
} forebay_repack_result;

/** Initialiser for a ::forebay_repack_result. */
#define FOREBAY_REPACK_RESULT_INIT \
  { (uint32_t)sizeof(forebay_repack_result), 0, 0, 0, 0 }

/** @brief Writes a file anew without the space that was left behind in it. Tables, their options and attributes, the record
 * of sources and rejects stay as they are; so do groups, datasets and links of other programs. A file whose writer died is
 * recovered first. The new file is complete, compared with the old one and on the disk before it takes its place at once:
 * whatever happens, the one or the other is there, whole. There must be room for both. Other names of the file (hard links)
 * keep the old one.
 * @param[in] options may be NULL. @param[out] result may be NULL.
 * @return FOREBAY_OK; FOREBAY_E_BUSY: it is being written or read; FOREBAY_E_FOREIGN: not made by forebay; FOREBAY_E_EXISTS:
 * `output` is there; FOREBAY_E_LIMIT: another program's object in it cannot be copied; FOREBAY_E_FORMAT, _JOURNAL, _NOT_FOUND,
 * _PERMISSION, _NOSPC, _IO, _ARGUMENT, _VERSION, _MEMORY; FOREBAY_E_COMMIT_UNKNOWN: a sync of the directory failed, either
 * file may be there after a power loss. @since 0.1.0 */
FOREBAY_API forebay_status forebay_store_repack(const char *path, const forebay_repack_options *options,
                                                forebay_repack_result *result, forebay_error *err) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
