// What a text is, guessed from samples of it: dialect, names and types of the columns. Pure
// functions on bytes; any thread. A guess is narrow enough to be useful and wide enough to hold all
// that was sampled: what it cannot hold must be an error of the parser, never another value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.hpp"

namespace forebay::core::text {

struct Dialect;

// Decoded bytes of a source.
struct SniffInput {
  std::string_view head{};                // from its first byte on
  bool is_whole = false;                  // `head` is all of it
  std::vector<std::string_view> later{};  // from further on; they begin and end anywhere
};

// What is known already. All else is guessed.
struct SniffRequest {
  std::optional<char> delimiter{};  // 0: runs of blanks
  std::optional<char> quote{};      // 0: none
  std::optional<char> decimal{};
  std::optional<bool> has_header{};
  std::optional<std::uint32_t> skip_rows{};
  std::optional<std::string> comment{};
  std::optional<std::string> na{};  // a list as ValueRules has it
};

struct SniffGuess {
  char delimiter = 0;
  char quote = 0;
  char decimal = '.';
  bool has_header = false;
  std::uint32_t skip_rows = 0;
  std::string comment{};
  std::string na{};
  std::string dtype{};  // text form; the names of its fields are those of the columns, cleaned
  std::uint32_t columns = 0;
  std::uint32_t confidence = 0;  // percent
  std::uint64_t rows = 0;        // looked at
  std::uint64_t bytes = 0;       // sampled
  std::vector<std::string> notes{};
};

// FOREBAY_E_FORMAT: not text, or in an encoding that is not read. FOREBAY_E_TRUNCATED: no row.
// FOREBAY_E_LIMIT: more columns than a dtype has fields.
Result<SniffGuess> sniff(const SniffInput& input, const SniffRequest& request);

}  // namespace forebay::core::text
