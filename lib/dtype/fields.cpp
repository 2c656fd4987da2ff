#include "dtype/fields.hpp"

#include <algorithm>
#include <unordered_set>

#include "dtype/literal.hpp"
#include "dtype/scalar_type.hpp"

namespace forebay::core::dtype_language {
namespace {

constexpr std::size_t kMaxFields = 65535;

using Complaint = std::optional<FieldFault>;

std::string shown_name(const Field& field) {
  constexpr std::size_t kShown = 60;
  const std::string shown = printable(field.name);
  return shown.size() <= kShown ? '"' + shown + '"'
                                : "a name of " + std::to_string(field.name.size()) + " bytes";
}

Complaint name_fault(const Field& field, std::size_t index, bool is_record) {
  if (!is_record) {
    if (field.name.empty()) return std::nullopt;
    return FieldFault{index, "a bare type has no name", "make it a record: name:type"};
  }
  if (field.name.empty()) {
    return FieldFault{index, "a field has no name", "give every field of a record a name"};
  }
  if (field.name.find('\0') != std::string::npos) {
    return FieldFault{index, "a name holds a NUL", "use another name"};
  }
  if (!is_utf8(field.name)) {
    return FieldFault{index, "a name is not UTF-8: " + shown_name(field), "use UTF-8 names"};
  }
  return std::nullopt;
}

Complaint type_fault(const Field& field, std::size_t index) {
  const bool unit_fits =
      field.kind == Kind::datetime ? is_time_unit(field.unit) : field.unit.empty();
  if (!is_item_size(field.kind, field.item_bytes) || !unit_fits) {
    return FieldFault{index, "kind, item bytes and unit do not make a type",
                      "use S<n>, i1..i8, u1..u8, f4, f8, ?, M8[unit]"};
  }
  if (field.shape.size() > FOREBAY_DTYPE_MAX_RANK) {
    return FieldFault{index, "a shape of more than 8 dimensions", "use at most 8"};
  }
  if (std::find(field.shape.begin(), field.shape.end(), 0U) != field.shape.end()) {
    return FieldFault{index, "a dimension is 0", "dimensions are whole numbers from 1"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> count_scalars(const Field& field) noexcept {
  std::uint64_t count = 1;
  for (const std::uint64_t dimension : field.shape) {
    const auto product = checked_mul(count, dimension);
    if (!product || *product > kMaxRowBytes) return std::nullopt;
    count = *product;
  }
  if (count * field.item_bytes > kMaxRowBytes) return std::nullopt;
  return count;
}

std::optional<FieldFault> find_fault(const std::vector<Field>& fields, bool is_record) {
  if (fields.empty()) return FieldFault{0, "it has no fields", "write name:type for each field"};
  if (!is_record && fields.size() > 1) {
    return FieldFault{1, "a bare type is one field", "make it a record: name:type,name:type"};
  }
  std::unordered_set<std::string_view> names;
  std::uint64_t row_bytes = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    if (i == kMaxFields)
      return FieldFault{i, "more than 65535 fields", "use sub-arrays: name:f4[24]"};
    if (auto fault = name_fault(field, i, is_record)) return fault;
    if (!names.insert(field.name).second) {
      return FieldFault{i, "the name " + shown_name(field) + " is there twice",
                        "give each field its own name"};
    }
    if (auto fault = type_fault(field, i)) return fault;
    const auto count = count_scalars(field);
    row_bytes += count ? *count * field.item_bytes : kMaxRowBytes + 1;
    if (row_bytes > kMaxRowBytes) {
      return FieldFault{i, "the row is larger than 2147483648 bytes with this field",
                        "make its shape or length smaller"};
    }
  }
  return std::nullopt;
}

}  // namespace forebay::core::dtype_language
