// Times scan() and the parser on one core: bench_parse [file]. Without a file it makes text of the
// sample format; a small file is repeated. Prints MB/s, the median of five passes over the whole
// text.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "dtype/dtype.hpp"
#include "text/text.hpp"

using namespace forebay::core;

namespace {

constexpr std::size_t kTextBytes = 100'000'000;
constexpr std::size_t kSplit = 4U << 20;
constexpr int kPasses = 5;

std::string sample_rows() {
  std::mt19937 random(20240301);
  std::string text;
  text.reserve(kTextBytes + 100);
  std::uint_fast32_t position = 14430632;
  while (text.size() < kTextBytes) {
    const std::uint_fast32_t total = 1 + random() % 60;
    const std::uint_fast32_t methylated = random() % (total + 1);
    position = position > 99000000 ? 14430632 : position + 2 + random() % 90;
    char row[80];
    const int size =
        std::snprintf(row, sizeof row, "chr22\t%lu\t%.6g\t%lu\t%lu\n", position,
                      100.0 * static_cast<double>(methylated) / static_cast<double>(total),
                      methylated, total - methylated);
    text.append(row, static_cast<std::size_t>(size));
  }
  return text;
}

std::string read_repeated(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string once((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::string text;
  while (!once.empty() && text.size() < kTextBytes) text += once;
  return text;
}

// Median rate of `pass`, which works through `bytes`, by processor time.
template <typename Pass>
double rate_of(std::size_t bytes, Pass pass) {
  std::vector<double> rates;
  for (int i = 0; i < kPasses; ++i) {
    const std::clock_t begin = std::clock();
    pass();
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    rates.push_back(static_cast<double>(bytes) / seconds / 1e6);
  }
  std::sort(rates.begin(), rates.end());
  return rates[kPasses / 2];
}

// As a child does it: split by split, each scanned while it is in cache.
std::uint64_t scan_all(const text::Dialect& dialect, const std::string& text, std::size_t size) {
  std::uint64_t rows = 0;
  auto state = text::ScanState::record_start;
  for (std::size_t at = 0; at < size; at += kSplit) {
    const std::size_t split = std::min(kSplit, size - at);
    const text::ScanReport report = scan(dialect, text.data() + at, split, size - at);
    const text::ScanOutcome& outcome = report.from[static_cast<std::size_t>(state)];
    rows += outcome.rows;
    state = outcome.end;
  }
  return rows;
}

// Rows go to a block that is used again and again, as in the arena.
std::uint64_t parse_all(text::Parser& parser, const Dtype& dtype, const std::string& text,
                        std::size_t size, std::vector<std::byte>& block) {
  const std::size_t room = block.size() / dtype.row_bytes();
  text::Sink sink;
  for (const Field& field : dtype.fields()) {
    sink.base.push_back(block.data() + field.offset);
    sink.stride.push_back(dtype.row_bytes());
  }
  text::Cursor cursor{text.data(), 0, 1};
  const char* const end = text.data() + size;
  std::uint64_t rows = 0;
  text::RowError error;
  while (cursor.next < end) {
    rows += parser.parse(cursor, end, end, sink, 0, room, &error);
    if (error.code == FOREBAY_OK) continue;
    std::fprintf(stderr, "line %llu: %s\n", static_cast<unsigned long long>(error.line),
                 error.message.c_str());
    return 0;
  }
  return rows;
}

void bench(const char* name, const text::Dialect& dialect, const DtypeRef& dtype,
           const std::string& text, std::size_t size) {
  auto plan = text::plan_columns("", {}, *dtype);
  auto parser = text::Parser::make(dialect, dtype, plan.value());
  std::vector<std::byte> block(1U << 20);
  std::uint64_t scanned = 0;
  std::uint64_t parsed = 0;
  const double scan_rate = rate_of(size, [&] { scanned = scan_all(dialect, text, size); });
  const double parse_rate =
      rate_of(size, [&] { parsed = parse_all(**parser, *dtype, text, size, block); });
  std::printf("%-22s scan %8.0f MB/s  parse %6.0f MB/s  %llu rows\n", name, scan_rate, parse_rate,
              static_cast<unsigned long long>(parsed));
  if (scanned != parsed)
    std::printf("  but the scan found %llu\n", static_cast<unsigned long long>(scanned));
}

}  // namespace

int main(int argc, char** argv) {
  std::string text = argc > 1 ? read_repeated(argv[1]) : sample_rows();
  if (text.empty()) {
    std::fprintf(stderr, "usage: bench_parse [file of the sample format]\n");
    return 1;
  }
  const std::size_t size = text.size();
  text.append(text::kPadding, '\0');
  auto dtype = Dtype::parse("chr:S10,pos:i4,pct:f4,c:i4,t:i4");
  const text::Dialect blanks{};
  text::Dialect tabs{};
  tabs.delimiter = '\t';
  text::Dialect quotes = tabs;
  quotes.quote = '"';
  text::Dialect comments{};
  comments.comment = "#";
  bench("blanks", blanks, dtype.value(), text, size);
  bench("blanks, comments", comments, dtype.value(), text, size);
  bench("tabs", tabs, dtype.value(), text, size);
  bench("tabs, quotes", quotes, dtype.value(), text, size);
  // With quotes in every split the machine has to run, from all start states.
  for (std::size_t i = 0; i + 5 < size; ++i) {
    if (text.compare(i, 5, "chr22") == 0) text[i] = text[i + 4] = '"';
  }
  bench("tabs, quoted chr", quotes, dtype.value(), text, size);
  return 0;
}
