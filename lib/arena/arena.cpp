// The books of an arena. Owner thread only, but for release() and what it touches: the release
// list, the event and, once the arena is closed, the segments, which nobody changes any more.
//
// Invariant: lent <= reserved <= quota, where reserved counts blocks lent or free: exactly the
// ranges that are fallocated.
#include "arena/arena.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <string>

#include "arena/address_space.hpp"
#include "arena/free_blocks.hpp"
#include "arena/record.hpp"
#include "arena/release_list.hpp"
#include "arena/size_class.hpp"

namespace forebay::core {
namespace {

// Why a bound: all that a process can address is twice as much.
constexpr std::uint64_t kMostQuota = std::uint64_t{1} << 46;

// Large pages come several blocks at a time. For small blocks, and until so many times as much is
// in use, memory is of just the pages asked for.
constexpr std::uint64_t kLeastOnLargePages = 256U << 10U;
constexpr std::uint64_t kLargePart = 8;
// As many small pages as are a large one take about half as long. Where it takes longer, memory is
// in pieces, or the host of a virtual machine must find it first.
constexpr auto kSlowLargePage = std::chrono::milliseconds(1);

struct Segment {
  Segment(Descriptor file, Mapping view)
      : descriptor(std::move(file)), mapping(std::move(view)), addresses(mapping.size()) {}

  Descriptor descriptor;
  Mapping mapping;
  AddressSpace addresses;
  std::uint64_t reserved = 0;
  std::size_t blocks = 0;  // lent or free
  std::size_t lent = 0;
  bool is_retired = false;
};

Result<std::unique_ptr<Segment>> make_mapped_segment(std::uint64_t bytes) {
  FOREBAY_TRY_ASSIGN(Descriptor descriptor, make_segment("forebay-segment", bytes));
  FOREBAY_TRY_ASSIGN(Mapping mapping, Mapping::map(descriptor.get(), bytes, true));
  return std::make_unique<Segment>(std::move(descriptor), std::move(mapping));
}

}  // namespace

struct Arena::Core {
  // Constant after opening.
  std::uint64_t quota = 0;
  Descriptor released_event;

  // Any thread.
  ReleaseList released;
  std::atomic<std::uint64_t> writing{0};  // bytes of blocks

  // Owner thread.
  std::vector<std::unique_ptr<Segment>> segments;  // by id; empty once a retired one is gone
  std::vector<std::unique_ptr<Record>> records;    // never freed: a stale pointer is still a record
  Record* unused = nullptr;
  bool has_large_pages = true;  // as far as is known
  FreeBlocks free_blocks;
  std::uint64_t leases = 0;
  ArenaStats stats;

  Segment* segment_of(SegmentId id) noexcept {
    return id < segments.size() ? segments[id].get() : nullptr;
  }

  // Whether `bytes` may be lent with `spare` to follow; sums that overflow do not fit.
  [[nodiscard]] bool fits(std::uint64_t bytes, std::uint64_t spare) const noexcept {
    if (bytes > quota || spare > quota) return false;
    return stats.lent + page_bytes(bytes) + (spare == 0 ? 0 : page_bytes(spare)) <= quota;
  }

  Record* take_unused() {
    if (unused == nullptr) {
      records.push_back(std::make_unique<Record>());
      unused = records.back().get();
    }
    return std::exchange(unused, unused->below);
  }

  void put_unused(Record* record) noexcept {
    record->below = unused;
    unused = record;
  }

  // take_unused() then does not allocate for so many.
  void prepare_records(std::uint64_t count) {
    for (const Record* spare = unused; spare != nullptr && count > 0; spare = spare->below) --count;
    for (; count > 0; --count) {
      records.push_back(std::make_unique<Record>());
      put_unused(records.back().get());
    }
  }

  // The block is no more: its range was punched, or its segment goes.
  void strike_off(Segment& segment, Record* record) noexcept {
    segment.addresses.put(record->offset, record->bytes);
    segment.reserved -= record->bytes;
    --segment.blocks;
    stats.reserved -= record->bytes;
    put_unused(record);
  }

