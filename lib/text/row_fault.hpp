// From a row that could not be read to a RowError. Slow paths only; nothing here is on the way of a
// good row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "text/machine.hpp"
#include "text/steps.hpp"
#include "text/text.hpp"

namespace forebay::core::text {

enum class FaultKind : std::uint8_t {
  none,
  needs_tail,  // the record goes on where no newline follows: read it again from a copy that ends
               // in one
  value,
  too_few,
  too_many,
  after_quote,  // something else than a delimiter after a closing quote
  never_closed,
};

struct Fault {
  FaultKind kind = FaultKind::none;
  std::uint64_t column = 0;  // from 0
  const Step* step = nullptr;
  const char* field = nullptr;  // first byte of the field, its quote if it has one
};

// The record in which a fault was found.
struct FaultyRecord {
  const char* begin = nullptr;
  const char* end =
      nullptr;  // of what may be read: the end of the input, or of the copy of the last record
  std::uint64_t offset = 0;  // of `begin` in the source
  std::uint64_t line = 1;    // of `begin`
};

// What the parser was made from, for messages.
struct FaultContext {
  const Dialect& dialect;
  const Machine& machine;
  const Dtype& dtype;
  const std::vector<Step>& steps;
  bool exact = true;
  std::uint64_t columns = 0;  // that a row must have, or have at least
};

RowError make_row_error(const FaultContext& context, const FaultyRecord& record,
                        const Fault& fault);

}  // namespace forebay::core::text
