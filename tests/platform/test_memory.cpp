#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "platform/platform.hpp"
#include "platform/resource_counts.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using forebay::test::count_resources;

static constexpr std::uint64_t kMiB = 1U << 20U;

static std::uint64_t bytes_behind(const Descriptor& segment) {
  struct stat facts {};
  ::fstat(segment.get(), &facts);
  return static_cast<std::uint64_t>(facts.st_blocks) * 512;
}

static void test_a_segment_is_sparse_and_its_size_cannot_change() {
  const auto before = count_resources();
  {
    Result<Descriptor> segment = make_segment("forebay-test", 64 * kMiB);
    REQUIRE(segment.is_ok());
    CHECK_EQ(bytes_behind(*segment), 0U);
    Result<std::uint64_t> size = checked_memfd_size(segment->get(), false);
    CHECK_EQ(size.value(), 64 * kMiB);
    CHECK_EQ(::ftruncate(segment->get(), 4096), -1);
    CHECK_EQ(errno, EPERM);
    CHECK_EQ(::ftruncate(segment->get(), 65 * kMiB), -1);
    CHECK_EQ(errno, EPERM);
    // A child cannot seal the parent out.
    CHECK_EQ(::fcntl(segment->get(), F_ADD_SEALS, F_SEAL_WRITE), -1);
  }
  CHECK(count_resources() == before);
}

static void test_reserved_room_is_there_and_punched_room_goes_back() {
  const auto before = count_resources();
  {
    Result<Descriptor> segment = make_segment("forebay-test", 8 * kMiB);
    REQUIRE(segment.is_ok());
    Result<Mapping> mapping = Mapping::map(segment->get(), 8 * kMiB, true);
    REQUIRE(mapping.is_ok());
    CHECK(reserve_range(*segment, kMiB, 2 * kMiB).is_ok());
    CHECK_EQ(bytes_behind(*segment), 2 * kMiB);
    std::memset(mapping->data() + kMiB, 'x', 2 * kMiB);
    CHECK_EQ(bytes_behind(*segment), 2 * kMiB);
    CHECK(punch_range(*segment, kMiB, kMiB).is_ok());
    CHECK_EQ(bytes_behind(*segment), kMiB);
    CHECK_EQ(static_cast<int>(mapping->data()[kMiB]), 0);
    CHECK_EQ(static_cast<int>(mapping->data()[2 * kMiB]), static_cast<int>('x'));
    Mapping moved = std::move(mapping).value();
    CHECK_EQ(moved.size(), 8 * kMiB);
    CHECK_EQ(count_resources().segments_mapped, before.segments_mapped + 1);
  }
  CHECK(count_resources() == before);
}

static void test_a_reservation_past_the_end_of_a_sealed_segment_is_an_error() {
  Result<Descriptor> segment = make_segment("forebay-test", kMiB);
  REQUIRE(segment.is_ok());
  CHECK(reserve_range(*segment, kMiB, kMiB).is_failure());
  CHECK_EQ(bytes_behind(*segment), 0U);
}

static void test_a_segment_over_the_file_size_limit_is_a_code_and_no_signal() {
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit low{kMiB, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &low) == 0);
  const Result<Descriptor> segment = make_segment("forebay-test", 2 * kMiB);
  const std::string content(2 * kMiB, 'x');
  const Result<Descriptor> file =
      make_sealed_file("forebay-test", std::as_bytes(std::span(content)));
  ::setrlimit(RLIMIT_FSIZE, &before);
  CHECK_EQ(segment.code(), FOREBAY_E_MEMORY);
  CHECK(segment.status().message().find("ulimit -f") != std::string::npos);
  CHECK_EQ(file.code(), FOREBAY_E_MEMORY);
  CHECK_EQ(make_segment("forebay-test", UINT64_MAX).code(), FOREBAY_E_MEMORY);
}

// fallocate on a memfd itself fails: it is unsealed here and would have to grow past the limit.
static void test_a_refused_fallocate_is_want_of_memory() {
  const Descriptor file(::memfd_create("forebay-test", MFD_CLOEXEC));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit low{kMiB, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &low) == 0);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const Status status = reserve_range(file, 0, 2 * kMiB);
  ::signal(SIGXFSZ, handler);
  ::setrlimit(RLIMIT_FSIZE, &before);
  CHECK_EQ(status.code(), FOREBAY_E_MEMORY);
  CHECK_EQ(status.detail().os_errno, EFBIG);
}

