// Decoded bytes of a source in memory, and where the records in them end. A record may reach beyond
// what was read: then more is read.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/base.hpp"
#include "text/text.hpp"

namespace forebay::core {

// Bytes [0, filled), with room for text::kPadding behind them.
struct Window {
  std::vector<char> bytes;
  std::size_t filled = 0;
  bool at_end = false;  // the source has no more

  // Room for what is missing to `wanted` bytes, and what became of it.
  std::span<char> room(std::size_t wanted);
  void took(std::size_t got, std::size_t of) noexcept;
  void drop_front(std::size_t count);
  // How far the bytes may be looked at so that a lookahead of kPadding is known, or the source ends
  // there.
  [[nodiscard]] std::size_t known() const noexcept;
};

// Makes window.filled at least so much, or sets at_end.
using ReadMore = std::function<Status(std::size_t wanted)>;

// The end of the record in progress at `from`, in state `state` there; `from` itself where a record
// begins. FOREBAY_E_LIMIT for a record past 64 MiB.
Result<std::size_t> end_of_record(const text::Dialect& dialect, text::ScanState state,
                                  Window& window, std::size_t from, const ReadMore& read_more);

// The end of the last record that is whole in [from, size); a record begins at `from`. Slow: for
// the way out after a fault.
std::size_t end_of_whole_records(const text::Dialect& dialect, const Window& window,
                                 std::size_t from, std::size_t size);

}  // namespace forebay::core
