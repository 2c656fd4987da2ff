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
    {InputFormat::npy, "\x93NUMPY"sv},
    {InputFormat::npz, "PK\x03\x04"sv},
    {InputFormat::npz, "PK\x05\x06"sv},  // of nothing
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

std::size_t byte_at(std::span<const std::byte> bytes, std::size_t at) noexcept {
  return std::to_integer<std::size_t>(bytes[at]);
}

constexpr std::size_t kGzipFixed = 12;  // with the length of the extra field

bool begins_as_bgzf(std::span<const std::byte> first_bytes) noexcept {
  if (!is_bgzf_header(first_bytes)) return false;
  const std::size_t header =
      kGzipFixed + byte_at(first_bytes, 10) + (byte_at(first_bytes, 11) << 8U);
  return first_bytes.size() >= header && bgzf_block_bytes(first_bytes.first(header)).has_value();
}

}  // namespace

InputFormat input_format_of(std::span<const std::byte> first_bytes) noexcept {
  if (begins_as_bgzf(first_bytes)) return InputFormat::bgzf;
  for (const Signature& signature : kSignatures) {
    if (begins_with(first_bytes, signature)) return signature.format;
  }
  return InputFormat::plain;
}

bool is_bgzf_header(std::span<const std::byte> first_bytes) noexcept {
  // Flags: an extra field and nothing else, as the format demands.
  return first_bytes.size() >= kGzipFixed && byte_at(first_bytes, 0) == 0x1f &&
         byte_at(first_bytes, 1) == 0x8b && byte_at(first_bytes, 2) == 8 &&
         byte_at(first_bytes, 3) == 4;
}

std::optional<std::size_t> bgzf_block_bytes(std::span<const std::byte> header) noexcept {
  constexpr std::size_t kSubfieldHead = 4;
  std::size_t at = kGzipFixed;
  while (at + kSubfieldHead <= header.size()) {
    const std::size_t length = byte_at(header, at + 2) + (byte_at(header, at + 3) << 8U);
    const std::size_t content = at + kSubfieldHead;
    if (length > header.size() - content) return std::nullopt;
    if (byte_at(header, at) == 'B' && byte_at(header, at + 1) == 'C' && length == 2)
      return byte_at(header, content) + (byte_at(header, content + 1) << 8U) + 1;
    at = content + length;
  }
  return std::nullopt;
}

}  // namespace forebay::core
