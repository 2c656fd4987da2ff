// Reads the text of a dtype from left to right, in the text form or as a numpy descr, and words the
// errors. Positions are byte offsets from 0 in here, from 1 in messages. One thread; borrows the
// text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/base.hpp"

namespace forebay::core::dtype_language {

// A stretch of text without blanks, control characters and the characters that have a meaning: : ,
// [ ] ' " and backslash. A name made of anything else stands in quotes.
bool is_word(std::string_view text) noexcept;

class Reader {
 public:
  explicit Reader(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  [[nodiscard]] bool at_end() const noexcept { return position_ == text_.size(); }
  // The next character after blanks; '\0' at the end, and for a NUL, which no rule accepts.
  char peek() noexcept;
  bool at_quote() noexcept;
  // Takes the next character after blanks if it is `wanted`.
  bool take(char wanted) noexcept;
  Status expect(char wanted, std::string_view advice);
  Status expect_end(std::string_view advice);
  // The word after blanks; empty if there is none.
  std::string_view word() noexcept;
  Result<std::uint64_t> number();
  // The value of the quoted literal that stands here.
  Result<std::string> literal();

  // FOREBAY_E_DTYPE with `column` set: dtype "<text>": <what> at position <n>; <advice>.
  [[nodiscard]] Status fault(std::size_t position, std::string_view what,
                             std::string_view advice) const;
  // The fault of meeting something else than `wanted` here.
  [[nodiscard]] Status unexpected(std::string_view wanted, std::string_view advice) const;

 private:
  void skip_blanks() noexcept;
  Status read_escape(std::size_t literal_start, std::string* out);
  [[nodiscard]] std::string excerpt(std::size_t position) const;
  [[nodiscard]] std::string excerpt_of(std::size_t position, std::size_t length) const;

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace forebay::core::dtype_language
