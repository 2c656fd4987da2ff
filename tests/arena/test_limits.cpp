// An arena under limits of the system: less address space, no descriptors, a second release.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena/arena.hpp"
#include "support/check.hpp"

using namespace forebay::core;

static constexpr std::uint64_t kMiB = 1U << 20U;

// Under a limit on file sizes the full segment is refused (without SIGXFSZ); a smaller one serves
// all sizes, because what is free is joined again.
static std::string use_under_a_file_limit() {
  Result<ArenaRef> arena = Arena::open(4 * kMiB);
  Result<SegmentId> segment = (*arena)->add_segment();
  if (!segment.is_ok()) return segment.status().message();
  if ((*arena)->segment_bytes(*segment) > 8 * kMiB) return "the limit was not heeded";
  for (const std::uint64_t bytes : {4 * kMiB, 3 * kMiB, kMiB + 1, 4 * kMiB, 2 * kMiB}) {
    Result<Block*> block = (*arena)->lease(*segment, bytes);
    if (!block.is_ok()) return block.status().message();
    (*arena)->release(*block);
  }
  return {};
}

static void test_a_low_file_size_limit_makes_the_segment_smaller_only() {
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit low{8 * kMiB, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &low) == 0);
  const std::string result = use_under_a_file_limit();
  const rlimit lower{2 * kMiB, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &lower);
  Result<ArenaRef> arena = Arena::open(4 * kMiB);
  const Code code = (*arena)->add_segment().code();
  ::setrlimit(RLIMIT_FSIZE, &before);
  CHECK_EQ(result, std::string());
  CHECK_EQ(code, FOREBAY_E_MEMORY);
}

static void test_want_of_descriptors_is_a_limit() {
  Result<ArenaRef> arena = Arena::open(kMiB);
  REQUIRE(arena.is_ok());
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{3, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const Code segment = (*arena)->add_segment().code();
  const Code other = Arena::open(kMiB).code();
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK_EQ(segment, FOREBAY_E_LIMIT);
  CHECK_EQ(other, FOREBAY_E_LIMIT);
  CHECK((*arena)->add_segment().is_ok());
}

// Exit status of a child that releases a block twice: ignored where assertions are off.
static int release_twice() {
  Result<ArenaRef> arena = Arena::open(kMiB);
  Result<SegmentId> segment = (*arena)->add_segment();
  Result<Block*> block = (*arena)->lease(*segment, 4096);
  (*arena)->release(*block);
  (*arena)->release(*block);
  return (*arena)->collect() == 1 && (*arena)->stats().blocks_lent == 0 ? 0 : 1;
}

static void test_a_second_release_is_ignored_or_asserted_against() {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(2);  // the assertion's text
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::_exit(release_twice());
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
#ifdef NDEBUG
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
#else
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
#endif
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_low_file_size_limit_makes_the_segment_smaller_only),
      CHECK_TEST(test_want_of_descriptors_is_a_limit),
      CHECK_TEST(test_a_second_release_is_ignored_or_asserted_against),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
