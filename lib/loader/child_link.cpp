#include "loader/child_link.hpp"

#include <algorithm>

namespace forebay::core {

Result<std::unique_ptr<ChildLink>> ChildLink::start(EventLoop& loop, Arena& arena,
                                                    wire::Config config,
                                                    const std::vector<std::string>& command,
                                                    bool inherit_error_output) {
  std::unique_ptr<ChildLink> link(new ChildLink);
  FOREBAY_TRY_ASSIGN(SocketPair sockets, make_socket_pair());
  FOREBAY_TRY_ASSIGN(link->segment, arena.add_segment());
  config.segment_bytes = arena.segment_bytes(link->segment);
  const std::vector<std::byte> bytes = wire::encode_config(config);
  auto config_file = make_sealed_file("forebay-config", bytes);
  if (!config_file.is_ok()) {
    arena.retire_segment(link->segment);
    return std::move(config_file).status();
  }
  SpawnOptions options;
  options.program = command.front();
  options.arguments.assign(command.begin() + 1, command.end());
  options.arguments.emplace_back(wire::kChildArgument);
  options.descriptors = {{sockets.child.get(), wire::kSocketDescriptor},
                         {arena.segment_descriptor(link->segment), wire::kSegmentDescriptor},
                         {config_file->get(), wire::kConfigDescriptor}};
  options.inherit_error_output = inherit_error_output;
  auto process = Process::spawn(options);
  if (!process.is_ok()) {
    arena.retire_segment(link->segment);
    return std::move(process).status();
  }
  link->process = std::move(process).value();
  link->socket = std::move(sockets.parent);
  link->last_heard_ns = monotonic_ns();
  FOREBAY_TRY_ASSIGN(link->socket_watch_, loop.watch(link->socket.get()));
  FOREBAY_TRY_ASSIGN(link->exit_watch_, loop.watch(link->process.pidfd().get()));
  return link;
}

Status ChildLink::checked_send(Status sent) {
  if (sent.is_ok()) return sent;
  // A child whose socket is full does not read: a few small messages at a time are all it is ever
  // sent.
  if (sent.code() == FOREBAY_AGAIN) condemn(breach("does not read its messages"));
  // A child that is gone is noticed by its descriptors; its tasks are dealt with there.
  return Status::ok();
}

void ChildLink::stop_listening() noexcept {
  is_closed = true;
  socket_watch_.reset();
}

void ChildLink::condemn(Status why) {
  if (verdict.is_ok()) verdict = std::move(why);
  stop_listening();
  process.kill();
}

LoadTask* ChildLink::current(std::uint64_t task) const noexcept {
  return !tasks.empty() && tasks.front()->id == task ? tasks.front() : nullptr;
}

LoadTask* ChildLink::find(std::uint64_t task) const noexcept {
  for (LoadTask* entry : tasks) {
    if (entry->id == task) return entry;
  }
  return nullptr;
}

bool ChildLink::owes_message() const noexcept {
  if (!has_greeted) return true;
  return !tasks.empty() && !tasks.front()->is_waiting();
}

}  // namespace forebay::core
