// Compressed text that one child decodes and all parse: which child decodes, when, and what the
// others do meanwhile.
//
// Invariant: as long as a source is decoded, some child has no task of a later source: the one that
// decodes it takes none, and while nobody does all slots are taken by texts, whose children get
// nothing else before these end. So there is always a child for the next step or the next text,
// whatever the others wait for. A ring is leased like any block that is not for the head of the
// line, so the quota is just smaller as long as it is there.
#include <algorithm>

#include "loader/coordinator.hpp"

namespace forebay::core {
namespace {

// Blocks that must be left of the quota beside all rings; as many as a loader needs at the least.
constexpr std::uint64_t kLeastBlocks = 4;
// A slot is as large as a split, or as the quota allows, but not less than this.
constexpr std::uint64_t kLeastSlot = 64U << 10U;
// Bytes that rows take in memory, for each byte of text, where it is not known: mostly less.
constexpr std::uint64_t kRowsExpansion = 2;

}  // namespace

// 0: one child decodes and parses. The same for all sources of a load.
std::uint64_t Loader::Core::slot_bytes() const noexcept {
  if (!options_.inflates_apart || children_.size() < 2 || is_any_order()) return 0;
  const std::uint64_t kept =
      std::max(kLeastBlocks * block_bytes_, options_.memory_bytes - options_.memory_bytes / 4);
  std::uint64_t most = options_.memory_bytes - std::min(options_.memory_bytes, kept);
  // An array of a whole source may take all but the budget for pieces.
  if (is_whole()) most = std::min(most, piece_budget() - 2 * block_bytes_);
  // What is leased is a whole class.
  const std::uint64_t bytes = std::min(options_.split_bytes, most / 5 * 4 / slots());
  return bytes < std::min(kLeastSlot, options_.split_bytes) ? 0 : bytes;
}

std::uint64_t Loader::Core::rings() const {
  std::erase_if(rings_, [](const auto& ring) { return ring.expired(); });
  return rings_.size();
}

std::uint64_t Loader::Core::ring_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& ring : rings_) {
    if (const auto there = ring.lock()) bytes += there->bytes();
  }
  return bytes;
}

// Whether the source can go on. One that is not the lead can wait for room; the lead cannot.
bool Loader::Core::make_ring(Source& source) {
  if (!source.wants_ring(geometry(source))) return true;
  const std::uint64_t bytes = Arena::class_bytes(slots() * slot_bytes());
  const std::uint64_t others = ring_bytes();
  const std::uint64_t most = options_.memory_bytes - kLeastBlocks * block_bytes_;
  const bool is_within =
      bytes + others <= std::max(bytes, options_.memory_bytes / 4) && bytes + others <= most &&
      (!is_whole() || piece_bytes() + bytes + 2 * block_bytes_ <= piece_budget());
  if (is_within) {
    auto ring = TextRing::lease(arena_, slots(), slot_bytes(), spare_for_others());
    if (ring.is_ok()) {
      source.ring = std::move(ring).value();
      rings_.emplace_back(source.ring);
      return true;
    }
  }
  source.is_rest_streamed = source.index == head_;
  return source.is_rest_streamed;
}

Status Loader::Core::handle_inflated(ChildLink& child, const wire::Inflated& message) {
  LoadTask* task = child.current(message.task);
  if (task == nullptr || task->kind != wire::TaskKind::inflate)
    return breach("decoded text that it was not asked for");
  if (task->is_dropped) return Status::ok();
  return task->source->take_inflated(*task, message);
}

// Sends the memory ahead of the task, and says where in it the text goes or stands.
void Loader::Core::place_text(const LoadTask& task, ChildLink& child, wire::Task& message) {
  const TextRing& ring = *task.slot.ring();
  const bool is_step = task.kind == wire::TaskKind::inflate;
  message.block_begin = task.slot.offset();
  if (is_step) {
    message.block_end = message.block_begin + ring.slot_bytes();
    child.inflating = task.source->index;
  } else {
    message.block_begin += task.begin - task.slot_begin;
  }
  (void)child.send(wire::TextMemory{}, is_step ? ring.writable() : ring.read_only());
}

