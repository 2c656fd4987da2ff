#include "loader/sniff.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "loader/program.hpp"
#include "loader/source.hpp"

namespace forebay::core {
namespace {

constexpr std::uint64_t kTask = 1;
constexpr std::uint64_t kSegmentBytes = 4096;  // a child must have one; nothing is put there
constexpr std::uint64_t kNanoseconds = 1'000'000;

Status sniffer_breach(const char* what) {
  return {FOREBAY_E_PROTOCOL, std::string("the child process that looks at it ") + what};
}

// One child, one task, one answer.
class SniffingChild {
 public:
  explicit SniffingChild(const SniffOptions& options) : options_(options) {}

  Status start(const Source& source);
  Result<SniffReport> await_report();

 private:
  Status await_packet();
  Status handle(std::span<const std::byte> packet);
  Status handle_hello(const wire::Hello& hello);
  Status handle_text(const wire::SniffText& piece);
  Status handle_sniffed(const wire::Sniffed& message);
  Status death_status();

  const SniffOptions& options_;
  Process process_;
  Descriptor socket_;
  std::uint64_t deadline_ns_ = 0;
  bool has_greeted_ = false;
  bool is_done_ = false;
  bool has_report_ = false;
  std::string texts_;
  SniffReport report_;
};

Status SniffingChild::start(const Source& source) {
  FOREBAY_TRY_ASSIGN(const std::string program, find_child_program(options_.program));
  FOREBAY_TRY_ASSIGN(SocketPair sockets, make_socket_pair());
  FOREBAY_TRY_ASSIGN(const Descriptor segment, make_segment("forebay-sniff", kSegmentBytes));
  wire::Config config;
  config.dtype = "S1";  // of no rows
  config.delimiter = ',';
  config.block_rows = 1;
  config.split_bytes = 1;
  config.segment_bytes = kSegmentBytes;
  config.custom = wire::encode_sniff_request(options_.request);
  FOREBAY_TRY_ASSIGN(const Descriptor config_file,
                     make_sealed_file("forebay-config", wire::encode_config(config)));
  SpawnOptions spawn;
  spawn.program = program;
  spawn.arguments.emplace_back(wire::kChildArgument);
  spawn.descriptors = {{sockets.child.get(), wire::kSocketDescriptor},
                       {segment.get(), wire::kSegmentDescriptor},
                       {config_file.get(), wire::kConfigDescriptor}};
  spawn.inherit_error_output = options_.inherit_error_output;
  FOREBAY_TRY_ASSIGN(process_, Process::spawn(spawn));
  socket_ = std::move(sockets.parent);
  wire::Task task{};
  task.task = kTask;
  task.kind = wire::TaskKind::sniff;
  task.format = static_cast<std::uint32_t>(source.format);
  task.end = source.size;
  task.source_bytes = source.size;
  task.line = 1;
  deadline_ns_ = monotonic_ns() + options_.start_timeout_ms * kNanoseconds;
  Status sent = send_packet(socket_, wire::encode(task), source.file.get());
  // A child that is gone already is noticed, with its exit status, when its answer is waited for.
  return sent.code() == FOREBAY_E_CHILD ? Status::ok() : std::move(sent);
}

Status SniffingChild::await_packet() {
  while (true) {
    const std::uint64_t now = monotonic_ns();
    if (now >= deadline_ns_) {
      return {FOREBAY_E_TIMEOUT,
              "the child process that looks at it did not answer in time; give the dtype, or try "
              "again with a longer progress_timeout_ms"};
    }
    const std::uint64_t left = (deadline_ns_ - now) / kNanoseconds + 1;
    pollfd wanted{socket_.get(), POLLIN, 0};
    const int ready =
        ::poll(&wanted, 1, static_cast<int>(std::min<std::uint64_t>(left, 1'000'000)));
    if (ready > 0) return Status::ok();
    if (ready < 0 && errno != EINTR) return errno_status("wait for a child process", {}, errno);
  }
}

Status SniffingChild::death_status() {
  const ChildExit exit = process_.reap();
  return {FOREBAY_E_CHILD,
          "the child process that looks at it " + exit.text() + "; give the dtype"};
}

Result<SniffReport> SniffingChild::await_report() {
  std::array<std::byte, wire::kMaxMessage> buffer{};
  while (!is_done_) {
    FOREBAY_TRY(await_packet());
    FOREBAY_TRY_ASSIGN(const Packet packet, receive_packet(socket_, buffer));
    if (packet.closed) return death_status();
    if (packet.would_block) continue;
    if (packet.descriptor.is_open()) return sniffer_breach("sent a descriptor");
    FOREBAY_TRY(handle({buffer.data(), packet.bytes}));
  }
  // The child has nothing more to do: it need not find out by itself.
  process_.kill();
  process_.reap();
  return std::move(report_);
}

Status SniffingChild::handle(std::span<const std::byte> packet) {
  const std::optional<wire::Type> type = wire::check(packet);
  if (!type) return sniffer_breach("sent a message that is not well formed");
  if (*type != wire::Type::hello && !has_greeted_) return sniffer_breach("did not say hello first");
  switch (*type) {
    case wire::Type::hello:
      return handle_hello(wire::decode<wire::Hello>(packet));
    case wire::Type::sniff_text:
      return handle_text(wire::decode<wire::SniffText>(packet));
    case wire::Type::sniffed:
      return handle_sniffed(wire::decode<wire::Sniffed>(packet));
    case wire::Type::done:
      is_done_ = wire::decode<wire::Done>(packet).task == kTask && has_report_;
      return is_done_ ? Status::ok() : sniffer_breach("ended its task without an answer");
    case wire::Type::fail:
      return wire::status_of(wire::decode<wire::Fail>(packet));
    default:
      return sniffer_breach("sent a message that it was not asked for");
  }
}

Status SniffingChild::handle_hello(const wire::Hello& hello) {
  if (has_greeted_) return sniffer_breach("said hello twice");
  if (hello.version != wire::kVersion)
    return sniffer_breach("speaks another version; install program and library of one release");
  has_greeted_ = true;
  deadline_ns_ = monotonic_ns() + options_.timeout_ms * kNanoseconds;
  return Status::ok();
}

Status SniffingChild::handle_text(const wire::SniffText& piece) {
  const bool fits = piece.task == kTask && !has_report_ && piece.text_bytes <= wire::kMaxText &&
                    piece.text_bytes <= wire::kMaxSniffText - texts_.size();
  if (!fits) return sniffer_breach("sent a text that does not fit");
  texts_.append(piece.text, piece.text_bytes);
  return Status::ok();
}

Status SniffingChild::handle_sniffed(const wire::Sniffed& message) {
  constexpr std::uint32_t kMostPercent = 100;
  constexpr std::uint32_t kMostCharacter = 0xff;
  const bool fits = message.task == kTask && !has_report_ && message.text_bytes == texts_.size() &&
                    message.delimiter <= kMostCharacter && message.quote <= kMostCharacter &&
                    message.decimal <= kMostCharacter && message.decimal > ' ' &&
                    message.has_header <= 1 && message.confidence <= kMostPercent &&
                    message.reserved == 0;
  if (!fits) return sniffer_breach("sent an impossible answer");
  FOREBAY_TRY_ASSIGN(wire::SniffTexts texts, wire::decode_sniff_texts(texts_));
  FOREBAY_TRY_ASSIGN(report_.dtype, Dtype::parse(texts.dtype));
  if (report_.dtype->fields().size() != message.columns)
    return sniffer_breach("miscounted the columns");
  report_.delimiter = message.delimiter;
  report_.quote = message.quote;
  report_.decimal = message.decimal;
  report_.skip_rows = message.skip_rows;
  report_.has_header = message.has_header != 0;
  report_.confidence = message.confidence;
  report_.rows = message.rows;
  report_.bytes = message.bytes;
  report_.comment = std::move(texts.comment);
  report_.na = std::move(texts.na);
  report_.notes = std::move(texts.notes);
  has_report_ = true;
  return Status::ok();
}

// The failure as one of the source.
Status of_source(const Status& status, const std::string& path) {
  ErrorDetail detail = status.detail();
  if (detail.message.substr(0, path.size() + 1) != path + ":")
    detail.message = path + ": " + detail.message;
  detail.path = path;
  return {status.code(), std::move(detail)};
}

}  // namespace

Result<SniffReport> sniff_file(const std::string& path, const SniffOptions& options) {
  Source source;
  source.path = path;
  FOREBAY_TRY(source.open(Geometry{}));
  SniffingChild child(options);
  Status started = child.start(source);
  if (started.is_failure()) return started;
  auto report = child.await_report();
  if (!report.is_ok()) return of_source(report.status(), path);
  return report;
}

}  // namespace forebay::core
