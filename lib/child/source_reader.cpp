#include "child/source_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "wire/wire.hpp"

namespace forebay::core {
namespace {

constexpr std::size_t kInputBytes = 256U << 10U;
// Decoded bytes between two signs of life.
constexpr std::uint64_t kTellBytes = 64U << 20U;
// How long a pause of a writer is too short to be told.
constexpr int kPauseMs = 10;

}  // namespace

Status shorter_than_before() {
  return {FOREBAY_E_TRUNCATED,
          "the file became shorter while it was being read; load it again once nothing writes it"};
}

Result<std::size_t> read_range(const Descriptor& file, std::uint64_t offset, std::span<char> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const ssize_t got = ::pread(file.get(), out.data() + filled, out.size() - filled,
                                static_cast<off_t>(offset + filled));
    if (got < 0) {
      if (errno == EINTR) continue;
      return errno_status("read", {}, errno);
    }
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

Result<SourceStream> SourceStream::open(const Descriptor& file, codec::Format format,
                                        std::uint64_t size) {
  SourceStream stream;
  stream.file_ = &file;
  stream.size_ = size;
  if (format != codec::Format::plain) {
    FOREBAY_TRY_ASSIGN(stream.decoder_, codec::make_decoder(format));
    stream.input_.resize(kInputBytes);
  }
  return stream;
}

SourceStream SourceStream::open_range(const Descriptor& file,
                                      std::unique_ptr<codec::Decoder> decoder, std::uint64_t begin,
                                      std::uint64_t end) {
  SourceStream stream;
  stream.file_ = &file;
  stream.size_ = end;
  stream.file_offset_ = begin;
  stream.decoder_ = std::move(decoder);
  stream.input_.resize(kInputBytes);
  return stream;
}

Result<SourceStream> SourceStream::open_sequential(const Descriptor& file,
                                                   std::function<Status()> on_wait) {
  SourceStream stream;
  stream.file_ = &file;
  stream.size_ = wire::kUnknownSize;
  stream.is_sequential_ = true;
  stream.on_wait_ = std::move(on_wait);
  std::vector<char> first(kInputFormatBytes);
  FOREBAY_TRY_ASSIGN(const std::size_t got, stream.fetch_sequential(first));
  first.resize(got);
  if (got == 0) return Status(FOREBAY_E_TRUNCATED, "is empty; nothing was written to it");
  const codec::Format format = input_format_of(std::as_bytes(std::span<const char>(first)));
  if (is_binary(format))
    return Status(FOREBAY_E_ARGUMENT,
                  "is a stream of a .npy or .npz file; save it to a file first and name that");
  if (format != codec::Format::plain) {
    FOREBAY_TRY_ASSIGN(stream.decoder_, codec::make_decoder(format));
    stream.input_.resize(kInputBytes);
  }
  stream.first_ = std::move(first);
  return stream;
}

Status SourceStream::await_input() {
  pollfd request{file_->get(), POLLIN, 0};
  if (::poll(&request, 1, kPauseMs) != 0) return Status::ok();
  if (on_wait_) FOREBAY_TRY(on_wait_());
  while (::poll(&request, 1, -1) < 0 && errno == EINTR) {
  }
  return Status::ok();
}

Result<std::size_t> SourceStream::fetch_sequential(std::span<char> out) {
  std::size_t filled = std::min(first_.size(), out.size());
  std::copy_n(first_.begin(), filled, out.begin());
  first_.erase(first_.begin(), first_.begin() + static_cast<std::ptrdiff_t>(filled));
  while (filled < out.size() && !has_ended_) {
    FOREBAY_TRY(await_input());
    const ssize_t got = ::read(file_->get(), out.data() + filled, out.size() - filled);
    if (got > 0) filled += static_cast<std::size_t>(got);
    if (got == 0) has_ended_ = true;
    if (got < 0 && errno != EINTR && errno != EAGAIN) return errno_status("read", {}, errno);
  }
  return filled;
}

Result<std::size_t> SourceStream::fetch(std::span<char> out) {
  // Bytes that were appended after the source was opened are not part of it.
  const std::uint64_t left = size_ - file_offset_;
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left));
  auto got =
      is_sequential_ ? fetch_sequential(out) : read_range(*file_, file_offset_, out.first(wanted));
  if (got.is_ok()) file_offset_ += got.value();
  return got;
}

bool SourceStream::at_file_end() const noexcept {
  return is_sequential_ ? has_ended_ && first_.empty() : file_offset_ == size_;
}

std::size_t SourceStream::read(std::span<char> out) {
  std::size_t filled = 0;
  if (failure_.is_ok()) failure_ = decoder_ ? read_decoded(out, &filled) : read_plain(out, &filled);
  return filled;
}

Status SourceStream::read_plain(std::span<char> out, std::size_t* filled) {
  FOREBAY_TRY_ASSIGN(*filled, fetch(out));
  consumed_ = file_offset_;
  return *filled < out.size() && !at_file_end() ? shorter_than_before() : Status::ok();
}

Status SourceStream::refill() {
  input_begin_ = 0;
  input_end_ = 0;
  const std::span<char> room(reinterpret_cast<char*>(input_.data()), input_.size());
  FOREBAY_TRY_ASSIGN(input_end_, fetch(room));
  return input_end_ < room.size() && !at_file_end() ? shorter_than_before() : Status::ok();
}

Status SourceStream::read_decoded(std::span<char> out, std::size_t* filled) {
  while (*filled < out.size() && !finished_) {
    if (input_begin_ == input_end_) FOREBAY_TRY(refill());
    const std::span<const std::byte> in(input_.data() + input_begin_, input_end_ - input_begin_);
    FOREBAY_TRY_ASSIGN(const codec::Decoder::Progress progress,
                       decoder_->decode(in, std::as_writable_bytes(out.subspan(*filled))));
    input_begin_ += progress.consumed;
    consumed_ += progress.consumed;
    *filled += progress.produced;
    const bool no_more_input = input_begin_ == input_end_ && at_file_end();
    if (progress.produced == 0 && no_more_input) {
      FOREBAY_TRY(decoder_->finish());
      finished_ = true;
    } else if (progress.produced == 0 && progress.consumed == 0) {
      return internal_status("the decoder neither takes nor gives");
    }
  }
  return Status::ok();
}

Status SourceStream::skip(std::uint64_t bytes, const std::function<Status()>& tell) {
  if (!decoder_ && !is_sequential_) {
    if (bytes > size_ - file_offset_) return shorter_than_before();
    file_offset_ += bytes;
    consumed_ = file_offset_;
    return Status::ok();
  }
  std::vector<char> scratch(kInputBytes);
  for (std::uint64_t untold = 0; bytes > 0;) {
    const std::size_t step =
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes, scratch.size()));
    const std::size_t got = read(std::span<char>(scratch).first(step));
    if (failure_.is_failure()) return failure_.clone();
    if (got == 0) return shorter_than_before();
    bytes -= got;
    untold += got;
    if (untold < kTellBytes) continue;
    untold = 0;
    if (tell) FOREBAY_TRY(tell());
  }
  return Status::ok();
}

}  // namespace forebay::core
