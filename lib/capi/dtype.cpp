// include/forebay/dtype.h. A handle is a DtypeRef on the heap; a NULL dtype reads as one without
// fields.
#include <memory>

#include "capi/handles.hpp"

namespace forebay::core::capi {
namespace {

using ParseFunction = Result<DtypeRef> (*)(std::string_view);

forebay_status parse_with(ParseFunction parse, const char* text, forebay_dtype** out,
                          forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (out == nullptr) return null_argument("out");
    *out = nullptr;
    if (text == nullptr) return null_argument("text");
    FOREBAY_TRY_ASSIGN(DtypeRef dtype, parse(text));
    *out = to_handle<forebay_dtype>(std::make_unique<DtypeRef>(std::move(dtype)).release());
    return Status::ok();
  });
}

forebay_dtype_field public_field(const Field& field) noexcept {
  forebay_dtype_field out{};
  out.struct_size = sizeof(out);
  out.kind = static_cast<std::int32_t>(field.kind);
  out.name = field.name.c_str();
  out.unit = field.unit.c_str();
  out.item_bytes = field.item_bytes;
  out.offset = field.offset;
  out.count = field.count;
  out.big_endian = field.big_endian ? 1 : 0;
  out.rank = static_cast<std::uint32_t>(field.shape.size());
  for (std::size_t i = 0; i < field.shape.size(); ++i) out.shape[i] = field.shape[i];
  return out;
}

const Dtype* behind(const forebay_dtype* dtype) noexcept {
  return dtype == nullptr ? nullptr : from_handle(dtype)->get();
}

}  // namespace
}  // namespace forebay::core::capi

using namespace forebay::core;
using namespace forebay::core::capi;

forebay_status forebay_dtype_parse(const char* text, forebay_dtype** out,
                                   forebay_error* err) noexcept {
  return parse_with(&Dtype::parse, text, out, err);
}

forebay_status forebay_dtype_parse_descr(const char* descr, forebay_dtype** out,
                                         forebay_error* err) noexcept {
  return parse_with(&Dtype::parse_descr, descr, out, err);
}

void forebay_dtype_free(forebay_dtype* dtype) noexcept {
  if (dtype != nullptr) delete from_handle(dtype);
}

const char* forebay_dtype_text(const forebay_dtype* dtype) noexcept {
  return dtype == nullptr ? "" : behind(dtype)->text().c_str();
}

const char* forebay_dtype_descr(const forebay_dtype* dtype) noexcept {
  return dtype == nullptr ? "" : behind(dtype)->descr().c_str();
}

uint64_t forebay_dtype_row_bytes(const forebay_dtype* dtype) noexcept {
  return dtype == nullptr ? 0 : behind(dtype)->row_bytes();
}

uint32_t forebay_dtype_field_count(const forebay_dtype* dtype) noexcept {
  return dtype == nullptr ? 0 : static_cast<uint32_t>(behind(dtype)->fields().size());
}

int32_t forebay_dtype_is_record(const forebay_dtype* dtype) noexcept {
  return dtype != nullptr && behind(dtype)->is_record() ? 1 : 0;
}

forebay_status forebay_dtype_field_at(const forebay_dtype* dtype, uint32_t index,
                                      forebay_dtype_field* out) noexcept {
  return guard(nullptr, [&]() -> Status {
    if (dtype == nullptr) return null_argument("dtype");
    if (out == nullptr) return null_argument("out");
    const std::vector<Field>& fields = behind(dtype)->fields();
    if (index >= fields.size()) return Status::news(FOREBAY_NONE);
    return write_struct(public_field(fields[index]), out);
  });
}

int32_t forebay_dtype_equal(const forebay_dtype* a, const forebay_dtype* b) noexcept {
  if (a == nullptr || b == nullptr) return 0;
  return *behind(a) == *behind(b) ? 1 : 0;
}
