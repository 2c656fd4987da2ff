// The words of the scalar types, such as S10, i4 and M8, and what to use in place of a word that
// forebay lacks. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dtype/dtype.hpp"
#include "dtype/reader.hpp"

namespace forebay::core::dtype_language {

// A compound HDF5 type and a numpy itemsize end near this; also what keeps every later product of
// sizes in 64 bits.
constexpr std::uint64_t kMaxRowBytes = std::uint64_t{1} << 31;

bool is_item_size(Kind kind, std::uint64_t item_bytes) noexcept;
bool is_time_unit(std::string_view unit) noexcept;
// Whether the bytes of a scalar have an order at all.
bool has_byte_order(const Field& field) noexcept;

// Reads a byte order, a type word and the unit of a datetime into `field`.
Status read_type(Reader& reader, Field* field);

// The word of a field's type without byte order and shape; the inverse of read_type but for the
// order.
std::string type_word(const Field& field);

}  // namespace forebay::core::dtype_language
