// Children that died, hang or were ended: their tasks go on with a fresh child, or their source
// fails.
#include <algorithm>

#include "loader/coordinator.hpp"

namespace forebay::core {
namespace {

constexpr std::uint64_t kNsPerMs = 1'000'000;
// How long a child may live on after it closed its socket.
constexpr std::uint64_t kExitGraceMs = 2'000;

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
  for (auto& slot : children_) {
    if (!slot || (!slot->is_closed && !slot->owes_message())) continue;
    ChildLink& child = *slot;
    const std::uint64_t patience = patience_ms(child, options_);
    const std::uint64_t deadline = child.last_heard_ns + patience * kNsPerMs;
    if (now >= deadline) {
      const char* what = child.has_greeted ? "made no progress for " : "did not start within ";
      child.condemn({FOREBAY_E_TIMEOUT, what + seconds_text(static_cast<std::uint32_t>(patience))});
      child.last_heard_ns = now;
    } else if (earliest == 0 || deadline < earliest) {
      earliest = deadline;
    }
  }
  if (earliest != 0 && (timer_at_ns_ == 0 || earliest < timer_at_ns_)) {
    timer_at_ns_ = earliest;
    (void)set_timer(timer_, (earliest - now) / kNsPerMs + 1);
  } else if (timer_at_ns_ != 0 && now >= timer_at_ns_) {
    timer_at_ns_ = earliest;
    drain_event(timer_);
    (void)set_timer(timer_, earliest == 0 ? 0 : (earliest - now) / kNsPerMs + 1);
  }
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
  if (!child.is_closed) drain(child);
  child.stop_listening();
  const bool was_at_work = !child.tasks.empty();
  if (was_at_work) {
    LoadTask& task = *child.tasks.front();
    Source& source = *task.source;
    if (!task.is_dropped && ++source.deaths > options_.retries)
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
  task.wants_block = false;
  task.child = nullptr;
  if (task.is_dropped) {
    std::erase_if(dropped_, [&](const auto& entry) { return entry.get() == &task; });
    return;
  }
  if (task.kind == wire::TaskKind::map && (task.failure.is_failure() || task.has_mapped))
    return task.source->end_map(task);
  // Comments behind the last row are still to be read: what was consumed must be known whole.
  const bool is_complete = task.rows != kUnknownRows && task.has_place() &&
                           task.settled() == task.rows && task.next_offset >= task.end;
  if (task.failure.is_failure() || is_complete) {
    task.state = LoadTask::State::ended;
    if (task.is_prelude()) task.source->all_created = true;
    return;
  }
  task.state = LoadTask::State::queued;
  task.id = 0;
  task.report.reset();
  task.go_sent = false;
  task.ended_inside_cut = false;
  const std::uint64_t settled = task.settled();
  task.rejects.begin_again();
  if (task.published == 0) return;
  // Published rows are not delivered twice: the task goes on behind them.
  const bool is_range = task.kind == wire::TaskKind::split || task.kind == wire::TaskKind::rows;
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
  const std::string tries =
      options_.retries == 0 ? "" : ", as did " + std::to_string(options_.retries) + " before it";
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
  source.all_created = true;
}

}  // namespace forebay::core
