// A source that is decoded here and parsed by any child: the decoder and the record that it stopped
// in stay from one step to the next. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "base/base.hpp"
#include "child/records.hpp"
#include "child/source_reader.hpp"
#include "text/text.hpp"
#include "wire/wire.hpp"

namespace forebay::core {

class Inflater {
 public:
  // Decodes from the top up to decoded offset `begin`, where a record begins. `tell` is called now
  // and then on a long way. `window`: a buffer to use.
  static Result<std::unique_ptr<Inflater>> open(Descriptor file, const wire::Task& task,
                                                std::vector<char> window,
                                                const std::function<Status()>& tell);
  // Whether it stands where the task begins.
  [[nodiscard]] bool is_at(const wire::Task& task) const noexcept {
    return task.source == source_ && task.begin == offset_;
  }

  // The next text, at most `room` bytes of it: whole records, or the end of the source.
  struct Piece {
    wire::Inflation state = wire::Inflation::more;
    std::span<const char> text{};
    text::ScanReport report{};
  };
  // The fault in the source once no whole record stands before it.
  Result<Piece> next(const text::Dialect& dialect, std::size_t room);
  // The text of the last piece is not needed any more.
  void pass(std::size_t bytes);
  [[nodiscard]] std::uint64_t input_bytes() const noexcept { return stream_->input_bytes(); }
  std::vector<char> take_buffer() noexcept { return std::move(window_.bytes); }

 private:
  Inflater() = default;
  [[nodiscard]] std::size_t whole_records(const text::Dialect& dialect, std::size_t size,
                                          text::ScanReport* report) const;

  std::uint32_t source_ = 0;
  std::uint64_t offset_ = 0;  // decoded, of the first byte of the window
  Descriptor file_;
  std::optional<SourceStream> stream_;
  Window window_;
};

}  // namespace forebay::core
