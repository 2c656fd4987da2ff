// What a list of fields must satisfy to be a dtype, whichever way it was made. Pure functions; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dtype/dtype.hpp"

namespace forebay::core::dtype_language {

struct FieldFault {
  std::size_t field = 0;
  std::string what{};
  std::string_view advice{};
};

// The first fault in the order of the fields; nothing if they make a dtype.
std::optional<FieldFault> find_fault(const std::vector<Field>& fields, bool is_record);

// The product of the shape; nothing if the field is larger than a row can be.
std::optional<std::uint64_t> count_scalars(const Field& field) noexcept;

}  // namespace forebay::core::dtype_language
