#include "filter_options.hpp"

#include "parsed_option.hpp"

namespace forebay::cli {
namespace {

CLI::Option* add_level(CLI::App& command, const std::string& name, std::uint64_t most,
                       const std::string& description, std::uint32_t* level) {
  const auto accept = [=](const std::string& text) {
    std::uint64_t value = 0;
    if (!parse_count(text, 1, most, &value)) return false;
    *level = static_cast<std::uint32_t>(value);
    return true;
  };
  return add_parsed(command, name, "a level; write a number from 1 to " + std::to_string(most),
                    description, accept)
      ->type_name("LEVEL");
}

}  // namespace

void add_filter_options(CLI::App& command, const std::string& group, FilterOptions& options) {
  CLI::Option* const deflate =
      add_level(command, "--deflate", 9,
                "Compress the chunks of a new table: 1 (fast) to 9 (small); default: not",
                &options.deflate)
          ->group(group);
  CLI::Option* const zstd =
      add_level(command, "--zstd", 22,
                "Compress them with zstd instead: 1 (fast) to 22 (small); other readers need a "
                "plugin for it, h5py the package hdf5plugin",
                &options.zstd)
          ->group(group)
          ->excludes(deflate);
  CLI::Option* const lz4 =
      command
          .add_flag(
              "--lz4", options.lz4,
              "Compress them with lz4 instead, the fastest; other readers need the same plugin")
          ->group(group)
          ->excludes(deflate)
          ->excludes(zstd);
  add_level(command, "--blosc", 9,
            "Compress them with blosc instead, with lz4 and a shuffle of its own: 1 (fast) to 9 "
            "(small); other readers need the same plugin",
            &options.blosc)
      ->group(group)
      ->excludes(deflate)
      ->excludes(zstd)
      ->excludes(lz4);
  command
      .add_flag("--shuffle", options.shuffle,
                "With --deflate, --zstd or --lz4: put bytes of the same place in a row together "
                "first")
      ->group(group);
  command
      .add_flag("--fletcher32", options.fletcher32,
                "A checksum for each whole chunk of a new table, which every reader checks")
      ->group(group);
}

std::string filter_problem(const FilterOptions& options) {
  if (options.shuffle && options.blosc != 0)
    return "--blosc shuffles by itself; leave out --shuffle";
  const bool compresses = options.deflate != 0 || options.zstd != 0 || options.lz4;
  if (!options.shuffle || compresses) return {};
  return "--shuffle alone makes nothing smaller; add --deflate, --zstd or --lz4";
}

void set_filter_options(const FilterOptions& options, forebay_table_options* out) {
  out->deflate = options.deflate;
  out->zstd = options.zstd;
  out->lz4 = options.lz4 ? 1 : 0;
  out->blosc = options.blosc;
  out->shuffle = options.shuffle ? 1 : 0;
  out->fletcher32 = options.fletcher32 ? 1 : 0;
}

}  // namespace forebay::cli
