#include "text/fill.hpp"

#include <algorithm>

#include "text/field_text.hpp"
#include "text/fill_value.hpp"
#include "text/option_list.hpp"
#include "text/steps.hpp"

namespace forebay::core::text {
namespace {

enum class Nearness : std::uint8_t { none, kind, type, name };

Status wrong_fill(std::string_view entry, const std::string& why) {
  return {FOREBAY_E_ARGUMENT, "fill: " + quote_for_message(entry) + " " + why};
}

std::string kind_key(const Field& field) {
  switch (field.kind) {
    case Kind::bytes:
      return "S";
    case Kind::integer:
      return "i";
    case Kind::unsigned_integer:
      return "u";
    case Kind::real:
      return "f";
    case Kind::boolean:
      return "?";
    case Kind::datetime:
      return "M8";
  }
  return {};
}

std::string type_key(const Field& field) {
  const std::string kind = kind_key(field);
  if (field.kind == Kind::datetime) return kind + "[" + field.unit + "]";
  return field.kind == Kind::boolean ? kind : kind + std::to_string(field.item_bytes);
}

bool is_size(std::string_view text, std::initializer_list<std::string_view> sizes) {
  return std::find(sizes.begin(), sizes.end(), text) != sizes.end();
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char byte) {
    return static_cast<unsigned char>(byte - '0') < 10;
  });
}

// Whether a key that names no field can be meant as a type at all.
bool is_type(std::string_view key) {
  if (key == "?" || key == "M8") return true;
  const std::string_view rest = key.substr(std::min<std::size_t>(1, key.size()));
  if (key[0] == 'i' || key[0] == 'u') return rest.empty() || is_size(rest, {"1", "2", "4", "8"});
  if (key[0] == 'f') return rest.empty() || is_size(rest, {"4", "8"});
  if (key[0] == 'S') return rest.empty() || is_digits(rest);
  TimeUnit unit{};
  return key.size() > 4 && key.substr(0, 3) == "M8[" && key.back() == ']' &&
         time_unit_of(key.substr(3, key.size() - 4), &unit);
}

Nearness nearness(const OptionText& key, const Field& field) {
  const bool as_type = !key.quoted && is_type(key.text);
  if (!as_type) {
    return !field.name.empty() && key.text == field.name ? Nearness::name : Nearness::none;
  }
  if (key.text == type_key(field)) return Nearness::type;
  return key.text == kind_key(field) ? Nearness::kind : Nearness::none;
}

int hex_digit(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  const char lower = static_cast<char>(byte | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The bytes that pairs of digits give, in their order; false for anything else.
bool read_bits(std::string_view digits, std::string* bytes) {
  if (digits.empty() || digits.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]);
    const int low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes->push_back(static_cast<char>(high * 16 + low));
  }
  return true;
}

Result<std::string> raw_bytes(const OptionPair& entry, const Field& field) {
  std::string bytes;
  const bool is_text = field.kind == Kind::bytes;
  const bool fits = read_bits(std::string_view(entry.value.text).substr(2), &bytes) &&
                    (is_text ? bytes.size() <= field.item_bytes : bytes.size() == field.item_bytes);
  if (!fits) {
    return wrong_fill(entry.value.text, "is not " + std::string(is_text ? "at most " : "") +
                                            std::to_string(2 * field.item_bytes) +
                                            " hexadecimal digits after 0x, as " + type_key(field) +
                                            " takes");
  }
  if (field.kind == Kind::boolean && static_cast<unsigned char>(bytes[0]) > 1) {
    return wrong_fill(entry.value.text, "is not 0x00 or 0x01, the only bytes of ?");
  }
  bytes.resize(field.item_bytes, '\0');
  if (!is_text && !field.big_endian) std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

Result<std::string> value_bytes(const OptionPair& entry, const Field& field) {
  const std::string& text = entry.value.text;
  const bool is_raw = !entry.value.quoted && text.size() > 2 && text[0] == '0' &&
                      (text[1] == 'x' || text[1] == 'X');
  if (is_raw) return raw_bytes(entry, field);
  FOREBAY_TRY_ASSIGN(const Step step, step_of_field(field, 0));
  std::string bytes(field.item_bytes, '\0');
  std::string padded = text;
  padded.append(kPadding, '\n');
  const bool is_read = read_field_text(step, std::string_view(padded).substr(0, text.size()), true,
                                       reinterpret_cast<std::byte*>(bytes.data()));
  if (is_read) return bytes;
  return wrong_fill(text, "is not a value of " + type_key(field) +
                              "; write one, or its bits as 0x and hexadecimal digits");
}

Status check_keys(const std::vector<OptionPair>& entries, const Dtype& dtype) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const OptionText& key = entries[i].key;
    const auto is_same = [&key](const OptionPair& other) {
      return other.key.text == key.text && other.key.quoted == key.quoted;
    };
    if (std::find_if(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(i), is_same) !=
        entries.begin() + static_cast<std::ptrdiff_t>(i)) {
      return wrong_fill(key.text, "is there twice; leave one out");
    }
    const auto& fields = dtype.fields();
    const bool is_known = (!key.quoted && is_type(key.text)) ||
                          std::any_of(fields.begin(), fields.end(), [&key](const Field& field) {
                            return nearness(key, field) != Nearness::none;
                          });
    if (!is_known) {
      return wrong_fill(key.text,
                        "is neither a field of the dtype nor a type such as i4, u, f8, S, M8 or ?");
    }
  }
  return Status::ok();
}

Result<FieldFill> fill_of(const std::vector<OptionPair>& entries, const Field& field) {
  const OptionPair* best = nullptr;
  Nearness found = Nearness::none;
  for (const OptionPair& entry : entries) {
    const Nearness near = nearness(entry.key, field);
    if (near <= found) continue;
    best = &entry;
    found = near;
  }
  FieldFill out;
  const bool has_own =
      field.kind == Kind::bytes || field.kind == Kind::real || field.kind == Kind::datetime;
  out.stands_for_na = best != nullptr || has_own;
  if (best == nullptr) {
    out.bytes = fill_bytes(field);
    return out;
  }
  FOREBAY_TRY_ASSIGN(const std::string value, value_bytes(*best, field));
  const auto* bytes = reinterpret_cast<const std::byte*>(value.data());
  out.bytes.assign(bytes, bytes + value.size());
  return out;
}

}  // namespace

Result<std::vector<FieldFill>> field_fills(std::string_view fill, const Dtype& dtype) {
  FOREBAY_TRY_ASSIGN(const std::vector<OptionPair> entries, split_pairs("fill", fill));
  FOREBAY_TRY(check_keys(entries, dtype));
  std::vector<FieldFill> out;
  for (const Field& field : dtype.fields()) {
    FOREBAY_TRY_ASSIGN(FieldFill one, fill_of(entries, field));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace forebay::core::text
