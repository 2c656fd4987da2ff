// Looks again at what an earlier load has consumed of a source: reads it, decoded, up to an offset,
// and says what its CRC-64 is.
#include <algorithm>

#include "child/worker.hpp"

namespace forebay::core {
namespace {

constexpr std::size_t kStepBytes = 256U << 10U;
// Reports in between are a sign of life: a large source may take minutes.
constexpr std::uint64_t kReportBytes = 64U << 20U;

struct Prefix {
  std::uint64_t offset = 0;
  std::uint64_t crc = 0;
  char last = '\n';
  bool is_short = false;  // the source ends before what was wanted
};

// Reads on to `wanted`, or to the end of the source.
Status read_prefix(SourceStream& stream, std::uint64_t wanted, std::vector<char>& buffer,
                   Prefix& prefix) {
  while (prefix.offset < wanted && !prefix.is_short) {
    const std::size_t step = std::min<std::uint64_t>(buffer.size(), wanted - prefix.offset);
    const std::size_t got = stream.read(std::span<char>(buffer).first(step));
    FOREBAY_TRY(stream.failure().clone());
    if (got == 0) {
      prefix.is_short = true;
      break;
    }
    prefix.crc = codec::crc64_more(prefix.crc, {buffer.data(), got});
    prefix.last = buffer[got - 1];
    prefix.offset += got;
  }
  return Status::ok();
}

}  // namespace

// The bytes of a source that places in it count.
Result<SourceStream> Worker::open_bytes(ChildTask& task) {
  const auto format = static_cast<InputFormat>(task.message.format);
  if (format == InputFormat::npz) {
    FOREBAY_TRY(enter_binary(task));
    return binary_.stream(task.source);
  }
  const InputFormat packing = is_binary(format) ? InputFormat::plain : format;
  return SourceStream::open(task.source, static_cast<codec::Format>(packing), task.message.end);
}

Status Worker::serve_verify(ChildTask& task) {
  FOREBAY_TRY_ASSIGN(SourceStream stream, open_bytes(task));
  const bool has_lines = !is_binary(static_cast<InputFormat>(task.message.format));
  std::vector<char> buffer(kStepBytes);
  Prefix prefix;
  const std::uint64_t wanted = task.message.begin;
  for (;;) {
    FOREBAY_TRY(
        read_prefix(stream, std::min(wanted, prefix.offset + kReportBytes), buffer, prefix));
    wire::Verified verified{};
    verified.task = task.message.task;
    verified.offset = prefix.offset;
    verified.crc = prefix.crc;
    const bool is_last = prefix.offset == wanted || prefix.is_short;
    if (is_last) {
      verified.is_at_end = stream.read(std::span<char>(buffer).first(1)) == 0 ? 1 : 0;
      FOREBAY_TRY(stream.failure().clone());
      verified.ends_row = !has_lines || prefix.last == '\n' || verified.is_at_end != 0 ? 1 : 0;
    }
    FOREBAY_TRY(session_->send(verified));
    if (is_last) return Status::ok();
    FOREBAY_TRY(receive(false));
    if (task.dropped) return {FOREBAY_E_CANCELLED, "the task was dropped"};
  }
}

}  // namespace forebay::core
