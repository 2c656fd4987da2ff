// RFC 1952, section 2.3.
#include "codec/gzip_framing.hpp"

#include <isa-l/crc.h>

namespace forebay::core::codec {
namespace {

constexpr std::uint8_t kDeflate = 8;
constexpr std::uint8_t kFlagChecksum = 2;
constexpr std::uint8_t kFlagExtra = 4;
constexpr std::uint8_t kFlagName = 8;
constexpr std::uint8_t kFlagComment = 16;
constexpr std::uint8_t kFlagsReserved = 0xe0;
constexpr std::uint32_t kFixedBytes = 10;

}  // namespace

GzipHeader::Taken GzipHeader::take(std::uint8_t byte) noexcept {
  if (part_ != Part::checksum) crc_ = crc32_gzip_refl(crc_, &byte, 1);
  switch (part_) {
    case Part::fixed:
      if (const Taken taken = take_fixed(byte); taken != Taken::more) return taken;
      if (position_ == kFixedBytes) next_part();
      break;
    case Part::extra_length:
      length_ |= std::uint32_t{byte} << (8 * position_++);
      if (position_ == 2) next_part();
      break;
    case Part::extra:
      if (++position_ == length_) next_part();
      break;
    case Part::name:
    case Part::comment:
      if (byte == 0) next_part();
      break;
    case Part::checksum:
      length_ |= std::uint32_t{byte} << (8 * position_++);
      if (position_ < 2) break;
      if (length_ != (crc_ & 0xffff)) return Taken::damaged;
      next_part();
      break;
    case Part::done:
      break;
  }
  return part_ == Part::done ? Taken::complete : Taken::more;
}

GzipHeader::Taken GzipHeader::take_fixed(std::uint8_t byte) noexcept {
  const std::uint32_t at = position_++;
  if (at == 0 && byte != 0x1f) return Taken::not_gzip;
  if (at == 1 && byte != 0x8b) return Taken::not_gzip;
  if (at == 2 && byte != kDeflate) return Taken::unknown_method;
  if (at == 3) flags_ = byte;
  return (flags_ & kFlagsReserved) == 0 ? Taken::more : Taken::unknown_method;
}

bool GzipHeader::present(Part part) const noexcept {
  switch (part) {
    case Part::extra_length:
      return (flags_ & kFlagExtra) != 0;
    case Part::extra:
      return (flags_ & kFlagExtra) != 0 && length_ != 0;
    case Part::name:
      return (flags_ & kFlagName) != 0;
    case Part::comment:
      return (flags_ & kFlagComment) != 0;
    case Part::checksum:
      return (flags_ & kFlagChecksum) != 0;
    default:
      return true;
  }
}

void GzipHeader::next_part() noexcept {
  do part_ = static_cast<Part>(static_cast<std::uint8_t>(part_) + 1);
  while (!present(part_));
  if (part_ != Part::done) position_ = 0;
  if (part_ != Part::extra) length_ = 0;
}

}  // namespace forebay::core::codec
