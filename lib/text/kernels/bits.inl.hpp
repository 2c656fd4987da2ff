// Bits of a word, for machines without instructions for them. Included inside a kernel's own
// namespace, see scan.inl.hpp.

// Why not std::popcount: without the POPCNT instruction, which the baseline lacks, it is a library
// call.
static inline std::uint64_t count_bits(std::uint64_t bits) {
  bits -= (bits >> 1) & 0x5555555555555555U;
  bits = (bits & 0x3333333333333333U) + ((bits >> 2) & 0x3333333333333333U);
  bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fU;
  return (bits * 0x0101010101010101U) >> 56;
}

// Bit i: whether an odd number of bits is set up to i.
static inline std::uint64_t prefix_xor(std::uint64_t bits) {
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

// Writes `at` plus the place of each bit; returns the end of the list. May write eight more.
// Why some at a time: their number is hard to foretell, and a wrong guess costs as much as many of
// them.
template <unsigned kAtATime>
static inline std::uint32_t* list_bits(std::uint32_t* out, std::uint64_t bits, std::uint32_t at) {
  std::uint32_t* const end = out + count_bits(bits);
  for (; bits != 0; out += kAtATime) {
    for (unsigned i = 0; i < kAtATime; ++i) {
      out[i] = at + static_cast<std::uint32_t>(__builtin_ctzll(bits | std::uint64_t{1} << 63));
      bits &= bits - 1;
    }
  }
  return end;
}
