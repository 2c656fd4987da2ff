// Reads the values of fields for which an option says more than the strict rules: NA tokens, other
// decimal points, words for true and false, percents, hexadecimal, encodings, strings cut to their
// field. Made once from the options; one thread at a time, as texts are rewritten in scratch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/fill.hpp"
#include "text/steps.hpp"
#include "text/text.hpp"

namespace forebay::core::text {

class ValueReader {
 public:
  // FOREBAY_E_ARGUMENT: an option is wrong, or clashes with another or with the dialect.
  static Result<std::unique_ptr<ValueReader>> make(const ValueRules& rules, const Dialect& dialect,
                                                   const Dtype& dtype);

  // Makes a step `ruled` if any rule concerns its field.
  void take(Step& step);

  // As read_field_text(), by the rules. `quoted`: the field stood in quotes.
  bool read(const Step& step, std::string_view text, bool quoted, bool blank_in_time,
            std::byte* out);

  // Why read() failed and what to do, as explain_field_text() does.
  std::string explain(const Step& step, std::string_view text, bool quoted, bool blank_in_time,
                      const std::string& label);

  [[nodiscard]] const std::vector<FieldFill>& fills() const noexcept { return fills_; }

  // Strings cut since the last call of begin_row().
  void begin_row() noexcept { truncated_ = 0; }
  [[nodiscard]] std::uint64_t truncated() const noexcept { return truncated_; }

 private:
  explicit ValueReader(const ValueRules& rules) : rules_(rules) {}
  Status set_words();
  Status set_tokens(const Dtype& dtype);
  [[nodiscard]] bool concerns(const Step& step) const noexcept;
  [[nodiscard]] bool is_na(std::string_view text) const noexcept;
  bool store_fill(const Step& step, std::byte* out) const noexcept;
  bool read_bytes(const Step& step, std::string_view text, bool quoted, std::byte* out);
  bool read_number(const Step& step, std::string_view text, std::byte* out);
  bool read_boolean(std::string_view text, std::byte* out) const noexcept;
  std::string_view in_utf8(std::string_view text);
  bool rewrite(std::string_view text, bool is_real);
  bool rewrite_digits(std::string_view text);
  std::string explain_bytes(const Step& step, std::string_view text, const std::string& label);
  std::string explain_number(const Step& step, std::string_view text, const std::string& label);

  // Constant after make().
  const ValueRules rules_;
  std::vector<std::string> na_;
  std::size_t longest_na_ = 0;
  std::vector<std::string> true_words_;
  std::vector<std::string> false_words_;
  std::vector<FieldFill> fills_;
  std::vector<char> strict_first_;  // by field; not vector<bool>, which is slower to look at
  // Of the value in hand.
  std::string scratch_;
  std::uint64_t truncated_ = 0;
};

}  // namespace forebay::core::text
