// A file opened for reading, for the commands that look into one.
#pragma once

#include <string>

#include "exit_codes.hpp"
#include "handles.hpp"

namespace forebay::cli {

// Null after a failure, which was printed; `code` is then the exit code.
StoreOwner open_for_reading(const std::string& path, int* code);

// Prints the failure of a call on the file and returns its exit code.
int reading_failed(forebay_status status, const forebay_error& err);

}  // namespace forebay::cli
