// Sizes, counts and times as people write and read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace forebay::cli {

// "128M", "1.5G", "4096": factors of 1024 (K, M, G, T, an optional B or iB behind). False if the
// text is no such size, is 0 or too large.
bool parse_size(std::string_view text, std::uint64_t* bytes);

// Decimal digits only: no sign, no octal. False if the text is no number from `least` to `most`.
bool parse_count(std::string_view text, std::uint64_t least, std::uint64_t most,
                 std::uint64_t* count);

std::string format_bytes(double bytes);         // "1.2 MB": factors of 1000
std::string format_count(std::uint64_t count);  // "1,234,567"
std::string format_seconds(double seconds);     // "0.21 s"
std::string format_clock(double seconds);       // "3:07", "1:00:09"

}  // namespace forebay::cli
