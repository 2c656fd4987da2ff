// gzip by ISA-L: it inflates; headers, trailers, checksums and what stands between members are done
// here, as its own handling of them depends on how the input is cut. One thread at a time.
#include "codec/gzip.hpp"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <limits>
#include <string>

#include "codec/gzip_framing.hpp"

namespace forebay::core::codec {
namespace {

class GzipDecoder final : public Decoder {
 public:
  Result<Progress> decode(std::span<const std::byte> in, std::span<std::byte> out) override {
    if (failure_.is_failure()) return failure_.clone();
    Progress progress;
    if (Status status = run(in, out, &progress); status.is_failure()) {
      failure_ = status.clone();
      return status;
    }
    return progress;
  }

  Status finish() override {
    if (failure_.is_failure()) return failure_.clone();
    const bool between = part_ == Part::header && !header_.begun() && members_ > 0;
    if (between || part_ == Part::padding) return Status::ok();
    return failure(FOREBAY_E_TRUNCATED,
                   "the gzip stream ends too early; the file is cut short, get it again");
  }

 private:
  enum class Part : std::uint8_t { header, body, trailer, padding };

  // Each turn of the loop does one part of a member, as far as `in` and `out` go.
  Status run(std::span<const std::byte> in, std::span<std::byte> out, Progress* progress) {
    for (;;) {
      const Progress before = *progress;
      const Part part = part_;
      const auto rest = in.subspan(progress->consumed);
      switch (part) {
        case Part::header:
          FOREBAY_TRY(take_header(rest, progress));
          break;
        case Part::body:
          FOREBAY_TRY(inflate(rest, out.subspan(progress->produced), progress));
          break;
        case Part::trailer:
          FOREBAY_TRY(take_trailer(rest, progress));
          break;
        case Part::padding:
          FOREBAY_TRY(take_padding(rest, progress));
          break;
      }
      const bool moved =
          progress->consumed != before.consumed || progress->produced != before.produced;
      if (part == part_ && !moved) return Status::ok();
    }
  }

  void consume(std::size_t count, Progress* progress) {
    progress->consumed += count;
    offset_ += count;
  }

  Status take_header(std::span<const std::byte> in, Progress* progress) {
    for (const std::byte byte : in) {
      if (members_ > 0 && !header_.begun() && byte == std::byte{0}) {
        part_ = Part::padding;
        return Status::ok();
      }
      switch (header_.take(std::to_integer<std::uint8_t>(byte))) {
        case GzipHeader::Taken::more:
          consume(1, progress);
          continue;
        case GzipHeader::Taken::complete:
          consume(1, progress);
          begin_body();
          return Status::ok();
        case GzipHeader::Taken::not_gzip:
          return failure(FOREBAY_E_FORMAT, members_ > 0
                                               ? "what follows the end of the gzip stream is "
                                                 "neither gzip nor zero padding; cut it off"
                                               : "this is not gzip; check the file");
        case GzipHeader::Taken::unknown_method:
          return failure(FOREBAY_E_FORMAT,
                         "a gzip header asks for a method that does not exist; the file is "
                         "damaged, get it again");
        case GzipHeader::Taken::damaged:
          return failure(
              FOREBAY_E_FORMAT,
              "the checksum of a gzip header is wrong; the file is damaged, get it again");
      }
    }
    return Status::ok();
  }

  void begin_body() {
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_DEFLATE;
    crc_ = 0;
    size_ = 0;
    part_ = Part::body;
  }

  Status inflate(std::span<const std::byte> in, std::span<std::byte> out, Progress* progress) {
    constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max() / 2;
    const auto in_size = static_cast<std::uint32_t>(std::min(in.size(), kMost));
    const auto out_size = static_cast<std::uint32_t>(std::min(out.size(), kMost));
    // ISA-L reads through next_in only, though it is not const.
    state_.next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(in.data()));
    state_.avail_in = in_size;
    auto* const begin = reinterpret_cast<std::uint8_t*>(out.data());
    state_.next_out = begin;
    state_.avail_out = out_size;
    const int answer = isal_inflate(&state_);
    consume(in_size - state_.avail_in, progress);
    if (answer < 0)
      return failure(FOREBAY_E_FORMAT, "the compressed data is damaged; get the file again");
    const std::uint32_t produced = out_size - state_.avail_out;
    crc_ = produced == 0 ? crc_ : crc32_gzip_refl(crc_, begin, produced);
    size_ += produced;
    progress->produced += produced;
    if (state_.block_state == ISAL_BLOCK_FINISH) return end_body();
    return Status::ok();
  }

  // ISA-L takes up to eight bytes ahead into a word. What the body did not use is the start of the
  // trailer, at most all of it.
  Status end_body() {
    trailer_.reset();
    part_ = Part::trailer;
    std::uint64_t ahead = state_.read_in >> (state_.read_in_length % 8);
    for (int left = state_.read_in_length / 8; left > 0; --left, ahead >>= 8) {
      if (trailer_.take(static_cast<std::uint8_t>(ahead))) return check_trailer();
    }
    return Status::ok();
  }

  Status take_trailer(std::span<const std::byte> in, Progress* progress) {
    for (const std::byte byte : in) {
      consume(1, progress);
      if (trailer_.take(std::to_integer<std::uint8_t>(byte))) return check_trailer();
    }
    return Status::ok();
  }

  Status check_trailer() {
    if (trailer_.crc() != crc_) {
      return failure(FOREBAY_E_FORMAT,
                     "the checksum of the gzip stream is wrong; the file is damaged, get it again");
    }
    if (trailer_.size() != size_) {
      return failure(FOREBAY_E_FORMAT,
                     "the length in the gzip trailer is wrong; the file is damaged, get it again");
    }
    ++members_;
    header_.reset();
    part_ = Part::header;
    return Status::ok();
  }

  Status take_padding(std::span<const std::byte> in, Progress* progress) {
    for (const std::byte byte : in) {
      if (byte != std::byte{0}) {
        return failure(
            FOREBAY_E_FORMAT,
            "data follows the zero padding after the end of the gzip stream; cut it off");
      }
      consume(1, progress);
    }
    return Status::ok();
  }

  [[nodiscard]] Status failure(Code code, std::string_view message) const {
    ErrorDetail detail;
    detail.message = std::string(message) + " (compressed byte " + std::to_string(offset_) + ")";
    detail.byte = offset_;
    return {code, std::move(detail)};
  }

  Part part_ = Part::header;
  GzipHeader header_;
  GzipTrailer trailer_;
  std::uint32_t crc_ = 0;      // of the member's output so far
  std::uint32_t size_ = 0;     // of it, modulo 2^32 as the trailer has it
  std::uint64_t members_ = 0;  // complete ones
  std::uint64_t offset_ = 0;   // in the compressed input
  Status failure_;
  inflate_state state_{};
};

}  // namespace

std::unique_ptr<Decoder> make_gzip_decoder() {
  return std::make_unique<GzipDecoder>();
}

}  // namespace forebay::core::codec
