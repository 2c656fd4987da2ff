#include "store/object_header.hpp"

#include <algorithm>
#include <array>

namespace forebay::core {
namespace {

constexpr std::array kSignature{std::byte{'O'}, std::byte{'H'}, std::byte{'D'}, std::byte{'R'},
                                std::byte{2}};
constexpr std::size_t kFlagsAt = 5;
constexpr std::size_t kChecksumBytes = 4;
constexpr unsigned kSizeOfLength = 0x03;  // its exponent
constexpr unsigned kHasPhaseChange = 0x10;
constexpr unsigned kHasTimes = 0x20;

}  // namespace

std::optional<std::uint64_t> object_header_bytes(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() <= kFlagsAt || !std::equal(kSignature.begin(), kSignature.end(), bytes.begin()))
    return std::nullopt;
  const auto flags = std::to_integer<unsigned>(bytes[kFlagsAt]);
  const std::size_t length_at =
      kFlagsAt + 1 + ((flags & kHasTimes) != 0 ? 16 : 0) + ((flags & kHasPhaseChange) != 0 ? 4 : 0);
  const std::size_t length_bytes = std::size_t{1} << (flags & kSizeOfLength);
  const std::size_t messages_at = length_at + length_bytes;
  if (bytes.size() < messages_at) return std::nullopt;
  std::uint64_t length = 0;
  for (std::size_t i = length_bytes; i-- > 0;) {
    length = length << 8U | std::to_integer<std::uint64_t>(bytes[length_at + i]);
  }
  return length + messages_at + kChecksumBytes;
}

}  // namespace forebay::core
