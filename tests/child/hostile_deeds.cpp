#include "child/hostile_deeds.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <thread>

namespace forebay::test {
namespace {

using namespace core;  // NOLINT(google-build-using-namespace)

constexpr std::uint64_t kFar = 1'000'000;

void send_bytes(const Witness& w, const void* data, std::size_t bytes) {
  (void)::send(w.socket, data, bytes, MSG_NOSIGNAL);
}

template <typename Message>
void send(const Witness& w, Message message) {
  const auto bytes = wire::encode(message);
  send_bytes(w, bytes.data(), bytes.size());
}

template <typename Message>
Message of_task(const Witness& w) {
  Message message{};
  message.task = w.task.task;
  return message;
}

// A publish that would be right, as far as one can know.
wire::Publish good_publish(const Witness& w) {
  if (wire::check(w.sent) == wire::Type::publish) return wire::decode<wire::Publish>(w.sent);
  auto message = of_task<wire::Publish>(w);
  message.lease = w.lend.lease;
  message.rows = 1;
  message.next_offset = w.task.begin + 1;
  message.next_line = w.task.line + 1;
  return message;
}

wire::Reject good_reject(const Witness& w) {
  auto message = of_task<wire::Reject>(w);
  message.line = 1;
  message.column = 1;
  message.code = FOREBAY_E_VALUE;
  return message;
}

wire::Header header_of(std::uint32_t type, std::uint32_t size) {
  return {wire::kMagic, static_cast<wire::Type>(type), size, 0};
}

// ---- packets that are no messages ----

void send_short(const Witness& w) {
  send_bytes(w, "abc", 3);
}
void send_empty(const Witness& w) {
  send_bytes(w, "", 0);
}
void send_garbage(const Witness& w) {
  const char noise[] = "this is not a message of the protocol";
  send_bytes(w, noise, sizeof(noise));
}
void send_giant(const Witness& w) {
  const std::vector<char> noise(100'000, 'A');
  send_bytes(w, noise.data(), noise.size());
}
void send_head_only(const Witness& w) {
  const wire::Header header = header_of(20, sizeof(header));
  send_bytes(w, &header, sizeof(header));
}
void send_with_header(const Witness& w, const wire::Header& header) {
  wire::Want want = of_task<wire::Want>(w);
  want.header = header;
  send_bytes(w, &want, sizeof(want));
}
void send_wrong_magic(const Witness& w) {
  wire::Header header = header_of(19, sizeof(wire::Want));
  header.magic ^= 0x20;
  send_with_header(w, header);
}
void send_wrong_size(const Witness& w) {
  send_with_header(w, header_of(19, sizeof(wire::Want) + 8));
}
void send_reserved(const Witness& w) {
  wire::Header header = header_of(19, sizeof(wire::Want));
  header.reserved = 1;
  send_with_header(w, header);
}
void send_unknown_type(const Witness& w) {
  send_with_header(w, header_of(99, sizeof(wire::Want)));
}

// ---- messages that lie ----

void send_parents_messages(const Witness& w) {
  send(w, w.lend);
  send(w, w.task);
}
void say_hello_again(const Witness& w) {
  wire::Hello hello{};
  hello.version = wire::kVersion;
  send(w, hello);
  send(w, hello);
}
void say_hello_of_another_version(const Witness& w) {
  wire::Hello hello{};
  hello.version = wire::kVersion + 1;
  send(w, hello);
}
void want_for_others(const Witness& w) {
  auto want = of_task<wire::Want>(w);
  want.task += kFar;
  send(w, want);
}
template <typename Change>
void publish_falsely(const Witness& w, Change change) {
  wire::Publish message = good_publish(w);
  change(message);
  send(w, message);
}
void publish_for_others(const Witness& w) {
  publish_falsely(w, [](auto& m) { m.task += kFar; });
}
void publish_unlent(const Witness& w) {
  publish_falsely(w, [](auto& m) { m.lease += kFar; });
}
void publish_none(const Witness& w) {
  publish_falsely(w, [](auto& m) { m.rows = 0; });
}
void publish_many(const Witness& w) {
  publish_falsely(w, [](auto& m) { m.rows = UINT64_MAX / 2; });
}
void publish_backwards(const Witness& w) {
  publish_falsely(w, [](auto& m) { m.next_offset = 0; });
}
void publish_skipping(const Witness& w) {
  publish_falsely(w, [](auto& m) { m.rejects = m.skipped = UINT64_MAX - 3; });
}
void publish_miscounted(const Witness& w) {
  publish_falsely(w, [](auto& m) { m.skipped = m.rejects + 1; });
}
void publish_truncated(const Witness& w) {
  publish_falsely(w, [](auto& m) { m.truncated = UINT64_MAX; });
}
void publish_rejects(const Witness& w) {
  publish_falsely(w, [](auto& m) { m.rejects = 1; });
}
// Of those that must not come twice: that a child wants a block it may say again.
void replay_last(const Witness& w) {
  const auto last = std::find_if(w.past.rbegin(), w.past.rend(), [](const auto& bytes) {
    return wire::check(bytes) != wire::Type::want;
  });
  const auto& bytes =
      last == w.past.rend() ? std::vector<std::byte>(w.sent.begin(), w.sent.end()) : *last;
  send_bytes(w, bytes.data(), bytes.size());
  send_bytes(w, bytes.data(), bytes.size());
}
void replay_all(const Witness& w) {
  for (const auto& bytes : w.past) send_bytes(w, bytes.data(), bytes.size());
  say_hello_again(w);
}
void done_early(const Witness& w) {
  send(w, of_task<wire::Done>(w));
}
void done_for_others(const Witness& w) {
  auto done = of_task<wire::Done>(w);
  done.task += kFar;
  send(w, done);
}
void done_twice(const Witness& w) {
  done_early(w);
  done_early(w);
}
void done_with_rejects(const Witness& w) {
  auto done = of_task<wire::Done>(w);
  done.rejects = done.skipped = UINT64_MAX;
  send(w, done);
}
void fail_with_a_long_text(const Witness& w) {
  auto fail = of_task<wire::Fail>(w);
  fail.text_bytes = UINT32_MAX;
  send(w, fail);
}
void fail_with_an_odd_code(const Witness& w) {
  auto fail = of_task<wire::Fail>(w);
  fail.code = 7;
  fail.text_bytes = wire::kMaxText;
  std::memset(fail.text, '\x1b', sizeof(fail.text));
  send(w, fail);
}
void reject_unasked(const Witness& w) {
  send(w, good_reject(w));
}
void reject_far_away(const Witness& w) {
  auto reject = good_reject(w);
  reject.byte = UINT64_MAX;
  reject.line = 0;
  send(w, reject);
}
void reject_with_a_long_text(const Witness& w) {
  auto reject = good_reject(w);
  reject.reason_bytes = reject.text_bytes = UINT32_MAX;
  send(w, reject);
}
void scan_impossibly(const Witness& w) {
  auto scanned = of_task<wire::Scanned>(w);
  for (std::uint32_t& end : scanned.end) end = 99;
  send(w, scanned);
}
void scan_too_many(const Witness& w) {
  auto scanned = of_task<wire::Scanned>(w);
  for (std::uint64_t& rows : scanned.rows) rows = UINT64_MAX;
  send(w, scanned);
}
void scan_twice(const Witness& w) {
  send(w, of_task<wire::Scanned>(w));
  send(w, of_task<wire::Scanned>(w));
}
void head_outside(const Witness& w) {
  auto headed = of_task<wire::Headed>(w);
  headed.data_offset = headed.rows = UINT64_MAX;
  send(w, headed);
}
void head_of_rows(const Witness& w) {
  auto headed = of_task<wire::Headed>(w);
  headed.data_line = 1;
  headed.rows = UINT64_MAX;
  headed.is_streaming = 1;
  send(w, headed);
}
void map_too_much(const Witness& w) {
  auto mapped = of_task<wire::Mapped>(w);
  mapped.marks_used = UINT32_MAX;
  send(w, mapped);
}
void map_backwards(const Witness& w) {
  auto mapped = of_task<wire::Mapped>(w);
  mapped.marks_used = wire::kMaxMarks;
  for (std::size_t i = 0; i < wire::kMaxMarks; ++i)
    mapped.marks[i] = {w.task.source_bytes - i, UINT64_MAX - i};
  send(w, mapped);
}
void verify_unasked(const Witness& w) {
  auto verified = of_task<wire::Verified>(w);
  verified.offset = w.task.begin;
  send(w, verified);
}
void wait_unasked(const Witness& w) {
  send(w, of_task<wire::Waiting>(w));
}
void sniff_unasked(const Witness& w) {
  auto text = of_task<wire::SniffText>(w);
  text.text_bytes = UINT32_MAX;
  send(w, text);
  send(w, of_task<wire::Sniffed>(w));
}
void inflate_impossibly(const Witness& w) {
  auto inflated = of_task<wire::Inflated>(w);
  inflated.bytes = inflated.rows = inflated.newlines = UINT64_MAX;
  send(w, inflated);
}
void pack_unasked(const Witness& w) {
  auto packed = of_task<wire::Packed>(w);
  packed.lease = w.lend.lease;
  packed.first = packed.count = UINT32_MAX;
  send(w, packed);
}
void note_of_no_level(const Witness& w) {
  send(w, wire::make_log(w.task.task, 99, "x"));
}
void note_too_long(const Witness& w) {
  wire::Log log = wire::make_log(w.task.task, 1, "x");
  log.text_bytes = UINT32_MAX;
  send(w, log);
}
void note_for_others(const Witness& w) {
  send(w, wire::make_log(w.task.task + kFar, 1, "x"));
}

// Messages of every type with random contents; half of them on the right task and lease.
void send_random(const Witness& w) {
  constexpr std::uint32_t kTypes[] = {16, 17, 18, 19, 20, 21, 22, 23,
                                      24, 25, 26, 27, 28, 30, 40, 41};
  std::mt19937 dice(static_cast<unsigned>(w.task.task));
  std::vector<unsigned char> bytes;
  for (int i = 0; i < 40; ++i) {
    for (std::size_t size = sizeof(wire::Header); size <= 1200; size += 8) {
      bytes.assign(size, 0);
      const wire::Header header =
          header_of(kTypes[dice() % std::size(kTypes)], static_cast<std::uint32_t>(size));
      std::memcpy(bytes.data(), &header, sizeof(header));
      if (!wire::check(std::as_bytes(std::span(bytes)))) continue;
      for (std::size_t at = sizeof(header); at < size; ++at)
        bytes[at] = dice() % 3 == 0 ? static_cast<unsigned char>(dice()) : 0;
      if (dice() % 2 == 0) std::memcpy(&bytes[16], &w.task.task, 8);
      if (size > 32 && dice() % 2 == 0) std::memcpy(&bytes[24], &w.lend.lease, 8);
      send_bytes(w, bytes.data(), bytes.size());
    }
  }
}

// ---- floods of messages that are sound ----

template <typename Message>
void flood(const Witness& w, const Message& message) {
  for (int i = 0; i < 5'000; ++i) send(w, message);
}
void flood_wants(const Witness& w) {
  flood(w, of_task<wire::Want>(w));
}
void flood_for_ever(const Witness& w) {
  // By several threads, so that the socket never runs dry.
  const wire::Log note = wire::make_log(w.task.task, 1, "n");
  const auto send_on = [&w, note] {
    for (;;) send(w, note);
  };
  for (int i = 0; i < 5; ++i) std::thread(send_on).detach();
  send_on();
}
void flood_notes(const Witness& w) {
  flood(w, wire::make_log(w.task.task, 1, std::string(wire::kMaxText, 'n')));
}
void flood_rejects(const Witness& w) {
  flood(w, good_reject(w));
}
void flood_waiting(const Witness& w) {
  flood(w, of_task<wire::Waiting>(w));
}
void flood_scans(const Witness& w) {
  flood(w, of_task<wire::Scanned>(w));
}

// ---- descriptors and memory ----

void send_descriptors(const Witness& w, int descriptor, int count) {
  std::vector<char> control(CMSG_SPACE(sizeof(int) * static_cast<std::size_t>(count)));
  wire::Want want = of_task<wire::Want>(w);
  const auto bytes = wire::encode(want);
  iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int) * static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    std::memcpy(CMSG_DATA(header) + sizeof(int) * static_cast<std::size_t>(i), &descriptor,
                sizeof(int));
  (void)::sendmsg(w.socket, &message, MSG_NOSIGNAL);
}
void send_its_socket(const Witness& w) {
  send_descriptors(w, w.socket, 1);
}
void send_two_descriptors(const Witness& w) {
  send_descriptors(w, w.socket, 2);
}
void send_many_descriptors(const Witness& w) {
  send_descriptors(w, w.socket, 250);
}
void close_all(const Witness&) {
  for (int descriptor = 0; descriptor < 64; ++descriptor) ::close(descriptor);
}
void put_null_over_socket(const Witness& w) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(null, w.socket);
}
void shut_down(const Witness& w) {
  ::shutdown(w.socket, SHUT_RDWR);
  for (;;) ::pause();
}

struct Range {
  unsigned char* data = nullptr;
  std::size_t bytes = 0;
};
// The process's segment, mapped for writing.
Range own_segment() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0;
    unsigned long end = 0;
    if (line.find("/memfd:forebay") == std::string::npos || line.find(" rw") == std::string::npos ||
        std::sscanf(line.c_str(), "%lx-%lx", &begin, &end) != 2)
      continue;
    return {reinterpret_cast<unsigned char*>(begin), end - begin};  // NOLINT
  }
  return {};
}
// Flips bytes of the blocks it was lent, and has published, while the parent uses them.
void flip_bytes(const Witness& w) {
  const Range segment = own_segment();
  if (segment.data == nullptr || w.lend.bytes == 0) return;
  const std::size_t end = w.lend.offset + w.lend.bytes;
  std::thread([=] {
    std::minstd_rand dice(7);
    for (;;) segment.data[dice() % end] ^= 0x55;
  }).detach();
}
void resize_segment(const Witness&) {
  const Range segment = own_segment();
  char path[96];
  std::snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx",
                reinterpret_cast<unsigned long>(segment.data),
                reinterpret_cast<unsigned long>(segment.data + segment.bytes));
  const int file = ::open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  (void)!::ftruncate(file, 0);
  (void)!::ftruncate(file, 1L << 40);
  (void)::fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                    static_cast<off_t>(segment.bytes));
  (void)::fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL);
  ::close(file);
}
void allocate_everything(const Witness&) {
  const rlimit limit{512UL << 20U, 512UL << 20U};
  ::setrlimit(RLIMIT_AS, &limit);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  for (;;) {
    void* block = std::malloc(16U << 20U);
    if (block == nullptr) std::abort();
    std::memset(block, 1, 1U << 20U);
  }
}

