#include <algorithm>
#include <optional>
#include <random>

#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"
#include "text/every_kernel.hpp"

using namespace forebay::test;
using text::Dialect;
using text::ScanState;

namespace {

std::vector<Dialect> dialects() {
  const Dialect blanks{};
  return {blanks,
          delimited(0, '"'),
          delimited(0, 0, "#"),
          delimited(0, '"', "#a"),
          delimited(',', 0),
          delimited(',', '"'),
          delimited(',', 0, "#"),
          delimited(',', '"', "##"),
          delimited(' ', '"', "#"),
          delimited('\t', '\'')};
}

// The definition of a record, spelled out byte by byte and without tables.
text::ScanOutcome reference(const Dialect& dialect, ScanState state, std::string_view data,
                            std::size_t from, std::size_t size) {
  text::ScanOutcome out{state, 0};
  const bool blanks = dialect.delimiter == 0;
  for (std::size_t i = from; i < size; ++i) {
    const char byte = data[i];
    const bool separator = blanks ? byte == ' ' || byte == '\t' : byte == dialect.delimiter;
    const bool quote = dialect.quote != 0 && byte == dialect.quote;
    switch (out.end) {
      case ScanState::record_start:
        if (byte == '\n' || (blanks && separator)) break;
        if (byte == '\r' && (i + 1 == data.size() || data[i + 1] == '\n')) break;
        if (!dialect.comment.empty() && data.substr(i, dialect.comment.size()) == dialect.comment) {
          out.end = ScanState::comment;
          break;
        }
        ++out.rows;
        out.end = quote       ? ScanState::quoted
                  : separator ? ScanState::field_start
                              : ScanState::unquoted;
        break;
      case ScanState::field_start:
        if (quote) {
          out.end = ScanState::quoted;
          break;
        }
        [[fallthrough]];
      case ScanState::unquoted:
        out.end = byte == '\n' ? ScanState::record_start
                  : separator  ? ScanState::field_start
                               : ScanState::unquoted;
        break;
      case ScanState::quoted:
        if (quote) out.end = ScanState::quote_closed;
        break;
      case ScanState::quote_closed:
        out.end = quote          ? ScanState::quoted
                  : byte == '\n' ? ScanState::record_start
                  : separator    ? ScanState::field_start
                                 : ScanState::unquoted;
        break;
      case ScanState::comment:
        if (byte == '\n') out.end = ScanState::record_start;
        break;
    }
  }
  return out;
}

std::string random_text(std::minstd_rand& random, std::size_t most, std::string_view alphabet) {
  std::string text(random() % (most + 1), ' ');
  for (char& byte : text) byte = alphabet[random() % alphabet.size()];
  return text;
}

bool equals_reference(const Dialect& dialect, const std::string& text, std::size_t from,
                      std::size_t size) {
  const text::ScanReport report =
      scan(dialect, text.data() + from, size - from, text.size() - from);
  bool same = report.newlines == static_cast<std::uint64_t>(std::count(
                                     text.begin() + static_cast<std::ptrdiff_t>(from),
                                     text.begin() + static_cast<std::ptrdiff_t>(size), '\n'));
  for (std::size_t i = 0; i < text::kScanStates; ++i) {
    same &= report.from[i] == reference(dialect, static_cast<ScanState>(i), text, from, size);
  }
  return same;
}

void test_scan_equals_a_reference_for_every_split_of_short_texts() {
  std::minstd_rand random(1234);
  int number = 0;
  for (const Dialect& dialect : dialects()) {
    ++number;
    for (int round = 0; round < 800; ++round) {
      const std::string text = random_text(random, 24, "\"\"\n\n\r \t#a1,,'");
      for (std::size_t split = 0; split <= text.size(); ++split) {
        const bool same = equals_reference(dialect, text, 0, split) &&
                          equals_reference(dialect, text, split, text.size());
        if (!same) std::fprintf(stderr, "dialect %d, round %d, split %zu\n", number, round, split);
        REQUIRE(same);
      }
    }
  }
}

void test_scan_equals_a_reference_on_long_texts() {
  std::minstd_rand random(99);
  for (const Dialect& dialect : dialects()) {
    for (int round = 0; round < 300; ++round) {
      // Without quotes mostly, as that is the way of the kernels.
      const std::string text =
          random_text(random, 1500, round % 3 == 0 ? "\"\n\r #a1,1,aa" : "\n\n\r \t#a1,aaaaaa");
      const std::size_t split = text.empty() ? 0 : random() % text.size();
      const bool same = equals_reference(dialect, text, 0, split) &&
                        equals_reference(dialect, text, split, text.size());
      if (!same) std::fprintf(stderr, "round %d, split %zu\n", round, split);
      REQUIRE(same);
    }
  }
}

void test_scans_of_splits_compose_to_the_scan_of_the_whole() {
  std::minstd_rand random(7);
  for (const Dialect& dialect : dialects()) {
    for (int round = 0; round < 300; ++round) {
      const std::string text = random_text(random, 60, "\"\n\r #a1,");
      const std::size_t size = text.size();
      const text::ScanReport whole = scan(dialect, text.data(), size, size);
      for (std::size_t split = 0; split <= size; ++split) {
        const text::ScanReport head = scan(dialect, text.data(), split, size);
        const text::ScanReport tail =
            scan(dialect, text.data() + split, size - split, size - split);
        bool same = head.newlines + tail.newlines == whole.newlines;
        for (std::size_t i = 0; i < text::kScanStates; ++i) {
          const text::ScanOutcome& then = tail.from[static_cast<std::size_t>(head.from[i].end)];
          same &= whole.from[i] == text::ScanOutcome{then.end, head.from[i].rows + then.rows};
        }
        if (!same) std::fprintf(stderr, "round %d, split %zu\n", round, split);
        REQUIRE(same);
      }
    }
  }
}

void test_long_quoted_fields_and_comments_are_scanned_as_by_the_machine() {
  std::minstd_rand random(31);
  for (const Dialect& dialect : dialects()) {
    const text::Machine machine(dialect);
    for (int round = 0; round < 300; ++round) {
      std::string text;
      while (text.size() < 600) {
        const char* const pieces[] = {"\"a,b\nc\"",  "12,",      "\n",   "\"\"",
                                      "\"x\"\"y\",", "#a \"c\n", "##\n", "\r\n",
                                      " \t",         "a\"b",     "'q',", "\n  "};
        text += pieces[random() % std::size(pieces)];
        if (random() % 4 == 0) text.append(random() % 70, 'z');
      }
      for (std::size_t i = 0; i < text::kScanStates; ++i) {
        const std::size_t from = random() % 80;
        auto state = static_cast<ScanState>(i);
        auto expected = state;
        const auto rows = machine.run(expected, text.data(), from, text.size(), text.size());
        const text::LineCounts counts =
            text::active_kernel().run(machine, state, text.data(), from, text.size(), text.size());
        if (!CHECK(state == expected && counts.rows == rows))
          std::fprintf(stderr, "round %d, state %zu\n", round, i);
        CHECK_EQ(counts.newlines,
                 static_cast<std::uint64_t>(std::count(
                     text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), '\n')));
      }
    }
  }
}

