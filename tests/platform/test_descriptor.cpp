#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "platform/platform.hpp"
#include "platform/resource_counts.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using forebay::test::open_descriptor_count;

static bool is_readable(const Descriptor& descriptor, int timeout_ms) {
  pollfd entry{descriptor.get(), POLLIN, 0};
  return ::poll(&entry, 1, timeout_ms) == 1 && (entry.revents & POLLIN) != 0;
}

static void test_every_descriptor_is_at_three_or_above_and_closed_on_exec() {
  // Standard input is given up for the test, so that the next descriptor would be 0.
  const int kept = ::fcntl(0, F_DUPFD_CLOEXEC, 10);
  ::close(0);
  {
    Result<Descriptor> event = make_event();
    Result<Descriptor> timer = make_timer();
    Result<Descriptor> file = open_for_reading("/dev/null");
    Result<Descriptor> segment = make_segment("forebay-test", 4096);
    Result<SocketPair> pair = make_socket_pair();
    for (const int fd : {event->get(), timer->get(), file->get(), segment->get(),
                         pair->parent.get(), pair->child.get()}) {
      CHECK(fd >= 3);
      CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    }
    CHECK_EQ(::fcntl(0, F_GETFD), -1);
  }
  if (kept >= 0) {
    ::dup2(kept, 0);
    ::close(kept);
  }
}

static void test_a_descriptor_is_closed_once_by_its_owner() {
  const int before = open_descriptor_count();
  {
    Result<Descriptor> made = make_event();
    Descriptor first = std::move(made).value();
    Descriptor second(std::move(first));
    CHECK(!first.is_open());
    first = std::move(second);
    CHECK(first.is_open());
    Result<Descriptor> raised = raise_descriptor(std::move(first), 100);
    CHECK(raised->get() >= 100);
    CHECK_EQ(open_descriptor_count(), before + 1);
    const int loose = raised->take();
    CHECK(!raised->is_open());
    ::close(loose);
  }
  CHECK_EQ(open_descriptor_count(), before);
}

static void test_open_for_reading_names_a_missing_file() {
  const Result<Descriptor> file = open_for_reading("/no/such/file");
  CHECK_EQ(file.code(), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(file.status().detail().path, std::string("/no/such/file"));
}

static void test_an_event_is_readable_from_signal_to_drain() {
  Result<Descriptor> event = make_event();
  REQUIRE(event.is_ok());
  CHECK(!is_readable(*event, 0));
  drain_event(*event);  // empty: does not block
  for (int i = 0; i < 3; ++i) signal_event(*event);
  CHECK(is_readable(*event, 0));
  drain_event(*event);
  CHECK(!is_readable(*event, 0));
}

static void test_a_timer_fires_when_set_and_not_when_disarmed() {
  Result<Descriptor> timer = make_timer();
  REQUIRE(timer.is_ok());
  const std::uint64_t start = monotonic_ns();
  CHECK(set_timer(*timer, 3'600'000).is_ok());
  CHECK(!is_readable(*timer, 0));
  CHECK(set_timer(*timer, 0).is_ok());
  CHECK(!is_readable(*timer, 0));
  CHECK(set_timer(*timer, 20).is_ok());
  CHECK(is_readable(*timer, 60'000));
  CHECK(monotonic_ns() - start >= 20'000'000U);
}

static void write_file(const std::string& path, const char* text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << text;
}

static void check_control_groups(const std::string& root) {
  const std::string membership = root + "/membership";
  const std::string mount = root + "/groups";
  const auto limit = [&] { return control_group_processors(membership, mount); };
  CHECK(!limit());

  write_file(membership, "0::/outer/inner\n");
  CHECK(!limit());
  write_file(mount + "/outer/inner/cpu.max", "max 100000\n");
  CHECK(!limit());
  write_file(mount + "/outer/cpu.max", "250000 100000\n");
  CHECK_EQ(limit().value_or(0), 3U);
  write_file(mount + "/outer/inner/cpu.max", "50000 100000\n");
  CHECK_EQ(limit().value_or(0), 1U);

  write_file(membership, "5:memory:/pod\n4:cpu,cpuacct:/pod\n");
  write_file(mount + "/cpu,cpuacct/pod/cpu.cfs_quota_us", "-1\n");
  write_file(mount + "/cpu,cpuacct/pod/cpu.cfs_period_us", "100000\n");
  CHECK(!limit());
  write_file(mount + "/cpu,cpuacct/pod/cpu.cfs_quota_us", "200000\n");
  CHECK_EQ(limit().value_or(0), 2U);
  // In a container the path of the group is often not there: the root of the mount is.
  write_file(membership, "4:cpu,cpuacct:/docker/0123\n");
  CHECK(!limit());
  write_file(mount + "/cpu/cpu.cfs_quota_us", "400000\n");
  write_file(mount + "/cpu/cpu.cfs_period_us", "100000\n");
  CHECK_EQ(limit().value_or(0), 4U);
  write_file(membership, "nonsense\n::\n\n");
  CHECK(!limit());
}

static void test_processors_follow_the_control_group() {
  char root[] = "/tmp/forebay-cpu-XXXXXX";
  REQUIRE(::mkdtemp(root) != nullptr);
  check_control_groups(root);
  std::filesystem::remove_all(root);
  const unsigned usable = usable_processors();
  CHECK(usable >= 1);
  CHECK(usable <= static_cast<unsigned>(::sysconf(_SC_NPROCESSORS_CONF)));
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_every_descriptor_is_at_three_or_above_and_closed_on_exec),
      CHECK_TEST(test_a_descriptor_is_closed_once_by_its_owner),
      CHECK_TEST(test_open_for_reading_names_a_missing_file),
      CHECK_TEST(test_an_event_is_readable_from_signal_to_drain),
      CHECK_TEST(test_a_timer_fires_when_set_and_not_when_disarmed),
      CHECK_TEST(test_processors_follow_the_control_group),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
