// Eight bytes at a time in general registers; the reference for the other kernels.
#include <bit>
#include <cstring>

#include "text/kernels/kernels.hpp"

namespace forebay::core::text::portable {
namespace {

#include "text/scan.inl.hpp"

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kLow7 = 0x7f7f7f7f7f7f7f7fU;

class Block {
 public:
  explicit Block(char comment) : comment_(kOnes * static_cast<unsigned char>(comment)) {}

  [[nodiscard]] Masks masks(const char* data) const {
    Masks out{0, 0};
    for (unsigned i = 0; i < 8; ++i) {
      const std::uint64_t word = load(data + i * 8);
      const std::uint64_t low = ~(((word & kLow7) + kOnes * (0x7f - 0x20)) | word | kLow7);
      out.newline |= gather(zero_bytes(word ^ (kOnes * '\n'))) << (8 * i);
      out.odd |= gather(low | zero_bytes(word ^ comment_)) << (8 * i);
    }
    return out;
  }

 private:
  static std::uint64_t load(const char* data) {
    std::uint64_t word;
    std::memcpy(&word, data, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
  }
  // 0x80 in exactly those bytes that are zero.
  static std::uint64_t zero_bytes(std::uint64_t word) {
    return ~(((word & kLow7) + kLow7) | word | kLow7);
  }
  // The top bits of the eight bytes as eight adjacent bits.
  static std::uint64_t gather(std::uint64_t tops) {
    return ((tops >> 7) * 0x0102040810204080U) >> 56;
  }

  std::uint64_t comment_;
};

}  // namespace

LineCounts count_lines(const Machine& machine, const char* data, std::size_t size,
                       std::size_t readable) {
  return count_lines_by<Block>(machine, data, size, readable);
}

}  // namespace forebay::core::text::portable
