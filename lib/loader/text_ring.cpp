#include "loader/text_ring.hpp"

namespace forebay::core {

Result<std::shared_ptr<TextRing>> TextRing::lease(const ArenaRef& arena, std::size_t slots,
                                                  std::uint64_t slot_bytes, std::uint64_t spare) {
  if (arena->is_full(slots * slot_bytes, spare))
    return Status(FOREBAY_E_FULL, "the quota has no room for the text");
  FOREBAY_TRY_ASSIGN(const SegmentId segment, arena->add_segment());
  auto block = arena->lease(segment, slots * slot_bytes, spare);
  if (!block.is_ok()) {
    arena->retire_segment(segment);
    return std::move(block).status();
  }
  std::shared_ptr<TextRing> ring(new TextRing(arena, *block, slots, slot_bytes));
  FOREBAY_TRY_ASSIGN(ring->read_only_, reopen_for_reading(ring->writable()));
  return ring;
}

TextRing::TextRing(ArenaRef arena, Block* block, std::size_t slots, std::uint64_t slot_bytes)
    : arena_(std::move(arena)), block_(block), slot_bytes_(slot_bytes) {
  for (std::size_t i = slots; i > 0; --i) unused_.push_back(i - 1);
}

TextRing::~TextRing() {
  const SegmentId segment = block_->segment;
  arena_->release(block_);
  arena_->retire_segment(segment);
}

TextSlot::TextSlot(std::shared_ptr<TextRing> ring) : ring_(std::move(ring)) {
  index_ = ring_->unused_.back();
  ring_->unused_.pop_back();
}

void TextSlot::reset() noexcept {
  if (!ring_) return;
  ring_->unused_.push_back(index_);
  ring_.reset();
}

}  // namespace forebay::core
