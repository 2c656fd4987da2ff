/** @file child.h
 * @brief The other side: being the child process of a loader.
 *
 * **The built-in child.** Children are normally the program `forebay-loader` that is installed with the library. A
 * program that links the library statically can be its own child and need not be installed with it:
 *
 * @code{.c}
 * int main(int argc, char **argv) {
 *   int role = forebay_child_main(argc, argv);
 *   if (role != FOREBAY_CHILD_NOT_ASKED) return role;
 *   // the program itself
 * }
 * @endcode
 *
 * **A child of your own** reads what the built-in one cannot: an instrument's binary files, a format that another
 * library knows. It is a program that links forebay, in any language that can call C; a loader starts it when
 * forebay_loader_options::child_argv names it. It takes one source after the other, fills the blocks of shared memory
 * that it is lent and publishes them:
 *
 * @code{.c}
 * forebay_child *child = NULL;
 * forebay_child_task task = FOREBAY_CHILD_TASK_INIT;
 * forebay_child_view view = FOREBAY_CHILD_VIEW_INIT;
 * if (forebay_child_attach(&child, &err) != FOREBAY_OK) return 1;
 * while (forebay_child_take(child, &task, &err) == FOREBAY_OK) {
 *   uint64_t offset = task.begin;
 *   uint64_t rows = 1;
 *   while (rows != 0 && forebay_child_fill(child, &view, &err) == FOREBAY_OK) {
 *     rows = read_rows(task.descriptor, offset, view.data, view.capacity);  // yours
 *     offset += rows * view.row_bytes;
 *     if (forebay_child_publish(child, rows, offset, 0, &err) != FOREBAY_OK) break;
 *   }
 *   forebay_child_finish(child, &err);
 * }
 * forebay_child_close(child);
 * @endcode
 *
 * Rows are packed records of the loader's dtype; with forebay_loader_options::layout columns, each field has a column of
 * its own (forebay_child_column_get()). The loader hands over every regular file as it is, also an empty or a
 * compressed one: it never looks inside. Several children run side by side, each with a source of its own.
 *
 * *When a child dies* (a crash, no message for forebay_loader_options::progress_timeout_ms), its source goes on in a
 * fresh child behind the last rows that were published: forebay_child_task::begin and forebay_child_task::line are then
 * what was given with these rows, and forebay_child_task::first_row says how many there were.
 *
 * *When the loader goes*, so does the child: a thread of the library ends the process with status 0 as soon as the
 * loader closes the connection, wherever the program is. Nothing that must happen can be left to its end. Standard input
 * and output are /dev/null, standard error too unless forebay_loader_options::child_output says otherwise.
 *
 * All calls on a child come from one thread.
 */
#ifndef FOREBAY_CHILD_H
#define FOREBAY_CHILD_H

#include <stddef.h>
#include <stdint.h>

#include "forebay/array.h"
#include "forebay/dtype.h"
#include "forebay/export.h"
#include "forebay/status.h"

FOREBAY_BEGIN_DECLS

/** What forebay_child_main() returns in a process that was not started as a child. @since 0.1.0 */
#define FOREBAY_CHILD_NOT_ASKED (-1)

/** @brief Runs the built-in child loader if this process was started as one, and notes otherwise
 * that this executable can be started as its own child. Call it first in main(), before any thread
 * is started. In a program that is also a custom child, give child_argv an argument: with `--forebay-child` alone this is
 * the built-in one.
 * @return FOREBAY_CHILD_NOT_ASKED in an ordinary process; else the exit status that main() must return. @since 0.1.0 */
FOREBAY_API int32_t forebay_child_main(int32_t argc, char **argv) FOREBAY_NOEXCEPT;

/** The connection of a child process to its loader. @since 0.1.0 */
typedef struct forebay_child forebay_child;

/** @brief A source to read, or to go on with. @since 0.1.0 */
typedef struct forebay_child_task {
  uint32_t struct_size; /**< sizeof(forebay_child_task), set by FOREBAY_CHILD_TASK_INIT */
  int32_t descriptor;   /**< the source, open for reading from its start; the child handle closes it with the task */
  uint32_t source;      /**< its place in the order of the loader, from 0 */
  uint32_t reserved;    /**< zero */
  uint64_t size;        /**< bytes of the file */
  uint64_t begin;       /**< 0, or the `next_offset` of the last rows published before a death: go on there */
  uint64_t line;        /**< 0, or their `next_line` */
  uint64_t first_row;   /**< rows published before; the first one to publish now is this one */
  uint64_t row_limit;   /**< most rows to publish for the task; 2^63 or more if the loader set no limit */
} forebay_child_task;

