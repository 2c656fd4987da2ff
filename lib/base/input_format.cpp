#include "base/input_format.hpp"

#include <string_view>

namespace forebay::core {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kNone = SIZE_MAX;

struct Signature {
  InputFormat format;
  std::string_view bytes;
  std::size_t half = kNone;  // of the byte there only the upper four bits count
};

// Why ten bytes for bzip2: a text may begin with BZh9, but not go on with a block's or the end's
// number.
constexpr Signature kSignatures[] = {
    {InputFormat::gzip, "\x1f\x8b"sv},
    {InputFormat::zstd, "\x28\xb5\x2f\xfd"sv},
    {InputFormat::zstd, "\x50\x2a\x4d\x18"sv, 0},  // a frame to be skipped
    {InputFormat::bzip2, "BZh0\x31\x41\x59\x26\x53\x59"sv, 3},
    {InputFormat::bzip2, "BZh0\x17\x72\x45\x38\x50\x90"sv, 3},  // of nothing
    {InputFormat::xz, "\xfd\x37\x7a\x58\x5a\x00"sv},
};

constexpr bool all_fit() {
  for (const Signature& signature : kSignatures) {
    if (signature.bytes.size() > kInputFormatBytes) return false;
  }
  return true;
}
static_assert(all_fit());

bool begins_with(std::span<const std::byte> first_bytes, const Signature& signature) noexcept {
  if (first_bytes.size() < signature.bytes.size()) return false;
  for (std::size_t i = 0; i < signature.bytes.size(); ++i) {
    const auto wanted = static_cast<unsigned char>(signature.bytes[i]);
    const unsigned differing = std::to_integer<unsigned>(first_bytes[i]) ^ wanted;
    if ((i == signature.half ? differing >> 4U : differing) != 0) return false;
  }
  return true;
}

}  // namespace

InputFormat input_format_of(std::span<const std::byte> first_bytes) noexcept {
  for (const Signature& signature : kSignatures) {
    if (begins_with(first_bytes, signature)) return signature.format;
  }
  return InputFormat::plain;
}

}  // namespace forebay::core
