#include "child/session.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "child/child.hpp"

namespace forebay::core {
namespace {

Result<wire::Config> read_config(const Descriptor& file) {
  FOREBAY_TRY_ASSIGN(const std::uint64_t bytes, checked_memfd_size(file.get(), true));
  FOREBAY_TRY_ASSIGN(const Mapping mapping, Mapping::map(file.get(), bytes, false));
  return wire::decode_config({mapping.data(), mapping.size()});
}

bool is_readable(const Descriptor& socket) noexcept {
  pollfd request{socket.get(), POLLIN, 0};
  return ::poll(&request, 1, 0) > 0;
}

// A custom program may close its session, or fail to attach, and still have something to say: its
// leash watches a descriptor of its own, which stays open as long as the process lives.
Result<int> leash_descriptor(const Descriptor& socket, ChildProgram program) {
  if (program == ChildProgram::built_in) return socket.get();
  // A process that it starts must not hold the socket open after its death.
  const bool is_private = ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC) == 0;
  const int copy = ::fcntl(socket.get(), F_DUPFD_CLOEXEC, wire::kFirstFreeDescriptor);
  if (!is_private || copy < 0) return errno_status("keep the control socket", {}, errno);
  return copy;
}

}  // namespace

Result<std::unique_ptr<Session>> Session::attach(ChildProgram program) {
  if (program == ChildProgram::built_in) close_descriptors_from(wire::kFirstFreeDescriptor);
  std::unique_ptr<Session> session(new Session);
  session->socket_.reset(wire::kSocketDescriptor);
  Descriptor segment(wire::kSegmentDescriptor);
  const Descriptor config(wire::kConfigDescriptor);
  FOREBAY_TRY_ASSIGN(const int leash, leash_descriptor(session->socket_, program));
  FOREBAY_TRY(start_leash(leash, wire::kExitDone));
  FOREBAY_TRY_ASSIGN(session->config_, read_config(config));
  FOREBAY_TRY_ASSIGN(const std::uint64_t bytes, checked_memfd_size(segment.get(), false));
  if (bytes != session->config_.segment_bytes) {
    return Status(FOREBAY_E_PROTOCOL,
                  "the segment does not have the size that the configuration names");
  }
  FOREBAY_TRY_ASSIGN(session->segment_, Mapping::map(segment.get(), bytes, true));
  if (program == ChildProgram::built_in) session->segment_file_ = std::move(segment);
  wire::Hello hello{};
  hello.version = wire::kVersion;
  hello.pid = static_cast<std::uint32_t>(::getpid());
  FOREBAY_TRY(session->send(hello));
  return session;
}

Status Session::receive(bool wait) {
  std::array<std::byte, wire::kMaxMessage> buffer{};
  while (wait || is_readable(socket_)) {
    FOREBAY_TRY_ASSIGN(Packet packet, receive_packet(socket_, buffer));
    if (packet.closed) return Status::news(FOREBAY_END);
    FOREBAY_TRY(handle({buffer.data(), packet.bytes}, std::move(packet.descriptor)));
    wait = false;
  }
  return Status::ok();
}

Status Session::handle(std::span<const std::byte> packet, Descriptor descriptor) {
  const std::optional<wire::Type> type = wire::check(packet);
  if (type == wire::Type::task)
    return handle_task(wire::decode<wire::Task>(packet), std::move(descriptor));
  if (type == wire::Type::text_memory) {
    text_memory_ = std::move(descriptor);
    return Status::ok();
  }
  if (type == wire::Type::lend) return handle_lend(wire::decode<wire::Lend>(packet));
  if (type == wire::Type::go) {
    const auto go = wire::decode<wire::Go>(packet);
    if (go.state >= text::kScanStates) return {FOREBAY_E_PROTOCOL, "a scan state is not one"};
    if (ChildTask* task = find(go.task)) task->go = go;
    return Status::ok();
  }
  if (type == wire::Type::drop) {
    if (ChildTask* task = find(wire::decode<wire::Drop>(packet).task)) task->dropped = true;
    return Status::ok();
  }
  return {FOREBAY_E_PROTOCOL, "a message is not well formed"};
}

