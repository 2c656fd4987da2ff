// Chunks that children have packed: what they say of them is checked here. What the packed bytes
// decode to is theirs to answer for, as the rows are.
#include <algorithm>

#include "loader/coordinator.hpp"

namespace forebay::core {
namespace {

Status breach(const char* what) {
  return {FOREBAY_E_PROTOCOL, what};
}

}  // namespace

std::size_t Loader::Core::chunks_of_block() const {
  return layout_ == Layout::columns ? dtype_->fields().size() : 1;
}

std::uint64_t Loader::Core::chunk_bytes(std::size_t index) const {
  const std::uint64_t row_bytes =
      layout_ == Layout::columns ? dtype_->fields()[index].bytes() : dtype_->row_bytes();
  return block_rows_ * row_bytes;
}

Status Loader::Core::handle_packed(ChildLink& child, const wire::Packed& message) {
  LoadTask* task = !child.tasks.empty() && child.tasks.front()->id == message.task
                       ? child.tasks.front()
                       : nullptr;
  if (task == nullptr || form_ == nullptr) return breach("packed a block that nobody wants packed");
  const bool is_lent = std::any_of(task->lent.begin(), task->lent.end(), [&](const Block* block) {
    return block->lease == message.lease;
  });
  const bool is_next = message.first == task->packed.size() &&
                       (message.first == 0 || message.lease == task->packed_lease);
  const std::size_t chunks = chunks_of_block();
  if (!is_lent || !is_next || message.count == 0 || message.count > wire::kMaxPacked ||
      message.count > chunks - message.first) {
    return breach("packed a block that it was not lent, or chunks that are none");
  }
  task->packed_lease = message.lease;
  for (std::uint32_t i = 0; i < message.count; ++i) {
    const PackedChunk& chunk = message.chunks[i];
    if (chunk.bytes > chunk_bytes(message.first + i) ||
        (chunk.skipped & ~form_->filters.skip_all()) != 0) {
      return breach("packed a chunk into more than it was");
    }
    task->packed.push_back(chunk);
  }
  return Status::ok();
}

bool Loader::Core::may_be_packed(const LoadTask& task, const wire::Publish& message) const {
  return task.packed.empty() ||
         (task.packed_lease == message.lease && task.packed.size() == chunks_of_block() &&
          message.rows == block_rows_);
}

}  // namespace forebay::core
