// Work of one call that is done on several threads, all of which have ended when it returns: so no
// fork, no other call and no end of a program ever meets them. Thread rule: any thread.
#pragma once

#include <cstddef>

namespace forebay::core {

using ItemOfWork = void (*)(void* work, std::size_t worker, std::size_t item);
void run_side_by_side(std::size_t items, std::size_t workers, ItemOfWork call, void* work);

// Calls work(worker, item) once for each item below `items`; they are begun in their order. On the
// calling thread, which is worker 0, and on at most `workers` - 1 others; on fewer where the system
// has no threads or memory to give. `work` does not throw, and neither does this.
template <typename Work>
void side_by_side(std::size_t items, std::size_t workers, const Work& work) {
  const auto call = [](void* given, std::size_t worker, std::size_t item) {
    (*static_cast<const Work*>(given))(worker, item);
  };
  run_side_by_side(items, workers, call, const_cast<Work*>(&work));
}

}  // namespace forebay::core
