// Chunks that children have packed: what they say of them is checked here. What the packed bytes
// decode to is theirs to answer for, as the rows are.
#include <algorithm>

#include "loader/coordinator.hpp"

namespace forebay::core {
Status Loader::Core::handle_packed(ChildLink& child, const wire::Packed& message) {
  LoadTask* task = child.current(message.task);
  if (task == nullptr || form_ == nullptr) return breach("packed a block that nobody wants packed");
  const bool is_lent = std::any_of(task->lent.begin(), task->lent.end(), [&](const Block* block) {
    return block->lease == message.lease;
  });
  const bool is_next = message.first == task->packed.size() &&
                       (message.first == 0 || message.lease == task->packed_lease);
  if (!is_lent || !is_next || message.count == 0 || message.count > wire::kMaxPacked ||
      message.count > chunks_.size() - message.first) {
    return breach("packed a block that it was not lent, or chunks that are none");
  }
  task->packed_lease = message.lease;
  for (std::uint32_t i = 0; i < message.count; ++i) {
    const PackedChunk& chunk = message.chunks[i];
    if (chunk.bytes > chunks_[message.first + i].bytes ||
        (chunk.skipped & ~form_->filters.skip_all()) != 0) {
      return breach("packed a chunk into more than it was");
    }
    task->packed.push_back(chunk);
  }
  return Status::ok();
}

bool Loader::Core::may_be_packed(const LoadTask& task, const wire::Publish& message) const {
  return task.packed.empty() ||
         (task.packed_lease == message.lease && task.packed.size() == chunks_.size() &&
          message.rows == block_rows_);
}

}  // namespace forebay::core
