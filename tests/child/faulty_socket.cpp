// The control socket of a child that misbehaves: stands in for lib/platform/socket.cpp in the
// test's own child program. The rest of the child is the real one, so every fault happens at a true
// moment of its work.
//
// $FOREBAY_TEST_FAULT is "<moment>:<deed>[:<marker>]". Moments: start (before the first message),
// task, task-head, task-split, task-stream, task-map, task-rows, go, lend, drop (after one was
// received), scan-before, want-after, publish-before, publish-after, done-before, done-after,
// hello-after, reject-before, reject-after, reject-falsify. Deeds: hostile/NAME of
// hostile_deeds.cpp, kill, abort, exit3, hang, garbage, huge,
// wrong-lease, wrong-task, many-rows, close, descriptor, twice, early-done, miscount, uncounted; of
// a reject: far-byte, far-line, no-column, odd-code, long-text, escapes. Also inflated-before,
// inflated-after and inflated-falsify, whose deeds falsify_inflated() names. With a marker, a path,
// the deed is done only by the first process that can create it; into "<marker>.sources" it writes
// its process id and the sources of all tasks that it ever had. $FOREBAY_TEST_FIRST_DIES names
// another marker: the process that creates it dies of its first task instead.
#define send_packet real_send_packet
#define receive_packet real_receive_packet
#include "../../lib/platform/socket.cpp"
#undef send_packet
#undef receive_packet

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "child/hostile_deeds.hpp"
#include "wire/wire.hpp"

namespace forebay::core {
namespace {

struct Fault {
  std::string moment;
  std::string deed;
  std::string marker;
};

const Fault& fault() {
  static const Fault parsed = [] {
    Fault out;
    const char* text = std::getenv("FOREBAY_TEST_FAULT");
    if (text == nullptr) return out;
    const std::string all = text;
    const std::size_t first = all.find(':');
    const std::size_t second = all.find(':', first + 1);
    out.moment = all.substr(0, first);
    out.deed = all.substr(first + 1, second == std::string::npos ? second : second - first - 1);
    if (second != std::string::npos) out.marker = all.substr(second + 1);
    return out;
  }();
  return parsed;
}

bool create(const std::string& marker) {
  const int fd = ::open(marker.c_str(), O_CREAT | O_EXCL | O_CLOEXEC | O_WRONLY, 0600);
  if (fd < 0) return false;
  ::close(fd);
  return true;
}

test::Witness& witness() {
  static test::Witness seen;
  return seen;
}

// The sources that this process has had, once it is the one that misbehaves.
struct Touched {
  std::string list;
  bool is_culprit = false;

