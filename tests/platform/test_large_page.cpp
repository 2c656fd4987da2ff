// Large pages: where the system has them, and where it has none.
#include "platform/large_page.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "platform/memory.hpp"
#include "platform/resource_counts.hpp"
#include "support/check.hpp"

using namespace forebay::core;

namespace {

std::uint64_t bytes_behind(const Descriptor& segment) {
  struct stat facts {};
  ::fstat(segment.get(), &facts);
  return static_cast<std::uint64_t>(facts.st_blocks) * 512;
}

bool is_aligned(const void* memory) {
  return reinterpret_cast<std::uintptr_t>(memory) % kLargePageBytes == 0;
}

bool are_zero(const std::byte* data, std::uint64_t bytes) {
  return std::all_of(data, data + bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

// The exit status of a process without large pages: what must hold of it did.
int use_without_large_pages() {
  if (::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0) return 2;
  if (!LargePage::make().bytes().empty()) return 3;
  auto segment = make_segment("test", 4 * kLargePageBytes);
  auto view = Mapping::map(segment->get(), 4 * kLargePageBytes, true);
  if (reserve_large_pages(*segment, *view, 0, 2 * kLargePageBytes)) return 4;
  return bytes_behind(*segment) == 0 ? 0 : 5;
}

}  // namespace

static void test_a_page_is_aligned_and_goes_with_its_owner() {
  const auto before = forebay::test::count_resources();
  {
    LargePage page = LargePage::make();
    if (!page.bytes().empty()) {
      CHECK(is_aligned(page.bytes().data()) && page.bytes().size() == kLargePageBytes);
      CHECK(are_zero(page.bytes().data(), kLargePageBytes));
      std::memset(page.bytes().data(), 7, kLargePageBytes);
    }
    const std::byte* const data = page.bytes().data();
    LargePage other = std::move(page);
    CHECK(page.bytes().empty() && other.bytes().data() == data);
    page = std::move(other);
    CHECK(other.bytes().empty() && page.bytes().data() == data);
  }
  CHECK(forebay::test::count_resources() == before);
}

static void test_a_mapping_lies_where_large_pages_fit() {
  for (const std::uint64_t bytes : {std::uint64_t{4096}, std::uint64_t{3} << 20U}) {
    void* const data = map_aligned(bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    REQUIRE(data != MAP_FAILED);
    CHECK(is_aligned(data));
    std::memset(data, 1, bytes);
    // Nothing that was reserved beside it is left.
    unsigned char there = 0;
    CHECK(::mincore(static_cast<std::byte*>(data) + align_up(bytes, std::uint64_t{4096}), 4096,
                    &there) != 0);
    CHECK_EQ(::munmap(data, bytes), 0);
  }
  CHECK(map_aligned(4096, PROT_READ, MAP_SHARED, -1) == MAP_FAILED);
}

// All or nothing: reserved, zero and without holes, or as before.
static void test_large_pages_of_a_segment_are_all_there_or_none() {
  constexpr std::uint64_t kAll = 8 * kLargePageBytes;
  auto segment = make_segment("test", kAll);
  auto view = Mapping::map(segment->get(), kAll, true);
  REQUIRE(segment.is_ok() && view.is_ok());
  CHECK(is_aligned(view->data()));
  const bool are_there =
      reserve_large_pages(*segment, *view, 2 * kLargePageBytes, 3 * kLargePageBytes);
  CHECK_EQ(bytes_behind(*segment), are_there ? 3 * kLargePageBytes : 0);
  if (!are_there) return;
  CHECK(are_zero(view->data() + 2 * kLargePageBytes, 3 * kLargePageBytes));
  // Half of one can be given back.
  std::memset(view->data() + 2 * kLargePageBytes, 9, 3 * kLargePageBytes);
  CHECK(punch_range(*segment, 3 * kLargePageBytes, kLargePageBytes / 2).is_ok());
  CHECK_EQ(bytes_behind(*segment), 5 * kLargePageBytes / 2);
  const std::byte* const third = view->data() + 3 * kLargePageBytes;
  CHECK(third[-1] == std::byte{9} && third[kLargePageBytes / 2] == std::byte{9});
  CHECK(are_zero(third, kLargePageBytes / 2));
}

static void test_a_system_without_large_pages_is_told_of() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(use_without_large_pages());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child && WIFEXITED(status));
  CHECK_EQ(WEXITSTATUS(status), 0);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_page_is_aligned_and_goes_with_its_owner),
      CHECK_TEST(test_a_mapping_lies_where_large_pages_fit),
      CHECK_TEST(test_large_pages_of_a_segment_are_all_there_or_none),
      CHECK_TEST(test_a_system_without_large_pages_is_told_of),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
