// Which files a folder, a pattern or a list stands for. Looks at names only; opens no source.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/base.hpp"

namespace forebay::core {

// `@list`: what the lines of a list file name, each a path or a pattern relative to the list's
// folder. A folder: its regular files, hidden ones left out. A path with * ? or [ that no file has:
// the files that match. Anything else: itself, whether it is there or not. Folders and patterns in
// natural order. FOREBAY_E_NOT_FOUND where there is no file, or no list.
Result<std::vector<std::string>> expand_path(const std::string& path);

// The order of people: numbers by value, so that chr2 comes before chr10.
bool is_naturally_before(std::string_view a, std::string_view b) noexcept;

}  // namespace forebay::core
