/** @file child.h
 * @brief The program's other role: being a child loader.
 *
 * Children are normally the program `forebay-loader` that is installed with the library. A program that links the
 * library statically can be its own child and need not be installed with it:
 *
 * @code{.c}
 * int main(int argc, char **argv) {
 *   int role = forebay_child_main(argc, argv);
 *   if (role != FOREBAY_CHILD_NOT_ASKED) return role;
 *   // the program itself
 * }
 * @endcode
 */
#ifndef FOREBAY_CHILD_H
#define FOREBAY_CHILD_H

#include <stdint.h>

#include "forebay/export.h"

FOREBAY_BEGIN_DECLS

/** What forebay_child_main() returns in a process that was not started as a child. @since 0.1.0 */
#define FOREBAY_CHILD_NOT_ASKED (-1)

/** @brief Runs the built-in child loader if this process was started as one, and notes otherwise
 * that this executable can be started as its own child. Call it first in main(), before any thread
 * is started.
 * @return FOREBAY_CHILD_NOT_ASKED in an ordinary process; else the exit status that main() must return. @since 0.1.0 */
FOREBAY_API int32_t forebay_child_main(int32_t argc, char **argv) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