  // Gives the memory of a free block back. On failure the block is as it was.
  Status give_up(Record* record) {
    Segment& segment = *segments[record->segment];
    FOREBAY_TRY(punch_range(segment.descriptor, record->offset, record->bytes));
    free_blocks.remove(record);
    strike_off(segment, record);
    return Status::ok();
  }

  Status give_up_until(std::uint64_t most_reserved) {
    while (stats.reserved > most_reserved && free_blocks.coldest() != nullptr) {
      FOREBAY_TRY(give_up(free_blocks.coldest()));
    }
    return Status::ok();
  }

  void take_home(Record* record) noexcept {
    Segment& segment = *segments[record->segment];
    stats.lent -= record->bytes;
    --stats.blocks_lent;
    --segment.lent;
    free_blocks.push(record);
    if (segment.is_retired) empty_retired(record->segment);
  }

  std::size_t take_in(Block* block) noexcept {
    std::size_t count = 0;
    while (block != nullptr) {
      Block* next = block->next_released;
      take_home(static_cast<Record*>(block));
      block = next;
      ++count;
    }
    return count;
  }

  // A retired segment keeps only what is lent, and ends with the last of it.
  void empty_retired(SegmentId id) noexcept {
    Segment& segment = *segments[id];
    for (Record* record = free_blocks.coldest(); record != nullptr;) {
      Record* hotter = record->hotter;
      // A range that cannot be punched goes back with the segment; until then it counts as
      // reserved.
      if (record->segment == id && !give_up(record).is_ok() && segment.lent == 0) {
        free_blocks.remove(record);
        strike_off(segment, record);
      }
      record = hotter;
    }
    if (segment.lent != 0) return;
    free_blocks.forget(id);
    segments[id].reset();
    --stats.segments;
  }

  Block* lend(Record* record) noexcept {
    record->lease = ++leases;
    record->next_released = nullptr;
    record->is_lent.store(true, std::memory_order_relaxed);
    stats.lent += record->bytes;
    ++stats.blocks_lent;
    ++segments[record->segment]->lent;
    return record;
  }

  Result<std::uint64_t> reserve_addresses(Segment& segment, std::uint64_t bytes) {
    std::optional<std::uint64_t> offset = segment.addresses.take(bytes);
    if (!offset) {  // only where the system refused a segment of the full size
      FOREBAY_TRY(give_up_until(0));
      offset = segment.addresses.take(bytes);
    }
    if (offset) return *offset;
    return Status(FOREBAY_E_MEMORY, "a segment has no addresses left for " + std::to_string(bytes) +
                                        " bytes; raise the address space limit (ulimit -v)");
  }

  Status reserve_memory(Segment& segment, std::uint64_t offset, std::uint64_t bytes) {
    Status status = reserve_range(segment.descriptor, offset, bytes);
    if (status.code() != FOREBAY_E_MEMORY || free_blocks.coldest() == nullptr) return status;
    // The system is short of memory: what lies idle here goes first.
    FOREBAY_TRY(give_up_until(0));
    return reserve_range(segment.descriptor, offset, bytes);
  }

  // A block of new memory. All that can throw or allocate comes before the books change.
  Status add_block(SegmentId id, std::uint64_t bytes, Record* record) {
    Segment& segment = *segments[id];
    free_blocks.prepare(id, bytes);
    if (add_large_blocks(id, bytes, record)) return Status::ok();
    segment.addresses.expect(segment.blocks + 1);
    FOREBAY_TRY(give_up_until(quota - bytes));
    FOREBAY_TRY_ASSIGN(const std::uint64_t offset, reserve_addresses(segment, bytes));
    if (Status status = reserve_memory(segment, offset, bytes); status.is_failure()) {
      segment.addresses.put(offset, bytes);
      return status;
    }
    enter(id, offset, bytes, false, record);
    return Status::ok();
  }

