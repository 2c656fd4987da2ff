// Stored chunks of tables: whatever their bytes are, unpacking them fills the rows or is a refusal.
#include "codec/codec.hpp"
#include "fuzz/fuzz.hpp"

using namespace forebay::core;
using forebay::fuzz::must;

namespace {

constexpr std::size_t kMostRows = 1U << 13U;

ChunkFilters filters_of(std::uint8_t choice) {
  ChunkFilters filters;
  filters.shuffle = (choice & 1U) != 0;
  filters.fletcher32 = (choice & 2U) != 0;
  switch (choice >> 2U & 3U) {
    case 0:
      filters.deflate = 6;
      break;
    case 1:
      filters.zstd = 3;
      break;
    case 2:
      filters.lz4 = true;
      break;
    default:
      filters.blosc = 5;
  }
  return filters;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  forebay::fuzz::Input input(data, size);
  const ChunkFilters filters = filters_of(input.byte());
  const std::size_t element_bytes = 1 + input.below(32);
  const std::uint32_t skipped = input.byte() & filters.skip_all();
  const std::size_t bytes = 1 + input.word() % kMostRows;
  // Of just the size: a sanitizer sees each byte written too far.
  std::vector<std::byte> rows(bytes);
  const Status status =
      codec::ChunkDecoder().decode(filters, element_bytes, input.rest(), skipped, rows);
  must(status.is_ok() || status.code() == FOREBAY_E_FORMAT || status.code() == FOREBAY_E_ARGUMENT,
       "a damaged chunk is named as such");
  return 0;
}
