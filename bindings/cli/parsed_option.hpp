// Options whose text is read by us: the parser's own numbers take signs, octal and wrap around.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <limits>
#include <string>

#include "units.hpp"

namespace forebay::cli {

// An option whose text `accept` turns into a value; false from it is an error that says `wanted`.
template <typename Accept>
CLI::Option* add_parsed(CLI::App& command, const std::string& name, const std::string& wanted,
                        const std::string& description, Accept accept) {
  const std::string shown = name.substr(name.find("--"));
  return command.add_option_function<std::string>(
      name,
      [=](const std::string& text) {
        if (!accept(text)) throw CLI::ValidationError(shown, "'" + text + "' is not " + wanted);
      },
      description);
}

inline CLI::Option* add_size(CLI::App& command, const std::string& name, std::uint64_t* bytes,
                             const std::string& description) {
  return add_parsed(command, name, "a size; write 4096, 512K, 128M or 2G", description,
                    [=](const std::string& text) { return parse_size(text, bytes); })
      ->type_name("SIZE");
}

// A whole number from `least` to what its type holds.
template <typename Number>
CLI::Option* add_count(CLI::App& command, const std::string& name, Number* value,
                       std::uint64_t least, const std::string& description) {
  constexpr std::uint64_t kMost = std::numeric_limits<Number>::max();
  const auto accept = [=](const std::string& text) {
    std::uint64_t count = 0;
    if (!parse_count(text, least, kMost, &count)) return false;
    *value = static_cast<Number>(count);
    return true;
  };
  const std::string wanted = "a number from " + std::to_string(least) + " on";
  return add_parsed(command, name, wanted, description, accept)->type_name("N");
}

}  // namespace forebay::cli
