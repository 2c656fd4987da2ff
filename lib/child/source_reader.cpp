#include "child/source_reader.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace forebay::core {
namespace {

constexpr std::size_t kInputBytes = 256U << 10U;
// Decoded bytes between two signs of life.
constexpr std::uint64_t kTellBytes = 64U << 20U;

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

std::size_t SourceStream::read(std::span<char> out) {
  std::size_t filled = 0;
  if (failure_.is_ok()) failure_ = decoder_ ? read_decoded(out, &filled) : read_plain(out, &filled);
  return filled;
}

Status SourceStream::read_plain(std::span<char> out, std::size_t* filled) {
  // Bytes that were appended after the source was opened are not part of it.
  const std::uint64_t left = size_ - file_offset_;
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left));
  FOREBAY_TRY_ASSIGN(*filled, read_range(*file_, file_offset_, out.first(wanted)));
  file_offset_ += *filled;
  consumed_ = file_offset_;
  return *filled < wanted ? shorter_than_before() : Status::ok();
}

Status SourceStream::refill() {
  input_begin_ = 0;
  input_end_ = 0;
  const std::size_t wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(input_.size(), size_ - file_offset_));
  const std::span<char> room(reinterpret_cast<char*>(input_.data()), wanted);
  FOREBAY_TRY_ASSIGN(input_end_, read_range(*file_, file_offset_, room));
  if (input_end_ < wanted) return shorter_than_before();
  file_offset_ += input_end_;
  return Status::ok();
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
    const bool no_more_input = input_begin_ == input_end_ && file_offset_ == size_;
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
  if (!decoder_) {
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
