// Types of arrow.h: a dtype as an ArrowSchema. Values, no shared state.
#include <array>
#include <bit>

#include "capi/arrow.hpp"
#include "capi/handles.hpp"

namespace forebay::core::capi {
namespace {

// What an ArrowSchema points to. Children may have been moved elsewhere: their `release` is then
// NULL.
struct SchemaNode {
  std::string format{};
  std::string name{};
  std::string metadata{};
  std::vector<ArrowSchema> children{};
  std::vector<ArrowSchema*> pointers{};

  SchemaNode() = default;
  SchemaNode(const SchemaNode&) = delete;
  SchemaNode& operator=(const SchemaNode&) = delete;
  ~SchemaNode() {
    for (ArrowSchema& child : children)
      if (child.release != nullptr) child.release(&child);
  }
};

void release_schema(ArrowSchema* schema) noexcept {
  delete static_cast<SchemaNode*>(schema->private_data);
  schema->release = nullptr;
}

void publish(std::unique_ptr<SchemaNode> node, ArrowSchema* out) {
  for (ArrowSchema& child : node->children) node->pointers.push_back(&child);
  *out = ArrowSchema{};
  out->format = node->format.c_str();
  out->name = node->name.c_str();
  out->metadata = node->metadata.empty() ? nullptr : node->metadata.data();
  out->n_children = static_cast<std::int64_t>(node->children.size());
  out->children = node->pointers.empty() ? nullptr : node->pointers.data();
  out->release = release_schema;
  out->private_data = node.release();
}

void append_length(std::string* out, std::size_t length) {
  const auto value = static_cast<std::int32_t>(length);
  std::array<char, sizeof(value)> bytes{};
  std::memcpy(bytes.data(), &value, bytes.size());
  out->append(bytes.data(), bytes.size());
}

// Arrow's booleans are bits; this is its canonical type for booleans of a byte.
std::string bool_metadata() {
  std::string out;
  append_length(&out, 2);
  for (const std::string_view text :
       {"ARROW:extension:name", "arrow.bool8", "ARROW:extension:metadata", ""}) {
    append_length(&out, text.size());
    out += text;
  }
  return out;
}

Status no_type(const Field& field, const std::string& why) {
  return {FOREBAY_E_ARGUMENT, "field '" + field.name + "' has no Arrow type: " + why};
}

// The letters of 1, 2, 4 and 8 bytes.
char letter(const char* letters, std::uint64_t item_bytes) noexcept {
  return item_bytes == 1   ? letters[0]
         : item_bytes == 2 ? letters[1]
         : item_bytes == 4 ? letters[2]
                           : letters[3];
}

Result<std::string> datetime_format(const Field& field) {
  if (field.unit == "s") return std::string("tss:");
  if (field.unit == "ms") return std::string("tsm:");
  if (field.unit == "us") return std::string("tsu:");
  if (field.unit == "ns") return std::string("tsn:");
  return no_type(field,
                 "times of the unit " + field.unit + "; load it as M8[s], [ms], [us] or [ns]");
}

Result<std::string> scalar_format(const Field& field) {
  if (field.big_endian != (std::endian::native == std::endian::big))
    if (field.item_bytes > 1 && field.kind != Kind::bytes)
      return no_type(field, "the other byte order; load it in that of this machine");
  switch (field.kind) {
    case Kind::bytes:
      return "w:" + std::to_string(field.item_bytes);
    case Kind::integer:
      return std::string(1, letter("csil", field.item_bytes));
    case Kind::unsigned_integer:
      return std::string(1, letter("CSIL", field.item_bytes));
    case Kind::real:
      return std::string(1, field.item_bytes == 4 ? 'f' : 'g');
    case Kind::boolean:
      return std::string("c");
    case Kind::datetime:
      return datetime_format(field);
  }
  return no_type(field, "its kind");
}

// The field with the dimensions from `rank` on.
Status build_field(const Field& field, std::size_t rank, std::string name, ArrowSchema* out) {
  auto node = std::make_unique<SchemaNode>();
  node->name = std::move(name);
  if (rank < field.shape.size()) {
    node->format = "+w:" + std::to_string(field.shape[rank]);
    node->children.resize(1);
    FOREBAY_TRY(build_field(field, rank + 1, "item", node->children.data()));
  } else {
    FOREBAY_TRY_ASSIGN(node->format, scalar_format(field));
    if (field.kind == Kind::boolean) node->metadata = bool_metadata();
  }
  publish(std::move(node), out);
  return Status::ok();
}

Status build_record(const Dtype& dtype, ArrowSchema* out) {
  auto node = std::make_unique<SchemaNode>();
  node->format = "+s";
  node->children.resize(dtype.fields().size());
  for (std::size_t i = 0; i < node->children.size(); ++i) {
    const Field& field = dtype.fields()[i];
    FOREBAY_TRY(build_field(field, 0, field.name, &node->children[i]));
  }
  publish(std::move(node), out);
  return Status::ok();
}

}  // namespace

Status export_schema(const Dtype& dtype, std::uint32_t field, ArrowSchema* out) {
  if (field == FOREBAY_ARROW_ALL_FIELDS) return build_record(dtype, out);
  if (field >= dtype.fields().size()) return Status::news(FOREBAY_NONE);
  return build_field(dtype.fields()[field], 0, dtype.fields()[field].name, out);
}

}  // namespace forebay::core::capi

using namespace forebay::core;        // NOLINT(google-build-using-namespace)
using namespace forebay::core::capi;  // NOLINT(google-build-using-namespace)

forebay_status forebay_dtype_export_arrow(const forebay_dtype* dtype, uint32_t field,
                                          struct ArrowSchema* out, forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (out == nullptr) return null_argument("out");
    out->release = nullptr;
    if (dtype == nullptr) return null_argument("dtype");
    return export_schema(**from_handle(dtype), field, out);
  });
}
