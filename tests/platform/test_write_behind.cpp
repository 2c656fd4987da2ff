// Writes behind the caller's back: what of them goes on at once, what waits for what, what reads
// see meanwhile, and what a failure stops.
#include "platform/write_behind.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "support/check.hpp"

using namespace forebay::core;

namespace {

constexpr std::uint64_t kPage = 4096;

struct Call {
  bool is_direct = false;
  std::uint64_t offset = 0;
  std::vector<std::byte> bytes{};
  const std::byte* data = nullptr;
};

// A file in memory whose writes wait until they are let through.
class GatedFile final : public StorageFile {
 public:
  explicit GatedFile(bool is_open = true) : passes_(is_open ? SIZE_MAX : 0) {}

  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) override {
    return std::size_t{0};
  }
  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return take(false, offset, bytes);
  }
  Status write_direct(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return take(true, offset, bytes);
  }
  [[nodiscard]] bool may_write_behind() const override { return is_behind; }
  Status sync_data() override { return Status::ok(); }
  Status sync_all() override { return Status::ok(); }
  Status truncate(std::uint64_t) override { return Status::ok(); }
  Status allocate(std::uint64_t, std::uint64_t) override { return Status::ok(); }
  Result<std::uint64_t> size() override { return std::uint64_t{0}; }
  Status lock_exclusive() override { return Status::ok(); }
  Status lock_shared() override { return Status::ok(); }
  std::uint64_t device() const override { return 1; }
  std::uint64_t inode() const override { return 1; }

  // So many more writes go through.
  void let_through(std::size_t count) {
    {
      const std::lock_guard lock(mutex_);
      passes_ = count == SIZE_MAX ? SIZE_MAX : passes_ + count;
    }
    changed_.notify_all();
  }
  void wait_for_arrivals(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrivals_ >= count; });
  }
  std::size_t arrivals() {
    const std::lock_guard lock(mutex_);
    return arrivals_;
  }
  // In the order in which they ended.
  std::vector<Call> calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  std::vector<Call> calls_by_offset() {
    std::vector<Call> sorted = calls();
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Call& a, const Call& b) { return a.offset < b.offset; });
    return sorted;
  }
  void fail_from(std::uint64_t offset) { fail_at_ = offset; }

  bool is_behind = true;

 private:
  Status take(bool is_direct, std::uint64_t offset, std::span<const std::byte> bytes) {
    std::unique_lock lock(mutex_);
    ++arrivals_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return passes_ > 0; });
    if (passes_ != SIZE_MAX) --passes_;
    if (offset >= fail_at_) return errno_status("write to", "the gated file", EIO);
    calls_.push_back({is_direct, offset, {bytes.begin(), bytes.end()}, bytes.data()});
    return Status::ok();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t passes_;
  std::size_t arrivals_ = 0;
  std::uint64_t fail_at_ = UINT64_MAX;
  std::vector<Call> calls_;
};

// Memory at a page boundary, all of one value.
class Pages {
 public:
  Pages(std::size_t bytes, int value)
      : data_(static_cast<std::byte*>(std::aligned_alloc(kPage, align_up(bytes, kPage)))),
        bytes_(bytes) {
    std::fill_n(data_, bytes, std::byte(value));
  }
  ~Pages() { std::free(data_); }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  [[nodiscard]] std::span<const std::byte> span() const { return {data_, bytes_}; }

 private:
  std::byte* data_;
  std::size_t bytes_;
};

WriteBehind::Keeper counted_keeper(std::atomic<int>* given_back) {
  return {given_back, [](std::atomic<int>* count) { ++*count; }};
}

}  // namespace

static void test_whole_pages_go_directly_and_the_rest_does_not() {
  GatedFile file;
  const Pages memory(2 * kPage + 100, 1);
  {
    WriteBehind behind(file, 1 << 20);
    behind.write(3 * kPage, memory.span(), nullptr);
    behind.write(9 * kPage + 1, memory.span().first(kPage), nullptr);
    behind.write(20 * kPage, memory.span().subspan(1, kPage), nullptr);
    CHECK(behind.drain().is_ok());
  }
  const std::vector<Call> calls = file.calls_by_offset();
  REQUIRE(calls.size() == 4);
  CHECK(calls[0].is_direct && calls[0].offset == 3 * kPage && calls[0].bytes.size() == 2 * kPage);
  CHECK(calls[0].data == memory.span().data());
  CHECK(!calls[1].is_direct && calls[1].offset == 5 * kPage && calls[1].bytes.size() == 100);
  CHECK(!calls[2].is_direct && !calls[3].is_direct);
}

