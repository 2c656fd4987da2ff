// The options of `forebay load` about how the text of a column becomes a value.
#pragma once

#include <forebay/forebay.h>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>

namespace forebay::cli {

// Zero and "" mean the library's default, as in the C structs.
struct ValueOptions {
  std::string na{};
  std::string fill{};
  std::string true_words{};
  std::string false_words{};
  std::uint32_t decimal = 0;
  std::uint32_t thousands = 0;
  std::uint32_t percent = 0;
  bool hex = false;
  std::uint32_t encoding = 0;
  std::uint32_t overlong = 0;
};

void add_value_options(CLI::App& command, ValueOptions& options);

// Strings are borrowed from `options`.
void set_value_options(const ValueOptions& options, forebay_loader_options* out);

}  // namespace forebay::cli
