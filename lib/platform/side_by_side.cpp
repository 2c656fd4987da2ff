#include "platform/side_by_side.hpp"

#include <algorithm>
#include <atomic>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "platform/blocked_signals.hpp"

namespace forebay::core {
namespace {

struct Crew {
  std::size_t items;
  ItemOfWork call;
  void* work;
  std::atomic<std::size_t> next{0};

  void serve(std::size_t worker) {
    for (std::size_t item = next++; item < items; item = next++) call(work, worker, item);
  }
};

std::vector<std::thread> begin_threads(std::size_t count, Crew& crew) {
  std::vector<std::thread> threads;
  const BlockedSignals blocked;
  try {
    threads.reserve(count);
    while (threads.size() < count)
      threads.emplace_back([&crew, worker = threads.size() + 1] { crew.serve(worker); });
  } catch (const std::system_error&) {  // those that there are do it
  } catch (const std::bad_alloc&) {
  }
  return threads;
}

}  // namespace

void run_side_by_side(std::size_t items, std::size_t workers, ItemOfWork call, void* work) {
  Crew crew{items, call, work};
  const std::size_t wanted = std::max<std::size_t>(std::min(items, workers), 1);
  std::vector<std::thread> threads = begin_threads(wanted - 1, crew);
  crew.serve(0);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace forebay::core
