// The journal's bytes; docs/format/journal.md is the prose. Every integer is little-endian and at
// its natural alignment, no struct has hidden padding.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace forebay::core::journal {

static_assert(std::endian::native == std::endian::little, "the journal's integers are copied");

constexpr std::uint64_t kPage = 4096;  // header slots and commits begin on one
constexpr std::uint64_t kFirstFrame = 2 * kPage;
constexpr std::uint64_t kInitialBytes = 1U << 20U;
constexpr std::uint32_t kMaxPayload = 1U << 20U;  // of a DATA frame
constexpr std::uint32_t kMaxToken = 256;
constexpr std::uint64_t kMaxAddress = std::uint64_t{1} << 62U;

constexpr char kHeaderMagic[8] = {'F', 'B', 'J', 'R', 'N', 'L', '\x1a', '\n'};
constexpr std::uint32_t kVersion = 1;

// Two slots, at 0 and kPage; the valid one of the higher generation counts.
struct HeaderSlot {
  char magic[8];
  std::uint32_t version;
  std::uint32_t header_size;  // 128: bytes before `zero`
  std::uint64_t generation;   // from 1
  std::uint64_t salt;
  std::uint8_t uuid[16];         // equal to the bytes at the anchor of the main file
  std::uint64_t anchor_address;  // in the main file
  std::uint32_t anchor_bytes;
  std::uint32_t mode;           // 0
  std::uint64_t base_sequence;  // of the last commit that the main file holds, synced
  std::uint64_t base_eoa;
  std::uint64_t base_high_water;
  std::uint32_t page;   // kPage
  std::uint32_t flags;  // 0
  std::uint8_t boot_id[16];
  std::uint64_t holder_start_time;
  std::uint32_t holder_pid;
  std::uint32_t reserved;
  std::uint8_t zero[3960];
  std::uint64_t hash;  // of all before it, in its place in every version
};
static_assert(sizeof(HeaderSlot) == kPage && offsetof(HeaderSlot, uuid) == 32 &&
              offsetof(HeaderSlot, base_sequence) == 64 && offsetof(HeaderSlot, page) == 88 &&
              offsetof(HeaderSlot, boot_id) == 96 && offsetof(HeaderSlot, holder_pid) == 120 &&
              offsetof(HeaderSlot, zero) == 128 && offsetof(HeaderSlot, hash) == 4088);
constexpr std::uint32_t kHeaderSize = offsetof(HeaderSlot, zero);

constexpr std::uint32_t kFrameMagic = 0x4d524246U;  // "FBRM"

enum class FrameType : std::uint16_t {  // 0 is what a file holds that was never written
  data = 1,                             // payload: the bytes of [address, address + length)
  commit = 2,                           // payload: CommitBody and the token
  extent = 3,                           // payload: ExtentBody of bytes written straight to the main
};                                      // file at `address`

struct FrameHeader {
  std::uint32_t magic;
  FrameType type;
  std::uint16_t memory_type;  // the caller's
  std::uint64_t salt;
  std::uint64_t sequence;  // of the commit
  std::uint64_t address;   // in the main file; 0 for a commit frame
  std::uint32_t length;    // of the payload, which zeros fill up to a multiple of 8
  std::uint32_t index;     // of the frame in its commit
  std::uint64_t chain;
};
static_assert(sizeof(FrameHeader) == 48 && offsetof(FrameHeader, salt) == 8 &&
              offsetof(FrameHeader, length) == 32 && offsetof(FrameHeader, chain) == 40);

struct ExtentBody {
  std::uint64_t bytes;
  std::uint64_t hash;
};
static_assert(sizeof(ExtentBody) == 16);

// CommitBody::flags, always set: the extents were synced before the commit was written.
constexpr std::uint32_t kMainSynced = 1;

struct CommitBody {
  std::uint64_t sequence;
  std::uint64_t eoa;
  std::uint64_t high_water;
  std::uint32_t data_frames;
  std::uint32_t extent_frames;
  std::uint32_t flags;
  std::uint32_t token_bytes;
};
static_assert(sizeof(CommitBody) == 40 && offsetof(CommitBody, flags) == 32);

}  // namespace forebay::core::journal
