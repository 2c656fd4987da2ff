#include "text/value_reader.hpp"

#include <algorithm>
#include <cstring>

#include "text/encoding.hpp"
#include "text/field_text.hpp"
#include "text/numbers.hpp"
#include "text/option_list.hpp"

namespace forebay::core::text {
namespace {

bool is_real_type(StepKind type) noexcept {
  return type == StepKind::f4 || type == StepKind::f8;
}
bool is_integer_type(StepKind type) noexcept {
  return type >= StepKind::i1 && type <= StepKind::u8;
}

bool contains(const std::vector<std::string>& words, std::string_view text) noexcept {
  return std::find(words.begin(), words.end(), text) != words.end();
}

Status wrong_mark(const char* option, char mark, const char* why) {
  return {FOREBAY_E_ARGUMENT,
          std::string(option) + " " + quote_for_message({&mark, 1}) + " " + std::string(why)};
}

// The marks inside numbers must be told from all else that a number or a line consists of.
Status check_mark(const char* option, char mark, const Dialect& dialect) {
  const auto code = static_cast<unsigned char>(mark);
  const bool is_letter = static_cast<unsigned char>((code | 0x20) - 'a') < 26;
  if (is_letter || is_digit(mark) || mark == '+' || mark == '-' || mark == '%' || code < 0x20 ||
      code >= 0x7f) {
    return wrong_mark(option, mark, "can be part of a number otherwise; use another character");
  }
  const bool separates =
      dialect.delimiter == 0 ? mark == ' ' || mark == '\t' : mark == dialect.delimiter;
  if (separates) return wrong_mark(option, mark, "is the delimiter too; use another character");
  if (dialect.quote != 0 && mark == dialect.quote)
    return wrong_mark(option, mark, "is the quote too; use another character");
  return Status::ok();
}

Status check_marks(const ValueRules& rules, const Dialect& dialect) {
  if (rules.decimal != '.') FOREBAY_TRY(check_mark("decimal", rules.decimal, dialect));
  if (rules.decimal == ' ') return wrong_mark("decimal", ' ', "is a blank; use another character");
  if (rules.thousands == 0) return Status::ok();
  if (rules.thousands == rules.decimal) {
    return wrong_mark("thousands", rules.thousands,
                      "is the decimal character too; set decimal to another one");
  }
  return check_mark("thousands", rules.thousands, dialect);
}

Result<std::vector<std::string>> words_of(const char* option, const std::string& list) {
  FOREBAY_TRY_ASSIGN(std::vector<OptionText> entries, split_list(option, list));
  std::vector<std::string> words;
  for (OptionText& entry : entries) words.push_back(std::move(entry.text));
  return words;
}

// Whether the strict rules read `word` as a boolean, and which.
bool is_strict_boolean(const std::string& word, bool wanted) {
  Step step;
  step.kind = step.type = StepKind::boolean;
  std::byte value{};
  const std::string padded = word + std::string(kPadding, '\n');
  return read_field_text(step, std::string_view(padded).substr(0, word.size()), false, &value) &&
         (value != std::byte{0}) == wanted;
}

// All of `digits` as hexadecimal; false when it has other bytes, none, or more than 64 bits.
bool read_hex(std::string_view digits, std::uint64_t* value) noexcept {
  if (digits.empty()) return false;
  std::uint64_t sum = 0;
  for (const char byte : digits) {
    const auto letter = static_cast<unsigned>((byte | 0x20) - 'a');
    if (!is_digit(byte) && letter > 5) return false;
    if (sum >> 60 != 0) return false;
    sum = sum << 4 | (is_digit(byte) ? static_cast<unsigned>(byte - '0') : letter + 10);
  }
  *value = sum;
  return true;
}

}  // namespace

Result<std::unique_ptr<ValueReader>> ValueReader::make(const ValueRules& rules,
                                                       const Dialect& dialect, const Dtype& dtype) {
  FOREBAY_TRY(check_marks(rules, dialect));
  std::unique_ptr<ValueReader> reader(new ValueReader(rules));
  FOREBAY_TRY_ASSIGN(reader->na_, words_of("na", rules.na));
  for (const std::string& token : reader->na_)
    reader->longest_na_ = std::max(reader->longest_na_, token.size());
  FOREBAY_TRY(reader->set_words());
  FOREBAY_TRY_ASSIGN(reader->fills_, field_fills(rules.fill, dtype));
  FOREBAY_TRY(reader->set_tokens(dtype));
  return reader;
}

// A side without words of its own keeps the strict ones; a word may not mean both.
Status ValueReader::set_words() {
  FOREBAY_TRY_ASSIGN(true_words_, words_of("true", rules_.true_words));
  FOREBAY_TRY_ASSIGN(false_words_, words_of("false", rules_.false_words));
  const auto check = [](const char* option, const std::vector<std::string>& words,
                        const std::vector<std::string>& others, bool value) {
    for (const std::string& word : words) {
      const bool is_both =
          others.empty() ? is_strict_boolean(word, !value) : contains(others, word);
      if (!is_both) continue;
      return Status(
          FOREBAY_E_ARGUMENT,
          std::string(option) + ": " + quote_for_message(word) + " means " +
              (value ? "false" : "true") + " too; " +
              (others.empty() ? std::string("set ") + (value ? "false" : "true") + " to other words"
                              : std::string("take it out of one list")));
    }
    return Status::ok();
  };
  FOREBAY_TRY(check("true", true_words_, false_words_, true));
  return check("false", false_words_, true_words_, false);
}

// Finds the fields whose values the strict reader gets right on its own, where it reads at all.
Status ValueReader::set_tokens(const Dtype& dtype) {
  for (std::size_t i = 0; i < dtype.fields().size(); ++i) {
    FOREBAY_TRY_ASSIGN(const Step step, step_of_field(dtype.fields()[i], i));
    bool is_safe = true;
    std::vector<std::byte> value(step.width);
    for (const std::string& token : na_) {
      const std::string padded = token + std::string(kPadding, '\n');
      is_safe = is_safe && !read_field_text(step, std::string_view(padded).substr(0, token.size()),
                                            true, value.data());
    }
    if (step.type == StepKind::bytes) is_safe = na_.empty() && rules_.encoding == Encoding::bytes;
    if (is_real_type(step.type)) is_safe = is_safe && rules_.decimal == '.';
    if (step.type == StepKind::boolean)
      is_safe = is_safe && true_words_.empty() && false_words_.empty();
    strict_first_.push_back(is_safe ? 1 : 0);
  }
  return Status::ok();
}

void ValueReader::take(Step& step) {
  if (step.kind == StepKind::skip || !concerns(step)) return;
  step.kind = StepKind::ruled;
  step.rules = this;
  step.strict_first = strict_first_[step.field] != 0;
}

bool ValueReader::concerns(const Step& step) const noexcept {
  if (!na_.empty()) return true;
  const bool marks = rules_.thousands != 0 || rules_.percent != Percent::off;
  if (step.type == StepKind::bytes) return rules_.encoding != Encoding::bytes || rules_.truncate;
  if (is_real_type(step.type)) return marks || rules_.decimal != '.';
  if (is_integer_type(step.type)) return marks || rules_.hex;
  if (step.type == StepKind::boolean) return !true_words_.empty() || !false_words_.empty();
  return false;
}

bool ValueReader::is_na(std::string_view text) const noexcept {
  return text.size() <= longest_na_ && contains(na_, text);
}

bool ValueReader::store_fill(const Step& step, std::byte* out) const noexcept {
  const FieldFill& fill = fills_[step.field];
  if (!fill.stands_for_na) return false;
  std::memcpy(out, fill.bytes.data(), step.width);
  return true;
}

bool ValueReader::read(const Step& step, std::string_view text, bool quoted, bool blank_in_time,
                       std::byte* out) {
  if (step.type == StepKind::bytes) return read_bytes(step, text, quoted, out);
  const std::string_view trimmed = trim_blanks(text);
  if (is_na(trimmed)) return store_fill(step, out);
  switch (step.type) {
    case StepKind::boolean:
      return read_boolean(trimmed, out);
    case StepKind::time:
      return read_field_text(step, trimmed, blank_in_time, out);
    default:
      return read_number(step, trimmed, out);
  }
}

// Latin-1 as UTF-8, in scratch unless it is the same.
std::string_view ValueReader::in_utf8(std::string_view text) {
  if (rules_.encoding != Encoding::latin1 || is_ascii(text)) return text;
  scratch_.clear();
  append_latin1(text, &scratch_);
  const std::size_t size = scratch_.size();
  scratch_.append(kPadding, '\n');
  return std::string_view(scratch_).substr(0, size);
}

// Why quotes matter here and nowhere else: of a string, "NA" in quotes may well be the text NA; of
// a number it cannot be.
bool ValueReader::read_bytes(const Step& step, std::string_view text, bool quoted, std::byte* out) {
  text = in_utf8(text);
  if (!quoted && is_na(text)) return store_fill(step, out);
  if (rules_.encoding == Encoding::utf8 && !is_utf8(text)) return false;
  if (text.size() > step.width) {
    if (!rules_.truncate) return false;
    ++truncated_;
    text = rules_.encoding == Encoding::bytes ? text.substr(0, step.width)
                                              : cut_utf8(text, step.width);
  }
  store_padded(out, step.width, text.data(), text.size());
  return true;
}

bool ValueReader::read_boolean(std::string_view text, std::byte* out) const noexcept {
  Step strict;
  strict.kind = strict.type = StepKind::boolean;
  std::byte value{};
  const bool is_strict = read_field_text(strict, text, false, &value);
  const bool is_true = value != std::byte{0};
  const bool yes = true_words_.empty() ? is_strict && is_true : contains(true_words_, text);
  const bool no = false_words_.empty() ? is_strict && !is_true : contains(false_words_, text);
  if (yes || no) *out = std::byte{static_cast<unsigned char>(yes ? 1 : 0)};
  return yes || no;
}

bool ValueReader::read_number(const Step& step, std::string_view text, std::byte* out) {
  if (!rewrite(text, is_real_type(step.type))) return false;
  const std::size_t size = scratch_.size();
  scratch_.append(kPadding, '\n');
  return read_field_text(step, std::string_view(scratch_).substr(0, size), false, out);
}

// The number in the strict spelling, in scratch; false when it has no such spelling.
bool ValueReader::rewrite(std::string_view text, bool is_real) {
  scratch_.clear();
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    scratch_.push_back(text[0]);
    text.remove_prefix(1);
  }
  if (rules_.hex && !is_real && text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
    std::uint64_t value = 0;
    if (!read_hex(text.substr(2), &value)) return false;
    scratch_ += std::to_string(value);
    return true;
  }
  const bool is_percent = rules_.percent != Percent::off && !text.empty() && text.back() == '%';
  if (!is_percent) return rewrite_digits(text);
  if (!is_real && rules_.percent == Percent::fraction) return false;
  if (!rewrite_digits(trim_blanks(text.substr(0, text.size() - 1)))) return false;
  const bool is_plain = std::all_of(scratch_.begin(), scratch_.end(), [](char byte) {
    return is_digit(byte) || byte == '.' || byte == '+' || byte == '-';
  });
  // Why not a division: the decimal exponent leaves the rounding to the reader, which does it once.
  if (rules_.percent == Percent::fraction) scratch_ += "e-2";
  return is_plain;
}

