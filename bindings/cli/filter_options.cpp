#include "filter_options.hpp"

#include "parsed_option.hpp"

namespace forebay::cli {

void add_filter_options(CLI::App& command, const std::string& group, FilterOptions& options) {
  std::uint32_t* deflate = &options.deflate;
  const auto accept = [=](const std::string& text) {
    std::uint64_t level = 0;
    if (!parse_count(text, 1, 9, &level)) return false;
    *deflate = static_cast<std::uint32_t>(level);
    return true;
  };
  CLI::Option* compressed =
      add_parsed(command, "--deflate", "a level; write a number from 1 to 9",
                 "Compress the chunks of a new table: 1 (fast) to 9 (small); default: not", accept)
          ->type_name("LEVEL")
          ->group(group);
  command
      .add_flag("--shuffle", options.shuffle,
                "With --deflate: put bytes of the same place in a row together first")
      ->needs(compressed)
      ->group(group);
  command
      .add_flag("--fletcher32", options.fletcher32,
                "A checksum for each whole chunk of a new table, which every reader checks")
      ->group(group);
}

void set_filter_options(const FilterOptions& options, forebay_table_options* out) {
  out->deflate = options.deflate;
  out->shuffle = options.shuffle ? 1 : 0;
  out->fletcher32 = options.fletcher32 ? 1 : 0;
}

}  // namespace forebay::cli
