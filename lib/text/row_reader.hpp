// The row loop: reads records into the places of a row, field by field. One class for each mode of
// a dialect, so that the loop holds no question that the dialect has already answered. One thread
// at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "text/field_text.hpp"
#include "text/fill.hpp"
#include "text/machine.hpp"
#include "text/numbers.hpp"
#include "text/row_fault.hpp"
#include "text/steps.hpp"
#include "text/text.hpp"
#include "text/value_reader.hpp"
#include "text/words.hpp"

namespace forebay::core::text {

// kBlanks: fields are separated by runs of blanks. kQuotes: fields may be quoted. kRules: steps may
// be ruled.
template <bool kBlanks, bool kQuotes, bool kRules>
class RowReader {
 public:
  RowReader(const Dialect& dialect, std::vector<Step> steps, bool exact)
      : steps_(std::move(steps)),
        exact_(exact),
        delimiter_(dialect.delimiter),
        quote_(dialect.quote),
        blank_in_time_(dialect.delimiter != 0 && dialect.delimiter != ' '),
        delimiter_word_(kEveryByte * static_cast<unsigned char>(dialect.delimiter)) {}

  void bind(const Sink& sink) {
    for (Step& step : steps_) {
      if (step.kind == StepKind::skip) continue;
      step.base = sink.base[step.field] + step.offset;
      step.stride = sink.stride[step.field];
    }
  }

  // `limit`: just past the last '\n' of the text. `end`: the end of what may be looked at for a
  // closing quote, at or after `limit`.
  void set_text(const char* limit, const char* end) {
    limit_ = limit;
    end_ = end;
  }

  // Reads the record whose first significant byte is `at`, before limit. Returns the byte after its
  // newline, or nullptr with fault() set.
  const char* read(const char* at, std::size_t row) {
    embedded_newlines_ = 0;
    std::uint64_t column = 0;
    for (const Step& step : steps_) {
      std::byte* out = step.base + row * step.stride;
      for (std::uint64_t i = 0; i < step.columns; ++i, out += step.width) {
        if (column != 0 && !next_field(at)) return fail(FaultKind::too_few, column, step, at);
        const char* after = read_field(step, at, out);
        if (after == nullptr) return fail(fault_.kind, column, step, at);
        at = after;
        ++column;
      }
    }
    return end_record(at, column);
  }

  // As read(), for a record of which `done` columns are settled: `at` is where after_field() leaves
  // off behind the last of them.
  const char* read_on(const char* at, std::size_t row, std::uint64_t done) {
    std::uint64_t column = 0;
    for (const Step& step : steps_) {
      std::byte* out = step.base + row * step.stride;
      for (std::uint64_t i = 0; i < step.columns; ++i, out += step.width, ++column) {
        if (column < done) continue;
        if (column != 0 && !next_field(at)) return fail(FaultKind::too_few, column, step, at);
        const char* after = read_field(step, at, out);
        if (after == nullptr) return fail(fault_.kind, column, step, at);
        at = after;
      }
    }
    return end_record(at, std::max(column, done));
  }

  // Reads the one field [start, end) of a record; false when it is not one that begins and ends
  // there.
  bool read_one(const Step& step, const char* start, const char* end, std::byte* out) {
    const char* const after = read_field(step, start, out);
    return after != nullptr && (kBlanks ? after >= end : after == end);
  }

  // Puts fill values into columns [from, to) of a row. `fills`: of each field.
  void fill(const std::vector<FieldFill>& fills, std::size_t row, std::uint64_t from,
            std::uint64_t to) const {
    std::uint64_t column = 0;
    for (const Step& step : steps_) {
      std::byte* out = step.base + row * step.stride;
      for (std::uint64_t i = 0; i < step.columns; ++i, out += step.width, ++column) {
        if (column < from || column >= to || step.kind == StepKind::skip) continue;
        std::memcpy(out, fills[step.field].bytes.data(), step.width);
      }
    }
  }

  [[nodiscard]] const Fault& fault() const { return fault_; }
  [[nodiscard]] std::uint64_t embedded_newlines() const { return embedded_newlines_; }
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }

 private:
  static bool is_blank(char byte) { return byte == ' ' || byte == '\t'; }
  static bool is_line_end(const char* at) { return *at == '\n' || (*at == '\r' && at[1] == '\n'); }

