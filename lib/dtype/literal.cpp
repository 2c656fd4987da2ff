#include "dtype/literal.hpp"

namespace forebay::core::dtype_language {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

bool is_control(char32_t value) noexcept {
  return value < 0x20 || (value >= 0x7F && value < 0xA0);
}

void append_hex_escape(unsigned value, std::string* out) {
  out->append("\\x").push_back(kDigits[(value >> 4) & 0xF]);
  out->push_back(kDigits[value & 0xF]);
}

void append_control(char32_t value, std::string* out) {
  switch (value) {
    case U'\n':
      out->append("\\n");
      break;
    case U'\r':
      out->append("\\r");
      break;
    case U'\t':
      out->append("\\t");
      break;
    default:
      append_hex_escape(static_cast<unsigned>(value), out);
  }
}

// The length that a lead byte announces, 0 for none.
unsigned announced_length(unsigned char lead) noexcept {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

}  // namespace

CodePoint decode_utf8(std::string_view text) noexcept {
  if (text.empty()) return {};
  const auto lead = static_cast<unsigned char>(text[0]);
  const unsigned length = announced_length(lead);
  if (length == 1) return {lead, 1};
  if (length == 0 || text.size() < length) return {};
  char32_t value = lead & (0xFFU >> (length + 1));
  for (unsigned i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80U) return {};
    value = (value << 6) | (next & 0x3FU);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  if (value < kSmallest[length] || value > 0x10FFFF || surrogate) return {};
  return {value, length};
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    if (point.bytes == 0) return false;
    text.remove_prefix(point.bytes);
  }
  return true;
}

void append_utf8(char32_t value, std::string* out) {
  const auto tail = [&](int shift) {
    out->push_back(static_cast<char>(0x80U | ((value >> shift) & 0x3FU)));
  };
  if (value < 0x80) {
    out->push_back(static_cast<char>(value));
  } else if (value < 0x800) {
    out->push_back(static_cast<char>(0xC0U | (value >> 6)));
    tail(0);
  } else if (value < 0x10000) {
    out->push_back(static_cast<char>(0xE0U | (value >> 12)));
    tail(6);
    tail(0);
  } else {
    out->push_back(static_cast<char>(0xF0U | (value >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    const unsigned bytes = point.bytes == 0 ? 1 : point.bytes;
    if (text[0] == quote || text[0] == '\\') {
      out.append("\\").push_back(text[0]);
    } else if (point.bytes != 0 && is_control(point.value)) {
      append_control(point.value, &out);
    } else {
      out.append(text.substr(0, bytes));
    }
    text.remove_prefix(bytes);
  }
  out.push_back(quote);
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    if (point.bytes == 0) {
      append_hex_escape(static_cast<unsigned char>(text[0]), &out);
    } else if (is_control(point.value)) {
      append_control(point.value, &out);
    } else {
      out.append(text.substr(0, point.bytes));
    }
    text.remove_prefix(point.bytes == 0 ? 1 : point.bytes);
  }
  return out;
}

}  // namespace forebay::core::dtype_language
