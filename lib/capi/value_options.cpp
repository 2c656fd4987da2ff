// The options of include/forebay/loader.h about values: from the public struct to rules.
#include "capi/value_options.hpp"

#include "text/text.hpp"

namespace forebay::core::capi {
namespace {

Status mark_option(const char* name, std::uint32_t value, char fallback, char* out) {
  if (value > 0x7f) return {FOREBAY_E_ARGUMENT, std::string(name) + " is not an ASCII character"};
  *out = value == 0 ? fallback : static_cast<char>(value);
  return Status::ok();
}

// A choice among values from 1, of which 1 is the default.
Status choice_option(const char* name, std::uint32_t value, std::uint32_t most, const char* choices,
                     std::uint32_t* out) {
  if (value > most) return {FOREBAY_E_ARGUMENT, std::string(name) + " is none of " + choices};
  *out = value == 0 ? 0 : value - 1;
  return Status::ok();
}

}  // namespace

Status value_options(const forebay_loader_options& in, ValueRules* out) {
  if (in.na != nullptr) out->na = in.na;
  if (in.fill != nullptr) out->fill = in.fill;
  if (in.true_words != nullptr) out->true_words = in.true_words;
  if (in.false_words != nullptr) out->false_words = in.false_words;
  FOREBAY_TRY(mark_option("decimal", in.decimal, '.', &out->decimal));
  FOREBAY_TRY(mark_option("thousands", in.thousands, '\0', &out->thousands));
  std::uint32_t choice = 0;
  FOREBAY_TRY(choice_option("percent", in.percent, FOREBAY_LOADER_PERCENT_NUMBER,
                            "off, fraction and number", &choice));
  out->percent = static_cast<Percent>(choice);
  FOREBAY_TRY(choice_option("hex", in.hex, FOREBAY_LOADER_HEX_ON, "off and on", &choice));
  out->hex = choice != 0;
  FOREBAY_TRY(choice_option("encoding", in.encoding, FOREBAY_LOADER_ENCODING_LATIN1,
                            "bytes, UTF-8 and Latin-1", &choice));
  out->encoding = static_cast<Encoding>(choice);
  FOREBAY_TRY(choice_option("overlong", in.overlong, FOREBAY_LOADER_OVERLONG_TRUNCATE,
                            "fail and truncate", &choice));
  out->truncate = choice != 0;
  return Status::ok();
}

}  // namespace forebay::core::capi
