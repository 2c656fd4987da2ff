// The table of the record machine, and the two questions that need more than one byte.
#include "text/machine.hpp"

#include <cstring>

namespace forebay::core::text {

Machine::Machine(const Dialect& dialect)
    : blanks_(dialect.delimiter == 0),
      delimiter_(dialect.delimiter),
      quote_(dialect.quote),
      comment_(dialect.comment) {
  const auto classify = [this](char byte, ByteClass as) {
    class_of_byte_[static_cast<unsigned char>(byte)] = static_cast<std::uint8_t>(as);
  };
  classify('\n', ByteClass::newline);
  classify('\r', ByteClass::carriage_return);
  classify(blanks_ ? ' ' : dialect.delimiter, ByteClass::separator);
  if (blanks_) classify('\t', ByteClass::separator);
  if (quote_ != 0) classify(quote_, ByteClass::quote);
  if (!comment_.empty()) classify(comment_[0], ByteClass::comment);

  set_all(ScanState::record_start, ScanState::unquoted, kRow);
  set(ScanState::record_start, ByteClass::separator,
      blanks_ ? ScanState::record_start : ScanState::field_start, blanks_ ? 0 : kRow);
  set(ScanState::record_start, ByteClass::quote, ScanState::quoted, kRow);
  set(ScanState::record_start, ByteClass::carriage_return, ScanState::record_start, kAsk);
  set(ScanState::record_start, ByteClass::comment, ScanState::record_start, kAsk);
  set_all(ScanState::field_start, ScanState::unquoted);
  set(ScanState::field_start, ByteClass::separator, ScanState::field_start);
  set(ScanState::field_start, ByteClass::quote, ScanState::quoted);
  set_all(ScanState::unquoted, ScanState::unquoted);
  set(ScanState::unquoted, ByteClass::separator, ScanState::field_start);
  set_all(ScanState::quote_closed, ScanState::unquoted);
  set(ScanState::quote_closed, ByteClass::separator, ScanState::field_start);
  set(ScanState::quote_closed, ByteClass::quote, ScanState::quoted);
  set_all(ScanState::comment, ScanState::comment);
  for (const ScanState state : {ScanState::record_start, ScanState::field_start,
                                ScanState::unquoted, ScanState::quote_closed, ScanState::comment}) {
    set(state, ByteClass::newline, ScanState::record_start);
  }
  set_all(ScanState::quoted, ScanState::quoted);
  set(ScanState::quoted, ByteClass::quote, ScanState::quote_closed);
}

void Machine::set(ScanState from, ByteClass by, ScanState to, std::uint8_t flags) noexcept {
  table_[static_cast<std::size_t>(from) * 8 + static_cast<std::size_t>(by)] =
      static_cast<std::uint8_t>(static_cast<std::uint8_t>(to) | flags);
}

void Machine::set_all(ScanState from, ScanState to, std::uint8_t flags) noexcept {
  for (std::size_t by = 0; by < kByteClasses; ++by)
    set(from, static_cast<ByteClass>(by), to, flags);
}

bool Machine::comment_at(const char* data, std::size_t at, std::size_t readable) const noexcept {
  return !comment_.empty() && comment_.size() <= readable - at &&
         std::memcmp(data + at, comment_.data(), comment_.size()) == 0;
}

Machine::Move Machine::ask(const char* data, std::size_t at, std::size_t readable) const noexcept {
  if (ends_line(data, at, readable)) return {ScanState::record_start, false};
  if (comment_at(data, at, readable)) return {ScanState::comment, false};
  return {ScanState::unquoted, true};
}

std::uint64_t Machine::run(ScanState& state, const char* data, std::size_t from, std::size_t to,
                           std::size_t readable) const noexcept {
  std::uint64_t rows = 0;
  auto now = static_cast<std::size_t>(state);
  for (std::size_t at = from; at < to; ++at) {
    const std::uint8_t entry =
        table_[now * 8 + class_of_byte_[static_cast<unsigned char>(data[at])]];
    if (entry & kAsk) [[unlikely]] {
      const Move answer = ask(data, at, readable);
      rows += answer.begins_row;
      now = static_cast<std::size_t>(answer.next);
      continue;
    }
    rows += (entry & kRow) != 0;
    now = entry & kStateMask;
  }
  state = static_cast<ScanState>(now);
  return rows;
}

bool Machine::row_starts_at(const char* data, std::size_t at, std::size_t size,
                            std::size_t readable) const noexcept {
  if (blanks_) {
    while (at < size && is_separator(data[at])) ++at;
  }
  if (at >= size || data[at] == '\n') return false;
  return !ends_line(data, at, readable) && !comment_at(data, at, readable);
}

}  // namespace forebay::core::text
