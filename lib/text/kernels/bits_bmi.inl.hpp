// Bits of a word, by the instructions for them. Included inside a kernel's own namespace, see
// scan.inl.hpp.

static inline std::uint64_t count_bits(std::uint64_t bits) {
  return static_cast<std::uint64_t>(__builtin_popcountll(bits));
}

// Bit i: whether an odd number of bits is set up to i.
static inline std::uint64_t prefix_xor(std::uint64_t bits) {
  const __m128i word = _mm_set_epi64x(0, static_cast<long long>(bits));
  const __m128i product = _mm_clmulepi64_si128(word, _mm_set1_epi8(-1), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}
