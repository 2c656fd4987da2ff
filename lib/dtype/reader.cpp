#include "dtype/reader.hpp"

#include <algorithm>
#include <charconv>

#include "dtype/literal.hpp"

namespace forebay::core::dtype_language {
namespace {

bool is_blank(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_word_character(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7F &&
         std::string_view(":,[]'\"\\").find(c) == std::string_view::npos;
}

// How many hex digits follow \x, \u and \U.
unsigned escape_digits(char kind) noexcept {
  if (kind == 'x') return 2;
  if (kind == 'u') return 4;
  return kind == 'U' ? 8 : 0;
}

char simple_escape(char kind) noexcept {
  switch (kind) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case '\\':
    case '\'':
    case '"':
      return kind;
    default:
      return '\0';
  }
}

// Where the character begins that byte `at` belongs to; `at` itself where the text is not UTF-8.
std::size_t character_start(std::string_view text, std::size_t at) noexcept {
  for (std::size_t back = 0; back < 4 && back <= at && at < text.size(); ++back) {
    if (decode_utf8(text.substr(at - back)).bytes > back) return at - back;
  }
  return at;
}

}  // namespace

bool is_word(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_word_character);
}

void Reader::skip_blanks() noexcept {
  while (!at_end() && is_blank(text_[position_])) ++position_;
}

char Reader::peek() noexcept {
  skip_blanks();
  return at_end() ? '\0' : text_[position_];
}

bool Reader::at_quote() noexcept {
  const char next = peek();
  return next == '\'' || next == '"';
}

bool Reader::take(char wanted) noexcept {
  if (peek() != wanted) return false;
  ++position_;
  return true;
}

Status Reader::expect(char wanted, std::string_view advice) {
  if (take(wanted)) return Status::ok();
  return unexpected(std::string{'"', wanted, '"'}, advice);
}

Status Reader::expect_end(std::string_view advice) {
  skip_blanks();
  return at_end() ? Status::ok() : unexpected("the end", advice);
}

std::string_view Reader::word() noexcept {
  skip_blanks();
  const std::size_t start = position_;
  while (!at_end() && is_word_character(text_[position_])) ++position_;
  return text_.substr(start, position_ - start);
}

Result<std::uint64_t> Reader::number() {
  skip_blanks();
  const char* const first = text_.data() + position_;
  std::uint64_t value = 0;
  const auto [end, fault_code] = std::from_chars(first, text_.data() + text_.size(), value);
  if (fault_code == std::errc::invalid_argument)
    return unexpected("a number", "dimensions are whole numbers from 1");
  if (fault_code != std::errc())
    return fault(position_, "the number is too large", "use a smaller dimension");
  position_ += static_cast<std::size_t>(end - first);
  return value;
}

Result<std::string> Reader::literal() {
  skip_blanks();
  const std::size_t start = position_;
  const char quote = text_[position_++];
  std::string value;
  while (!at_end()) {
    const char next = text_[position_];
    if (next == quote) {
      ++position_;
      return value;
    }
    if (next == '\\') {
      FOREBAY_TRY(read_escape(start, &value));
    } else {
      value.push_back(next);
      ++position_;
    }
  }
  return fault(start, "a quote is not closed", "end the name with the quote it begins with");
}

Status Reader::read_escape(std::size_t literal_start, std::string* out) {
  const std::size_t start = position_++;
  if (at_end())
    return fault(literal_start, "a quote is not closed",
                 "end the name with the quote it begins with");
  const char kind = text_[position_++];
  if (const char plain = simple_escape(kind); plain != '\0') {
    out->push_back(plain);
    return Status::ok();
  }
  const unsigned digits = escape_digits(kind);
  const std::string_view hex = text_.substr(position_, digits);
  std::uint32_t value = 0;
  const auto [end, fault_code] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
  const bool whole = digits != 0 && fault_code == std::errc() && end == hex.data() + digits;
  if (!whole || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
    return fault(start, "the escape is unknown",
                 "use \\\\ \\\" \\' \\n \\r \\t \\xhh \\uhhhh or \\Uhhhhhhhh");
  }
  append_utf8(value, out);
  position_ += digits;
  return Status::ok();
}

// The text, or the part of a long one around the position, cut between characters.
std::string Reader::excerpt(std::size_t position) const {
  constexpr std::size_t kLongest = 120;
  // Why: escapes make a character up to four long, and the public message has 512 bytes.
  constexpr std::size_t kLongestPrinted = 200;
  const std::size_t length = std::min(kLongest, text_.size());
  const std::string whole = excerpt_of(position, length);
  return whole.size() <= kLongestPrinted ? whole : excerpt_of(position, length / 4);
}

std::string Reader::excerpt_of(std::size_t position, std::size_t length) const {
  const std::size_t wanted = position > length / 2 ? position - length / 2 : 0;
  const std::size_t start = character_start(text_, std::min(wanted, text_.size() - length));
  const std::size_t end = character_start(text_, start + length);
  return (start > 0 ? "..." : "") + printable(text_.substr(start, end - start)) +
         (end < text_.size() ? "..." : "");
}

Status Reader::fault(std::size_t position, std::string_view what, std::string_view advice) const {
  ErrorDetail detail;
  detail.message = "dtype \"" + excerpt(position) + "\": ";
  detail.message.append(what).append(" at position ").append(std::to_string(position + 1));
  detail.message.append("; ").append(advice);
  detail.column = static_cast<std::uint32_t>(std::min<std::size_t>(position + 1, UINT32_MAX));
  return {FOREBAY_E_DTYPE, std::move(detail)};
}

Status Reader::unexpected(std::string_view wanted, std::string_view advice) const {
  std::string what = "expected " + std::string(wanted) + ", found ";
  if (at_end()) {
    what += "the end";
  } else {
    const std::string_view rest = text_.substr(position_);
    what += '"' + printable(rest.substr(0, std::max(1U, decode_utf8(rest).bytes))) + '"';
  }
  return fault(position_, what, advice);
}

}  // namespace forebay::core::dtype_language
