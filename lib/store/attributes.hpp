// Inside store: text in attributes.
#pragma once

#include <cstddef>
#include <string>

#include "store/hdf5.hpp"

namespace forebay::core {

// Text in an attribute, or in all of them that a table may have of its own.
constexpr std::size_t kLongestText = 60'000;

// The fixed-length type of `bytes` of UTF-8, at least one.
Hid utf8_type(std::size_t bytes);
// The text of an attribute of a string type, of fixed or variable length; false when it cannot be
// read.
bool read_attribute_text(hid_t attribute, hid_t type, std::string* out);

}  // namespace forebay::core
