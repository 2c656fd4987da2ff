// Which characters a dialect may use.
#include <cctype>
#include <string>

#include "text/field_text.hpp"
#include "text/text.hpp"

namespace forebay::core::text {
namespace {

bool is_line_byte(char byte) {
  return byte == '\n' || byte == '\r';
}
bool is_blank(char byte) {
  return byte == ' ' || byte == '\t';
}

// Letters, digits and signs: the bytes that numbers, dates and names of values consist of.
bool is_value_byte(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  const bool letter = static_cast<unsigned char>((code | 0x20) - 'a') < 26;
  const bool digit = static_cast<unsigned char>(code - '0') < 10;
  return letter || digit || byte == '+' || byte == '-' || byte == '.';
}

Status wrong(std::string_view what, std::string_view value, std::string_view why) {
  return {FOREBAY_E_ARGUMENT,
          std::string(what) + " " + quote_for_message(value) + " " + std::string(why)};
}

Status check_delimiter(char delimiter) {
  if (delimiter == 0) return Status::ok();
  const std::string_view text(&delimiter, 1);
  if (is_line_byte(delimiter)) return wrong("delimiter", text, "ends lines; use another character");
  if (is_value_byte(delimiter)) {
    return wrong("delimiter", text, "can be part of a number or date; use another character");
  }
  return Status::ok();
}

Status check_quote(char quote, char delimiter) {
  if (quote == 0) return Status::ok();
  const std::string_view text(&quote, 1);
  if (quote == delimiter)
    return wrong("quote", text, "is the delimiter too; use another character");
  if (is_line_byte(quote) || is_blank(quote)) {
    return wrong("quote", text, "is a blank or a line end; use another character");
  }
  if (is_value_byte(quote)) {
    return wrong("quote", text, "can be part of a number or date; use another character");
  }
  return Status::ok();
}

Status check_comment(const Dialect& dialect) {
  const std::string& comment = dialect.comment;
  if (comment.empty()) return Status::ok();
  if (comment.size() > kMaxComment) {
    return wrong("comment", comment,
                 "is longer than " + std::to_string(kMaxComment) + " bytes; shorten it");
  }
  for (const char byte : comment) {
    if (is_line_byte(byte)) return wrong("comment", comment, "holds a line end; leave it out");
  }
  if (dialect.delimiter != 0 && comment[0] == dialect.delimiter)
    return wrong("comment", comment, "starts with the delimiter; change one");
  if (dialect.quote != 0 && comment[0] == dialect.quote) {
    return wrong("comment", comment, "starts with the quote; change one");
  }
  if (is_blank(comment[0])) return wrong("comment", comment, "starts with a blank; leave that out");
  return Status::ok();
}

}  // namespace

Status Dialect::check() const {
  FOREBAY_TRY(check_delimiter(delimiter));
  FOREBAY_TRY(check_quote(quote, delimiter));
  return check_comment(*this);
}

}  // namespace forebay::core::text
