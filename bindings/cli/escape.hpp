// Text that may hold anything made safe to print: bytes of a file name, of a string field, of a
// message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace forebay::cli {

// Length of the UTF-8 character at the start of `text`, 0 if the bytes there are not UTF-8.
std::size_t utf8_length(std::string_view text);

// Tab, newline and backslash as \t \n \\, other control characters and bytes that are not UTF-8 as
// \xNN: one line, and it can be undone.
void append_escaped(std::string& out, std::string_view text);
std::string escaped(std::string_view text);

// A JSON string with its quotes. A byte that is not UTF-8 becomes the lone surrogate that Python's
// os.fsencode() turns back into it.
void append_json_string(std::string& out, std::string_view text);

}  // namespace forebay::cli
