// One field of one packed row as text: for tab-separated lines or for JSON.
#pragma once

#include <forebay/dtype.h>

#include <string>

namespace forebay::cli {

enum class ValueStyle { plain, json };

// `row` is the packed row. Strings lose their NUL padding; sub-arrays become [a,b,...], nested by
// dimension.
void append_field(std::string& out, const forebay_dtype_field& field, const unsigned char* row,
                  ValueStyle style);

}  // namespace forebay::cli
