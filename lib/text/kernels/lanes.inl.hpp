// Values of several fields at once, each in a lane of 64 bits: what values.inl.hpp does in one
// word. Included inside a kernel's own namespace, see scan.inl.hpp. A kernel supplies Lanes, kLanes
// and the operations on them.

struct LaneTexts {
  Lanes digits;    // without the '0's, the last in the highest byte
  Lanes negative;  // all ones in lanes with a minus
  Lanes sizes;     // without it
  Lanes faults;    // not 0 in lanes that have no one to eight bytes
};

static inline LaneTexts load_lanes(const char* text, const std::uint32_t* starts,
                                   const std::uint32_t* sizes) {
  LaneTexts out;
  const Lanes words = load_words(text, starts);
  out.negative = equal_words(words & every(0xff), every('-'));
  out.sizes = widen(sizes) + out.negative;
  const Lanes unsigned_words = shift_right(words, out.negative & every(8)) ^ every(kZeros);
  out.digits = shift_left(unsigned_words, every(64) - shift_left<3>(out.sizes));
  out.faults = (out.sizes - every(1)) & every(~std::uint64_t{7});
  return out;
}

// The same for one to sixteen bytes: the last eight in `tails`, those before them in `heads`.
struct LongLaneTexts {
  Lanes heads;
  Lanes tails;
  Lanes negative;
  Lanes sizes;
  Lanes faults;
};

static inline LongLaneTexts load_long_lanes(const char* text, const std::uint32_t* starts,
                                            const std::uint32_t* sizes) {
  std::uint32_t tail_starts[kLanes];
  // Nine to sixteen bytes and a sign: of others the place is not used, but it must be in the text.
  for (std::size_t i = 0; i < kLanes; ++i)
    tail_starts[i] = starts[i] + (sizes[i] - 9 < 9 ? sizes[i] - 8 : 0);
  LongLaneTexts out;
  const Lanes heads = load_words(text, starts);
  const Lanes tails = load_words(text, tail_starts);
  out.negative = equal_words(heads & every(0xff), every('-'));
  const Lanes all_bytes = widen(sizes);
  out.sizes = all_bytes + out.negative;
  // In a short text the sign is part of the tail, and goes out with what stands before it.
  const Lanes is_short = less_words(all_bytes, every(9));
  const Lanes sign = out.negative & every(8);
  const Lanes tail = shift_right(tails, sign & is_short) ^ every(kZeros);
  const Lanes tail_shift = (every(64) - shift_left<3>(out.sizes)) & is_short;
  out.tails = shift_left(tail, tail_shift);
  // 64 and more leave nothing, which is what a short text has before its tail.
  const Lanes head = shift_right(heads, sign) ^ every(kZeros);
  out.heads = without(shift_left(head, every(128) - shift_left<3>(out.sizes)), is_short);
  out.faults = (out.sizes - every(1)) & every(~std::uint64_t{15});
  return out;
}

// At least one lane in which `digits` are none.
static inline Lanes digit_faults(Lanes digits) {
  return above_bytes(digits, 9);
}

// Up to the first point of a word, of which `points` are all: whole bytes of ones.
[[gnu::always_inline]] static inline Lanes bytes_up_to(Lanes points, Lanes has_none) {
  const Lanes first_bit = points & (every(0) - points);
  return without(shift_left<8>(first_bit) - every(1), has_none);
}

