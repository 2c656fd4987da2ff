// A source that holds rows as they are in memory: an .npy file, an array in an .npz file, or raw
// rows. Where the rows begin, how many there are, and what must be done to their bytes. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/base.hpp"
#include "child/source_reader.hpp"
#include "codec/codec.hpp"
#include "dtype/dtype.hpp"
#include "wire/wire.hpp"

namespace forebay::core {

class BinarySource {
 public:
  // Reads the headers. FOREBAY_E_DTYPE: the array is not of the rows' dtype, but for the byte
  // order. Raw rows have no header: nothing is read.
  static Result<BinarySource> open(const Descriptor& file, const wire::Task& task,
                                   const Dtype& dtype);
  // The dtype of the rows of an .npy file of `size` bytes, and how many it has.
  static Result<DtypeRef> npy_dtype(const Descriptor& file, std::uint64_t size,
                                    std::uint64_t* rows);

  // Of the first row: in the file, or in the decoded bytes of stream().
  [[nodiscard]] std::uint64_t data_offset() const noexcept { return data_offset_; }
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  // Whether its rows must be read with stream() and not from the file.
  [[nodiscard]] bool is_streaming() const noexcept { return is_streaming_; }
  [[nodiscard]] SourceStream stream(const Descriptor& file) const;
  // Turns rows as read into rows of the dtype.
  void convert(std::span<char> rows) const noexcept;

 private:
  struct Swap {
    std::size_t offset;  // in a row
    std::size_t item_bytes;
    std::size_t count;
  };
  struct Range {
    std::uint64_t begin;
    std::uint64_t end;
  };
  Status open_npz(const Descriptor& file, const wire::Task& task, const Dtype& dtype);
  Status read_header(const Descriptor& file, Range range, const Dtype& dtype);
  Status read_packed_header(const Descriptor& file, const Dtype& dtype);
  Status take_header(std::span<const std::byte> header, const Dtype& dtype);
  Status take_dtype(const Dtype& held, const Dtype& wanted);

  std::uint64_t data_offset_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t row_bytes_ = 0;
  bool is_streaming_ = false;
  codec::ZipMember member_{};
  std::uint64_t member_offset_ = 0;
  std::vector<Swap> swaps_;
};

}  // namespace forebay::core
