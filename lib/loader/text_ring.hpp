// Shared memory that a source's text passes through from the child that decodes it to those that
// parse it: one block of the quota, in a segment of its own, cut into slots. Coordinator's thread
// only.
//
// Why a segment of its own: children that parse get it to read only, and no rows lie in it.
// Invariant: a slot is taken as long as a child may use it; the block is lent as long as a slot is
// taken.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "arena/arena.hpp"

namespace forebay::core {

class TextRing {
 public:
  // `spare`: what must be left of the quota. FOREBAY_E_FULL when it is not.
  static Result<std::shared_ptr<TextRing>> lease(const ArenaRef& arena, std::size_t slots,
                                                 std::uint64_t slot_bytes, std::uint64_t spare);
  TextRing(const TextRing&) = delete;
  TextRing& operator=(const TextRing&) = delete;
  ~TextRing();

  [[nodiscard]] bool has_room() const noexcept { return !unused_.empty(); }
  [[nodiscard]] std::uint64_t slot_bytes() const noexcept { return slot_bytes_; }
  // Of the quota.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return block_->bytes; }
  // Borrowed descriptors of the segment.
  [[nodiscard]] int writable() const { return arena_->segment_descriptor(block_->segment); }
  [[nodiscard]] int read_only() const noexcept { return read_only_.get(); }

 private:
  friend class TextSlot;
  TextRing(ArenaRef arena, Block* block, std::size_t slots, std::uint64_t slot_bytes);

  ArenaRef arena_;
  Block* block_;
  Descriptor read_only_;
  std::uint64_t slot_bytes_;
  std::vector<std::size_t> unused_;
};

// A slot that was taken; it goes back when this ends.
class TextSlot {
 public:
  TextSlot() noexcept = default;
  // Of a ring that has room.
  explicit TextSlot(std::shared_ptr<TextRing> ring);
  TextSlot(TextSlot&& other) noexcept = default;
  TextSlot& operator=(TextSlot&& other) noexcept {
    if (this == &other) return *this;
    reset();
    ring_ = std::move(other.ring_);
    index_ = other.index_;
    return *this;
  }
  ~TextSlot() { reset(); }

  void reset() noexcept;
  [[nodiscard]] const TextRing* ring() const noexcept { return ring_.get(); }
  // In the segment.
  [[nodiscard]] std::uint64_t offset() const noexcept {
    return ring_->block_->offset + index_ * ring_->slot_bytes_;
  }

 private:
  std::shared_ptr<TextRing> ring_;
  std::size_t index_ = 0;
};

}  // namespace forebay::core
