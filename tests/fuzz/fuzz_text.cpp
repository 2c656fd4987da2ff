// Text with options: the scan and the parser agree on the rows, in pieces as in one, and bad rows
// are passed over or mended within the buffer. Sniffing sees the same text.
#include <algorithm>

#include "fuzz/fuzz.hpp"
#include "text/parsing.hpp"

using namespace forebay::core;
using forebay::fuzz::must;
using forebay::test::PaddedText;

namespace {

constexpr const char* kDtypes[] = {
    "S8",       "i4",      "a:S3,b:f8",   "a:i1,b:u8,c:f4", "a:M8[ns]",
    "a:?,b:S1", "x:f4[3]", "a:>i2,b:>f8", "a:M8[D],b:i8",   "chr:S10,pos:i4,pct:f4"};

text::Dialect take_dialect(forebay::fuzz::Input& input) {
  constexpr char kDelimiters[] = {0, ',', '\t', ';', ' ', '|'};
  constexpr const char* kComments[] = {"", "#", "//", "#a"};
  text::Dialect dialect;
  dialect.delimiter = kDelimiters[input.below(std::size(kDelimiters))];
  dialect.quote = input.flag() ? '"' : '\0';
  dialect.comment = kComments[input.below(std::size(kComments))];
  dialect.skip_rows = static_cast<std::uint32_t>(input.below(3));
  dialect.has_header = input.flag();
  return dialect;
}

ValueRules take_rules(forebay::fuzz::Input& input) {
  ValueRules rules;
  const std::uint8_t bits = input.byte();
  if ((bits & 1U) != 0) rules.na = "NA,-,\"\"";
  if ((bits & 2U) != 0) rules.fill = "i:-1,u:0,?:0";
  if ((bits & 4U) != 0) rules.decimal = ',';
  if ((bits & 8U) != 0) rules.thousands = '.';
  if ((bits & 16U) != 0) rules.hex = true;
  if ((bits & 32U) != 0) rules.truncate = true;
  const std::uint8_t more = input.byte();
  rules.percent = static_cast<Percent>(more % 3 + static_cast<unsigned>(Percent{}));
  rules.encoding = static_cast<Encoding>(more / 3 % 3 + static_cast<unsigned>(Encoding{}));
  return rules;
}

struct Rows {
  std::uint64_t rows = 0;
  std::uint64_t passed = 0;
  std::vector<std::byte> bytes{};
  bool is_ended = false;  // by a row that takes in all behind it
};

// All records; bad ones are mended or passed over. `room`: rows at a time.
Rows read_all(text::Parser& parser, const Dtype& dtype, const PaddedText& text, std::size_t room,
              bool mends) {
  Rows out;
  out.bytes.resize((text.size() + 2) * dtype.row_bytes());
  const text::Sink sink = forebay::test::rows_sink(dtype, out.bytes.data());
  text::Cursor cursor{text.begin(), 0, 1};
  while (cursor.next < text.end()) {
    text::RowError error;
    const char* before = cursor.next;
    const std::size_t made =
        parser.parse(cursor, text.end(), text.end(), sink, out.rows, room, &error);
    out.rows += made;
    must(made <= room && out.rows <= text.size() + 1, "a row takes a byte");
    must(cursor.next >= before && cursor.next <= text.end(), "the cursor stays in the text");
    if (error.code == FOREBAY_OK) {
      must(made != 0 || cursor.next == text.end() || made == room, "the parser goes on");
      continue;
    }
    must(!error.message.empty() && error.column != 0 && error.line != 0, "a fault has a place");
    before = cursor.next;
    std::vector<text::RowError> errors;
    if (mends && error.can_be_mended && parser.mend(cursor, text.end(), sink, out.rows, &errors)) {
      ++out.rows;
    } else {
      if (cursor.next == before) parser.pass_over(cursor, text.end());
      ++out.passed;
    }
    must(cursor.next > before && cursor.next <= text.end(), "a bad row is left behind");
    out.is_ended = out.is_ended || error.swallows_lines;
  }
  out.bytes.resize(out.rows * dtype.row_bytes());
  return out;
}

// The scan of the whole against that of two parts, from every state.
void compare_scans(const text::Dialect& dialect, const PaddedText& text, std::size_t cut) {
  const auto whole = text::scan(dialect, text.begin(), text.size(), text.size());
  const auto first = text::scan(dialect, text.begin(), cut, text.size());
  const auto second = text::scan(dialect, text.begin() + cut, text.size() - cut, text.size() - cut);
  must(first.newlines + second.newlines == whole.newlines, "lines add up");
  for (std::size_t state = 0; state < text::kScanStates; ++state) {
    const auto& middle = first.from[state];
    const auto& end = second.from[static_cast<std::size_t>(middle.end)];
    must(middle.rows + end.rows == whole.from[state].rows && end.end == whole.from[state].end,
         "splits add up");
  }
}

void guess(const std::string& text) {
  text::SniffInput input;
  input.head = text;
  input.is_whole = true;
  const auto guess = text::sniff(input, {});
  if (guess.is_ok()) must(Dtype::parse(guess.value().dtype).is_ok(), "what is guessed is a dtype");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  forebay::fuzz::Input input(data, size);
  const text::Dialect dialect = take_dialect(input);
  const ValueRules rules = take_rules(input);
  const DtypeRef dtype = forebay::test::dtype_of(kDtypes[input.below(std::size(kDtypes))]);
  const std::size_t cut_at = static_cast<std::size_t>(input.byte()) << 4U | input.below(16);
  const bool mends = input.flag();
  const std::string all = input.text();
  if (all.size() > 1U << 16U) return 0;
  guess(all);
  if (dialect.check().is_failure() || text::check_value_rules(rules, dialect, *dtype).is_failure())
    return 0;
  std::optional<text::Head> head;
  if (text::read_head(dialect, all, true, &head).is_failure()) return 0;
  must(head && head->data_offset <= all.size(), "a head ends in the text");
  const PaddedText body(std::string_view(all).substr(head->data_offset));
  compare_scans(dialect, body, std::min(cut_at, body.size()));
  const auto plan = text::plan_columns("", head->names, *dtype);
  if (!plan.is_ok()) return 0;
  auto parser = text::Parser::make(dialect, dtype, plan.value(), rules);
  if (!parser.is_ok()) return 0;
  const Rows whole = read_all(**parser, *dtype, body, body.size() + 1, mends);
  const Rows single = read_all(**parser, *dtype, body, 1, mends);
  must(whole.rows == single.rows && whole.passed == single.passed && whole.bytes == single.bytes,
       "rows do not depend on the room for them");
  const auto report = text::scan(dialect, body.begin(), body.size(), body.size());
  if (!whole.is_ended)
    must(report.from[0].rows == whole.rows + whole.passed, "scan and parser count the same rows");
  return 0;
}
