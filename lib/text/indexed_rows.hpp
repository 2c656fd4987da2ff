// The fast way through rows: a kernel lists where the fields of a window of text end, and then
// reads column by column over many rows at once. It takes only rows that are plain; what it leaves,
// blank lines, comments, rows that are bad in any way, the row reader reads or explains. So it need
// not know everything, and must never read anything otherwise. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "text/kernels/kernels.hpp"
#include "text/machine.hpp"
#include "text/steps.hpp"

namespace forebay::core::text {

// What was read: whole records from the place asked for.
struct IndexedProgress {
  const char* next = nullptr;
  std::size_t rows = 0;
  std::uint64_t lines = 0;
  std::uint64_t truncated = 0;  // strings
};

class IndexedRows {
 public:
  // `columns`: that a row must have, or, unless `exact`, have at least.
  IndexedRows(const Machine& machine, std::uint64_t columns, bool exact);

  // Whether the kernel in use can do this at all.
  [[nodiscard]] bool is_on() const noexcept { return kernel_.index != nullptr; }

  // Another text: records up to `limit`, which is just past a newline; rows whose first significant
  // byte is at or past `stop` are left. Forgets the window before.
  void set_text(const char* stop, const char* limit) noexcept;

  // Reads plain rows from the record at `record` on, at most `room`, into rows `first` on. Stops
  // before the first record that it leaves, or at the end of the text. `fallback` is asked for
  // single fields. `rules`: of the ruled steps, or nullptr.
  IndexedProgress read(const char* record, std::size_t room, std::size_t first,
                       const std::vector<Step>& steps, const FieldFallback& fallback,
                       ValueReader* rules);

 private:
  // A place between two records: offset in the window, and the next entries of both lists.
  struct Place {
    std::uint32_t offset = 0;
    std::uint32_t end = 0;
    std::uint32_t line = 0;
  };

  bool find(const char* record, std::size_t room);
  bool index_from(const char* record, std::size_t bytes);
  void adapt_window(std::size_t size);
  [[nodiscard]] bool has_record() const noexcept { return place_.line < index_.line_count; }
  std::size_t gather(std::size_t most);
  std::size_t gather_plain(std::size_t most);
  template <bool kBlanks, bool kExact>
  std::size_t gather_by(std::size_t most);
  std::size_t read_columns(std::size_t rows, std::size_t first, const std::vector<Step>& steps,
                           const FieldFallback& fallback) const;
  void give_back(std::size_t from, std::size_t rows);

  // Constant after construction.
  const Kernel& kernel_;
  const Machine& machine_;
  const std::uint64_t columns_;
  const bool exact_;
  std::array<bool, 256> may_be_no_row_{};

  // Of the text.
  const char* stop_ = nullptr;
  const char* limit_ = nullptr;

  // Of the window.
  const char* window_ = nullptr;  // nullptr: none
  std::vector<std::uint32_t> ends_;
  std::vector<std::uint32_t> lines_;
  TextIndex index_;
  Place place_;
  std::size_t window_bytes_;
  bool was_cut_ = false;  // quotes out of order follow it

  // Of the rows in hand.
  std::vector<std::uint32_t> starts_;
  std::vector<std::uint32_t> first_ends_;
  Place begin_;
  std::size_t batch_rows_;
  std::size_t ends_apart_ = 0;  // as in RowBatch
  bool has_returns_ = false;
};

}  // namespace forebay::core::text
