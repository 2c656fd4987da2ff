// Children that died, hang or were ended: their tasks go on with a fresh child, or their source
// fails.
#include <algorithm>

#include "loader/coordinator.hpp"

namespace forebay::core {
namespace {

constexpr std::uint64_t kNsPerMs = 1'000'000;
// How long a child may live on after it closed its socket.
constexpr std::uint64_t kExitGraceMs = 2'000;

// More packets than a socket can hold. Why bounded: a process that a child left behind may go on
// sending.
constexpr std::size_t kMostSaidBeforeDeath = 16'384;

std::string seconds_text(std::uint32_t milliseconds) {
  return milliseconds % 1000 == 0 ? std::to_string(milliseconds / 1000) + " s"
                                  : std::to_string(milliseconds) + " ms";
}

std::uint64_t patience_ms(const ChildLink& child, const LoaderOptions& options) noexcept {
  if (child.is_closed) return kExitGraceMs;
  return child.has_greeted ? options.progress_timeout_ms : options.start_timeout_ms;
}

}  // namespace

// Called after the sockets were drained: what was said in time counts.
void Loader::Core::judge_deadlines() {
  const std::uint64_t now = monotonic_ns();
  std::uint64_t earliest = 0;
  judge_children(now, &earliest);
  judge_whole(now, &earliest);
  if (earliest != 0 && (timer_at_ns_ == 0 || earliest < timer_at_ns_)) {
    timer_at_ns_ = earliest;
    (void)set_timer(timer_, (earliest - now) / kNsPerMs + 1);
  } else if (timer_at_ns_ != 0 && now >= timer_at_ns_) {
    timer_at_ns_ = earliest;
    drain_event(timer_);
    (void)set_timer(timer_, earliest == 0 ? 0 : (earliest - now) / kNsPerMs + 1);
  }
}

// `earliest`: the first deadline to come, 0 if there is none.
void Loader::Core::judge_children(std::uint64_t now, std::uint64_t* earliest) {
  for (auto& slot : children_) {
    if (!slot || (!slot->is_closed && !slot->owes_message())) continue;
    ChildLink& child = *slot;
    const std::uint64_t patience = patience_ms(child, options_);
    const std::uint64_t deadline = child.last_heard_ns + patience * kNsPerMs;
    if (now >= deadline) {
      const char* what = child.has_greeted ? "made no progress for " : "did not start within ";
      child.condemn({FOREBAY_E_TIMEOUT, what + seconds_text(static_cast<std::uint32_t>(patience))});
      child.last_heard_ns = now;
    } else if (*earliest == 0 || deadline < *earliest) {
      *earliest = deadline;
    }
  }
}

// The deadline of the whole load.
void Loader::Core::judge_whole(std::uint64_t now, std::uint64_t* earliest) {
  if (options_.total_timeout_ms == 0) return;
  const std::uint64_t deadline = begun_ns_ + options_.total_timeout_ms * kNsPerMs;
  if (now < deadline) {
    if (*earliest == 0 || deadline < *earliest) *earliest = deadline;
    return;
  }
  fail_unfinished();
}

Status Loader::Core::time_is_up(const Source& source) const {
  return Status(FOREBAY_E_TIMEOUT, source.path + ": not read to its end within the " +
                                       seconds_text(options_.total_timeout_ms) +
                                       " that the whole load may take; raise total_timeout_ms")
      .at_path(source.path);
}

// Every source that is not finished ends here, and the work of the children with it.
void Loader::Core::fail_unfinished() {
  for (std::size_t i = head_; i < sources_.size(); ++i) {
    Source& source = *sources_[i];
    if (source.is_finished || source.failure.is_failure() || source.is_out_of_time) continue;
    source.is_out_of_time = true;
    end_source(source, time_is_up(source));
  }
  for (auto& slot : children_) {
    if (!slot) continue;
    slot->process.kill();
    slot->process.reap();
    for (LoadTask* task : slot->tasks) requeue(*task);
    arena_->retire_segment(slot->segment);
    slot.reset();
  }
}

// Tasks that have ended before the first gap keep their rows; the failure comes behind them.
void Loader::Core::end_source(Source& source, Status why) {
  std::size_t whole = 0;
  while (whole < source.tasks.size() && source.tasks[whole]->state == LoadTask::State::ended &&
         source.tasks[whole]->failure.is_ok()) {
    ++whole;
  }
  const bool is_all = source.all_created && source.rows_known;
  source.all_created = true;
  if (whole == source.tasks.size() && is_all) return;
  drop_tasks(source, whole);
  source.end_status = std::move(why);
}

void Loader::Core::bury_children() {
  for (auto& slot : children_) {
    if (slot) bury(&slot);
  }
}

void Loader::Core::bury(std::unique_ptr<ChildLink>* slot) {
  ChildLink& child = **slot;
  const std::optional<ChildExit> exit = child.process.try_reap();
  if (!exit) return;
  // What it said before it died still counts.
  if (!child.is_closed) drain(child, kMostSaidBeforeDeath);
  child.stop_listening();
  const bool was_at_work = !child.tasks.empty();
  if (was_at_work) {
    LoadTask& task = *child.tasks.front();
    Source& source = *task.source;
    // What a child has taken from a pipe is gone with it.
    const bool is_lost = source.is_sequential && child.has_greeted;
    if (!task.is_dropped && (++source.deaths > options_.retries || is_lost))
      task.failure = death_status(child, *exit, source);
  }
  for (LoadTask* task : child.tasks) requeue(*task);
  arena_->retire_segment(child.segment);
  slot->reset();
  if (was_at_work) ++restarts_;
}

// The child is gone, so its blocks are safe to take back.
void Loader::Core::requeue(LoadTask& task) {
  for (Block* block : task.lent) arena_->release(block);
  task.lent.clear();
  task.packed.clear();
  task.wants_block = false;
  task.awaits_input = false;
  task.child = nullptr;
  if (task.is_dropped) {
    std::erase_if(dropped_, [&](const auto& entry) { return entry.get() == &task; });
    return;
  }
  if (task.kind == wire::TaskKind::map && (task.failure.is_failure() || task.has_mapped))
    return task.source->end_map(task);
  if (task.kind == wire::TaskKind::inflate && (task.failure.is_failure() || task.inflation))
    return task.source->end_step(task);
  // Comments behind the last row are still to be read: what was consumed must be known whole.
  const bool is_complete = task.rows != kUnknownRows && task.has_place() &&
                           task.settled() == task.rows && task.next_offset >= task.end;
  if (task.failure.is_failure() || is_complete) {
    task.state = LoadTask::State::ended;
    if (task.is_prelude()) task.source->all_created = true;
    task.slot.reset();
    return;
  }
  task.state = LoadTask::State::queued;
  task.id = 0;
  if (task.kind != wire::TaskKind::text) task.report.reset();
  task.go_sent = false;
  task.ended_inside_cut = false;
  const std::uint64_t settled = task.settled();
  task.rejects.begin_again();
  if (task.published == 0) return;
  // Published rows are not delivered twice: the task goes on behind them.
  const bool is_range = task.is_part() || task.kind == wire::TaskKind::rows;
  task.source->bytes_ended += is_range ? task.file_bytes(task.next_offset - task.begin) : 0;
  task.input_bytes = 0;
  task.begin = task.next_offset;
  task.line = task.next_line;
  task.scan_state = 0;
  task.first_row += settled;
  if (task.rows != kUnknownRows) task.rows -= settled;
  task.published = 0;
}

Status Loader::Core::death_status(ChildLink& child, const ChildExit& exit,
                                  const Source& source) const {
  const std::string who = source.path + ": the child process reading it (pid " +
                          std::to_string(child.process.pid()) + ") ";
  std::string tries;
  if (source.deaths > options_.retries && options_.retries > 0)
    tries = ", as did " + std::to_string(options_.retries) + " before it";
  if (source.deaths <= options_.retries)
    tries = "; what it had read of a stream cannot be read again, so it was not tried again";
  if (child.verdict.is_failure()) {
    return Status(child.verdict.code(), who + child.verdict.message() + " and was ended" + tries)
        .at_path(source.path);
  }
  const char* advice = exit.known && exit.signal == 9 ? "; it may have been short of memory" : "";
  return Status(FOREBAY_E_CHILD, who + exit.text() + tries + advice).at_path(source.path);
}

// Gives up the tasks of a source from index `from` on.
void Loader::Core::drop_tasks(Source& source, std::size_t from) {
  while (source.tasks.size() > from) {
    std::unique_ptr<LoadTask> task = std::move(source.tasks.back());
    source.tasks.pop_back();
    source.composed = std::min(source.composed, source.tasks.size());
    for (const Piece& piece : task->pieces) arena_->release(piece.block);
    task->pieces.clear();
    if (task->state != LoadTask::State::assigned) continue;
    task->is_dropped = true;
    wire::Drop message{};
    message.task = task->id;
    ChildLink& child = *task->child;
    dropped_.push_back(std::move(task));
    (void)child.send(message);
  }
  source.end_inflation();
}

}  // namespace forebay::core
