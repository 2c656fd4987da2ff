#include "child/custom_child.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "child/session.hpp"

namespace forebay::core {
namespace {

Status no_task() {
  return {FOREBAY_E_STATE, "no task is at hand; take one first"};
}

// Why before anything is touched: in an ordinary process these numbers belong to somebody else.
Status check_descriptors() {
  int type = 0;
  socklen_t bytes = sizeof(type);
  const bool is_child =
      ::getsockopt(wire::kSocketDescriptor, SOL_SOCKET, SO_TYPE, &type, &bytes) == 0 &&
      type == SOCK_SEQPACKET && checked_memfd_size(wire::kSegmentDescriptor, false).is_ok() &&
      checked_memfd_size(wire::kConfigDescriptor, true).is_ok();
  if (is_child) return Status::ok();
  return {FOREBAY_E_STATE,
          "this process was not started as a child loader, or has attached already; name the "
          "program in child_argv of a loader's options"};
}

}  // namespace

CustomChild::~CustomChild() = default;

Result<std::unique_ptr<CustomChild>> CustomChild::attach() {
  FOREBAY_TRY(check_descriptors());
  std::unique_ptr<CustomChild> child(new CustomChild);
  FOREBAY_TRY_ASSIGN(child->session_, Session::attach(ChildProgram::custom));
  const wire::Config& config = child->session_->config();
  FOREBAY_TRY_ASSIGN(child->dtype_, Dtype::parse(config.dtype));
  FOREBAY_TRY_ASSIGN(child->block_,
                     block_layout(*child->dtype_, child->layout(), config.block_rows));
  return child;
}

Layout CustomChild::layout() const noexcept {
  return static_cast<Layout>(session_->config().layout);
}

Status CustomChild::column(std::uint32_t index, ColumnPlace* place, std::byte** data) const {
  if (task_ == nullptr || !has_block_)
    return {FOREBAY_E_STATE, "no block is at hand; call fill before asking for its columns"};
  if (index >= block_.columns.size()) return Status::news(FOREBAY_NONE);
  *place = block_.columns[index];
  *data = task_->blocks.front().data + place->offset;
  return Status::ok();
}

const std::string& CustomChild::config() const noexcept {
  return session_->config().custom;
}

Status CustomChild::receive() {
  Status status = session_->receive(true);
  if (status.code() == FOREBAY_END) return {FOREBAY_E_CANCELLED, "the loader is gone"};
  return status;
}

Status CustomChild::await_task() {
  auto& tasks = session_->tasks();
  for (;;) {
    while (tasks.empty()) {
      Status status = session_->receive(true);
      if (!status.is_ok()) return status;
    }
    ChildTask& task = *tasks.front();
    if (task.dropped) {
      FOREBAY_TRY(session_->finish(task, {FOREBAY_E_CANCELLED, "the task was dropped"}));
    } else if (task.message.kind != wire::TaskKind::stream) {
      FOREBAY_TRY(session_->finish(task, {FOREBAY_E_ARGUMENT,
                                          "the child program reads whole sources only; name it in "
                                          "child_argv, not in program"}));
    } else {
      return Status::ok();
    }
    tasks.pop_front();
  }
}

Status CustomChild::take(CustomTask* out) {
  if (task_ != nullptr)
    return {FOREBAY_E_STATE, "a task is at hand; finish or fail it before taking the next"};
  Status status = await_task();
  if (!status.is_ok()) return status;
  task_ = session_->tasks().front().get();
  const wire::Task& message = task_->message;
  room_ = message.first_cut;
  limit_ = message.row_limit;
  offset_ = message.begin;
  has_block_ = false;
  is_short_ = false;
  refusal_ = Status();
  // A child that died may have left the position anywhere: the open file is the coordinator's.
  (void)::lseek(task_->source.get(), 0, SEEK_SET);
  *out = {task_->source.get(), message.source,    message.end,      message.begin,
          message.line,        message.first_row, message.row_limit};
  return Status::ok();
}

std::uint64_t CustomChild::capacity() const noexcept {
  return std::min(room_, limit_);
}

Status CustomChild::fill(CustomRoom* out) {
  if (task_ == nullptr) return no_task();
  if (limit_ == 0) return Status::news(FOREBAY_END);
  Status status = await_block(out);
  if (status.is_failure() && status.code() != FOREBAY_E_CANCELLED) refusal_ = status.clone();
  return status;
}

Status CustomChild::await_block(CustomRoom* out) {
  Status status = session_->receive(false);
  if (status.code() == FOREBAY_END) return {FOREBAY_E_CANCELLED, "the loader is gone"};
  FOREBAY_TRY(std::move(status));
  if (task_->blocks.empty() && !task_->dropped) {
    wire::Want want{};
    want.task = task_->message.task;
    FOREBAY_TRY(session_->send(want));
  }
  while (task_->blocks.empty() && !task_->dropped) FOREBAY_TRY(receive());
  if (task_->dropped)
    return {FOREBAY_E_CANCELLED, "the task is not wanted any more; finish it and take the next"};
  const LentBlock& block = task_->blocks.front();
  if (block.bytes < block_.bytes) return {FOREBAY_E_PROTOCOL, "a block is too small for its rows"};
  has_block_ = true;
  *out = {block.data, capacity()};
  return Status::ok();
}

Status CustomChild::check_publish(std::uint64_t rows, std::uint64_t next_offset) const {
  if (is_short_)
    return {FOREBAY_E_STATE,
            "a block was published with fewer rows than its capacity, which only the last one of a "
            "task may have"};
  if (!has_block_) return {FOREBAY_E_STATE, "no block is at hand; call fill before publish"};
  if (rows > capacity())
    return {FOREBAY_E_ARGUMENT, std::to_string(rows) +
                                    " rows were to be published from a block of " +
                                    std::to_string(capacity()) + "; heed the view's capacity"};
  if (next_offset <= offset_)
    return {FOREBAY_E_ARGUMENT, "next_offset " + std::to_string(next_offset) +
                                    " does not lie behind " + std::to_string(offset_) +
                                    ", the one before; it must grow with each block"};
  return Status::ok();
}

Status CustomChild::publish(std::uint64_t rows, std::uint64_t next_offset,
                            std::uint64_t next_line) {
  if (task_ == nullptr) return no_task();
  if (rows == 0) return Status::ok();
  if (Status status = check_publish(rows, next_offset); status.is_failure()) {
    refusal_ = status.clone();
    return status;
  }
  text::Cursor next;
  next.offset = next_offset;
  next.line = next_line;
  task_->input_bytes = std::min(next_offset, task_->message.end);
  FOREBAY_TRY(session_->publish(*task_, task_->blocks.front(), rows, next));
  is_short_ = rows < capacity();
  task_->blocks.pop_front();
  has_block_ = false;
  offset_ = next_offset;
  limit_ -= rows;
  room_ -= rows;
  if (room_ == 0) room_ = session_->config().block_rows;
  refusal_ = Status();
  return Status::ok();
}

Status CustomChild::finish() {
  if (task_ == nullptr) return no_task();
  FOREBAY_TRY(end(refusal_));
  return std::exchange(refusal_, Status());
}

Status CustomChild::fail(const Status& why) {
  if (task_ == nullptr) return no_task();
  return end(why);
}

Status CustomChild::log(std::uint32_t level, std::string_view text) {
  if (level == 0 || level > wire::kMostLogLevel)
    return {FOREBAY_E_ARGUMENT, "level is none of FOREBAY_CHILD_LOG_DEBUG to _ERROR"};
  return session_->send(wire::make_log(task_ == nullptr ? 0 : task_->message.task, level, text));
}

Status CustomChild::end(const Status& outcome) {
  ChildTask& task = *std::exchange(task_, nullptr);
  Status sent = session_->finish(task, outcome);
  session_->tasks().pop_front();
  return sent;
}

}  // namespace forebay::core
