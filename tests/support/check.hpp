// CMocka for C++: its assertions leave a test by longjmp, which skips destructors. Tests therefore
// compute in helpers that return plain values and assert only in frames that own nothing, or use
// CHECK, which records the failure and lets the frame end.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

extern "C" {
#include <cmocka.h>
}

#include <cstdio>
#include <string>

namespace forebay::test {

// Failures recorded by CHECK in the running test; check_test() turns them into a CMocka failure
// once all frames have ended.
struct CheckLog {
  int failures = 0;
  std::string first;
};
inline CheckLog& check_log() {
  static CheckLog log;
  return log;
}

inline bool check_that(bool holds, const char* expression, const char* file, int line,
                       const std::string& detail = {}) {
  if (!holds) {
    std::string text = std::string(file) + ":" + std::to_string(line) + ": " + expression;
    if (!detail.empty()) text += " (" + detail + ")";
    std::fprintf(stderr, "check failed: %s\n", text.c_str());
    if (check_log().failures++ == 0) check_log().first = text;
  }
  return holds;
}

// Runs a C++ test body and fails the CMocka test, outside the body's frames, if any CHECK in it
// failed.
template <void (*body)()>
void check_test(void** state) {
  (void)state;
  check_log() = {};
  body();
  if (check_log().failures != 0) fail_msg("%d checks failed", check_log().failures);
}

inline std::string text_of(const std::string& value) {
  return value;
}
inline std::string text_of(const char* value) {
  return value ? value : "NULL";
}
template <typename T>
std::string text_of(const T& value) {
  if constexpr (requires { std::to_string(value); }) {
    return std::to_string(value);
  } else {
    return "?";
  }
}

template <typename A, typename B>
bool check_equal(const A& a, const B& b, const char* expression, const char* file, int line) {
  const bool same = a == b;
  return check_that(same, expression, file, line,
                    same ? std::string{} : text_of(a) + " != " + text_of(b));
}

}  // namespace forebay::test

#define CHECK(expression) \
  ::forebay::test::check_that(static_cast<bool>(expression), #expression, __FILE__, __LINE__)
#define CHECK_EQ(a, b) ::forebay::test::check_equal((a), (b), #a " == " #b, __FILE__, __LINE__)
// Leaves the body when the check fails; for what the rest depends on.
#define REQUIRE(expression)         \
  do {                              \
    if (!CHECK(expression)) return; \
  } while (false)
#define CHECK_TEST(function) \
  { #function, ::forebay::test::check_test < function>, NULL, NULL, NULL }
