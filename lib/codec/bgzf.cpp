// The BGZF section of the SAM specification: https://samtools.github.io/hts-specs/SAMv1.pdf, 4.1.
#include "codec/bgzf.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>

#include "codec/decoders.hpp"
#include "codec/little_endian.hpp"

namespace forebay::core::codec {
namespace {

constexpr std::size_t kFixedHeader = 12;  // up to and with the length of the extra field
constexpr std::size_t kTrailer = 8;
constexpr std::array<std::uint8_t, 28> kEndMarker = {0x1f, 0x8b, 0x08, 0x04, 0, 0, 0,    0, 0, 0xff,
                                                     6,    0,    0x42, 0x43, 2, 0, 0x1b, 0, 3, 0};

bool is_end_marker(std::span<const std::byte> block) noexcept {
  return block.size() == kEndMarker.size() &&
         std::memcmp(block.data(), kEndMarker.data(), kEndMarker.size()) == 0;
}

}  // namespace

Status failure_at(Code code, std::string_view message, std::uint64_t offset) {
  ErrorDetail detail;
  detail.message = std::string(message) + " (compressed byte " + std::to_string(offset) + ")";
  detail.byte = offset;
  return {code, std::move(detail)};
}

// Bytes of the block that begins with `front`; more than there are, if so many are needed to know.
Result<std::size_t> BgzfBlocks::block_bytes(std::span<const std::byte> front) const {
  if (front.size() < kFixedHeader) return kFixedHeader;
  const std::size_t extra = read_u16(front, 10);
  const std::size_t header = kFixedHeader + extra;
  if (!is_bgzf_header(front.first(kFixedHeader))) {
    return failure_at(FOREBAY_E_FORMAT,
                      "what begins here is not a BGZF block, though the file begins with one; "
                      "decompress it and compress it anew with bgzip",
                      offset_);
  }
  if (front.size() < header) return header;
  const std::optional<std::size_t> size = bgzf_block_bytes(front.first(header));
  if (!size || *size < header + kTrailer) {
    return failure_at(FOREBAY_E_FORMAT,
                      "the header of a BGZF block does not give its length; the file is damaged or "
                      "only partly BGZF, decompress it and compress it anew with bgzip",
                      offset_);
  }
  return *size;
}

Result<std::optional<BgzfBlocks::Block>> BgzfBlocks::take(std::span<const std::byte>* in) {
  if (std::exchange(given_, 0) != 0) part_.clear();
  if (in->empty()) return std::optional<Block>();
  if (part_.empty()) {
    FOREBAY_TRY_ASSIGN(const std::size_t size, block_bytes(*in));
    if (size <= in->size()) {
      const auto block = in->first(size);
      *in = in->subspan(size);
      return give(block);
    }
  }
  for (;;) {
    FOREBAY_TRY_ASSIGN(const std::size_t wanted, block_bytes(part_));
    if (part_.size() == wanted) {
      given_ = wanted;
      return give(part_);
    }
    if (in->empty()) return std::optional<Block>();
    const std::size_t count = std::min(wanted - part_.size(), in->size());
    part_.insert(part_.end(), in->begin(), in->begin() + static_cast<std::ptrdiff_t>(count));
    *in = in->subspan(count);
  }
}

Result<std::optional<BgzfBlocks::Block>> BgzfBlocks::give(std::span<const std::byte> bytes) {
  Block block;
  block.bytes = bytes;
  block.offset = offset_;
  block.payload = kFixedHeader + read_u16(bytes, 10);
  block.checksum = read_u32(bytes, bytes.size() - 8);
  block.decoded = read_u32(bytes, bytes.size() - 4);
  if (block.decoded > kBgzfMaxBlock) {
    return failure_at(FOREBAY_E_FORMAT,
                      "a BGZF block claims to hold more than 64 KiB; the file is damaged, get it "
                      "again",
                      offset_);
  }
  at_marker_ = is_end_marker(bytes);
  offset_ += bytes.size();
  return std::optional<Block>(block);
}

Status BgzfBlocks::finish() const {
  if (part_.size() != given_) {
    return failure_at(FOREBAY_E_TRUNCATED,
                      "a BGZF block ends too early; the file is cut short, get it again", offset_);
  }
  if (at_marker_) return Status::ok();
  return failure_at(FOREBAY_E_TRUNCATED,
                    "the BGZF end marker is missing; the file may be cut short, get it again",
                    offset_);
}

namespace {

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* decompressor) const noexcept {
    libdeflate_free_decompressor(decompressor);
  }
};

