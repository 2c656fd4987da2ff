// How the text of a field becomes a value, beyond the strict rules. Here because the loader takes
// it, the wire carries it and the parser obeys it; text/ gives it meaning and checks it.
#pragma once

#include <cstdint>
#include <string>

namespace forebay::core {

// The numbers go over the wire.
enum class Percent : std::uint32_t { off = 0, fraction = 1, number = 2 };
enum class Encoding : std::uint32_t { bytes = 0, utf8 = 1, latin1 = 2 };

struct ValueRules {
  // Lists of texts, as the options have them: separated by commas, in double quotes where needed.
  std::string na{};
  std::string fill{};  // "pos:-1,i4:-2147483648"
  std::string true_words{};
  std::string false_words{};
  char decimal = '.';
  char thousands = 0;  // 0: none
  bool hex = false;
  bool truncate = false;  // cut strings that are too long, and count them
  Percent percent = Percent::off;
  Encoding encoding = Encoding::bytes;

  bool operator==(const ValueRules&) const = default;
};

}  // namespace forebay::core
