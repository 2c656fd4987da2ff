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

// At least one lane in which `digits` are none.
static inline Lanes digit_faults(Lanes digits) {
  return above_bytes(digits, 9);
}

template <typename T>
[[gnu::always_inline]] static inline bool read_lanes(const char* text, const std::uint32_t* starts,
                                                     const std::uint32_t* sizes, T* values) {
  const LaneTexts lanes = load_lanes(text, starts, sizes);
  if constexpr (std::is_floating_point_v<T>) {
    const Lanes points = equal_bytes(lanes.digits, every(kPoints));
    const Lanes has_none = equal_words(points, every(0));
    const Lanes first_bit = points & (every(0) - points);
    const Lanes up_to_point = without(shift_left<8>(first_bit) - every(1), has_none);
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
