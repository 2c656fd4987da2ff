// Values of arrow.h: the fields of an array as Arrow arrays that hold a lease each. Released from
// any thread.
#include <array>

#include "capi/arrow.hpp"
#include "capi/handles.hpp"

namespace forebay::core::capi {
namespace {

// What an ArrowArray points to. Why a lease in each: a consumer may move a child elsewhere and
// release its parent first.
struct ArrayNode {
  explicit ArrayNode(Array& array) noexcept : lease(array.retain()) {}
  ArrayNode(const ArrayNode&) = delete;
  ArrayNode& operator=(const ArrayNode&) = delete;
  ~ArrayNode() {
    for (ArrowArray& child : children)
      if (child.release != nullptr) child.release(&child);
    lease->release();
  }

  Array* lease;
  std::array<const void*, 2> buffers{};  // validity bits: none; values
  std::vector<ArrowArray> children{};
  std::vector<ArrowArray*> pointers{};
};

void release_array(ArrowArray* array) noexcept {
  delete static_cast<ArrayNode*>(array->private_data);
  array->release = nullptr;
}

void publish(std::unique_ptr<ArrayNode> node, std::uint64_t length, ArrowArray* out) {
  for (ArrowArray& child : node->children) node->pointers.push_back(&child);
  *out = ArrowArray{};
  out->length = static_cast<std::int64_t>(length);
  out->n_buffers = node->children.empty() ? 2 : 1;  // structs and lists have no values of their own
  out->n_children = static_cast<std::int64_t>(node->children.size());
  out->buffers = node->buffers.data();
  out->children = node->pointers.empty() ? nullptr : node->pointers.data();
  out->release = release_array;
  out->private_data = node.release();
}

// The dimensions from `rank` on; `length` counts over all outer ones.
void build_values(Array& array, const Field& field, const void* data, std::size_t rank,
                  std::uint64_t length, ArrowArray* out) {
  auto node = std::make_unique<ArrayNode>(array);
  if (rank < field.shape.size()) {
    node->children.resize(1);
    build_values(array, field, data, rank + 1, length * field.shape[rank], node->children.data());
  } else {
    node->buffers[1] = data;
  }
  publish(std::move(node), length, out);
}

Status build_field(Array& array, std::size_t index, ArrowArray* out) {
  const Field& field = array.dtype()->fields()[index];
  const ColumnPlace& place = array.block_layout().columns[index];
  if (place.stride != field.bytes()) {
    return {FOREBAY_E_ARGUMENT,
            "the array has the rows layout, so that field '" + field.name +
                "' is not in one piece; open the loader with the layout columns"};
  }
  build_values(array, field, array.data() + place.offset, 0, array.rows(), out);
  return Status::ok();
}

Status build_record(Array& array, ArrowArray* out) {
  auto node = std::make_unique<ArrayNode>(array);
  node->children.resize(array.dtype()->fields().size());
  for (std::size_t i = 0; i < node->children.size(); ++i)
    FOREBAY_TRY(build_field(array, i, &node->children[i]));
  publish(std::move(node), array.rows(), out);
  return Status::ok();
}

}  // namespace

Status export_array(Array& array, std::uint32_t field, ArrowArray* out) {
  ArrowSchema schema{};
  const Status typed = export_schema(*array.dtype(), field, &schema);
  if (!typed.is_ok()) return typed.clone();
  schema.release(&schema);
  if (field == FOREBAY_ARROW_ALL_FIELDS) return build_record(array, out);
  return build_field(array, field, out);
}

}  // namespace forebay::core::capi

using namespace forebay::core;        // NOLINT(google-build-using-namespace)
using namespace forebay::core::capi;  // NOLINT(google-build-using-namespace)

forebay_status forebay_array_export_arrow(forebay_array* array, uint32_t field,
                                          struct ArrowArray* out, forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (out == nullptr) return null_argument("out");
    out->release = nullptr;
    if (array == nullptr) return null_argument("array");
    return export_array(*from_handle(array), field, out);
  });
}
