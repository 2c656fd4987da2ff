// Where a bgzf file can be split: its blocks are walked by their lengths, nothing is inflated. So
// no place is taken for a block's begin because it looks like one, and every split knows its
// decoded offset before it is read.
#include <algorithm>

#include "child/worker.hpp"

namespace forebay::core {
namespace {

constexpr std::size_t kStep = 256U << 10U;

// Collects marks, one for each `step` decoded bytes or more.
class Marks {
 public:
  Marks(wire::Mapped* out, wire::Mark begin, std::uint64_t step) noexcept
      : out_(*out), last_(begin), step_(step) {
    out_.next = begin;
  }
  // Another block ends here. Whether a mark was set.
  bool take(std::uint64_t file_offset, std::uint32_t decoded) noexcept {
    out_.next.file_offset = file_offset;
    out_.next.offset += decoded;
    const bool is_due = out_.next.offset - last_.offset >= step_;
    if (is_due) mark();
    return is_due;
  }
  // No block follows, or none that can be read.
  void end() noexcept {
    if (out_.next.offset != last_.offset) mark();
  }
  [[nodiscard]] bool is_full() const noexcept { return out_.marks_used == wire::kMaxMarks; }

 private:
  void mark() noexcept {
    last_ = out_.next;
    out_.marks[out_.marks_used++] = last_;
  }

  wire::Mapped& out_;
  wire::Mark last_;
  std::uint64_t step_;
};

// OK at the file's end, FOREBAY_AGAIN when there is more to map, or the fault in the way.
Status walk(const ChildTask& task, Marks& marks) {
  codec::BgzfBlocks blocks(task.message.block_begin);
  std::vector<char> buffer(kStep);
  std::uint64_t offset = task.message.block_begin;
  const std::uint64_t size = task.message.source_bytes;
  while (offset < size) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kStep, size - offset));
    FOREBAY_TRY_ASSIGN(const std::size_t got,
                       read_range(task.source, offset, std::span(buffer).first(wanted)));
    if (got < wanted) return shorter_than_before();
    offset += got;
    auto rest = std::as_bytes(std::span(buffer).first(got));
    for (;;) {
      FOREBAY_TRY_ASSIGN(const auto block, blocks.take(&rest));
      if (!block) break;
      // Why only at a mark: the next map begins there.
      if (marks.take(blocks.offset(), block->decoded) &&
          (marks.is_full() || blocks.offset() >= task.message.block_end))
        return Status::news(FOREBAY_AGAIN);
    }
  }
  return blocks.finish();
}

}  // namespace

Status Worker::serve_map(ChildTask& task) {
  wire::Mapped mapped{};
  mapped.task = task.message.task;
  Marks marks(&mapped, {task.message.block_begin, task.message.block_base},
              session_->config().split_bytes);
  Status status = walk(task, marks);
  if (status.code() == FOREBAY_AGAIN) return session_->send(mapped);
  marks.end();
  mapped.at_end = status.is_ok() ? 1 : 0;
  FOREBAY_TRY(session_->send(mapped));
  return status;
}

}  // namespace forebay::core
