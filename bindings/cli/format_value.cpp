#include "format_value.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "escape.hpp"
#include "format_datetime.hpp"
#include "format_number.hpp"

namespace forebay::cli {
namespace {

std::uint64_t read_bits(const unsigned char* bytes, std::uint64_t size, bool big_endian) {
  std::uint64_t bits = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t place = big_endian ? size - 1 - i : i;
    bits |= static_cast<std::uint64_t>(bytes[i]) << (8U * place);
  }
  return bits;
}

std::int64_t extend_sign(std::uint64_t bits, std::uint64_t size) {
  if (size == 0 || size > sizeof(bits)) return 0;
  const auto unused = static_cast<unsigned>(8U * (sizeof(bits) - size));
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

std::string_view without_padding(const unsigned char* bytes, std::uint64_t size) {
  while (size > 0 && bytes[size - 1] == 0) --size;
  return {reinterpret_cast<const char*>(bytes), size};
}

template <typename Real>
void append_real(std::string& out, Real value, ValueStyle style) {
  if (style == ValueStyle::json && !std::isfinite(value)) {
    out += "null";
  } else {
    append_number(out, value);
  }
}

void append_float(std::string& out, std::uint64_t bits, std::uint64_t size, ValueStyle style) {
  if (size == sizeof(float)) {
    const auto low = static_cast<std::uint32_t>(bits);
    float value = 0;
    std::memcpy(&value, &low, sizeof(value));
    append_real(out, value, style);
  } else {
    double value = 0;
    std::memcpy(&value, &bits, sizeof(value));
    append_real(out, value, style);
  }
}

void append_time_point(std::string& out, std::int64_t count, std::string_view unit,
                       ValueStyle style) {
  if (style == ValueStyle::plain) return append_datetime(out, count, unit);
  if (count == INT64_MIN) {
    out += "null";
    return;
  }
  out += '"';
  append_datetime(out, count, unit);
  out += '"';
}

void append_bytes(std::string& out, std::string_view text, ValueStyle style) {
  if (style == ValueStyle::json) return append_json_string(out, text);
  append_escaped(out, text);
}

void append_scalar(std::string& out, const forebay_dtype_field& field, const unsigned char* bytes,
                   ValueStyle style) {
  const std::uint64_t size = field.item_bytes;
  if (field.kind == FOREBAY_DTYPE_BYTES)
    return append_bytes(out, without_padding(bytes, size), style);
  const std::uint64_t bits = read_bits(bytes, size, field.big_endian != 0);
  switch (field.kind) {
    case FOREBAY_DTYPE_INT:
      out += std::to_string(extend_sign(bits, size));
      break;
    case FOREBAY_DTYPE_UINT:
      out += std::to_string(bits);
      break;
    case FOREBAY_DTYPE_FLOAT:
      append_float(out, bits, size, style);
      break;
    case FOREBAY_DTYPE_BOOL:
      out += bits != 0 ? "true" : "false";
      break;
    case FOREBAY_DTYPE_DATETIME:
      append_time_point(out, extend_sign(bits, size), field.unit, style);
      break;
    default:
      out += style == ValueStyle::json ? "null" : "?";
  }
}

// Writes the sub-array from dimension `level` on and returns the byte after it.
const unsigned char* append_level(std::string& out, const forebay_dtype_field& field,
                                  std::uint32_t level, const unsigned char* bytes,
                                  ValueStyle style) {
  if (level == field.rank) {
    append_scalar(out, field, bytes, style);
    return bytes + field.item_bytes;
  }
  out += '[';
  for (std::uint64_t i = 0; i < field.shape[level]; ++i) {
    if (i > 0) out += ',';
    bytes = append_level(out, field, level + 1, bytes, style);
  }
  out += ']';
  return bytes;
}

}  // namespace

void append_field(std::string& out, const forebay_dtype_field& field, const unsigned char* row,
                  ValueStyle style) {
  append_level(out, field, 0, row + field.offset, style);
}

}  // namespace forebay::cli