  // As many blocks as are whole large pages: the first is `record`, the others are free. False, and
  // nothing has changed, where there are none to be had or they would be much of what is in use.
  bool add_large_blocks(SegmentId id, std::uint64_t bytes, Record* record) {
    const std::uint64_t count = blocks_in_pages(bytes, kLargePageBytes);
    const bool is_part =
        bytes >= kLeastOnLargePages && bytes <= stats.reserved / kLargePart / count;
    if (!has_large_pages || !is_part || stats.reserved + count * bytes > quota) return false;
    Segment& segment = *segments[id];
    segment.addresses.expect(segment.blocks + count);
    prepare_records(count);
    const auto offset = segment.addresses.take(count * bytes, kLargePageBytes);
    if (!offset) return false;
    if (!make_large_pages_at(segment, *offset, count * bytes)) {
      segment.addresses.put(*offset, count * bytes);
      return false;
    }
    enter(id, *offset, bytes, true, record);
    for (std::uint64_t i = count - 1; i > 0; --i) {
      Record* other = take_unused();
      enter(id, *offset + i * bytes, bytes, true, other);
      free_blocks.push(other);
    }
    return true;
  }

  bool make_large_pages_at(const Segment& segment, std::uint64_t offset, std::uint64_t bytes) {
    const auto begin = std::chrono::steady_clock::now();
    const bool are_there = reserve_large_pages(segment.descriptor, segment.mapping, offset, bytes);
    const auto each = (std::chrono::steady_clock::now() - begin) / (bytes / kLargePageBytes);
    has_large_pages = are_there && each <= kSlowLargePage;
    return are_there;
  }

  void enter(SegmentId id, std::uint64_t offset, std::uint64_t bytes, bool is_large,
             Record* record) noexcept {
    Segment& segment = *segments[id];
    record->segment = id;
    record->offset = offset;
    record->bytes = bytes;
    record->data = segment.mapping.data() + offset;
    record->is_large = is_large;
    record->lease = 0;
    segment.reserved += bytes;
    ++segment.blocks;
    stats.reserved += bytes;
    stats.high_water = std::max(stats.high_water, stats.reserved);
  }

  Status full_status() const {
    return {FOREBAY_E_FULL, "the memory quota of " + std::to_string(quota) + " bytes is in use (" +
                                std::to_string(stats.lent) + " bytes in " +
                                std::to_string(stats.blocks_lent) +
                                " blocks); release an array first, or raise the quota"};
  }