// Inflates block by block: straight into the caller's room where the whole block fits.
class BgzfDecoder final : public Decoder {
 public:
  explicit BgzfDecoder(std::uint64_t offset)
      : blocks_(offset), decompressor_(libdeflate_alloc_decompressor()) {}

  Result<Progress> decode(std::span<const std::byte> in, std::span<std::byte> out) override {
    Progress progress;
    const std::size_t given = in.size();
    while (failure_.is_ok() && progress.produced < out.size()) {
      const auto room = out.subspan(progress.produced);
      if (spill_begin_ < spill_end_) {
        progress.produced += take_spill(room);
        continue;
      }
      auto block = blocks_.take(&in);
      if (!block.is_ok()) {
        failure_ = std::move(block).status();
      } else if (!block->has_value()) {
        break;
      } else {
        failure_ = inflate(**block, room, &progress.produced);
      }
    }
    progress.consumed = given - in.size();
    if (failure_.is_failure() && progress.produced == 0) return failure_.clone();
    return progress;
  }

  Status finish() override { return failure_.is_failure() ? failure_.clone() : blocks_.finish(); }

 private:
  std::size_t take_spill(std::span<std::byte> room) noexcept {
    const std::size_t count = std::min(room.size(), spill_end_ - spill_begin_);
    std::memcpy(room.data(), spill_.data() + spill_begin_, count);
    spill_begin_ += count;
    return count;
  }

  Status inflate(const BgzfBlocks::Block& block, std::span<std::byte> room, std::size_t* produced) {
    const bool fits = block.decoded <= room.size();
    if (!fits && spill_.empty()) spill_.resize(kBgzfMaxBlock);
    std::byte* const to = fits ? room.data() : spill_.data();
    FOREBAY_TRY(inflate_to(block, to));
    if (fits) {
      *produced += block.decoded;
    } else {
      spill_begin_ = 0;
      spill_end_ = block.decoded;
    }
    return Status::ok();
  }

  Status inflate_to(const BgzfBlocks::Block& block, std::byte* to) {
    if (decompressor_ == nullptr) return {FOREBAY_E_MEMORY, "there is no memory to inflate"};
    const auto payload =
        block.bytes.subspan(block.payload, block.bytes.size() - block.payload - kTrailer);
    std::size_t used = 0;
    // Why the exact size: libdeflate then takes a shorter output for an error.
    const libdeflate_result result = libdeflate_deflate_decompress_ex(
        decompressor_.get(), payload.data(), payload.size(), to, block.decoded, &used, nullptr);
    if (result != LIBDEFLATE_SUCCESS || used != payload.size()) {
      return failure_at(FOREBAY_E_FORMAT,
                        "the compressed data of a BGZF block is damaged; get the file again",
                        block.offset);
    }
    if (libdeflate_crc32(0, to, block.decoded) != block.checksum) {
      return failure_at(FOREBAY_E_FORMAT,
                        "the checksum of a BGZF block is wrong; the file is damaged, get it again",
                        block.offset);
    }
    return Status::ok();
  }

  BgzfBlocks blocks_;
  std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor_;
  std::vector<std::byte> spill_;  // a block that did not fit: [spill_begin_, spill_end_) is left
  std::size_t spill_begin_ = 0;
  std::size_t spill_end_ = 0;
  Status failure_;
};

}  // namespace

std::unique_ptr<Decoder> make_bgzf_decoder(std::uint64_t offset) {
  return std::make_unique<BgzfDecoder>(offset);
}

}  // namespace forebay::core::codec
