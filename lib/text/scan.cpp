// scan() and find_record_end(): where records begin and end, whatever state a split begins in.
#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "text/kernels/kernels.hpp"
#include "text/machine.hpp"
#include "text/text.hpp"

namespace forebay::core::text {
namespace {

constexpr std::size_t kBlock = 256;
constexpr std::size_t kLongBlock = 64U << 10;

struct Span {
  const char* data;
  std::size_t size;
  std::size_t readable;
};

// One run of the machine that stands for all start states which have come to the same state.
struct Track {
  ScanState state = ScanState::record_start;
  std::uint64_t rows = 0;
};

// The runs from all start states at once. Invariant: two tracks in the same state at the same byte
// stay together, so one run serves both from there on and only their rows so far differ.
class Tracks {
 public:
  Tracks() {
    for (std::size_t i = 0; i < kScanStates; ++i) {
      runs_[i].state = static_cast<ScanState>(i);
      run_of_[i] = i;
      alive_[i] = i;
    }
  }

  void advance(const Machine& machine, const Span& text, std::size_t from, std::size_t to) {
    for (std::size_t i = 0; i < count_; ++i) advance(machine, text, from, to, runs_[alive_[i]]);
    if (count_ > 1) merge();
  }
  // Whether one run serves all start states.
  [[nodiscard]] bool is_one() const { return count_ == 1; }

  [[nodiscard]] ScanOutcome outcome(std::size_t start) const {
    const Track& run = runs_[run_of_[start]];
    return {run.state, run.rows + ahead_[start]};
  }

 private:
  static void advance(const Machine& machine, const Span& text, std::size_t from, std::size_t to,
                      Track& run) {
    const Kernel& kernel = active_kernel();
    if (run.state == ScanState::quoted) {
      const void* found = machine.quote() == 0
                              ? nullptr
                              : std::memchr(text.data + from, machine.quote(), to - from);
      if (found == nullptr) return;
      from = static_cast<std::size_t>(static_cast<const char*>(found) - text.data);
    }
    run.rows += kernel.run(machine, run.state, text.data, from, to, text.readable).rows;
  }

  void merge() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      const std::size_t run = alive_[i];
      std::size_t same = 0;
      while (same < kept && runs_[alive_[same]].state != runs_[run].state) ++same;
      if (same == kept) {
        alive_[kept++] = run;
      } else {
        join(run, alive_[same]);
      }
    }
    count_ = kept;
  }

  void join(std::size_t run, std::size_t into) {
    for (std::size_t start = 0; start < kScanStates; ++start) {
      if (run_of_[start] != run) continue;
      run_of_[start] = into;
      ahead_[start] += runs_[run].rows - runs_[into].rows;  // may wrap; the sum is right again
    }
  }

  std::array<Track, kScanStates> runs_{};
  std::array<std::size_t, kScanStates> run_of_{};
  std::array<std::uint64_t, kScanStates> ahead_{};
  std::array<std::size_t, kScanStates> alive_{};
  std::size_t count_ = kScanStates;
};

// Why the blocks grow: from most texts all start states soon come to the same one, and from there
// on a single run needs no look at the others.
ScanReport scan_generic(const Machine& machine, const Span& text) {
  Tracks tracks;
  std::size_t block = kBlock;
  for (std::size_t at = 0; at < text.size; at += block) {
    if (tracks.is_one()) block = kLongBlock;
    tracks.advance(machine, text, at, std::min(text.size, at + block));
  }
  ScanReport report;
  report.newlines =
      active_kernel().count_lines(machine, text.data, text.size, text.readable).newlines;
  for (std::size_t i = 0; i < kScanStates; ++i) report.from[i] = tracks.outcome(i);
  return report;
}

// Text without a quote but with a newline: every start state except `quoted` is at a record start
// after the first newline.
ScanReport scan_without_quotes(const Machine& machine, const Span& text, std::size_t last_line) {
  const LineCounts counts =
      active_kernel().count_lines(machine, text.data, text.size, text.readable);
  ScanState end = ScanState::record_start;
  machine.run(end, text.data, last_line, text.size, text.readable);
  const std::uint64_t first = machine.row_starts_at(text.data, 0, text.size, text.readable);
  ScanReport report;
  report.newlines = counts.newlines;
  for (ScanOutcome& from : report.from) from = {end, counts.rows - first};
  report.from[static_cast<std::size_t>(ScanState::record_start)].rows = counts.rows;
  report.from[static_cast<std::size_t>(ScanState::quoted)] = {ScanState::quoted, 0};
  return report;
}

bool has_quote(const Machine& machine, const Span& text) {
  return machine.quote() != 0 && std::memchr(text.data, machine.quote(), text.size) != nullptr;
}

}  // namespace

ScanReport scan(const Dialect& dialect, const char* data, std::size_t size, std::size_t readable) {
  const Machine machine(dialect);
  const Span text{data, size, readable};
  if (size > 0 && !has_quote(machine, text)) {
    const std::size_t newline = std::string_view(data, size).rfind('\n');
    if (newline != std::string_view::npos) return scan_without_quotes(machine, text, newline + 1);
  }
  return scan_generic(machine, text);
}

std::optional<std::size_t> find_record_end(const Dialect& dialect, ScanState& state,
                                           const char* data, std::size_t from, std::size_t size,
                                           std::size_t readable) {
  const Machine machine(dialect);
  for (std::size_t at = from; at < size; ++at) {
    const bool plain =
        state == ScanState::comment ||
        (machine.quote() == 0 && state != ScanState::record_start && state != ScanState::quoted);
    if (plain) {
      const void* found = std::memchr(data + at, '\n', size - at);
      if (found != nullptr) at = static_cast<std::size_t>(static_cast<const char*>(found) - data);
      if (found == nullptr) {
        machine.run(state, data, at, size, readable);
        return std::nullopt;
      }
    }
    state = machine.move(state, data, at, readable).next;
    if (data[at] == '\n' && state == ScanState::record_start) return at + 1;
  }
  return std::nullopt;
}

}  // namespace forebay::core::text
