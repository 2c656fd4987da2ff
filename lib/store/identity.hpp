// What makes an HDF5 file a forebay store: the group /.forebay with a format version and `id`, one
// chunk in a page of its own whose first 16 bytes are a random UUID. A journal is matched to its
// file by these bytes.
#pragma once

#include <string>

#include "journal/journal.hpp"
#include "store/hdf5.hpp"

namespace forebay::core {

constexpr const char* kReservedGroup = ".forebay";
constexpr std::uint32_t kFormatVersion = 1;

// Writes the identity into a new file.
Status write_identity(hid_t file);
// OK, FOREBAY_E_FOREIGN, or FOREBAY_E_FORMAT for a version that this library does not know. `path`
// is for the message.
Status check_identity(hid_t file, const std::string& path);
// The UUID and where in the file it is.
Result<journal::Identity> read_anchor(hid_t file);

}  // namespace forebay::core
