// The kernels: what runs over every byte of a text, once for each instruction set, best first. The
// scalar one, the last, is the reference: whatever another does must give the same bytes.
//
// Why plain structs and functions: a kernel's source is compiled for its own instruction set, so it
// may not instantiate or emit an inline function that other sources have too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "text/machine.hpp"
#include "text/steps.hpp"

namespace forebay::core::text {

struct LineCounts {
  std::uint64_t newlines = 0;
  // Records that begin in the text and are rows.
  std::uint64_t rows = 0;
};

// Where the fields and the records of a window of text end: offsets from its begin, which is the
// start of a record. Both lists have room for the window's bytes and kIndexSlack more.
struct TextIndex {
  std::uint32_t* ends =
      nullptr;  // of fields: delimiters and newlines, of a run of blanks its first
  std::uint32_t* lines = nullptr;  // newlines that end records
  std::uint32_t end_count = 0;
  std::uint32_t line_count = 0;
  // Of the fields listed: whether any has blanks before it; is quoted; has a doubled quote, or a
  // newline in quotes. It may be said of a field without them.
  bool has_lead = false;
  bool has_quotes = false;
  bool has_doubled_quotes = false;
  bool has_embedded_newlines = false;
  // Whether there is a '\r', or a byte that a comment begins with. It may be said without one.
  bool has_odd_bytes = false;
};
constexpr std::size_t kIndexSlack = 80;

// Rows of a window whose fields stand in its index, one after the other.
struct RowBatch {
  const char* text = nullptr;                // of the window
  const std::uint32_t* ends = nullptr;       // of its index, without the '\r' of "\r\n"
  const std::uint32_t* starts = nullptr;     // first significant byte of each row
  const std::uint32_t* first_end = nullptr;  // of each row, the index in `ends` of its first field
  std::size_t ends_apart = 0;  // from one row's first end to the next one's; 0: not always the same
  std::size_t rows = 0;
  std::size_t first_row = 0;  // in the block
  bool has_lead = false;      // as in the index
  char quote = 0;             // 0: none in this window
  bool has_doubled_quotes = false;
  bool blanks = false;
};

// Reads a field that the kernel leaves alone; false: nobody can read it.
struct FieldFallback {
  void* reader = nullptr;
  bool (*read)(void* reader, const Step& step, const char* start, const char* end,
               std::byte* out) = nullptr;
};

struct Kernel {
  const char* name;
  // Whether this machine has its instructions.
  bool (*is_usable)();
  // data[0, size) begins with a record and holds no quote that counts. `readable` as for scan().
  LineCounts (*count_lines)(const Machine& machine, const char* data, std::size_t size,
                            std::size_t readable);
  // As Machine::run() over data[from, to).
  LineCounts (*run)(const Machine& machine, ScanState& state, const char* data, std::size_t from,
                    std::size_t to, std::size_t readable);
  // Lists the ends in data[0, size), behind which kPadding more bytes can be read, and returns
  // `size`; less when it stops before text whose quotes are out of order. nullptr: this kernel has
  // no index, rows are read byte by byte.
  std::size_t (*index)(const Machine& machine, const char* data, std::size_t size,
                       TextIndex* index);
  // Reads the fields of one step, whose first column is `column`, of all rows of the batch. Returns
  // how many rows have them; less than all when a field cannot be read.
  std::size_t (*read_fields)(const Step& step, std::size_t column, const RowBatch& batch,
                             const FieldFallback& fallback);
};

// All kernels that this program has, usable or not, best first.
std::span<const Kernel> all_kernels() noexcept;

// The best that the machine can run, or the one that FOREBAY_FORCE_KERNEL names. Any thread.
const Kernel& active_kernel() noexcept;
// FOREBAY_E_ARGUMENT: FOREBAY_FORCE_KERNEL names none, or one that the machine cannot run.
Status check_forced_kernel();
// The same by a call, for tests; false when there is no such usable kernel.
bool force_kernel(std::string_view name) noexcept;

namespace scalar {
extern const Kernel kKernel;
}
namespace portable {
extern const Kernel kKernel;
}
namespace sse2 {
extern const Kernel kKernel;
}
namespace avx2 {
extern const Kernel kKernel;
}
namespace avx512 {
extern const Kernel kKernel;
}

}  // namespace forebay::core::text
