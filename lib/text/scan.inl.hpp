// The line counting algorithm, 64 bytes at a time; a kernel supplies Block, which turns 64 bytes
// into two masks. Included by kernels/scan_*.cpp only, inside the kernel's own namespace, so that
// no instruction set leaks through a merged inline function.
//
// Block(char comment): `comment` is the byte that a comment starts with, or any byte up to 0x20
// when there are none. Block::masks(data): bit i of `newline`: byte i is '\n'; of `odd`: byte i is
// at most 0x20 or is `comment`.

// Why not std::popcount: without the POPCNT instruction, which the baseline lacks, it is a library
// call.
static inline std::uint64_t count_bits(std::uint64_t bits) {
  bits -= (bits >> 1) & 0x5555555555555555U;
  bits = (bits & 0x3333333333333333U) + ((bits >> 2) & 0x3333333333333333U);
  bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fU;
  return (bits * 0x0101010101010101U) >> 56;
}

struct Masks {
  std::uint64_t newline;
  std::uint64_t odd;
};

// Every newline starts a record. Only one that starts with an odd byte may be no row (blank,
// comment); those are looked at one by one, the others only counted.
template <typename Block>
LineCounts count_lines_by(const Machine& machine, const char* data, std::size_t size,
                          std::size_t readable) {
  const Block block(machine.comment_prefix().empty() ? '\n' : machine.comment_prefix()[0]);
  LineCounts counts;
  std::uint64_t carry = 1;
  const auto take = [&](const char* bytes, std::size_t at, std::uint64_t valid) {
    const Masks masks = block.masks(bytes);
    const std::uint64_t newline = masks.newline & valid;
    const std::uint64_t starts = ((newline << 1) | carry) & valid;
    carry = newline >> 63;
    counts.newlines += count_bits(newline);
    counts.rows += count_bits(starts);
    for (std::uint64_t odd = starts & masks.odd; odd != 0; odd &= odd - 1) {
      const auto start = at + static_cast<std::size_t>(__builtin_ctzll(odd));
      if (!machine.row_starts_at(data, start, size, readable)) --counts.rows;
    }
  };
  std::size_t at = 0;
  for (; size - at >= 64; at += 64) take(data + at, at, ~std::uint64_t{0});
  if (at < size) {
    char rest[64] = {};
    std::memcpy(rest, data + at, size - at);
    take(rest, at, (std::uint64_t{1} << (size - at)) - 1);
  }
  return counts;
}
