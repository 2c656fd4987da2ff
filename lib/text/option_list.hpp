// Options that are lists: entries separated by commas. Blanks around an entry do not count. An
// entry, or the part of it after a key, may stand in double quotes, where commas and blanks belong
// to it and a doubled quote is a quote.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/base.hpp"

namespace forebay::core::text {

struct OptionText {
  std::string text{};
  bool quoted = false;
};

// "NA,.,-": the entries. `option` names the option in messages. An entry without any text is an
// error: the empty text is written "".
Result<std::vector<OptionText>> split_list(std::string_view option, std::string_view list);

struct OptionPair {
  OptionText key{};
  OptionText value{};
};

// "pos:-1,i4:-2147483648": the pairs.
Result<std::vector<OptionPair>> split_pairs(std::string_view option, std::string_view list);

}  // namespace forebay::core::text