  // After close(): nobody keeps books any more, but the memory goes back.
  void release_for_good(Record* record) noexcept {
    (void)punch_range(segments[record->segment]->descriptor, record->offset, record->bytes);
  }
};

Arena::Arena(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Arena::~Arena() = default;

Result<ArenaRef> Arena::open(std::uint64_t quota) {
  if (quota < kPageBytes || quota > kMostQuota) {
    return Status(FOREBAY_E_ARGUMENT, "a memory quota of " + std::to_string(quota) +
                                          " bytes is not between " + std::to_string(kPageBytes) +
                                          " and " + std::to_string(kMostQuota));
  }
  auto core = std::make_unique<Core>();
  core->quota = quota;
  core->stats.quota = quota;
  FOREBAY_TRY_ASSIGN(core->released_event, make_event());
  return std::make_shared<Arena>(std::move(core));
}

Result<SegmentId> Arena::add_segment() {
  core_->segments.reserve(core_->segments.size() + 1);
  // Where a limit refuses the full size, less will do as long as sizes do not change much.
  std::uint64_t bytes = address_space_bytes(core_->quota);
  auto segment = make_mapped_segment(bytes);
  while (segment.code() == FOREBAY_E_MEMORY && bytes / 2 >= page_bytes(core_->quota)) {
    bytes = align_up(bytes / 2, kPageBytes);
    segment = make_mapped_segment(bytes);
  }
  if (!segment.is_ok()) return std::move(segment).status();
  core_->segments.push_back(std::move(segment).value());
  ++core_->stats.segments;
  return static_cast<SegmentId>(core_->segments.size() - 1);
}

int Arena::segment_descriptor(SegmentId segment) const {
  const Segment* found = core_->segment_of(segment);
  return found == nullptr ? -1 : found->descriptor.get();
}

std::uint64_t Arena::segment_bytes(SegmentId segment) const {
  const Segment* found = core_->segment_of(segment);
  return found == nullptr ? 0 : found->mapping.size();
}

void Arena::retire_segment(SegmentId segment) {
  Segment* found = core_->segment_of(segment);
  if (found == nullptr || found->is_retired) return;
  core_->take_in(core_->released.take_all());
  found->is_retired = true;
  core_->empty_retired(segment);
}

Result<Block*> Arena::lease(SegmentId segment, std::uint64_t bytes, std::uint64_t spare) {
  Core& core = *core_;
  core.take_in(core.released.take_all());
  const Segment* found = core.segment_of(segment);
  if (found == nullptr || found->is_retired) {
    return internal_status("a block was asked of segment " + std::to_string(segment) +
                           ", which is retired or was never added");
  }
  if (!core.fits(bytes, spare)) return core.full_status();
  // Near the quota a block of a class would be too much: then one of just the pages asked for.
  const bool has_class = core.fits(class_bytes(bytes), spare);
  const std::uint64_t size = has_class ? class_bytes(bytes) : page_bytes(bytes);
  if (Record* recycled = core.free_blocks.pop(segment, size)) {
    if (recycled->lease != 0) ++core.stats.blocks_recycled;
    return core.lend(recycled);
  }
  Record* record = core.take_unused();
  if (Status status = core.add_block(segment, size, record); status.is_failure()) {
    core.put_unused(record);
    return status;
  }
  return core.lend(record);
}

std::uint64_t Arena::class_bytes(std::uint64_t bytes) noexcept {
  return core::class_bytes(bytes);
}

bool Arena::is_full(std::uint64_t bytes, std::uint64_t spare) {
  core_->take_in(core_->released.take_all());
  return !core_->fits(bytes, spare);
}

std::size_t Arena::collect() noexcept {
  // Why in this order: a block pushed in between leaves the event readable, never the other way.
  drain_event(core_->released_event);
  return core_->take_in(core_->released.take_all());
}

ArenaStats Arena::stats() {
  core_->take_in(core_->released.take_all());
  return core_->stats;
}

const Descriptor& Arena::released_event() const noexcept {
  return core_->released_event;
}

void Arena::close() noexcept {
  core_->take_in(core_->released.close());
  for (SegmentId id = 0; id < core_->segments.size(); ++id) {
    Segment* segment = core_->segment_of(id);
    if (segment == nullptr || segment->is_retired) continue;
    segment->is_retired = true;
    core_->empty_retired(id);
  }
}

bool Arena::has_to_grow(SegmentId segment, std::uint64_t bytes) {
  core_->take_in(core_->released.take_all());
  return !core_->free_blocks.has(segment, class_bytes(bytes));
}

void Arena::begin_write(const Block& block) noexcept {
  core_->writing.fetch_add(block.bytes, std::memory_order_relaxed);
}

// Why signalled although release() does so: whoever then asked saw this write still going on.
void Arena::end_write(std::uint64_t bytes) noexcept {
  core_->writing.fetch_sub(bytes, std::memory_order_release);
  signal_event(core_->released_event);
}

std::uint64_t Arena::bytes_being_written() const noexcept {
  return core_->writing.load(std::memory_order_acquire);
}

void Arena::await_release() noexcept {
  await_event(core_->released_event);
  collect();
}

void Arena::release(Block* block) noexcept {
  if (block == nullptr) return;
  auto* record = static_cast<Record*>(block);
  const bool was_lent = record->is_lent.exchange(false, std::memory_order_acq_rel);
  assert(was_lent && "a block was released twice");
  if (!was_lent) return;
  switch (core_->released.push(block)) {
    case ReleaseList::Pushed::first:
      signal_event(core_->released_event);
      return;
    case ReleaseList::Pushed::more:
      return;
    case ReleaseList::Pushed::closed:
      core_->release_for_good(record);
      return;
  }
}

}  // namespace forebay::core
