// The configuration of a child, and what else comes to it as a text of its own.
#include <algorithm>

#include "fuzz/fuzz.hpp"
#include "wire/wire.hpp"

using namespace forebay::core;
using forebay::fuzz::must;

namespace {

void decode_config(forebay::fuzz::Input& input) {
  // Half the inputs get the head right that nobody finds by chance: magic and version.
  const bool has_head = input.flag();
  const auto bytes = input.rest();
  std::vector<std::byte> config(bytes.begin(), bytes.end());
  const std::vector<std::byte> sound = wire::encode_config({});
  if (has_head && config.size() >= 8) std::copy_n(sound.begin(), 8, config.begin());
  const auto got = wire::decode_config(config);
  if (!got.is_ok()) return;
  must(got.value().block_rows != 0 && got.value().split_bytes != 0, "sizes are checked");
  const auto again = wire::decode_config(wire::encode_config(got.value()));
  must(again.is_ok() && again.value().dtype == got.value().dtype &&
           again.value().custom == got.value().custom,
       "what was decoded can be sent");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  forebay::fuzz::Input input(data, size);
  switch (input.below(3)) {
    case 0:
      decode_config(input);
      break;
    case 1:
      (void)wire::decode_sniff_texts(input.text());
      break;
    default: {
      const auto request = wire::decode_sniff_request(input.text());
      if (request.is_ok())
        must(wire::decode_sniff_request(wire::encode_sniff_request(request.value())).is_ok(),
             "what was decoded can be sent");
    }
  }
  return 0;
}
