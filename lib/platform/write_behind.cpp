#include "platform/write_behind.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <thread>

#include "platform/blocked_signals.hpp"
#include "platform/page_copies.hpp"
#include "platform/process_identity.hpp"

namespace forebay::core {
namespace {

// Why several: a disk that gets its next write only when it has told of the last one is idle in
// between, and one thread's speed is then that of a turn. More gain nothing more.
constexpr std::size_t kMostThreads = 4;

// Memory for copies, at page boundaries. Why recycled: the first touch of fresh memory costs more
// than the copy. Any thread.
class PagePool : public std::enable_shared_from_this<PagePool> {
 public:
  explicit PagePool(std::uint64_t most_bytes) : most_bytes_(most_bytes) {}
  ~PagePool() {
    for (const Piece& piece : free_) free_piece(piece);
  }
  PagePool(const PagePool&) = delete;
  PagePool& operator=(const PagePool&) = delete;

  // Comes back when the last owner goes.
  std::shared_ptr<std::byte> take(std::size_t bytes) {
    const Piece piece = find(align_up(bytes, kDirectPage));
    return {piece.data, [pool = shared_from_this(), piece](std::byte*) { pool->put(piece); }};
  }

 private:
  struct Piece {
    std::byte* data = nullptr;
    std::size_t bytes = 0;
  };

  Piece find(std::size_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      const auto fits = [&](const Piece& piece) { return piece.bytes == bytes; };
      const auto found = std::find_if(free_.rbegin(), free_.rend(), fits);
      if (found != free_.rend()) {
        const Piece piece = *found;
        free_.erase(std::next(found).base());
        free_bytes_ -= piece.bytes;
        return piece;
      }
    }
    return {static_cast<std::byte*>(::operator new (bytes, std::align_val_t{kDirectPage})), bytes};
  }
  void put(Piece piece) noexcept {
    try {
      const std::lock_guard lock(mutex_);
      if (free_bytes_ + piece.bytes <= most_bytes_) {
        free_.push_back(piece);
        free_bytes_ += piece.bytes;
        return;
      }
    } catch (...) {  // no memory to remember it
    }
    free_piece(piece);
  }
  static void free_piece(const Piece& piece) noexcept {
    ::operator delete (piece.data, std::align_val_t{kDirectPage});
  }

  const std::uint64_t most_bytes_;
  std::mutex mutex_;
  std::vector<Piece> free_;  // guarded by mutex_, as what follows
  std::uint64_t free_bytes_ = 0;
};

bool is_on_page(const void* memory) noexcept {
  return reinterpret_cast<std::uintptr_t>(memory) % kDirectPage == 0;
}

// Why the rest is not written directly: somebody else's bytes may follow in its page.
Status put(StorageFile& file, std::uint64_t offset, std::span<const std::byte> bytes) {
  const bool is_direct = offset % kDirectPage == 0 && is_on_page(bytes.data());
  const std::size_t whole = is_direct ? bytes.size() / kDirectPage * kDirectPage : 0;
  if (whole != 0) FOREBAY_TRY(file.write_direct(offset, bytes.first(whole)));
  if (whole == bytes.size()) return Status::ok();
  return file.write_at(offset + whole, bytes.subspan(whole));
}

}  // namespace

// Constant once it is submitted, but for what is marked. A task has no bytes.
struct WriteBehind::Writing {
  [[nodiscard]] bool meets(std::uint64_t begin, std::uint64_t end) const noexcept {
    return offset < end && begin < offset + bytes.size();
  }

  std::uint64_t offset = 0;
  PageKind pages = PageKind::small;
  Task task{};
  // Changed with the mutex of the State held, by the thread that has begun the job.
  std::span<const std::byte> bytes{};
  Keeper keeper{};
  bool has_begun = false;
};

// Invariant: no two jobs that are being done meet, since none is taken that meets another; and a
// task is done alone. So the order in which several writes end does not show.
struct WriteBehind::State {
  using Job = std::shared_ptr<Writing>;

  State(StorageFile& to, std::uint64_t most)
      : file(to), most_bytes(most), pool(std::make_shared<PagePool>(most)) {}

