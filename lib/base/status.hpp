// Errors as values. A Status is one word when all is well; details are allocated only for a
// failure. Thread rule: values, no shared state.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "forebay/status.h"

namespace forebay::core {

using Code = forebay_status;

constexpr std::uint32_t kNoSource = FOREBAY_NO_SOURCE;
constexpr std::uint64_t kNoByte = UINT64_MAX;

// Where and why a call failed; mirrors the public forebay_error with strings of any length.
struct ErrorDetail {
  std::string message{};
  std::string path{};
  std::int32_t os_errno = 0;
  std::uint32_t source = kNoSource;
  std::uint64_t line = 0;
  std::uint64_t byte = kNoByte;
  std::uint32_t column = 0;
};

class [[nodiscard]] Status {
 public:
  Status() noexcept = default;
  Status(Code code, std::string message);
  Status(Code code, ErrorDetail detail);

  static Status ok() noexcept { return {}; }
  // Success with news: FOREBAY_NONE, FOREBAY_END, FOREBAY_AGAIN.
  static Status news(Code code) noexcept {
    Status status;
    status.code_ = code;
    return status;
  }

  [[nodiscard]] bool is_ok() const noexcept { return code_ == FOREBAY_OK; }
  [[nodiscard]] bool is_failure() const noexcept { return code_ < 0; }
  [[nodiscard]] Code code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return detail().message; }
  [[nodiscard]] const ErrorDetail& detail() const noexcept;

  // Builders for failures: `return io_status("open", path, errno).at_source(i)`.
  Status&& at_path(std::string path) &&;
  Status&& at_source(std::uint32_t source) &&;
  Status&& at_errno(int os_errno) &&;
  Status&& with_prefix(std::string_view prefix) &&;

  [[nodiscard]] Status clone() const;

 private:
  ErrorDetail& mutable_detail();

  Code code_ = FOREBAY_OK;
  std::unique_ptr<ErrorDetail> detail_;
};

// The code that fits an errno: ENOENT is NOT_FOUND, ENOSPC is NOSPC, and so on.
Code code_of_errno(int os_errno) noexcept;

// What the system says of an errno: "No such file or directory".
std::string errno_text(int os_errno);

// "cannot <verb> <path>: <strerror>", with code, errno and path set.
Status errno_status(std::string_view verb, std::string_view path, int os_errno);

// A fault of the library itself: an invariant that did not hold.
Status internal_status(std::string message);

// A value or the Status that says why there is none. A Result made from a Status must hold a
// failure.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Why references: g++ 10 moves a local into a return value only through a constructor that takes
  // one.
  Result(T&& value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(const T& value)                           // NOLINT(google-explicit-constructor)
      requires std::is_copy_constructible_v<T> : value_(value) {}
  Result(Status&& status) : status_(std::move(status)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool is_ok() const noexcept { return value_.has_value(); }
  [[nodiscard]] Code code() const noexcept { return status_.code(); }
  [[nodiscard]] const Status& status() const& noexcept { return status_; }
  [[nodiscard]] Status&& status() && noexcept { return std::move(status_); }
  T& value() & noexcept { return *value_; }
  const T& value() const& noexcept { return *value_; }
  T&& value() && noexcept { return std::move(*value_); }
  T& operator*() & noexcept { return *value_; }
  T* operator->() noexcept { return &*value_; }

 private:
  Status status_;
  std::optional<T> value_;
};

}  // namespace forebay::core

// Passes a failure on: FOREBAY_TRY(file.sync());
#define FOREBAY_TRY(expression)                                                      \
  do {                                                                               \
    if (auto forebay_try_status_ = (expression); forebay_try_status_.is_failure()) { \
      return forebay_try_status_;                                                    \
    }                                                                                \
  } while (false)

// Declares `name` from a Result or passes its failure on: FOREBAY_TRY_ASSIGN(auto file,
// File::open(path));
#define FOREBAY_TRY_ASSIGN(declaration, expression) \
  FOREBAY_TRY_ASSIGN_(FOREBAY_CONCAT_(forebay_result_, __LINE__), declaration, expression)
#define FOREBAY_TRY_ASSIGN_(result, declaration, expression) \
  auto result = (expression);                                \
  if (!result.is_ok()) return std::move(result).status();    \
  declaration = std::move(result).value()
#define FOREBAY_CONCAT_(a, b) FOREBAY_CONCAT2_(a, b)
#define FOREBAY_CONCAT2_(a, b) a##b
