// Thirty-two bytes at a time, with the instructions for bits that came along with AVX2.
#include <immintrin.h>

#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "text/field_text.hpp"
#include "text/kernels/kernels.hpp"

namespace forebay::core::text::avx2 {
namespace {

#include "text/kernels/bits_bmi.inl.hpp"

// Writes `at` plus the place of each bit; returns the end of the list. May write eight more.
// Why some at a time: their number is hard to foretell, and a wrong guess costs as much as many of
// them.
template <unsigned kAtATime>
static inline std::uint32_t* list_bits(std::uint32_t* out, std::uint64_t bits, std::uint32_t at) {
  std::uint32_t* const end = out + count_bits(bits);
  for (; bits != 0; out += kAtATime) {
    for (unsigned i = 0; i < kAtATime; ++i) {
      out[i] = at + static_cast<std::uint32_t>(_tzcnt_u64(bits));
      bits = _blsr_u64(bits);
    }
  }
  return end;
}

class Block {
 public:
  explicit Block(const char* data)
      : low_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(data))),
        high_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + 32))) {}

  [[nodiscard]] std::uint64_t equal(char byte) const {
    const __m256i wanted = _mm256_set1_epi8(byte);
    return bits_of(_mm256_cmpeq_epi8(low_, wanted), _mm256_cmpeq_epi8(high_, wanted));
  }
  [[nodiscard]] std::uint64_t at_most_blank() const {
    const __m256i blank = _mm256_set1_epi8(0x20);
    return bits_of(_mm256_cmpeq_epi8(_mm256_max_epu8(low_, blank), blank),
                   _mm256_cmpeq_epi8(_mm256_max_epu8(high_, blank), blank));
  }

 private:
  static std::uint64_t bits_of(__m256i low, __m256i high) {
    return static_cast<std::uint64_t>(static_cast<unsigned>(_mm256_movemask_epi8(high))) << 32 |
           static_cast<unsigned>(_mm256_movemask_epi8(low));
  }

  __m256i low_;
  __m256i high_;
};

#include "text/kernels/scan.inl.hpp"

#include "text/kernels/index.inl.hpp"

#include "text/kernels/values.inl.hpp"

#include "text/kernels/lanes_avx2.inl.hpp"

#include "text/kernels/lanes.inl.hpp"

#include "text/kernels/rows.inl.hpp"

bool is_usable() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") &&
         __builtin_cpu_supports("pclmul");
}

}  // namespace

const Kernel kKernel = {"avx2", is_usable, count_lines, run, index_window, read_fields};

}  // namespace forebay::core::text::avx2