  void serve();
  void perform(std::unique_lock<std::mutex>& lock, Job job, bool is_behind);
  void move_to_page(Writing& job);
  Status done_of(const Writing& job, const Status& before);
  [[nodiscard]] Job due() const;
  [[nodiscard]] bool has_room(std::uint64_t offset, std::uint64_t size) const;
  [[nodiscard]] bool lacks_thread() const;
  bool start_thread();

  // Constant.
  StorageFile& file;
  const std::uint64_t most_bytes;
  const std::shared_ptr<PagePool> pool;
  const std::shared_ptr<PageCopies> copies = std::make_shared<PageCopies>();
  // The caller's.
  std::vector<std::thread> threads{};
  std::size_t most_threads = kMostThreads;
  // Any thread.
  std::atomic<bool> has_failed{false};
  // Guarded by `mutex`.
  mutable std::mutex mutex{};
  std::condition_variable wake{};  // a thread has something to do
  std::condition_variable done{};  // a job is done
  std::deque<Job> jobs{};          // that are not done
  std::uint64_t bytes = 0;         // of all of them
  std::size_t begun = 0;           // so many of them
  std::size_t idle = 0;            // threads that wait for a job
  bool ends = false;
  Status failure{};
};

// The first job that may be begun: a task when it is the first of all, nothing behind a task.
WriteBehind::State::Job WriteBehind::State::due() const {
  for (const Job& job : jobs) {
    if (job->task) return job == jobs.front() && !job->has_begun ? job : nullptr;
    if (!job->has_begun) return job;
  }
  return nullptr;
}

bool WriteBehind::State::has_room(std::uint64_t offset, std::uint64_t size) const {
  if (bytes != 0 && bytes + size > most_bytes) return false;
  return std::none_of(jobs.begin(), jobs.end(),
                      [&](const auto& job) { return job->meets(offset, offset + size); });
}

void WriteBehind::State::serve() {
  std::unique_lock lock(mutex);
  for (;;) {
    Job job = due();
    if (job) {
      perform(lock, std::move(job), true);
      continue;
    }
    // What is left then has a thread that is at it.
    if (ends) return;
    ++idle;
    wake.wait(lock);
    --idle;
  }
}

Status WriteBehind::State::done_of(const Writing& job, const Status& before) {
  try {
    if (job.task) {
      job.task(before);
      return Status::ok();
    }
    return before.is_failure() ? Status::ok() : put(file, job.offset, job.bytes);
  } catch (...) {
    return Status::news(FOREBAY_E_MEMORY);
  }
}

// Where the bytes are better written from a copy, gives their memory back at once: without the
// lock, as that may wake others.
void WriteBehind::State::move_to_page(Writing& job) {
  if (job.task || job.pages == PageKind::large) return;
  std::shared_ptr<const std::byte> copy = copies->copy(job.offset, job.bytes);
  if (!copy) return;
  Keeper before;
  const std::lock_guard lock(mutex);
  job.bytes = {copy.get(), job.bytes.size()};
  before = std::exchange(job.keeper, std::move(copy));
}

// Does a job that is due. Its memory is given back without the lock: that may wake others.
// `is_behind`: the caller is not waiting for it.
void WriteBehind::State::perform(std::unique_lock<std::mutex>& lock, Job job, bool is_behind) {
  job->has_begun = true;
  ++begun;
  const Status before = ends ? Status::news(FOREBAY_E_CANCELLED) : failure.clone();
  lock.unlock();
  if (is_behind && !before.is_failure()) move_to_page(*job);
  Status status = done_of(*job, before);
  lock.lock();
  if (status.is_failure() && !failure.is_failure()) {
    failure = std::move(status);
    has_failed.store(true, std::memory_order_release);
  }
  jobs.erase(std::find(jobs.begin(), jobs.end(), job));
  --begun;
  bytes -= job->bytes.size();
  done.notify_all();
  if (job->task) wake.notify_all();
  lock.unlock();
  job.reset();
  lock.lock();
}

bool WriteBehind::State::lacks_thread() const {
  return threads.size() < most_threads && (threads.empty() || jobs.size() - begun > idle);
}

// Whether there is one at all.
bool WriteBehind::State::start_thread() {
  const BlockedSignals blocked;
  try {
    threads.reserve(most_threads);
    threads.emplace_back([this] { serve(); });
  } catch (const std::exception&) {  // no thread, or no memory to remember it
    most_threads = threads.size();
  }
  return !threads.empty();
}