static void test_each_write_is_done_once_and_gives_its_memory_back() {
  GatedFile file;
  std::atomic<int> given_back{0};
  const Pages memory(kPage, 7);
  WriteBehind behind(file, 4 * kPage);
  for (std::uint64_t i = 0; i < 100; ++i) {
    behind.write(i * kPage, memory.span(), counted_keeper(&given_back));
  }
  CHECK(behind.drain().is_ok());
  const std::vector<Call> calls = file.calls_by_offset();
  REQUIRE(calls.size() == 100);
  for (std::size_t i = 0; i < calls.size(); ++i) CHECK_EQ(calls[i].offset, i * kPage);
  // The last ones may still be on their way out of the threads.
  while (given_back != 100) std::this_thread::yield();
}

static void test_several_writes_go_on_at_once() {
  GatedFile file(false);
  const Pages memory(kPage, 7);
  WriteBehind behind(file, 1 << 20);
  for (std::uint64_t i = 0; i < 50; ++i) behind.write(i * kPage, memory.span(), nullptr);
  // Returns only if the second one comes while the first waits.
  file.wait_for_arrivals(2);
  CHECK(file.arrivals() < 20);
  file.let_through(SIZE_MAX);
  CHECK(behind.drain().is_ok());
  CHECK_EQ(file.calls().size(), 50U);
}

// Replays what reached the file: what is there in the end is what a file would hold that was
// written in the order of the calls.
static void test_writes_that_meet_end_in_their_order() {
  constexpr std::size_t kBytes = 16 * kPage;
  constexpr unsigned kSeed = 20240611;
  std::minstd_rand random(kSeed);
  GatedFile file;
  std::vector<std::byte> expected(kBytes);
  std::vector<std::byte> found(kBytes);
  {
    WriteBehind behind(file, 8 * kPage);
    for (int i = 0; i < 3000; ++i) {
      const std::size_t offset = random() % (kBytes - 1);
      const std::size_t size = 1 + random() % std::min<std::size_t>(2 * kPage, kBytes - offset);
      const std::vector<std::byte> bytes(size, std::byte(random() % 256));
      std::copy(bytes.begin(), bytes.end(), expected.begin() + static_cast<std::ptrdiff_t>(offset));
      behind.write_copy(offset, bytes);
    }
    CHECK(behind.drain().is_ok());
  }
  for (const Call& call : file.calls()) {
    std::copy(call.bytes.begin(), call.bytes.end(),
              found.begin() + static_cast<std::ptrdiff_t>(call.offset));
  }
  if (!CHECK(found == expected)) std::printf("seed %u\n", kSeed);
}

static void test_reads_see_what_is_under_way() {
  GatedFile file(false);
  const Pages memory(2 * kPage, 5);
  WriteBehind behind(file, 1 << 20);
  behind.write(kPage, memory.span(), nullptr);
  std::vector<std::byte> read(kPage, std::byte{1});
  CHECK(behind.meeting(0, kPage).empty() && behind.meeting(3 * kPage, 1).empty());
  const auto under_way = behind.meeting(kPage / 2, kPage);
  CHECK_EQ(under_way.size(), 1U);
  file.let_through(SIZE_MAX);
  CHECK(behind.drain().is_ok());
  // Done meanwhile, and still held by whoever asked before.
  WriteBehind::put_over(under_way, kPage / 2, read);
  CHECK(read[kPage / 2 - 1] == std::byte{1} && read[kPage / 2] == std::byte{5});
  CHECK(behind.meeting(kPage, kPage).empty());
}

// Rows on small pages: from the third write of a thread on they are written from a large page,
// where the system has one, and their memory is free while the write is still under way.
static void test_memory_is_given_back_when_it_was_copied() {
  constexpr std::size_t kBytes = 16 * kPage;
  constexpr int kWrites = 12;
  constexpr int kAsTheyAre = 4;
  GatedFile file(false);
  std::atomic<int> given_back{0};
  const Pages even(kBytes, 7);
  const Pages odd(kBytes, 8);
  const auto memory_of = [&](int i) { return (i % 2 == 0 ? even : odd).span(); };
  std::vector<std::vector<WriteBehind::UnderWay>> under_way(kWrites);
  int copied = 0;
  WriteBehind behind(file, 1 << 20);
  for (int i = 0; i < kWrites; ++i) {
    const auto offset = static_cast<std::uint64_t>(i) * kBytes;
    behind.write(offset, memory_of(i), counted_keeper(&given_back));
    file.wait_for_arrivals(static_cast<std::size_t>(i) + 1);
    if (given_back == i + 1) ++copied;
    under_way[static_cast<std::size_t>(i)] = behind.meeting(offset, kBytes);
    file.let_through(1);
    CHECK(behind.drain().is_ok());
    under_way[static_cast<std::size_t>(i)][0].keeper.reset();
    while (given_back != i + 1) std::this_thread::yield();
  }
  const bool has_large_pages = !LargePage::make().bytes().empty();
  CHECK_EQ(copied, has_large_pages ? kWrites - kAsTheyAre : 0);
  const std::vector<Call> calls = file.calls();
  REQUIRE(calls.size() == kWrites);
  for (int i = 0; i < kWrites; ++i) {
    const Call& call = calls[static_cast<std::size_t>(i)];
    if (call.data != memory_of(i).data()) --copied;
    CHECK(call.is_direct && call.bytes == std::vector(kBytes, std::byte(7 + i % 2)));
  }
  CHECK_EQ(copied, 0);
  behind.write(0, even.span(), nullptr, PageKind::large);
  file.let_through(1);
  CHECK(behind.drain().is_ok());
  CHECK(file.calls().back().data == even.span().data());
}

