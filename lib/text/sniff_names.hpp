// Names of columns as names of a dtype's fields. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace forebay::core::text {

// One word for each, not empty, no two alike: blanks and what a dtype's text sets apart become "_",
// bytes that are not UTF-8 too; an empty name becomes "c" and the number of its column.
std::vector<std::string> field_names(const std::vector<std::string>& names);

}  // namespace forebay::core::text
