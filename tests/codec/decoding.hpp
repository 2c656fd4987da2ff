// What the codec tests share: decoding in pieces, and something to compress.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "codec/codec.hpp"

namespace forebay::test {

struct Decoded {
  std::string bytes{};
  core::Code code = FOREBAY_OK;
  std::uint64_t byte = 0;
  std::string message{};
  bool again = true;  // a failed decoder fails again
};

// Decodes with input and output in pieces of these sizes, each in memory of its own.
inline Decoded decode(core::codec::Format format, const std::string& packed, std::size_t in_size,
                      std::size_t out_size) {
  Decoded result;
  auto decoder = std::move(core::codec::make_decoder(format)).value();
  std::size_t at = 0;
  const auto failed = [&](const core::Status& status) {
    result.code = status.code();
    result.byte = status.detail().byte;
    result.message = status.message();
    result.again = decoder->finish().code() == result.code;
    return result;
  };
  for (;;) {
    const std::size_t given = std::min(in_size, packed.size() - at);
    const std::vector<std::byte> in(reinterpret_cast<const std::byte*>(packed.data()) + at,
                                    reinterpret_cast<const std::byte*>(packed.data()) + at + given);
    std::vector<std::byte> out(out_size);
    auto progress = decoder->decode(in, out);
    if (!progress.is_ok()) return failed(progress.status());
    at += progress->consumed;
    result.bytes.append(reinterpret_cast<const char*>(out.data()), progress->produced);
    if (progress->consumed == 0 && progress->produced == 0) break;
  }
  if (at != packed.size()) return failed(core::internal_status("input left"));
  const core::Status end = decoder->finish();
  return end.is_ok() ? result : failed(end);
}

inline std::string random_rows(std::size_t size) {
  std::minstd_rand random(17);
  std::string text;
  while (text.size() < size)
    text += "chr" + std::to_string(random() % 23) + "\t" + std::to_string(random()) + "\n";
  return text;
}

}  // namespace forebay::test
