// Text to typed rows: the dialect, the scan that makes splits independent, the header, the parser.
// No I/O, no threads, no allocation in the row loop.
//
// Records. A record ends at a '\n' outside quotes, or at the end of the input; "\r\n" ends one too.
// A record is skipped, not counted as a row, when it is blank (empty, or blanks only in blanks
// mode) or a comment (it starts with the dialect's prefix, in blanks mode after leading blanks).
// Quotes count only at the start of a field: a quoted field ends at the next quote that is not
// doubled; a quote inside an unquoted field is an ordinary character; nothing is quoted inside a
// comment. Ownership. A row belongs to the split that holds its first significant byte: the first
// byte of the record, in blanks mode the first that is not a blank. Padding. Every buffer handed in
// has kPadding readable bytes after its end; their content does not matter.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.hpp"
#include "dtype/dtype.hpp"
#include "text/sniff.hpp"

namespace forebay::core::text {

constexpr std::size_t kPadding = 64;
constexpr std::size_t kMaxComment = 15;

struct Dialect {
  char delimiter = 0;     // 0: runs of blanks (space and tab)
  char quote = 0;         // 0: none
  std::string comment{};  // prefix of a comment line, at most kMaxComment bytes; empty: none
  std::uint32_t skip_rows = 0;
  bool has_header = false;

  // FOREBAY_E_ARGUMENT when characters clash (quote equal to delimiter, a newline, a digit as
  // delimiter, ...).
  [[nodiscard]] Status check() const;
};

// Where in a record a byte stands. The states a split can begin in.
enum class ScanState : std::uint8_t {
  record_start,
  field_start,
  unquoted,
  quoted,
  quote_closed,
  comment
};
constexpr std::size_t kScanStates = 6;

struct ScanOutcome {
  ScanState end = ScanState::record_start;
  std::uint64_t rows = 0;  // rows that belong to the split
  bool operator==(const ScanOutcome&) const = default;
};

// The answer of a scan for every state that the split may begin in.
struct ScanReport {
  std::array<ScanOutcome, kScanStates> from{};
  std::uint64_t newlines = 0;  // '\n' bytes, in quotes or not: physical lines
};

// Scans data[0, size). `readable` >= size: bytes beyond the split that are known (up to 64 are
// looked at, for "\r\n" and comment prefixes that straddle the end); at the end of the input
// readable == size. The unterminated last record of the input counts as a row like any other.
ScanReport scan(const Dialect& dialect, const char* data, std::size_t size, std::size_t readable);

// Offset just past the '\n' that ends the record in which data[from] stands, given the state at
// `from`; if there is none before `size`, nullopt, and `state` is the state at `size`. `readable`
// as for scan.
std::optional<std::size_t> find_record_end(const Dialect& dialect, ScanState& state,
                                           const char* data, std::size_t from, std::size_t size,
                                           std::size_t readable);

// The top of a source: byte order mark, skipped lines, header.
struct Head {
  std::uint64_t data_offset = 0;     // of the first byte after the head
  std::uint64_t data_line = 1;       // its line
  std::vector<std::string> names{};  // of the header; empty when there is none
};
// Reads the head from the first bytes of a source. nullopt in `out` with an ok status: the head
// does not end within data[0, size), come again with more (never when `at_end`). A UTF-16 or UTF-32
// mark is FOREBAY_E_FORMAT with a message that says what to do.
Status read_head(const Dialect& dialect, std::string_view data, bool at_end,
                 std::optional<Head>* out);

// Which column of the file goes to which scalar of the row.
struct ColumnPlan {
  static constexpr std::int64_t kSkip = -1;
  std::vector<std::int64_t>
      scalar_of_column{};  // index of the scalar (field-major order), or kSkip
  bool exact = true;       // the file must have just these columns; else columns after the last one
                           // chosen are skipped
};
// `chosen` is the text of the option `columns`: numbers from 1, ranges "3-26", names of the header;
// empty: all, in order. Every scalar of the dtype gets one column. FOREBAY_E_ARGUMENT /
// FOREBAY_E_COLUMNS name the entry and list what there is.
Result<ColumnPlan> plan_columns(std::string_view chosen, const std::vector<std::string>& names,
                                const Dtype& dtype);
// The part of that check which needs no header: for loader_open in the parent.
Status check_columns_option(std::string_view chosen, const Dialect& dialect, const Dtype& dtype);

// FOREBAY_E_ARGUMENT when an option about values is wrong or clashes with the dialect or the dtype.
Status check_value_rules(const ValueRules& rules, const Dialect& dialect, const Dtype& dtype);

// Names of a header as they are compared with the option `columns`: in UTF-8.
void decode_names(Encoding encoding, std::vector<std::string>* names);

// Where parsed rows go: field k of row i at base[k] + i * stride[k].
struct Sink {
  std::vector<std::byte*> base{};
  std::vector<std::size_t> stride{};
};

// A place in the input. `offset` and `line` describe `next`.
struct Cursor {
  const char* next = nullptr;
  std::uint64_t offset = 0;  // in the (decompressed) source
  std::uint64_t line = 1;    // physical, from 1
};

// A row that could not be read. The cursor stays at the start of the row.
struct RowError {
  Code code =
      FOREBAY_OK;  // FOREBAY_E_VALUE, FOREBAY_E_COLUMNS, FOREBAY_E_FORMAT (quote never closed)
  std::uint64_t line = 0;    // of the bad field
  std::uint64_t byte = 0;    // of the bad field
  std::uint32_t column = 0;  // from 1
  std::string message{};     // one line without the path: cause, text (at most 40 bytes, escaped),
                             // field and type, what to do
  // Whether the row can stand with fill values for what is bad or missing: not one with too many
  // columns, for nobody knows which of them are its own, nor one whose quote is never closed.
  bool can_be_mended = false;
  // A quote that is never closed has taken in the lines after its own, as far as the input goes:
  // how many rows that cost is not known.
  bool swallows_lines = false;
};

class Parser {
 public:
  static Result<std::unique_ptr<Parser>> make(const Dialect& dialect, DtypeRef dtype,
                                              const ColumnPlan& plan, const ValueRules& rules = {});
  virtual ~Parser() = default;

  // Parses rows from cursor.next on into rows [first, first + room) of the sink, and stops before
  // the first row whose first significant byte is at or past `stop`, or when `room` rows are there,
  // or at a bad row. cursor.next must be a record start. All records that begin before `stop` end
  // at or before `end`; the last one of the input may lack its newline when end is the end of the
  // input. Blank and comment records are passed over, after the last row too. Returns the number of
  // rows; `error->code` is set when it stopped at a bad row.
  virtual std::size_t parse(Cursor& cursor, const char* stop, const char* end, const Sink& sink,
                            std::size_t first, std::size_t room, RowError* error) = 0;

  // The ways on after parse() has stopped at a bad row, with the same `end`. Slow: they are for few
  // rows. pass_over() moves the cursor to the record after it.
  virtual void pass_over(Cursor& cursor, const char* end) const = 0;
  // Reads it into row `row` of the sink, with the field's fill value (fill.hpp) where a field
  // cannot be read or is missing. `errors`: one for each field that cannot be read, or a single one
  // when columns are missing. false: it cannot be mended, for the one reason in `errors`, and was
  // passed over.
  virtual bool mend(Cursor& cursor, const char* end, const Sink& sink, std::size_t row,
                    std::vector<RowError>* errors) = 0;

  // Strings that were cut to fit their fields, in all rows read or mended so far.
  [[nodiscard]] virtual std::uint64_t truncated() const = 0;
};

}  // namespace forebay::core::text
