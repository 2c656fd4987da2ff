// Values of fields whose both ends are known, without a branch that depends on the text. Included
// inside a kernel's own namespace, see scan.inl.hpp. What these do not take, long or unusual
// spellings, the strict reader does; what they take, they read as it does.

static inline constexpr std::uint64_t kEveryByte = 0x0101010101010101U;
static inline constexpr std::uint64_t kTopBits = 0x8080808080808080U;
static inline constexpr std::uint64_t kZeros = kEveryByte * '0';
static inline constexpr std::uint64_t kPoints = kEveryByte * ('.' ^ '0');

__extension__ using Twice = unsigned __int128;

// Exact up to 10^7 in float and 10^22 in double.
static inline constexpr float kSinglePowers[8] = {1e0F, 1e1F, 1e2F, 1e3F, 1e4F, 1e5F, 1e6F, 1e7F};
static inline constexpr double kDoublePowers[17] = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16};
static inline constexpr std::uint64_t kIntegerPowers[9] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

static inline std::uint64_t load_word(const char* data) {
  std::uint64_t word;
  std::memcpy(&word, data, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

// Not 0 if any byte of a word, from which the '0's were taken, is no digit.
static inline std::uint64_t not_digits(std::uint64_t digits) {
  return ((digits + kEveryByte * 0x76) | digits) & kTopBits;
}

// The value of eight digits, the first in the lowest byte.
static inline std::uint64_t value_of(std::uint64_t digits) {
  digits = digits * 10 + (digits >> 8);
  constexpr std::uint64_t kPairs = 0x000000ff000000ffU;
  return ((digits & kPairs) * 0x000f424000000064U +
          ((digits >> 16) & kPairs) * 0x0000271000000001U) >>
         32;
}

// 0x80 in the lowest byte that is a point; higher ones may be wrong.
static inline std::uint64_t points_in(std::uint64_t digits) {
  const std::uint64_t word = digits ^ kPoints;
  return (word - kEveryByte) & ~word & kTopBits;
}

template <typename T>
struct Integer {
  using Value = T;

  [[gnu::always_inline]] static bool read(const char* at, std::uint32_t size, T* value) {
    const bool negative = *at == '-';
    at += negative;
    size -= negative;
    std::uint64_t magnitude = 0;
    if (size - 1 < 8) [[likely]] {
      const std::uint64_t digits = (load_word(at) ^ kZeros) << (64 - 8 * size);
      if (not_digits(digits) != 0) return false;
      magnitude = value_of(digits);
    } else if (size - 9 < 8) {
      const std::uint64_t high = load_word(at) ^ kZeros;
      const std::uint64_t low = (load_word(at + 8) ^ kZeros) << (128 - 8 * size);
      if ((not_digits(high) | not_digits(low)) != 0) return false;
      magnitude = value_of(high) * kIntegerPowers[size - 8] + value_of(low);
    } else {
      return false;
    }
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
    constexpr std::uint64_t kLeast = std::is_signed_v<T> ? kMost + 1 : 0;
    if (magnitude > (negative ? kLeast : kMost)) return false;
    *value = static_cast<T>(negative ? 0 - magnitude : magnitude);
    return true;
  }
};

// Up to eight bytes: at most seven digits with a point, eight without, so that float's own division
// rounds right: both sides of it are exact, as 10^7 is 5^7 * 2^7. double's is, too.
template <typename T>
[[gnu::always_inline]] static inline bool read_short_real(const char* at, std::uint32_t size,
                                                          T* value) {
  const std::uint64_t text = (load_word(at) ^ kZeros) << (64 - 8 * size);
  const std::uint64_t point = points_in(text);
  const std::uint64_t has_point = point != 0;
  const auto last = static_cast<unsigned>(__builtin_ctzll(point | std::uint64_t{1} << 63));
  const unsigned places = (63 - last) / 8;
  // The bytes up to the point make way for it: each takes the one before it.
  const std::uint64_t up_to_point = (point ^ (point - 1)) & (0 - has_point);
  const std::uint64_t digits = text ^ ((text ^ text << 8) & up_to_point);
  if (not_digits(digits) != 0 || size == has_point) return false;
  const auto whole = static_cast<std::int32_t>(value_of(digits));
  if constexpr (std::is_same_v<T, float>) {
    *value = static_cast<float>(whole) / kSinglePowers[places];
  } else {
    *value = static_cast<double>(whole) / kDoublePowers[places];
  }
  return true;
}

// Whether rounding a double once more gives the right float: see numbers.hpp.
static inline bool rounds_once(double value) {
  constexpr std::uint64_t kDropped = (std::uint64_t{1} << 29) - 1;
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits & kDropped) != std::uint64_t{1} << 28;
}

// Nine to sixteen bytes, the same way in two words. Digits up to 2^53 and the divisor are exact.
template <typename T>
[[gnu::always_inline]] static inline bool read_long_real(const char* at, std::uint32_t size,
                                                         T* value) {
  const unsigned shift = 128 - 8 * size;
  const std::uint64_t first = load_word(at) ^ kZeros;
  const std::uint64_t second = load_word(at + 8) ^ kZeros;
  const Twice text = (static_cast<Twice>(second) << 64 | first) << shift;
  const std::uint64_t low_point = points_in(static_cast<std::uint64_t>(text));
  const std::uint64_t high_point = points_in(static_cast<std::uint64_t>(text >> 64));
  const bool in_low = low_point != 0;
  const std::uint64_t point = in_low ? low_point : high_point;
  const auto last = static_cast<unsigned>(__builtin_ctzll(point | std::uint64_t{1} << 63));
  const unsigned places = (63 - last) / 8 + (in_low ? 8 : 0);
  const std::uint64_t up_to_point = (point ^ (point - 1)) & (0 - std::uint64_t{point != 0});
  const std::uint64_t high_up = in_low ? 0 : up_to_point;
  const std::uint64_t low_up = in_low ? up_to_point : (0 - std::uint64_t{point != 0});
  const Twice moved = text << 8;
  const auto low = static_cast<std::uint64_t>(text);
  const auto high = static_cast<std::uint64_t>(text >> 64);
  const std::uint64_t low_digits = low ^ ((low ^ static_cast<std::uint64_t>(moved)) & low_up);
  const std::uint64_t high_digits =
      high ^ ((high ^ static_cast<std::uint64_t>(moved >> 64)) & high_up);
  if ((not_digits(low_digits) | not_digits(high_digits)) != 0) return false;
  const std::uint64_t digits = value_of(low_digits) * 100000000 + value_of(high_digits);
  if (digits > std::uint64_t{1} << 53) return false;
  const double quotient =
      static_cast<double>(static_cast<std::int64_t>(digits)) / kDoublePowers[places];
  if constexpr (std::is_same_v<T, float>) {
    if (!rounds_once(quotient)) return false;
  }
  *value = static_cast<T>(quotient);
  return true;
}

template <typename T>
struct Real {
  using Value = T;

  [[gnu::always_inline]] static bool read(const char* at, std::uint32_t size, T* value) {
    const bool negative = *at == '-';
    at += negative;
    size -= negative;
    T magnitude{};
    if (size - 1 < 8) [[likely]] {
      if (!read_short_real(at, size, &magnitude)) return false;
    } else if (size - 9 >= 8 || !read_long_real(at, size, &magnitude)) {
      return false;
    }
    // Why not a minus: the compiler makes a branch of it.
    *value = magnitude * (negative ? T{-1} : T{1});
    return true;
  }
};