Status Session::handle_task(const wire::Task& message, Descriptor source) {
  if (!source.is_open()) return {FOREBAY_E_PROTOCOL, "a task came without its source"};
  const bool is_text = message.kind == wire::TaskKind::text;
  if (message.begin > message.end && (is_text || message.kind == wire::TaskKind::split)) {
    return {FOREBAY_E_PROTOCOL, "a split ends before it begins"};
  }
  const bool is_inflate = message.kind == wire::TaskKind::inflate;
  if (is_inflate && message.block_begin >= message.block_end)
    return {FOREBAY_E_PROTOCOL, "there is no room to inflate to"};
  if ((is_inflate || is_text) && !text_memory_.is_open())
    return {FOREBAY_E_PROTOCOL, "a task came without the memory for its text"};
  auto task = std::make_unique<ChildTask>();
  task->message = message;
  task->source = std::move(source);
  if (is_inflate || is_text) task->text_memory = std::move(text_memory_);
  tasks_.push_back(std::move(task));
  return Status::ok();
}

Status Session::handle_lend(const wire::Lend& message) {
  if (!range_inside(message.offset, message.bytes, segment_.size())) {
    return {FOREBAY_E_PROTOCOL, "a block lies outside the segment"};
  }
  // A block lent for a task that has ended meanwhile is the coordinator's again already.
  if (ChildTask* task = find(message.task)) {
    task->blocks.push_back({message.lease, message.offset, segment_.data() + message.offset,
                            message.bytes, message.is_large != 0});
  }
  return Status::ok();
}

ChildTask* Session::find(std::uint64_t task) noexcept {
  for (const auto& entry : tasks_) {
    if (entry->message.task == task) return entry.get();
  }
  return nullptr;
}

Status Session::packed(const ChildTask& task, const LentBlock& block,
                       std::span<const PackedChunk> chunks) {
  for (std::size_t first = 0; first < chunks.size(); first += wire::kMaxPacked) {
    const auto part = chunks.subspan(first, std::min(wire::kMaxPacked, chunks.size() - first));
    wire::Packed message{};
    message.task = task.message.task;
    message.lease = block.lease;
    message.first = static_cast<std::uint32_t>(first);
    message.count = static_cast<std::uint32_t>(part.size());
    std::copy(part.begin(), part.end(), message.chunks);
    FOREBAY_TRY(send(message));
  }
  return Status::ok();
}

Status Session::publish(ChildTask& task, const LentBlock& block, std::uint64_t rows,
                        const text::Cursor& next, std::uint64_t truncated) {
  task.rows += rows;
  wire::Publish message{};
  message.task = task.message.task;
  message.lease = block.lease;
  message.rows = rows;
  message.next_offset = next.offset;
  message.next_line = next.line;
  message.input_bytes = task.input_bytes;
  message.rejects = std::exchange(task.new_rejects, 0);
  message.skipped = std::exchange(task.new_skipped, 0);
  message.truncated = truncated;
  message.crc = std::exchange(task.crc, 0);
  return send(message);
}

Status Session::reject(ChildTask& task, std::uint64_t limit, const Status& reason,
                       std::string_view line) {
  ++task.new_rejects;
  if (++task.rejects > limit) return Status::ok();
  return send(wire::make_reject(task.message.task, reason, line));
}

Status Session::finish(ChildTask& task, const Status& outcome) {
  if (outcome.is_failure()) {
    wire::Fail fail = wire::make_fail(task.message.task, outcome);
    fail.rejects = task.new_rejects;
    fail.skipped = task.new_skipped;
    fail.is_over_budget = task.is_over_budget ? 1 : 0;
    fail.end_offset = task.consumed.offset;
    fail.end_line = task.consumed.line;
    fail.crc = task.crc;
    return send(fail);
  }
  wire::Done done{};
  done.task = task.message.task;
  done.rows = task.rows;
  done.input_bytes = task.input_bytes;
  done.rejects = task.new_rejects;
  done.skipped = task.new_skipped;
  done.end_offset = task.consumed.offset;
  done.end_line = task.consumed.line;
  done.crc = task.crc;
  return send(done);
}

}  // namespace forebay::core
