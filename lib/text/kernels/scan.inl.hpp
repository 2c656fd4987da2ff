// Counting records, 64 bytes at a time. Included by kernels/kernel_*.cpp only, inside the kernel's
// own namespace, so that no instruction set leaks through a merged inline function.
//
// A kernel supplies Block: `Block block(data)` takes 64 bytes; bit i of block.equal(byte) and of
// block.at_most_blank() says whether byte i is that byte, or at most 0x20.

// Every newline starts a record. Only one that starts with an odd byte may be no row (blank,
// comment); those are looked at one by one, the others only counted.
static inline LineCounts count_lines(const Machine& machine, const char* data, std::size_t size,
                                     std::size_t readable) {
  const char comment = machine.comment_prefix().empty() ? '\n' : machine.comment_prefix()[0];
  LineCounts counts;
  std::uint64_t carry = 1;
  const auto take = [&](const char* bytes, std::size_t at, std::uint64_t valid) {
    const Block block(bytes);
    const std::uint64_t newline = block.equal('\n') & valid;
    const std::uint64_t starts = ((newline << 1) | carry) & valid;
    carry = newline >> 63;
    counts.newlines += count_bits(newline);
    counts.rows += count_bits(starts);
    const std::uint64_t may_be_odd = block.at_most_blank() | block.equal(comment);
    for (std::uint64_t odd = starts & may_be_odd; odd != 0; odd &= odd - 1) {
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

// The record machine over 64 bytes by masks. Where quotes stand in the middle of unquoted fields,
// or a comment begins, masks do not tell what counts, and the machine itself runs.
class BlockRun {
 public:
  BlockRun(const Machine& machine, const char* data, std::size_t readable)
      : machine_(machine),
        data_(data),
        readable_(readable),
        blanks_(machine.blanks()),
        separator_(blanks_ ? ' ' : machine.delimiter()),
        has_quote_(machine.quote() != 0),
        quote_(machine.quote()),
        has_comment_(!machine.comment_prefix().empty()),
        comment_(has_comment_ ? machine.comment_prefix()[0] : '\n') {}

  void enter(ScanState state) {
    in_comment_ = state == ScanState::comment;
    inside_ = state == ScanState::quoted ? ~std::uint64_t{0} : 0;
    at_record_ = state == ScanState::record_start;
    after_separator_ = state == ScanState::field_start;
    after_close_ = state == ScanState::quote_closed;
  }
  [[nodiscard]] ScanState state() const {
    if (in_comment_) return ScanState::comment;
    if (inside_ != 0) return ScanState::quoted;
    if (after_close_ != 0) return ScanState::quote_closed;
    if (at_record_ != 0) return ScanState::record_start;
    return after_separator_ != 0 ? ScanState::field_start : ScanState::unquoted;
  }

  // Takes data[at, at + 64) on; returns the rows that begin there.
  std::uint64_t take(std::size_t at) {
    const Block block(data_ + at);
    newlines_ = block.equal('\n');
    std::uint64_t rows = 0;
    if (in_comment_ || !try_masks(block, at, &rows)) [[unlikely]] {
      ScanState state = this->state();
      rows = machine_.run(state, data_, at, at + 64, readable_);
      enter(state);
    }
    return rows;
  }
  // In the block taken last, in quotes or not.
  [[nodiscard]] std::uint64_t newlines() const { return newlines_; }

 private:
  // Why carries and no state: what a block hands on must not wait for all of it to be known.
  bool try_masks(const Block& block, std::size_t at, std::uint64_t* rows) {
    std::uint64_t separators = block.equal(separator_);
    if (blanks_) separators |= block.equal('\t');
    std::uint64_t newlines = newlines_;
    std::uint64_t inside = 0;
    std::uint64_t closes = 0;
    // A split may be asked what it holds if it begins in quotes, whatever the dialect.
    if (has_quote_ || inside_ != 0) {
      const std::uint64_t quotes = has_quote_ ? block.equal(quote_) : 0;
      inside = prefix_xor(quotes) ^ inside_;
      const std::uint64_t before = inside << 1 | (inside_ & 1);
      closes = quotes & before;
      newlines &= ~before;
      separators &= ~before;
      const std::uint64_t openings =
          (newlines | separators | closes) << 1 | at_record_ | after_separator_ | after_close_;
      if ((quotes & ~before & ~openings) != 0) return false;
    }
    const std::uint64_t record_starts = newlines << 1 | at_record_;
    std::uint64_t first_bytes = record_starts;
    bool blank_to_end = false;
    if (blanks_) {
      // Adding a bit at the begin of a run of ones carries it to the byte behind the run.
      std::uint64_t behind = 0;
      blank_to_end = __builtin_add_overflow(record_starts & separators, separators, &behind);
      first_bytes = (record_starts | behind) & ~separators;
    }
    const std::uint64_t returns = block.equal('\r');
    std::uint64_t odd = returns;
    if (has_comment_) odd |= block.equal(comment_);
    std::uint64_t line_ends = 0;
    for (odd &= first_bytes; odd != 0; odd &= odd - 1) {
      const auto place = static_cast<unsigned>(__builtin_ctzll(odd));
      const std::uint64_t bit = odd & (0 - odd);
      if ((returns & bit) != 0 && Machine::ends_line(data_, at + place, readable_)) {
        line_ends |= bit;
      } else if (machine_.comment_at(data_, at + place, readable_)) {
        return false;
      }
    }
    *rows = count_bits(first_bytes & ~newlines & ~line_ends);
    inside_ = 0 - (inside >> 63);
    after_close_ = closes >> 63;
    at_record_ = (newlines | line_ends) >> 63 | (blank_to_end ? 1U : 0U);
    after_separator_ = separators >> 63 & ~at_record_;
    return true;
  }

  const Machine& machine_;
  const char* const data_;
  const std::size_t readable_;
  const bool blanks_;
  const char separator_;
  const bool has_quote_;
  const char quote_;
  const bool has_comment_;
  const char comment_;
  std::uint64_t newlines_ = 0;
  // Of the byte before the next block: all ones in quotes, the others 0 or 1.
  bool in_comment_ = false;
  std::uint64_t inside_ = 0;
  std::uint64_t at_record_ = 0;
  std::uint64_t after_separator_ = 0;
  std::uint64_t after_close_ = 0;
};

static inline LineCounts run(const Machine& machine, ScanState& state, const char* data,
                             std::size_t from, std::size_t to, std::size_t readable) {
  LineCounts counts;
  BlockRun blocks(machine, data, readable);
  blocks.enter(state);
  std::size_t at = from;
  for (; to - at >= 64; at += 64) {
    counts.rows += blocks.take(at);
    counts.newlines += count_bits(blocks.newlines());
  }
  state = blocks.state();
  counts.rows += machine.run(state, data, at, to, readable);
  for (; at < to; ++at) counts.newlines += data[at] == '\n';
  return counts;
}
