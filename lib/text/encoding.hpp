// Checks and conversions of encodings, a field at a time. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace forebay::core::text {

// Whether every byte is below 0x80.
bool is_ascii(std::string_view text) noexcept;

// Well-formed UTF-8 as Unicode defines it: shortest forms, no surrogates, up to U+10FFFF.
bool is_utf8(std::string_view text) noexcept;

// Appends Latin-1 text as UTF-8.
void append_latin1(std::string_view text, std::string* out);

// The longest prefix of at most `size` bytes that cuts no character of well-formed UTF-8.
std::string_view cut_utf8(std::string_view text, std::size_t size) noexcept;

}  // namespace forebay::core::text
