// The plan of a row as the parser walks it: a flat list of steps, each for a run of columns of one
// kind. Constant once made, except for the places of the block in hand, which Parser::parse binds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "text/datetime.hpp"
#include "text/text.hpp"

namespace forebay::core::text {

enum class StepKind : std::uint8_t {
  skip,
  bytes,
  i1,
  i2,
  i4,
  i8,
  u1,
  u2,
  u4,
  u8,
  f4,
  f8,
  boolean,
  time,
  ruled,  // by the rules of its field, see value_reader.hpp
};

class ValueReader;

struct Step {
  StepKind kind = StepKind::skip;  // how the row loop reads it
  StepKind type = StepKind::skip;  // what it is read into: kind, unless that is `ruled`
  bool swap = false;               // the other byte order than the machine's
  TimeUnit unit = TimeUnit::second;
  std::uint64_t columns =
      1;                  // consecutive columns of the file, to consecutive scalars of one field
  std::size_t width = 0;  // bytes of a scalar
  std::byte* base = nullptr;     // bound: where the first column of row 0 goes
  std::size_t stride = 0;        // bound: from row to row
  std::size_t field = 0;         // index in the dtype
  std::size_t offset = 0;        // of the first scalar in the field
  ValueReader* rules = nullptr;  // of a ruled step
  // Of a ruled step: the strict reader comes first, as what it can read the rules would read alike.
  bool strict_first = false;
};

// The step of one value of a field.
Result<Step> step_of_field(const Field& field, std::size_t index);

// Fails when the plan does not give every scalar just one column.
Result<std::vector<Step>> make_steps(const Dtype& dtype, const ColumnPlan& plan);

}  // namespace forebay::core::text
