// The rejects of a loader on their way into a file. The thread of both.
#pragma once

#include <functional>
#include <span>

#include "loader/loader.hpp"
#include "store/store.hpp"

namespace forebay::core {

using WriteRejects = std::function<Status(std::span<const StoredReject>)>;

// Hands those of the loader's rejects to `write` that it was not handed yet.
Status store_rejects(Loader& loader, const WriteRejects& write);

}  // namespace forebay::core
