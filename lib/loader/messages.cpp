// What children say. Every packet is copied out once, checked on the copy, and checked again
// against what the coordinator knows; a message that does not fit ends the child.
#include <algorithm>
#include <array>

#include "loader/coordinator.hpp"

namespace forebay::core {
namespace {

// Why bounded: a child that sends without end must not keep the coordinator from the others, from
// its deadlines and from its caller.
constexpr std::size_t kPacketsAtATime = 256;

// The child's words with the place in front: "rep1.txt:7:3: ...".
Status at_place(const Source& source, const Status& said) {
  ErrorDetail detail = said.detail();
  std::string place = source.path;
  if (detail.line != 0) place += ":" + std::to_string(detail.line);
  if (detail.line != 0 && detail.column != 0) place += ":" + std::to_string(detail.column);
  detail.message.insert(0, place + ": ");
  detail.path = source.path;
  return {said.code(), std::move(detail)};
}

}  // namespace

void Loader::Core::drain_children() {
  for (auto& slot : children_) {
    if (slot && !slot->is_closed) drain(*slot, kPacketsAtATime);
  }
}

void Loader::Core::drain(ChildLink& child, std::size_t most_packets) {
  std::array<std::byte, wire::kMaxMessage> buffer;
  for (; !child.is_closed && most_packets != 0; --most_packets) {
    auto packet = receive_packet(child.socket, buffer);
    if (!packet.is_ok()) {
      child.condemn(breach("sent a packet that is too long or carries descriptors"));
      return;
    }
    if (packet->would_block) return;
    if (packet->closed) {
      child.stop_listening();
      return;
    }
    child.last_heard_ns = monotonic_ns();
    if (!child.tasks.empty()) child.tasks.front()->awaits_input = false;
    Status status = packet->descriptor.is_open() ? breach("sent a descriptor")
                                                 : handle(child, {buffer.data(), packet->bytes});
    if (status.is_failure()) child.condemn(std::move(status));
  }
}

Status Loader::Core::handle(ChildLink& child, std::span<const std::byte> packet) {
  const std::optional<wire::Type> type = wire::check(packet);
  if (!type) return breach("sent a message that is not well formed");
  if (*type != wire::Type::hello && !child.has_greeted) return breach("did not say hello first");
  switch (*type) {
    case wire::Type::hello:
      return handle_hello(child, wire::decode<wire::Hello>(packet));
    case wire::Type::headed:
      return handle_headed(child, wire::decode<wire::Headed>(packet));
    case wire::Type::mapped:
      return handle_mapped(child, wire::decode<wire::Mapped>(packet));
    case wire::Type::scanned:
      return handle_scanned(child, wire::decode<wire::Scanned>(packet));
    case wire::Type::waiting:
      return handle_waiting(child, wire::decode<wire::Waiting>(packet));
    case wire::Type::want:
      return handle_want(child, wire::decode<wire::Want>(packet));
    case wire::Type::packed:
      return handle_packed(child, wire::decode<wire::Packed>(packet));
    case wire::Type::publish:
      return handle_publish(child, wire::decode<wire::Publish>(packet));
    case wire::Type::done:
      return handle_done(child, wire::decode<wire::Done>(packet));
    case wire::Type::fail:
      return handle_fail(child, wire::decode<wire::Fail>(packet));
    case wire::Type::reject:
      return handle_reject(child, wire::decode<wire::Reject>(packet));
    case wire::Type::verified:
      return handle_verified(child, wire::decode<wire::Verified>(packet));
    case wire::Type::log:
      return handle_log(child, wire::decode<wire::Log>(packet));
    case wire::Type::inflated:
      return handle_inflated(child, wire::decode<wire::Inflated>(packet));
    default:
      return breach("sent a message that only the coordinator sends");
  }
}

Status Loader::Core::handle_hello(ChildLink& child, const wire::Hello& message) {
  if (child.has_greeted) return breach("said hello twice");
  if (message.version != wire::kVersion) {
    return breach(
        "speaks another version of the protocol; install program and library of one release");
  }
  child.has_greeted = true;
  return Status::ok();
}

Status Loader::Core::handle_headed(ChildLink& child, const wire::Headed& message) {
  LoadTask* task = child.current(message.task);
  if (task == nullptr || task->kind != wire::TaskKind::head)
    return breach("reported a head that it was not asked for");
  Source& source = *task->source;
  const bool is_text = !is_binary(source.format);
  const bool is_decoded =
      (is_text && source.format != InputFormat::plain) || message.is_streaming != 0;
  if ((!is_decoded && message.data_offset > source.size) || message.data_line == 0 ||
      (message.is_streaming != 0) != (source.format == InputFormat::npz))
    return breach("reported a head outside its source");
  if (task->is_dropped) return Status::ok();
  if (message.is_streaming != 0) {
    source.is_headed = true;
    source.is_row_stream = true;
    source.next_row = std::min(message.rows, source.max_rows);
    source.rows_known = true;
    source.all_created = source.resume && source.next_row <= source.row_to_cut;
    return Status::ok();
  }
  if (is_binary(source.format))
    return source.lay_out_rows(message.data_offset, message.rows, dtype_->row_bytes());
  source.next_begin = message.data_offset;
  source.next_line = message.data_line;
  source.is_headed = true;
  source.place.offset = message.data_offset;
  source.place.line = message.data_line;
  source.place.hash = message.crc;
  // A file that is all head has no split.
  source.all_created = source.format == InputFormat::plain && source.next_begin == source.size;
  source.rows_known = source.all_created;
  return Status::ok();
}

Status Loader::Core::handle_mapped(ChildLink& child, const wire::Mapped& message) {
  LoadTask* task = child.current(message.task);
  if (task == nullptr || task->kind != wire::TaskKind::map)
    return breach("reported a map that it was not asked for");
  if (task->is_dropped) return Status::ok();
  return task->source->take_map(*task, message, options_.split_bytes);
}

Status Loader::Core::handle_scanned(ChildLink& child, const wire::Scanned& message) {
  LoadTask* task = child.find(message.task);
  if (task == nullptr || task->kind != wire::TaskKind::split || task->report) {
    return breach("reported a scan that it was not asked for");
  }
  const std::uint64_t bytes = task->end - task->begin;
  // A record takes a byte at the least, so these bounds hold for every honest scan.
  for (std::size_t state = 0; state < wire::kStates; ++state) {
    if (message.end[state] >= wire::kStates || message.rows[state] > bytes)
      return breach("reported an impossible scan");
  }
  if (message.newlines > bytes) return breach("reported an impossible scan");
  if (task->is_composed && message.rows[task->scan_state] < task->rows) {
    return {FOREBAY_E_TRUNCATED,
            "found fewer rows than a scan before: the file changed while it was being read"};
  }
  task->report = message;
  return Status::ok();
}

Status Loader::Core::handle_waiting(ChildLink& child, const wire::Waiting& message) {
  LoadTask* task = child.current(message.task);
  if (task == nullptr || !task->source->is_sequential)
    return breach("waits for a source that needs no waiting");
  task->awaits_input = true;
  return Status::ok();
}

Status Loader::Core::handle_want(ChildLink& child, const wire::Want& message) {
  LoadTask* task = child.current(message.task);
  if (task == nullptr) return breach("wants a block for a task that it does not have");
  // A block may have been lent while the message was under way.
  task->wants_block = task->has_place() && task->lent.empty();
  return Status::ok();
}

Status Loader::Core::handle_publish(ChildLink& child, const wire::Publish& message) {
  LoadTask* task = child.current(message.task);
  if (task == nullptr) return breach("published rows for a task that it does not have");
  const auto lent = std::find_if(task->lent.begin(), task->lent.end(),
                                 [&](const Block* block) { return block->lease == message.lease; });
  if (lent == task->lent.end()) return breach("published a block that it was not lent");
  const std::uint64_t room = task->rows_to_cut(block_rows_);
  const std::uint64_t left =
      (task->rows == kUnknownRows ? task->source->max_rows - task->first_row : task->rows) -
      task->settled();
  if (message.rows == 0 || message.rows > room || message.skipped > left ||
      message.rows > left - message.skipped || task->ended_inside_cut) {
    return breach("published a wrong number of rows");
  }
  const std::uint64_t before = std::max(task->next_offset, task->begin);
  const bool has_line = message.next_line != 0 || task->source->is_opaque;
  // Of a part of a compressed file the decoded bytes are told.
  const bool is_decoded = task->is_part() && task->source->format != InputFormat::plain;
  const bool is_text = task->kind == wire::TaskKind::text;
  const bool is_beyond = (!is_decoded && message.input_bytes > task->source->size) ||
                         (is_text && message.next_offset > task->end);
  if (message.next_offset <= before || !has_line || is_beyond) {
    return breach("published rows from a place that cannot be");
  }
  const RejectCounts counts{message.rejects, message.skipped};
  const std::vector<Reject>& pending = task->rejects.pending;
  const bool is_covered = pending.empty() || pending.back().byte <= message.next_offset;
  if (!task->is_dropped && (!is_covered || !task->rejects.fits(counts)))
    return breach("miscounted its rejects");
  // Every value of a row is cut once at the most.
  if (message.truncated > message.rows * dtype_->scalars())
    return breach("cut more strings than its rows have");
  if (!may_be_packed(*task, message)) return breach("published a block that is packed in part");
  std::vector<PackedChunk> packed = std::exchange(task->packed, {});
  Block* block = *lent;
  task->lent.erase(lent);
  if (task->is_dropped) {
    arena_->release(block);
  } else {
    task->rejects.cover(counts);
    task->pieces.push_back({block, message.rows, counts, message.next_offset, message.next_line,
                            message.crc, 0, message.truncated, false, std::move(packed)});
    rows_done_ += message.rows;
    child.rows_done += message.rows;
    task->input_bytes = is_decoded ? task->file_bytes(message.input_bytes) : message.input_bytes;
  }
  task->published += message.rows;
  task->next_offset = message.next_offset;
  task->next_line = message.next_line;
  task->ended_inside_cut = message.rows < room;
  return Status::ok();
}

Status Loader::Core::handle_reject(ChildLink& child, const wire::Reject& message) {
  LoadTask* task = child.current(message.task);
  if (task == nullptr) return breach("rejected a row of a task that it does not have");
  if (task->is_dropped) return Status::ok();
  const Source& source = *task->source;
  const std::uint64_t size = source.format == InputFormat::plain ? source.size : UINT64_MAX;
  const char* what = task->rejects.add(message, source.index, size);
  return what == nullptr ? Status::ok() : breach(what);
}

Status Loader::Core::handle_done(ChildLink& child, const wire::Done& message) {
  LoadTask* task = child.current(message.task);
  if (task == nullptr) return breach("ended a task that it does not have");
  const bool has_gone = !task->is_part() || task->go_sent || task->is_dropped;
  if (!has_gone) return breach("ended a task before it was done");
  FOREBAY_TRY(cover_tail(*task, {message.rejects, message.skipped}));
  if (!task->is_dropped && task->rows != kUnknownRows && task->settled() != task->rows)
    return breach("ended a task before it was done");
  const bool has_answered = (task->kind != wire::TaskKind::head || task->source->is_headed) &&
                            (task->kind != wire::TaskKind::map || task->has_mapped) &&
                            (task->kind != wire::TaskKind::inflate || task->inflation);
  if (!has_answered && !task->is_dropped)
    return breach("did not report the head, the map or the text");
  if (task->kind == wire::TaskKind::verify && !task->is_dropped && !task->source->is_verified &&
      task->failure.is_ok())
    return breach("did not report what it was to verify");
  note_end(*task, message.end_offset, message.end_line, message.crc);
  if (!task->is_dropped && task->is_part())
    task->input_bytes = task->file_bytes(task->end - task->begin);
  if (!task->is_dropped && task->kind == wire::TaskKind::stream) {
    Source& source = *task->source;
    task->input_bytes = source.is_sequential ? message.input_bytes : source.size;
    source.next_row = task->first_row + task->settled();
    source.rows_known = true;
  }
  end_task(child, *task);
  return Status::ok();
}

Status Loader::Core::handle_fail(ChildLink& child, const wire::Fail& message) {
  LoadTask* task = child.current(message.task);
  if (task == nullptr) return breach("failed a task that it does not have");
  if (message.text_bytes > wire::kMaxText) return breach("sent a message that is not well formed");
  FOREBAY_TRY(cover_tail(*task, {message.rejects, message.skipped}));
  if (!task->is_dropped) {
    task->is_over_budget = message.is_over_budget != 0 && task->has_place();
    Status said = wire::status_of(message);
    if (task->is_over_budget) {
      const std::string most = std::to_string(options_.max_errors);
      const char* noun = options_.max_errors == 1 ? " reject" : " rejects";
      said = std::move(said).with_prefix("more than " + most + noun +
                                         ", all that max_errors allows: ");
    }
    task->failure = at_place(*task->source, said);
  }
  note_end(*task, message.end_offset, message.end_line, message.crc);
  end_task(child, *task);
  return Status::ok();
}

Status Loader::Core::handle_log(ChildLink& child, const wire::Log& message) {
  const LoadTask* task = message.task == 0 ? nullptr : child.current(message.task);
  if (message.task != 0 && task == nullptr) return breach("sent a note on a task it does not have");
  if (message.level == 0 || message.level > wire::kMostLogLevel ||
      message.text_bytes > wire::kMaxText)
    return breach("sent a message that is not well formed");
  notes_.add({message.level, task == nullptr ? kNoSource : task->source->index, child.process.pid(),
              0, wire::text_of(message)});
  return Status::ok();
}

// What the task has consumed behind its last row.
void Loader::Core::note_end(LoadTask& task, std::uint64_t offset, std::uint64_t line,
                            std::uint64_t crc) {
  if (task.source->is_opaque || task.is_prelude() || task.kind == wire::TaskKind::inflate) return;
  task.end_offset = offset;
  task.end_line = line;
  task.end_crc = crc;
}

void Loader::Core::end_task(ChildLink& child, LoadTask& task) {
  for (Block* block : task.lent) arena_->release(block);
  task.lent.clear();
  task.wants_block = false;
  task.awaits_input = false;
  task.state = LoadTask::State::ended;
  task.child = nullptr;
  child.tasks.pop_front();
  if (task.kind == wire::TaskKind::text) task.slot.reset();
  if (task.is_dropped) {
    std::erase_if(dropped_, [&](const auto& entry) { return entry.get() == &task; });
  } else if (task.kind == wire::TaskKind::map) {
    task.source->end_map(task);
  } else if (task.kind == wire::TaskKind::inflate) {
    task.source->end_step(task);
  } else if (task.is_prelude()) {
    // It has no rows. Its failure is the source's.
    Source& source = *task.source;
    if (task.failure.is_failure()) {
      source.all_created = true;
    } else {
      source.tasks.pop_front();
    }
  }
}

}  // namespace forebay::core
