#include "text/sniff_names.hpp"

#include <cstdint>
#include <set>

namespace forebay::core::text {
namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::string_view kSetApart = ":,[]'\"\\";

// Bytes of the UTF-8 character at the front, 0 if there is none. Overlong forms and surrogates are
// none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const std::size_t length = byte(0) < 0x80   ? 1
                             : byte(0) < 0xc2 ? 0
                             : byte(0) < 0xe0 ? 2
                             : byte(0) < 0xf0 ? 3
                             : byte(0) < 0xf5 ? 4
                                              : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return 0;
  }
  const bool is_overlong =
      (byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xf0 && byte(1) < 0x90);
  const bool is_outside =
      (byte(0) == 0xed && byte(1) >= 0xa0) || (byte(0) == 0xf4 && byte(1) >= 0x90);
  return is_overlong || is_outside ? 0 : length;
}

bool is_plain(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value > ' ' && value != 0x7f && kSetApart.find(byte) == std::string_view::npos;
}

std::string cleaned(std::string_view name) {
  while (!name.empty() && (name[0] == '#' || name[0] == ' ')) name.remove_prefix(1);
  std::string out;
  while (!name.empty() && out.size() < kLongestName) {
    const std::size_t length = character_length(name);
    // U+0080 to U+009F and U+00A0 are no part of a word.
    const bool is_control =
        length == 2 && name[0] == '\xc2' && static_cast<unsigned char>(name[1]) <= 0xa0;
    if (length > 1 && !is_control) {
      out.append(name.substr(0, length));
    } else if (length == 1 && is_plain(name[0])) {
      out.push_back(name[0]);
    } else if (!out.empty() && out.back() != '_') {
      out.push_back('_');
    }
    name.remove_prefix(length == 0 ? 1 : length);
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

}  // namespace

std::vector<std::string> field_names(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  std::set<std::string> taken;
  for (const std::string& name : names) {
    std::string stem = cleaned(name);
    if (stem.empty()) stem = "c" + std::to_string(out.size() + 1);
    std::string unique = stem;
    for (std::uint32_t number = 2; !taken.insert(unique).second; ++number)
      unique = stem + "_" + std::to_string(number);
    out.push_back(unique);
  }
  return out;
}

}  // namespace forebay::core::text
