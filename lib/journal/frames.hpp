// One frame after the other: sealing when written, checking when read. Thread rule: one thread for
// an object.
#pragma once

#include <memory>
#include <vector>

#include "journal/journal.hpp"

namespace forebay::core::journal {

// The chain before the first frame of a generation.
std::uint64_t chain_seed(std::uint64_t salt, std::uint64_t generation) noexcept;

// The chain of a frame: over its header without the chain, then over its payload.
std::uint64_t chain_after(std::uint64_t previous, const FrameHeader& header,
                          std::span<const std::byte> payload) noexcept;

constexpr std::uint64_t frame_size(std::uint64_t payload) noexcept {
  return sizeof(FrameHeader) + align_up(payload, 8);
}

// Collects frames from a page boundary on and writes them in whole pages.
class FrameWriter {
 public:
  FrameWriter(StorageFile& file, std::uint64_t offset) : file_(file), offset_(offset) {}

  // `header` gets its chain, from `*chain`, which moves on.
  Status put(FrameHeader header, std::span<const std::byte> payload, std::uint64_t* chain);
  // Fills the last page with zeros and writes it.
  Status finish();
  // Where the next frame goes.
  [[nodiscard]] std::uint64_t place() const noexcept { return offset_ + staged_.size(); }

 private:
  Status put_bytes(std::span<const std::byte> bytes);
  Status flush();

  StorageFile& file_;
  std::uint64_t offset_;  // Invariant: a multiple of kPage
  std::vector<std::byte> staged_;
};

// Reads frames in a buffer of fixed size: no length on the disk decides about memory.
class FrameReader {
 public:
  FrameReader(StorageFile& file, const Scan& header);
  // Goes on behind a frame whose chain this is.
  FrameReader(StorageFile& file, const Scan& header, std::uint64_t chain)
      : FrameReader(file, header) {
    chain_ = chain;
  }

  // Reads and checks the frame at `offset`; false: it is not valid, for whatever reason. header()
  // and payload() are then those of the frame, as private copies, and the chain has moved on.
  Result<bool> read(std::uint64_t offset, std::uint64_t sequence, std::uint32_t index);
  [[nodiscard]] const FrameHeader& header() const noexcept { return header_; }
  [[nodiscard]] std::span<const std::byte> payload() const noexcept {
    return {payload_.get(), header_.length};
  }
  [[nodiscard]] std::uint64_t chain() const noexcept { return chain_; }

 private:
  StorageFile& file_;
  std::uint64_t salt_;
  std::uint64_t chain_;
  FrameHeader header_{};
  std::unique_ptr<std::byte[]> payload_;
};

}  // namespace forebay::core::journal
