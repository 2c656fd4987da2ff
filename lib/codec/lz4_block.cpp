// The filter's frame, all numbers big-endian: 8 bytes, the size of the content; 4 bytes, that of a
// block of it; of each block 4 bytes, its packed size, and the packed bytes. A block whose packed
// size is its own is not packed.
#include <lz4.h>

#include <algorithm>
#include <cstring>

#include "codec/block_codecs.hpp"

namespace forebay::core::codec {
namespace {

constexpr std::size_t kHeadBytes = 12;
constexpr std::size_t kSizeBytes = 4;
// The filter's own choice where its caller makes none.
constexpr std::size_t kMostBlock = std::size_t{1} << 30U;

std::uint64_t read_big(const std::byte* from, std::size_t bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    value = value << 8U | std::to_integer<std::uint64_t>(from[i]);
  return value;
}

void write_big(std::byte* to, std::size_t bytes, std::uint64_t value) noexcept {
  for (std::size_t i = bytes; i-- > 0; value >>= 8U) to[i] = static_cast<std::byte>(value);
}

const char* chars(const std::byte* bytes) noexcept {
  return reinterpret_cast<const char*>(bytes);
}

char* chars(std::byte* bytes) noexcept {
  return reinterpret_cast<char*>(bytes);
}

}  // namespace

bool has_lz4() noexcept {
  return true;
}

std::size_t lz4_pack(std::span<const std::byte> in, std::span<std::byte> out) noexcept {
  const std::size_t block = std::min(in.size(), kMostBlock);
  if (in.empty() || out.size() < kHeadBytes) return 0;
  write_big(out.data(), 8, in.size());
  write_big(out.data() + 8, 4, block);
  std::size_t at = kHeadBytes;
  for (std::size_t done = 0; done < in.size();) {
    const std::size_t bytes = std::min(block, in.size() - done);
    if (out.size() - at <= kSizeBytes) return 0;
    const std::size_t room = std::min(out.size() - at - kSizeBytes, bytes - 1);
    const int packed =
        LZ4_compress_default(chars(in.data() + done), chars(out.data() + at + kSizeBytes),
                             static_cast<int>(bytes), static_cast<int>(room));
    // A block alone that does not shrink is not worth a frame.
    if (packed <= 0) return 0;
    write_big(out.data() + at, kSizeBytes, static_cast<std::uint64_t>(packed));
    at += kSizeBytes + static_cast<std::size_t>(packed);
    done += bytes;
  }
  return at;
}

bool lz4_unpack(std::span<const std::byte> in, std::span<std::byte> out) noexcept {
  if (in.size() < kHeadBytes || read_big(in.data(), 8) != out.size()) return false;
  const std::size_t block = std::min<std::uint64_t>(read_big(in.data() + 8, 4), out.size());
  if (block == 0) return out.empty();
  std::size_t at = kHeadBytes;
  for (std::size_t done = 0; done < out.size();) {
    const std::size_t bytes = std::min(block, out.size() - done);
    if (in.size() - at < kSizeBytes) return false;
    const std::size_t packed = read_big(in.data() + at, kSizeBytes);
    at += kSizeBytes;
    if (packed > in.size() - at || packed > LZ4_MAX_INPUT_SIZE || bytes > LZ4_MAX_INPUT_SIZE)
      return false;
    if (packed == bytes) {
      std::memcpy(out.data() + done, in.data() + at, bytes);
    } else if (LZ4_decompress_safe(chars(in.data() + at), chars(out.data() + done),
                                   static_cast<int>(packed),
                                   static_cast<int>(bytes)) != static_cast<int>(bytes)) {
      return false;
    }
    at += packed;
    done += bytes;
  }
  return true;
}

std::size_t lz4_content(std::span<const std::byte> in) noexcept {
  const std::uint64_t bytes = in.size() < kHeadBytes ? 0 : read_big(in.data(), 8);
  return bytes < kMostContent ? static_cast<std::size_t>(bytes) : 0;
}

}  // namespace forebay::core::codec
