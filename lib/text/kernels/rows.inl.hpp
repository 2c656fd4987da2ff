// The fields of one step over many rows: one loop for each type, chosen once a batch. Included
// inside a kernel's own namespace, see scan.inl.hpp.

struct FieldText {
  const char* at;
  std::uint32_t size;
};

static inline bool is_blank(char byte) {
  return byte == ' ' || byte == '\t';
}

static inline FieldText without_lead(FieldText field) {
  while (field.size > 0 && is_blank(*field.at)) {
    ++field.at;
    --field.size;
  }
  return field;
}

// Where the fields of one column in some rows, or of some columns in one row, stand.
static inline constexpr std::size_t kRun = 64;
struct FieldRun {
  std::uint32_t starts[kRun];
  std::uint32_t sizes[kRun];
};

// One step of the plan over a batch. Its fields come in runs, each of which goes to places at equal
// distances.
struct StepRun {
  const Step& step;
  std::size_t column;
  const RowBatch& batch;
  const FieldFallback& fallback;

  [[nodiscard]] const std::uint32_t* end_of(std::size_t row, std::size_t index) const {
    return batch.ends + batch.first_end[row] + column + index;
  }
  [[nodiscard]] std::uint32_t start_of(std::size_t row, std::size_t index) const {
    return column + index == 0 ? batch.starts[row] : end_of(row, index)[-1] + 1;
  }
};

// A size that no reader takes: the field is the fallback's.
static inline constexpr std::uint32_t kTooLong = ~std::uint32_t{0};

// A field without blanks before it and quotes around it.
[[gnu::always_inline]] static inline void set_bare(const StepRun& run, FieldText field, bool trim,
                                                   FieldRun* out, std::size_t index) {
  if (trim) field = without_lead(field);
  if (run.batch.quote != 0 && field.size > 0 && *field.at == run.batch.quote) {
    const bool is_plain = !run.batch.has_doubled_quotes && field.size >= 2;
    field = {field.at + 1, is_plain ? field.size - 2 : kTooLong};
  }
  out->starts[index] = static_cast<std::uint32_t>(field.at - run.batch.text);
  out->sizes[index] = field.size;
}

// Fields of rows [row, row + count) in one column.
template <bool kBare>
[[gnu::always_inline]] static inline void list_rows(const StepRun& run, std::size_t row,
                                                    std::size_t count, bool trim, FieldRun* out) {
  const std::uint32_t* const ends = run.batch.ends + run.column;
  const std::uint32_t* const first_end = run.batch.first_end + row;
  const auto set = [&](std::size_t i, std::uint32_t start, std::uint32_t end) {
    if constexpr (kBare) {
      out->starts[i] = start;
      out->sizes[i] = end - start;
    } else {
      set_bare(run, {run.batch.text + start, end - start}, trim, out, i);
    }
  };
  if (run.column == 0) {
    const std::uint32_t* const starts = run.batch.starts + row;
    for (std::size_t i = 0; i < count; ++i) set(i, starts[i], ends[first_end[i]]);
  } else if (const std::size_t apart = run.batch.ends_apart; apart != 0) {
    const std::uint32_t* end = ends + first_end[0];
    for (std::size_t i = 0; i < count; ++i, end += apart) set(i, end[-1] + 1, *end);
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t* const end = ends + first_end[i];
      set(i, end[-1] + 1, *end);
    }
  }
}

// Fields [index, index + count) of the step in one row.
template <bool kBare>
[[gnu::always_inline]] static inline void list_columns(const StepRun& run, std::size_t row,
                                                       std::size_t index, std::size_t count,
                                                       bool trim, FieldRun* out) {
  const std::uint32_t* const ends = run.end_of(row, index);
  std::uint32_t start = run.start_of(row, index);
  for (std::size_t i = 0; i < count; ++i) {
    if constexpr (kBare) {
      out->starts[i] = start;
      out->sizes[i] = ends[i] - start;
    } else {
      set_bare(run, {run.batch.text + start, ends[i] - start}, trim, out, i);
    }
    start = ends[i] + 1;
  }
}