  const char* fail(FaultKind kind, std::uint64_t column, const Step& step, const char* field) {
    fault_ = {kind, column, &step, field};
    return nullptr;
  }
  const char* bad(FaultKind kind) {
    fault_.kind = kind;
    return nullptr;
  }

  // From the end of a field, as after_field() leaves it, to the next; false at the end of the
  // record.
  bool next_field(const char*& at) const {
    if constexpr (kBlanks) return !is_line_end(at);
    if (*at != delimiter_) return false;
    ++at;
    return true;
  }

  // `at` is just past a value. Passes over blanks that may follow and checks that the field ends
  // there: blanks mode: at the next field or the end of the line; else at the delimiter or the end
  // of the line. nullptr: it does not.
  const char* after_field(const char* at) const {
    if constexpr (kBlanks) {
      if (is_blank(*at)) [[likely]] {
        do ++at;
        while (is_blank(*at));
        return at;
      }
    } else {
      if (*at == delimiter_ || *at == '\n') [[likely]] {
        return at;
      }
      while (is_blank(*at) && *at != delimiter_) ++at;
      if (*at == delimiter_) return at;
    }
    return is_line_end(at) ? at : nullptr;
  }

  // The end of an unquoted field: the delimiter, blank or newline after it, without the '\r' of
  // "\r\n".
  const char* field_end(const char* const start) const {
    const char* at = start;
    if constexpr (kBlanks) {
      for (;;) {
        const std::uint64_t low = bytes_up_to_blank(load_word(at));
        if (low == 0) {
          at += 8;
          continue;
        }
        at += first_byte(low);
        if (is_blank(*at) || is_line_end(at)) return at;
        ++at;
      }
    }
    for (;; at += 8) {
      const std::uint64_t word = load_word(at);
      const std::uint64_t ends =
          zero_bytes(word ^ delimiter_word_) | zero_bytes(word ^ (kEveryByte * '\n'));
      if (ends == 0) continue;
      at += first_byte(ends);
      if (*at == '\n' && at > start && at[-1] == '\r') --at;
      return at;
    }
  }

  template <typename T>
  const char* read_number(const Step& step, const char* at, std::byte* out) {
    if constexpr (!kBlanks) {
      while (is_blank(*at) && *at != delimiter_) ++at;
    }
    T value{};
    if constexpr (std::is_floating_point_v<T>) {
      at = read_real(at, &value);
    } else {
      at = read_integer(at, &value);
    }
    if (at == nullptr) return bad(FaultKind::value);
    at = after_field(at);
    if (at == nullptr) return bad(FaultKind::value);
    store_value(out, value, step.swap);
    return at;
  }

  const char* read_text(const Step& step, const char* at, std::byte* out) {
    const char* const end = field_end(at);
    const auto size = static_cast<std::size_t>(end - at);
    if (size > step.width) return bad(FaultKind::value);
    store_padded(out, step.width, at, size);
    return after_field(end);
  }

  const char* read_other(const Step& step, const char* at, std::byte* out) {
    const char* const end = field_end(at);
    const std::string_view text(at, static_cast<std::size_t>(end - at));
    if (!read_field_text(step, text, blank_in_time_, out)) return bad(FaultKind::value);
    return after_field(end);
  }

  // Returns as after_field(); nullptr with fault_.kind set.
  const char* read_field(const Step& step, const char* at, std::byte* out) {
    if constexpr (kQuotes) {
      if (*at == quote_) return read_quoted(step, at, out);
    }
    if constexpr (kRules) {
      if (step.kind == StepKind::ruled) return read_ruled(step, at, out);
    }
    return read_strict(step, step.kind, at, out);
  }

  const char* read_ruled(const Step& step, const char* at, std::byte* out) {
    if (step.strict_first) {
      const char* const after = read_strict(step, step.type, at, out);
      if (after != nullptr) return after;
    }
    const char* const end = field_end(at);
    const std::string_view text(at, static_cast<std::size_t>(end - at));
    if (!step.rules->read(step, text, false, blank_in_time_, out)) return bad(FaultKind::value);
    return after_field(end);
  }