template <typename T>
[[gnu::always_inline]] static inline bool read_lanes(const char* text, const std::uint32_t* starts,
                                                     const std::uint32_t* sizes, T* values) {
  const LaneTexts lanes = load_lanes(text, starts, sizes);
  if constexpr (std::is_floating_point_v<T>) {
    const Lanes points = equal_bytes(lanes.digits, every(kPoints));
    const Lanes has_none = equal_words(points, every(0));
    const Lanes up_to_point = bytes_up_to(points, has_none);
    const Lanes moved = shift_left<8>(lanes.digits);
    const Lanes digits = lanes.digits ^ ((lanes.digits ^ moved) & up_to_point);
    // A point alone is no number: its one byte is the whole text.
    const Lanes alone = without(equal_words(lanes.sizes, every(1)), has_none);
    if (is_any(lanes.faults | alone | digit_faults(digits))) return false;
    const Lanes places = without(sum_of_bytes(without(every(kEveryByte), up_to_point)), has_none);
    store_reals(value_of_digits(digits), places, lanes.negative, values);
    return true;
  } else {
    Lanes faults = lanes.faults | digit_faults(lanes.digits);
    const Lanes magnitude = value_of_digits(lanes.digits);
    // Of what may be out of range the strict reader takes care. Eight digits fit four bytes.
    if (!std::is_signed_v<T>) faults = faults | lanes.negative;
    if (sizeof(T) == 1) faults = faults | (magnitude & every(~std::uint64_t{0x7f}));
    if (sizeof(T) == 2) faults = faults | (magnitude & every(~std::uint64_t{0x7fff}));
    if (is_any(faults)) return false;
    store_integers((magnitude ^ lanes.negative) - lanes.negative, values);
    return true;
  }
}

template <typename T>
[[gnu::always_inline]] static inline bool read_long_integers(const LongLaneTexts& lanes,
                                                             T* values) {
  Lanes faults = lanes.faults | digit_faults(lanes.heads) | digit_faults(lanes.tails);
  const Lanes magnitude =
      multiply_halves(value_of_digits(lanes.heads), 100000000) + value_of_digits(lanes.tails);
  if (!std::is_signed_v<T>) faults = faults | lanes.negative;
  if (sizeof(T) < 8) {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
    faults = faults | less_words(every(kMost), magnitude);
  }
  if (is_any(faults)) return false;
  store_integers((magnitude ^ lanes.negative) - lanes.negative, values);
  return true;
}

template <typename T>
[[gnu::always_inline]] static inline bool read_long_reals(const LongLaneTexts& lanes, T* values) {
  const Lanes head_points = equal_bytes(lanes.heads, every(kPoints));
  const Lanes tail_points = equal_bytes(lanes.tails, every(kPoints));
  const Lanes none_in_head = equal_words(head_points, every(0));
  const Lanes none_in_tail = equal_words(tail_points, every(0));
  const Lanes in_tail = bytes_up_to(tail_points, none_in_tail);
  // With the point in the tail all of the head moves on.
  const Lanes in_head = (bytes_up_to(head_points, none_in_head) & none_in_tail) |
                        without(every(~std::uint64_t{0}), none_in_tail);
  const Lanes moved_tails = shift_left<8>(lanes.tails) | shift_right(lanes.heads, every(56));
  const Lanes tails = lanes.tails ^ ((lanes.tails ^ moved_tails) & in_tail);
  const Lanes heads = lanes.heads ^ ((lanes.heads ^ shift_left<8>(lanes.heads)) & in_head);
  const Lanes has_none = none_in_head & none_in_tail;
  const Lanes alone = without(equal_words(lanes.sizes, every(1)), has_none);
  const Lanes tail_value = value_of_digits(tails);
  const Lanes head_value = value_of_digits(heads);
  const Lanes digits = multiply_halves(head_value, 100000000) + tail_value;
  const Lanes inexact = less_words(every(std::uint64_t{1} << 53), digits);
  if (is_any(lanes.faults | alone | inexact | digit_faults(heads) | digit_faults(tails)))
    return false;
  const Lanes ones = every(kEveryByte);
  const Lanes places = without(
      sum_of_bytes(without(ones, in_tail)) + sum_of_bytes(without(ones, in_head)), has_none);
  return store_long_reals(head_value, tail_value, places, lanes.negative, values);
}

// As read_lanes(), of up to sixteen bytes.
template <typename T>
[[gnu::always_inline]] static inline bool read_long_lanes(const char* text,
                                                          const std::uint32_t* starts,
                                                          const std::uint32_t* sizes, T* values) {
  const LongLaneTexts lanes = load_long_lanes(text, starts, sizes);
  if constexpr (std::is_floating_point_v<T>) {
    return read_long_reals(lanes, values);
  } else {
    return read_long_integers(lanes, values);
  }
}