// Whether it has the decoder of a source that is not decoded to its end.
bool Loader::Core::is_decoding(const ChildLink& child) const {
  return child.inflating != kNoSource && sources_[child.inflating]->ring;
}

// The child that can go on decoding where it stopped.
ChildLink* Loader::Core::inflater_of(const Source& source) const {
  for (const auto& slot : children_) {
    if (slot && !slot->is_closed && slot->inflating == source.index) return slot.get();
  }
  return nullptr;
}

// Whether the child must not have the task: it decodes an earlier source, or another one decodes
// this.
bool Loader::Core::is_kept_back(const ChildLink& child, const LoadTask& task) const {
  const std::uint32_t own = child.inflating;
  if (own < task.source->index && is_decoding(child)) return true;
  if (task.kind != wire::TaskKind::inflate || own == task.source->index) return false;
  return inflater_of(*task.source) != nullptr;
}

// The child that decodes what is in turn goes on with it while there is room, so that the others
// have text to parse; when there is none it parses, too.
void Loader::Core::assign_step() {
  if (frontier_ >= sources_.size()) return;
  Source& source = *sources_[frontier_];
  if (!source.ring || source.is_stepping) return;
  const ChildLink* child = inflater_of(source);
  const auto slot = std::find_if(children_.begin(), children_.end(),
                                 [&](const auto& entry) { return entry.get() == child; });
  if (child == nullptr || !child->tasks.empty()) return;
  if (LoadTask* task = create_task(source)) (void)assign(*task, &*slot);
}

// Children that the source in turn has nothing for at this moment, since it is being decoded, go on
// with those behind it.
void Loader::Core::assign_ahead() {
  for (auto& slot : children_) {
    if (slot && (slot->is_closed || !slot->tasks.empty())) continue;
    LoadTask* task = nullptr;
    do {
      task = task_ahead(slot.get());
      // No child for it: the source has failed.
    } while (task != nullptr && !assign(*task, &slot));
  }
}

LoadTask* Loader::Core::task_ahead(const ChildLink* child) {
  for (std::size_t i = frontier_; i < sources_.size() && i <= frontier_ + children_.size(); ++i) {
    Source& source = *sources_[i];
    if (i > frontier_) {
      reach_ = std::max(reach_, i + 1);
      LoadTask* task = task_ahead_of(source, child);
      if (task != nullptr) return task;
    }
    const bool is_passable = source.all_created ? i > frontier_ : source.ring != nullptr;
    if (!is_passable) return nullptr;
  }
  return nullptr;
}

LoadTask* Loader::Core::task_ahead_of(Source& source, const ChildLink* child) {
  const auto suits = [&](LoadTask* task) {
    return task != nullptr && (child == nullptr || !is_kept_back(*child, *task)) &&
           has_room_for(*task);
  };
  for (const auto& task : source.tasks) {
    if (task->state == LoadTask::State::queued && suits(task.get())) return task.get();
  }
  if (source.first_queued() != nullptr) return nullptr;
  LoadTask* task = create_task(source);
  return suits(task) ? task : nullptr;
}

// Whether the quota has room for all that the task may fill, so that its child will not wait with
// it for the sources before.
bool Loader::Core::has_room_for(const LoadTask& task) {
  const bool fills =
      task.is_part() || task.kind == wire::TaskKind::stream || task.kind == wire::TaskKind::rows;
  if (!fills) return true;
  std::uint64_t bytes = (task.end - task.begin) * kRowsExpansion;
  if (task.rows != kUnknownRows) {
    const auto exact = checked_mul(task.rows, dtype_->row_bytes());
    if (!exact) return false;
    bytes = *exact;
  } else if (task.end - task.begin > options_.split_bytes) {
    return false;
  }
  bytes = (divide_up(bytes, block_bytes_) + 1) * block_bytes_;
  const std::uint64_t spare = spare_for_others();
  if (is_whole() && piece_bytes() + bytes + spare > piece_budget()) return false;
  return !arena_->is_full(bytes, spare);
}

}  // namespace forebay::core