static bool write_text(const char* path, const std::string& text) {
  const Descriptor file(::open(path, O_WRONLY | O_CLOEXEC));
  return ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// A mount namespace of its own: as root, or as root of a new user namespace.
static bool enter_private_mounts() {
  const std::string user = "0 " + std::to_string(::geteuid()) + " 1";
  const std::string group = "0 " + std::to_string(::getegid()) + " 1";
  if (::unshare(CLONE_NEWNS) != 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    if (!write_text("/proc/self/setgroups", "deny") || !write_text("/proc/self/uid_map", user) ||
        !write_text("/proc/self/gid_map", group)) {
      return false;
    }
  }
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", "/tmp", "tmpfs", 0, "size=256k") == 0;
}

// 0: as it should be; 77: this system gives no private mount; else the step that failed.
static int fill_a_tiny_tmpfs() {
  if (!enter_private_mounts()) return 77;
  const Descriptor file(::open("/tmp/segment", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (::ftruncate(file.get(), kMiB) != 0) return 1;
  if (!reserve_range(file, 0, 128 * 1024).is_ok()) return 2;
  const Status status = reserve_range(file, 128 * 1024, 512 * 1024);
  if (status.code() != FOREBAY_E_MEMORY || status.detail().os_errno != ENOSPC) return 3;
  return bytes_behind(file) == 128 * 1024 ? 0 : 4;
}

static void test_a_full_file_system_of_shared_memory_is_want_of_memory() {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(fill_a_tiny_tmpfs());
  int status = 0;
  ::waitpid(pid, &status, 0);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) {
    print_message("no private mounts here: not tested\n");
    return;
  }
  CHECK_EQ(WEXITSTATUS(status), 0);
}

static void test_memory_opened_again_for_reading_shows_what_is_written_and_takes_nothing() {
  Result<Descriptor> segment = make_segment("forebay-test", kMiB);
  REQUIRE(segment.is_ok());
  Result<Descriptor> reader = reopen_for_reading(segment->get());
  REQUIRE(reader.is_ok());
  CHECK(write_range(*segment, 4096, std::string_view("text")).is_ok());
  char got[4] = {};
  CHECK_EQ(::pread(reader->get(), got, sizeof(got), 4096), 4);
  CHECK(std::string_view(got, sizeof(got)) == "text");
  CHECK(write_range(*reader, 0, std::string_view("text")).is_failure());
  CHECK(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, reader->get(), 0) == MAP_FAILED);
}

static void test_a_sealed_file_holds_its_content_for_ever() {
  const std::string content = "configuration";
  Result<Descriptor> file = make_sealed_file("forebay-test", std::as_bytes(std::span(content)));
  REQUIRE(file.is_ok());
  char text[64] = {};
  CHECK_EQ(::read(file->get(), text, sizeof(text)), static_cast<ssize_t>(content.size()));
  CHECK_EQ(std::string(text), content);
  CHECK_EQ(::pwrite(file->get(), "x", 1, 0), -1);
  CHECK_EQ(::ftruncate(file->get(), 1), -1);
  Result<std::uint64_t> size = checked_memfd_size(file->get(), true);
  CHECK(size.is_ok() && size.value() == content.size());
  CHECK(make_sealed_file("forebay-test", {}).is_ok());
}

static void test_memory_without_the_right_seals_is_refused() {
  const Descriptor unsealed(::memfd_create("forebay-test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  CHECK_EQ(checked_memfd_size(unsealed.get(), false).code(), FOREBAY_E_PROTOCOL);
  ::fcntl(unsealed.get(), F_ADD_SEALS, F_SEAL_SHRINK);
  CHECK_EQ(checked_memfd_size(unsealed.get(), false).code(), FOREBAY_E_PROTOCOL);
  ::fcntl(unsealed.get(), F_ADD_SEALS, F_SEAL_GROW);
  CHECK(checked_memfd_size(unsealed.get(), false).is_ok());
  CHECK_EQ(checked_memfd_size(unsealed.get(), true).code(), FOREBAY_E_PROTOCOL);
  const Descriptor device(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  CHECK_EQ(checked_memfd_size(device.get(), false).code(), FOREBAY_E_PROTOCOL);
  CHECK_EQ(checked_memfd_size(-1, false).code(), FOREBAY_E_PROTOCOL);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_segment_is_sparse_and_its_size_cannot_change),
      CHECK_TEST(test_reserved_room_is_there_and_punched_room_goes_back),
      CHECK_TEST(test_a_reservation_past_the_end_of_a_sealed_segment_is_an_error),
      CHECK_TEST(test_a_segment_over_the_file_size_limit_is_a_code_and_no_signal),
      CHECK_TEST(test_a_refused_fallocate_is_want_of_memory),
      CHECK_TEST(test_a_full_file_system_of_shared_memory_is_want_of_memory),
      CHECK_TEST(test_memory_opened_again_for_reading_shows_what_is_written_and_takes_nothing),
      CHECK_TEST(test_a_sealed_file_holds_its_content_for_ever),
      CHECK_TEST(test_memory_without_the_right_seals_is_refused),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
