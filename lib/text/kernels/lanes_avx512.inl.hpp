// Eight fields at once by AVX-512. Included inside a kernel's own namespace, see lanes.inl.hpp.

// Eight words of 64 bits.
struct Lanes {
  __m512i bits;
};
static inline constexpr std::size_t kLanes = 8;

static inline Lanes operator&(Lanes a, Lanes b) {
  return {_mm512_and_si512(a.bits, b.bits)};
}
static inline Lanes operator|(Lanes a, Lanes b) {
  return {_mm512_or_si512(a.bits, b.bits)};
}
static inline Lanes operator^(Lanes a, Lanes b) {
  return {_mm512_xor_si512(a.bits, b.bits)};
}
static inline Lanes operator+(Lanes a, Lanes b) {
  return {_mm512_add_epi64(a.bits, b.bits)};
}
static inline Lanes operator-(Lanes a, Lanes b) {
  return {_mm512_sub_epi64(a.bits, b.bits)};
}
static inline Lanes every(std::uint64_t word) {
  return {_mm512_set1_epi64(static_cast<long long>(word))};
}
static inline Lanes without(Lanes bits, Lanes removed) {
  return {_mm512_andnot_si512(removed.bits, bits.bits)};
}
static inline Lanes shift_left(Lanes bits, Lanes counts) {
  return {_mm512_sllv_epi64(bits.bits, counts.bits)};
}
static inline Lanes shift_right(Lanes bits, Lanes counts) {
  return {_mm512_srlv_epi64(bits.bits, counts.bits)};
}
template <int kBits>
static inline Lanes shift_left(Lanes bits) {
  return {_mm512_slli_epi64(bits.bits, kBits)};
}
static inline Lanes equal_words(Lanes a, Lanes b) {
  return {_mm512_movm_epi64(_mm512_cmpeq_epi64_mask(a.bits, b.bits))};
}
static inline Lanes equal_bytes(Lanes a, Lanes b) {
  return {_mm512_movm_epi8(_mm512_cmpeq_epi8_mask(a.bits, b.bits))};
}
static inline Lanes less_words(Lanes a, Lanes b) {
  return {_mm512_movm_epi64(_mm512_cmplt_epu64_mask(a.bits, b.bits))};
}
// The lower halves of the words by a number.
static inline Lanes multiply_halves(Lanes words, int number) {
  return {_mm512_mul_epu32(words.bits, _mm512_set1_epi64(number))};
}
// Not 0 in bytes above `most`.
static inline Lanes above_bytes(Lanes bytes, char most) {
  return {_mm512_subs_epu8(bytes.bits, _mm512_set1_epi8(most))};
}
static inline bool is_any(Lanes bits) {
  return _mm512_test_epi64_mask(bits.bits, bits.bits) != 0;
}
static inline Lanes sum_of_bytes(Lanes bytes) {
  return {_mm512_sad_epu8(bytes.bits, _mm512_setzero_si512())};
}
static inline Lanes widen(const std::uint32_t* numbers) {
  return {_mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(numbers)))};
}

static inline __m128i two_words(const char* first, const char* second) {
  const __m128i low = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(first));
  const __m128i high = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(second));
  return _mm_unpacklo_epi64(low, high);
}
static inline __m256i four_words(const char* text, const std::uint32_t* starts) {
  const __m128i low = two_words(text + starts[0], text + starts[1]);
  const __m128i high = two_words(text + starts[2], text + starts[3]);
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}
static inline Lanes load_words(const char* text, const std::uint32_t* starts) {
  const __m256i low = four_words(text, starts);
  return {_mm512_inserti64x4(_mm512_castsi256_si512(low), four_words(text, starts + 4), 1)};
}

// Of eight digits in each lane.
static inline Lanes value_of_digits(Lanes digits) {
  const __m512i pairs = _mm512_maddubs_epi16(digits.bits, _mm512_set1_epi16(0x010a));
  const __m512i fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00010064));
  const __m512i high = _mm512_mul_epu32(fours, _mm512_set1_epi64(10000));
  return {_mm512_add_epi64(high, _mm512_srli_epi64(fours, 32))};
}

static inline __m256i low_halves(Lanes words) {
  return _mm512_cvtepi64_epi32(words.bits);
}

template <typename T>
static inline void store_integers(Lanes words, T* values) {
  if constexpr (sizeof(T) == 8) {
    _mm512_storeu_si512(values, words.bits);
  } else if constexpr (sizeof(T) == 4) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(values), low_halves(words));
  } else if constexpr (sizeof(T) == 2) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(values), _mm512_cvtepi64_epi16(words.bits));
  } else {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(values), _mm512_cvtepi64_epi8(words.bits));
  }
}

// whole / 10^places, below 0 where `negative`.
static inline void store_reals(Lanes whole, Lanes places, Lanes negative, float* values) {
  const __m256 powers = _mm256_loadu_ps(kSinglePowers);
  const __m256 divisor = _mm256_permutevar8x32_ps(powers, low_halves(places));
  const __m256 quotient = _mm256_div_ps(_mm256_cvtepi32_ps(low_halves(whole)), divisor);
  const __m256i sign = _mm256_slli_epi32(low_halves(negative), 31);
  _mm256_storeu_ps(values, _mm256_xor_ps(quotient, _mm256_castsi256_ps(sign)));
}
static inline void store_reals(Lanes whole, Lanes places, Lanes negative, double* values) {
  const __m512d divisor = _mm512_permutexvar_pd(places.bits, _mm512_loadu_pd(kDoublePowers));
  const __m512d quotient = _mm512_div_pd(_mm512_cvtepi32_pd(low_halves(whole)), divisor);
  const __m512i sign = _mm512_slli_epi64(negative.bits, 63);
  _mm512_storeu_pd(values, _mm512_xor_pd(quotient, _mm512_castsi512_pd(sign)));
}

static inline __m512d quotients(Lanes heads, Lanes tails, Lanes places) {
  // Exact, as the sum is at most 2^53.
  const __m512d high = _mm512_mul_pd(_mm512_cvtepi32_pd(low_halves(heads)), _mm512_set1_pd(1e8));
  const __m512d digits = _mm512_add_pd(high, _mm512_cvtepi32_pd(low_halves(tails)));
  const __m512d divisor = _mm512_permutex2var_pd(_mm512_loadu_pd(kDoublePowers), places.bits,
                                                 _mm512_loadu_pd(kDoublePowers + 8));
  return _mm512_div_pd(digits, divisor);
}

// (heads * 10^8 + tails) / 10^places; false when a float would be rounded twice.
static inline bool store_long_reals(Lanes heads, Lanes tails, Lanes places, Lanes negative,
                                    double* values) {
  const __m512i sign = _mm512_slli_epi64(negative.bits, 63);
  const __m512d quotient = quotients(heads, tails, places);
  _mm512_storeu_pd(values, _mm512_xor_pd(quotient, _mm512_castsi512_pd(sign)));
  return true;
}
static inline bool store_long_reals(Lanes heads, Lanes tails, Lanes places, Lanes negative,
                                    float* values) {
  const __m512d quotient = quotients(heads, tails, places);
  const Lanes dropped = Lanes{_mm512_castpd_si512(quotient)} & every((std::uint64_t{1} << 29) - 1);
  if (is_any(equal_words(dropped, every(std::uint64_t{1} << 28)))) return false;
  const __m256i sign = _mm256_slli_epi32(low_halves(negative), 31);
  _mm256_storeu_ps(values, _mm256_xor_ps(_mm512_cvtpd_ps(quotient), _mm256_castsi256_ps(sign)));
  return true;
}
