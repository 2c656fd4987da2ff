#include <libdeflate.h>

#include <cstring>
#include <vector>

#include "codec/chunk_encoder.hpp"
#include "codec/little_endian.hpp"

namespace forebay::core::codec {
namespace {

Status damaged(const char* how) {
  return {FOREBAY_E_FORMAT, std::string("a packed chunk is damaged: ") + how};
}

// Cuts the checksum off the end of `bytes`.
Status check_sum(std::span<const std::byte>& bytes) {
  if (bytes.size() < kChecksumBytes) return damaged("it is shorter than its checksum");
  const auto stored = bytes.last(kChecksumBytes);
  bytes = bytes.first(bytes.size() - kChecksumBytes);
  return read_u32(stored, 0) == fletcher32(bytes) ? Status::ok() : damaged("its checksum is wrong");
}

Status inflate(std::span<const std::byte> in, std::span<std::byte> out) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  if (!inflater) return {FOREBAY_E_MEMORY, "no memory to unpack a chunk"};
  std::size_t got = 0;
  const libdeflate_result result = libdeflate_zlib_decompress(inflater.get(), in.data(), in.size(),
                                                              out.data(), out.size(), &got);
  const bool is_whole = result == LIBDEFLATE_SUCCESS && got == out.size();
  return is_whole ? Status::ok() : damaged("it does not inflate to its rows");
}

}  // namespace

void unshuffle(std::span<const std::byte> in, std::size_t element_bytes, std::byte* out) noexcept {
  const std::size_t elements = in.size() / element_bytes;
  const std::byte* from = in.data();
  for (std::size_t byte = 0; byte < element_bytes; ++byte) {
    std::byte* to = out + byte;
    for (std::size_t i = 0; i < elements; ++i, to += element_bytes) *to = *from++;
  }
  const std::size_t done = elements * element_bytes;
  std::memcpy(out + done, in.data() + done, in.size() - done);
}

Status unpack_chunk(const ChunkFilters& filters, std::size_t element_bytes, PackedChunk packed,
                    std::span<std::byte> chunk) {
  if (packed.bytes == 0) return Status::ok();
  if (packed.bytes > chunk.size()) return damaged("it is longer than its rows");
  // Why copies: the rows go where the packed bytes are, and those may still be written to.
  const std::vector<std::byte> copy(chunk.begin(), chunk.begin() + packed.bytes);
  std::span<const std::byte> bytes = copy;
  std::uint32_t filter = filters.count();
  const auto is_applied = [&](bool is_used) {
    return is_used && (packed.skipped >> --filter & 1U) == 0;
  };
  if (is_applied(filters.fletcher32)) FOREBAY_TRY(check_sum(bytes));
  std::vector<std::byte> inflated;
  if (is_applied(filters.deflate != 0)) {
    inflated.resize(chunk.size());
    FOREBAY_TRY(inflate(bytes, inflated));
    bytes = inflated;
  }
  if (bytes.size() != chunk.size()) return damaged("it is not as long as its rows");
  if (is_applied(filters.shuffle))
    unshuffle(bytes, std::max<std::size_t>(element_bytes, 1), chunk.data());
  else
    std::memcpy(chunk.data(), bytes.data(), bytes.size());
  return Status::ok();
}

}  // namespace forebay::core::codec
