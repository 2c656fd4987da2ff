#include "codec/stream_decoder.hpp"

#include <string>

namespace forebay::core::codec {

Result<Decoder::Progress> StreamDecoder::decode(std::span<const std::byte> in,
                                                std::span<std::byte> out) {
  if (failure_.is_failure()) return failure_.clone();
  Progress progress;
  failure_ = run(in, out, &progress);
  // What stands before the fault is given first.
  if (failure_.is_failure() && progress.produced == 0) return failure_.clone();
  return progress;
}

Status StreamDecoder::finish() {
  if (failure_.is_failure()) return failure_.clone();
  if (part_ != Part::stream && streams_ > 0) return Status::ok();
  return failure(
      FOREBAY_E_TRUNCATED,
      std::string("the ") + name_ + " stream ends too early; the file is cut short, get it again",
      offset_);
}

Status StreamDecoder::run(std::span<const std::byte> in, std::span<std::byte> out,
                          Progress* progress) {
  for (;;) {
    const auto rest = in.subspan(progress->consumed);
    if (part_ != Part::stream) {
      if (rest.empty()) return Status::ok();
      FOREBAY_TRY(enter(rest, progress));
      continue;
    }
    const Turn done = turn(rest, out.subspan(progress->produced));
    consume(done.consumed, progress);
    progress->produced += done.produced;
    if (done.foreign) return foreign();
    if (done.fault != FOREBAY_OK) return failure(done.fault, done.message, offset_);
    if (done.ended) {
      ++streams_;
      padding_ = 0;
      part_ = Part::between;
    } else if (done.consumed == 0 && done.produced == 0) {
      return Status::ok();
    }
  }
}

// Between streams, with input there: the next stream, or padding.
Status StreamDecoder::enter(std::span<const std::byte> in, Progress* progress) {
  const bool is_padding = streams_ > 0 && in.front() == std::byte{0};
  if (is_padding) return take_padding(in, progress);
  if (part_ == Part::padding && (padding_unit_ == 0 || padding_ % padding_unit_ != 0)) {
    return failure(FOREBAY_E_FORMAT,
                   std::string("data follows the zero padding after the end of the ") + name_ +
                       " stream; cut it off",
                   offset_);
  }
  FOREBAY_TRY(begin_stream());
  begin_ = offset_;
  part_ = Part::stream;
  return Status::ok();
}

Status StreamDecoder::take_padding(std::span<const std::byte> in, Progress* progress) {
  part_ = Part::padding;
  std::size_t zeros = 0;
  while (zeros < in.size() && in[zeros] == std::byte{0}) ++zeros;
  padding_ += zeros;
  consume(zeros, progress);
  return Status::ok();
}

void StreamDecoder::consume(std::size_t count, Progress* progress) noexcept {
  progress->consumed += count;
  offset_ += count;
}

Status StreamDecoder::foreign() const {
  const std::string name(name_);
  return failure(FOREBAY_E_FORMAT,
                 streams_ > 0 ? "what follows the end of the " + name + " stream is neither " +
                                    name + " nor zero padding; cut it off"
                              : "this is not " + name + "; check the file",
                 begin_);
}

Status StreamDecoder::failure(Code code, std::string_view message, std::uint64_t offset) const {
  ErrorDetail detail;
  detail.message = std::string(message) + " (compressed byte " + std::to_string(offset) + ")";
  detail.byte = offset;
  return {code, std::move(detail)};
}

}  // namespace forebay::core::codec
