/** @file version.h
 * @brief Version of the headers, and of the library that was loaded.
 *
 * ABI rule: within one major version functions and struct fields are only added, values never change or get reused,
 * and the shared library's SONAME carries the major version.
 *
 * @code{.c}
 * if (forebay_abi_version() != FOREBAY_ABI_VERSION) {
 *   fprintf(stderr, "libforebay %s does not fit this program\n", forebay_version());
 * }
 * @endcode
 */
#ifndef FOREBAY_VERSION_H
#define FOREBAY_VERSION_H

#include <stdint.h>

#include "forebay/export.h"

/** Major version of these headers. */
#define FOREBAY_VERSION_MAJOR 0
/** Minor version of these headers. */
#define FOREBAY_VERSION_MINOR 1
/** Patch level of these headers. */
#define FOREBAY_VERSION_PATCH 0
/** The three as text. */
#define FOREBAY_VERSION_STRING "0.1.0"
/** The ABI these headers describe; a binding compares it with forebay_abi_version(). */
#define FOREBAY_ABI_VERSION 1

FOREBAY_BEGIN_DECLS

/** @brief The loaded library's version as text, such as "0.1.0". Static storage; any thread. @since 0.1.0 */
FOREBAY_API const char *forebay_version(void) FOREBAY_NOEXCEPT;

/** @brief The ABI of the loaded library. A program compiled against #FOREBAY_ABI_VERSION runs with any library whose
 * value is the same. Any thread. @since 0.1.0 */
FOREBAY_API uint32_t forebay_abi_version(void) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
