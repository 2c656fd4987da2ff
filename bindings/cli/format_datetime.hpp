// Dates and times as ISO 8601 text, as numpy prints datetime64.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace forebay::cli {

// `count` units since 1970-01-01T00:00:00; unit is one of Y M W D h m s ms us ns. The smallest
// int64 is "NaT". A year beyond a thousand million is printed as the bare count with its unit.
void append_datetime(std::string& out, std::int64_t count, std::string_view unit);

}  // namespace forebay::cli
