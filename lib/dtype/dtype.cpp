// Making a Dtype of fields; the parsers of both languages end here.
#include "dtype/dtype.hpp"

#include <span>

#include "dtype/fields.hpp"
#include "dtype/print.hpp"
#include "dtype/scalar_type.hpp"

namespace forebay::core {

Result<DtypeRef> Dtype::make(std::vector<Field> fields, bool is_record) {
  namespace language = dtype_language;
  if (const auto fault = language::find_fault(fields, is_record)) {
    return Status(FOREBAY_E_DTYPE, "dtype: field " + std::to_string(fault->field + 1) + ": " +
                                       fault->what + "; " + std::string(fault->advice));
  }
  const std::shared_ptr<Dtype> dtype(new Dtype);
  for (Field& field : fields) {
    field.count = *language::count_scalars(field);
    field.offset = dtype->row_bytes_;
    field.big_endian = field.big_endian && language::has_byte_order(field);
    dtype->row_bytes_ += field.bytes();
    dtype->scalars_ += field.count;
  }
  dtype->fields_ = std::move(fields);
  dtype->is_record_ = is_record;
  dtype->text_ = language::print_text(dtype->fields_);
  dtype->descr_ = language::print_descr(dtype->fields_, is_record);
  dtype->hash_ = hash64(std::as_bytes(std::span(dtype->text_)));
  return DtypeRef(dtype);
}

}  // namespace forebay::core
