#include "dtype/scalar_type.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "dtype/literal.hpp"

namespace forebay::core::dtype_language {
namespace {

constexpr std::string_view kKnownTypes = "use S<n>, i1..i8, u1..u8, f4, f8, ?, M8[unit]";
constexpr std::string_view kKnownUnits = "use M8[unit] with one of Y M W D h m s ms us ns";
constexpr std::array<std::string_view, 10> kUnits = {"Y", "M", "W",  "D",  "h",
                                                     "m", "s", "ms", "us", "ns"};

struct ScalarType {
  Kind kind = Kind::bytes;
  std::uint64_t item_bytes = 0;
};

// Types of numpy by their letter, with what stands for them here.
struct ForeignType {
  char letter;
  std::string_view name;
  std::string_view advice;
};
constexpr ForeignType kForeignTypes[] = {
    {'U', "UTF-32 text", "use S<n>, n bytes of UTF-8"},
    {'c', "complex", "use f4[2] or f8[2], the real and the imaginary part"},
    {'f', "a float of this size", "use f4 or f8"},
    {'O', "Python objects", "use S<n> for text or a number type"},
    {'V', "padding or raw bytes",
     "drop padding with numpy.lib.recfunctions.repack_fields(), use S<n> for raw bytes"},
    {'m', "a time span", "use i8, a count of its unit"},
    {'a', "an old name of S", "use S<n>"},
};

struct LongName {
  std::string_view name;
  std::string_view advice;
};
constexpr LongName kLongNames[] = {
    {"bool", "use ?"},         {"int8", "use i1"},
    {"int16", "use i2"},       {"int32", "use i4"},
    {"int64", "use i8"},       {"int", "use i8 or i4"},
    {"uint8", "use u1"},       {"uint16", "use u2"},
    {"uint32", "use u4"},      {"uint64", "use u8"},
    {"float32", "use f4"},     {"float64", "use f8"},
    {"float", "use f8 or f4"}, {"double", "use f8"},
    {"str", "use S<n>"},       {"string", "use S<n>"},
    {"bytes", "use S<n>"},     {"datetime64", "use M8[unit], such as M8[ns]"},
};

bool all_digits(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Why: no leading zeros, so that one type has one spelling.
std::optional<std::uint64_t> decimal(std::string_view text) noexcept {
  if (text.empty() || text[0] == '0' || !all_digits(text)) return std::nullopt;
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc()) return std::nullopt;
  return value;
}

std::optional<Kind> kind_of_letter(char letter) noexcept {
  switch (letter) {
    case 'S':
      return Kind::bytes;
    case 'i':
      return Kind::integer;
    case 'u':
      return Kind::unsigned_integer;
    case 'f':
      return Kind::real;
    case 'b':
      return Kind::boolean;
    case 'M':
      return Kind::datetime;
    default:
      return std::nullopt;
  }
}

std::optional<ScalarType> find_type(std::string_view word) noexcept {
  if (word == "?") return ScalarType{Kind::boolean, 1};
  if (word.empty()) return std::nullopt;
  const auto kind = kind_of_letter(word[0]);
  const auto item_bytes = decimal(word.substr(1));
  if (!kind || !item_bytes || !is_item_size(*kind, *item_bytes)) return std::nullopt;
  return ScalarType{*kind, *item_bytes};
}

Status unknown_type(const Reader& reader, std::size_t position, std::string_view word) {
  constexpr std::size_t kShown = 40;
  const std::string shown =
      '"' + printable(word.substr(0, kShown)) + (word.size() > kShown ? "...\"" : "\"");
  for (const LongName& name : kLongNames) {
    if (word == name.name) return reader.fault(position, "unknown type " + shown, name.advice);
  }
  const bool sized = all_digits(word.substr(1));
  if (sized && word[0] == 'S') {
    return reader.fault(position, "the length of " + shown + " is not from 1 to 2147483648",
                        "write S<n>, such as S10");
  }
  for (const ForeignType& type : kForeignTypes) {
    if (!sized || word[0] != type.letter) continue;
    const std::string what = "type " + shown + " (" + std::string(type.name) + ") is not supported";
    return reader.fault(position, what, type.advice);
  }
  return reader.fault(position, "unknown type " + shown, kKnownTypes);
}

Status read_unit(Reader& reader, Field* field) {
  if (!reader.take('[')) return reader.unexpected("the unit of M8", kKnownUnits);
  (void)reader.peek();
  const std::size_t position = reader.position();
  const std::string_view unit = reader.word();
  if (!is_time_unit(unit)) {
    return reader.fault(position, "unknown time unit \"" + printable(unit.substr(0, 40)) + '"',
                        kKnownUnits);
  }
  field->unit = unit;
  return reader.expect(']', kKnownUnits);
}

// `<` and `>` say it; `=`, `|` and nothing leave it to the machine.
bool read_big_endian(Reader& reader) noexcept {
  if (reader.take('>')) return true;
  if (reader.take('<')) return false;
  if (!reader.take('=')) (void)reader.take('|');
  return std::endian::native == std::endian::big;
}

}  // namespace

bool is_item_size(Kind kind, std::uint64_t item_bytes) noexcept {
  switch (kind) {
    case Kind::bytes:
      return item_bytes >= 1 && item_bytes <= kMaxRowBytes;
    case Kind::integer:
    case Kind::unsigned_integer:
      return item_bytes <= 8 && std::has_single_bit(item_bytes);
    case Kind::real:
      return item_bytes == 4 || item_bytes == 8;
    case Kind::boolean:
      return item_bytes == 1;
    case Kind::datetime:
      return item_bytes == 8;
  }
  return false;
}

bool is_time_unit(std::string_view unit) noexcept {
  return std::find(kUnits.begin(), kUnits.end(), unit) != kUnits.end();
}

bool has_byte_order(const Field& field) noexcept {
  return field.kind != Kind::bytes && field.item_bytes > 1;
}

Status read_type(Reader& reader, Field* field) {
  const bool big_endian = read_big_endian(reader);
  (void)reader.peek();
  const std::size_t position = reader.position();
  const std::string_view word = reader.word();
  if (word.empty()) return reader.unexpected("a type", kKnownTypes);
  const auto type = find_type(word);
  if (!type) return unknown_type(reader, position, word);
  field->kind = type->kind;
  field->item_bytes = type->item_bytes;
  field->big_endian = big_endian && has_byte_order(*field);
  return field->kind == Kind::datetime ? read_unit(reader, field) : Status::ok();
}

std::string type_word(const Field& field) {
  const std::string size = std::to_string(field.item_bytes);
  switch (field.kind) {
    case Kind::bytes:
      return "S" + size;
    case Kind::integer:
      return "i" + size;
    case Kind::unsigned_integer:
      return "u" + size;
    case Kind::real:
      return "f" + size;
    case Kind::boolean:
      return "?";
    case Kind::datetime:
      return "M8[" + field.unit + "]";
  }
  return {};
}

}  // namespace forebay::core::dtype_language
