// Messages for fields that could not be read: cause, text, field, what to do.
#include <array>
#include <cstdio>
#include <limits>
#include <vector>

#include "text/field_text.hpp"
#include "text/numbers.hpp"

namespace forebay::core::text {
namespace {

constexpr std::size_t kShownBytes = 40;

// Length of the UTF-8 sequence at the start of `text`, 0 if there is none that is well formed
// (close enough to show it).
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead >= 0xf0 && lead < 0xf5   ? 4
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  // U+0080 to U+009F are control characters.
  if (lead == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0) return 0;
  return length;
}

bool is_decimal_integer(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  for (const char byte : text) {
    if (!is_digit(byte)) return false;
  }
  return !text.empty();
}

bool is_real(std::string_view text) {
  double value = 0;
  return !text.empty() && read_real(text.data(), &value) == text.data() + text.size();
}

struct IntegerRange {
  std::string_view least;
  std::string_view most;
  std::string_view wider;
};

IntegerRange range_of(StepKind kind) {
  static constexpr std::array<IntegerRange, 8> kRanges = {{
      {"-128", "127", "use i2 or wider"},
      {"-32768", "32767", "use i4 or wider"},
      {"-2147483648", "2147483647", "use i8"},
      {"-9223372036854775808", "9223372036854775807", "use f8, or S for the digits"},
      {"0", "255", "use u2 or wider"},
      {"0", "65535", "use u4 or wider"},
      {"0", "4294967295", "use u8"},
      {"0", "18446744073709551615", "use f8, or S for the digits"},
  }};
  return kRanges[static_cast<std::size_t>(kind) - static_cast<std::size_t>(StepKind::i1)];
}

std::string string_type(std::size_t bytes) {
  return "S" + std::to_string(bytes == 0 ? 1 : bytes);
}

std::string explain_integer(const Step& step, std::string_view text, const std::string& label) {
  const std::string shown = quote_for_message(text);
  if (is_decimal_integer(text)) {
    const IntegerRange range = range_of(step.type);
    const bool is_signed = step.type <= StepKind::i8;
    std::string message = shown + " is out of range, " + label + " holds ";
    message.append(range.least).append(" to ").append(range.most).append("; ");
    return message.append(!is_signed && text[0] == '-' ? "use a signed type" : range.wider);
  }
  if (is_real(text)) return shown + " is not an integer, " + label + "; use f8";
  return shown + " is not an integer, " + label + "; correct it or use " + string_type(text.size());
}

std::string explain_time(const Step& step, std::string_view text, bool blank_in_time,
                         const std::string& label) {
  std::int64_t value = 0;
  const std::string shown = quote_for_message(text);
  switch (read_time(text, step.unit, blank_in_time, &value)) {
    case TimeFault::finer_than_unit:
      return shown + " is finer than " + label + " can hold; use a finer unit";
    case TimeFault::out_of_range:
      return shown + " is out of range, " + label + "; use a coarser unit";
    default:
      return shown + " is not a date or time, " + label +
             "; write it as 2024-03-01 or 2024-03-01T12:30:05Z, or use " + string_type(text.size());
  }
}

}  // namespace

std::string quote_for_message(std::string_view text) {
  std::string out = "\"";
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t sequence = byte >= 0x80 ? sequence_length(text.substr(at)) : 0;
    const std::size_t taken = sequence == 0 ? 1 : sequence;
    if (at + taken > kShownBytes) break;
    if (sequence != 0 || (byte >= 0x20 && byte < 0x7f)) {
      out.append(text.substr(at, taken));
    } else {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\x%02X", static_cast<unsigned>(byte));
      out.append(escaped);
    }
    at += taken;
  }
  return out.append(at < text.size() ? "...\"" : "\"");
}

std::string explain_field_text(const Step& step, std::string_view raw, bool blank_in_time,
                               const std::string& label) {
  if (step.type == StepKind::bytes) {
    return quote_for_message(raw) + " has " + std::to_string(raw.size()) + " bytes, " + label +
           " holds " + std::to_string(step.width) + "; use S" + std::to_string(raw.size()) +
           " or more";
  }
  const std::string_view text = trim_blanks(raw);
  if (text.empty()) return "the text is empty, " + label + " needs a value; write one or use S1";
  switch (step.type) {
    case StepKind::f4:
    case StepKind::f8:
      return quote_for_message(text) + " is not a number, " + label + "; correct it or use " +
             string_type(text.size());
    case StepKind::boolean:
      return quote_for_message(text) + " is not 0, 1, true or false, " + label +
             "; correct it or use " + string_type(text.size());
    case StepKind::time:
      return explain_time(step, text, blank_in_time, label);
    default:
      return explain_integer(step, text, label);
  }
}

}  // namespace forebay::core::text