// What no reader took.
static inline bool read_by_fallback(const StepRun& run, std::size_t row, std::size_t index,
                                    bool trim, std::byte* out) {
  const std::uint32_t start = run.start_of(row, index);
  const std::uint32_t end = *run.end_of(row, index);
  FieldText field{run.batch.text + start, end - start};
  if (trim) field = without_lead(field);
  return run.fallback.read(run.fallback.reader, run.step, field.at, run.batch.text + end, out);
}

// `read(fields, from, count, out, distance)` reads fields [from, count) of a run, and returns the
// first that it does not. `trim`: blanks before a field are none of it.
template <bool kBare, typename Read>
[[gnu::always_inline]] static inline std::size_t each_run(const StepRun& run, bool trim,
                                                          Read read) {
  const Step& step = run.step;
  const std::size_t rows = run.batch.rows;
  std::byte* const base = step.base + run.batch.first_row * step.stride;
  FieldRun fields;
  if (step.columns == 1) {
    for (std::size_t row = 0; row < rows; row += kRun) {
      const std::size_t count = rows - row < kRun ? rows - row : kRun;
      std::byte* const out = base + row * step.stride;
      list_rows<kBare>(run, row, count, trim, &fields);
      std::size_t done = 0;
      while ((done = read(fields, done, count, out, step.stride)) < count) {
        if (!read_by_fallback(run, row + done, 0, trim, out + done * step.stride))
          return row + done;
        ++done;
      }
    }
    return rows;
  }
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t index = 0; index < step.columns; index += kRun) {
      const std::size_t left = step.columns - index;
      const std::size_t count = left < kRun ? left : kRun;
      std::byte* const out = base + row * step.stride + index * step.width;
      list_columns<kBare>(run, row, index, count, trim, &fields);
      std::size_t done = 0;
      while ((done = read(fields, done, count, out, step.width)) < count) {
        if (!read_by_fallback(run, row, index + done, trim, out + done * step.width)) return row;
        ++done;
      }
    }
  }
  return rows;
}

template <typename T>
[[gnu::always_inline]] static inline void store(std::byte* out, T value, bool swap) {
  std::byte bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  if (swap) {
    for (std::size_t i = 0; i < sizeof(T); ++i) out[i] = bytes[sizeof(T) - 1 - i];
  } else {
    std::memcpy(out, bytes, sizeof(T));
  }
}

// As each_run() wants it.
template <typename Reader>
[[gnu::always_inline]] static inline std::size_t read_values(const char* text,
                                                             const FieldRun& fields,
                                                             std::size_t from, std::size_t count,
                                                             std::byte* out, std::size_t distance,
                                                             bool swap) {
  using Value = typename Reader::Value;
  std::size_t at = from;
  bool is_long = false;
  while (at < count) {
    if constexpr (kLanes > 1) {
      Value values[kLanes];
      while (count - at >= kLanes) {
        const std::uint32_t* const starts = fields.starts + at;
        const std::uint32_t* const sizes = fields.sizes + at;
        // What is long once mostly is so again.
        if (is_long || !read_lanes(text, starts, sizes, values)) {
          is_long = read_long_lanes(text, starts, sizes, values);
          if (!is_long) break;
        }
        std::byte* place = out + at * distance;
        for (std::size_t i = 0; i < kLanes; ++i, place += distance) store(place, values[i], swap);
        at += kLanes;
      }
    }
    // One by one through the lanes' worth that had one unlike the others, or the rest.
    const std::size_t some = count - at < kLanes ? count : at + kLanes;
    for (; at < some; ++at) {
      Value value{};
      if (!Reader::read(text + fields.starts[at], fields.sizes[at], &value)) return at;
      store(out + at * distance, value, swap);
    }
  }
  return at;
}

template <typename Reader>
static std::size_t read_numbers(const StepRun& run) {
  const bool swap = run.step.swap;
  const char* const text = run.batch.text;
  const auto read = [text, swap](const FieldRun& fields, std::size_t from, std::size_t count,
                                 std::byte* out, std::size_t distance) {
    return read_values<Reader>(text, fields, from, count, out, distance, swap);
  };
  const bool is_bare = run.batch.quote == 0 && !run.batch.has_lead;
  return is_bare ? each_run<true>(run, false, read) : each_run<false>(run, true, read);
}

