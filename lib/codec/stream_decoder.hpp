// What the decoders have in common: a file is one compressed stream or several in a row, maybe with
// zero padding behind; a fault has a place and stays. Each format adds how one stream is decoded.
// One thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "codec/codec.hpp"

namespace forebay::core::codec {

class StreamDecoder : public Decoder {
 public:
  Result<Progress> decode(std::span<const std::byte> in, std::span<std::byte> out) final;
  Status finish() final;

 protected:
  // What a turn did.
  struct Turn {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    bool ended = false;    // the stream is complete and right
    bool foreign = false;  // it does not begin as one of this format
    Code fault = FOREBAY_OK;
    const char* message = nullptr;  // of the fault
  };
  static void set_fault(Turn& turn, Code code, const char* message) noexcept {
    turn.fault = code;
    turn.message = message;
  }

  // `padding_unit`: after zero padding of a multiple of this many bytes a stream may follow; 0:
  // after no padding.
  StreamDecoder(const char* name, std::uint64_t padding_unit) noexcept
      : name_(name), padding_unit_(padding_unit) {}

  // Gets ready for the stream that begins with the next byte of input.
  virtual Status begin_stream() = 0;
  // Decodes as far as `in` and `out` go, but not beyond the stream's end. A turn that consumes
  // nothing and produces nothing has nothing to do until there is more of one of them.
  virtual Turn turn(std::span<const std::byte> in, std::span<std::byte> out) = 0;

 private:
  enum class Part : std::uint8_t { between, stream, padding };

  Status run(std::span<const std::byte> in, std::span<std::byte> out, Progress* progress);
  Status enter(std::span<const std::byte> in, Progress* progress);
  Status take_padding(std::span<const std::byte> in, Progress* progress);
  void consume(std::size_t count, Progress* progress) noexcept;
  [[nodiscard]] Status foreign() const;
  [[nodiscard]] Status failure(Code code, std::string_view message, std::uint64_t offset) const;

  const char* name_;
  std::uint64_t padding_unit_;
  Part part_ = Part::between;
  std::uint64_t streams_ = 0;  // complete ones
  std::uint64_t padding_ = 0;  // bytes of it since the last
  std::uint64_t offset_ = 0;   // in the compressed input
  std::uint64_t begin_ = 0;    // of the stream, there
  Status failure_;
};

}  // namespace forebay::core::codec
