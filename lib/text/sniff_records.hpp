// Records of a sample, field by field, for guessing: as the parser reads them, but what it refuses
// is counted. Views into the sample; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "text/text.hpp"

namespace forebay::core::text {

struct SniffCell {
  std::string_view text{};  // of a quoted field what is between the quotes
  std::size_t width = 0;    // bytes as a string: a doubled quote is one
  bool is_quoted = false;
};

class SniffRecords {
 public:
  // `at_end`: the source ends with `data`, so its last record is whole.
  SniffRecords(const Dialect& dialect, std::string_view data, bool at_end);

  // The next record that is neither blank nor a comment; false: no further one is whole.
  bool next(std::vector<SniffCell>* cells);
  // Where that record begins and ends.
  [[nodiscard]] std::size_t begin() const noexcept { return begin_; }
  [[nodiscard]] std::size_t end() const noexcept { return at_; }
  // Quotes that the parser would refuse: text behind a closing one, or never closed.
  [[nodiscard]] std::uint64_t bad_quotes() const noexcept { return bad_quotes_; }
  // Whether a quoted field held a newline.
  [[nodiscard]] bool has_lines_in_quotes() const noexcept { return has_lines_in_quotes_; }

 private:
  [[nodiscard]] bool is_blank(char byte) const noexcept { return byte == ' ' || byte == '\t'; }
  [[nodiscard]] bool ends_field(char byte) const noexcept;
  bool pass_over_line();
  bool take_record(std::vector<SniffCell>* cells);
  bool take_quoted(SniffCell* cell);
  bool take_plain(SniffCell* cell);
  // At the byte behind a field: true when the record ends there, which is taken.
  bool take_record_end();

  const Dialect& dialect_;
  const std::string_view data_;
  const bool at_end_;
  std::size_t begin_ = 0;
  std::size_t at_ = 0;
  std::uint64_t bad_quotes_ = 0;
  bool has_lines_in_quotes_ = false;
};

}  // namespace forebay::core::text
