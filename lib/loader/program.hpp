// Where the child program is.
#pragma once

#include <string>

#include "base/base.hpp"

namespace forebay::core {

// `asked` by option, $FOREBAY_LOADER, this executable if it said that it can be its own child, next
// to the library, the installed path. FOREBAY_E_NOT_FOUND lists where it looked.
Result<std::string> find_child_program(const std::string& asked);

// A program of a user's own: a path, or a name without a slash, which is looked for in $PATH.
Result<std::string> find_custom_program(const std::string& asked);

}  // namespace forebay::core
