// The texts that bench_parse reads, each with a yardstick: a tight scalar loop written for just
// that shape, without strtod, errors or options, as one would write it by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "text/text.hpp"

namespace forebay::bench {

struct Shape {
  std::string name;
  std::string dtype;
  core::text::Dialect dialect;
  std::string text;      // without its header, with kPadding bytes behind `size`
  std::size_t size = 0;  // of the rows
  // Reads all of the rows into `block`, again and again, `room` rows of them at a time; returns how
  // many there are.
  std::uint64_t (*yardstick)(const char* text, const char* end, std::byte* block,
                             std::size_t room) = nullptr;
};

// `methylation`: a file of the sample format, repeated to `bytes`; empty: rows are made.
std::vector<Shape> parse_shapes(std::size_t bytes, const std::string& methylation);

}  // namespace forebay::bench