  void note(std::uint32_t source) {
    const std::string line = std::to_string(source) + "\n";
    list += line;
    if (is_culprit) append(line);
  }
  void begin() {
    is_culprit = true;
    append(std::to_string(::getpid()) + "\n" + list);
  }
  // Why one write: the process may be killed at any moment.
  static void append(const std::string& text) {
    const std::string path = fault().marker + ".sources";
    const int fd = ::open(path.c_str(), O_CREAT | O_APPEND | O_CLOEXEC | O_WRONLY, 0600);
    (void)!::write(fd, text.data(), text.size());
    ::close(fd);
  }
};
Touched& touched() {
  static Touched sources;
  return sources;
}

// The tasks at hand; the last one that was over when there is none.
std::deque<wire::Task>& tasks() {
  static std::deque<wire::Task> handed;
  return handed;
}

bool is_due(const char* moment) {
  if (fault().moment != moment) return false;
  if (fault().marker.empty()) return true;
  if (!create(fault().marker)) return false;
  touched().begin();
  return true;
}

template <typename Message>
Status send_anyway(const Descriptor& socket, Message message) {
  return real_send_packet(socket, wire::encode(message), -1);
}

// Does the deed. `sent` is the message about to be sent, if there is one.
void do_deed(const Descriptor& socket, std::span<const std::byte> sent) {
  const std::string& deed = fault().deed;
  if (deed.rfind("hostile/", 0) == 0) {
    witness().socket = socket.get();
    witness().sent = sent;
    if (!tasks().empty()) witness().task = tasks().front();
    // A deed that does not exist must not pass for one that does no harm.
    if (!test::do_hostile_deed(deed.substr(8), witness())) std::abort();
    return;
  }
  if (deed == "kill") ::raise(SIGKILL);
  if (deed == "abort") {
    ::signal(SIGABRT, SIG_DFL);
    std::abort();
  }
  if (deed == "exit3") ::_exit(3);
  if (deed == "hang") {
    for (;;) ::pause();
  }
  if (deed == "close") {
    ::shutdown(socket.get(), SHUT_RDWR);
    for (;;) ::pause();
  }
  if (deed == "garbage") {
    const char noise[] = "this is not a message of the protocol";
    (void)real_send_packet(socket, std::as_bytes(std::span(noise)), -1);
  }
  if (deed == "huge") {
    const std::vector<std::byte> noise(100'000, std::byte{0x41});
    (void)real_send_packet(socket, noise, -1);
  }
  if (deed == "descriptor") (void)real_send_packet(socket, sent, socket.get());
  if (deed == "twice") (void)real_send_packet(socket, sent, -1);
  if (deed == "early-done") {
    wire::Done done{};
    done.task = 1;
    (void)send_anyway(socket, done);
  }
  if (sent.size() == sizeof(wire::Publish)) {
    auto message = wire::decode<wire::Publish>(sent);
    if (deed == "wrong-lease") message.lease += 1'000'000;
    if (deed == "wrong-task") message.task += 1'000'000;
    if (deed == "many-rows") message.rows = UINT64_MAX / 2;
    if (deed == "miscount") message.skipped = message.rejects + 1;
    if (deed == "uncounted") message.rejects = message.skipped = 0;
    (void)send_anyway(socket, message);
  }
}

// A reject that lies, in place of the true one.
bool falsify(const Descriptor& socket, std::span<const std::byte> sent) {
  const std::string& deed = fault().deed;
  auto message = wire::decode<wire::Reject>(sent);
  if (deed == "wrong-task") message.task += 1'000'000;
  if (deed == "far-byte") message.byte = UINT64_MAX;
  if (deed == "far-line") message.line = 0;
  if (deed == "no-column") message.column = 0;
  if (deed == "odd-code") message.code = 7;
  if (deed == "long-text") message.text_bytes = UINT32_MAX;
  if (deed == "escapes") {
    message.reason_bytes = message.text_bytes = wire::kMaxRejectText;
    std::memset(message.reason, '\x1b', sizeof(message.reason));
    std::memset(message.text, '\x1b', sizeof(message.text));
  }
  return send_anyway(socket, message).is_ok();
}

const char* moment_of(const wire::Task& task) {
  switch (task.kind) {
    case wire::TaskKind::head:
      return "task-head";
    case wire::TaskKind::split:
      return "task-split";
    case wire::TaskKind::stream:
      return "task-stream";
    case wire::TaskKind::map:
      return "task-map";
    case wire::TaskKind::rows:
      return "task-rows";
    default:
      return "none";
  }
}

// Text that is not what was decoded.
bool falsify_inflated(const Descriptor& socket, std::span<const std::byte> sent) {
  const std::string& deed = fault().deed;
  auto message = wire::decode<wire::Inflated>(sent);
  if (deed == "wrong-task") message.task += 1'000'000;
  if (deed == "far-bytes") message.bytes = UINT64_MAX;
  if (deed == "no-bytes") message.bytes = message.rows = message.newlines = 0;
  if (deed == "many-rows") message.rows = message.bytes + 1;
  if (deed == "more-rows") ++message.rows;
  if (deed == "many-lines") message.newlines = UINT64_MAX;
  if (deed == "far-input") message.input_bytes = UINT64_MAX;
  if (deed == "no-state") message.state = wire::Inflation{0};
  if (deed == "odd-state") message.state = wire::Inflation{4};
  if (deed == "too-long") message.state = wire::Inflation::too_long;
  if (deed == "again") (void)send_anyway(socket, message);
  return send_anyway(socket, message).is_ok();
}

const char* moment_after(std::span<const std::byte> packet) {
  switch (wire::check(packet).value_or(wire::Type::hello)) {
    case wire::Type::task:
      return "task";
    case wire::Type::go:
      return "go";
    case wire::Type::lend:
      return "lend";
    case wire::Type::drop:
      return "drop";
    default:
      return "none";
  }
}

void take_task(const Descriptor& socket, const wire::Task& task) {
  tasks().push_back(task);
  touched().note(task.source);
  const char* marker = std::getenv("FOREBAY_TEST_FIRST_DIES");
  if (marker != nullptr && create(marker)) ::raise(SIGKILL);
  if (is_due(moment_of(task))) do_deed(socket, {});
}

}  // namespace

Status send_packet(const Descriptor& socket, std::span<const std::byte> bytes, int fd) {
  const auto type = wire::check(bytes);
  if (type == wire::Type::hello && is_due("start")) do_deed(socket, bytes);
  if (type == wire::Type::publish && is_due("publish-before")) do_deed(socket, bytes);
  if (type == wire::Type::done && is_due("done-before")) do_deed(socket, bytes);
  if (type == wire::Type::reject && is_due("reject-falsify")) {
    (void)falsify(socket, bytes);
    return Status::ok();
  }
  if (type == wire::Type::reject && is_due("reject-before")) do_deed(socket, bytes);
  if (type == wire::Type::scanned && is_due("scan-before")) do_deed(socket, bytes);
  if (type == wire::Type::inflated && is_due("inflated-before")) do_deed(socket, bytes);
  if (type == wire::Type::inflated && is_due("inflated-falsify")) {
    (void)falsify_inflated(socket, bytes);
    return Status::ok();
  }
  Status status = real_send_packet(socket, bytes, fd);
  const bool is_end = type == wire::Type::done || type == wire::Type::fail;
  if (is_end && !tasks().empty()) {
    witness().task = tasks().front();
    tasks().pop_front();
  }
  witness().past.emplace_back(bytes.begin(), bytes.end());
  if (type == wire::Type::reject && is_due("reject-after")) do_deed(socket, bytes);
  if (type == wire::Type::hello && is_due("hello-after")) do_deed(socket, bytes);
  if (type == wire::Type::inflated && is_due("inflated-after")) do_deed(socket, bytes);
  if (type == wire::Type::publish && is_due("publish-after")) do_deed(socket, bytes);
  if (type == wire::Type::want && is_due("want-after")) do_deed(socket, bytes);
  if (type == wire::Type::done && is_due("done-after")) do_deed(socket, bytes);
  return status;
}

Result<Packet> receive_packet(const Descriptor& socket, std::span<std::byte> buffer) {
  auto packet = real_receive_packet(socket, buffer);
  if (packet.is_ok() && packet->bytes != 0) {
    const std::span<const std::byte> bytes(buffer.data(), packet->bytes);
    if (wire::check(bytes) == wire::Type::lend) witness().lend = wire::decode<wire::Lend>(bytes);
    if (wire::check(bytes) == wire::Type::task) take_task(socket, wire::decode<wire::Task>(bytes));
    if (is_due(moment_after(bytes))) do_deed(socket, {});
  }
  return packet;
}

}  // namespace forebay::core
