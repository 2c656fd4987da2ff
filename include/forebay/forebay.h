/** @file forebay.h
 * @brief All of the C interface.
 *
 * Conventions, for every function:
 * - A handle that a call returns through an out-parameter is the caller's to end, unless the call says it is borrowed.
 * - A returned pointer is borrowed from the object it was asked of. Freeing, closing and releasing accept NULL.
 * - Strings are UTF-8 and NUL-terminated; paths are the bytes of the file system.
 * - Structs start with `struct_size`; zero in a field means its default.
 * - Nothing is printed, no signal is touched, nothing is thrown or called back.
 *
 * The main job, files into one table:
 * @code{.c}
 * forebay_dtype_parse("chr:S10,pos:i4", &row, &err);
 * forebay_store_open("meth.h5", NULL, &store, &err);
 * forebay_table_open(store, "data", row, NULL, &table, &err);
 * forebay_loader_open(row, NULL, &loader, &err);
 * for (int i = 0; i < files; i++) forebay_loader_add_file(loader, paths[i], NULL, &err);
 * while ((rc = forebay_loader_next(loader, -1, &array, &err)) == FOREBAY_OK) {
 *   forebay_table_append_array(table, array, &err);
 *   forebay_array_release(array);
 * }
 * forebay_store_commit(store, &err);
 * @endcode
 */
#ifndef FOREBAY_H
#define FOREBAY_H

#include "forebay/arena.h"
#include "forebay/array.h"
#include "forebay/arrow.h"
#include "forebay/child.h"
#include "forebay/dlpack.h"
#include "forebay/dtype.h"
#include "forebay/export.h"
#include "forebay/loader.h"
#include "forebay/sniff.h"
#include "forebay/status.h"
#include "forebay/store.h"
#include "forebay/version.h"

#endif
