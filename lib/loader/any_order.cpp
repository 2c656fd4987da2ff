// Order any: every child but the first slot's goes to a source of its own, as far as there are
// enough, so that no source waits for another.
//
// Invariant: the child of the first slot takes tasks in the order of the sources only. So when the
// lead has no task at work that child is idle or comes to its end, and takes the lead's next one.
#include <algorithm>

#include "loader/coordinator.hpp"

namespace forebay::core {

void Loader::Core::assign_apart() {
  for (std::size_t i = 1; i < children_.size(); ++i) {
    auto& slot = children_[i];
    if (slot && (slot->is_closed || !slot->tasks.empty())) continue;
    LoadTask* task = nullptr;
    do {
      task = task_apart();
      // No child for it: the source has failed, the next may fare as badly or better.
    } while (task != nullptr && !assign(*task, &slot));
    if (task == nullptr) return;
  }
}

// A task of the source with the fewest children at work, the first among equals. What a dead child
// left comes first.
LoadTask* Loader::Core::task_apart() {
  for (std::size_t i = head_; i < active_end(); ++i) {
    if (LoadTask* task = sources_[i]->first_queued()) return task;
  }
  std::vector<std::pair<std::size_t, std::size_t>> candidates;  // tasks at work, source
  for (std::size_t i = head_; i < sources_.size() && candidates.size() < children_.size(); ++i) {
    const Source& source = *sources_[i];
    if (!source.all_created) candidates.emplace_back(source.tasks_at_work(), i);
  }
  std::sort(candidates.begin(), candidates.end());
  for (const auto& [at_work, index] : candidates) {
    Source& source = *sources_[index];
    // Splits that were parsed and wait for the one before them are bounded too.
    if (source.tasks.size() >= 2 * children_.size() + 2) continue;
    reach_ = std::max(reach_, index + 1);
    if (LoadTask* task = create_task(source)) return task;
  }
  return nullptr;
}

}  // namespace forebay::core
