/** @file export.h
 * @brief Symbol visibility and linkage of every public function.
 *
 * The shared library hides everything that is not marked FOREBAY_API; the version script in cmake/
 * exports `forebay_*` only.
 */
#ifndef FOREBAY_EXPORT_H
#define FOREBAY_EXPORT_H

#if defined(__GNUC__)
/** Marks a public function. */
#define FOREBAY_API __attribute__((visibility("default")))
#else
#define FOREBAY_API
#endif

#if defined(__cplusplus)
/** No call throws: said to C++, nothing in C. */
#define FOREBAY_NOEXCEPT noexcept
/** Begins C linkage in C++. */
#define FOREBAY_BEGIN_DECLS extern "C" {
/** Ends C linkage in C++. */
#define FOREBAY_END_DECLS }
#else
#define FOREBAY_NOEXCEPT
#define FOREBAY_BEGIN_DECLS
#define FOREBAY_END_DECLS
#endif

#endif
