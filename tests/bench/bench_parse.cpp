// Times scanning and parsing on one core: bench_parse [FILE [MB]]. FILE: rows of the sample format
// (chr pos pct c t), else such rows are made. For each shape of text: memchr() over the bytes, the
// yardstick, the scan, the numbers alone (from fields whose ends are known) and the whole parse, by
// processor time, one after the other in each of seven rounds; medians. JSON on stdout, a table on
// stderr. FOREBAY_FORCE_KERNEL chooses a kernel.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "bench/parse_shapes.hpp"
#include "dtype/dtype.hpp"
#include "text/kernels/kernels.hpp"
#include "text/text.hpp"

using namespace forebay::core;
using forebay::bench::Shape;

namespace {

constexpr std::size_t kTextBytes = 64'000'000;
constexpr std::size_t kSplit = 4U << 20;
constexpr std::size_t kBlockBytes = 1U << 20;
constexpr std::size_t kWindow = 32U << 10;
constexpr int kRounds = 7;

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// What a measure says that it took; 0: take the time of the whole call.
struct Measure {
  const char* name;
  std::function<double()> run;
  std::vector<double> rates{};  // MB/s

  [[nodiscard]] double median() const {
    std::vector<double> sorted = rates;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }
};

text::Sink sink_of(const Dtype& dtype, std::byte* block) {
  text::Sink sink;
  for (const Field& field : dtype.fields()) {
    sink.base.push_back(block + field.offset);
    sink.stride.push_back(dtype.row_bytes());
  }
  return sink;
}

// As a child does it: split by split, each scanned while it is in cache.
std::uint64_t scan_all(const Shape& shape) {
  std::uint64_t rows = 0;
  auto state = text::ScanState::record_start;
  for (std::size_t at = 0; at < shape.size; at += kSplit) {
    const std::size_t split = std::min(kSplit, shape.size - at);
    const text::ScanReport report =
        scan(shape.dialect, shape.text.data() + at, split, shape.size - at);
    const text::ScanOutcome& outcome = report.from[static_cast<std::size_t>(state)];
    rows += outcome.rows;
    state = outcome.end;
  }
  return rows;
}

// Rows go to a block that is used again and again, as in the arena.
std::uint64_t parse_all(text::Parser& parser, const Dtype& dtype, const Shape& shape,
                        std::vector<std::byte>& block) {
  const std::size_t room = block.size() / dtype.row_bytes();
  const text::Sink sink = sink_of(dtype, block.data());
  text::Cursor cursor{shape.text.data(), 0, 1};
  const char* const end = shape.text.data() + shape.size;
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

// Only the numbers, from an index that is made beforehand, window by window: the seconds that they
// took.
class NumbersAlone {
 public:
  NumbersAlone(const Shape& shape, const DtypeRef& dtype, std::vector<std::byte>& block)
      : shape_(shape), machine_(shape.dialect), kernel_(text::active_kernel()) {
    auto plan = text::plan_columns("", {}, *dtype);
    steps_ = std::move(text::make_steps(*dtype, *plan)).value();
    const text::Sink sink = sink_of(*dtype, block.data());
    for (text::Step& step : steps_) {
      step.base = sink.base[step.field] + step.offset;
      step.stride = sink.stride[step.field];
      columns_ += step.columns;
    }
    for (auto* list : {&ends_, &lines_, &starts_, &first_ends_})
      list->resize(kWindow + text::kIndexSlack);
    index_.ends = ends_.data();
    index_.lines = lines_.data();
  }

  double run() {
    if (kernel_.index == nullptr) return std::numeric_limits<double>::infinity();
    double seconds = 0;
    for (std::size_t at = 0; at < shape_.size;) {
      const char* const window = shape_.text.data() + at;
      kernel_.index(machine_, window, std::min(kWindow, shape_.size - at), &index_);
      std::uint32_t start = 0;
      for (std::uint32_t row = 0; row < index_.line_count; ++row) {
        starts_[row] = start;
        first_ends_[row] = static_cast<std::uint32_t>(row * columns_);
        start = index_.lines[row] + 1;
      }
      if (start == 0) return 0;
      seconds += read_numbers(window);
      at += start;
    }
    return seconds;
  }

 private:
  double read_numbers(const char* window) {
    text::RowBatch batch;
    batch.text = window;
    batch.ends = index_.ends;
    batch.starts = starts_.data();
    batch.first_end = first_ends_.data();
    batch.rows = index_.line_count;
    batch.has_lead = index_.has_lead;
    batch.quote = index_.has_quotes ? machine_.quote() : '\0';
    batch.has_doubled_quotes = index_.has_doubled_quotes;
    batch.blanks = machine_.blanks();
    const text::FieldFallback nobody{nullptr, [](void*, const text::Step&, const char*, const char*,
                                                 std::byte*) { return true; }};
    const double begin = processor_seconds();
    std::size_t column = 0;
    for (const text::Step& step : steps_) {
      if (step.kind != text::StepKind::bytes) kernel_.read_fields(step, column, batch, nobody);
      column += step.columns;
    }
    return processor_seconds() - begin;
  }

  const Shape& shape_;
  const text::Machine machine_;
  const text::Kernel& kernel_;
  std::vector<text::Step> steps_;
  std::uint64_t columns_ = 0;
  std::vector<std::uint32_t> ends_, lines_, starts_, first_ends_;
  text::TextIndex index_;
};

std::uint64_t count_by_memchr(const Shape& shape) {
  const char* at = shape.text.data();
  const char* const end = at + shape.size;
  std::uint64_t found = 0;
  // A byte that is not there, so that all are looked at.
  while ((at = static_cast<const char*>(
              std::memchr(at, '\x01', static_cast<std::size_t>(end - at)))) != nullptr) {
    ++found;
    ++at;
  }
  return found;
}

bool bench(const Shape& shape, bool is_last) {
  const DtypeRef dtype = Dtype::parse(shape.dtype).value();
  auto plan = text::plan_columns("", {}, *dtype);
  auto parser = text::Parser::make(shape.dialect, dtype, *plan);
  if (!parser.is_ok()) {
    std::fprintf(stderr, "%s\n", std::string(parser.status().message()).c_str());
    return false;
  }
  std::vector<std::byte> block(kBlockBytes);
  NumbersAlone numbers(shape, dtype, block);
  std::uint64_t counted = 0;
  std::uint64_t scanned = 0;
  std::uint64_t parsed = 0;
  std::uint64_t by_hand = 0;
  const char* const text = shape.text.data();
  const auto whole = [](const auto& work) {
    return [work] {
      work();
      return 0.0;
    };
  };
  std::vector<Measure> measures;
  measures.push_back({"memchr", whole([&] { counted += count_by_memchr(shape); })});
  measures.push_back({"yardstick", whole([&] {
                        by_hand = shape.yardstick(text, text + shape.size, block.data(),
                                                  block.size() / dtype->row_bytes());
                      })});
  measures.push_back({"scan", whole([&] { scanned = scan_all(shape); })});
  measures.push_back({"numbers", [&] { return numbers.run(); }});
  measures.push_back({"parse", whole([&] { parsed = parse_all(**parser, *dtype, shape, block); })});
  for (int round = 0; round < kRounds; ++round) {
    for (Measure& measure : measures) {
      const double begin = processor_seconds();
      const double told = measure.run();
      const double seconds = told > 0 ? told : processor_seconds() - begin;
      measure.rates.push_back(static_cast<double>(shape.size) / seconds / 1e6);
    }
  }
  const double yardstick = measures[1].median();
  const double parse = measures[4].median();
  const double both = 1 / (1 / measures[2].median() + 1 / parse);
  std::printf("  {\"shape\": \"%s\", \"bytes\": %zu, \"rows\": %llu", shape.name.c_str(),
              shape.size, static_cast<unsigned long long>(parsed));
  std::fprintf(stderr, "%-20s", shape.name.c_str());
  for (const Measure& measure : measures) {
    std::printf(", \"%s\": %.0f", measure.name, measure.median());
    std::fprintf(stderr, " %9.0f", measure.median());
  }
  std::printf(", \"scan_and_parse\": %.0f, \"parse_to_yardstick\": %.2f}%s\n", both,
              parse / yardstick, is_last ? "" : ",");
  std::fprintf(stderr, " %9.0f %9.2f\n", both, parse / yardstick);
  const bool is_same = scanned == parsed && by_hand == parsed && parsed > 0;
  if (!is_same)
    std::fprintf(stderr, "%llu rows, but the scan found %llu and the yardstick %llu\n",
                 static_cast<unsigned long long>(parsed), static_cast<unsigned long long>(scanned),
                 static_cast<unsigned long long>(by_hand));
  return is_same && counted == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string file = argc > 1 ? argv[1] : "";
  const std::size_t bytes = argc > 2 ? std::strtoul(argv[2], nullptr, 10) * 1'000'000 : kTextBytes;
  const std::vector<Shape> shapes = forebay::bench::parse_shapes(bytes, file);
  if (shapes.empty()) {
    std::fprintf(stderr, "usage: bench_parse [FILE of the sample format [MB]]\n");
    return 1;
  }
  const char* const kernel = text::active_kernel().name;
  std::printf("{\"bench\": \"parse\", \"kernel\": \"%s\", \"unit\": \"MB/s\", \"shapes\": [\n",
              kernel);
  std::fprintf(stderr, "kernel %s; MB/s, medians of %d\n%-20s %9s %9s %9s %9s %9s %9s %9s\n",
               kernel, kRounds, "", "memchr", "yardstick", "scan", "numbers", "parse", "both",
               "ratio");
  bool is_ok = true;
  for (const Shape& shape : shapes) is_ok &= bench(shape, &shape == &shapes.back());
  std::printf("]}\n");
  return is_ok ? 0 : 1;
}
