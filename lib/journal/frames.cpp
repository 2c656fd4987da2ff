#include "journal/frames.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace forebay::core::journal {
namespace {

constexpr std::size_t kStagedBytes = 64 * kPage;  // of one write

// What a header may say of its payload; the bytes themselves are the chain's affair.
bool is_sound(const FrameHeader& header) {
  switch (header.type) {
    case FrameType::data:
      return header.length > 0 && header.length <= kMaxPayload &&
             range_inside(header.address, header.length, kMaxAddress);
    case FrameType::extent:
      return header.length == sizeof(ExtentBody) && header.address < kMaxAddress;
    case FrameType::commit:
      return header.length >= sizeof(CommitBody) &&
             header.length <= sizeof(CommitBody) + kMaxToken && header.address == 0;
  }
  return false;
}

}  // namespace

std::uint64_t chain_seed(std::uint64_t salt, std::uint64_t generation) noexcept {
  const std::array<std::uint64_t, 2> seed{salt, generation};
  return hash64(std::as_bytes(std::span(seed)));
}

std::uint64_t chain_after(std::uint64_t previous, const FrameHeader& header,
                          std::span<const std::byte> payload) noexcept {
  const auto bytes = std::as_bytes(std::span(&header, 1)).first(offsetof(FrameHeader, chain));
  return hash64(payload, hash64(bytes, previous));
}

Status FrameWriter::put(FrameHeader header, std::span<const std::byte> payload,
                        std::uint64_t* chain) {
  header.chain = chain_after(*chain, header, payload);
  *chain = header.chain;
  FOREBAY_TRY(put_bytes(std::as_bytes(std::span(&header, 1))));
  FOREBAY_TRY(put_bytes(payload));
  constexpr std::array<std::byte, 8> kZeros{};
  return put_bytes(std::span(kZeros).first(align_up(payload.size(), 8) - payload.size()));
}

Status FrameWriter::put_bytes(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::size_t take = std::min(bytes.size(), kStagedBytes - staged_.size());
    staged_.insert(staged_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(take));
    bytes = bytes.subspan(take);
    if (staged_.size() == kStagedBytes) FOREBAY_TRY(flush());
  }
  return Status::ok();
}

Status FrameWriter::flush() {
  FOREBAY_TRY(file_.write_at(offset_, staged_));
  offset_ += staged_.size();
  staged_.clear();
  return Status::ok();
}

Status FrameWriter::finish() {
  staged_.resize(align_up(staged_.size(), kPage));
  return staged_.empty() ? Status::ok() : flush();
}

FrameReader::FrameReader(StorageFile& file, const Scan& header)
    : file_(file),
      salt_(header.salt),
      chain_(chain_seed(header.salt, header.generation)),
      payload_(new std::byte[kMaxPayload + 8]) {}

Result<bool> FrameReader::read(std::uint64_t offset, std::uint64_t sequence, std::uint32_t index) {
  FrameHeader header{};
  FOREBAY_TRY_ASSIGN(std::size_t got,
                     file_.read_at(offset, std::as_writable_bytes(std::span(&header, 1))));
  if (got != sizeof(header) || header.magic != kFrameMagic || header.salt != salt_ ||
      header.sequence != sequence || header.index != index || !is_sound(header)) {
    return false;
  }
  const std::size_t padded = align_up(header.length, 8);
  FOREBAY_TRY_ASSIGN(got, file_.read_at(offset + sizeof(header), {payload_.get(), padded}));
  if (got != padded) return false;
  const bool zeros = std::all_of(payload_.get() + header.length, payload_.get() + padded,
                                 [](std::byte byte) { return byte == std::byte{0}; });
  if (!zeros || chain_after(chain_, header, {payload_.get(), header.length}) != header.chain) {
    return false;
  }
  header_ = header;
  chain_ = header.chain;
  return true;
}

}  // namespace forebay::core::journal
