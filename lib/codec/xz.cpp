// xz by liblzma. Why not its LZMA_CONCATENATED: between streams the rules are the same for every
// format here, and messages can tell what follows a stream from damage in it.
#include <lzma.h>

#include <array>

#include "codec/decoders.hpp"
#include "codec/stream_decoder.hpp"

namespace forebay::core::codec {
namespace {

// xz -9 takes 65 MiB.
constexpr std::uint64_t kMemoryLimit = 256U << 20U;
// The format's own rule for padding between streams.
constexpr std::uint64_t kPaddingUnit = 4;
constexpr std::array<std::uint8_t, 6> kMagic = {0xfd, '7', 'z', 'X', 'Z', 0};

class XzDecoder final : public StreamDecoder {
 public:
  XzDecoder() noexcept : StreamDecoder("xz", kPaddingUnit) {}
  XzDecoder(const XzDecoder&) = delete;
  XzDecoder& operator=(const XzDecoder&) = delete;
  ~XzDecoder() override { lzma_end(&stream_); }

 private:
  Status begin_stream() override {
    // Without the flag data whose check liblzma does not know would pass unchecked.
    const lzma_ret answer =
        lzma_stream_decoder(&stream_, kMemoryLimit, LZMA_TELL_UNSUPPORTED_CHECK);
    magic_seen_ = 0;
    return answer == LZMA_OK ? Status::ok() : Status(FOREBAY_E_MEMORY, "there is no memory for xz");
  }

  Turn turn(std::span<const std::byte> in, std::span<std::byte> out) override {
    Turn done;
    if (!see_magic(in)) {
      done.foreign = true;
      return done;
    }
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = out.size();
    const lzma_ret answer = lzma_code(&stream_, LZMA_RUN);
    done.consumed = in.size() - stream_.avail_in;
    done.produced = out.size() - stream_.avail_out;
    name_end(done, answer);
    return done;
  }

  // liblzma judges a stream's header when it has all of it: a few bytes of something else behind a
  // stream would look like a stream cut short.
  bool see_magic(std::span<const std::byte> in) noexcept {
    for (const std::byte byte : in) {
      if (magic_seen_ == kMagic.size()) break;
      if (std::to_integer<std::uint8_t>(byte) != kMagic[magic_seen_++]) return false;
    }
    return true;
  }

  static void name_end(Turn& done, lzma_ret answer) noexcept {
    switch (answer) {
      case LZMA_OK:
      case LZMA_BUF_ERROR:  // nothing moved; not the end of it
        return;
      case LZMA_STREAM_END:
        done.ended = true;
        return;
      case LZMA_FORMAT_ERROR:
        done.foreign = true;
        return;
      case LZMA_MEMLIMIT_ERROR:
        return set_fault(done, FOREBAY_E_LIMIT,
                         "the xz stream needs more than 256 MiB to be decoded; compress it anew "
                         "with a dictionary of 128 MiB at most, as xz -9 does");
      case LZMA_MEM_ERROR:
        return set_fault(done, FOREBAY_E_MEMORY, "there is no memory for the dictionary of xz");
      case LZMA_OPTIONS_ERROR:
      case LZMA_UNSUPPORTED_CHECK:
        return set_fault(done, FOREBAY_E_FORMAT,
                         "the xz stream uses a filter or a check that this liblzma does not know; "
                         "decompress the file first");
      default:
        return set_fault(done, FOREBAY_E_FORMAT,
                         "the compressed data is damaged; get the file again");
    }
  }

  std::size_t magic_seen_ = 0;  // bytes of it; liblzma takes what it is given of the header
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

std::unique_ptr<Decoder> make_xz_decoder() {
  return std::make_unique<XzDecoder>();
}

}  // namespace forebay::core::codec