// Digits in groups, the decimal character, and what may follow. The groups must be of three: a
// character that stands anywhere else is a decimal point or a mistake, not a separator.
bool ValueReader::rewrite_digits(std::string_view text) {
  std::size_t at = 0;
  std::size_t group = 0;
  bool grouped = false;
  for (; at < text.size(); ++at) {
    if (is_digit(text[at])) {
      scratch_.push_back(text[at]);
      ++group;
    } else if (rules_.thousands != 0 && text[at] == rules_.thousands) {
      if (grouped ? group != 3 : group == 0 || group > 3) return false;
      grouped = true;
      group = 0;
    } else {
      break;
    }
  }
  if (grouped && group != 3) return false;
  if (at < text.size() && text[at] == rules_.decimal) {
    scratch_.push_back('.');
    ++at;
  }
  const std::string_view rest = text.substr(at);
  if (rules_.decimal != '.' && rest.find('.') != std::string_view::npos) return false;
  scratch_ += rest;
  return true;
}

std::string ValueReader::explain(const Step& step, std::string_view text, bool quoted,
                                 bool blank_in_time, const std::string& label) {
  const bool is_text = step.type == StepKind::bytes;
  const std::string_view trimmed = is_text ? in_utf8(text) : trim_blanks(text);
  if (is_na(trimmed) && !(is_text && quoted)) {
    return quote_for_message(trimmed) + " stands for a missing value, and " + label +
           " has none; give one with fill, or read it as f8 or a string";
  }
  if (is_text) return explain_bytes(step, trimmed, label);
  if (step.type == StepKind::boolean && (!true_words_.empty() || !false_words_.empty())) {
    return quote_for_message(trimmed) + " is no word for true or false, " + label +
           "; correct it or add it to the words";
  }
  const bool is_number = is_real_type(step.type) || is_integer_type(step.type);
  if (is_number && !trimmed.empty()) return explain_number(step, trimmed, label);
  return explain_field_text(step, text, blank_in_time, label);
}

