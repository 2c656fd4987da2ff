// Values from bounded texts.
#include "text/field_text.hpp"

#include <cstring>

#include "text/numbers.hpp"

namespace forebay::core::text {
namespace {

bool read_boolean(std::string_view text, std::uint8_t* value) noexcept {
  const auto is = [text](std::string_view word) {
    if (text.size() != word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
      if ((text[i] | 0x20) != word[i]) return false;
    }
    return true;
  };
  const bool yes = text == "1" || is("t") || is("true");
  if (!yes && text != "0" && !is("f") && !is("false")) return false;
  *value = yes ? 1 : 0;
  return true;
}

template <typename T>
bool store_integer(const Step& step, std::string_view text, std::byte* out) noexcept {
  T value{};
  if (text.empty() || read_integer(text.data(), &value) != text.data() + text.size()) return false;
  store_value(out, value, step.swap);
  return true;
}

template <typename T>
bool store_real(const Step& step, std::string_view text, std::byte* out) noexcept {
  T value{};
  if (text.empty() || read_real(text.data(), &value) != text.data() + text.size()) return false;
  store_value(out, value, step.swap);
  return true;
}

bool store_boolean(std::string_view text, std::byte* out) noexcept {
  std::uint8_t value = 0;
  if (!read_boolean(text, &value)) return false;
  *out = std::byte{value};
  return true;
}

bool store_time(const Step& step, std::string_view text, bool blank, std::byte* out) noexcept {
  std::int64_t value = 0;
  if (read_time(text, step.unit, blank, &value) != TimeFault::none) return false;
  store_value(out, value, step.swap);
  return true;
}

}  // namespace

void store_padded(std::byte* out, std::size_t width, const char* data, std::size_t size) noexcept {
  if (size > 32) {
    std::memcpy(out, data, size);
    std::memset(out + size, 0, width - size);
    return;
  }
  // Short strings by words, as calls to copy a few bytes would dominate.
  std::size_t at = 0;
  const auto word_at = [data, size](std::size_t from) -> std::uint64_t {
    if (from >= size) return 0;
    const std::uint64_t word = load_word(data + from);
    const std::size_t left = size - from;
    return left >= 8 ? word : word & ((std::uint64_t{1} << (8 * left)) - 1);
  };
  for (; at + 8 <= width; at += 8) {
    if (at >= size) break;
    store_word(out + at, word_at(at));
  }
  if (width - at >= 8) {
    std::memset(out + at, 0, width - at);
    return;
  }
  std::uint64_t word = word_at(at);
  for (; at < width; ++at, word >>= 8) out[at] = static_cast<std::byte>(word & 0xff);
}

bool read_field_text(const Step& step, std::string_view text, bool blank_in_time,
                     std::byte* out) noexcept {
  const std::string_view trimmed = trim_blanks(text);
  switch (step.type) {
    case StepKind::skip:
      return true;
    case StepKind::bytes:
      if (text.size() > step.width) return false;
      store_padded(out, step.width, text.data(), text.size());
      return true;
    case StepKind::i1:
      return store_integer<std::int8_t>(step, trimmed, out);
    case StepKind::i2:
      return store_integer<std::int16_t>(step, trimmed, out);
    case StepKind::i4:
      return store_integer<std::int32_t>(step, trimmed, out);
    case StepKind::i8:
      return store_integer<std::int64_t>(step, trimmed, out);
    case StepKind::u1:
      return store_integer<std::uint8_t>(step, trimmed, out);
    case StepKind::u2:
      return store_integer<std::uint16_t>(step, trimmed, out);
    case StepKind::u4:
      return store_integer<std::uint32_t>(step, trimmed, out);
    case StepKind::u8:
      return store_integer<std::uint64_t>(step, trimmed, out);
    case StepKind::f4:
      return store_real<float>(step, trimmed, out);
    case StepKind::f8:
      return store_real<double>(step, trimmed, out);
    case StepKind::boolean:
      return store_boolean(trimmed, out);
    case StepKind::time:
      return store_time(step, trimmed, blank_in_time, out);
    case StepKind::ruled:
      break;
  }
  return false;
}

std::string_view trim_blanks(std::string_view text) noexcept {
  const auto is_blank = [](char byte) { return byte == ' ' || byte == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace forebay::core::text
