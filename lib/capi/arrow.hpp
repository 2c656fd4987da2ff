// What the parts of arrow.h share: the Arrow type of a field, and arrays as Arrow arrays.
#pragma once

#include "arena/arena.hpp"
#include "capi/capi.hpp"

namespace forebay::core::capi {

// FOREBAY_E_ARGUMENT names a field that Arrow has no type for. Throws std::bad_alloc; `out` is then
// untouched.
Status export_schema(const Dtype& dtype, std::uint32_t field, ArrowSchema* out);
// The same for values; each struct holds a lease.
Status export_array(Array& array, std::uint32_t field, ArrowArray* out);

}  // namespace forebay::core::capi
