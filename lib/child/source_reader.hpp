// Reads a source from its descriptor: ranges of a plain file, or the decoded stream of any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/base.hpp"
#include "codec/codec.hpp"
#include "platform/platform.hpp"

namespace forebay::core {

// The failure of a file that ends before the size it had when it was opened.
Status shorter_than_before();

// Reads bytes [offset, offset + out.size()) of a file; fewer only at its end.
Result<std::size_t> read_range(const Descriptor& file, std::uint64_t offset, std::span<char> out);

// The decoded bytes of a source, in order.
class SourceStream {
 public:
  // `size` is the file's; a file that turns out shorter is FOREBAY_E_TRUNCATED.
  static Result<SourceStream> open(const Descriptor& file, codec::Format format,
                                   std::uint64_t size);
  // Bytes [begin, end) of the file, decoded by `decoder`.
  static SourceStream open_range(const Descriptor& file, std::unique_ptr<codec::Decoder> decoder,
                                 std::uint64_t begin, std::uint64_t end);

  // A pipe, a socket, or a file from where it stands: read once, its format told by its first
  // bytes. `on_wait` is called before a wait for whoever writes it.
  static Result<SourceStream> open_sequential(const Descriptor& file,
                                              std::function<Status()> on_wait);

  // Fills `out` as far as the source goes; fewer bytes only at the end of the decoded stream, or
  // where it cannot be read on: then failure() says why. What stood before a fault is thus never
  // lost.
  std::size_t read(std::span<char> out);
  [[nodiscard]] const Status& failure() const noexcept { return failure_; }
  // Passes over decoded bytes; for a plain file without reading them.
  // `tell` is called now and then on a long way.
  Status skip(std::uint64_t bytes, const std::function<Status()>& tell = {});
  // Bytes of the file consumed so far.
  [[nodiscard]] std::uint64_t input_bytes() const noexcept { return consumed_; }

 private:
  SourceStream() = default;
  Status read_plain(std::span<char> out, std::size_t* filled);
  Status read_decoded(std::span<char> out, std::size_t* filled);
  Status refill();
  // Fills `out` from the file; fewer bytes only at its end.
  Result<std::size_t> fetch(std::span<char> out);
  Result<std::size_t> fetch_sequential(std::span<char> out);
  Status await_input();
  [[nodiscard]] bool at_file_end() const noexcept;

  const Descriptor* file_ = nullptr;
  std::uint64_t size_ = 0;
  std::uint64_t file_offset_ = 0;  // of the next byte to read from the file
  std::uint64_t consumed_ = 0;
  std::unique_ptr<codec::Decoder> decoder_;  // null for plain
  std::vector<std::byte> input_;             // read, not yet decoded: [input_begin_, input_end_)
  std::size_t input_begin_ = 0;
  std::size_t input_end_ = 0;
  bool finished_ = false;
  bool is_sequential_ = false;
  bool has_ended_ = false;  // sequential: there is no more
  std::function<Status()> on_wait_;
  std::vector<char> first_;  // sequential: read to tell the format, not passed on yet
  Status failure_;
};

}  // namespace forebay::core
