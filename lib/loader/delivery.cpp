// Rows in order: takes what children published from the head of the line, or in order any from the
// front of each source, and makes arrays of it.
#include "loader/coordinator.hpp"

namespace forebay::core {

LoadTask* Loader::Core::head_task() const {
  if (head_ >= sources_.size() || sources_[head_]->tasks.empty()) return nullptr;
  return sources_[head_]->tasks.front().get();
}

Status Loader::Core::deliver(Array** out) {
  Status status = Status::news(FOREBAY_AGAIN);
  for (std::size_t i = head_; i < active_end(); ++i) {
    Source& source = *sources_[i];
    if (source.is_finished) continue;
    Status found = deliver_from(source, out);
    if (found.code() == FOREBAY_END) {
      if (source.failure.is_failure()) return source.failure.clone().at_source(source.index);
      continue;
    }
    if (!is_any_order()) return found;
    // The lead's want of memory is told only if no other source has an array.
    const bool is_waiting = found.code() == FOREBAY_AGAIN || found.code() == FOREBAY_E_FULL;
    if (!is_waiting) return found;
    if (found.is_failure() && i == head_) status = std::move(found);
  }
  if (head_ >= sources_.size()) return Status::news(FOREBAY_END);
  return status;
}

// FOREBAY_END: the source is finished.
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
      // A source that cannot be one array has failed, and its tasks are gone.
      if (source.failure.is_failure()) break;
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
  if (source.assembly.block != nullptr) return hand_out_assembly(source, out);
  const bool is_read_whole = source.failure.is_ok() && source.end_status.is_ok();
  const bool fails_late = source.late_failure.is_failure() && !source.is_cut_short;
  if (fails_late && is_read_whole) source.failure = std::move(source.late_failure);
  const bool lacks_stored = source.place.rows < source.next_delivered() && !source.is_limited();
  if (is_read_whole && source.failure.is_ok() && lacks_stored)
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
  if (source.assembly.block != nullptr || source.place.rows >= source.next_delivered())
    return false;
  piece.taken = std::min(piece.rows, source.next_delivered() - source.place.rows);
  return piece.taken == piece.rows;
}

Status Loader::Core::deliver_piece(Source& source, LoadTask& task, Array** out) {
  const Piece piece = task.pieces.front();
  const bool is_last = is_last_piece(source, task);
  const bool is_untouched = piece.taken == 0;
  const bool fills_array = (piece.rows == block_rows_ && !is_whole()) || is_last;
  const bool is_boundary =
      is_whole() ? source.rows_delivered == 0 : source.next_delivered() % block_rows_ == 0;
  const bool begins_array = source.assembly.block == nullptr && is_untouched && is_boundary;
  if ((is_grid_ && is_untouched) || (begins_array && fills_array)) {
    pop_piece(source, task);
    FOREBAY_TRY(
        hand_out(source, piece.block, piece.rows, source.next_delivered(), block_rows_, out));
    if (!piece.packed.empty()) (*out)->packed = {form_, piece.packed};
    return Status::ok();
  }
  // A short piece may turn out to be the last one: then it is an array as it is.
  const bool may_be_last =
      piece.rows < block_rows_ && begins_array && task.pieces.size() == 1 &&
      (task.state != LoadTask::State::ended || (is_whole() && source.tasks.size() == 1));
  if (may_be_last) return Status::news(FOREBAY_AGAIN);
  return assemble(source, task, out);
}

// Why here and not where rows are published: rows behind a fault are dropped, and how many of them
// there are depends on the number of children.
void Loader::Core::count_truncated(Source& source, const Piece& piece) {
  source.fields_truncated += piece.truncated;
  fields_truncated_ += piece.truncated;
}

Status Loader::Core::hand_out_assembly(Source& source, Array** out) {
  const Assembly done = std::exchange(source.assembly, {});
  return hand_out(source, done.block, done.rows, done.first_row, done.capacity, out);
}

Status Loader::Core::hand_out(Source& source, Block* block, std::uint64_t rows,
                              std::uint64_t first_row, std::uint64_t capacity, Array** out) {
  auto made = Array::make(arena_, block, dtype_, layout_, capacity, rows);
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
  if (source.failure.is_ok()) source.failure = std::move(source.end_status);
  source.end_status = Status();
  if (source.failure.is_failure()) ++failed_;
  if (!source.rows_known) {
    source.next_row = source.next_delivered() + source.counts.skipped;
    source.rows_known = true;
  }
  source.is_finished = true;
  ++finished_;
  line_moved_ = true;
  source.file.reset();
  bytes_finished_ += source.is_sequential ? source.bytes_ended : source.listed_bytes;
  while (head_ < sources_.size() && sources_[head_]->is_finished)
    skipped_finished_ += sources_[head_++]->skipped_now();
  if (frontier_ < head_) frontier_ = head_;
}

}  // namespace forebay::core
