// The reference: one byte after the other, by the record machine, without an index.
#include "text/kernels/kernels.hpp"

namespace forebay::core::text::scalar {
namespace {

LineCounts run(const Machine& machine, ScanState& state, const char* data, std::size_t from,
               std::size_t to, std::size_t readable) {
  LineCounts counts;
  counts.rows = machine.run(state, data, from, to, readable);
  for (std::size_t at = from; at < to; ++at) counts.newlines += data[at] == '\n';
  return counts;
}

LineCounts count_lines(const Machine& machine, const char* data, std::size_t size,
                       std::size_t readable) {
  ScanState state = ScanState::record_start;
  return run(machine, state, data, 0, size, readable);
}

bool is_usable() {
  return true;
}

}  // namespace

const Kernel kKernel = {"scalar", is_usable, count_lines, run, nullptr, nullptr};

}  // namespace forebay::core::text::scalar
