// How `--help` looks: names in one column, wrapped text beside them, no machinery of the parser.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace forebay::cli {

class HelpFormat : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

}  // namespace forebay::cli
