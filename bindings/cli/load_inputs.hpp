// What can be known of the inputs before any work: cheap looks at names and file states.
#pragma once

#include <forebay/status.h>

#include <string>
#include <vector>

namespace forebay::cli {

struct InputFault {
  forebay_status status = FOREBAY_OK;
  std::string message{};  // one line that starts with the path
};

// Whether a file is there, is no directory and may be read. Opens nothing.
InputFault look_at_input(const std::string& path);

// The argument that stands for standard input.
constexpr const char* kStandardInput = "-";

// True if both paths lead to one file: a load would overwrite its own input.
bool is_same_file(const std::string& one, const std::string& other);

// A table name for each path: the file's name without a compression ending and one more ending; a
// name that was given before gets "_2", "_3", ...
std::vector<std::string> table_names_of(const std::vector<std::string>& paths);

}  // namespace forebay::cli
