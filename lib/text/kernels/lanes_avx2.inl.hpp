// Four fields at once by AVX2. Included inside a kernel's own namespace, see lanes.inl.hpp.

// Four words of 64 bits.
struct Lanes {
  __m256i bits;
};
static inline constexpr std::size_t kLanes = 4;

static inline Lanes operator&(Lanes a, Lanes b) {
  return {_mm256_and_si256(a.bits, b.bits)};
}
static inline Lanes operator|(Lanes a, Lanes b) {
  return {_mm256_or_si256(a.bits, b.bits)};
}
static inline Lanes operator^(Lanes a, Lanes b) {
  return {_mm256_xor_si256(a.bits, b.bits)};
}
static inline Lanes operator+(Lanes a, Lanes b) {
  return {_mm256_add_epi64(a.bits, b.bits)};
}
static inline Lanes operator-(Lanes a, Lanes b) {
  return {_mm256_sub_epi64(a.bits, b.bits)};
}
static inline Lanes every(std::uint64_t word) {
  return {_mm256_set1_epi64x(static_cast<long long>(word))};
}
static inline Lanes without(Lanes bits, Lanes removed) {
  return {_mm256_andnot_si256(removed.bits, bits.bits)};
}
static inline Lanes shift_left(Lanes bits, Lanes counts) {
  return {_mm256_sllv_epi64(bits.bits, counts.bits)};
}
static inline Lanes shift_right(Lanes bits, Lanes counts) {
  return {_mm256_srlv_epi64(bits.bits, counts.bits)};
}
template <int kBits>
static inline Lanes shift_left(Lanes bits) {
  return {_mm256_slli_epi64(bits.bits, kBits)};
}
static inline Lanes equal_words(Lanes a, Lanes b) {
  return {_mm256_cmpeq_epi64(a.bits, b.bits)};
}
static inline Lanes equal_bytes(Lanes a, Lanes b) {
  return {_mm256_cmpeq_epi8(a.bits, b.bits)};
}
// Of words whose top bit is 0.
static inline Lanes less_words(Lanes a, Lanes b) {
  return {_mm256_cmpgt_epi64(b.bits, a.bits)};
}
// The lower halves of the words by a number.
static inline Lanes multiply_halves(Lanes words, int number) {
  return {_mm256_mul_epu32(words.bits, _mm256_set1_epi64x(number))};
}
// Not 0 in bytes above `most`.
static inline Lanes above_bytes(Lanes bytes, char most) {
  return {_mm256_subs_epu8(bytes.bits, _mm256_set1_epi8(most))};
}
static inline bool is_any(Lanes bits) {
  return _mm256_testz_si256(bits.bits, bits.bits) == 0;
}
static inline Lanes sum_of_bytes(Lanes bytes) {
  return {_mm256_sad_epu8(bytes.bits, _mm256_setzero_si256())};
}
static inline Lanes widen(const std::uint32_t* numbers) {
  return {_mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(numbers)))};
}

static inline __m128i two_words(const char* first, const char* second) {
  const __m128i low = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(first));
  const __m128i high = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(second));
  return _mm_unpacklo_epi64(low, high);
}
static inline Lanes load_words(const char* text, const std::uint32_t* starts) {
  const __m128i low = two_words(text + starts[0], text + starts[1]);
  const __m128i high = two_words(text + starts[2], text + starts[3]);
  return {_mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1)};
}

// Of eight digits in each lane.
static inline Lanes value_of_digits(Lanes digits) {
  const __m256i pairs = _mm256_maddubs_epi16(digits.bits, _mm256_set1_epi16(0x010a));
  const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00010064));
  const __m256i high = _mm256_mul_epu32(fours, _mm256_set1_epi64x(10000));
  return {_mm256_add_epi64(high, _mm256_srli_epi64(fours, 32))};
}

static inline __m128i low_halves(Lanes words) {
  const __m256i order = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
  return _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(words.bits, order));
}

template <typename T>
static inline void store_integers(Lanes words, T* values) {
  if constexpr (sizeof(T) == 8) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(values), words.bits);
  } else if constexpr (sizeof(T) == 4) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(values), low_halves(words));
  } else {
    std::uint64_t each[kLanes];
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(each), words.bits);
    for (std::size_t i = 0; i < kLanes; ++i) values[i] = static_cast<T>(each[i]);
  }
}

// whole / 10^places, below 0 where `negative`.
static inline void store_reals(Lanes whole, Lanes places, Lanes negative, float* values) {
  const __m256 powers = _mm256_loadu_ps(kSinglePowers);
  const __m256i index = _mm256_castsi128_si256(low_halves(places));
  const __m128 divisor = _mm256_castps256_ps128(_mm256_permutevar8x32_ps(powers, index));
  const __m128 quotient = _mm_div_ps(_mm_cvtepi32_ps(low_halves(whole)), divisor);
  const __m128i sign = _mm_slli_epi32(low_halves(negative), 31);
  _mm_storeu_ps(values, _mm_xor_ps(quotient, _mm_castsi128_ps(sign)));
}
static inline void store_reals(Lanes whole, Lanes places, Lanes negative, double* values) {
  const __m256d divisor = _mm256_i32gather_pd(kDoublePowers, low_halves(places), 8);
  const __m256d quotient = _mm256_div_pd(_mm256_cvtepi32_pd(low_halves(whole)), divisor);
  const __m256i sign = _mm256_slli_epi64(negative.bits, 63);
  _mm256_storeu_pd(values, _mm256_xor_pd(quotient, _mm256_castsi256_pd(sign)));
}

static inline __m256d quotients(Lanes heads, Lanes tails, Lanes places) {
  // Exact, as the sum is at most 2^53.
  const __m256d high = _mm256_mul_pd(_mm256_cvtepi32_pd(low_halves(heads)), _mm256_set1_pd(1e8));
  const __m256d digits = _mm256_add_pd(high, _mm256_cvtepi32_pd(low_halves(tails)));
  return _mm256_div_pd(digits, _mm256_i64gather_pd(kDoublePowers, places.bits, 8));
}

// (heads * 10^8 + tails) / 10^places; false when a float would be rounded twice.
static inline bool store_long_reals(Lanes heads, Lanes tails, Lanes places, Lanes negative,
                                    double* values) {
  const __m256i sign = _mm256_slli_epi64(negative.bits, 63);
  const __m256d quotient = quotients(heads, tails, places);
  _mm256_storeu_pd(values, _mm256_xor_pd(quotient, _mm256_castsi256_pd(sign)));
  return true;
}
static inline bool store_long_reals(Lanes heads, Lanes tails, Lanes places, Lanes negative,
                                    float* values) {
  const __m256d quotient = quotients(heads, tails, places);
  const Lanes dropped = Lanes{_mm256_castpd_si256(quotient)} & every((std::uint64_t{1} << 29) - 1);
  if (is_any(equal_words(dropped, every(std::uint64_t{1} << 28)))) return false;
  const __m128i sign = _mm_slli_epi32(low_halves(negative), 31);
  _mm_storeu_ps(values, _mm_xor_ps(_mm256_cvtpd_ps(quotient), _mm_castsi128_ps(sign)));
  return true;
}
