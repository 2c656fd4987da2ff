// Shared memory segments, blocks lent out of them, and arrays: counted leases on a block.
//
// All books are the parent's private memory; the segments hold payload only. One thread (the owner)
// adds segments and leases; a block is released from any thread, without a lock, and becomes usable
// when the owner collects. The arena lives as long as its last array: members hold it by
// shared_ptr.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "arena/provenance.hpp"
#include "base/base.hpp"
#include "dtype/dtype.hpp"
#include "platform/platform.hpp"

namespace forebay::core {

class Arena;
using ArenaRef = std::shared_ptr<Arena>;
using SegmentId = std::uint32_t;

// A range of a segment. Owned by the arena; lent by pointer. Constant while it is lent, but for
// `next_released`.
struct Block {
  SegmentId segment = 0;
  std::uint64_t offset = 0;   // in the segment, a multiple of 4096
  std::uint64_t bytes = 0;    // its class size, a multiple of 4096
  std::uint64_t lease = 0;    // number of this lending; never used twice within an arena
  std::byte* data = nullptr;  // in the parent's mapping
  bool is_large = false;      // stands on large pages, which are there already
  Block* next_released = nullptr;
};

struct ArenaStats {
  std::uint32_t segments = 0;
  std::uint64_t quota = 0;
  std::uint64_t reserved = 0;
  std::uint64_t lent = 0;
  std::uint64_t high_water = 0;
  std::uint64_t blocks_lent = 0;
  std::uint64_t blocks_recycled = 0;
};

class Arena : public std::enable_shared_from_this<Arena> {
 public:
  // `quota` bounds the memory reserved behind blocks, over all segments.
  static Result<ArenaRef> open(std::uint64_t quota);
  ~Arena();

  // What a lease of `bytes` takes from the quota: the size of its class. Any thread.
  [[nodiscard]] static std::uint64_t class_bytes(std::uint64_t bytes) noexcept;

  // Owner thread only, all of these.
  // A memfd mapped read-write here, sealed against resizing, whose size leaves room for the whole
  // quota and for classes.
  Result<SegmentId> add_segment();
  // The descriptor to hand to a child; borrowed.
  [[nodiscard]] int segment_descriptor(SegmentId segment) const;
  [[nodiscard]] std::uint64_t segment_bytes(SegmentId segment) const;
  // No block of the segment is lent again; its memory goes back as blocks come home, its descriptor
  // and mapping with the last one.
  void retire_segment(SegmentId segment);
  // Lends a block of at least `bytes` from a segment: a recycled one if there is one (last in,
  // first out: it is hot), else fresh memory, for which free blocks of other classes and segments
  // are given up where the quota asks for it. FOREBAY_E_FULL unless `spare` bytes could still be
  // lent afterwards. FOREBAY_E_MEMORY when the kernel has no room.
  Result<Block*> lease(SegmentId segment, std::uint64_t bytes, std::uint64_t spare = 0);
  // Whether lease(segment, bytes) would take new memory.
  [[nodiscard]] bool has_to_grow(SegmentId segment, std::uint64_t bytes);
  // Whether lease(any segment, bytes, spare) would be refused for want of quota.
  [[nodiscard]] bool is_full(std::uint64_t bytes, std::uint64_t spare = 0);
  // Takes in what was released since; lease, is_full and stats do it too but leave the event alone,
  // so that no wake-up of a waiting loop is lost. Returns the number of blocks that came home.
  std::size_t collect() noexcept;
  [[nodiscard]] ArenaStats stats();
  // Becomes readable when a block was released; for the event loop. Drained by collect().
  [[nodiscard]] const Descriptor& released_event() const noexcept;

  // The owner is done; only release() may follow. Free memory goes back now, that of lent blocks as
  // they come home, on the thread that releases them.
  void close() noexcept;

  // Any thread, no lock, does not block. A second release of the same lending is ignored, and
  // asserted against in debug builds.
  void release(Block* block) noexcept;

