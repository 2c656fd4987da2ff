// The state machine of records, one byte at a time: the reference for every faster way to scan, and
// the means for rare cases. Built once from a dialect, constant afterwards; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "text/text.hpp"

namespace forebay::core::text {

enum class ByteClass : std::uint8_t { other, newline, separator, quote, carriage_return, comment };
constexpr std::size_t kByteClasses = 6;

class Machine {
 public:
  explicit Machine(const Dialect& dialect);

  // What a byte does: the next state and whether it is the first significant byte of a row.
  struct Move {
    ScanState next;
    bool begins_row;
  };

  // The move at data[at]. Bytes up to data[readable) may be looked at.
  [[nodiscard]] Move move(ScanState state, const char* data, std::size_t at,
                          std::size_t readable) const noexcept {
    const std::uint8_t entry = entry_of(state, data[at]);
    if (entry & kAsk) return ask(data, at, readable);
    return {static_cast<ScanState>(entry & kStateMask), (entry & kRow) != 0};
  }

  // Runs over data[from, to); returns the rows that begin there.
  std::uint64_t run(ScanState& state, const char* data, std::size_t from, std::size_t to,
                    std::size_t readable) const noexcept;

  // Whether the record that starts at data[at] is a row whose first significant byte lies before
  // `size`.
  [[nodiscard]] bool row_starts_at(const char* data, std::size_t at, std::size_t size,
                                   std::size_t readable) const noexcept;

  [[nodiscard]] ByteClass class_of(char byte) const noexcept {
    return static_cast<ByteClass>(class_of_byte_[static_cast<unsigned char>(byte)]);
  }
  [[nodiscard]] bool is_separator(char byte) const noexcept {
    return class_of(byte) == ByteClass::separator;
  }
  [[nodiscard]] bool blanks() const noexcept { return blanks_; }
  [[nodiscard]] char delimiter() const noexcept { return delimiter_; }
  [[nodiscard]] char quote() const noexcept { return quote_; }
  [[nodiscard]] const std::string& comment_prefix() const noexcept { return comment_; }

  // Whether data[at] is the '\r' of "\r\n"; one that ends the input counts too.
  [[nodiscard]] static bool ends_line(const char* data, std::size_t at,
                                      std::size_t readable) noexcept {
    return data[at] == '\r' && (at + 1 >= readable || data[at + 1] == '\n');
  }
  [[nodiscard]] bool comment_at(const char* data, std::size_t at,
                                std::size_t readable) const noexcept;

 private:
  static constexpr std::uint8_t kStateMask = 7;
  static constexpr std::uint8_t kRow = 8;
  static constexpr std::uint8_t kAsk = 16;  // more than one byte decides

  [[nodiscard]] std::uint8_t entry_of(ScanState state, char byte) const noexcept {
    return table_[static_cast<std::size_t>(state) * 8 +
                  class_of_byte_[static_cast<unsigned char>(byte)]];
  }
  void set(ScanState from, ByteClass by, ScanState to, std::uint8_t flags = 0) noexcept;
  void set_all(ScanState from, ScanState to, std::uint8_t flags = 0) noexcept;
  [[nodiscard]] Move ask(const char* data, std::size_t at, std::size_t readable) const noexcept;

  bool blanks_;
  char delimiter_;
  char quote_;
  std::string comment_;
  std::array<std::uint8_t, 256> class_of_byte_{};
  std::array<std::uint8_t, kScanStates * 8> table_{};
};

}  // namespace forebay::core::text
