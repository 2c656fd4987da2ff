#include "child/worker.hpp"

#include <algorithm>

#include "child/child.hpp"

namespace forebay::core {
namespace {

text::Dialect dialect_of(const wire::Config& config) {
  text::Dialect dialect;
  dialect.delimiter = static_cast<char>(config.delimiter);
  dialect.quote = static_cast<char>(config.quote);
  dialect.comment = config.comment;
  dialect.skip_rows = config.skip_rows;
  dialect.has_header = config.has_header != 0;
  return dialect;
}

Status dropped_status() {
  return {FOREBAY_E_CANCELLED, "the task was dropped"};
}

}  // namespace

Result<std::unique_ptr<Worker>> Worker::make(std::unique_ptr<Session> session) {
  std::unique_ptr<Worker> worker(new Worker);
  worker->dialect_ = dialect_of(session->config());
  FOREBAY_TRY(worker->dialect_.check());
  FOREBAY_TRY_ASSIGN(worker->dtype_, Dtype::parse(session->config().dtype));
  const wire::Config& config = session->config();
  FOREBAY_TRY_ASSIGN(
      worker->layout_,
      block_layout(*worker->dtype_, static_cast<Layout>(config.layout), config.block_rows));
  if (config.form.filters.any()) {
    FOREBAY_TRY_ASSIGN(worker->packer_,
                       Packer::make(config.form, *worker->dtype_, worker->layout_,
                                    static_cast<Layout>(config.layout), config.block_rows));
  }
  worker->session_ = std::move(session);
  return worker;
}

Status Worker::run() {
  auto& tasks = session_->tasks();
  while (!closed_) {
    if (tasks.empty()) {
      FOREBAY_TRY(receive(true));
      continue;
    }
    ChildTask& task = *tasks.front();
    const Status outcome = serve(task);
    if (closed_) break;
    FOREBAY_TRY(session_->finish(task, outcome));
    keep_buffer(std::move(task.window.bytes));
    tasks.pop_front();
  }
  return std::move(breach_);
}

Status Worker::serve(ChildTask& task) {
  if (task.dropped) return dropped_status();
  switch (task.message.kind) {
    case wire::TaskKind::head:
      return serve_head(task);
    case wire::TaskKind::split:
      return serve_split(task);
    case wire::TaskKind::stream:
      return serve_stream(task);
    case wire::TaskKind::map:
      return serve_map(task);
    case wire::TaskKind::rows:
      return serve_rows(task);
    case wire::TaskKind::sniff:
      return serve_sniff(task);
    case wire::TaskKind::verify:
      return serve_verify(task);
    case wire::TaskKind::inflate:
      return serve_inflate(task);
    case wire::TaskKind::text:
      return serve_text(task);
  }
  return {FOREBAY_E_PROTOCOL, "a task is of no known kind"};
}

Status Worker::serve_head(ChildTask& task) {
  if (is_binary(static_cast<InputFormat>(task.message.format))) return serve_row_head(task);
  FOREBAY_TRY(enter_source(task));
  wire::Headed headed{};
  headed.task = task.message.task;
  headed.data_offset = context_.head.data_offset;
  headed.data_line = context_.head.data_line;
  headed.crc = context_.head_crc;
  return session_->send(headed);
}

// Parses whole records in [cursor.next, end) that begin before `stop`.
Status Worker::parse(ChildTask& task, text::Cursor& cursor, const char* stop, const char* end,
                     Fill& fill) {
  while (cursor.next < stop && fill.limit > 0) {
    if (task.dropped) return dropped_status();
    FOREBAY_TRY(take_block(task, fill));
    const std::uint64_t room = std::min(fill.room, fill.limit);
    text::RowError error;
    const std::uint64_t truncated = context_.parser->truncated();
    const char* from = cursor.next;
    const std::size_t rows =
        context_.parser->parse(cursor, stop, end, fill.sink, fill.filled, room, &error);
    // Why here: the bytes are still in cache.
    task.crc = codec::crc64_more(task.crc, {from, cursor.next});
    fill.filled += rows;
    fill.truncated += context_.parser->truncated() - truncated;
    fill.room -= rows;
    fill.limit -= rows;
    if (error.code != FOREBAY_OK)
      FOREBAY_TRY(settle_bad_row(task, cursor, end, fill, std::move(error)));
    if (fill.room == 0) FOREBAY_TRY(publish(task, fill, cursor));
  }
  return Status::ok();
}

Status Worker::publish(ChildTask& task, Fill& fill, const text::Cursor& cursor) {
  if (!fill.block || fill.filled == 0) return Status::ok();
  const wire::TaskKind kind = task.message.kind;
  if (kind != wire::TaskKind::stream) task.input_bytes = cursor.offset - task.message.begin;
  // Of a window that was decoded at once, the part that the rows take.
  if (kind == wire::TaskKind::stream && task.decoded_end != 0) {
    const double part = static_cast<double>(cursor.offset) / static_cast<double>(task.decoded_end);
    task.input_bytes = static_cast<std::uint64_t>(part * static_cast<double>(task.input_end));
    task.input_bytes = std::min(task.input_bytes, task.input_end);
  }
  if (packer_ && fill.filled == session_->config().block_rows) {
    FOREBAY_TRY_ASSIGN(const auto chunks, packer_->pack(fill.place));
    FOREBAY_TRY(session_->packed(task, *fill.block, chunks));
  }
  const bool is_rows = are_packed_rows(*dtype_, layout_.columns);
  const std::uint64_t bytes = is_rows ? fill.filled * dtype_->row_bytes() : layout_.bytes;
  FOREBAY_TRY(fresh_.settle(*fill.block, fill.place, bytes, session_->segment_file()));
  FOREBAY_TRY(session_->publish(task, *fill.block, fill.filled, cursor, fill.truncated));
  fill.block.reset();
  fill.filled = 0;
  fill.truncated = 0;
  if (fill.room == 0) fill.room = session_->config().block_rows;
  return Status::ok();
}

Status Worker::take_block(ChildTask& task, Fill& fill) {
  if (fill.block) return Status::ok();
  FOREBAY_TRY(receive(false));
  bool asked = false;
  while (task.blocks.empty()) {
    if (task.dropped) return dropped_status();
    if (!asked) {
      wire::Want want{};
      want.task = task.message.task;
      FOREBAY_TRY(session_->send(want));
      asked = true;
    }
    FOREBAY_TRY(wait());
  }
  fill.block = task.blocks.front();
  task.blocks.pop_front();
  if (fill.block->bytes < layout_.bytes) {
    return {FOREBAY_E_PROTOCOL, "a block is too small for its rows"};
  }
  fill.place = fresh_.place_for(*fill.block, layout_.bytes);
  fill.sink.base.clear();
  fill.sink.stride.clear();
  for (const ColumnPlace& place : layout_.columns) {
    fill.sink.base.push_back(fill.place + place.offset);
    fill.sink.stride.push_back(place.stride);
  }
  return Status::ok();
}

Status Worker::tell_alive(ChildTask& task) {
  FOREBAY_TRY(receive(false));
  if (task.dropped) return dropped_status();
  wire::Want alive{};
  alive.task = task.message.task;
  return session_->send(alive);
}

Status Worker::wait() {
  // Callers look at what has come before they call again, so nothing is taken in twice without a
  // look.
  return receive(!scan_ahead());
}

Status Worker::receive(bool wait) {
  Status status = session_->receive(wait);
  if (status.is_ok()) return status;
  closed_ = true;
  if (status.is_failure()) breach_ = status.clone();
  // The work at hand ends here; nobody is left to be told.
  return {FOREBAY_E_CANCELLED, "the coordinator is gone"};
}

std::vector<char> Worker::take_buffer(std::size_t bytes) {
  std::vector<char> buffer;
  if (!spare_buffers_.empty()) {
    buffer = std::move(spare_buffers_.back());
    spare_buffers_.pop_back();
  }
  if (buffer.size() < bytes) buffer.resize(bytes);
  return buffer;
}

void Worker::keep_buffer(std::vector<char> buffer) {
  // A buffer that a very long record made large goes back to the system.
  const bool is_usual = buffer.size() <= 2 * session_->config().split_bytes + (1U << 20U);
  if (!buffer.empty() && is_usual) spare_buffers_.push_back(std::move(buffer));
}

bool is_child(int argc, char** argv) noexcept {
  return argc == 2 && std::string_view(argv[1]) == wire::kChildArgument;
}

int run_child() {
  auto session = Session::attach(ChildProgram::built_in);
  if (!session.is_ok()) return wire::kExitStart;
  auto worker = Worker::make(std::move(session).value());
  if (!worker.is_ok()) return wire::kExitStart;
  return (*worker)->run().is_ok() ? wire::kExitDone : wire::kExitProtocol;
}

}  // namespace forebay::core