  // Rows in it are being written behind their holder's back, or no longer; any thread.
  void begin_write(const Block& block) noexcept;
  void end_write(std::uint64_t bytes) noexcept;
  // Whether blocks may come home without anybody's doing: if so, the event tells of it. Asked
  // before collect(), which then finds what came home before.
  [[nodiscard]] bool is_being_written() const noexcept { return bytes_being_written() != 0; }
  [[nodiscard]] std::uint64_t bytes_being_written() const noexcept;
  // Waits for the event and collects: for an owner without a loop, when it is being written.
  void await_release() noexcept;

  // Implementation in arena.cpp; public for std::make_shared only.
  struct Core;
  explicit Arena(std::unique_ptr<Core> core);

 private:
  std::unique_ptr<Core> core_;
};

// Rows of an array whose chunks are packed in place; nothing may read them before they are
// unpacked.
struct PackedRows {
  std::shared_ptr<const ChunkForm> form{};
  std::vector<PackedChunk> chunks{};  // one, or one of each column; empty: the rows are as they are
};

// Rows in a block: a counted lease. Made with one reference; the last release() gives the block
// back, or unmaps what another process shared.
class Array {
 public:
  // Takes over the lending of `block`, which stays the caller's on failure: FOREBAY_E_ARGUMENT when
  // `capacity` rows do not fit into it.
  static Result<Array*> make(ArenaRef arena, Block* block, DtypeRef dtype, Layout layout,
                             std::uint64_t capacity, std::uint64_t rows);

  // Rows in a mapping that is read only: of an array that another process shared. `data` lies in
  // the mapping, as do all rows.
  static Result<Array*> attach(Mapping mapping, std::byte* data, DtypeRef dtype, Layout layout,
                               std::uint64_t rows);

  Array* retain() noexcept;
  void release() noexcept;  // any thread

  [[nodiscard]] const DtypeRef& dtype() const noexcept { return dtype_; }
  [[nodiscard]] Layout layout() const noexcept { return layout_; }
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::uint64_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] bool is_read_only() const noexcept { return block_ == nullptr; }
  [[nodiscard]] const BlockLayout& block_layout() const noexcept { return places_; }
  // One more reference, while the rows are being written behind the holder's back: until thaw()
  // they must not change. Any thread.
  void freeze() noexcept;
  void thaw() noexcept;
  // FOREBAY_E_STATE for rows that another process shared; FOREBAY_E_BUSY while they are frozen.
  [[nodiscard]] Status set_rows(std::uint64_t rows);
  // All of it, whatever rows it has.
  [[nodiscard]] std::span<const std::byte> memory() const noexcept {
    return {data_, static_cast<std::size_t>(places_.bytes)};
  }
  [[nodiscard]] PageKind pages() const noexcept {
    return block_ != nullptr && block_->is_large ? PageKind::large : PageKind::small;
  }
  // Bytes of the packed rows; rows layout only.
  [[nodiscard]] std::span<const std::byte> row_span() const noexcept;

  // Where the rows came from; set by the loader before the array is delivered.
  std::uint32_t source = kNoSource;
  std::uint64_t first_row = 0;
  // The number that the process which shared it gave it; 0 for an array of one's own.
  std::uint64_t generation = 0;
  Provenance provenance;  // of the place behind the last row
  PackedRows packed;

 private:
  Array() = default;
  ~Array() = default;

  std::atomic<std::uint32_t> references_{1};
  std::atomic<std::uint32_t> frozen_{0};
  ArenaRef arena_;
  Block* block_ = nullptr;  // null when the rows are in mapping_
  Mapping mapping_;
  std::byte* data_ = nullptr;
  DtypeRef dtype_;
  Layout layout_ = Layout::rows;
  BlockLayout places_;
  std::uint64_t capacity_ = 0;
  std::uint64_t rows_ = 0;
};

// A sealed memfd with a copy of the rows, for another process. FOREBAY_E_MEMORY when there is no
// room for it. Any thread.
Result<Descriptor> share_array(const Array& array);
// The rows in it, read only and without a copy; the descriptor stays the caller's. FOREBAY_E_FORMAT
// names what a stranger's memory lacks to be a shared array; FOREBAY_E_MISMATCH: it has another
// dtype than `expected`, which may be null. Any thread.
Result<Array*> attach_array(int fd, const DtypeRef& expected);

}  // namespace forebay::core
