// The header and the trailer of a gzip member (RFC 1952), read a byte at a time: they may be cut
// anywhere by the ends of input buffers. A value; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace forebay::core::codec {

class GzipHeader {
 public:
  enum class Taken : std::uint8_t { more, complete, not_gzip, unknown_method, damaged };

  void reset() noexcept { *this = GzipHeader(); }
  Taken take(std::uint8_t byte) noexcept;

 private:
  enum class Part : std::uint8_t { fixed, extra_length, extra, name, comment, checksum, done };

  Taken take_fixed(std::uint8_t byte) noexcept;
  void next_part() noexcept;
  [[nodiscard]] bool present(Part part) const noexcept;

  Part part_ = Part::fixed;
  std::uint8_t flags_ = 0;
  std::uint32_t position_ = 0;  // in the part
  std::uint32_t length_ = 0;    // of the extra field, or the checksum read so far
  std::uint32_t crc_ = 0;
};

class GzipTrailer {
 public:
  static constexpr std::uint32_t kBytes = 8;

  void reset() noexcept { *this = GzipTrailer(); }
  // true: complete.
  bool take(std::uint8_t byte) noexcept {
    bytes_ |= std::uint64_t{byte} << (8 * taken_);
    return ++taken_ == kBytes;
  }
  [[nodiscard]] std::uint32_t crc() const noexcept { return static_cast<std::uint32_t>(bytes_); }
  [[nodiscard]] std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(bytes_ >> 32);
  }

 private:
  std::uint64_t bytes_ = 0;
  std::uint32_t taken_ = 0;
};

}  // namespace forebay::core::codec
