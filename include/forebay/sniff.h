/** @file sniff.h
 * @brief Guesses what a text file is: delimiter, header, names and types of its columns. The guess is there to be looked
 * at and frozen, in a dtype and in ::forebay_loader_options; a load never changes it silently: a value that does not
 * fit is an error.
 *
 * A child process looks at samples of the file: its head, and of a plain file also places in the middle and the tail.
 * What was not sampled may be wider, so types have room to spare: integers up to half of what i4 holds are i4, strings
 * get a quarter more than the longest that was seen, f4 is never guessed.
 *
 * @code{.c}
 * if (forebay_sniff_file("rep1.txt", NULL, NULL, &sniff, &err) == FOREBAY_OK) {
 *   printf("%s\n", forebay_sniff_dtype_text(sniff));
 *   forebay_sniff_apply(sniff, &options, &err);    // options that are zero become those of the guess
 *   forebay_loader_open(forebay_sniff_dtype(sniff), &options, &loader, &err);
 *   forebay_sniff_free(sniff);                     // after forebay_loader_open(), which copies
 * }
 * @endcode
 */
#ifndef FOREBAY_SNIFF_H
#define FOREBAY_SNIFF_H

#include <stdint.h>

#include "forebay/dtype.h"
#include "forebay/export.h"
#include "forebay/loader.h"
#include "forebay/status.h"

FOREBAY_BEGIN_DECLS

/** What a file is guessed to be. @since 0.1.0 */
typedef struct forebay_sniff forebay_sniff;

/** @brief Options of a guess. Zero means the default for every field. @since 0.1.0 */
typedef struct forebay_sniff_options {
  uint32_t struct_size;  /**< sizeof(forebay_sniff_options), set by FOREBAY_SNIFF_OPTIONS_INIT */
  uint32_t reserved;     /**< zero */
  uint64_t sample_bytes; /**< bytes to look at at the top; an eighth of that in each of some other places. Default
                             1 MiB, at most 64 MiB */
  uint64_t also_at;      /**< look at the surroundings of this byte too: forebay_error::byte of a value that did not
                             fit gives a wider guess. 0: nowhere else */
} forebay_sniff_options;

/** Initialiser for ::forebay_sniff_options. */
#define FOREBAY_SNIFF_OPTIONS_INIT \
  { (uint32_t)sizeof(forebay_sniff_options), 0, 0, 0 }

/** @brief Sets `options` as FOREBAY_SNIFF_OPTIONS_INIT does, for callers without macros. @since 0.1.0 */
FOREBAY_API void forebay_sniff_options_init(forebay_sniff_options *options) FOREBAY_NOEXCEPT;

/** @brief Looks at samples of a file in a child process, and waits for it.
 * @param[in] path a text file, plain or compressed.
 * @param[in] known may be NULL. What is set in delimiter, quote, header, skip_rows, comment and the like is taken as
 * given; program, start_timeout_ms, progress_timeout_ms and child_output are those of the child.
 * @param[in] options may be NULL.
 * @param[out] out freed with forebay_sniff_free(). NULL unless FOREBAY_OK.
 * @return FOREBAY_OK; FOREBAY_E_FORMAT: not text, or compressed and damaged; FOREBAY_E_TRUNCATED: empty, or no row;
 * FOREBAY_E_LIMIT: lines or columns beyond all measure; FOREBAY_E_CHILD, _TIMEOUT, _PROTOCOL, _SPAWN: the child
 * process; FOREBAY_E_NOT_FOUND, _PERMISSION, _IO, _ARGUMENT, _VERSION, _MEMORY. Any thread. @since 0.1.0 */
FOREBAY_API forebay_status forebay_sniff_file(const char *path, const forebay_loader_options *known,
                                              const forebay_sniff_options *options, forebay_sniff **out,
                                              forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief Ends a guess. NULL is accepted. @since 0.1.0 */
FOREBAY_API void forebay_sniff_free(forebay_sniff *sniff) FOREBAY_NOEXCEPT;

/** @brief The guess in numbers and texts. Strings are borrowed from it. @since 0.1.0 */
typedef struct forebay_sniff_info {
  uint32_t struct_size;   /**< sizeof(forebay_sniff_info), set by FOREBAY_SNIFF_INFO_INIT */
  uint32_t columns;       /**< number of columns */
  uint32_t delimiter;     /**< as forebay_loader_options::delimiter */
  uint32_t quote;         /**< as forebay_loader_options::quote */
  uint32_t header;        /**< FOREBAY_LOADER_HEADER_OFF or _ON */
  uint32_t skip_rows;     /**< lines to skip at the top */
  uint32_t decimal;       /**< character of the decimal point */
  uint32_t confidence;    /**< percent, a rough measure: below 80 have a look at the notes */
  uint64_t rows_sampled;  /**< rows looked at */
  uint64_t bytes_sampled; /**< bytes looked at, of the decoded text */
  const char *comment;    /**< prefix of comment lines, "" if there are none */
  const char *na;         /**< texts that stand for a missing value, separated by commas, "" if there are none */
} forebay_sniff_info;

/** Initialiser for a ::forebay_sniff_info. */
#define FOREBAY_SNIFF_INFO_INIT \
  { (uint32_t)sizeof(forebay_sniff_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** @brief Fills `info`. @return FOREBAY_OK, FOREBAY_E_ARGUMENT. Any thread. @since 0.1.0 */
FOREBAY_API forebay_status forebay_sniff_info_get(const forebay_sniff *sniff, forebay_sniff_info *info,
                                                  forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief The dtype to freeze; the names of its fields are those of the header, cleaned, or c1, c2 and so on. Borrowed:
 * lives as long as the guess. Any thread. @since 0.1.0 */
FOREBAY_API const forebay_dtype *forebay_sniff_dtype(const forebay_sniff *sniff) FOREBAY_NOEXCEPT;

/** @brief The text of that dtype, for forebay_dtype_parse(). Borrowed: lives as long as the guess. Any thread.
 * @since 0.1.0 */
FOREBAY_API const char *forebay_sniff_dtype_text(const forebay_sniff *sniff) FOREBAY_NOEXCEPT;

/** @brief Note `index` (from 0) on what is doubtful in the guess; NULL if there is no such note. Borrowed: lives as long
 * as the guess. Any thread. @since 0.1.0 */
FOREBAY_API const char *forebay_sniff_note(const forebay_sniff *sniff, uint32_t index) FOREBAY_NOEXCEPT;

/** @brief Sets those of delimiter, quote, header, skip_rows, comment and the like that are zero in `options` to what
 * was guessed. Strings are borrowed from the guess, until forebay_loader_open() has copied them.
 * @return FOREBAY_OK, FOREBAY_E_ARGUMENT, FOREBAY_E_VERSION (the struct is too short for them). @since 0.1.0 */
FOREBAY_API forebay_status forebay_sniff_apply(const forebay_sniff *sniff, forebay_loader_options *options,
                                               forebay_error *err) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