WriteBehind::WriteBehind(StorageFile& file, std::uint64_t most_bytes)
    : state_(std::make_unique<State>(file, most_bytes)), generation_(fork_generation()) {
  if (!file.may_write_behind()) state_->most_threads = 0;
}

WriteBehind::~WriteBehind() {
  if (generation_ != fork_generation()) {
    static_cast<void>(state_.release());
    return;
  }
  {
    const std::lock_guard lock(state_->mutex);
    state_->ends = true;
  }
  state_->wake.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

// Whether a thread is there for what is asked for.
bool WriteBehind::is_behind() {
  return !state_->threads.empty() || (state_->most_threads != 0 && state_->start_thread());
}

void WriteBehind::submit(std::shared_ptr<Writing> job) {
  const bool has_thread = is_behind();
  std::unique_lock lock(state_->mutex);
  state_->bytes += job->bytes.size();
  state_->jobs.push_back(job);
  if (!has_thread) return state_->perform(lock, std::move(job), false);
  const bool lacks_thread = state_->lacks_thread();
  lock.unlock();
  state_->wake.notify_one();
  if (lacks_thread) state_->start_thread();
}

void WriteBehind::write(std::uint64_t offset, std::span<const std::byte> bytes, Keeper keeper,
                        PageKind pages) {
  auto job = std::make_shared<Writing>();
  job->offset = offset;
  job->bytes = bytes;
  job->pages = pages;
  job->keeper = std::move(keeper);
  {
    std::unique_lock lock(state_->mutex);
    state_->done.wait(lock, [&] { return state_->has_room(offset, bytes.size()); });
  }
  submit(std::move(job));
}

void WriteBehind::write_copy(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (!is_behind()) return write(offset, bytes, nullptr);
  {
    // Before the copy, so that copies are bounded too.
    std::unique_lock lock(state_->mutex);
    state_->done.wait(lock, [&] { return state_->has_room(offset, bytes.size()); });
  }
  std::shared_ptr<std::byte> copy = state_->pool->take(bytes.size());
  std::memcpy(copy.get(), bytes.data(), bytes.size());
  const std::span<const std::byte> copied(copy.get(), bytes.size());
  write(offset, copied, std::move(copy));
}

void WriteBehind::run(Task task) {
  auto job = std::make_shared<Writing>();
  job->task = std::move(task);
  submit(std::move(job));
}

bool WriteBehind::wait_for_tasks(int timeout_ms) {
  std::unique_lock lock(state_->mutex);
  const auto has_none = [&] {
    return std::none_of(state_->jobs.begin(), state_->jobs.end(),
                        [](const auto& job) { return static_cast<bool>(job->task); });
  };
  if (timeout_ms >= 0) {
    return state_->done.wait_for(lock, std::chrono::milliseconds(timeout_ms), has_none);
  }
  state_->done.wait(lock, has_none);
  return true;
}

Status WriteBehind::drain() {
  {
    std::unique_lock lock(state_->mutex);
    state_->done.wait(lock, [&] { return state_->jobs.empty(); });
  }
  return failure();
}

Status WriteBehind::failure() const {
  if (!state_->has_failed.load(std::memory_order_acquire)) return Status::ok();
  const std::lock_guard lock(state_->mutex);
  return state_->failure.clone();
}

std::vector<WriteBehind::UnderWay> WriteBehind::meeting(std::uint64_t offset,
                                                        std::uint64_t bytes) const {
  std::vector<UnderWay> found;
  const std::lock_guard lock(state_->mutex);
  for (const auto& job : state_->jobs) {
    if (job->meets(offset, offset + bytes)) found.push_back({job->offset, job->bytes, job->keeper});
  }
  return found;
}

void WriteBehind::put_over(const std::vector<UnderWay>& writes, std::uint64_t offset,
                           std::span<std::byte> bytes) noexcept {
  for (const UnderWay& one : writes) {
    const std::uint64_t first = std::max(offset, one.offset);
    const std::uint64_t last = std::min(offset + bytes.size(), one.offset + one.bytes.size());
    std::memcpy(bytes.data() + (first - offset), one.bytes.data() + (first - one.offset),
                last - first);
  }
}

}  // namespace forebay::core
