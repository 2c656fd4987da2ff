// The value that stands for "none" in a field that could not be read, where the option `fill`
// (fill.hpp) gives no other. One rule for the whole library. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "dtype/dtype.hpp"

namespace forebay::core::text {

// The bytes of one scalar of the field, item_bytes of them, in the field's byte order. Floats: the
// quiet NaN without payload; M8: NaT; S: empty (NUL); signed integers: the least value, as NaT is
// and R's NA_integer_; unsigned ones: the greatest; booleans, which have no value to spare: false.
std::vector<std::byte> fill_bytes(const Field& field);

}  // namespace forebay::core::text
