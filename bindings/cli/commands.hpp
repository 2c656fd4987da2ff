// The commands that main() knows. Each add_..._command() describes its options to CLI11 and returns
// what runs it; the function returns the exit code.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace forebay::cli {

struct Command {
  CLI::App* options = nullptr;
  std::function<int()> run{};
};

Command add_load_command(CLI::App& app);
Command add_info_command(CLI::App& app);
Command add_head_command(CLI::App& app);
Command add_verify_command(CLI::App& app);
Command add_rejects_command(CLI::App& app);
Command add_recover_command(CLI::App& app);
Command add_repack_command(CLI::App& app);
Command add_sniff_command(CLI::App& app);
Command add_cat_command(CLI::App& app);

}  // namespace forebay::cli