void test_find_record_end_stops_after_the_newline_of_the_record() {
  std::minstd_rand random(55);
  for (const Dialect& dialect : dialects()) {
    for (int round = 0; round < 400; ++round) {
      const std::string text = random_text(random, 30, "\"\n\r #a1,");
      for (std::size_t i = 0; i < text::kScanStates; ++i) {
        const std::size_t from = random() % (text.size() + 1);
        ScanState state = static_cast<ScanState>(i);
        const auto found =
            find_record_end(dialect, state, text.data(), from, text.size(), text.size());
        std::optional<std::size_t> expected;
        ScanState at = static_cast<ScanState>(i);
        for (std::size_t k = from; k < text.size() && !expected; ++k) {
          at = reference(dialect, at, text, k, k + 1).end;
          if (text[k] == '\n' && at == ScanState::record_start) expected = k + 1;
        }
        CHECK(found == expected);
        CHECK(found || state == at);
      }
    }
  }
}

void test_a_row_belongs_to_the_split_of_its_first_significant_byte() {
  const Dialect blanks{};
  const std::string text = "1\n   2\n";
  CHECK_EQ(scan(blanks, text.data(), 4, 7).from[0].rows, 1U);
  CHECK_EQ(scan(blanks, text.data(), 6, 7).from[0].rows, 2U);
  const Dialect commas = delimited(',');
  CHECK_EQ(scan(commas, text.data(), 3, 7).from[0].rows, 2U);
}

void test_a_comment_prefix_and_a_line_end_may_straddle_the_end_of_a_split() {
  const Dialect dialect = delimited(',', '"', "##");
  const std::string comment = "##a\n1\n";
  CHECK(scan(dialect, comment.data(), 1, 6).from[0] == (text::ScanOutcome{ScanState::comment, 0}));
  CHECK(scan(dialect, comment.data(), 1, 1).from[0] == (text::ScanOutcome{ScanState::unquoted, 1}));
  const std::string blank = "\r\n1\n";
  CHECK(scan(dialect, blank.data(), 1, 4).from[0] ==
        (text::ScanOutcome{ScanState::record_start, 0}));
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_scan_equals_a_reference_for_every_split_of_short_texts),
      CHECK_TEST(test_scan_equals_a_reference_on_long_texts),
      CHECK_TEST(test_scans_of_splits_compose_to_the_scan_of_the_whole),
      CHECK_TEST(test_long_quoted_fields_and_comments_are_scanned_as_by_the_machine),
      CHECK_TEST(test_find_record_end_stops_after_the_newline_of_the_record),
      CHECK_TEST(test_a_row_belongs_to_the_split_of_its_first_significant_byte),
      CHECK_TEST(test_a_comment_prefix_and_a_line_end_may_straddle_the_end_of_a_split),
  };
  return run_with_every_kernel(tests);
}
