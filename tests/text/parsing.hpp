// Parsing a whole text in a test: into packed rows, with padding of random bytes after the text, in
// a buffer of just that size so that a sanitizer sees every byte read too far.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "dtype/dtype.hpp"
#include "text/text.hpp"

namespace forebay::test {

using namespace forebay::core;  // NOLINT(google-build-using-namespace)

class PaddedText {
 public:
  explicit PaddedText(std::string_view text, unsigned seed = 1)
      : size_(text.size()), bytes_(std::make_unique<char[]>(text.size() + text::kPadding)) {
    std::minstd_rand random(seed);
    // Bytes that would end or prolong what stands before them.
    constexpr std::string_view kTempting = "\n\r\",\t 0123456789eE.-#a";
    if (!text.empty()) std::memcpy(bytes_.get(), text.data(), text.size());
    for (std::size_t i = 0; i < text::kPadding; ++i) {
      bytes_[size_ + i] = kTempting[random() % kTempting.size()];
    }
  }
  [[nodiscard]] const char* begin() const { return bytes_.get(); }
  [[nodiscard]] const char* end() const { return bytes_.get() + size_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
};

inline text::Sink rows_sink(const Dtype& dtype, std::byte* block) {
  text::Sink sink;
  for (const Field& field : dtype.fields()) {
    sink.base.push_back(block + field.offset);
    sink.stride.push_back(dtype.row_bytes());
  }
  return sink;
}

struct Parsed {
  std::size_t rows = 0;
  std::vector<std::byte> bytes{};
  text::RowError error{};
  std::uint64_t offset = 0;  // of the cursor at the end
  std::uint64_t line = 0;

  [[nodiscard]] std::string_view view(std::size_t offset_in_bytes, std::size_t size) const {
    return {reinterpret_cast<const char*>(bytes.data()) + offset_in_bytes, size};
  }
  template <typename T>
  [[nodiscard]] T value(std::size_t index) const {
    T out;
    std::memcpy(&out, bytes.data() + index * sizeof(T), sizeof(T));
    return out;
  }
};

inline bool same_error(const text::RowError& a, const text::RowError& b) {
  return a.code == b.code && a.line == b.line && a.byte == b.byte && a.column == b.column &&
         a.message == b.message;
}

inline DtypeRef dtype_of(std::string_view text) {
  auto dtype = Dtype::parse(text);
  return dtype.is_ok() ? *dtype : nullptr;
}

inline std::unique_ptr<text::Parser> parser_of(const text::Dialect& dialect, const DtypeRef& dtype,
                                               std::string_view columns = {},
                                               const ValueRules& rules = {}) {
  auto plan = text::plan_columns(columns, {}, *dtype);
  if (!plan.is_ok()) return nullptr;
  auto parser = text::Parser::make(dialect, dtype, std::move(plan).value(), rules);
  return parser.is_ok() ? std::move(parser).value() : nullptr;
}

// Parses [cursor, ...) of `text` with room for every row there could be, `room` rows at a time (0:
// all).
inline Parsed parse_some(text::Parser& parser, const Dtype& dtype, const PaddedText& text,
                         std::size_t from, std::size_t stop, std::uint64_t offset,
                         std::uint64_t line, std::size_t room = 0) {
  Parsed out;
  const std::size_t most = text.size() + 1;
  const std::size_t at_a_time = room == 0 ? most : room;
  // Bytes that are not zero, so that padding which was not written is seen.
  out.bytes.assign(most * dtype.row_bytes(), std::byte{0xa5});
  const text::Sink sink = rows_sink(dtype, out.bytes.data());
  text::Cursor cursor{text.begin() + from, offset, line};
  for (;;) {
    const std::size_t rows = parser.parse(cursor, text.begin() + stop, text.end(), sink, out.rows,
                                          at_a_time, &out.error);
    out.rows += rows;
    if (rows < at_a_time || out.error.code != FOREBAY_OK) break;
  }
  out.bytes.resize(out.rows * dtype.row_bytes());
  out.offset = cursor.offset;
  out.line = cursor.line;
  return out;
}

inline Parsed parse_text(const text::Dialect& dialect, std::string_view dtype_text,
                         std::string_view text, std::string_view columns = {},
                         std::size_t room = 0) {
  const DtypeRef dtype = dtype_of(dtype_text);
  const auto parser = dtype ? parser_of(dialect, dtype, columns) : nullptr;
  Parsed out;
  out.error.code = FOREBAY_E_INTERNAL;
  if (!parser) return out;
  const PaddedText padded(text);
  return parse_some(*parser, *dtype, padded, 0, text.size(), 0, 1, room);
}

inline text::Dialect delimited(char delimiter, char quote = '"', std::string comment = {}) {
  text::Dialect dialect;
  dialect.delimiter = delimiter;
  dialect.quote = quote;
  dialect.comment = std::move(comment);
  return dialect;
}

}  // namespace forebay::test
