// gzip by ISA-L: it inflates; headers, trailers and checksums are done here, as its own handling of
// them depends on how the input is cut.
#include <isa-l/crc.h>

#include "codec/decoders.hpp"
#include "codec/gzip_framing.hpp"
#include "codec/inflate_step.hpp"
#include "codec/stream_decoder.hpp"

namespace forebay::core::codec {
namespace {

class GzipDecoder final : public StreamDecoder {
 public:
  GzipDecoder() noexcept : StreamDecoder("gzip", 0) {}

 private:
  enum class Part : std::uint8_t { header, body, trailer };

  Status begin_stream() override {
    header_.reset();
    part_ = Part::header;
    return Status::ok();
  }

  // Each round of the loop does one part of a member, as far as `in` and `out` go.
  Turn turn(std::span<const std::byte> in, std::span<std::byte> out) override {
    Turn done;
    for (;;) {
      const Part part = part_;
      const auto rest = in.subspan(done.consumed);
      switch (part) {
        case Part::header:
          take_header(rest, done);
          break;
        case Part::body:
          inflate(rest, out.subspan(done.produced), done);
          break;
        case Part::trailer:
          take_trailer(rest, done);
          break;
      }
      // A part that did not end has taken all it can.
      if (part == part_ || done.ended || done.foreign || done.fault != FOREBAY_OK) return done;
    }
  }

  void take_header(std::span<const std::byte> in, Turn& done) {
    for (const std::byte byte : in) {
      switch (header_.take(std::to_integer<std::uint8_t>(byte))) {
        case GzipHeader::Taken::more:
          ++done.consumed;
          continue;
        case GzipHeader::Taken::complete:
          ++done.consumed;
          return begin_body();
        case GzipHeader::Taken::not_gzip:
          done.foreign = true;
          return;
        case GzipHeader::Taken::unknown_method:
          return set_fault(done, FOREBAY_E_FORMAT,
                           "a gzip header asks for a method that does not exist; the file is "
                           "damaged, get it again");
        case GzipHeader::Taken::damaged:
          return set_fault(
              done, FOREBAY_E_FORMAT,
              "the checksum of a gzip header is wrong; the file is damaged, get it again");
      }
    }
  }

  void begin_body() {
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_DEFLATE;
    crc_ = 0;
    size_ = 0;
    part_ = Part::body;
  }

  void inflate(std::span<const std::byte> in, std::span<std::byte> out, Turn& done) {
    const InflateStep step = inflate_step(state_, in, out);
    done.consumed += step.consumed;
    if (step.is_damaged) {
      return set_fault(done, FOREBAY_E_FORMAT,
                       "the compressed data is damaged; get the file again");
    }
    const auto* const begin = reinterpret_cast<const std::uint8_t*>(out.data());
    crc_ = step.produced == 0 ? crc_ : crc32_gzip_refl(crc_, begin, step.produced);
    size_ += static_cast<std::uint32_t>(step.produced);
    done.produced += step.produced;
    if (state_.block_state == ISAL_BLOCK_FINISH) end_body(done);
  }

  // ISA-L takes up to eight bytes ahead into a word. What the body did not use is the start of the
  // trailer, at most all of it.
  void end_body(Turn& done) {
    trailer_.reset();
    part_ = Part::trailer;
    std::uint64_t ahead = state_.read_in >> (state_.read_in_length % 8);
    for (int left = state_.read_in_length / 8; left > 0; --left, ahead >>= 8) {
      if (trailer_.take(static_cast<std::uint8_t>(ahead))) return check_trailer(done);
    }
  }

  void take_trailer(std::span<const std::byte> in, Turn& done) {
    for (const std::byte byte : in) {
      ++done.consumed;
      if (trailer_.take(std::to_integer<std::uint8_t>(byte))) return check_trailer(done);
    }
  }

  void check_trailer(Turn& done) {
    if (trailer_.crc() != crc_) {
      return set_fault(
          done, FOREBAY_E_FORMAT,
          "the checksum of the gzip stream is wrong; the file is damaged, get it again");
    }
    if (trailer_.size() != size_) {
      return set_fault(
          done, FOREBAY_E_FORMAT,
          "the length in the gzip trailer is wrong; the file is damaged, get it again");
    }
    done.ended = true;
  }

  Part part_ = Part::header;
  GzipHeader header_;
  GzipTrailer trailer_;
  std::uint32_t crc_ = 0;   // of the member's output so far
  std::uint32_t size_ = 0;  // of it, modulo 2^32 as the trailer has it
  inflate_state state_{};
};

}  // namespace

std::unique_ptr<Decoder> make_gzip_decoder() {
  return std::make_unique<GzipDecoder>();
}

}  // namespace forebay::core::codec