/** Initialiser for a ::forebay_child_task. */
#define FOREBAY_CHILD_TASK_INIT \
  { (uint32_t)sizeof(forebay_child_task), -1, 0, 0, 0, 0, 0, 0, 0 }

/** @brief Sets `task` as FOREBAY_CHILD_TASK_INIT does, for callers without macros. @since 0.1.0 */
FOREBAY_API void forebay_child_task_init(forebay_child_task *task) FOREBAY_NOEXCEPT;

/** @brief Room for rows in shared memory. @since 0.1.0 */
typedef struct forebay_child_view {
  uint32_t struct_size; /**< sizeof(forebay_child_view), set by FOREBAY_CHILD_VIEW_INIT */
  uint32_t reserved;    /**< zero */
  void *data;           /**< where the first row goes; what stands there now is of no meaning. NULL in the columns
                            layout: see forebay_child_column_get() */
  uint64_t capacity;    /**< rows to fill: up to the next boundary between two arrays, or the task's limit */
  uint64_t row_bytes;   /**< bytes of a row; in the rows layout, from one row to the next */
  int32_t layout;       /**< FOREBAY_ARRAY_ROWS or FOREBAY_ARRAY_COLUMNS, as the loader was told */
  uint32_t fields;      /**< fields of the dtype */
} forebay_child_view;

/** Initialiser for a ::forebay_child_view. */
#define FOREBAY_CHILD_VIEW_INIT \
  { (uint32_t)sizeof(forebay_child_view), 0, NULL, 0, 0, 0, 0 }

/** @brief Sets `view` as FOREBAY_CHILD_VIEW_INIT does, for callers without macros. @since 0.1.0 */
FOREBAY_API void forebay_child_view_init(forebay_child_view *view) FOREBAY_NOEXCEPT;

/** @brief Connects this process to the loader that started it. Call it early: the loader waits
 * forebay_loader_options::start_timeout_ms for it. Starts one thread, which blocks.
 * @param[out] out closed with forebay_child_close(); NULL unless FOREBAY_OK.
 * @return FOREBAY_OK, FOREBAY_E_STATE (the process was not started by a loader; nothing was touched),
 * FOREBAY_E_PROTOCOL (program and loader are of different releases), FOREBAY_E_MEMORY, FOREBAY_E_CHILD. @since 0.1.0 */
FOREBAY_API forebay_status forebay_child_attach(forebay_child **out, forebay_error *err) FOREBAY_NOEXCEPT;

/** Values of `level` in forebay_child_log() and of forebay_loader_log::level. @since 0.1.0 */
enum {
  FOREBAY_CHILD_LOG_DEBUG = 1,   /**< for whoever writes the child program */
  FOREBAY_CHILD_LOG_INFO = 2,    /**< what it does */
  FOREBAY_CHILD_LOG_WARNING = 3, /**< something to look at; the rows are good */
  FOREBAY_CHILD_LOG_ERROR = 4    /**< something failed; forebay_child_fail() is what fails a source */
};

/** @brief Sends the loader's caller a note, which forebay_loader_log_next() gives him. It is a sign of life, too: a child
 * that takes long over a block may send one now and then, so that forebay_loader_options::progress_timeout_ms does not end
 * it. Notes may be dropped, the oldest first, if nobody takes them.
 *
 * @code{.c}
 * forebay_child_log(child, FOREBAY_CHILD_LOG_WARNING, "the clock was set back in this run", &err);
 * @endcode
 *
 * @param[in] level FOREBAY_CHILD_LOG_DEBUG to FOREBAY_CHILD_LOG_ERROR. @param[in] text one line; at most 1024 bytes are
 * sent, and control characters become '?'.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT (`level` is none of these, `text` is NULL), FOREBAY_E_CHILD. @since 0.1.0 */