// Whoever reads has a share of the copy, which later writes leave alone: with more readers than
// there are pages, they are written as they are.
static void test_a_copy_that_is_read_is_left_alone() {
  constexpr std::size_t kBytes = 16 * kPage;
  GatedFile file(false);
  const Pages even(kBytes, 7);
  const Pages odd(kBytes, 8);
  std::vector<std::vector<WriteBehind::UnderWay>> under_way;
  WriteBehind behind(file, 1 << 20);
  for (std::uint64_t i = 0; i < 20; ++i) {
    behind.write(i * kBytes, (i % 2 == 0 ? even : odd).span(), nullptr);
    file.wait_for_arrivals(i + 1);
    under_way.push_back(behind.meeting(i * kBytes, kBytes));
    file.let_through(1);
    CHECK(behind.drain().is_ok());
  }
  for (std::uint64_t i = 0; i < 20; ++i) {
    std::vector<std::byte> read(kBytes);
    WriteBehind::put_over(under_way[i], i * kBytes, read);
    CHECK(read == std::vector(kBytes, std::byte(7 + i % 2)));
  }
}

static void test_a_copy_is_taken_before_the_call_returns() {
  GatedFile file(false);
  WriteBehind behind(file, 1 << 20);
  std::vector<std::byte> bytes(kPage + 9, std::byte{3});
  behind.write_copy(kPage, bytes);
  std::fill(bytes.begin(), bytes.end(), std::byte{4});
  file.let_through(SIZE_MAX);
  CHECK(behind.drain().is_ok());
  const std::vector<Call> calls = file.calls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].is_direct && calls[0].bytes == std::vector(kPage, std::byte{3}));
  CHECK(calls[1].bytes == std::vector(9, std::byte{3}));
}

// Whether `call` has not returned while the first write waits, and returns when it went through.
template <typename Call>
static bool waits_for_the_first_write(GatedFile& file, Call call) {
  std::atomic<bool> has_returned{false};
  file.wait_for_arrivals(1);
  std::thread caller([&] {
    call();
    has_returned = true;
  });
  bool waited = true;
  for (int i = 0; i < 1000; ++i) {
    std::this_thread::yield();
    waited = waited && !has_returned;
  }
  file.let_through(SIZE_MAX);
  caller.join();
  return waited && has_returned;
}

static void test_too_many_bytes_under_way_make_the_caller_wait() {
  GatedFile file(false);
  const Pages memory(kPage, 1);
  WriteBehind behind(file, 2 * kPage);
  behind.write(0, memory.span(), nullptr);
  behind.write(kPage, memory.span(), nullptr);
  CHECK(waits_for_the_first_write(file, [&] { behind.write(2 * kPage, memory.span(), nullptr); }));
  CHECK(behind.drain().is_ok());
  // One that is larger than the bound goes alone.
  const Pages large(8 * kPage, 2);
  behind.write(8 * kPage, large.span(), nullptr);
  CHECK(behind.drain().is_ok());
  CHECK_EQ(file.calls().size(), 4U);
}

static void test_an_overlapping_write_waits() {
  GatedFile file(false);
  const Pages memory(kPage, 1);
  WriteBehind behind(file, 1 << 20);
  behind.write(0, memory.span(), nullptr);
  CHECK(waits_for_the_first_write(
      file, [&] { behind.write(kPage / 2, memory.span().first(9), nullptr); }));
}

static void test_a_task_runs_between_the_writes_before_it_and_behind_it() {
  GatedFile file(false);
  const Pages memory(kPage, 1);
  WriteBehind behind(file, 1 << 20);
  std::atomic<std::size_t> seen{SIZE_MAX};
  std::atomic<std::size_t> arrived{SIZE_MAX};
  behind.write(0, memory.span(), nullptr);
  behind.write(2 * kPage, memory.span(), nullptr);
  behind.run([&](const Status& writes) {
    CHECK(writes.is_ok());
    seen = file.calls().size();
    arrived = file.arrivals();
  });
  behind.write(kPage, memory.span(), nullptr);
  file.wait_for_arrivals(2);
  file.let_through(1);
  CHECK(!behind.wait_for_tasks(0));
  file.let_through(1);
  CHECK(behind.wait_for_tasks(-1));
  CHECK_EQ(seen.load(), 2U);
  CHECK_EQ(arrived.load(), 2U);
  file.let_through(SIZE_MAX);
  CHECK(behind.drain().is_ok());
}

