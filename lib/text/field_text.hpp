// One value from a text whose both ends are known: fields in quotes, the rarer types, and the
// question why a field could not be read.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "text/steps.hpp"

namespace forebay::core::text {

// The value's bytes in the byte order that the step wants.
template <typename T>
void store_value(std::byte* out, T value, bool swap) noexcept {
  std::byte bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  if (swap) {
    for (std::size_t i = 0; i < sizeof(T); ++i) out[i] = bytes[sizeof(T) - 1 - i];
  } else {
    std::memcpy(out, bytes, sizeof(T));
  }
}

// Copies `size` <= `width` bytes and pads with NUL. May read up to 7 bytes past the text.
void store_padded(std::byte* out, std::size_t width, const char* data, std::size_t size) noexcept;

// Reads all of `text` as a value of the step's type; blanks around it count only in strings. After
// the text must come a byte that ends a number (a quote, a blank, a newline, a delimiter) and
// kPadding readable bytes.
bool read_field_text(const Step& step, std::string_view text, bool blank_in_time,
                     std::byte* out) noexcept;

std::string_view trim_blanks(std::string_view text) noexcept;

// Text for a message: non-printing bytes as \xNN, cut after 40 bytes, in double quotes.
std::string quote_for_message(std::string_view text);

// Why read_field_text() failed and what to do: one line. `label` names the field, such as "field
// pos (i4)".
std::string explain_field_text(const Step& step, std::string_view text, bool blank_in_time,
                               const std::string& label);

}  // namespace forebay::core::text