  // Why always inline: strict rows were read up to a tenth slower through a call.
  [[gnu::always_inline]] const char* read_strict(const Step& step, StepKind kind, const char* at,
                                                 std::byte* out) {
    switch (kind) {
      case StepKind::skip:
        return after_field(field_end(at));
      case StepKind::bytes:
        return read_text(step, at, out);
      case StepKind::i1:
        return read_number<std::int8_t>(step, at, out);
      case StepKind::i2:
        return read_number<std::int16_t>(step, at, out);
      case StepKind::i4:
        return read_number<std::int32_t>(step, at, out);
      case StepKind::i8:
        return read_number<std::int64_t>(step, at, out);
      case StepKind::u1:
        return read_number<std::uint8_t>(step, at, out);
      case StepKind::u2:
        return read_number<std::uint16_t>(step, at, out);
      case StepKind::u4:
        return read_number<std::uint32_t>(step, at, out);
      case StepKind::u8:
        return read_number<std::uint64_t>(step, at, out);
      case StepKind::f4:
        return read_number<float>(step, at, out);
      case StepKind::f8:
        return read_number<double>(step, at, out);
      case StepKind::boolean:
      case StepKind::time:
        return read_other(step, at, out);
      case StepKind::ruled:
        break;
    }
    return bad(FaultKind::value);
  }

  bool read_quoted_text(const Step& step, std::string_view text, std::byte* out) {
    if constexpr (kRules) {
      if (step.kind == StepKind::ruled) return step.rules->read(step, text, true, true, out);
    }
    return read_field_text(step, text, true, out);
  }

  // `at` is the opening quote.
  const char* read_quoted(const Step& step, const char* at, std::byte* out) {
    const char* const start = at + 1;
    const char* close = start;
    bool doubled = false;
    for (;; close += 2, doubled = true) {
      close = static_cast<const char*>(
          std::memchr(close, quote_, static_cast<std::size_t>(end_ - close)));
      if (close == nullptr) return bad(FaultKind::never_closed);
      if (close + 1 == end_ || close[1] != quote_) break;
    }
    if (close + 1 >= limit_) return bad(FaultKind::needs_tail);
    const char* const after = after_field(close + 1);
    if (after == nullptr) return bad(FaultKind::after_quote);
    embedded_newlines_ += static_cast<std::uint64_t>(std::count(start, close, '\n'));
    std::string_view text(start, static_cast<std::size_t>(close - start));
    if (doubled) text = undouble(text);
    if (!read_quoted_text(step, text, out)) return bad(FaultKind::value);
    return after;
  }

  std::string_view undouble(std::string_view text) {
    scratch_.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
      scratch_.push_back(text[i]);
      if (text[i] == quote_) ++i;
    }
    const std::size_t size = scratch_.size();
    scratch_.append(kPadding, '\n');
    return std::string_view(scratch_).substr(0, size);
  }

  // `at` as after_field() left it after the last column.
  const char* end_record(const char* at, std::uint64_t column) {
    if (*at == '\n') return at + 1;
    if (*at == '\r' && at[1] == '\n') return at + 2;
    if (exact_) return fail(FaultKind::too_many, column, steps_.back(), at);
    return skip_rest(at, column);
  }

  const char* skip_rest(const char* at, std::uint64_t column) {
    if constexpr (!kQuotes) {
      return static_cast<const char*>(
                 std::memchr(at, '\n', static_cast<std::size_t>(limit_ - at))) +
             1;
    }
    static constexpr Step kSkip{};
    for (; next_field(at); ++column) {
      const char* after = read_field(kSkip, at, nullptr);
      if (after == nullptr) return fail(fault_.kind, column, kSkip, at);
      at = after;
    }
    return at + (*at == '\r' ? 2 : 1);
  }

  // Constant after construction, but for what bind() and set_text() set.
  std::vector<Step> steps_;
  bool exact_;
  char delimiter_;
  char quote_;
  bool blank_in_time_;
  std::uint64_t delimiter_word_;
  const char* limit_ = nullptr;
  const char* end_ = nullptr;
  // Of the record in hand.
  std::uint64_t embedded_newlines_ = 0;
  Fault fault_;
  std::string scratch_;
};

}  // namespace forebay::core::text
