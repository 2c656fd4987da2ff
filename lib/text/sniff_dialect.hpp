// The delimiter, quote, comment prefix and preamble of a text, guessed from its head. Pure
// functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/sniff.hpp"
#include "text/text.hpp"

namespace forebay::core::text {

struct SniffedDialect {
  Dialect dialect;
  std::size_t columns = 0;
  double agreement = 0;           // share of the records that have that many columns
  std::string_view title_line{};  // a comment just above the rows which may name the columns
  bool is_title_the_header = false;
  std::vector<std::string> notes{};
};

// `head`: decoded text without a byte order mark. columns is 0 when there is no record.
SniffedDialect sniff_dialect(std::string_view head, bool is_whole, const SniffRequest& request);

}  // namespace forebay::core::text
