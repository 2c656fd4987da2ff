#include "dtype/print.hpp"

#include <bit>

#include "dtype/literal.hpp"
#include "dtype/reader.hpp"
#include "dtype/scalar_type.hpp"

namespace forebay::core::dtype_language {
namespace {

constexpr bool kMachineIsBig = std::endian::native == std::endian::big;

std::string joined(const std::vector<std::uint64_t>& shape, std::string_view separator) {
  std::string out;
  for (const std::uint64_t dimension : shape) {
    if (!out.empty()) out += separator;
    out += std::to_string(dimension);
  }
  return out;
}

std::string text_name(const Field& field) {
  const std::string literal = quoted(field.name, '"');
  const bool plain = is_word(field.name) && literal.size() == field.name.size() + 2;
  return plain ? field.name : literal;
}

// As Python does: double quotes only where they save escapes.
std::string python_name(const Field& field) {
  const bool has_single = field.name.find('\'') != std::string::npos;
  const bool has_double = field.name.find('"') != std::string::npos;
  return quoted(field.name, has_single && !has_double ? '"' : '\'');
}

std::string python_type(const Field& field) {
  const char order = !has_byte_order(field) ? '|' : field.big_endian ? '>' : '<';
  const std::string word = field.kind == Kind::boolean ? "b1" : type_word(field);
  return std::string{'\'', order} + word + '\'';
}

std::string python_shape(const Field& field) {
  return '(' + joined(field.shape, ", ") + (field.shape.size() == 1 ? ",)" : ")");
}

}  // namespace

std::string print_text(const std::vector<Field>& fields) {
  std::string out;
  for (const Field& field : fields) {
    if (!out.empty()) out += ',';
    if (!field.name.empty()) out += text_name(field) + ':';
    if (has_byte_order(field) && field.big_endian != kMachineIsBig) {
      out += field.big_endian ? '>' : '<';
    }
    out += type_word(field);
    if (!field.shape.empty()) out += '[' + joined(field.shape, ",") + ']';
  }
  return out;
}

std::string print_descr(const std::vector<Field>& fields, bool is_record) {
  if (!is_record) {
    const Field& field = fields.front();
    if (field.shape.empty()) return python_type(field);
    return '(' + python_type(field) + ", " + python_shape(field) + ')';
  }
  std::string out = "[";
  for (const Field& field : fields) {
    if (out.size() > 1) out += ", ";
    out += '(' + python_name(field) + ", " + python_type(field);
    if (!field.shape.empty()) out += ", " + python_shape(field);
    out += ')';
  }
  return out + ']';
}

}  // namespace forebay::core::dtype_language
