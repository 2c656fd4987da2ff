// Tasks and credits: which child gets which part of which source, and how many blocks.
#include <algorithm>

#include "loader/coordinator.hpp"

namespace forebay::core {
namespace {

// Tasks handed to a child at a time: one at work, one scanned behind it.
constexpr std::size_t kTasksAhead = 2;
// Blocks lent ahead to the head of the line, and to other tasks.
constexpr std::size_t kHeadCredit = 3;
constexpr std::size_t kCredit = 2;

// What a disk is to have before it in any case, in bytes and in blocks. A block that is not needed
// for that is new memory in vain: the rows wait for the disk all the same.
constexpr std::uint64_t kEnoughToWrite = 8U << 20U;
constexpr std::uint64_t kEnoughBlocksToWrite = 4;

// Whether `a` comes before `b` in the order of the sources.
bool is_before(const LoadTask& a, const LoadTask& b) noexcept {
  return a.source->index != b.source->index ? a.source->index < b.source->index : a.order < b.order;
}

// Whether a task may wait in a child behind `task`: not behind one that reads a large or endless
// source from its top, nor behind a step of decoding, so that its child is free for the next.
bool is_short(const LoadTask& task, std::uint64_t split_bytes) noexcept {
  if (task.kind == wire::TaskKind::inflate) return false;
  return task.kind != wire::TaskKind::stream || task.source->size <= split_bytes;
}

// Blocks that the rest of the task can fill.
std::uint64_t blocks_left(const LoadTask& task, std::uint64_t block_rows) noexcept {
  if (task.rows == kUnknownRows) return UINT64_MAX;
  const std::uint64_t rows = task.rows - task.settled();
  if (rows == 0) return 0;
  const std::uint64_t first = task.rows_to_cut(block_rows);
  return rows <= first ? 1 : 1 + divide_up(rows - first, block_rows);
}

}  // namespace

LoadTask* Loader::Core::next_task() {
  // A task whose child died comes first: it is older than all that are still to be made. One of a
  // later source, as order any has them, is not for the first slot: task_apart() gives it away.
  for (std::size_t i = head_; i <= frontier_ && i < sources_.size(); ++i) {
    if (LoadTask* task = sources_[i]->first_queued()) return task;
  }
  while (frontier_ < sources_.size()) {
    Source& source = *sources_[frontier_];
    if (LoadTask* task = create_task(source)) return task;
    if (!source.all_created) return nullptr;
    ++frontier_;
  }
  return nullptr;
}

LoadTask* Loader::Core::create_task(Source& source) {
  if (!source.is_open && !source.all_created) {
    if (Status status = source.open(geometry(source)); status.is_failure()) {
      source.failure = std::move(status);
      source.all_created = true;
    }
  }
  if (awaits_exact_place(source) || !make_ring(source)) return nullptr;
  LoadTask* task = source.create_task(geometry(source));
  if (task != nullptr) task->id = ++last_task_;
  return task;
}

// A slot whose child may take the task: all that it has comes before the task. An idle child first,
// then a new one.
std::unique_ptr<ChildLink>* Loader::Core::child_for(const LoadTask& task) {
  std::unique_ptr<ChildLink>* empty = nullptr;
  std::unique_ptr<ChildLink>* busy = nullptr;
  std::unique_ptr<ChildLink>* inflater = nullptr;
  for (auto& slot : children_) {
    if (!slot) {
      if (empty == nullptr) empty = &slot;
    } else if (!slot->is_closed && !is_kept_back(*slot, task)) {
      if (slot->tasks.empty()) {
        if (!is_decoding(*slot) || task.kind == wire::TaskKind::inflate) return &slot;
        inflater = &slot;
        continue;
      }
      const bool has_room = slot->tasks.size() < kTasksAhead &&
                            is_before(*slot->tasks.back(), task) &&
                            is_short(*slot->tasks.back(), options_.split_bytes);
      if (has_room && (busy == nullptr || slot->tasks.size() < (*busy)->tasks.size())) busy = &slot;
    }
  }
  if (task.kind == wire::TaskKind::inflate && inflater_of(*task.source) != nullptr) return busy;
  if (empty != nullptr) return empty;
  return inflater != nullptr ? inflater : busy;
}

void Loader::Core::assign_tasks() {
  make_way_for_head();
  if (is_any_order()) assign_apart();
  const bool is_at_rest = assign_in_order();
  if (is_at_rest && !is_any_order()) assign_ahead();
}

// Whether nothing is left to do of what is in turn until a child says more.
bool Loader::Core::assign_in_order() {
  const std::size_t most_tasks = 4 * children_.size() + 4;
  for (;;) {
    assign_step();
    std::size_t waiting = 0;
    const std::size_t end =
        is_any_order() ? active_end() : std::min(frontier_ + 1, sources_.size());
    for (std::size_t i = head_; i < end; ++i) waiting += sources_[i]->tasks.size();
    // A task that was made stays queued until a child is there; only its making is bounded.
    if (waiting >= most_tasks &&
        (head_ >= sources_.size() || sources_[head_]->first_queued() == nullptr))
      return false;
    const bool has_room = std::any_of(children_.begin(), children_.end(), [](const auto& slot) {
      return !slot || (!slot->is_closed && slot->tasks.size() < kTasksAhead);
    });
    if (!has_room) return false;
    LoadTask* task = next_task();
    if (task == nullptr) return true;
    std::unique_ptr<ChildLink>* slot = child_for(*task);
    if (slot == nullptr) return task->kind == wire::TaskKind::inflate;
    (void)assign(*task, slot);
  }
}

// False, and the source has failed, when no child can be started.
bool Loader::Core::assign(LoadTask& task, std::unique_ptr<ChildLink>* slot) {
  if (!*slot) {
    if (Status status = start_child(slot); status.is_failure()) {
      Source& source = *task.source;
      source.failure =
          std::move(status).with_prefix(source.path + ": not read: ").at_path(source.path);
      drop_tasks(source, 0);
      return false;
    }
  }
  hand_over(task, **slot);
  return true;
}

wire::Config Loader::Core::child_config() const {
  wire::Config config;
  config.dtype = dtype_->text();
  config.comment = options_.comment;
  config.columns = options_.columns;
  config.custom = options_.child_config;
  config.delimiter = static_cast<unsigned char>(options_.delimiter);
  config.quote = static_cast<unsigned char>(options_.quote);
  config.skip_rows = options_.skip_rows;
  config.has_header = options_.has_header ? 1 : 0;
  config.block_rows = block_rows_;
  config.split_bytes = options_.split_bytes;
  config.on_error = static_cast<wire::OnError>(options_.on_error);
  config.values = options_.values;
  config.layout = static_cast<std::uint32_t>(layout_);
  if (form_ != nullptr) config.form = *form_;
  return config;
}

Status Loader::Core::start_child(std::unique_ptr<ChildLink>* slot) {
  auto child =
      ChildLink::start(*loop_, *arena_, child_config(), command_, options_.inherit_error_output);
  if (!child.is_ok()) {
    Status status = std::move(child).status();
    return Status(FOREBAY_E_SPAWN, "no child process could be started: " + status.message())
        .at_errno(status.detail().os_errno);
  }
  *slot = std::move(child).value();
  return Status::ok();
}

void Loader::Core::hand_over(LoadTask& task, ChildLink& child) {
  if (task.id == 0) task.id = ++last_task_;
  task.state = LoadTask::State::assigned;
  task.child = &child;
  child.tasks.push_back(&task);
  ++child.tasks_handed;
  if (task.has_place() && task.source->grid_offset != kUnknownRows && task.published == 0) {
    task.grid_offset = task.source->grid_offset;
  }
  if (task.has_place()) allow_rejects(task);
  wire::Task message{};
  message.task = task.id;
  message.kind = task.kind;
  message.source = task.source->index;
  message.format = static_cast<std::uint32_t>(task.source->format);
  message.begin = task.begin;
  message.end = task.end;
  message.line = task.line;
  message.first_cut = task.rows_to_cut(block_rows_);
  message.row_limit =
      task.kind == wire::TaskKind::rows ? task.rows : task.source->max_rows - task.first_row;
  message.first_row = task.first_row;
  message.reject_limit = task.rejects.limit;
  message.reject_budget = task.rejects.budget;
  message.source_bytes = task.source->size;
  message.block_begin = task.block_begin.file_offset;
  message.block_base = task.block_begin.offset;
  message.block_end = task.block_end;
  task.source->member.copy(message.member, sizeof(message.member));
  if (task.slot.ring() != nullptr) place_text(task, child, message);
  (void)child.send(message, task.source->file.get());
  // Nothing is left to be found out first.
  if (task.kind == wire::TaskKind::text && task.is_composed && !awaits_grid(*task.source))
    send_go(task);
}

void Loader::Core::compose_sources() {
  place_on_grid();
  for (std::size_t i = head_; i < active_end(); ++i) {
    Source& source = *sources_[i];
    source.compose();
    if (source.is_cut_short) drop_tasks(source, source.composed);
    place_on_grid();
    if (awaits_grid(source)) continue;
    for (const auto& task : source.tasks) {
      if (task->is_composed && task->report && !task->go_sent && task->child != nullptr)
        send_go(*task);
    }
  }
}

// The bulk path: where on the grid each source begins, as far as the rows before it are known.
void Loader::Core::place_on_grid() {
  if (!is_grid_) return;
  while (grid_source_ < sources_.size()) {
    Source& source = *sources_[grid_source_];
    // Rows stored by an earlier load are no rows of this one: its first new row comes next.
    const std::uint64_t before = source.rows_before();
    source.grid_offset =
        grid_first_ + grid_rows_ + divide_up(before, block_rows_) * block_rows_ - before;
    if (!source.rows_known) return;
    grid_rows_ +=
        source.next_row - std::min(source.next_row, before + source.counts_before().skipped);
    ++grid_source_;
  }
}

// Whether the place of the source on the grid will be known as soon as the splits before it are
// scanned, which are under way.
bool Loader::Core::awaits_grid(const Source& source) const {
  return is_grid_ && !is_any_order() && source.grid_offset == kUnknownRows &&
         sources_[grid_source_]->is_headed && !sources_[grid_source_]->is_packed();
}

void Loader::Core::send_go(LoadTask& task) {
  if (task.source->grid_offset != kUnknownRows) task.grid_offset = task.source->grid_offset;
  allow_rejects(task);
  if (!task.must_fail && task.published == 0 && task.pieces.empty())
    task.delivered = {task.begin, task.line, task.first_row, task.scan_state};
  task.go_sent = true;
  wire::Go go{};
  go.task = task.id;
  go.state = task.scan_state;
  go.line = task.line;
  go.first_cut = task.rows_to_cut(block_rows_);
  go.row_limit = task.rows;
  go.reject_limit = task.rejects.limit;
  go.reject_budget = task.rejects.budget;
  (void)task.child->send(go);
}

// Arrays of the lead that must be leased while a piece that goes into them is still there. Rows
// that are passed over shift those behind them: then a piece may reach over the end of the array
// being joined, and the next one is begun while the piece is still there.
std::uint64_t Loader::Core::arrays_to_lease() const {
  if (is_whole() || head_ >= sources_.size()) return 0;
  if (is_grid_) return cuts_first_piece_ ? 1 : 0;
  const std::uint64_t joined = sources_[head_]->assembly.block == nullptr ? 0 : 1;
  return (may_skip() ? 2 : 1) - joined;
}

// What must stay free when the head of the line takes a block.
std::uint64_t Loader::Core::spare_for_assembly() const {
  return arrays_to_lease() == 0 ? 0 : block_bytes_;
}

// What must stay free when anything else does: room for these arrays, for one that the caller may
// hold, and a block for the head of the line.
std::uint64_t Loader::Core::spare_for_others() const {
  if (is_grid_ || is_whole()) return (arrays_to_lease() + 1) * block_bytes_;
  return (arrays_to_lease() + (held_bytes() == 0 ? 2 : 1)) * block_bytes_;
}

void Loader::Core::lend_blocks() {
  const LoadTask* head = head_task();
  const std::uint64_t for_assembly = spare_for_assembly();
  const std::uint64_t for_others = spare_for_others();
  for (std::size_t i = head_; i < active_end(); ++i) {
    for (const auto& task : sources_[i]->tasks) {
      const bool is_ready = task->child != nullptr && !task->child->is_closed && task->has_place();
      if (!is_ready) continue;
      const bool is_head = task.get() == head;
      // The task that its child is at fills blocks. The next one gets them where there are plenty,
      // so that its child need not wait for us between the two.
      const bool is_next = task->child->tasks.front() != task.get();
      const std::uint64_t spare = is_next   ? std::max(for_others, options_.memory_bytes / 2)
                                  : is_head ? for_assembly
                                            : for_others;
      const std::uint64_t most =
          std::min<std::uint64_t>(is_head ? kHeadCredit : kCredit, blocks_left(*task, block_rows_));
      while (task->lent.size() < most && lend_block(*task, spare)) {
      }
    }
  }
}

// Whether blocks come home soon, and no faster if more are lent. Their coming wakes the loop.
bool Loader::Core::awaits_disk() const {
  return arena_->bytes_being_written() >=
         std::max(kEnoughToWrite, kEnoughBlocksToWrite * block_bytes_);
}

bool Loader::Core::lend_block(LoadTask& task, std::uint64_t spare) {
  // Whole sources: what pieces take is bounded apart, so that the array may have the rest.
  if (is_whole() && piece_bytes() + block_bytes_ + spare > piece_budget()) return false;
  const bool is_idle_head = &task == head_task() && task.lent.empty();
  if (!is_idle_head && awaits_disk() && arena_->has_to_grow(task.child->segment, block_bytes_))
    return false;
  auto lent = arena_->lease(task.child->segment, block_bytes_, spare);
  if (!lent.is_ok()) return false;
  Block* block = *lent;
  task.lent.push_back(block);
  task.wants_block = false;
  wire::Lend message{};
  message.task = task.id;
  message.lease = block->lease;
  message.offset = block->offset;
  message.bytes = block->bytes;
  message.is_large = block->is_large ? 1 : 0;
  (void)task.child->send(message);
  return true;
}

}  // namespace forebay::core
