#include "loader/coordinator.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "loader/program.hpp"

namespace forebay::core {
namespace {

// Arrays that a loader must have room for: one with the caller, one being joined, one for the head
// of the line, one for the next.
constexpr std::uint64_t kLeastBlocks = 4;
constexpr std::uint32_t kMostChildren = 1024;

std::uint64_t size_of_file(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)
             ? static_cast<std::uint64_t>(info.st_size)
             : 0;
}

// Absolute and without symbolic links, so that a path names the same file from another folder.
std::string resolved_path(const std::string& path) {
  std::error_code error;
  std::filesystem::path full = std::filesystem::canonical(path, error);
  if (error) full = std::filesystem::absolute(path, error);
  return error ? path : full.string();
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kMiB = 1U << 20U;
  return bytes >= kMiB ? std::to_string(divide_up(bytes, kMiB)) + " MiB"
                       : std::to_string(bytes) + " bytes";
}

}  // namespace

Status Loader::Core::open() {
  if (options_.children == 0) options_.children = usable_processors();
  if (options_.children > kMostChildren) {
    return {FOREBAY_E_ARGUMENT,
            "children: at most " + std::to_string(kMostChildren) + " at a time"};
  }
  command_ = options_.child_argv;
  if (is_custom()) {
    FOREBAY_TRY_ASSIGN(command_.front(), find_custom_program(command_.front()));
  } else {
    command_.emplace_back();
    FOREBAY_TRY_ASSIGN(command_.front(), find_child_program(options_.program));
  }
  const std::uint64_t batch_rows =
      options_.batch_rows != 0 ? options_.batch_rows : default_chunk_rows(*dtype_, options_.layout);
  FOREBAY_TRY(set_geometry(batch_rows, options_.layout));
  FOREBAY_TRY_ASSIGN(arena_, Arena::open(options_.memory_bytes));
  FOREBAY_TRY_ASSIGN(own_segment_, arena_->add_segment());
  FOREBAY_TRY_ASSIGN(loop_, EventLoop::make());
  FOREBAY_TRY_ASSIGN(timer_, make_timer());
  FOREBAY_TRY_ASSIGN(timer_watch_, loop_->watch(timer_.get()));
  FOREBAY_TRY_ASSIGN(released_watch_, loop_->watch(arena_->released_event().get()));
  loop_->run(0);
  children_.resize(options_.children);
  return Status::ok();
}

Status Loader::Core::set_geometry(std::uint64_t block_rows, Layout layout) {
  FOREBAY_TRY_ASSIGN(BlockLayout block, block_layout(*dtype_, layout, block_rows));
  const std::uint64_t bytes = Arena::class_bytes(block.bytes);
  if (options_.memory_bytes / kLeastBlocks < bytes) {
    return {FOREBAY_E_ARGUMENT, "memory_bytes is " + size_text(options_.memory_bytes) + ", but " +
                                    std::to_string(kLeastBlocks) + " arrays of " +
                                    std::to_string(block_rows) + " rows take " +
                                    size_text(kLeastBlocks * bytes) +
                                    ": raise memory_bytes or lower the rows of an array"};
  }
  block_rows_ = block_rows;
  block_bytes_ = bytes;
  layout_ = layout;
  chunks_ = chunk_places(*dtype_, layout, block, block_rows);
  places_ = std::move(block.columns);
  return Status::ok();
}

Loader::Core::~Core() {
  if (ready_ != nullptr) ready_->release();
  for (auto& slot : children_) {
    if (slot) slot->process.kill();
  }
  for (auto& slot : children_) {
    if (slot) slot->process.reap();
  }
  // Blocks that nobody took go back, so that the arena ends with the last array.
  const auto release_all = [this](LoadTask& task) {
    for (const Piece& piece : task.pieces) arena_->release(piece.block);
    for (Block* block : task.lent) arena_->release(block);
    task.slot.reset();
  };
  for (const auto& source : sources_) {
    source->ring.reset();
    for (const auto& task : source->tasks) release_all(*task);
    if (source->assembly.block != nullptr) arena_->release(source->assembly.block);
  }
  for (const auto& task : dropped_) release_all(*task);
  // What delivered arrays do not hold goes back to the system now.
  if (arena_) arena_->close();
}

Status Loader::Core::add_file(std::string path, const FileOptions& options) {
  if (path.empty()) return {FOREBAY_E_ARGUMENT, "a path is empty"};
  auto source = std::make_unique<Source>();
  source->listed_bytes = size_of_file(path);
  source->resolved = resolved_path(path);
  source->path = std::move(path);
  return add_source(std::move(source), options);
}

