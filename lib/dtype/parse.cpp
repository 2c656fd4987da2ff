#include "dtype/parse.hpp"

#include <utility>

#include "dtype/fields.hpp"

namespace forebay::core::dtype_language {

Status read_dimension(Reader& reader, std::vector<std::uint64_t>* shape) {
  (void)reader.peek();
  const std::size_t position = reader.position();
  FOREBAY_TRY_ASSIGN(const std::uint64_t dimension, reader.number());
  if (dimension == 0) {
    return reader.fault(position, "a dimension is 0", "dimensions are whole numbers from 1");
  }
  if (shape->size() == FOREBAY_DTYPE_MAX_RANK) {
    return reader.fault(position, "a shape of more than 8 dimensions", "use at most 8");
  }
  shape->push_back(dimension);
  return Status::ok();
}

Status read_dimensions(Reader& reader, char close, std::vector<std::uint64_t>* shape) {
  const bool tuple = close == ')';
  if (tuple && reader.take(close)) return Status::ok();
  do {
    if (tuple && !shape->empty() && reader.take(close)) return Status::ok();
    FOREBAY_TRY(read_dimension(reader, shape));
  } while (reader.take(','));
  return reader.expect(close, "separate dimensions with commas, such as [3,4]");
}

Result<DtypeRef> finish(const Reader& reader, FieldList list) {
  if (const auto fault = find_fault(list.fields, list.is_record)) {
    const std::size_t position =
        fault->field < list.positions.size() ? list.positions[fault->field] : 0;
    return reader.fault(position, fault->what, fault->advice);
  }
  return Dtype::make(std::move(list.fields), list.is_record);
}

}  // namespace forebay::core::dtype_language
