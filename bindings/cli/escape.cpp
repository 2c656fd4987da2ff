#include "escape.hpp"

namespace forebay::cli {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

unsigned byte_at(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

bool continues(std::string_view text, std::size_t index) {
  return index < text.size() && (byte_at(text, index) & 0xC0U) == 0x80U;
}

void append_hex(std::string& out, unsigned value) {
  out += kHexDigits[(value >> 4U) & 15U];
  out += kHexDigits[value & 15U];
}

bool is_control(unsigned byte) {
  return byte < 0x20 || byte == 0x7F;
}

// The letter that stands after a backslash for a control character, 0 if there is none.
char short_escape(unsigned byte) {
  switch (byte) {
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    default:
      return 0;
  }
}

// Calls `plain(piece)` for each character that prints and `special(byte)` for each byte that does
// not.
template <typename Plain, typename Special>
void for_each_character(std::string_view text, Plain plain, Special special) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0 || is_control(byte_at(text, 0))) {
      special(byte_at(text, 0));
      text.remove_prefix(1);
    } else {
      plain(text.substr(0, length));
      text.remove_prefix(length);
    }
  }
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(text, 1) ? 2 : 0;
  if (first < 0xE0 || first > 0xF4 || !continues(text, 1) || !continues(text, 2)) return 0;
  const unsigned second = byte_at(text, 1);
  if (first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (!continues(text, 3)) return 0;
  const bool outside = (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90);
  return outside ? 0 : 4;
}

void append_escaped(std::string& out, std::string_view text) {
  for_each_character(
      text,
      [&](std::string_view piece) {
        if (piece == "\\") out += '\\';
        out += piece;
      },
      [&](unsigned byte) {
        out += '\\';
        if (const char letter = short_escape(byte); letter != 0) {
          out += letter;
        } else {
          out += 'x';
          append_hex(out, byte);
        }
      });
}

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for_each_character(
      text,
      [&](std::string_view piece) {
        if (piece == "\\" || piece == "\"") out += '\\';
        out += piece;
      },
      [&](unsigned byte) {
        out += '\\';
        if (const char letter = short_escape(byte); letter != 0) {
          out += letter;
        } else {
          out += byte < 0x80 ? "u00" : "udc";
          append_hex(out, byte);
        }
      });
  out += '"';
}

}  // namespace forebay::cli
