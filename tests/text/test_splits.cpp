#include <algorithm>
#include <random>

#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"
#include "text/every_kernel.hpp"

using namespace forebay::test;
using text::Dialect;
using text::ScanState;

namespace {

struct Case {
  Dialect dialect;
  const char* dtype;
  const char* columns;
};

std::vector<Case> cases() {
  const Dialect blanks{};
  return {
      {blanks, "a:S3,b:S5", ""},
      {blanks, "S64", "1"},
      {delimited(0, '"', "#"), "a:S3,b:S5", "2,1"},
      {delimited(0, '"', "#"), "S64", "1"},
      {delimited(0, '"', "#"), "S64", ""},
      {delimited(',', 0, "#"), "a:S64,b:i4", ""},
      {delimited(',', '"'), "S64", "1"},
      {delimited(',', '"', "#"), "a:S64,b:S64", ""},
      {delimited(',', '"', "#a"), "S64", ""},
      {delimited(',', '"'), "a:S2,b:f4", ""},
      {delimited(',', '"'), "i4", "1"},
      {delimited(' ', '"', "#"), "S64", "1"},
  };
}

// Texts of short records, so that many have the columns wanted.
std::string random_text(std::minstd_rand& random) {
  static constexpr std::string_view kPieces[] = {
      "\n", "\n", "\r\n", "1",    "a",       "12",    ",",  ",",     " ",     "\t",
      "#",  "#a", "\"",   "\"\"", "\"a\n\"", "\"1\"", "\r", "1,1\n", "a 1\n", "1\n"};
  std::string text;
  for (std::size_t i = random() % 14; i > 0; --i) text += kPieces[random() % std::size(kPieces)];
  return text;
}

std::uint64_t lines_before(const std::string& text, std::size_t offset) {
  return 1 + static_cast<std::uint64_t>(std::count(
                 text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

// Parses the split [from, to) of the text as a child does: it knows the state at `from` and holds
// the bytes up to the end of the record that its last row may need, with other bytes behind them.
Parsed parse_split(text::Parser& parser, const Dialect& dialect, const Dtype& dtype,
                   const std::string& text, std::size_t from, std::size_t to, ScanState state) {
  std::size_t start = from;
  if (state != ScanState::record_start) {
    const auto end = find_record_end(dialect, state, text.data(), from, to, text.size());
    if (!end) return {};
    start = *end;
  }
  ScanState at_end = ScanState::record_start;
  const auto report = scan(dialect, text.data() + start, to - start, text.size() - start);
  at_end = report.from[0].end;
  std::size_t end = to;
  if (at_end != ScanState::record_start) {
    end = find_record_end(dialect, at_end, text.data(), to, text.size(), text.size())
              .value_or(text.size());
  }
  const PaddedText piece(std::string_view(text).substr(start, end - start),
                         static_cast<unsigned>(from + 1));
  Parsed parsed = parse_some(parser, dtype, piece, 0, to - start, start, lines_before(text, start));
  if (parsed.error.code == FOREBAY_OK && parsed.rows != report.from[0].rows) {
    parsed.error.code = FOREBAY_E_INTERNAL;
    parsed.error.message = "the scan found another number of rows";
  }
  return parsed;
}

bool same_as_whole(text::Parser& parser, const Case& item, const Dtype& dtype,
                   const std::string& text, const Parsed& whole, std::size_t first,
                   std::size_t second) {
  const Dialect& dialect = item.dialect;
  std::vector<std::byte> bytes;
  text::RowError error;
  ScanState state = ScanState::record_start;
  const std::size_t cuts[] = {0, first, second, text.size()};
  for (std::size_t i = 0; i < 3; ++i) {
    const Parsed part = parse_split(parser, dialect, dtype, text, cuts[i], cuts[i + 1], state);
    bytes.insert(bytes.end(), part.bytes.begin(), part.bytes.end());
    error = part.error;
    if (error.code != FOREBAY_OK) break;
    const auto report =
        scan(dialect, text.data() + cuts[i], cuts[i + 1] - cuts[i], text.size() - cuts[i]);
    state = report.from[static_cast<std::size_t>(state)].end;
  }
  if (bytes == whole.bytes && same_error(error, whole.error)) return true;
  std::fprintf(
      stderr,
      "cuts %zu %zu, dtype %s: %zu bytes (%zu), %d %llu:%u:%llu %s (%d %llu:%u:%llu %s)\n%s\n",
      first, second, item.dtype, bytes.size(), whole.bytes.size(), error.code,
      static_cast<unsigned long long>(error.line), error.column,
      static_cast<unsigned long long>(error.byte), error.message.c_str(), whole.error.code,
      static_cast<unsigned long long>(whole.error.line), whole.error.column,
      static_cast<unsigned long long>(whole.error.byte), whole.error.message.c_str(), text.c_str());
  return false;
}

void test_rows_and_errors_do_not_depend_on_where_a_text_is_split() {
  std::minstd_rand random(4711);
  int number = 0;
  for (const Case& item : cases()) {
    const DtypeRef dtype = dtype_of(item.dtype);
    const auto parser = parser_of(item.dialect, dtype, item.columns);
    REQUIRE(parser != nullptr);
    ++number;
    for (int round = 0; round < 1500; ++round) {
      const std::string text = random_text(random);
      const PaddedText padded(text, static_cast<unsigned>(round + 1));
      const Parsed whole = parse_some(*parser, *dtype, padded, 0, text.size(), 0, 1);
      for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        const std::size_t second = cut + random() % (text.size() - cut + 1);
        const bool same = same_as_whole(*parser, item, *dtype, text, whole, cut, second);
        if (!same) std::fprintf(stderr, "case %d, round %d\n", number, round);
        REQUIRE(same);
      }
    }
  }
}

void test_rows_do_not_depend_on_the_padding() {
  std::minstd_rand random(99);
  for (const Case& item : cases()) {
    const DtypeRef dtype = dtype_of(item.dtype);
    const auto parser = parser_of(item.dialect, dtype, item.columns);
    REQUIRE(parser != nullptr);
    for (int round = 0; round < 300; ++round) {
      const std::string text = random_text(random);
      Parsed first;
      for (unsigned seed = 1; seed < 12; ++seed) {
        const PaddedText padded(text, seed);
        const Parsed parsed = parse_some(*parser, *dtype, padded, 0, text.size(), 0, 1);
        if (seed == 1) first = parsed;
        const bool same = parsed.bytes == first.bytes && same_error(parsed.error, first.error);
        if (!same) std::fprintf(stderr, "round %d, seed %u: %s\n", round, seed, text.c_str());
        REQUIRE(same);
      }
    }
  }
}

void test_a_parse_without_error_has_the_rows_of_the_scan() {
  std::minstd_rand random(12);
  int good = 0;
  for (const Case& item : cases()) {
    const DtypeRef dtype = dtype_of(item.dtype);
    const auto parser = parser_of(item.dialect, dtype, item.columns);
    for (int round = 0; round < 2000; ++round) {
      const std::string text = random_text(random);
      const PaddedText padded(text);
      const Parsed whole = parse_some(*parser, *dtype, padded, 0, text.size(), 0, 1);
      if (whole.error.code != FOREBAY_OK) continue;
      good += whole.rows > 0;
      CHECK_EQ(whole.rows, scan(item.dialect, text.data(), text.size(), text.size()).from[0].rows);
      CHECK_EQ(whole.offset, text.size());
      CHECK_EQ(whole.line, lines_before(text, text.size()));
    }
  }
  // The texts must not all be wrong ones.
  CHECK(good > 2000);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_rows_and_errors_do_not_depend_on_where_a_text_is_split),
      CHECK_TEST(test_rows_do_not_depend_on_the_padding),
      CHECK_TEST(test_a_parse_without_error_has_the_rows_of_the_scan),
  };
  return run_with_every_kernel(tests);
}
