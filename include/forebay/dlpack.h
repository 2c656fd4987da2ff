/** @file dlpack.h
 * @brief One field of an array as a DLPack tensor, without a copy: for PyTorch, JAX, CuPy, numpy and others.
 *
 * The structs are those of DLPack's own header `dlpack/dlpack.h`; this one only names them. The tensor is on the CPU. Its
 * first dimension is the rows, the others are those of the field. It holds a lease of its own until its `deleter` was
 * called.
 *
 * Integers, floats and booleans in the machine's byte order can be exported; DLPack has no strings, times or records. In
 * the columns layout any such field is one piece. In the rows layout it is a strided view, which DLPack can express only
 * if the bytes of a row, and the field's place in it, are multiples of its size.
 *
 * @code{.c}
 * struct DLManagedTensorVersioned *tensor = NULL;
 * forebay_array_export_dlpack(array, 1, &tensor, &err);
 * forebay_array_release(array);   // the tensor holds a lease of its own
 * // hand it over; the consumer calls tensor->deleter(tensor)
 * @endcode
 */
#ifndef FOREBAY_DLPACK_H
#define FOREBAY_DLPACK_H

#include <stdint.h>

#include "forebay/array.h"
#include "forebay/export.h"
#include "forebay/status.h"

FOREBAY_BEGIN_DECLS

struct DLManagedTensor;
struct DLManagedTensorVersioned;

/** @brief Exports field `field` (from 0) in the form of DLPack 1.0, which says so if the values are read only.
 * @param[out] out the caller's, ended by its `deleter` on any thread; NULL unless FOREBAY_OK.
 * @return FOREBAY_OK, FOREBAY_NONE (no such field), FOREBAY_E_ARGUMENT (DLPack cannot express the field: the message says
 * why), FOREBAY_E_MEMORY. Any thread that holds the array. @since 0.1.0 */
FOREBAY_API forebay_status forebay_array_export_dlpack(forebay_array *array, uint32_t field,
                                                       struct DLManagedTensorVersioned **out,
                                                       forebay_error *err) FOREBAY_NOEXCEPT;

/** @brief As forebay_array_export_dlpack(), in the form before DLPack 1.0, for consumers that know no other (numpy before
 * 2.1). It has no way to say that values are read only: an attached array is FOREBAY_E_STATE.
 * @return as forebay_array_export_dlpack(), FOREBAY_E_STATE. @since 0.1.0 */
FOREBAY_API forebay_status forebay_array_export_dlpack_unversioned(forebay_array *array, uint32_t field,
                                                                   struct DLManagedTensor **out,
                                                                   forebay_error *err) FOREBAY_NOEXCEPT;

FOREBAY_END_DECLS

#endif
