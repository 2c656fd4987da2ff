// Element types: parse and print them, and say where each field lies in a block.
// A Dtype is constant once made and shared by reference; any thread.
//
// Names: non-empty UTF-8 without NUL, each once. In the text form a name with blanks, control
// characters, a backslash or one of : , [ ] ' " stands in quotes, with Python's escapes:
// "my name":f4. Limits: 65,535 fields, 8 dimensions, 2^31 bytes a row.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.hpp"
#include "forebay/dtype.h"

namespace forebay::core {

enum class Kind : std::uint8_t {
  bytes = FOREBAY_DTYPE_BYTES,
  integer = FOREBAY_DTYPE_INT,
  unsigned_integer = FOREBAY_DTYPE_UINT,
  real = FOREBAY_DTYPE_FLOAT,
  boolean = FOREBAY_DTYPE_BOOL,
  datetime = FOREBAY_DTYPE_DATETIME,
};

struct Field {
  std::string name{};  // "" for the one field of a bare type
  Kind kind = Kind::bytes;
  bool big_endian = false;  // false for one-byte types
  std::string unit{};       // of a datetime: "Y" "M" "W" "D" "h" "m" "s" "ms" "us" "ns"
  std::uint64_t item_bytes = 0;
  std::uint64_t count = 1;   // scalars: product of shape
  std::uint64_t offset = 0;  // in the packed record
  std::vector<std::uint64_t> shape{};

  [[nodiscard]] std::uint64_t bytes() const noexcept { return item_bytes * count; }
  bool operator==(const Field&) const = default;
};

class Dtype;
using DtypeRef = std::shared_ptr<const Dtype>;

class Dtype {
 public:
  // A failure is FOREBAY_E_DTYPE; its detail's `column` is the byte position in the text, from 1.
  static Result<DtypeRef> parse(std::string_view text);
  static Result<DtypeRef> parse_descr(std::string_view descr);
  // Computes offsets; `fields` need name, kind, unit, item_bytes, shape and big_endian. A bare type
  // is one unnamed field.
  static Result<DtypeRef> make(std::vector<Field> fields, bool is_record);

  [[nodiscard]] const std::vector<Field>& fields() const noexcept { return fields_; }
  [[nodiscard]] bool is_record() const noexcept { return is_record_; }
  [[nodiscard]] std::uint64_t row_bytes() const noexcept { return row_bytes_; }
  [[nodiscard]] std::uint64_t scalars() const noexcept {
    return scalars_;
  }  // values in a row: the sum of counts
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] const std::string& descr() const noexcept { return descr_; }
  [[nodiscard]] std::uint64_t hash() const noexcept {
    return hash_;
  }  // of text(); the schema's identity
  bool operator==(const Dtype& other) const noexcept {
    return is_record_ == other.is_record_ && fields_ == other.fields_;
  }

 private:
  Dtype() = default;

  std::vector<Field> fields_;
  bool is_record_ = false;
  std::uint64_t row_bytes_ = 0;
  std::uint64_t scalars_ = 0;
  std::uint64_t hash_ = 0;
  std::string text_;
  std::string descr_;
};

enum class Layout : std::uint8_t { rows = 1, columns = 2 };

// Field k of row i is at block + offset + i * stride.
struct ColumnPlace {
  std::uint64_t offset = 0;
  std::uint64_t stride = 0;
  bool operator==(const ColumnPlace&) const = default;
};

struct BlockLayout {
  std::uint64_t bytes = 0;  // of the whole block, a multiple of 4096
  std::vector<ColumnPlace> columns{};
};

// Columns start on a page each; rows are packed. `capacity` is in rows. Fails with FOREBAY_E_LIMIT
// past 2^48 bytes.
Result<BlockLayout> block_layout(const Dtype& dtype, Layout layout, std::uint64_t capacity);

// Where the chunks of `rows` rows in a block are: one of all of them, or one of each column.
struct ChunkPlace {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};
std::vector<ChunkPlace> chunk_places(const Dtype& dtype, Layout layout, const BlockLayout& block,
                                     std::uint64_t rows);

// Rows of the default chunk of a table and of the default batch of a loader, at least 1. Rows
// layout: as many as fill 1 MiB, or up to an eighth fewer that are whole pages. Columns layout: as
// many as fill 1 MiB of the widest column, but no more than fill 8 MiB of all columns; from 4096
// rows on a multiple of 4096, so that a chunk of every column is whole pages.
std::uint64_t default_chunk_rows(const Dtype& dtype, Layout layout = Layout::rows) noexcept;

// Rows in memory that lie as `places` says. `Byte` is std::byte or const std::byte.
template <typename Byte>
struct PlacedRows {
  Byte* data = nullptr;
  const std::vector<ColumnPlace>* places = nullptr;
  std::uint64_t first = 0;  // the row that is meant
};

// Copies `rows` rows from one layout to the same or another one; they do not overlap.
void copy_rows(const Dtype& dtype, PlacedRows<const std::byte> from, PlacedRows<std::byte> to,
               std::uint64_t rows) noexcept;
// Where the fields of packed records are.
std::vector<ColumnPlace> packed_places(const Dtype& dtype);
// Whether rows that lie so are packed records, one after the other: one copy moves all of them.
bool are_packed_rows(const Dtype& dtype, const std::vector<ColumnPlace>& places) noexcept;

}  // namespace forebay::core
