// Eight bytes at a time in general registers, for every machine.
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "text/field_text.hpp"
#include "text/kernels/kernels.hpp"

namespace forebay::core::text::portable {
namespace {

#include "text/kernels/bits.inl.hpp"

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kLow7 = 0x7f7f7f7f7f7f7f7fU;

class Block {
 public:
  explicit Block(const char* data) {
    for (unsigned i = 0; i < 8; ++i) {
      std::memcpy(&words_[i], data + i * 8, 8);
      if constexpr (std::endian::native == std::endian::big)
        words_[i] = __builtin_bswap64(words_[i]);
    }
  }

  [[nodiscard]] std::uint64_t equal(char byte) const {
    const std::uint64_t wanted = kOnes * static_cast<unsigned char>(byte);
    return masked([wanted](std::uint64_t word) { return zero_bytes(word ^ wanted); });
  }
  [[nodiscard]] std::uint64_t at_most_blank() const {
    return masked([](std::uint64_t word) {
      return ~(((word & kLow7) + kOnes * (0x7f - 0x20)) | word | kLow7);
    });
  }

 private:
  template <typename Bytes>
  [[nodiscard]] std::uint64_t masked(Bytes bytes) const {
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < 8; ++i) mask |= gather(bytes(words_[i])) << (8 * i);
    return mask;
  }
  // 0x80 in exactly those bytes that are zero.
  static std::uint64_t zero_bytes(std::uint64_t word) {
    return ~(((word & kLow7) + kLow7) | word | kLow7);
  }
  // The top bits of the eight bytes as eight adjacent bits.
  static std::uint64_t gather(std::uint64_t tops) {
    return ((tops >> 7) * 0x0102040810204080U) >> 56;
  }

  std::uint64_t words_[8];
};

#include "text/kernels/scan.inl.hpp"

#include "text/kernels/index.inl.hpp"

#include "text/kernels/values.inl.hpp"

#include "text/kernels/lanes_none.inl.hpp"

#include "text/kernels/rows.inl.hpp"

bool is_usable() {
  return true;
}

}  // namespace

const Kernel kKernel = {"portable", is_usable, count_lines, run, index_window, read_fields};

}  // namespace forebay::core::text::portable
