// The writer: creation, commits, generations. Owns no file; keeps the place and the chain.
#include "journal/journal.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <random>
#include <string>

#include "journal/frames.hpp"
#include "journal/header.hpp"

namespace forebay::core::journal {
namespace {

constexpr std::uint64_t kMostGrowth = 64U << 20U;

Status wrong(const char* what) {
  return {FOREBAY_E_ARGUMENT, std::string("a commit cannot be journaled: ") + what};
}

// Why real zeros: a commit then overwrites blocks that are there, and its sync needs no metadata.
Status write_zeros(StorageFile& file, std::uint64_t begin, std::uint64_t end) {
  const std::vector<std::byte> zeros(std::min<std::uint64_t>(end - begin, 64 * kPage));
  while (begin < end) {
    const std::uint64_t take = std::min<std::uint64_t>(end - begin, zeros.size());
    FOREBAY_TRY(file.write_at(begin, std::span(zeros).first(take)));
    begin += take;
  }
  return Status::ok();
}

}  // namespace

Result<std::uint64_t> fresh_salt() {
  try {
    std::random_device random;
    const std::uint64_t high = random();
    return high << 32U | random();
  } catch (const std::exception& error) {
    return Status(FOREBAY_E_IO,
                  std::string("no random number can be had for the journal: ") + error.what());
  }
}

// How far a commit got, for taking it back.
struct Journal::Attempt {
  bool commit_frame_begun = false;
  std::uint64_t commit_frame = 0;
  std::uint64_t end = 0;
  std::uint64_t chain = 0;
};

Result<Journal> Journal::create(StorageFile& file, const CreateOptions& options) {
  const Identity& identity = options.identity;
  if (identity.anchor_bytes < identity.uuid.size() ||
      !range_inside(identity.anchor_address, identity.anchor_bytes, kMaxAddress) ||
      options.base.eoa > options.base.high_water || options.base.high_water > kMaxAddress) {
    return Status(FOREBAY_E_ARGUMENT, "a journal's anchor or base is out of range");
  }
  FOREBAY_TRY_ASSIGN(const std::uint64_t present, file.size());
  if (present != 0) {
    return Status(FOREBAY_E_EXISTS, "the journal to be created has content: recover it first");
  }
  Journal journal(file, identity, options.holder, options.base);
  const std::uint64_t bytes = align_up(std::max(options.initial_bytes, kFirstFrame + kPage), kPage);
  FOREBAY_TRY(file.allocate(0, bytes));
  FOREBAY_TRY(write_zeros(file, 0, bytes));
  journal.size_ = bytes;
  FOREBAY_TRY(journal.start_generation(1, options.salt, 0));
  // Crash: forbids that the file's length or blocks follow the first commit to the disk.
  FOREBAY_TRY(file.sync_all());
  return journal;
}

// The slot is written and synced, the members are those of the new generation.
Status Journal::start_generation(std::uint64_t generation, std::uint64_t salt, std::uint32_t slot) {
  const HeaderSlot header = encode_header(identity_, holder_, newest_, generation, salt);
  FOREBAY_TRY(file_->write_at(slot_offset(slot), std::as_bytes(std::span(&header, 1))));
  // Crash: forbids that frames of this generation overwrite older ones on the disk while the older
  // header still counts there: a replay would then apply only the first of the older commits, over
  // a main file that has them all.
  FOREBAY_TRY(file_->sync_data());
  generation_ = generation;
  salt_ = salt;
  slot_ = slot;
  next_ = kFirstFrame;
  chain_ = chain_seed(salt, generation);
  return Status::ok();
}

Result<std::uint64_t> Journal::frame_bytes(const Commit& commit) {
  if (commit.eoa > commit.high_water || commit.high_water > kMaxAddress) {
    return wrong("its end of allocation is out of range");
  }
  if (commit.token.size() > kMaxToken) return wrong("its token is longer than 256 bytes");
  std::uint64_t total = 0;
  std::uint64_t frames = 1;
  for (const Write& write : commit.writes) {
    if (write.bytes.empty() || !range_inside(write.address, write.bytes.size(), commit.eoa)) {
      return wrong("a write is empty or reaches past the end of allocation");
    }
    const std::uint64_t whole = write.bytes.size() / kMaxPayload;
    const std::uint64_t rest = write.bytes.size() % kMaxPayload;
    const std::uint64_t bytes = whole * frame_size(kMaxPayload) + (rest ? frame_size(rest) : 0);
    frames += whole + (rest ? 1 : 0);
    const auto sum = checked_add(total, bytes);
    if (!sum) return wrong("it is too large");
    total = *sum;
  }
  for (const Extent& extent : commit.extents) {
    if (extent.bytes == 0 || !range_inside(extent.address, extent.bytes, commit.eoa)) {
      return wrong("an extent is empty or reaches past the end of allocation");
    }
  }
  frames += commit.extents.size();
  if (frames > UINT32_MAX || total > kMaxAddress) return wrong("it is too large");
  return total + commit.extents.size() * frame_size(sizeof(ExtentBody)) +
         frame_size(sizeof(CommitBody) + commit.token.size());
}

Status Journal::check_not_poisoned() const {
  if (!poisoned_) return Status::ok();
  return {FOREBAY_E_POISONED,
          "an earlier write or sync failed: close the store and open it again, which recovers it"};
}

Status Journal::reserve(std::uint64_t frame_bytes) {
  FOREBAY_TRY(check_not_poisoned());
  if (frame_bytes > kMaxAddress) return wrong("it is too large");
  const std::uint64_t needed = next_ + align_up(frame_bytes, kPage);
  if (needed <= size_) return Status::ok();
  const std::uint64_t wanted = std::max(needed, size_ + std::min(size_, kMostGrowth));
  FOREBAY_TRY(file_->allocate(size_, wanted - size_));
  FOREBAY_TRY(write_zeros(*file_, size_, wanted));
  size_ = wanted;
  return Status::ok();
}

Status Journal::append(const Commit& commit) {
  FOREBAY_TRY(check_not_poisoned());
  FOREBAY_TRY_ASSIGN(const std::uint64_t bytes, frame_bytes(commit));
  if (commit.high_water < newest_.high_water) return wrong("its high-water mark went down");
  FOREBAY_TRY(reserve(bytes));
  Attempt attempt;
  attempt.chain = chain_;
  attempt.end = next_ + align_up(bytes, kPage);
  Status status = write_commit(commit, &attempt);
  // Crash: forbids that the caller hears of the commit, or writes its bytes below the high-water
  // mark into the main file, before all of its frames are on the disk.
  if (status.is_ok()) status = file_->sync_data();
  if (!status.is_ok()) return abandon(std::move(status), attempt);
  newest_ = {newest_.sequence + 1, commit.eoa, commit.high_water};
  next_ = attempt.end;
  chain_ = attempt.chain;
  return Status::ok();
}

Status Journal::write_commit(const Commit& commit, Attempt* attempt) {
  FrameWriter writer(*file_, next_);
  FrameHeader header{kFrameMagic, FrameType::data, 0, salt_, newest_.sequence + 1, 0, 0, 0, 0};
  for (const Write& write : commit.writes) {
    for (std::size_t done = 0; done < write.bytes.size(); done += header.length) {
      header.memory_type = write.memory_type;
      header.address = write.address + done;
      header.length =
          static_cast<std::uint32_t>(std::min<std::size_t>(write.bytes.size() - done, kMaxPayload));
      FOREBAY_TRY(writer.put(header, write.bytes.subspan(done, header.length), &attempt->chain));
      ++header.index;
    }
  }
  CommitBody body{header.sequence,
                  commit.eoa,
                  commit.high_water,
                  header.index,
                  0,
                  kMainSynced,
                  static_cast<std::uint32_t>(commit.token.size())};
  header.type = FrameType::extent;
  header.memory_type = 0;
  header.length = sizeof(ExtentBody);
  for (const Extent& extent : commit.extents) {
    const ExtentBody bytes{extent.bytes, extent.hash};
    header.address = extent.address;
    FOREBAY_TRY(writer.put(header, std::as_bytes(std::span(&bytes, 1)), &attempt->chain));
    ++header.index;
  }
  body.extent_frames = header.index - body.data_frames;
  std::array<std::byte, sizeof(CommitBody) + kMaxToken> payload{};
  const auto body_bytes = std::as_bytes(std::span(&body, 1));
  std::copy(commit.token.begin(), commit.token.end(),
            std::copy(body_bytes.begin(), body_bytes.end(), payload.begin()));
  header.type = FrameType::commit;
  header.address = 0;
  header.length = static_cast<std::uint32_t>(sizeof(CommitBody) + commit.token.size());
  attempt->commit_frame = writer.place();
  attempt->commit_frame_begun = true;
  FOREBAY_TRY(writer.put(header, std::span(payload).first(header.length), &attempt->chain));
  return writer.finish();
}

// After a failed write or sync nobody knows which frames the disk has. Without a commit frame they
// are nothing; where one may be, zeros over it, synced, settle that there is none.
Status Journal::abandon(Status cause, const Attempt& attempt) {
  poisoned_ = true;
  if (!attempt.commit_frame_begun) return std::move(cause).with_prefix("not committed: ");
  const std::uint64_t page = attempt.commit_frame / kPage * kPage;
  Status taken_back = write_zeros(*file_, page, attempt.end);
  // Crash: forbids that the caller hears "not committed" while the commit frame may be on the disk.
  if (taken_back.is_ok()) taken_back = file_->sync_data();
  if (taken_back.is_ok()) return std::move(cause).with_prefix("not committed: ");
  ErrorDetail detail = cause.detail();
  detail.message =
      "whether the commit is on the disk is not known; open the store again, which settles it: " +
      detail.message;
  return {FOREBAY_E_COMMIT_UNKNOWN, std::move(detail)};
}

Status Journal::poisoned(Status cause) {
  if (!cause.is_ok()) poisoned_ = true;
  return cause;
}

Status Journal::reset(StorageFile& main, std::uint64_t salt) {
  FOREBAY_TRY(check_not_poisoned());
  // Crash: forbids that the frames are given up on the disk before the main file has their bytes.
  FOREBAY_TRY(poisoned(main.sync_data()));
  return poisoned(start_generation(generation_ + 1, salt, 1 - slot_));
}

Result<Journal::Recovered> Journal::recover(StorageFile& file, StorageFile& main,
                                            const Holder& holder, std::uint64_t salt) {
  FOREBAY_TRY_ASSIGN(Scan found, scan(file));
  FOREBAY_TRY(check_pairing(found.identity, main));
  // Crash: forbids that the main file gets bytes of a commit which only the page cache has: its
  // writer was killed before it synced, and a power loss now would take the commit back.
  FOREBAY_TRY(file.sync_data());
  FOREBAY_TRY(replay(file, found, main));
  FOREBAY_TRY_ASSIGN(const std::uint64_t size, file.size());
  Journal journal(file, found.identity, holder, found.newest());
  journal.size_ = size / kPage * kPage;
  FOREBAY_TRY(journal.start_generation(found.generation + 1, salt, 1 - found.slot));
  return Recovered{std::move(journal), std::move(found.commits)};
}

}  // namespace forebay::core::journal
