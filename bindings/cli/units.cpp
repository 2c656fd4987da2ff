#include "units.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>

namespace forebay::cli {
namespace {

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  char text[64];
  std::snprintf(text, sizeof(text), pattern, values...);
  return text;
}

// The factor of a suffix such as "", "K", "MB", "GiB"; 0 if it is none.
double factor_of(std::string_view suffix) {
  if (suffix.empty() || suffix == "B") return 1;
  constexpr std::string_view kLetters = "KMGT";
  const auto letter = static_cast<char>(std::toupper(static_cast<unsigned char>(suffix.front())));
  const std::size_t power = kLetters.find(letter);
  if (power == std::string_view::npos) return 0;
  suffix.remove_prefix(1);
  if (!suffix.empty() && suffix != "B" && suffix != "iB" && suffix != "b") return 0;
  return std::pow(1024.0, static_cast<double>(power + 1));
}

}  // namespace

bool parse_size(std::string_view text, std::uint64_t* bytes) {
  const std::size_t digits = text.find_first_not_of("0123456789.");
  const std::string number(text.substr(0, digits));
  if (number.empty() || number.find_first_of("0123456789") == std::string::npos) return false;
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  if (*end != '\0') return false;
  const double factor =
      factor_of(digits == std::string_view::npos ? std::string_view{} : text.substr(digits));
  const double size = value * factor;
  if (!(size >= 1) || size > 1e18) return false;
  *bytes = static_cast<std::uint64_t>(size);
  return true;
}

bool parse_count(std::string_view text, std::uint64_t least, std::uint64_t most,
                 std::uint64_t* count) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end || value < least || value > most) return false;
  *count = value;
  return true;
}

std::string format_bytes(double bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < std::size(kUnits)) {
    bytes /= 1000;
    ++unit;
  }
  const int decimals = unit == 0 || bytes >= 99.95 ? 0 : (bytes >= 9.995 ? 1 : 2);
  return format("%.*f %s", decimals, bytes, kUnits[unit]);
}

std::string format_count(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t place = text.size(); place > 3;) {
    place -= 3;
    text.insert(place, 1, ',');
  }
  return text;
}

std::string format_seconds(double seconds) {
  return format("%.*f s", seconds < 10 ? 2 : (seconds < 100 ? 1 : 0), seconds);
}

std::string format_clock(double seconds) {
  const auto whole = static_cast<long long>(std::min(std::ceil(seconds), 1e9));
  const int minutes = static_cast<int>(whole / 60 % 60);
  const int rest = static_cast<int>(whole % 60);
  if (whole < 3600) return format("%d:%02d", minutes, rest);
  return format("%lld:%02d:%02d", whole / 3600, minutes, rest);
}

}  // namespace forebay::cli
