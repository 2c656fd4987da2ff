// Listing the ends of fields and records in a window of text, 64 bytes at a time. Included inside a
// kernel's own namespace, see scan.inl.hpp, whose Block it uses.

struct IndexMarks {
  char separator;
  char quote;
  char comment;  // '\r' where there are none
};

// What a block hands on to the next, each in bit 0.
struct IndexCarry {
  std::uint64_t inside = 0;       // in quotes
  std::uint64_t may_open = 1;     // a field begins
  std::uint64_t after_close = 0;  // of a quote
  std::uint64_t after_blank = 1;  // in blanks mode, of a run that has its entry
};

// Takes what stands in quotes out of both masks; false when a quote opens or closes where none may.
// Why closing quotes are judged too: a field that is skipped is not read by anyone.
static inline bool mask_quoted(const Block& block, const char* data, std::uint64_t quotes,
                               std::uint64_t valid, IndexCarry& carry, TextIndex* index,
                               std::uint64_t& separators, std::uint64_t& newlines) {
  const std::uint64_t inside = prefix_xor(quotes) ^ (0 - carry.inside);
  const std::uint64_t before = inside << 1 | carry.inside;
  const std::uint64_t closes = quotes & before;
  const std::uint64_t opens = quotes & ~before;
  const std::uint64_t after_close = closes << 1 | carry.after_close;
  const bool has_embedded = (newlines & before) != 0;
  separators &= ~before;
  newlines &= ~before;
  const std::uint64_t may_open = (separators | newlines) << 1 | carry.may_open | after_close;
  const std::uint64_t next_newline =
      newlines >> 1 | (data[64] == '\n' ? std::uint64_t{1} << 63 : 0);
  const std::uint64_t line_ends = block.equal('\r') & next_newline;
  const std::uint64_t may_follow = separators | newlines | line_ends | opens;
  if (((opens & ~may_open) | (after_close & valid & ~may_follow)) != 0) return false;
  index->has_quotes = true;
  index->has_embedded_newlines |= has_embedded;
  index->has_doubled_quotes |= (opens & after_close) != 0;
  carry.inside = inside >> 63;
  carry.after_close = closes >> 63;
  return true;
}

template <bool kBlanks, bool kQuotes>
static std::size_t index_by(const IndexMarks marks, const char* data, std::size_t size,
                            TextIndex* index) {
  std::uint32_t* ends = index->ends;
  std::uint32_t* lines = index->lines;
  IndexCarry carry;
  std::uint64_t lead = 0;
  std::uint64_t odd = 0;
  std::size_t at = 0;
  for (; at < size; at += 64) {
    const Block block(data + at);
    const std::uint64_t valid =
        size - at >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (size - at)) - 1;
    std::uint64_t newlines = block.equal('\n') & valid;
    odd |= block.equal('\r') | block.equal(marks.comment);
    std::uint64_t separators = block.equal(marks.separator);
    if constexpr (kBlanks) separators |= block.equal('\t');
    separators &= valid;
    if constexpr (!kBlanks) {
      const std::uint64_t marked = separators | newlines;
      lead |= (block.equal(' ') | block.equal('\t')) & ~marked & (marked << 1 | 1);
    }
    if constexpr (kQuotes) {
      const std::uint64_t quotes = block.equal(marks.quote) & valid;
      if ((quotes | carry.inside | carry.after_close) != 0 &&
          !mask_quoted(block, data + at, quotes, valid, carry, index, separators, newlines))
        break;
      carry.may_open = (separators | newlines) >> 63;
    }
    std::uint64_t found = separators | newlines;
    if constexpr (kBlanks) {
      const std::uint64_t any = found;
      lead |= any & (any << 1 | carry.after_blank);
      found &= ~(any << 1 | carry.after_blank);
      carry.after_blank = any >> 63;
    }
    const auto base = static_cast<std::uint32_t>(at);
    ends = list_bits<8>(ends, found, base);
    lines = list_bits<4>(lines, newlines, base);
  }
  index->has_lead = lead != 0;
  index->has_odd_bytes = odd != 0;
  index->end_count = static_cast<std::uint32_t>(ends - index->ends);
  index->line_count = static_cast<std::uint32_t>(lines - index->lines);
  return at < size ? at : size;
}

static inline std::size_t index_window(const Machine& machine, const char* data, std::size_t size,
                                       TextIndex* index) {
  index->has_quotes = index->has_doubled_quotes = index->has_embedded_newlines = false;
  const bool blanks = machine.blanks();
  const std::string& comment = machine.comment_prefix();
  const IndexMarks marks{blanks ? ' ' : machine.delimiter(), machine.quote(),
                         comment.empty() ? '\r' : comment[0]};
  if (machine.quote() == 0) {
    return blanks ? index_by<true, false>(marks, data, size, index)
                  : index_by<false, false>(marks, data, size, index);
  }
  return blanks ? index_by<true, true>(marks, data, size, index)
                : index_by<false, true>(marks, data, size, index);
}
