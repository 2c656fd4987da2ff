#include "child/fresh_blocks.hpp"

#include <algorithm>
#include <memory>

namespace forebay::core {
namespace {

constexpr std::uint64_t kPage = 4096;
// The memory apart is not of the quota, and what has left the cache is no cheaper to copy.
constexpr std::uint64_t kMostApart = 4U << 20U;

}  // namespace

std::byte* FreshBlocks::place_for(const LentBlock& block, std::uint64_t room) {
  if (block.is_large || room > kMostApart || known_.contains(block.offset)) return block.data;
  const std::uint64_t bytes = align_up(room, kPage);
  if (memory_.size() < bytes + kPage) memory_.resize(static_cast<std::size_t>(bytes + kPage));
  // As in a block: columns rely on it.
  void* at = memory_.data();
  std::size_t space = memory_.size();
  return static_cast<std::byte*>(std::align(kPage, static_cast<std::size_t>(bytes), at, space));
}

// Why whole pages: of one that is written in part the kernel would clear the rest. What stands
// there is this process's own.
Status FreshBlocks::settle(const LentBlock& block, const std::byte* place, std::uint64_t bytes,
                           const Descriptor& segment) {
  if (place == block.data) return Status::ok();
  const std::uint64_t whole = std::min(align_up(bytes, kPage), block.bytes);
  FOREBAY_TRY(write_range(segment, block.offset,
                          {reinterpret_cast<const char*>(place), static_cast<std::size_t>(whole)}));
  known_.insert(block.offset);
  return Status::ok();
}

}  // namespace forebay::core
