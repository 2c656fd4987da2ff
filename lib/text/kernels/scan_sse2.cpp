// Sixteen bytes at a time; SSE2 is part of the x86-64 baseline, so this needs no run-time
// detection.
#include <emmintrin.h>

#include <cstring>

#include "text/kernels/kernels.hpp"

namespace forebay::core::text::sse2 {
namespace {

#include "text/scan.inl.hpp"

class Block {
 public:
  explicit Block(char comment) : comment_(_mm_set1_epi8(comment)) {}

  [[nodiscard]] Masks masks(const char* data) const {
    Masks out{0, 0};
    for (unsigned i = 0; i < 4; ++i) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + i * 16));
      const __m128i blank = _mm_set1_epi8(0x20);
      const __m128i low = _mm_cmpeq_epi8(_mm_max_epu8(bytes, blank), blank);
      const __m128i odd = _mm_or_si128(low, _mm_cmpeq_epi8(bytes, comment_));
      out.newline |= bits_of(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'))) << (16 * i);
      out.odd |= bits_of(odd) << (16 * i);
    }
    return out;
  }

 private:
  static std::uint64_t bits_of(__m128i bytes) {
    return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(bytes)));
  }

  __m128i comment_;
};

}  // namespace

LineCounts count_lines(const Machine& machine, const char* data, std::size_t size,
                       std::size_t readable) {
  return count_lines_by<Block>(machine, data, size, readable);
}

}  // namespace forebay::core::text::sse2
