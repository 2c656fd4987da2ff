// Compressed inputs and containers: whatever the bytes, what comes out is bounded, faults stay, and
// the places that are told lie in the file.
#include <algorithm>
#include <vector>

#include "codec/codec.hpp"
#include "fuzz/fuzz.hpp"

using namespace forebay::core;
using forebay::fuzz::must;

namespace {

constexpr std::size_t kMostOutput = 1U << 20U;

// Decodes with buffers of odd sizes. The bytes that came out.
std::size_t decode_all(codec::Decoder& decoder, std::span<const std::byte> in, std::size_t step,
                       std::size_t room) {
  std::vector<std::byte> out(room);
  std::size_t produced = 0;
  while (produced < kMostOutput) {
    const auto part = in.first(std::min(step, in.size()));
    const auto progress = decoder.decode(part, out);
    if (!progress.is_ok()) {
      must(decoder.finish().is_failure(), "a fault stays");
      return produced;
    }
    must(progress.value().consumed <= part.size() && progress.value().produced <= room,
         "no more than there is");
    in = in.subspan(progress.value().consumed);
    produced += progress.value().produced;
    const bool is_stuck = progress.value().consumed == 0 && progress.value().produced == 0;
    if (is_stuck && part.size() == in.size()) break;
    must(!is_stuck || !part.empty(), "a decoder goes on");
    if (is_stuck) step = std::max<std::size_t>(2 * step, 64);
  }
  (void)decoder.finish();
  return produced;
}

void decode_stream(forebay::fuzz::Input& input, codec::Format format) {
  const std::size_t step = 1 + input.byte();
  const std::size_t room = 1 + 16U * input.byte();
  auto decoder = codec::make_decoder(format);
  if (!decoder.is_ok()) return;
  (void)decode_all(**decoder, input.rest(), step, room);
}

void walk_blocks(forebay::fuzz::Input& input) {
  codec::BgzfBlocks blocks(0);
  const std::size_t step = 1 + input.byte();
  auto rest = input.rest();
  const std::size_t size = rest.size();
  while (!rest.empty()) {
    auto part = rest.first(std::min(step, rest.size()));
    const std::size_t before = part.size();
    const auto block = blocks.take(&part);
    if (!block.is_ok()) return;
    rest = rest.subspan(before - part.size());
    if (!block.value()) continue;
    must(block.value()->payload <= block.value()->bytes.size(), "the payload lies in its block");
    must(block.value()->decoded <= codec::kBgzfMaxBlock, "a block is small");
    must(blocks.offset() <= size, "blocks lie in the file");
  }
  (void)blocks.finish();
}

void read_npy(forebay::fuzz::Input& input) {
  const auto bytes = input.rest();
  const auto length =
      codec::npy_header_bytes(bytes.first(std::min(bytes.size(), codec::kNpyPrelude)));
  if (!length.is_ok() || length.value() > bytes.size()) return;
  const auto header = codec::parse_npy_header(bytes.first(length.value()));
  if (header.is_ok())
    must(header.value().data_offset == length.value(), "rows begin behind the header");
}

void read_zip(forebay::fuzz::Input& input) {
  const auto bytes = input.rest();
  const auto tail = bytes.last(std::min(bytes.size(), codec::kZipTail));
  const auto directory = codec::find_zip_directory(tail, bytes.size());
  if (!directory.is_ok()) return;
  const auto& place = directory.value();
  must(range_inside(place.offset, place.bytes, bytes.size()), "the directory lies in the file");
  const auto members = codec::parse_zip_directory(bytes.subspan(place.offset, place.bytes), place);
  if (!members.is_ok()) return;
  for (const codec::ZipMember& member : members.value()) {
    if (!range_inside(member.header_offset, codec::kZipLocalHeader, bytes.size())) continue;
    const auto local = bytes.subspan(member.header_offset, codec::kZipLocalHeader);
    const auto begin = codec::zip_data_offset(local, member, place);
    if (!begin.is_ok()) continue;
    must(range_inside(begin.value(), member.packed_bytes, place.offset),
         "a member lies before the directory");
    const auto decoder = codec::make_zip_decoder(member, begin.value());
    const std::size_t made =
        decode_all(*decoder, bytes.subspan(begin.value(), member.packed_bytes), 97, 4096);
    must(made <= std::max<std::uint64_t>(member.bytes, kMostOutput), "a member has its size");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  forebay::fuzz::Input input(data, size);
  switch (input.below(8)) {
    case 0:
      decode_stream(input, InputFormat::gzip);
      break;
    case 1:
      decode_stream(input, InputFormat::bgzf);
      break;
    case 2:
      decode_stream(input, InputFormat::zstd);
      break;
    case 3:
      decode_stream(input, InputFormat::bzip2);
      break;
    case 4:
      decode_stream(input, InputFormat::xz);
      break;
    case 5:
      walk_blocks(input);
      break;
    case 6:
      read_npy(input);
      break;
    default:
      read_zip(input);
  }
  return 0;
}
