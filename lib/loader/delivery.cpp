// Rows in order: takes what children published from the head of the line and makes arrays of it.
#include <algorithm>

#include "loader/coordinator.hpp"

namespace forebay::core {

LoadTask* Loader::Core::head_task() const {
  if (head_ >= sources_.size() || sources_[head_]->tasks.empty()) return nullptr;
  return sources_[head_]->tasks.front().get();
}

Status Loader::Core::deliver(Array** out) {
  while (head_ < sources_.size()) {
    Source& source = *sources_[head_];
    Status status = deliver_from(source, out);
    if (status.code() != FOREBAY_END) return status;
    if (source.failure.is_failure()) return source.failure.clone().at_source(source.index);
  }
  return Status::news(FOREBAY_END);
}

// FOREBAY_END: the source is finished and the head of the line has moved on.
Status Loader::Core::deliver_from(Source& source, Array** out) {
  while (!source.tasks.empty()) {
    LoadTask& task = *source.tasks.front();
    if (!task.pieces.empty()) {
      Piece& piece = task.pieces.front();
      if (!piece.is_allowed && !has_budget(source, piece.counts)) {
        begin_anew(source);
        return Status::news(FOREBAY_AGAIN);
      }
      piece.is_allowed = true;
      if (is_stored_already(source, piece)) {
        finish_piece(source, task);
        continue;
      }
      Status status = deliver_piece(source, task, out);
      // OK without an array: the piece went into the one being joined.
      if (status.is_ok() && *out == nullptr) continue;
      return status;
    }
    if (task.state != LoadTask::State::ended) return Status::news(FOREBAY_AGAIN);
    const bool is_inexact = task.is_over_budget && !is_exact(source, task);
    if (is_inexact || !has_budget(source, task.rejects.tail)) {
      begin_anew(source);
      return Status::news(FOREBAY_AGAIN);
    }
    take_rejects(source, task, std::exchange(task.rejects.tail, {}));
    if (task.end_offset != 0) source.note(0, task.end_offset, task.end_line, task.end_crc);
    if (task.must_fail && task.failure.is_ok())
      task.failure =
          Status(FOREBAY_E_TRUNCATED, source.path +
                                          ": the file changed while it was being read; load it "
                                          "again once nothing writes it")
              .at_path(source.path);
    if (task.failure.is_failure()) {
      source.failure = std::move(task.failure);
      task.failure = Status();
      drop_tasks(source, 0);
      break;
    }
    line_moved_ = true;
    source.bytes_ended += task.input_bytes;
    source.tasks.pop_front();
    if (source.composed > 0) --source.composed;
  }
  if (!source.all_created) return Status::news(FOREBAY_AGAIN);
  if (assembly_ != nullptr) {
    Block* block = std::exchange(assembly_, nullptr);
    return hand_out(source, block, assembly_rows_, assembly_first_, out);
  }
  const bool fails_late = source.late_failure.is_failure() && !source.is_cut_short;
  if (fails_late && source.failure.is_ok()) source.failure = std::move(source.late_failure);
  const bool lacks_stored = source.place.rows < source.next_delivered() && !source.is_limited();
  if (source.failure.is_ok() && lacks_stored)
    source.failure = source.changed("ends before what was read of it");
  finish_source(source);
  return Status::news(FOREBAY_END);
}

// Whether nothing can follow the task's first piece, so that it need not be joined with anything.
bool Loader::Core::is_last_piece(const Source& source, const LoadTask& task) const {
  return task.pieces.size() == 1 && task.state == LoadTask::State::ended &&
         (task.failure.is_failure() || (source.all_created && source.tasks.size() == 1));
}

// All rows of the first piece were taken. Why its rejects count only now: what is recorded of a
// source is then true of one place, although an array may end inside a piece.
void Loader::Core::pop_piece(Source& source, LoadTask& task) {
  const Piece& piece = task.pieces.front();
  take_rejects(source, task, piece.counts);
  count_truncated(source, piece);
  source.note(piece.rows, piece.next_offset, piece.next_line, piece.crc);
  task.delivered = {piece.next_offset, piece.next_line,
                    task.delivered.record + piece.rows + piece.counts.skipped, 0};
  task.pieces.pop_front();
}

void Loader::Core::finish_piece(Source& source, LoadTask& task) {
  arena_->release(task.pieces.front().block);
  pop_piece(source, task);
  line_moved_ = true;
}

// Passes over rows that an earlier load has delivered out of a piece. True: these are all.
bool Loader::Core::is_stored_already(const Source& source, Piece& piece) {
  if (assembly_ != nullptr || source.place.rows >= source.next_delivered()) return false;
  piece.taken = std::min(piece.rows, source.next_delivered() - source.place.rows);
  return piece.taken == piece.rows;
}

Status Loader::Core::deliver_piece(Source& source, LoadTask& task, Array** out) {
  const Piece piece = task.pieces.front();
  const bool fills_array = piece.rows == block_rows_ || is_last_piece(source, task);
  const bool begins_array =
      assembly_ == nullptr && piece.taken == 0 && source.next_delivered() % block_rows_ == 0;
  const bool is_whole = piece.taken == 0;
  if ((is_grid_ && is_whole) || (begins_array && fills_array)) {
    pop_piece(source, task);
    return hand_out(source, piece.block, piece.rows, source.next_delivered(), out);
  }
  // A short piece may turn out to be the last one: then it is an array as it is.
  const bool may_be_last =
      begins_array && task.pieces.size() == 1 && task.state != LoadTask::State::ended;
  if (may_be_last) return Status::news(FOREBAY_AGAIN);
  return assemble(source, task, out);
}

// Why here and not where rows are published: rows behind a fault are dropped, and how many of them
// there are depends on the number of children.
void Loader::Core::count_truncated(Source& source, const Piece& piece) {
  source.fields_truncated += piece.truncated;
  fields_truncated_ += piece.truncated;
}

// Copies of the first piece what goes into the array being joined. Why a block of our own: a child
// could still write to a block of its segment, and must reach no rows but its own.
Status Loader::Core::assemble(Source& source, LoadTask& task, Array** out) {
  if (assembly_ == nullptr) {
    auto block = arena_->lease(own_segment_, block_bytes_);
    if (!block.is_ok())
      return block.code() == FOREBAY_E_FULL ? full_status() : std::move(block).status();
    assembly_ = *block;
    assembly_rows_ = 0;
    assembly_first_ = source.next_delivered();
  }
  Piece& piece = task.pieces.front();
  const std::uint64_t room = block_rows_ - (assembly_first_ + assembly_rows_) % block_rows_;
  const std::uint64_t rows = std::min(piece.rows - piece.taken, room);
  copy_rows(*dtype_, {piece.block->data, &places_, piece.taken},
            {assembly_->data, &places_, assembly_rows_}, rows);
  assembly_rows_ += rows;
  bytes_copied_ += rows * dtype_->row_bytes();
  piece.taken += rows;
  if (piece.taken == piece.rows) finish_piece(source, task);
  if (rows < room && !is_grid_) return Status::ok();
  Block* block = std::exchange(assembly_, nullptr);
  return hand_out(source, block, assembly_rows_, assembly_first_, out);
}

Status Loader::Core::hand_out(Source& source, Block* block, std::uint64_t rows,
                              std::uint64_t first_row, Array** out) {
  auto made = Array::make(arena_, block, dtype_, layout_, block_rows_, rows);
  if (!made.is_ok()) {
    arena_->release(block);
    return std::move(made).status();
  }
  Array* array = *made;
  array->source = source.index;
  array->first_row = first_row;
  source.rows_delivered += rows;
  array->provenance = source.provenance();
  *out = array;
  return Status::ok();
}

void Loader::Core::finish_source(Source& source) {
  if (source.failure.is_failure()) ++failed_;
  if (!source.rows_known) {
    source.next_row = source.next_delivered() + source.counts.skipped;
    source.rows_known = true;
  }
  source.is_finished = true;
  skipped_finished_ += source.skipped_now();
  line_moved_ = true;
  source.file.reset();
  bytes_finished_ += source.listed_bytes;
  ++head_;
  if (frontier_ < head_) frontier_ = head_;
}

}  // namespace forebay::core
