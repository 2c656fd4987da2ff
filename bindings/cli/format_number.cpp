#include "format_number.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace forebay::cli {
namespace {

constexpr std::size_t kLongest = 64;

#if defined(__cpp_lib_to_chars)

template <typename Real>
void append_shortest(std::string& out, Real value) {
  char text[kLongest];
  const auto end = std::to_chars(text, text + sizeof(text), value);
  out.append(text, end.ptr);
}

#else  // libstdc++ before 11 has no to_chars for these: try one digit more until it reads back

float read_back(const char* text, float) {
  return std::strtof(text, nullptr);
}
double read_back(const char* text, double) {
  return std::strtod(text, nullptr);
}

template <typename Real>
void append_shortest(std::string& out, Real value) {
  char text[kLongest];
  for (int digits = 1; digits <= std::numeric_limits<Real>::max_digits10; ++digits) {
    std::snprintf(text, sizeof(text), "%.*g", digits, static_cast<double>(value));
    const Real again = read_back(text, value);
    if (!(again < value) && !(again > value)) break;
  }
  out += text;
}

#endif

}  // namespace

void append_number(std::string& out, float value) {
  append_shortest(out, value);
}

void append_number(std::string& out, double value) {
  append_shortest(out, value);
}

}  // namespace forebay::cli
