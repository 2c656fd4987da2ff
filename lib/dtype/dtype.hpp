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
};

struct BlockLayout {
  std::uint64_t bytes = 0;  // of the whole block, a multiple of 4096
  std::vector<ColumnPlace> columns{};
};

// Columns start on a page each; rows are packed. `capacity` is in rows. Fails with FOREBAY_E_LIMIT
// past 2^48 bytes.
Result<BlockLayout> block_layout(const Dtype& dtype, Layout layout, std::uint64_t capacity);

// As many rows as fill 1 MiB, at least 1: the default chunk of a table and the default batch of a
// loader.
std::uint64_t default_chunk_rows(const Dtype& dtype) noexcept;

}  // namespace forebay::core
