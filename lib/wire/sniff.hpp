// What a sniffing child is asked and what it answers, beyond the fixed messages. Pure functions on
// bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.hpp"
#include "wire/format.hpp"

namespace forebay::core::wire {

// What is known of the text; kUnknown and absent texts are to be guessed. Travels in
// Config::custom.
struct SniffRequest {
  static constexpr std::uint32_t kUnknown = UINT32_MAX;
  std::uint32_t delimiter = kUnknown;  // 0: runs of blanks
  std::uint32_t quote = kUnknown;      // 0: none
  std::uint32_t decimal = kUnknown;
  std::uint32_t has_header = kUnknown;
  std::uint32_t skip_rows = kUnknown;
  std::uint32_t has_comment = 0;
  std::uint32_t has_na = 0;
  std::uint64_t sample_bytes = 0;  // at the top; a fraction of it elsewhere
  std::uint64_t also_at = 0;       // decoded offset whose surroundings are sampled too; 0: none
  std::string comment{};
  std::string na{};
};
std::string encode_sniff_request(const SniffRequest& request);
Result<SniffRequest> decode_sniff_request(std::string_view bytes);

// The texts of a guess as the coordinator may show them.
struct SniffTexts {
  std::string dtype{};
  std::string comment{};
  std::string na{};
  std::vector<std::string> notes{};
};
std::string encode_sniff_texts(const SniffTexts& texts);
// FOREBAY_E_PROTOCOL: not so many texts, too many of them, or a control character in one.
Result<SniffTexts> decode_sniff_texts(std::string_view bytes);

}  // namespace forebay::core::wire
