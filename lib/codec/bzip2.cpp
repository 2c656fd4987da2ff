// bzip2 by libbz2.
#include <bzlib.h>

#include <algorithm>
#include <limits>

#include "codec/decoders.hpp"
#include "codec/stream_decoder.hpp"

namespace forebay::core::codec {
namespace {

class Bzip2Decoder final : public StreamDecoder {
 public:
  Bzip2Decoder() noexcept : StreamDecoder("bzip2", 0) {}
  Bzip2Decoder(const Bzip2Decoder&) = delete;
  Bzip2Decoder& operator=(const Bzip2Decoder&) = delete;
  ~Bzip2Decoder() override { end(); }

 private:
  void end() noexcept {
    if (is_open_) BZ2_bzDecompressEnd(&stream_);
    is_open_ = false;
  }

  Status begin_stream() override {
    end();
    stream_ = {};
    if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK)
      return {FOREBAY_E_MEMORY, "there is no memory for bzip2"};
    is_open_ = true;
    return Status::ok();
  }

  Turn turn(std::span<const std::byte> in, std::span<std::byte> out) override {
    constexpr std::size_t kMost = std::numeric_limits<unsigned>::max() / 2;
    const auto in_size = static_cast<unsigned>(std::min(in.size(), kMost));
    const auto out_size = static_cast<unsigned>(std::min(out.size(), kMost));
    // libbz2 reads through next_in only, though it is not const.
    stream_.next_in = reinterpret_cast<char*>(const_cast<std::byte*>(in.data()));
    stream_.avail_in = in_size;
    stream_.next_out = reinterpret_cast<char*>(out.data());
    stream_.avail_out = out_size;
    const int answer = BZ2_bzDecompress(&stream_);
    Turn done;
    done.consumed = in_size - stream_.avail_in;
    done.produced = out_size - stream_.avail_out;
    done.ended = answer == BZ_STREAM_END;
    done.foreign = answer == BZ_DATA_ERROR_MAGIC;
    if (answer == BZ_MEM_ERROR) {
      set_fault(done, FOREBAY_E_MEMORY, "there is no memory for a block of bzip2");
    } else if (answer < 0) {
      set_fault(done, FOREBAY_E_FORMAT, "the compressed data is damaged; get the file again");
    }
    return done;
  }

  bz_stream stream_{};
  bool is_open_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_bzip2_decoder() {
  return std::make_unique<Bzip2Decoder>();
}

}  // namespace forebay::core::codec
