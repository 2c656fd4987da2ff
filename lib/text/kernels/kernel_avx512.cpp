// Sixty-four bytes at a time, by AVX-512 with its byte permutations (Ice Lake, Zen 4 and later).
#include <immintrin.h>

#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "text/field_text.hpp"
#include "text/kernels/kernels.hpp"

namespace forebay::core::text::avx512 {
namespace {

#include "text/kernels/bits_bmi.inl.hpp"

// Writes `at` plus the place of each bit; returns the end of the list. May write sixteen more.
template <unsigned>
static inline std::uint32_t* list_bits(std::uint32_t* out, std::uint64_t bits, std::uint32_t at) {
  alignas(64) static constexpr unsigned char kPlaces[64] = {
      0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
      22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
      44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
  std::uint32_t* const end = out + count_bits(bits);
  const __m512i base = _mm512_set1_epi32(static_cast<int>(at));
  __m512i places = _mm512_maskz_compress_epi8(bits, _mm512_load_si512(kPlaces));
  for (;;) {
    const __m512i sixteen = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(places));
    _mm512_storeu_si512(out, _mm512_add_epi32(base, sixteen));
    out += 16;
    if (out >= end) return end;
    places = _mm512_alignr_epi32(places, places, 4);
  }
}

class Block {
 public:
  explicit Block(const char* data) : bytes_(_mm512_loadu_si512(data)) {}

  [[nodiscard]] std::uint64_t equal(char byte) const {
    return _mm512_cmpeq_epi8_mask(bytes_, _mm512_set1_epi8(byte));
  }
  [[nodiscard]] std::uint64_t at_most_blank() const {
    return _mm512_cmple_epu8_mask(bytes_, _mm512_set1_epi8(0x20));
  }

 private:
  __m512i bytes_;
};

#include "text/kernels/scan.inl.hpp"

#include "text/kernels/index.inl.hpp"

#include "text/kernels/values.inl.hpp"

#include "text/kernels/lanes_avx512.inl.hpp"

#include "text/kernels/lanes.inl.hpp"

#include "text/kernels/rows.inl.hpp"

bool is_usable() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
}

}  // namespace

const Kernel kKernel = {"avx512", is_usable, count_lines, run, index_window, read_fields};

}  // namespace forebay::core::text::avx512
