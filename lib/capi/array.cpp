// include/forebay/array.h. A handle is an Array; the last release ends it.
#include "arena/arena.hpp"
#include "capi/handles.hpp"

namespace forebay::core::capi {
namespace {

forebay_array_view view_of(const Array& array) noexcept {
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  view.layout = static_cast<std::int32_t>(public_layout(array.layout()));
  view.data = array.data();
  view.rows = array.rows();
  view.row_bytes = array.dtype()->row_bytes();
  view.capacity = array.capacity();
  view.fields = static_cast<std::uint32_t>(array.dtype()->fields().size());
  view.source = array.source;
  view.first_row = array.first_row;
  view.read_only = array.is_read_only() ? 1 : 0;
  view.generation = array.generation;
  return view;
}

}  // namespace
}  // namespace forebay::core::capi

using namespace forebay::core;
using namespace forebay::core::capi;

forebay_status forebay_array_view_get(const forebay_array* array, forebay_array_view* view,
                                      forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (array == nullptr) return null_argument("array");
    return write_struct(view_of(*from_handle(array)), view);
  });
}

forebay_status forebay_array_column_get(const forebay_array* array, uint32_t index,
                                        forebay_array_column* column, forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (array == nullptr) return null_argument("array");
    const Array& object = *from_handle(array);
    const auto& places = object.block_layout().columns;
    if (index >= places.size()) return Status::news(FOREBAY_NONE);
    forebay_array_column out{};
    out.struct_size = sizeof(out);
    out.data = object.data() + places[index].offset;
    out.stride = places[index].stride;
    return write_struct(out, column);
  });
}

forebay_status forebay_array_provenance_get(const forebay_array* array,
                                            forebay_array_provenance* provenance,
                                            forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (array == nullptr) return null_argument("array");
    const Array& object = *from_handle(array);
    if (object.source == kNoSource) return Status::news(FOREBAY_NONE);
    forebay_array_provenance out = FOREBAY_ARRAY_PROVENANCE_INIT;
    out.source = object.source;
    out.offset = object.provenance.offset;
    out.line = object.provenance.line;
    out.rows = object.provenance.rows;
    out.rejects = object.provenance.rejects;
    out.hash = object.provenance.hash;
    out.skipped = object.provenance.skipped;
    out.ahead = object.provenance.ahead;
    return write_struct(out, provenance);
  });
}

const forebay_dtype* forebay_array_dtype(const forebay_array* array) noexcept {
  return array == nullptr ? nullptr : to_handle<forebay_dtype>(&from_handle(array)->dtype());
}

forebay_status forebay_array_set_rows(forebay_array* array, uint64_t rows,
                                      forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (array == nullptr) return null_argument("array");
    return from_handle(array)->set_rows(rows);
  });
}

forebay_status forebay_array_share(const forebay_array* array, int32_t* descriptor,
                                   forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (descriptor == nullptr) return null_argument("descriptor");
    *descriptor = -1;
    if (array == nullptr) return null_argument("array");
    FOREBAY_TRY_ASSIGN(Descriptor shared, share_array(*from_handle(array)));
    *descriptor = shared.take();
    return Status::ok();
  });
}

forebay_status forebay_array_attach(int32_t descriptor, const forebay_dtype* expected,
                                    forebay_array** out, forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (out == nullptr) return null_argument("out");
    *out = nullptr;
    const DtypeRef dtype = expected != nullptr ? *from_handle(expected) : DtypeRef();
    FOREBAY_TRY_ASSIGN(Array * array, attach_array(descriptor, dtype));
    *out = to_handle<forebay_array>(array);
    return Status::ok();
  });
}

forebay_array* forebay_array_retain(forebay_array* array) noexcept {
  if (array != nullptr) from_handle(array)->retain();
  return array;
}

void forebay_array_release(forebay_array* array) noexcept {
  if (array != nullptr) from_handle(array)->release();
}
