/** @file forebay.h
 * @brief All of the C interface.
 *
 * Conventions, for every function:
 * - A handle that a call returns through an out-parameter is the caller's to end, unless the call says it is borrowed.
 * - A returned pointer is borrowed from the object it was asked of. Freeing, closing and releasing accept NULL.
 * - Strings are UTF-8 and NUL-terminated; paths are the bytes of the file system.
 * - Structs start with `struct_size`; zero in a field means its default.
 * - Nothing is printed, no signal is touched, nothing is thrown or called back.
 */
#ifndef FOREBAY_H
#define FOREBAY_H

#include "forebay/arena.h"
#include "forebay/array.h"
#include "forebay/child.h"
#include "forebay/dtype.h"
#include "forebay/export.h"
#include "forebay/loader.h"
#include "forebay/status.h"
#include "forebay/store.h"
#include "forebay/version.h"

#endif
