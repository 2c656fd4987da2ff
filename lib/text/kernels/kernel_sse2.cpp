// Sixteen bytes at a time; SSE2 is part of the x86-64 baseline.
#include <emmintrin.h>

#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "text/field_text.hpp"
#include "text/kernels/kernels.hpp"

namespace forebay::core::text::sse2 {
namespace {

#include "text/kernels/bits.inl.hpp"

class Block {
 public:
  explicit Block(const char* data) {
    for (unsigned i = 0; i < 4; ++i)
      bytes_[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + i * 16));
  }

  [[nodiscard]] std::uint64_t equal(char byte) const {
    const __m128i wanted = _mm_set1_epi8(byte);
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < 4; ++i) mask |= bits_of(_mm_cmpeq_epi8(bytes_[i], wanted)) << (16 * i);
    return mask;
  }
  [[nodiscard]] std::uint64_t at_most_blank() const {
    const __m128i blank = _mm_set1_epi8(0x20);
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < 4; ++i) {
      const __m128i low = _mm_cmpeq_epi8(_mm_max_epu8(bytes_[i], blank), blank);
      mask |= bits_of(low) << (16 * i);
    }
    return mask;
  }

 private:
  static std::uint64_t bits_of(__m128i bytes) {
    return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(bytes)));
  }

  __m128i bytes_[4];
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

const Kernel kKernel = {"sse2", is_usable, count_lines, run, index_window, read_fields};

}  // namespace forebay::core::text::sse2
