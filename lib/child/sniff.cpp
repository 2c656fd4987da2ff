// A source looked at in samples: head, middle and tail of a plain file, the head of a compressed
// one.
#include <algorithm>
#include <cstring>

#include "child/binary_source.hpp"
#include "child/worker.hpp"

namespace forebay::core {
namespace {

constexpr std::uint64_t kUsualSample = 1U << 20U;
constexpr std::uint64_t kMostSample = 64U << 20U;
// A first line is read to its end, up to here.
constexpr std::size_t kLongestLine = 16U << 20U;
// Places in the middle of a plain file, and what is read there and at the tail.
constexpr std::uint64_t kPlaces = 8;
constexpr std::uint64_t kPlaceShare = 8;

struct Samples {
  std::string head;
  bool is_whole = false;
  std::vector<std::string> later;
};

std::optional<char> known_character(std::uint32_t value) {
  if (value == wire::SniffRequest::kUnknown) return std::nullopt;
  return static_cast<char>(value);
}

text::SniffRequest request_of(const wire::SniffRequest& in) {
  text::SniffRequest out;
  out.delimiter = known_character(in.delimiter);
  out.quote = known_character(in.quote);
  out.decimal = known_character(in.decimal);
  if (in.has_header != wire::SniffRequest::kUnknown) out.has_header = in.has_header != 0;
  if (in.skip_rows != wire::SniffRequest::kUnknown) out.skip_rows = in.skip_rows;
  if (in.has_comment != 0) out.comment = in.comment;
  if (in.has_na != 0) out.na = in.na;
  return out;
}

Status read_head_sample(SourceStream& stream, std::uint64_t sample, Samples* out) {
  for (std::size_t wanted = static_cast<std::size_t>(sample);; wanted *= 2) {
    const std::size_t have = out->head.size();
    out->head.resize(wanted);
    const std::size_t got = stream.read(std::span<char>(out->head).subspan(have));
    out->head.resize(have + got);
    // What stands before a fault is sampled; the load will report the fault.
    out->is_whole = have + got < wanted;
    if (out->head.empty() && stream.failure().is_failure()) return stream.failure().clone();
    const bool has_lines = std::count(out->head.begin(), out->head.end(), '\n') > 2;
    if (out->is_whole || has_lines) return Status::ok();
    if (wanted >= kLongestLine) {
      return {FOREBAY_E_LIMIT, "has lines of more than " + std::to_string(kLongestLine >> 21U) +
                                   " MiB; if it is text, give the dtype"};
    }
  }
}

Status read_place(const Descriptor& file, std::uint64_t at, std::uint64_t bytes, Samples* out) {
  std::string sample(static_cast<std::size_t>(bytes), '\0');
  FOREBAY_TRY_ASSIGN(const std::size_t got, read_range(file, at, std::span<char>(sample)));
  sample.resize(got);
  out->later.push_back(std::move(sample));
  return Status::ok();
}

// Middle and tail of a plain file, and the surroundings of one place.
Status read_later_samples(const Descriptor& file, std::uint64_t size, std::uint64_t also_at,
                          Samples* out) {
  const std::uint64_t head = out->head.size();
  const std::uint64_t step = std::max<std::uint64_t>(head / kPlaceShare, 4096);
  if (size > head) {
    const std::uint64_t rest = size - head;
    for (std::uint64_t i = 0; i < kPlaces && rest > step; ++i)
      FOREBAY_TRY(read_place(file, head + (rest - step) / kPlaces * i, step, out));
    const std::uint64_t tail = std::min(rest, step * 2);
    FOREBAY_TRY(read_place(file, size - tail, tail, out));
    // The end of the last sample is the end of the file: its last record is whole.
    if (!out->later.back().empty() && out->later.back().back() != '\n') out->later.back() += '\n';
  }
  if (also_at > head && also_at < size) {
    const std::uint64_t from = also_at - std::min(also_at, step);
    FOREBAY_TRY(read_place(file, from, std::min(size - from, 2 * step), out));
  }
  return Status::ok();
}

Status read_decoded_place(SourceStream& stream, std::uint64_t also_at, Samples* out) {
  const std::uint64_t have = out->head.size();
  if (also_at <= have || out->is_whole) return Status::ok();
  const std::uint64_t step = std::max<std::uint64_t>(have / kPlaceShare, 4096);
  const std::uint64_t from = std::max(have, also_at - std::min(also_at, step));
  FOREBAY_TRY(stream.skip(from - have));
  std::string sample(static_cast<std::size_t>(2 * step), '\0');
  sample.resize(stream.read(std::span<char>(sample)));
  out->later.push_back(std::move(sample));
  return Status::ok();
}

Result<Samples> take_samples(const ChildTask& task, const wire::SniffRequest& request) {
  const auto format = static_cast<codec::Format>(task.message.format);
  const std::uint64_t sample =
      request.sample_bytes == 0 ? kUsualSample : std::min(request.sample_bytes, kMostSample);
  Samples samples;
  FOREBAY_TRY_ASSIGN(SourceStream stream,
                     SourceStream::open(task.source, format, task.message.end));
  FOREBAY_TRY(read_head_sample(stream, sample, &samples));
  if (format == codec::Format::plain) {
    FOREBAY_TRY(read_later_samples(task.source, task.message.end, request.also_at, &samples));
  } else {
    FOREBAY_TRY(read_decoded_place(stream, request.also_at, &samples));
  }
  return samples;
}

// An .npy file says itself what it is.
Result<text::SniffGuess> guess_of_npy(const ChildTask& task) {
  text::SniffGuess guess;
  FOREBAY_TRY_ASSIGN(const DtypeRef dtype,
                     BinarySource::npy_dtype(task.source, task.message.end, &guess.rows));
  guess.dtype = dtype->text();
  guess.columns = static_cast<std::uint32_t>(dtype->fields().size());
  guess.confidence = 100;
  guess.notes.emplace_back("an .npy file: the dtype is its own, not a guess");
  return guess;
}

Result<text::SniffGuess> guess_of(const ChildTask& task, const wire::SniffRequest& request) {
  const auto format = static_cast<InputFormat>(task.message.format);
  if (format == InputFormat::npy) return guess_of_npy(task);
  if (format == InputFormat::npz) {
    return Status(FOREBAY_E_FORMAT,
                  "is a zip archive, not text; of an .npz file give the dtype of the array");
  }
  FOREBAY_TRY_ASSIGN(const Samples samples, take_samples(task, request));
  text::SniffInput input;
  input.head = samples.head;
  input.is_whole = samples.is_whole;
  for (const std::string& sample : samples.later) input.later.emplace_back(sample);
  return text::sniff(input, request_of(request));
}

Status send_texts(Session& session, std::uint64_t task, std::string_view texts) {
  if (texts.size() > wire::kMaxSniffText)
    return {FOREBAY_E_LIMIT, "has too many columns for a guess; give the delimiter and the dtype"};
  while (!texts.empty()) {
    wire::SniffText piece{};
    piece.task = task;
    piece.text_bytes = static_cast<std::uint32_t>(std::min(texts.size(), wire::kMaxText));
    std::memcpy(piece.text, texts.data(), piece.text_bytes);
    FOREBAY_TRY(session.send(piece));
    texts.remove_prefix(piece.text_bytes);
  }
  return Status::ok();
}

}  // namespace

Status Worker::serve_sniff(ChildTask& task) {
  FOREBAY_TRY_ASSIGN(const wire::SniffRequest request,
                     wire::decode_sniff_request(session_->config().custom));
  FOREBAY_TRY_ASSIGN(const text::SniffGuess guess, guess_of(task, request));
  const std::string texts =
      wire::encode_sniff_texts({guess.dtype, guess.comment, guess.na, guess.notes});
  FOREBAY_TRY(send_texts(*session_, task.message.task, texts));
  wire::Sniffed sniffed{};
  sniffed.task = task.message.task;
  sniffed.delimiter = static_cast<unsigned char>(guess.delimiter);
  sniffed.quote = static_cast<unsigned char>(guess.quote);
  sniffed.decimal = static_cast<unsigned char>(guess.decimal);
  sniffed.skip_rows = guess.skip_rows;
  sniffed.has_header = guess.has_header ? 1 : 0;
  sniffed.columns = guess.columns;
  sniffed.confidence = guess.confidence;
  sniffed.rows = guess.rows;
  sniffed.bytes = guess.bytes;
  sniffed.text_bytes = texts.size();
  return session_->send(sniffed);
}

}  // namespace forebay::core
