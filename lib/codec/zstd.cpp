// zstd by libzstd. Frames to be skipped and frames without a checksum are the library's affair.
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>

#include "codec/decoders.hpp"
#include "codec/stream_decoder.hpp"

namespace forebay::core::codec {
namespace {

// What the zstd command takes too without being told to take more.
constexpr int kWindowLogMax = 27;

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

class ZstdDecoder final : public StreamDecoder {
 public:
  ZstdDecoder() noexcept : StreamDecoder("zstd", 0) {}

 private:
  Status begin_stream() override {
    if (!context_) context_.reset(ZSTD_createDCtx());
    if (!context_) return {FOREBAY_E_MEMORY, "there is no memory for zstd"};
    const std::size_t set =
        ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLogMax);
    wanted_ = ZSTD_initDStream(context_.get());
    if (ZSTD_isError(set) != 0 || ZSTD_isError(wanted_) != 0)
      return {FOREBAY_E_INTERNAL, "libzstd does not take its parameters"};
    has_more_ = false;
    return Status::ok();
  }

  Turn turn(std::span<const std::byte> in, std::span<std::byte> out) override {
    Turn done;
    // Why no call then: libzstd takes calls that move nothing for a fault.
    if (out.empty() || (in.empty() && !has_more_)) return done;
    // Why apart: on a fault in what follows libzstd does not say what it gave before it.
    if (has_more_) run({}, out, done);
    if (done.produced != 0 || done.ended || done.fault != FOREBAY_OK || in.empty()) return done;
    // Why not all of `in`: on a fault libzstd does not say how far it came. It names the bytes that
    // it wants next, a block mostly, so a fault's place is known to a block.
    run(in.first(std::min(in.size(), wanted_)), out, done);
    return done;
  }

  void run(std::span<const std::byte> in, std::span<std::byte> out, Turn& done) {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t answer = ZSTD_decompressStream(context_.get(), &output, &input);
    done.consumed = input.pos;
    done.produced = output.pos;
    if (ZSTD_isError(answer) != 0) return name_fault(done, ZSTD_getErrorCode(answer));
    done.ended = answer == 0;
    wanted_ = answer;
    has_more_ = output.pos == output.size;
  }

  static void name_fault(Turn& done, ZSTD_ErrorCode error) noexcept {
    switch (error) {
      case ZSTD_error_prefix_unknown:
        done.foreign = true;
        return;
      case ZSTD_error_frameParameter_windowTooLarge:
        return set_fault(done, FOREBAY_E_LIMIT,
                         "the zstd stream needs a window of more than 128 MiB; compress it anew "
                         "with --long=27 at most");
      case ZSTD_error_dictionary_wrong:
        return set_fault(done, FOREBAY_E_FORMAT,
                         "the zstd stream needs a dictionary; decompress the file first");
      case ZSTD_error_memory_allocation:
        return set_fault(done, FOREBAY_E_MEMORY, "there is no memory for the window of zstd");
      case ZSTD_error_checksum_wrong:
        return set_fault(
            done, FOREBAY_E_FORMAT,
            "the checksum of the zstd stream is wrong; the file is damaged, get it again");
      default:
        return set_fault(done, FOREBAY_E_FORMAT,
                         "the compressed data is damaged; get the file again");
    }
  }

  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
  std::size_t wanted_ = 0;  // bytes of input that libzstd wants next
  bool has_more_ = false;   // it may have output left that did not fit
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder() {
  return std::make_unique<ZstdDecoder>();
}

}  // namespace forebay::core::codec
