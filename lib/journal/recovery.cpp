// The reader: which commits a journal holds, and writing them into the main file. All of it works
// on hostile bytes: each frame is checked and used as one private copy.
#include <algorithm>
#include <array>
#include <cstring>

#include "journal/frames.hpp"
#include "journal/header.hpp"
#include "journal/journal.hpp"
#include "journal/last_writers.hpp"

namespace forebay::core::journal {
namespace {

// What the frames before a commit frame amount to.
struct Tally {
  std::uint32_t data = 0;
  std::uint32_t extents = 0;
  std::uint64_t highest_end = 0;

  // False: the frame reaches past every address.
  bool add(const FrameHeader& header, std::span<const std::byte> payload) {
    std::uint64_t bytes = header.length;
    if (header.type == FrameType::data) {
      ++data;
    } else {
      ExtentBody body{};
      std::memcpy(&body, payload.data(), sizeof(body));
      bytes = body.bytes;
      ++extents;
    }
    if (!range_inside(header.address, bytes, kMaxAddress)) return false;
    highest_end = std::max(highest_end, header.address + bytes);
    return true;
  }
};

bool read_body(std::span<const std::byte> payload, const Tally& tally, const Position& before,
               CommitRecord* record) {
  CommitBody body{};
  std::memcpy(&body, payload.data(), sizeof(body));
  if (body.sequence != before.sequence + 1 || body.eoa > body.high_water ||
      body.high_water < before.high_water || body.high_water > kMaxAddress ||
      tally.highest_end > body.eoa || body.data_frames != tally.data ||
      body.extent_frames != tally.extents || body.flags != kMainSynced ||
      body.token_bytes != payload.size() - sizeof(body)) {
    return false;
  }
  record->position = {body.sequence, body.eoa, body.high_water};
  record->data_frames = body.data_frames;
  record->extent_frames = body.extent_frames;
  record->token.assign(payload.begin() + sizeof(body), payload.end());
  return true;
}

// The commit that begins at `offset`; false: there is no whole, valid one.
Result<bool> read_commit(FrameReader& reader, std::uint64_t offset, const Position& before,
                         CommitRecord* record) {
  Tally tally;
  record->begin = offset;
  for (std::uint32_t index = 0; index != UINT32_MAX; ++index) {
    FOREBAY_TRY_ASSIGN(const bool valid, reader.read(offset, before.sequence + 1, index));
    if (!valid) return false;
    offset += frame_size(reader.header().length);
    if (reader.header().type == FrameType::commit) {
      record->end = offset;
      record->chain = reader.chain();
      return read_body(reader.payload(), tally, before, record);
    }
    if (!tally.add(reader.header(), reader.payload())) return false;
  }
  return false;
}

// Calls `use` for every data frame of a commit that scan() found.
template <typename Use>
Status each_frame(FrameReader& reader, const CommitRecord& commit, Use use) {
  std::uint64_t offset = commit.begin;
  for (std::uint32_t index = 0; offset < commit.end; ++index) {
    FOREBAY_TRY_ASSIGN(const bool valid, reader.read(offset, commit.position.sequence, index));
    const FrameHeader& header = reader.header();
    const bool within = valid && (header.type != FrameType::data ||
                                  range_inside(header.address, header.length, commit.position.eoa));
    if (!within) break;
    if (header.type == FrameType::data) FOREBAY_TRY(use(header, reader.payload()));
    offset += frame_size(header.length);
  }
  if (reader.chain() == commit.chain) return Status::ok();
  return {FOREBAY_E_FORMAT,
          "the journal changed while it was read: see that no other program writes it, then open "
          "the store again"};
}

// Adds the valid commits behind those that `found` has.
Status add_commits(StorageFile& file, Scan* found) {
  FrameReader reader(file, *found, found->newest_chain());
  for (;;) {
    CommitRecord record;
    FOREBAY_TRY_ASSIGN(const bool valid,
                       read_commit(reader, found->next_place(), found->newest(), &record));
    if (!valid) return Status::ok();
    found->commits.push_back(std::move(record));
  }
}

// Which frame, counted from 0 over all commits, is the last one for each address.
Result<LastWriters> find_last_writers(StorageFile& file, const Scan& found) {
  LastWriters last;
  std::uint64_t number = 0;
  FrameReader reader(file, found);
  for (const CommitRecord& commit : found.commits) {
    FOREBAY_TRY(each_frame(reader, commit, [&](const FrameHeader& header, auto) {
      last.write(header.address, header.length, number++);
      return Status::ok();
    }));
  }
  return last;
}

}  // namespace

std::uint64_t Scan::newest_chain() const noexcept {
  return commits.empty() ? chain_seed(salt, generation) : commits.back().chain;
}

std::uint64_t Scan::next_place() const noexcept {
  return commits.empty() ? kFirstFrame : align_up(commits.back().end, kPage);
}

Result<Scan> scan(StorageFile& file) {
  FOREBAY_TRY_ASSIGN(Scan found, read_header(file));
  FOREBAY_TRY(add_commits(file, &found));
  return found;
}

// Invariant: frames of a generation overwrite older ones only after its header is written, so that
// a header which is the same before and after vouches for what was read in between.
Result<bool> scan_on(StorageFile& file, Scan* known) {
  const auto is_same = [&]() -> Result<bool> {
    FOREBAY_TRY_ASSIGN(const Scan now, read_header(file));
    return now.generation == known->generation && now.salt == known->salt;
  };
  FOREBAY_TRY_ASSIGN(const bool same_before, is_same());
  if (!same_before) return false;
  const std::size_t commits = known->commits.size();
  FOREBAY_TRY(add_commits(file, known));
  FOREBAY_TRY_ASSIGN(const bool same_after, is_same());
  if (!same_after) known->commits.resize(commits);
  return same_after;
}

Status read_frames(StorageFile& file, const Scan& found, std::size_t first, const UseFrame& use) {
  Scan before = {};
  before.salt = found.salt;
  before.generation = found.generation;
  if (first > 0) before.commits.push_back(found.commits[first - 1]);
  FrameReader reader(file, found, before.newest_chain());
  for (std::size_t i = first; i < found.commits.size(); ++i) {
    FOREBAY_TRY(each_frame(reader, found.commits[i], [&](const FrameHeader& header, auto payload) {
      return use(header.address, payload);
    }));
  }
  return Status::ok();
}

Status check_pairing(const Identity& identity, StorageFile& main) {
  std::array<std::byte, 16> there{};
  FOREBAY_TRY_ASSIGN(const std::size_t got, main.read_at(identity.anchor_address, there));
  if (got == there.size() && there == identity.uuid) return Status::ok();
  return {FOREBAY_E_FORMAT,
          "the journal belongs to another file: put the two that belong together side by side"};
}

// Why only what no later frame has: readers may be following the main file, which a writer that was
// killed left at the last commit or the one before. They must not see older bytes again.
Status replay(StorageFile& file, const Scan& found, StorageFile& main) {
  FOREBAY_TRY_ASSIGN(const std::uint64_t size, main.size());
  if (size < found.newest().eoa) FOREBAY_TRY(main.truncate(found.newest().eoa));
  FOREBAY_TRY_ASSIGN(const LastWriters last, find_last_writers(file, found));
  std::uint64_t number = 0;
  FrameReader reader(file, found);
  for (const CommitRecord& commit : found.commits) {
    FOREBAY_TRY(each_frame(reader, commit, [&](const FrameHeader& header, auto payload) {
      const auto put = [&](std::uint64_t address, std::uint64_t bytes) {
        return main.write_at(address, payload.subspan(address - header.address, bytes));
      };
      return last.each_of(number++, header.address, header.length, put);
    }));
  }
  // Crash: forbids that the next generation's header, or frames over these, are on the disk before
  // the main file's bytes and length.
  return main.sync_data();
}

}  // namespace forebay::core::journal
