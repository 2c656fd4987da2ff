#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "platform/child_program.hpp"
#include "platform/platform.hpp"
#include "platform/resource_counts.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using forebay::test::kReportSocket;
using forebay::test::open_descriptor_count;

// A child of this same binary, with its end of a socket pair at kReportSocket.
struct Spawned {
  Status status;
  Process process;
  Descriptor socket;
};

static Spawned spawn_self(const char* mode, std::vector<std::pair<int, int>> descriptors = {}) {
  Spawned spawned;
  Result<SocketPair> pair = make_socket_pair();
  SpawnOptions options;
  options.program = object_path(reinterpret_cast<const void*>(&spawn_self));
  options.arguments = {"--child", mode};
  options.descriptors = std::move(descriptors);
  options.descriptors.emplace_back(pair->child.get(), kReportSocket);
  Result<Process> process = Process::spawn(options);
  if (process.is_ok()) {
    spawned.process = std::move(process).value();
  } else {
    spawned.status = process.status().clone();
  }
  spawned.socket = std::move(pair->parent);
  return spawned;
}

// The next packet of a child; waits on the socket, which also ends with the child.
static std::string receive_text(const Spawned& spawned) {
  pollfd entry{spawned.socket.get(), POLLIN, 0};
  ::poll(&entry, 1, 60'000);
  std::byte buffer[1024];
  Result<Packet> packet = receive_packet(spawned.socket, buffer);
  if (!packet.is_ok()) return packet.status().message();
  return {reinterpret_cast<const char*>(buffer), packet->bytes};
}

static void test_an_exec_that_fails_is_reported_by_spawn_with_the_path() {
  const int before = open_descriptor_count();
  SpawnOptions options;
  options.program = "/no/such/loader";
  const Result<Process> missing = Process::spawn(options);
  CHECK_EQ(missing.code(), FOREBAY_E_SPAWN);
  CHECK_EQ(missing.status().detail().os_errno, ENOENT);
  CHECK_EQ(missing.status().detail().path, options.program);
  CHECK(missing.status().message().find("/no/such/loader") != std::string::npos);
  options.program = "/etc/passwd";
  const Result<Process> forbidden = Process::spawn(options);
  CHECK_EQ(forbidden.code(), FOREBAY_E_SPAWN);
  CHECK_EQ(forbidden.status().detail().os_errno, EACCES);
  CHECK_EQ(open_descriptor_count(), before);
  CHECK_EQ(::waitpid(-1, nullptr, WNOHANG), -1);  // no zombie either
}

static void test_exit_codes_and_signals_are_told() {
  Spawned exits = spawn_self("exit-3");
  REQUIRE(exits.status.is_ok());
  CHECK(exits.process.is_running() && exits.process.pid() > 0);
  const ChildExit code = exits.process.reap();
  CHECK(code.known && code.exit_code == 3 && code.signal == 0);
  CHECK_EQ(code.text(), std::string("exited with status 3"));
  CHECK(!exits.process.is_running());
  CHECK(!exits.process.reap().known);

  Spawned killed = spawn_self("kill");
  const ChildExit signal = killed.process.reap();
  CHECK(signal.known && signal.signal == SIGKILL);
  CHECK_EQ(signal.text(), std::string("was killed by signal 9 (Killed)"));
  CHECK_EQ(ChildExit{}.text(), std::string("ended"));
}

static void test_try_reap_says_nothing_while_the_child_runs() {
  Spawned child = spawn_self("exit-5-when-told");
  REQUIRE(child.status.is_ok());
  CHECK(!child.process.try_reap());
  CHECK(child.process.is_running());
  child.socket.reset();
  pollfd entry{child.process.pidfd().get(), POLLIN, 0};
  CHECK_EQ(::poll(&entry, 1, 60'000), 1);
  const std::optional<ChildExit> ended = child.process.try_reap();
  CHECK(ended && ended->known && ended->exit_code == 5);
}

static void test_a_host_that_ignores_the_child_signal_copes() {
  const auto handler = ::signal(SIGCHLD, SIG_IGN);
  Spawned child = spawn_self("exit-5-when-told");
  CHECK(child.status.is_ok());
  CHECK(!child.process.try_reap());
  child.socket.reset();
  const ChildExit ended = child.process.reap();
  ::signal(SIGCHLD, handler);
  CHECK(!ended.known);
  CHECK_EQ(ended.text(), std::string("ended"));
}

static void test_a_host_that_reaps_every_child_copes() {
  Spawned child = spawn_self("exit-3");
  REQUIRE(child.status.is_ok());
  CHECK_EQ(::waitpid(-1, nullptr, 0), child.process.pid());
  const std::optional<ChildExit> ended = child.process.try_reap();
  CHECK(ended && !ended->known);
}

static void test_the_destructor_ends_and_reaps_a_live_child() {
  const int before = open_descriptor_count();
  int pid = 0;
  {
    Spawned child = spawn_self("hang");
    CHECK_EQ(receive_text(child), std::string("hanging"));
    pid = child.process.pid();
    Process moved(std::move(child.process));
    CHECK(!child.process.is_running());
    CHECK(moved.is_running());
    Spawned other = spawn_self("hang");
    moved = std::move(other.process);
    CHECK_EQ(::kill(pid, 0), -1);  // the first was ended by the assignment
  }
  CHECK_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  CHECK_EQ(errno, ECHILD);
  CHECK_EQ(open_descriptor_count(), before);
}

static void test_a_fork_of_the_host_leaves_the_child_alone() {
  Spawned child = spawn_self("hang");
  CHECK_EQ(receive_text(child), std::string("hanging"));
  const pid_t fork_of_host = ::fork();
  if (fork_of_host == 0) {
    child.process = Process();
    ::_exit(0);
  }
  ::waitpid(fork_of_host, nullptr, 0);
  CHECK(!child.process.try_reap());
  child.process.kill();
  CHECK_EQ(child.process.reap().signal, SIGKILL);
}

static void test_the_leash_ends_the_child_when_the_parent_is_gone() {
  Spawned child = spawn_self("leash");
  REQUIRE(child.status.is_ok());
  CHECK_EQ(receive_text(child), std::string("leashed"));
  CHECK(!child.process.try_reap());
  child.socket.reset();
  const ChildExit ended = child.process.reap();
  CHECK(ended.known && ended.exit_code == 7);
}

static void test_descriptors_arrive_under_their_numbers_even_when_swapped() {
  const std::string first = "first";
  const std::string second = "second";
  Result<Descriptor> a = make_sealed_file("forebay-a", std::as_bytes(std::span(first)));
  Result<Descriptor> b = make_sealed_file("forebay-b", std::as_bytes(std::span(second)));
  // Here at each other's number in the child: a plain dup2 would overwrite one before it is copied.
  const Descriptor at20(::fcntl(a->get(), F_DUPFD_CLOEXEC, 20));
  const Descriptor at21(::fcntl(b->get(), F_DUPFD_CLOEXEC, 21));
  REQUIRE(at20.get() == 20 && at21.get() == 21);
  Spawned child = spawn_self("contents", {{20, 21}, {21, 20}});
  CHECK_EQ(receive_text(child), std::string("second,first"));
  Spawned same = spawn_self("contents", {{20, 20}, {21, 21}});
  CHECK_EQ(receive_text(same), std::string("first,second"));
}

// Numbers go down while the copies that spawn makes go up: they meet, unless the copies are out of
// the way.
static void test_many_descriptors_do_not_overwrite_each_other() {
  std::vector<Descriptor> files;
  std::vector<std::pair<int, int>> descriptors;
  for (int number = forebay::test::kLastNumbered; number >= forebay::test::kFirstNumbered;
       --number) {
    const std::string content = std::to_string(number);
    Result<Descriptor> file = make_sealed_file("forebay", std::as_bytes(std::span(content)));
    REQUIRE(file.is_ok());
    Result<Descriptor> high = raise_descriptor(std::move(file).value(), 200);
    REQUIRE(high.is_ok());
    files.push_back(std::move(high).value());
    descriptors.emplace_back(files.back().get(), number);
  }
  Spawned child = spawn_self("numbered", std::move(descriptors));
  CHECK_EQ(receive_text(child), std::string("all in place"));
}

static void test_no_other_descriptor_leaks_into_the_child() {
  // The host's own, without close-on-exec: below, between and above the numbers of the child.
  std::vector<Descriptor> careless;
  for (const int lowest : {3, 4, 6, 40, 900}) careless.emplace_back(::fcntl(0, F_DUPFD, lowest));
  Result<Descriptor> event = make_event();
  Spawned child = spawn_self("list", {{event->get(), 5}, {event->get(), 7}});
  CHECK_EQ(receive_text(child), std::string("0 1 2 3 5 7"));
}

static void test_the_child_starts_with_a_clean_state() {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigaddset(&blocked, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  const auto handler = ::signal(SIGPIPE, SIG_IGN);
  Spawned child = spawn_self("state");
  ::signal(SIGPIPE, handler);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  CHECK_EQ(receive_text(child), std::string("own group;null;SigBlk:0;SigIgn:0;"));
}

static void test_a_child_can_close_all_from_a_number_on() {
  Spawned child = spawn_self("close-from");
  CHECK_EQ(receive_text(child), std::string("0 1 2 3"));
}

static void test_object_path_finds_the_program() {
  char path[PATH_MAX] = {};
  REQUIRE(::readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
  CHECK_EQ(object_path(reinterpret_cast<const void*>(&spawn_self)), std::string(path));
  CHECK_EQ(object_path(nullptr), std::string());
}

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--child") == 0) return forebay::test::run_child(argv[2]);
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_an_exec_that_fails_is_reported_by_spawn_with_the_path),
      CHECK_TEST(test_exit_codes_and_signals_are_told),
      CHECK_TEST(test_try_reap_says_nothing_while_the_child_runs),
      CHECK_TEST(test_a_host_that_ignores_the_child_signal_copes),
      CHECK_TEST(test_a_host_that_reaps_every_child_copes),
      CHECK_TEST(test_the_destructor_ends_and_reaps_a_live_child),
      CHECK_TEST(test_a_fork_of_the_host_leaves_the_child_alone),
      CHECK_TEST(test_the_leash_ends_the_child_when_the_parent_is_gone),
      CHECK_TEST(test_descriptors_arrive_under_their_numbers_even_when_swapped),
      CHECK_TEST(test_many_descriptors_do_not_overwrite_each_other),
      CHECK_TEST(test_no_other_descriptor_leaks_into_the_child),
      CHECK_TEST(test_the_child_starts_with_a_clean_state),
      CHECK_TEST(test_a_child_can_close_all_from_a_number_on),
      CHECK_TEST(test_object_path_finds_the_program),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
