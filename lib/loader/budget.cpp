// Bad rows: how many a child may pass over, what the ledger takes, and the exact row at which a
// source has too many.
//
// Splits are parsed before it is known how many rejects the ones before them have. A child is given
// what is left of the budget as far as is known then, which may be too much. So a stretch that
// turns out to exceed the budget when its turn comes is parsed once more, with what is really left:
// the rows before the fault, and the fault, are the same for any number of children.
#include <algorithm>

#include "loader/coordinator.hpp"

namespace forebay::core {
namespace {

RejectCounts& operator+=(RejectCounts& sum, const RejectCounts& counts) noexcept {
  sum.rejects += counts.rejects;
  sum.skipped += counts.skipped;
  return sum;
}

// Of pieces that wait, and of the end of the task.
RejectCounts waiting(const LoadTask& task) noexcept {
  RejectCounts sum = task.rejects.tail;
  for (const Piece& piece : task.pieces) sum += piece.counts;
  return sum;
}

}  // namespace

// What is known of the records of the source before the task, as it is begun now.
RejectCounts Loader::Core::known_before(const LoadTask& task) const {
  RejectCounts sum = task.source->counts;
  for (const auto& earlier : task.source->tasks) {
    sum += waiting(*earlier);
    if (earlier.get() == &task) break;
  }
  return sum;
}

std::uint64_t Loader::Core::skipped_on_grid(const Source& source) const noexcept {
  if (!is_grid_ || source.grid_offset == kUnknownRows) return 0;
  std::uint64_t skipped = skipped_finished_;
  for (std::size_t i = head_; i < source.index; ++i) {
    skipped += sources_[i]->skipped_now();
    for (const auto& earlier : sources_[i]->tasks) skipped += waiting(*earlier).skipped;
  }
  return skipped;
}

// Called when the task is given its place: sets what its child may reject, and its place among the
// rows that are left.
void Loader::Core::allow_rejects(LoadTask& task) {
  if (!may_skip() || is_custom()) return;
  const RejectCounts known = known_before(task);
  task.shift = known.skipped;
  task.rejects.assumed = known.rejects;
  // Rows of a binary file are taken as they are: its child has nothing to reject.
  if (!is_binary(task.source->format)) {
    task.rejects.limit = ledger_.room(task.source->index);
    task.rejects.budget = options_.max_errors == UINT64_MAX
                              ? wire::kNoBudget
                              : options_.max_errors - std::min(options_.max_errors, known.rejects);
    task.rejects.least_byte = task.begin;
    task.rejects.least_line = std::max<std::uint64_t>(task.line, 1);
  }
  task.shift += skipped_on_grid(*task.source);
}

Status Loader::Core::cover_tail(LoadTask& task, const RejectCounts& counts) {
  if (task.is_dropped) return Status::ok();
  if (!task.rejects.fits(counts)) return breach("miscounted its rejects");
  task.rejects.cover(counts);
  task.rejects.tail = counts;
  return Status::ok();
}

bool Loader::Core::has_budget(const Source& source, const RejectCounts& counts) const {
  return counts.rejects <=
         options_.max_errors - std::min(options_.max_errors, source.counts.rejects);
}

void Loader::Core::take_rejects(Source& source, LoadTask& task, const RejectCounts& counts) {
  ledger_.take(task.rejects.covered, counts.rejects, source.index);
  source.counts += counts;
}

// Whether the budget that the ended task failed by was what was left indeed.
bool Loader::Core::is_exact(const Source& source, const LoadTask& task) const {
  return source.counts.rejects + task.rejects.tail.rejects ==
         task.rejects.assumed + task.rejects.counted;
}

// Begins the first task anew behind what was delivered of it. Nothing after it will be wanted.
void Loader::Core::begin_anew(Source& source) {
  line_moved_ = true;
  if (source.is_out_of_time) {
    drop_tasks(source, 0);
    if (source.end_status.is_ok()) source.end_status = time_is_up(source);
    return;
  }
  const LoadTask& task = *source.tasks.front();
  auto fresh = std::make_unique<LoadTask>();
  fresh->source = &source;
  // Text that was decoded is gone by now; so much of the source is read again from its top.
  const bool is_gone = task.kind == wire::TaskKind::text;
  fresh->kind = is_gone ? wire::TaskKind::stream : wire::TaskKind::split;
  fresh->begin = task.delivered.offset;
  fresh->end = is_gone ? source.size : task.end;
  fresh->block_begin = task.block_begin;
  fresh->block_end = task.block_end;
  fresh->file_share = task.file_share;
  fresh->line = task.delivered.line;
  fresh->scan_state = task.delivered.scan_state;
  fresh->first_row = task.delivered.record;
  if (!is_gone) fresh->rows = task.first_row + task.rows - task.delivered.record;
  fresh->is_composed = true;
  fresh->delivered = task.delivered;
  fresh->must_fail = true;
  drop_tasks(source, 0);
  source.tasks.push_back(std::move(fresh));
  source.composed = 1;
}

// A head of the line that was begun anew may find all children at later tasks, which may need the
// blocks that are kept for it. The child with the latest one gives way; what it published stands.
void Loader::Core::make_way_for_head() {
  LoadTask* head = head_task();
  const bool is_stuck = head != nullptr && head->must_fail &&
                        head->state == LoadTask::State::queued && child_for(*head) == nullptr;
  if (!is_stuck) return;
  std::unique_ptr<ChildLink>* latest = nullptr;
  for (auto& slot : children_) {
    if (!slot) continue;
    if (slot->is_closed) return;  // it will be buried
    if (latest == nullptr ||
        slot->tasks.front()->source->index >= (*latest)->tasks.front()->source->index)
      latest = &slot;
  }
  ChildLink& child = **latest;
  child.process.kill();
  child.process.reap();
  for (LoadTask* task : child.tasks) requeue(*task);
  arena_->retire_segment(child.segment);
  latest->reset();
}

// A stream without a size cannot give way, since nobody can read it twice: it waits for the end of
// those sources before it that may be begun anew.
bool Loader::Core::awaits_exact_place(const Source& source) const {
  if (!source.is_sequential || !may_skip() || options_.max_errors == UINT64_MAX) return false;
  const auto begin = sources_.begin() + static_cast<std::ptrdiff_t>(head_);
  return std::any_of(
      begin, sources_.begin() + static_cast<std::ptrdiff_t>(source.index), [](const auto& earlier) {
        const bool is_stream =
            !earlier->tasks.empty() && earlier->tasks.front()->kind == wire::TaskKind::stream;
        return !earlier->is_finished && !is_stream;
      });
}

Status Loader::Core::source_rejects(std::uint32_t index, SourceRejects* out) const {
  if (index >= sources_.size()) return Status::news(FOREBAY_NONE);
  const Source& source = *sources_[index];
  const RejectCounts before = source.counts_before();
  const std::uint64_t written = source.resume ? source.resume->rejects_written : 0;
  *out = {source.counts.rejects - before.rejects, source.skipped_now(), ledger_.kept_of(index),
          written, before.rejects - std::min(before.rejects, written)};
  return Status::ok();
}

void Loader::Core::mark_rejects_stored(bool with_counts) {
  ledger_.mark_stored();
  counts_stored_ = with_counts;
}

}  // namespace forebay::core