// Ones in the lowest bytes: entry 8 + n has n of them.
static inline constexpr std::uint64_t kLowBytes[25] = {0,
                                                       0,
                                                       0,
                                                       0,
                                                       0,
                                                       0,
                                                       0,
                                                       0,
                                                       0,
                                                       0xff,
                                                       0xffff,
                                                       0xffffff,
                                                       0xffffffff,
                                                       0xffffffffff,
                                                       0xffffffffffff,
                                                       0xffffffffffffff,
                                                       ~std::uint64_t{0},
                                                       ~std::uint64_t{0},
                                                       ~std::uint64_t{0},
                                                       ~std::uint64_t{0},
                                                       ~std::uint64_t{0},
                                                       ~std::uint64_t{0},
                                                       ~std::uint64_t{0},
                                                       ~std::uint64_t{0},
                                                       ~std::uint64_t{0}};

[[gnu::always_inline]] static inline void store_word(std::byte* out, std::uint64_t word) {
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  std::memcpy(out, &word, sizeof word);
}

// A string for 8 to 16 bytes: two words that overlap.
[[gnu::always_inline]] static inline void store_text(std::byte* out, std::size_t width,
                                                     FieldText field) {
  const std::size_t rest = width - 8;
  store_word(out, load_word(field.at) & kLowBytes[8 + field.size]);
  store_word(out + rest, load_word(field.at + rest) & kLowBytes[8 + field.size - rest]);
}

static inline std::size_t read_texts(const StepRun& run) {
  const std::size_t width = run.step.width;
  const char* const text = run.batch.text;
  const bool is_short = width >= 8 && width <= 16;
  const auto read = [text, width, is_short](const FieldRun& fields, std::size_t from,
                                            std::size_t count, std::byte* out,
                                            std::size_t distance) {
    for (; from < count; ++from) {
      const FieldText field{text + fields.starts[from], fields.sizes[from]};
      if (field.size > width) break;
      if (is_short) {
        store_text(out + from * distance, width, field);
      } else {
        store_padded(out + from * distance, width, field.at, field.size);
      }
    }
    return from;
  };
  const bool trim = run.batch.blanks && run.batch.has_lead;
  const bool is_bare = run.batch.quote == 0 && !trim;
  return is_bare ? each_run<true>(run, false, read) : each_run<false>(run, trim, read);
}

// Values that only the fallback reads.
static inline std::size_t read_others(const StepRun& run) {
  const auto leave = [](const FieldRun&, std::size_t from, std::size_t, std::byte*, std::size_t) {
    return from;
  };
  return each_run<true>(run, run.batch.blanks, leave);
}

static inline std::size_t read_fields(const Step& step, std::size_t column, const RowBatch& batch,
                                      const FieldFallback& fallback) {
  const StepRun run{step, column, batch, fallback};
  const bool is_strict = step.kind != StepKind::ruled || step.strict_first;
  switch (is_strict ? step.type : StepKind::ruled) {
    case StepKind::skip:
      return batch.rows;
    case StepKind::bytes:
      return read_texts(run);
    case StepKind::i1:
      return read_numbers<Integer<std::int8_t>>(run);
    case StepKind::i2:
      return read_numbers<Integer<std::int16_t>>(run);
    case StepKind::i4:
      return read_numbers<Integer<std::int32_t>>(run);
    case StepKind::i8:
      return read_numbers<Integer<std::int64_t>>(run);
    case StepKind::u1:
      return read_numbers<Integer<std::uint8_t>>(run);
    case StepKind::u2:
      return read_numbers<Integer<std::uint16_t>>(run);
    case StepKind::u4:
      return read_numbers<Integer<std::uint32_t>>(run);
    case StepKind::u8:
      return read_numbers<Integer<std::uint64_t>>(run);
    case StepKind::f4:
      return read_numbers<Real<float>>(run);
    case StepKind::f8:
      return read_numbers<Real<double>>(run);
    case StepKind::boolean:
    case StepKind::time:
    case StepKind::ruled:
      break;
  }
  return read_others(run);
}