std::string ValueReader::explain_bytes(const Step& step, std::string_view text,
                                       const std::string& label) {
  if (rules_.encoding == Encoding::utf8 && !is_utf8(text)) {
    return quote_for_message(text) + " is not UTF-8, " + label +
           "; correct it, or set encoding to latin-1 or bytes";
  }
  return explain_field_text(step, text, false, label);
}

std::string ValueReader::explain_number(const Step& step, std::string_view text,
                                        const std::string& label) {
  if (rewrite(text, is_real_type(step.type)) && scratch_ != text) {
    const std::string strict = scratch_;
    std::string padded = strict + std::string(kPadding, '\n');
    const std::string_view value = std::string_view(padded).substr(0, strict.size());
    return quote_for_message(text) + ", read as " + explain_field_text(step, value, false, label);
  }
  std::string padded = std::string(text) + std::string(kPadding, '\n');
  const std::string_view value = std::string_view(padded).substr(0, text.size());
  std::vector<std::byte> unused(step.width);
  const bool is_strict = read_field_text(step, value, false, unused.data());
  if (is_strict) {
    return quote_for_message(text) + " does not have '" + rules_.decimal +
           "' as its decimal character, " + label + "; correct it or set decimal";
  }
  return explain_field_text(step, value, false, label);
}

}  // namespace forebay::core::text
