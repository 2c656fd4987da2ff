#include "text/fill_value.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace forebay::core::text {
namespace {

template <typename T>
void store_nan(std::vector<std::byte>& out) {
  const T value = std::numeric_limits<T>::quiet_NaN();
  std::memcpy(out.data(), &value, sizeof(value));
}

}  // namespace

std::vector<std::byte> fill_bytes(const Field& field) {
  std::vector<std::byte> out(field.item_bytes, std::byte{0});
  switch (field.kind) {
    case Kind::bytes:
    case Kind::boolean:
      return out;
    case Kind::integer:
    case Kind::datetime:
      out[std::endian::native == std::endian::big ? 0 : out.size() - 1] = std::byte{0x80};
      break;
    case Kind::unsigned_integer:
      std::fill(out.begin(), out.end(), std::byte{0xff});
      break;
    case Kind::real:
      out.size() == sizeof(float) ? store_nan<float>(out) : store_nan<double>(out);
      break;
  }
  const bool is_foreign = field.big_endian != (std::endian::native == std::endian::big);
  if (is_foreign) std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace forebay::core::text