Status Loader::Core::add_descriptor(int descriptor, std::string name, const FileOptions& options) {
  if (name.empty()) return {FOREBAY_E_ARGUMENT, "the name of a descriptor is empty"};
  FOREBAY_TRY_ASSIGN(Descriptor file, copy_for_reading(descriptor, name));
  struct stat info {};
  const bool is_file = ::fstat(file.get(), &info) == 0 && S_ISREG(info.st_mode);
  if (is_custom() && !is_file) {
    return {FOREBAY_E_ARGUMENT, name +
                                    ": is not a regular file, and child programs of your own "
                                    "take only those; save it to one first"};
  }
  auto source = std::make_unique<Source>();
  source->is_given = true;
  source->listed_bytes = is_file ? static_cast<std::uint64_t>(info.st_size) : 0;
  source->file = std::move(file);
  source->path = std::move(name);
  return add_source(std::move(source), options);
}

Status Loader::Core::add_source(std::unique_ptr<Source> source, const FileOptions& options) {
  if (is_cancelled_) return {FOREBAY_E_STATE, "the loader was cancelled; open another"};
  if (has_ended_) return {FOREBAY_E_STATE, "the loader has come to its end; open another"};
  if (options.header_bytes != 0 && options.format != FileFormat::raw)
    return {FOREBAY_E_ARGUMENT, "header_bytes is for files of the format raw"};
  if (options.member.size() > wire::kMaxMember)
    return {FOREBAY_E_ARGUMENT, "member is longer than 240 bytes"};
  source->index = static_cast<std::uint32_t>(sources_.size());
  if (!source->is_given) source->occurrence = times_added_[source->resolved]++;
  source->is_opaque = is_custom();
  source->wanted_format = options.format;
  source->header_bytes = options.header_bytes;
  source->member = options.member;
  if (options.max_rows != 0) source->max_rows = options.max_rows;
  bytes_listed_ += source->listed_bytes;
  sources_.push_back(std::move(source));
  return Status::ok();
}

Status Loader::Core::use_grid(std::uint64_t chunk_rows, std::uint64_t first_row, Layout layout,
                              const ChunkForm& form) {
  if (is_custom()) layout = layout_;
  if (has_begun_) {
    if (is_grid_ && chunk_rows == block_rows_ && layout == layout_) return Status::ok();
    return {FOREBAY_E_STATE,
            "arrays were taken from the loader already, or it loads into another table; open one "
            "loader for each"};
  }
  FOREBAY_TRY(set_geometry(chunk_rows, layout));
  is_grid_ = true;
  grid_first_ = first_row;
  // Why not behind a piece that is cut: its rows are needed.
  const bool is_packed = form.filters.any() && !cuts_first_piece_ && !is_custom();
  form_ = is_packed ? std::make_shared<const ChunkForm>(form) : nullptr;
  return Status::ok();
}

// One round of everything that can be done without waiting.
void Loader::Core::pump() {
  if (!has_begun_) {
    has_begun_ = true;
    begun_ns_ = monotonic_ns();
  }
  arena_->collect();
  drain_children();
  bury_children();
  compose_sources();
  assign_tasks();
  lend_blocks();
  judge_deadlines();
}

Status Loader::Core::await(int timeout_ms) {
  const std::uint64_t deadline =
      monotonic_ns() + static_cast<std::uint64_t>(timeout_ms < 0 ? 0 : timeout_ms) * 1'000'000;
  for (;;) {
    if (is_cancelled_) return {FOREBAY_E_CANCELLED, "the loader was cancelled"};
    // Blocks that a store still writes come home by themselves.
    const bool is_written = arena_->is_being_written();
    pump();
    Status status = deliver(&ready_);
    if (status.code() == FOREBAY_E_FULL && is_written) status = Status::news(FOREBAY_AGAIN);
    if (status.code() != FOREBAY_AGAIN) return status;
    // What went from the line may have freed a block or made room for a task.
    if (std::exchange(line_moved_, false)) continue;
    const LoadTask* head = head_task();
    if (head != nullptr && head->wants_block && head->lent.empty() && head->child != nullptr &&
        !is_written) {
      if (Status full = full_status(); full.is_failure()) return full;
    }
    int wait_ms = -1;
    if (timeout_ms >= 0) {
      const std::uint64_t now = monotonic_ns();
      wait_ms = now >= deadline ? 0 : static_cast<int>((deadline - now) / 1'000'000 + 1);
    }
    loop_->run(wait_ms);
    if (wait_ms == 0) return status;
  }
}