// ---- processes ----

void die_by(int signal) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}
void kill_itself(const Witness&) {
  die_by(SIGKILL);
}
void abort_itself(const Witness&) {
  die_by(SIGABRT);
}
void fault_itself(const Witness&) {
  die_by(SIGSEGV);
}
void exit_well(const Witness&) {
  ::_exit(0);
}
void exit_badly(const Witness&) {
  ::_exit(3);
}
void stop_itself(const Witness&) {
  ::raise(SIGSTOP);
}
void be_silent(const Witness&) {
  for (;;) ::pause();
}
// Until the coordinator closes its end; nobody else would end a process left behind.
void keep_until_closed(int socket) {
  pollfd entry{socket, POLLRDHUP, 0};
  while (::poll(&entry, 1, -1) < 0) {
  }
  ::_exit(0);
}
void fork_and_exit(const Witness& w) {
  if (::fork() == 0) keep_until_closed(w.socket);
  ::_exit(3);
}
void fork_and_flood(const Witness& w) {
  if (::fork() == 0) {
    wire::Want want = of_task<wire::Want>(w);
    const auto bytes = wire::encode(want);
    while (::send(w.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
    }
    ::_exit(0);
  }
  ::_exit(3);
}
void become_true(const Witness&) {
  ::execl("/bin/true", "true", static_cast<char*>(nullptr));
}
void become_sleep(const Witness&) {
  ::execl("/bin/sleep", "sleep", "1000", static_cast<char*>(nullptr));
}

struct Deed {
  const char* name;
  void (*act)(const Witness&);
};

constexpr Deed kDeeds[] = {
    {"short", send_short},
    {"empty", send_empty},
    {"garbage", send_garbage},
    {"giant", send_giant},
    {"head-only", send_head_only},
    {"wrong-magic", send_wrong_magic},
    {"wrong-size", send_wrong_size},
    {"reserved", send_reserved},
    {"unknown-type", send_unknown_type},
    {"parents-messages", send_parents_messages},
    {"hello-again", say_hello_again},
    {"hello-version", say_hello_of_another_version},
    {"want-others", want_for_others},
    {"publish-others", publish_for_others},
    {"publish-unlent", publish_unlent},
    {"publish-none", publish_none},
    {"publish-many", publish_many},
    {"publish-backwards", publish_backwards},
    {"publish-skipping", publish_skipping},
    {"publish-miscounted", publish_miscounted},
    {"publish-truncated", publish_truncated},
    {"publish-rejects", publish_rejects},
    {"replay-last", replay_last},
    {"replay-all", replay_all},
    {"done-early", done_early},
    {"done-others", done_for_others},
    {"done-twice", done_twice},
    {"done-rejects", done_with_rejects},
    {"fail-long", fail_with_a_long_text},
    {"fail-odd", fail_with_an_odd_code},
    {"reject-unasked", reject_unasked},
    {"reject-far", reject_far_away},
    {"reject-long", reject_with_a_long_text},
    {"scan-impossible", scan_impossibly},
    {"scan-many", scan_too_many},
    {"scan-twice", scan_twice},
    {"head-outside", head_outside},
    {"head-rows", head_of_rows},
    {"map-many", map_too_much},
    {"map-backwards", map_backwards},
    {"verify-unasked", verify_unasked},
    {"wait-unasked", wait_unasked},
    {"sniff-unasked", sniff_unasked},
    {"inflated-far", inflate_impossibly},
    {"packed-unasked", pack_unasked},
    {"note-level", note_of_no_level},
    {"note-long", note_too_long},
    {"note-others", note_for_others},
    {"random", send_random},
    {"flood-wants", flood_wants},
    {"flood-for-ever", flood_for_ever},
    {"flood-notes", flood_notes},
    {"flood-rejects", flood_rejects},
    {"flood-waiting", flood_waiting},
    {"flood-scans", flood_scans},
    {"descriptor", send_its_socket},
    {"two-descriptors", send_two_descriptors},
    {"many-descriptors", send_many_descriptors},
    {"close-all", close_all},
    {"null-socket", put_null_over_socket},
    {"shut-down", shut_down},
    {"flip", flip_bytes},
    {"resize", resize_segment},
    {"giant-alloc", allocate_everything},
    {"kill", kill_itself},
    {"abort", abort_itself},
    {"fault", fault_itself},
    {"exit0", exit_well},
    {"exit3", exit_badly},
    {"stop", stop_itself},
    {"silence", be_silent},
    {"fork-exit", fork_and_exit},
    {"fork-flood", fork_and_flood},
    {"exec-true", become_true},
    {"exec-sleep", become_sleep},
};

}  // namespace

bool do_hostile_deed(const std::string& name, const Witness& witness) {
  for (const Deed& deed : kDeeds) {
    if (name != deed.name) continue;
    deed.act(witness);
    return true;
  }
  return false;
}

}  // namespace forebay::test
