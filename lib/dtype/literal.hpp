// UTF-8 and quoted literals. The text form and the numpy descr share Python's escapes, so a name
// reads the same in both. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

namespace forebay::core::dtype_language {

// The first code point of a text; `bytes` is 0 where the text is empty or not UTF-8.
struct CodePoint {
  char32_t value = 0;
  unsigned bytes = 0;
};

CodePoint decode_utf8(std::string_view text) noexcept;
bool is_utf8(std::string_view text) noexcept;
// `value` must be a Unicode scalar value, no surrogate.
void append_utf8(char32_t value, std::string* out);

// In quotes, with escapes for the quote, the backslash and control characters.
std::string quoted(std::string_view text, char quote);

// For messages: one line, valid UTF-8, whatever the input is.
std::string printable(std::string_view text);

}  // namespace forebay::core::dtype_language