static void test_after_a_failure_nothing_more_is_written_and_tasks_are_told() {
  for (const bool is_behind : {true, false}) {
    GatedFile file;
    file.is_behind = is_behind;
    file.fail_from(kPage);
    std::atomic<int> given_back{0};
    std::atomic<int> told{FOREBAY_OK};
    const Pages memory(kPage, 1);
    {
      WriteBehind behind(file, 1 << 20);
      for (const std::uint64_t page : {0, 1, 0, 0}) {
        behind.write(page * kPage, memory.span(), counted_keeper(&given_back));
        // Others may be begun until the first failure is known.
        while (page == 1 && behind.failure().is_ok()) std::this_thread::yield();
      }
      behind.run([&](const Status& writes) { told = writes.code(); });
      CHECK_EQ(behind.drain().code(), FOREBAY_E_IO);
      CHECK_EQ(behind.failure().detail().os_errno, EIO);
    }
    CHECK_EQ(file.calls().size(), 1U);
    CHECK_EQ(told.load(), FOREBAY_E_IO);
    CHECK_EQ(given_back.load(), 4);
  }
}

static void test_what_was_not_begun_is_given_up_at_the_end() {
  GatedFile file(false);
  std::atomic<int> given_back{0};
  std::atomic<int> told{FOREBAY_OK};
  const Pages memory(kPage, 1);
  std::thread helper;
  {
    WriteBehind behind(file, 1 << 20);
    behind.write(0, memory.span(), counted_keeper(&given_back));
    behind.write(kPage, memory.span(), counted_keeper(&given_back));
    behind.run([&](const Status& writes) { told = writes.code(); });
    file.wait_for_arrivals(1);
    // Whether it ends before or after the second write is begun is the scheduler's affair.
    helper = std::thread([&] { file.let_through(SIZE_MAX); });
  }
  helper.join();
  CHECK_EQ(given_back.load(), 2);
  CHECK(file.calls().size() <= 2);
  CHECK(told == FOREBAY_OK || told == FOREBAY_E_CANCELLED);
}

static void test_without_a_thread_all_is_done_at_once() {
  GatedFile file;
  file.is_behind = false;
  WriteBehind behind(file, 1 << 20);
  const Pages memory(kPage, 1);
  behind.write(0, memory.span(), nullptr);
  CHECK_EQ(file.calls().size(), 1U);
  std::vector<std::byte> bytes(kPage, std::byte{3});
  behind.write_copy(kPage, bytes);
  CHECK(file.calls().back().data == bytes.data());
  bool has_run = false;
  behind.run([&](const Status&) { has_run = true; });
  CHECK(has_run && behind.wait_for_tasks(0));
}

static void test_a_fork_leaves_it_alone() {
  GatedFile file(false);
  const Pages memory(kPage, 1);
  auto behind = std::make_unique<WriteBehind>(file, 1 << 20);
  behind->write(0, memory.span(), nullptr);
  file.wait_for_arrivals(1);
  const pid_t child = ::fork();
  if (child == 0) {
    behind.reset();
    ::_exit(0);
  }
  int status = -1;
  CHECK(::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  file.let_through(SIZE_MAX);
  CHECK(behind->drain().is_ok());
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_whole_pages_go_directly_and_the_rest_does_not),
      CHECK_TEST(test_each_write_is_done_once_and_gives_its_memory_back),
      CHECK_TEST(test_several_writes_go_on_at_once),
      CHECK_TEST(test_writes_that_meet_end_in_their_order),
      CHECK_TEST(test_reads_see_what_is_under_way),
      CHECK_TEST(test_memory_is_given_back_when_it_was_copied),
      CHECK_TEST(test_a_copy_that_is_read_is_left_alone),
      CHECK_TEST(test_a_copy_is_taken_before_the_call_returns),
      CHECK_TEST(test_too_many_bytes_under_way_make_the_caller_wait),
      CHECK_TEST(test_an_overlapping_write_waits),
      CHECK_TEST(test_a_task_runs_between_the_writes_before_it_and_behind_it),
      CHECK_TEST(test_after_a_failure_nothing_more_is_written_and_tasks_are_told),
      CHECK_TEST(test_what_was_not_begun_is_given_up_at_the_end),
      CHECK_TEST(test_without_a_thread_all_is_done_at_once),
      CHECK_TEST(test_a_fork_leaves_it_alone),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
