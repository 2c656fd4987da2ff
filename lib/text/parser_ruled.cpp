#include "text/mode_parser.hpp"

namespace forebay::core::text {

std::unique_ptr<Parser> make_ruled_parser(Making making) {
  if (making.dialect.delimiter == 0) return make_in_mode<true, true>(std::move(making));
  return make_in_mode<false, true>(std::move(making));
}

}  // namespace forebay::core::text