FOREBAY_API forebay_status forebay_child_log(forebay_child *child, uint32_t level, const char *text,
                                             forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Ends the connection; a task at hand is then as if the child had died. The last call before the program
 * ends. NULL is accepted. @since 0.1.0 */
FOREBAY_API void forebay_child_close(forebay_child *child) FOREBAY_NOEXCEPT;

/** @brief The bytes of forebay_loader_options::child_config. @param[out] data borrowed until forebay_child_close(),
 * at no particular alignment: copy them into a struct. @param[out] bytes 0 if there are none.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT. @since 0.1.0 */
FOREBAY_API forebay_status forebay_child_config(const forebay_child *child, const void **data, uint64_t *bytes,
                                                forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief What a row consists of. Borrowed until forebay_child_close(). @since 0.1.0 */
FOREBAY_API const forebay_dtype *forebay_child_dtype(const forebay_child *child) FOREBAY_NOEXCEPT;

/** @brief Waits for the next task. It lasts until forebay_child_finish() or forebay_child_fail().
 * @param[in,out] task the caller sets `struct_size`; the rest is filled.
 * @return FOREBAY_OK; FOREBAY_END: the loader is gone (the process is usually ended before it sees this);
 * FOREBAY_E_STATE (a task is at hand), FOREBAY_E_ARGUMENT, FOREBAY_E_PROTOCOL, FOREBAY_E_CHILD. @since 0.1.0 */
FOREBAY_API forebay_status forebay_child_take(forebay_child *child, forebay_child_task *task,
                                              forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Waits for a block to fill. Called again before forebay_child_publish(), it gives the same one.
 * @param[in,out] view the caller sets `struct_size`; the rest is filled. Valid until the block is published or the task
 * ends.
 * @return FOREBAY_OK; FOREBAY_END: the row limit is reached, finish the task; FOREBAY_E_CANCELLED: nobody wants the
 * rest, finish the task and take the next; FOREBAY_E_STATE (no task), FOREBAY_E_ARGUMENT, FOREBAY_E_PROTOCOL,
 * FOREBAY_E_CHILD. @since 0.1.0 */
FOREBAY_API forebay_status forebay_child_fill(forebay_child *child, forebay_child_view *view,
                                              forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Where field `index` (from 0) goes in the block that forebay_child_fill() gave: scalar j of row i is at
 * `data + i * stride + j * item_bytes`, in either layout. Valid as long as the view.
 * @param[in,out] column the caller sets `struct_size`; the rest is filled.
 * @return FOREBAY_OK, FOREBAY_NONE (no such field), FOREBAY_E_STATE (no block), FOREBAY_E_ARGUMENT. @since 0.1.0 */
FOREBAY_API forebay_status forebay_child_column_get(const forebay_child *child, uint32_t index,
                                                    forebay_array_column *column, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Publishes the first `rows` rows of the block. Fill it: fewer rows than its capacity end the task's rows, and
 * to publish more after that is refused. No rows: nothing happens, the block is kept.
 * @param[in] rows at most the view's capacity.
 * @param[in] next_offset where to go on should this child die: it comes back as forebay_child_task::begin. It must
 * grow with each call. A format that is not read by byte offset gives any other growing number, such as rows.
 * @param[in] next_line the line there, or any number the format goes on by; comes back as forebay_child_task::line.
 * @return FOREBAY_OK; FOREBAY_E_ARGUMENT (too many rows, or `next_offset` did not grow) or FOREBAY_E_STATE (no task, no
 * block, or rows after a short block): nothing was sent; FOREBAY_E_CHILD. @since 0.1.0 */
FOREBAY_API forebay_status forebay_child_publish(forebay_child *child, uint64_t rows, uint64_t next_offset,
                                                 uint64_t next_line, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Ends the task: the source has been read. If a forebay_child_publish() was refused and not made good, the
 * source fails with that refusal instead, because rows are missing, and the refusal is returned.
 * @return FOREBAY_OK, FOREBAY_E_STATE (no task, or a refusal), FOREBAY_E_ARGUMENT (a refusal), FOREBAY_E_CHILD.
 * @since 0.1.0 */
FOREBAY_API forebay_status forebay_child_finish(forebay_child *child, forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Ends the task with a failure. Rows published are delivered, then forebay_loader_next() returns `code` with the
 * place and the text, in front of which it puts the path (and the line, if there is one).
 * @param[in] code a failure such as FOREBAY_E_FORMAT, FOREBAY_E_VALUE or FOREBAY_E_TRUNCATED.
 * @param[in] line from 1; 0: unknown. @param[in] byte offset in the file; UINT64_MAX: unknown.
 * @param[in] column from 1; 0: unknown. @param[in] text one line: the cause and what to do; at most 1024 bytes are sent.
 * @return FOREBAY_OK, FOREBAY_E_STATE (no task), FOREBAY_E_ARGUMENT (`code` is no failure, `text` is NULL),
 * FOREBAY_E_CHILD. @since 0.1.0 */
FOREBAY_API forebay_status forebay_child_fail(forebay_child *child, forebay_status code, uint64_t line, uint64_t byte,
                                              uint32_t column, const char *text, forebay_error *err) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
