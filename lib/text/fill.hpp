// The option `fill`: which bytes stand for a missing value, and for one that cannot be read, field
// by field. Pure functions.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/base.hpp"
#include "dtype/dtype.hpp"

namespace forebay::core::text {

struct FieldFill {
  // Whether it stands for NA tokens too: not for integers and booleans without an entry, as the
  // type's own may be a value there. It then only stands for what is told as a reject.
  bool stands_for_na = false;
  std::vector<std::byte> bytes{};  // one value, in the field's byte order
};

// One for each field of the dtype. Entries are KEY:VALUE; the key is a name, a type such as i4, or
// a kind (i u f S M8 ?), and the nearest wins in this order. A key in quotes is a name. The value
// is text of that type, or 0x and hexadecimal digits: the bits of a number as one writes them, the
// bytes of a string in their order. Without an entry it is fill_bytes() of the type.
Result<std::vector<FieldFill>> field_fills(std::string_view fill, const Dtype& dtype);

}  // namespace forebay::core::text
