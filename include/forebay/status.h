/** @file status.h
 * @brief Status codes and the error record that every call can fill.
 *
 * A function returns ::forebay_status: 0 is success, a negative value is a failure, a positive value is a success
 * with news (nothing there, at the end, not yet). Details go to an optional last parameter, a ::forebay_error that
 * the caller owns; NULL is allowed. Nothing is allocated and nothing is kept per thread.
 *
 * @code{.c}
 * forebay_error err = FOREBAY_ERROR_INIT;
 * forebay_dtype *row = NULL;
 * if (forebay_dtype_parse("chr:S10,pos:i4", &row, &err) != FOREBAY_OK) {
 *   fprintf(stderr, "%s\n", err.message);
 * }
 * forebay_dtype_free(row);
 * @endcode
 */
#ifndef FOREBAY_STATUS_H
#define FOREBAY_STATUS_H

#include <stdint.h>

#include "forebay/export.h"

FOREBAY_BEGIN_DECLS

/** Result of a call. 0: ok; negative: failure; positive: success with news. Values never change. @since 0.1.0 */
typedef int32_t forebay_status;

/** The one list of status codes: constant, value, short message. Groups of ten: 1 argument, 2 resource, 3 input and
 * output, 4 format and data, 5 child process, 6 state, 7 the library itself. @since 0.1.0 */
#define FOREBAY_STATUS_MAP(X)                                                            \
  X(FOREBAY_OK, 0, "ok")                                                                 \
  X(FOREBAY_NONE, 1, "there is no such thing")                                           \
  X(FOREBAY_END, 2, "the end was reached")                                               \
  X(FOREBAY_AGAIN, 3, "nothing is ready yet")                                            \
  X(FOREBAY_E_ARGUMENT, -10, "an argument is wrong")                                     \
  X(FOREBAY_E_VERSION, -11, "the caller uses an option that this library does not know") \
  X(FOREBAY_E_DTYPE, -12, "a dtype is not well formed")                                  \
  X(FOREBAY_E_MISMATCH, -13, "dtype or shape differ from what is there")                 \
  X(FOREBAY_E_MEMORY, -20, "memory could not be had")                                    \
  X(FOREBAY_E_FULL, -21, "the quota is used up")                                         \
  X(FOREBAY_E_NOSPC, -22, "the disk is full")                                            \
  X(FOREBAY_E_LIMIT, -23, "a limit of the system or of a format was reached")            \
  X(FOREBAY_E_IO, -30, "input or output failed")                                         \
  X(FOREBAY_E_NOT_FOUND, -31, "no such file")                                            \
  X(FOREBAY_E_PERMISSION, -32, "permission denied")                                      \
  X(FOREBAY_E_EXISTS, -33, "it exists already")                                          \
  X(FOREBAY_E_BUSY, -34, "another process uses it")                                      \
  X(FOREBAY_E_COMMIT_UNKNOWN, -35, "whether a commit is on the disk is not known")       \
  X(FOREBAY_E_FORMAT, -40, "the file is damaged or of another format")                   \
  X(FOREBAY_E_FOREIGN, -41, "the file was not made by forebay")                          \
  X(FOREBAY_E_VALUE, -42, "a value cannot be read as its type")                          \
  X(FOREBAY_E_COLUMNS, -43, "a row has too few or too many columns")                     \
  X(FOREBAY_E_TRUNCATED, -44, "the input ends too early")                                \
  X(FOREBAY_E_JOURNAL, -45, "the journal of a file that was not closed is missing")      \
  X(FOREBAY_E_CHANGED, -46, "a source is not what it was when its rows were stored")     \
  X(FOREBAY_E_CHILD, -50, "a child process ended")                                       \
  X(FOREBAY_E_TIMEOUT, -51, "a child process made no progress")                          \
  X(FOREBAY_E_PROTOCOL, -52, "a child process broke the protocol")                       \
  X(FOREBAY_E_SPAWN, -53, "a child process could not be started")                        \
  X(FOREBAY_E_STATE, -60, "the call does not fit the object's state")                    \
  X(FOREBAY_E_CANCELLED, -61, "the work was cancelled")                                  \
  X(FOREBAY_E_POISONED, -62, "an earlier failure made the object unusable")              \
  X(FOREBAY_E_INTERNAL, -70, "a fault of the library itself")

#define FOREBAY_STATUS_ENUM_(name, value, text) name = (value),
enum { FOREBAY_STATUS_MAP(FOREBAY_STATUS_ENUM_) FOREBAY_STATUS_LAST_ = 2147483647 };
#undef FOREBAY_STATUS_ENUM_

/** Value of forebay_error::source where no source is concerned. */
#define FOREBAY_NO_SOURCE UINT32_MAX

/** @brief What went wrong, and where. Filled on failure only; the caller owns it.
 *
 * `line` and `column` count from 1, 0 means unknown. `line` is a physical line, `column` the number of the column in
 * the input file (not of a character). `byte` is the offset in the (decompressed) input, UINT64_MAX when unknown.
 * `message` is one line that names file, place, cause and what to do. @since 0.1.0 */
typedef struct forebay_error {
  uint32_t struct_size; /**< sizeof(forebay_error), set by FOREBAY_ERROR_INIT */
  forebay_status code;  /**< the returned status */
  int32_t os_errno;     /**< errno of the failed system call, or 0 */
  uint32_t source;      /**< index of the source in the loader, or FOREBAY_NO_SOURCE */
  uint64_t line;        /**< line in the input, from 1; 0: unknown */
  uint64_t byte;        /**< byte offset in the input; UINT64_MAX: unknown */
  uint32_t column;      /**< column in the input, from 1; 0: unknown */
  uint32_t reserved;    /**< zero */
  char path[512];       /**< the file concerned, empty if none; a long path keeps its end */
  char message[512];    /**< one line for a person, always terminated */
} forebay_error;

/** Initialiser for a ::forebay_error. */
#define FOREBAY_ERROR_INIT                                                         \
  {                                                                                \
    (uint32_t)sizeof(forebay_error), 0, 0, UINT32_MAX, 0, UINT64_MAX, 0, 0, {0}, { \
      0                                                                            \
    }                                                                              \
  }

/** @brief Sets `err` as FOREBAY_ERROR_INIT does, for callers without macros. NULL is ignored. Any thread.
 * @since 0.1.0 */
FOREBAY_API void forebay_error_init(forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief The constant's name of a code, such as "FOREBAY_E_VALUE"; "FOREBAY_E_UNKNOWN" for others. Static storage;
 * any thread. @since 0.1.0 */
FOREBAY_API const char *forebay_status_name(forebay_status code) FOREBAY_NOEXCEPT;

/** @brief A short English sentence for a code. Static storage; any thread. @since 0.1.0 */
FOREBAY_API const char *forebay_status_message(forebay_status code) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