std::size_t Loader::Core::active_end() const {
  return std::min(std::max(frontier_ + 1, reach_), sources_.size());
}

// FOREBAY_AGAIN: the caller holds nothing, and children will give back what dropped tasks have.
Status Loader::Core::full_status() {
  if (!dropped_.empty() && held_bytes() == 0) return Status::news(FOREBAY_AGAIN);
  const ArenaStats stats = arena_->stats();
  return {FOREBAY_E_FULL,
          "the caller holds all that the quota of " + size_text(stats.quota) + " allows (" +
              std::to_string(stats.blocks_lent - rings()) +
              " arrays are in use): release arrays and call again, or raise memory_bytes"};
}

// Whether to look anew: nothing was found yet, or a want of memory that a release may have ended.
bool Loader::Core::is_open_question() const {
  return ready_status_.code() == FOREBAY_AGAIN || ready_status_.code() == FOREBAY_E_FULL;
}

Status Loader::Core::step(int timeout_ms) {
  if (is_open_question()) ready_status_ = await(timeout_ms);
  return Status::news(ready_status_.code() == FOREBAY_AGAIN ? FOREBAY_AGAIN : FOREBAY_OK);
}

Status Loader::Core::next(int timeout_ms, Array** out) {
  *out = nullptr;
  if (is_open_question()) ready_status_ = await(timeout_ms);
  *out = std::exchange(ready_, nullptr);
  Status status = std::exchange(ready_status_, Status::news(FOREBAY_AGAIN));
  if (status.code() == FOREBAY_END) has_ended_ = true;
  return status;
}

void Loader::Core::cancel() {
  is_cancelled_ = true;
  if (ready_ != nullptr) std::exchange(ready_, nullptr)->release();
  ready_status_ = Status::news(FOREBAY_AGAIN);
  for (auto& slot : children_) {
    if (!slot) continue;
    slot->process.kill();
    slot->process.reap();
    for (LoadTask* task : slot->tasks) {
      for (Block* block : task->lent) arena_->release(block);
      task->lent.clear();
      task->child = nullptr;
    }
    arena_->retire_segment(slot->segment);
    slot.reset();
  }
}

LoaderProgress Loader::Core::progress() const {
  LoaderProgress progress;
  progress.children = static_cast<std::uint32_t>(std::count_if(
      children_.begin(), children_.end(), [](const auto& slot) { return slot != nullptr; }));
  progress.bytes_done = bytes_finished_;
  for (std::size_t i = head_; i < active_end(); ++i) {
    if (!sources_[i]->is_finished) progress.bytes_done += sources_[i]->bytes_done();
  }
  progress.bytes_total = bytes_listed_;
  progress.rows_done = rows_done_;
  progress.sources_done = finished_;
  progress.sources_failed = failed_;
  progress.sources_total = static_cast<std::uint32_t>(sources_.size());
  progress.child_restarts = restarts_;
  progress.fields_truncated = fields_truncated_;
  progress.rows_copied = rows_copied_;
  progress.elapsed_seconds =
      begun_ns_ == 0 ? 0.0 : static_cast<double>(monotonic_ns() - begun_ns_) * 1e-9;
  return progress;
}

bool Loader::Core::child_progress(std::uint32_t index, ChildProgress* out) const {
  if (index >= children_.size()) return false;
  *out = {};
  if (const auto& slot = children_[index]) {
    out->pid = slot->process.pid();
    out->tasks = slot->tasks_handed;
    out->rows_done = slot->rows_done;
    if (!slot->tasks.empty()) out->source = slot->tasks.front()->source->index;
  }
  return true;
}

Status Loader::Core::source_status(std::uint32_t index, std::uint64_t* rows) const {
  if (index >= sources_.size()) return Status::news(FOREBAY_NONE);
  const Source& source = *sources_[index];
  if (rows != nullptr) *rows = source.rows_delivered;
  if (!source.is_finished) return Status::news(FOREBAY_AGAIN);
  return source.failure.is_ok() ? Status::ok() : source.failure.clone().at_source(index);
}

const char* Loader::Core::source_path(std::uint32_t index) const {
  return index < sources_.size() ? sources_[index]->path.c_str() : nullptr;
}

std::optional<std::uint64_t> Loader::Core::source_truncated(std::uint32_t index) const {
  if (index >= sources_.size()) return std::nullopt;
  return sources_[index]->fields_truncated;
}

}  // namespace forebay::core
