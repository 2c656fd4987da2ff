// BGZF: gzip members of at most 64 KiB, each with its own length in its header, so that their
// bounds are known without inflating. Values; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/base.hpp"

namespace forebay::core::codec {

constexpr std::size_t kBgzfMaxBlock = 65536;  // compressed and decoded alike

// Takes the compressed bytes of a file, cut anywhere, and gives them as whole blocks.
class BgzfBlocks {
 public:
  // `offset`: of the first byte that will be taken, in the file. A block begins there.
  explicit BgzfBlocks(std::uint64_t offset) noexcept : offset_(offset) {}

  struct Block {
    std::span<const std::byte> bytes{};  // valid until the next call
    std::uint64_t offset = 0;            // of its first byte, in the file
    std::size_t payload = 0;             // offset of the deflate stream in `bytes`
    std::uint32_t decoded = 0;           // bytes, as its trailer says
    std::uint32_t checksum = 0;
  };
  // Takes bytes from the front of `in`: one whole block, or nothing when there is none yet and all
  // of `in` was taken. FOREBAY_E_FORMAT: what begins here is no block.
  Result<std::optional<Block>> take(std::span<const std::byte>* in);
  // Call at the end of the file: FOREBAY_E_TRUNCATED inside a block or without the end marker.
  [[nodiscard]] Status finish() const;

  // Of the first byte behind the last block.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

 private:
  Result<std::optional<Block>> give(std::span<const std::byte> block);
  [[nodiscard]] Result<std::size_t> block_bytes(std::span<const std::byte> front) const;

  std::uint64_t offset_;
  std::vector<std::byte> part_;  // the front of a block that was cut
  std::size_t given_ = 0;        // bytes of `part_` that the last call gave
  bool at_marker_ = false;       // the last block was the end marker
};

// A failure at a compressed offset, worded as the stream decoders word theirs.
Status failure_at(Code code, std::string_view message, std::uint64_t offset);

}  // namespace forebay::core::codec
