// A member of a zip file: stored, or deflated by ISA-L; its length and its checksum are checked.
#include <isa-l/crc.h>

#include <algorithm>
#include <cstring>

#include "codec/codec.hpp"
#include "codec/inflate_step.hpp"

namespace forebay::core::codec {
namespace {

class ZipDecoder final : public Decoder {
 public:
  ZipDecoder(const ZipMember& member, std::uint64_t data_offset)
      : is_deflated_(member.is_deflated),
        left_(member.bytes),
        checksum_(member.checksum),
        offset_(data_offset) {
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_DEFLATE;
  }

  Result<Progress> decode(std::span<const std::byte> in, std::span<std::byte> out) override {
    if (failure_.is_failure()) return failure_.clone();
    Progress progress;
    failure_ = is_deflated_ ? inflate(in, out, &progress) : copy(in, out, &progress);
    crc_ = progress.produced == 0
               ? crc_
               : crc32_gzip_refl(crc_, reinterpret_cast<const unsigned char*>(out.data()),
                                 progress.produced);
    left_ -= progress.produced;
    offset_ += progress.consumed;
    if (failure_.is_failure() && progress.produced == 0) return failure_.clone();
    return progress;
  }

  Status finish() override {
    if (failure_.is_failure()) return failure_.clone();
    const bool is_whole = left_ == 0 && (!is_deflated_ || state_.block_state == ISAL_BLOCK_FINISH);
    if (!is_whole) {
      return failure_at(FOREBAY_E_TRUNCATED,
                        "the member of the zip file ends too early; get or save the file again",
                        offset_);
    }
    if (crc_ == checksum_) return Status::ok();
    return failure_at(
        FOREBAY_E_FORMAT,
        "the checksum of the member of the zip file is wrong; the file is damaged, get it again",
        offset_);
  }

 private:
  static Status too_long(std::uint64_t offset) {
    return failure_at(FOREBAY_E_FORMAT,
                      "the member of the zip file is longer than its directory says; the file is "
                      "damaged, get it again",
                      offset);
  }

  Status copy(std::span<const std::byte> in, std::span<std::byte> out, Progress* progress) const {
    const std::size_t size = std::min(in.size(), out.size());
    if (size > left_) return too_long(offset_);
    if (size != 0) std::memcpy(out.data(), in.data(), size);
    *progress = {size, size};
    return Status::ok();
  }

  Status inflate(std::span<const std::byte> in, std::span<std::byte> out, Progress* progress) {
    if (state_.block_state == ISAL_BLOCK_FINISH) {
      return in.empty() ? Status::ok()
                        : failure_at(FOREBAY_E_FORMAT,
                                     "data follows the end of the member of the zip file; the "
                                     "file is damaged, get it again",
                                     offset_);
    }
    const InflateStep step = inflate_step(state_, in, out);
    progress->consumed = step.consumed;
    if (step.is_damaged) {
      return failure_at(FOREBAY_E_FORMAT, "the compressed data is damaged; get the file again",
                        offset_ + progress->consumed);
    }
    if (step.produced > left_) return too_long(offset_ + progress->consumed);
    progress->produced = step.produced;
    return Status::ok();
  }

  const bool is_deflated_;
  std::uint64_t left_;  // bytes that are still to come
  const std::uint32_t checksum_;
  std::uint64_t offset_;  // in the file
  std::uint32_t crc_ = 0;
  inflate_state state_{};
  Status failure_;
};

}  // namespace

std::unique_ptr<Decoder> make_zip_decoder(const ZipMember& member, std::uint64_t data_offset) {
  return std::make_unique<ZipDecoder>(member, data_offset);
}

}  // namespace forebay::core::codec
