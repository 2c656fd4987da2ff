#include "arena/address_space.hpp"

#include <algorithm>
#include <bit>

#include "arena/size_class.hpp"

namespace forebay::core {

std::uint64_t address_space_bytes(std::uint64_t quota) noexcept {
  // Why a cap: a process has 2^47 addresses, and each child has a segment.
  constexpr std::uint64_t kMost = std::uint64_t{1} << 43;
  const std::uint64_t pages = page_bytes(quota) / kPageBytes;
  const auto times = static_cast<std::uint64_t>(std::bit_width(pages)) + 1;
  const std::uint64_t quota_pages = pages * kPageBytes;
  if (quota_pages > kMost / times) return std::max(quota_pages, kMost);
  return quota_pages * times;
}

AddressSpace::AddressSpace(std::uint64_t bytes) {
  free_.push_back({0, bytes});
}

std::optional<std::uint64_t> AddressSpace::take(std::uint64_t bytes,
                                                std::uint64_t alignment) noexcept {
  const auto before_in = [alignment](const Range& range) {
    return align_up(range.offset, alignment) - range.offset;
  };
  const auto fits = [&](const Range& range) {
    return range.bytes >= bytes && range.bytes - bytes >= before_in(range);
  };
  const auto range = std::find_if(free_.begin(), free_.end(), fits);
  if (range == free_.end()) return std::nullopt;
  const std::uint64_t before = before_in(*range);
  const std::uint64_t offset = range->offset + before;
  const Range behind{offset + bytes, range->bytes - before - bytes};
  if (before == 0 && behind.bytes == 0) {
    free_.erase(range);
  } else if (before == 0) {
    *range = behind;
  } else {
    range->bytes = before;
    if (behind.bytes != 0) free_.insert(range + 1, behind);
  }
  return offset;
}

void AddressSpace::put(std::uint64_t offset, std::uint64_t bytes) noexcept {
  const auto starts_before = [](const Range& range, std::uint64_t at) { return range.offset < at; };
  auto next = std::lower_bound(free_.begin(), free_.end(), offset, starts_before);
  const bool joins_next = next != free_.end() && offset + bytes == next->offset;
  if (next != free_.begin()) {
    const auto previous = next - 1;
    if (previous->offset + previous->bytes == offset) {
      previous->bytes += bytes + (joins_next ? next->bytes : 0);
      if (joins_next) free_.erase(next);
      return;
    }
  }
  if (joins_next) {
    next->offset = offset;
    next->bytes += bytes;
  } else {
    free_.insert(next, {offset, bytes});
  }
}

void AddressSpace::expect(std::size_t ranges) {
  // Grows by half, so that a run of leases is not a run of copies.
  if (ranges + 1 > free_.capacity()) free_.reserve(ranges + ranges / 2 + 8);
}

}  // namespace forebay::core
