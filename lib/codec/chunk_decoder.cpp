#include "codec/chunk_decoder.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "codec/chunk_encoder.hpp"
#include "codec/little_endian.hpp"

namespace forebay::core::codec {
namespace {

Status damaged(const char* how) {
  return {FOREBAY_E_FORMAT, std::string("a packed chunk is damaged: ") + how};
}

Status no_memory() {
  return {FOREBAY_E_MEMORY, "no memory to unpack a chunk"};
}

// Cuts the checksum off the end of `bytes`.
Status check_sum(std::span<const std::byte>& bytes) {
  if (bytes.size() < kChecksumBytes) return damaged("it is shorter than its checksum");
  const auto stored = bytes.last(kChecksumBytes);
  bytes = bytes.first(bytes.size() - kChecksumBytes);
  return read_u32(stored, 0) == fletcher32(bytes) ? Status::ok() : damaged("its checksum is wrong");
}

// Elements whose bytes are put together at a time: what they fill stays in the nearest cache.
constexpr std::size_t kElementsAtOnce = 512;

}  // namespace

void unshuffle(std::span<const std::byte> in, std::size_t element_bytes, std::byte* out) noexcept {
  const std::size_t elements = in.size() / element_bytes;
  for (std::size_t first = 0; first < elements; first += kElementsAtOnce) {
    const std::size_t count = std::min(kElementsAtOnce, elements - first);
    for (std::size_t byte = 0; byte < element_bytes; ++byte) {
      const std::byte* from = in.data() + byte * elements + first;
      std::byte* to = out + first * element_bytes + byte;
      for (std::size_t i = 0; i < count; ++i) to[i * element_bytes] = from[i];
    }
  }
  const std::size_t done = elements * element_bytes;
  std::memcpy(out + done, in.data() + done, in.size() - done);
}

void ChunkDecoder::Free::operator()(libdeflate_decompressor* inflater) const noexcept {
  libdeflate_free_decompressor(inflater);
}

Status ChunkDecoder::inflate(std::span<const std::byte> in, std::span<std::byte> out) {
  if (!inflater_) inflater_.reset(libdeflate_alloc_decompressor());
  if (!inflater_) return no_memory();
  std::size_t got = 0;
  const libdeflate_result result = libdeflate_zlib_decompress(inflater_.get(), in.data(), in.size(),
                                                              out.data(), out.size(), &got);
  const bool is_whole = result == LIBDEFLATE_SUCCESS && got == out.size();
  return is_whole ? Status::ok() : damaged("it does not inflate to its rows");
}

Status ChunkDecoder::decompress(const ChunkFilters& filters, std::span<const std::byte> in,
                                std::span<std::byte> out) {
  if (filters.deflate != 0) return inflate(in, out);
  if (filters.zstd != 0)
    return zstd_.unpack(in, out) ? Status::ok() : damaged("zstd does not unpack it to its rows");
  if (filters.lz4) {
    FOREBAY_TRY(check_filters(filters));
    return lz4_unpack(in, out) ? Status::ok() : damaged("lz4 does not unpack it to its rows");
  }
  if (filters.blosc != 0) {
    FOREBAY_TRY(check_filters(filters));
    return blosc_unpack(in, out) ? Status::ok() : damaged("blosc does not unpack it to its rows");
  }
  if (in.size() != out.size()) return damaged("it is not as long as its rows");
  std::memcpy(out.data(), in.data(), in.size());
  return Status::ok();
}

Status ChunkDecoder::decode(const ChunkFilters& filters, std::size_t element_bytes,
                            std::span<const std::byte> packed, std::uint32_t skipped,
                            std::span<std::byte> rows) try {
  std::uint32_t filter = filters.count();
  const auto is_applied = [&](bool is_used) { return is_used && (skipped >> --filter & 1U) == 0; };
  if (is_applied(filters.fletcher32)) FOREBAY_TRY(check_sum(packed));
  const bool is_compressed = is_applied(filters.compresses());
  const bool is_shuffled = is_applied(filters.shuffle) && element_bytes > 1;
  const ChunkFilters applied = is_compressed ? filters : ChunkFilters();
  if (!is_shuffled) return decompress(applied, packed, rows);
  if (!is_compressed && packed.size() != rows.size())
    return damaged("it is not as long as its rows");
  if (is_compressed) {
    shuffled_.resize(rows.size());
    FOREBAY_TRY(decompress(applied, packed, shuffled_));
    packed = shuffled_;
  }
  unshuffle(packed, element_bytes, rows.data());
  return Status::ok();
} catch (const std::bad_alloc&) {
  return no_memory();
}

Status check_filters(const ChunkFilters& filters) {
  if (filters.lz4 && !has_lz4()) {
    return {FOREBAY_E_ARGUMENT,
            "this build of forebay has no lz4: build it where liblz4 is installed, or use zstd or "
            "deflate"};
  }
  if (filters.blosc != 0 && !has_blosc()) {
    return {FOREBAY_E_ARGUMENT,
            "this build of forebay has no blosc: build it where libblosc is installed, or use zstd "
            "or deflate"};
  }
  return Status::ok();
}

Status unpack_chunk(const ChunkFilters& filters, std::size_t element_bytes, PackedChunk packed,
                    std::span<std::byte> chunk) {
  if (packed.bytes == 0) return Status::ok();
  if (packed.bytes > chunk.size()) return damaged("it is longer than its rows");
  // Why copies: the rows go where the packed bytes are, and those may still be written to.
  const std::vector<std::byte> copy(chunk.begin(), chunk.begin() + packed.bytes);
  return ChunkDecoder().decode(filters, element_bytes, copy, packed.skipped, chunk);
}

}  // namespace forebay::core::codec
