// What kind of value a field's text is, and the smallest safe type of a column of them. Pure
// functions; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/sniff_records.hpp"

namespace forebay::core::text {

enum class SniffKind : std::uint8_t { missing, boolean, integer, real, time, text };
constexpr std::size_t kSniffKinds = 6;

struct SniffValue {
  SniffKind kind = SniffKind::text;
  bool is_negative = false;
  bool has_leading_zero = false;
  bool is_past_u8 = false;        // an integer of more than 64 bits
  std::uint64_t magnitude = 0;    // of an integer
  std::size_t fraction = 0;       // time: digits of the fraction of a second
  bool has_clock = false;         // time: more than a date
  bool fits_nanoseconds = false;  // time: in the range of M8[ns]
};

// Texts that stand for a missing value. A word means nothing else in a column of strings; a sign
// may.
struct MissingText {
  std::string text{};
  bool is_word = true;
};
std::vector<MissingText> usual_missing_texts();
// `list` as the option `na` has it.
std::vector<MissingText> missing_texts_of(std::string_view list);

struct SniffRules {
  char decimal = '.';
  bool blank_in_time = true;  // "2024-01-01 10:00" is one field
  std::vector<MissingText> missing{};
};

// `text` without the blanks around it. `which`: the missing text, if it is one.
SniffValue classify(std::string_view text, const SniffRules& rules, std::size_t* which);
// "12,5": a number with a decimal comma; `is_grouping`: it could be a separator of thousands.
bool has_decimal_comma(std::string_view text, bool* is_grouping);

// All values of one column that were sampled.
struct SniffColumn {
  std::array<std::uint64_t, kSniffKinds> count{};
  std::vector<std::uint64_t> missing{};  // of each missing text
  bool has_nan = false;                  // "nan" stands for itself in f8, "nat" in M8
  bool has_nat = false;
  bool is_negative = false;
  bool has_leading_zero = false;
  bool is_past_u8 = false;
  bool has_clock = false;
  bool fits_nanoseconds = true;
  std::uint64_t magnitude = 0;
  std::size_t fraction = 0;
  std::size_t width = 0;
  std::uint64_t decimal_commas = 0;
  std::uint64_t groupings = 0;

  void add(const SniffCell& cell, const SniffRules& rules);
  [[nodiscard]] std::uint64_t of(SniffKind kind) const {
    return count[static_cast<std::size_t>(kind)];
  }
  [[nodiscard]] std::uint64_t values() const;
  // "" for a string.
  [[nodiscard]] std::string type() const;
  [[nodiscard]] std::string string_type() const;
};

}  // namespace forebay::core::text
