// What the parsers of the two languages share. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "dtype/dtype.hpp"
#include "dtype/reader.hpp"

namespace forebay::core::dtype_language {

// Fields read so far, each with the position where it begins.
struct FieldList {
  std::vector<Field> fields{};
  std::vector<std::size_t> positions{};
  bool is_record = false;
};

// One dimension, added to `shape`.
Status read_dimension(Reader& reader, std::vector<std::uint64_t>* shape);

// Dimensions, separated by commas, up to the character `close`, which is taken. A Python tuple ends
// with ')': it may be empty or end with a comma.
Status read_dimensions(Reader& reader, char close, std::vector<std::uint64_t>* shape);

// The dtype of what was read, or the fault at the position of the field that causes it.
Result<DtypeRef> finish(const Reader& reader, FieldList list);

}  // namespace forebay::core::dtype_language
