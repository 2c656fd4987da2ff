// Copying all that is in one HDF5 file into another, object by object: what is not reached stays
// behind. Thread rule: HDF5's thread.
#pragma once

#include <string>

#include "store/hdf5.hpp"

namespace forebay::core {

// Into `to`, a new file with an identity of its own. Datasets keep their chunks as they are stored,
// groups the room that they were made with. FOREBAY_E_LIMIT: there is something that cannot be
// copied, such as references by address; nothing of forebay's is. `path` is for the message.
Status copy_objects(hid_t from, hid_t to, const std::string& path);

}  // namespace forebay::core
