#include "codec/chunk_encoder.hpp"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>

#include <algorithm>
#include <cstring>

#include "codec/chunk_decoder.hpp"

namespace forebay::core::codec {
namespace {

// Why another library for it: ISA-L packs four times as fast as libdeflate at its fastest level,
// and knows no better one.
constexpr std::uint32_t kFastLevel = 1;
// Words that fit before a sum of 32 bits can overflow.
constexpr std::size_t kWordsPerFold = 360;

std::uint32_t folded(std::uint32_t sum) noexcept {
  return (sum & 0xFFFFU) + (sum >> 16U);
}

}  // namespace

std::uint32_t fletcher32(std::span<const std::byte> bytes) noexcept {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  const auto add = [&](std::byte first, std::byte second) {
    low += static_cast<std::uint32_t>(first) << 8U | static_cast<std::uint32_t>(second);
    high += low;
  };
  while (bytes.size() >= 2) {
    const std::size_t words = std::min(bytes.size() / 2, kWordsPerFold);
    for (std::size_t i = 0; i < words; ++i) add(bytes[2 * i], bytes[2 * i + 1]);
    low = folded(low);
    high = folded(high);
    bytes = bytes.subspan(2 * words);
  }
  if (!bytes.empty()) {
    add(bytes[0], std::byte{0});
    low = folded(low);
    high = folded(high);
  }
  return folded(high) << 16U | folded(low);
}

void shuffle(std::span<const std::byte> in, std::size_t element_bytes, std::byte* out) noexcept {
  const std::size_t elements = in.size() / element_bytes;
  for (std::size_t byte = 0; byte < element_bytes; ++byte) {
    const std::byte* from = in.data() + byte;
    for (std::size_t i = 0; i < elements; ++i, from += element_bytes) *out++ = *from;
  }
  const std::size_t done = elements * element_bytes;
  std::memcpy(out, in.data() + done, in.size() - done);
}

void ChunkEncoder::Free::operator()(libdeflate_compressor* compressor) const noexcept {
  libdeflate_free_compressor(compressor);
}

Result<ChunkEncoder> ChunkEncoder::make(const ChunkFilters& filters, std::size_t chunk_bytes,
                                        std::size_t element_bytes) {
  FOREBAY_TRY(check_filters(filters));
  ChunkEncoder encoder;
  encoder.filters_ = filters;
  encoder.element_bytes_ = std::max<std::size_t>(element_bytes, 1);
  if (filters.shuffle) encoder.shuffled_.resize(chunk_bytes);
  encoder.out_.resize(chunk_bytes + kChecksumBytes);
  if (filters.deflate == kFastLevel) {
    encoder.fast_buffer_.resize(ISAL_DEF_LVL1_DEFAULT);
  } else if (filters.deflate != 0) {
    encoder.compressor_.reset(libdeflate_alloc_compressor(static_cast<int>(filters.deflate)));
    if (!encoder.compressor_) return Status(FOREBAY_E_MEMORY, "no memory to compress a chunk");
  }
  return encoder;
}

std::size_t ChunkEncoder::pack(std::span<const std::byte> chunk, std::size_t most) {
  if (filters_.shuffle) {
    shuffle(chunk, element_bytes_, shuffled_.data());
    chunk = shuffled_;
  }
  if (filters_.deflate == kFastLevel) return pack_fast(chunk, most);
  if (compressor_) {
    return libdeflate_zlib_compress(compressor_.get(), chunk.data(), chunk.size(), out_.data(),
                                    most - 1);
  }
  const std::span<std::byte> out = std::span(out_).first(most - 1);
  if (filters_.zstd != 0) return zstd_.pack(chunk, filters_.zstd, out);
  if (filters_.lz4) return lz4_pack(chunk, out);
  // What is shuffled already has elements of one byte.
  if (filters_.blosc != 0)
    return blosc_pack(chunk, filters_.shuffle ? 1 : element_bytes_, filters_.blosc, out);
  return 0;  // shuffled alone a chunk keeps its size
}

std::size_t ChunkEncoder::pack_fast(std::span<const std::byte> chunk, std::size_t most) {
  isal_zstream stream;
  isal_deflate_stateless_init(&stream);
  stream.hist_bits = 0;  // which it leaves as the stack had it: a window of any size
  stream.gzip_flag = IGZIP_ZLIB;
  stream.level = 1;
  stream.level_buf = reinterpret_cast<std::uint8_t*>(fast_buffer_.data());
  stream.level_buf_size = static_cast<std::uint32_t>(fast_buffer_.size());
  stream.end_of_stream = 1;
  stream.flush = NO_FLUSH;
  stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(chunk.data()));
  stream.avail_in = static_cast<std::uint32_t>(chunk.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(out_.data());
  stream.avail_out = static_cast<std::uint32_t>(most - 1);
  return isal_deflate_stateless(&stream) == COMP_OK ? stream.total_out : 0;
}

Result<ChunkEncoder::Encoded> ChunkEncoder::encode(std::span<const std::byte> chunk) {
  if (chunk.size() + kChecksumBytes != out_.size()) {
    return internal_status("a chunk of another size was to be filtered");
  }
  Encoded encoded;
  const std::size_t checksum = filters_.fletcher32 ? kChecksumBytes : 0;
  std::size_t bytes = chunk.size() > checksum ? pack(chunk, chunk.size() - checksum) : 0;
  if (bytes == 0) {
    bytes = chunk.size();
    std::memcpy(out_.data(), chunk.data(), bytes);
    encoded.skipped = filters_.skip_all() >> (filters_.fletcher32 ? 1U : 0U);
  }
  if (filters_.fletcher32) {
    const std::uint32_t sum = fletcher32(std::span(out_).first(bytes));
    for (std::size_t i = 0; i < kChecksumBytes; ++i) {
      out_[bytes++] = static_cast<std::byte>(sum >> (8 * i));
    }
  }
  encoded.bytes = std::span(out_).first(bytes);
  return encoded;
}

}  // namespace forebay::core::codec
