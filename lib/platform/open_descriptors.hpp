// Inside platform: the descriptors that are open now, by /proc/self/fd, for systems without
// close_range.
#pragma once

#include <vector>

namespace forebay::core {

// Numbers from `lowest` on, but for the one that reads the list. Empty where /proc is not mounted.
std::vector<int> open_descriptors_from(int lowest);

}  // namespace forebay::core
