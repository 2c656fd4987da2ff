// Journals that are damaged or made to harm: never a crash, never a byte applied past the first
// damage. The sealing below follows docs/format/journal.md and not the library's code, so that it
// also pins the format.
#include <cstring>
#include <memory>

#include "life.hpp"
#include "support/check.hpp"

namespace forebay::test {
namespace {

namespace journal = core::journal;

constexpr std::uint64_t kSalt = 12345;
constexpr std::size_t kCommits = 5;

// A main file and a journal with five unapplied commits, and where each commit begins and ends.
struct Sample {
  DiskImage image;
  std::vector<journal::CommitRecord> commits;
  std::vector<DiskImage> applied;  // main after that many commits
};

const Sample& sample() {
  static const std::unique_ptr<Sample> made = [] {
    auto built = std::make_unique<Sample>();
    Random random(4);
    Bytes main(16384);
    for (std::byte& byte : main) byte = static_cast<std::byte>(random());
    SimulatedDisk disk(DiskImage{main, Bytes{}});
    SimulatedFile file(disk, FileRole::journal);
    journal::Journal::CreateOptions options;
    std::memcpy(options.identity.uuid.data(), main.data() + kAnchor, 16);
    options.identity.anchor_address = kAnchor;
    options.base = {0, main.size(), main.size()};
    options.salt = kSalt;
    options.initial_bytes = 65536;
    auto writer = journal::Journal::create(file, options);
    built->applied.push_back(disk.now());
    for (std::size_t i = 0; i < kCommits && writer.is_ok(); ++i) {
      const Bytes bytes(511 + i * 500, static_cast<std::byte>(i + 1));
      const journal::Write writes[] = {{4096 + i, bytes, 0}, {9000 + i, bytes, 0}};
      const journal::Extent extent{1024, 512, 7};
      journal::Commit commit;
      commit.eoa = commit.high_water = main.size();
      commit.writes = writes;
      commit.extents = {&extent, 1};
      commit.token = std::span(bytes).first(i * 3);
      if (!writer->append(commit).is_ok()) break;
      for (const auto& one : writes) write_into(main, one.address, one.bytes);
      built->applied.push_back({main, Bytes{}});
    }
    built->image = disk.now();
    auto found = journal::scan(file);
    if (found.is_ok()) built->commits = found->commits;
    return built;
  }();
  return *made;
}

// Recovers; the number of commits applied, checked against the image of just that many; -1: refused
// with the main file untouched, -2: wrong.
int recovered(const Bytes& damaged) {
  SimulatedDisk disk(DiskImage{sample().image[0], damaged});
  SimulatedFile main(disk, FileRole::main);
  SimulatedFile file(disk, FileRole::journal);
  auto result = journal::Journal::recover(file, main, {}, 1);
  if (!result.is_ok()) return disk.now()[0] == sample().image[0] ? -1 : -2;
  const std::size_t count = result->commits.size();
  if (count > kCommits || disk.now()[0] != sample().applied[count][0]) return -2;
  return static_cast<int>(count);
}

void the_sample_is_whole() {
  REQUIRE(sample().commits.size() == kCommits);
  CHECK_EQ(recovered(sample().image[1]), static_cast<int>(kCommits));
}

// Commits that end before the byte.
int commits_before(std::uint64_t place) {
  int count = 0;
  for (const auto& commit : sample().commits) count += commit.end <= place ? 1 : 0;
  return count;
}

bool inside_a_commit(std::uint64_t place) {
  for (const auto& commit : sample().commits) {
    if (place >= commit.begin && place < commit.end) return true;
  }
  return false;
}

void one_changed_byte_ends_the_commits_before_it() {
  Bytes bytes = sample().image[1];
  Random random(5);
  int wrong = 0;
  for (std::uint64_t place = journal::kFirstFrame; place < sample().commits.back().end; ++place) {
    const auto old = bytes[place];
    bytes[place] ^= static_cast<std::byte>(1U << random() % 8);
    const int expected = inside_a_commit(place) ? commits_before(place) : int{kCommits};
    if (recovered(bytes) != expected && ++wrong == 1) {
      std::fprintf(stderr, "byte %llu changed\n", static_cast<unsigned long long>(place));
    }
    bytes[place] = old;
  }
  CHECK_EQ(wrong, 0);
}

void one_changed_byte_of_the_header_refuses_the_journal() {
  Bytes bytes = sample().image[1];
  for (std::size_t place = 0; place < 4096; place += place < 256 ? 1 : 97) {
    bytes[place] ^= std::byte{16};
    CHECK_EQ(recovered(bytes), -1);
    bytes[place] ^= std::byte{16};
  }
}

void a_journal_cut_short_keeps_the_whole_commits() {
  for (std::uint64_t size = 0; size < sample().commits.back().end + 9; size += 37) {
    const Bytes& whole = sample().image[1];
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_EQ(recovered(cut), size < 4096 ? -1 : commits_before(size));
  }
}

void random_mutations_never_apply_past_the_first_damage() {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Random random(seed);
    Bytes bytes = sample().image[1];
    std::uint64_t first = bytes.size();
    for (std::uint64_t i = random() % 4 + 1; i > 0; --i) {
      const std::uint64_t span = sample().commits.back().end - journal::kFirstFrame;
      const std::uint64_t place = journal::kFirstFrame + random() % span;
      const std::uint64_t length = std::min<std::uint64_t>(random() % 64 + 1, bytes.size() - place);
      const std::uint64_t from = journal::kFirstFrame + random() % span;
      for (std::uint64_t j = 0; j < length; ++j) {
        const auto value = random() % 2 == 0 ? bytes[from + j] : static_cast<std::byte>(random());
        if (bytes[place + j] != value) first = std::min(first, place + j);
        bytes[place + j] = value;
      }
    }
    const int count = recovered(bytes);
    const bool right = count >= commits_before(first) &&
                       (!inside_a_commit(first) || count == commits_before(first));
    if (!CHECK(right)) {
      std::fprintf(stderr, "seed %d: %d commits\n", static_cast<int>(seed), count);
      return;
    }
  }
}

void seal_header(Bytes* bytes, journal::HeaderSlot slot) {
  slot.hash = core::hash64(std::as_bytes(std::span(&slot, 1)).first(4088));
  std::memcpy(bytes->data(), &slot, sizeof(slot));
}

journal::HeaderSlot header_of(const Bytes& bytes) {
  journal::HeaderSlot slot{};
  std::memcpy(&slot, bytes.data(), sizeof(slot));
  return slot;
}

void a_sealed_header_with_fields_out_of_range_is_refused() {
  const auto refused = [](auto change) {
    Bytes bytes = sample().image[1];
    journal::HeaderSlot slot = header_of(bytes);
    change(slot);
    seal_header(&bytes, slot);
    return recovered(bytes) == -1;
  };
  CHECK(!refused([](journal::HeaderSlot&) {}));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.version = 2; }));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.header_size = 4096; }));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.generation = 0; }));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.generation = UINT64_MAX; }));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.anchor_address = UINT64_MAX; }));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.anchor_address = 1U << 30U; }));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.anchor_bytes = 15; }));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.base_eoa = slot.base_high_water + 1; }));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.base_high_water = UINT64_MAX; }));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.base_sequence = UINT64_MAX; }));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.page = 512; }));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.mode = 1; }));
  CHECK(refused([](journal::HeaderSlot& slot) { slot.flags = 1; }));
}

// Frames in a journal whose every hash is right.
class Forger {
 public:
  Forger() : bytes_(sample().image[1]) {
    std::fill(bytes_.begin() + 8192, bytes_.end(), std::byte{0});
    const std::uint64_t seed[] = {kSalt, 1};
    chain_ = core::hash64(std::as_bytes(std::span(seed)));
  }
  Forger& frame(journal::FrameType type, std::uint64_t address, std::span<const std::byte> payload,
                std::int64_t length = -1) {
    journal::FrameHeader header{journal::kFrameMagic,
                                type,
                                0,
                                kSalt,
                                1,
                                address,
                                static_cast<std::uint32_t>(length < 0 ? payload.size() : length),
                                index_++,
                                0};
    const auto before_chain = std::as_bytes(std::span(&header, 1)).first(40);
    chain_ = header.chain = core::hash64(payload, core::hash64(before_chain, chain_));
    write_into(bytes_, place_, std::as_bytes(std::span(&header, 1)));
    write_into(bytes_, place_ + 48, payload);
    place_ += 48 + (payload.size() + 7) / 8 * 8;
    return *this;
  }
  template <typename Body>
  Forger& frame(journal::FrameType type, std::uint64_t address, const Body& body) {
    return frame(type, address, std::as_bytes(std::span(&body, 1)));
  }
  [[nodiscard]] int commits() const {
    SimulatedDisk disk(DiskImage{sample().image[0], bytes_});
    SimulatedFile main(disk, FileRole::main);
    SimulatedFile file(disk, FileRole::journal);
    auto result = journal::Journal::recover(file, main, {}, 1);
    if (!result.is_ok()) return -1;
    const bool untouched = disk.now()[0] == sample().image[0];
    return result->commits.empty() && !untouched ? -2 : static_cast<int>(result->commits.size());
  }

 private:
  Bytes bytes_;
  std::uint64_t chain_ = 0;
  std::uint64_t place_ = 8192;
  std::uint32_t index_ = 0;
};

void sealed_frames_with_fields_out_of_range_are_no_commits() {
  using journal::FrameType;
  const Bytes data(512, std::byte{1});
  const Bytes huge((1U << 20U) + 8, std::byte{1});
  const journal::CommitBody good{1, 16384, 16384, 1, 0, 1, 0};
  const auto with = [&](auto change) {
    journal::CommitBody body = good;
    change(body);
    return Forger().frame(FrameType::data, 4096, data).frame(FrameType::commit, 0, body).commits();
  };
  const auto at = [&](FrameType type, std::uint64_t address, std::span<const std::byte> payload,
                      std::int64_t length = -1) {
    return Forger().frame(type, address, payload, length).frame(FrameType::commit, 0, good);
  };
  CHECK_EQ(with([](journal::CommitBody&) {}), 1);
  CHECK_EQ(with([](journal::CommitBody& body) { body.sequence = 2; }), 0);
  CHECK_EQ(with([](journal::CommitBody& body) { body.eoa = 4100; }), 0);
  CHECK_EQ(with([](journal::CommitBody& body) { body.eoa = 16385; }), 0);
  CHECK_EQ(with([](journal::CommitBody& body) { body.high_water = UINT64_MAX; }), 0);
  CHECK_EQ(with([](journal::CommitBody& body) { body.high_water = body.eoa = 16383; }), 0);
  CHECK_EQ(with([](journal::CommitBody& body) { body.data_frames = 2; }), 0);
  CHECK_EQ(with([](journal::CommitBody& body) { body.extent_frames = 1; }), 0);
  CHECK_EQ(with([](journal::CommitBody& body) { body.flags = 0; }), 0);
  CHECK_EQ(with([](journal::CommitBody& body) { body.token_bytes = 8; }), 0);
  CHECK_EQ(with([](journal::CommitBody& body) { body.token_bytes = UINT32_MAX; }), 0);
  CHECK_EQ(at(FrameType::data, 4096, data).commits(), 1);
  CHECK_EQ(at(FrameType::data, UINT64_MAX - 100, data).commits(), 0);
  CHECK_EQ(at(FrameType::data, 16384, data).commits(), 0);
  CHECK_EQ(at(FrameType::data, 0, huge).commits(), 0);
  CHECK_EQ(at(FrameType::data, 0, {}).commits(), 0);
  CHECK_EQ(at(FrameType::data, 0, data, UINT32_MAX).commits(), 0);
  CHECK_EQ(at(static_cast<FrameType>(0), 0, data).commits(), 0);
  CHECK_EQ(at(static_cast<FrameType>(9), 0, data).commits(), 0);
  CHECK_EQ(at(FrameType::extent, 0, data).commits(), 0);
  CHECK_EQ(at(FrameType::commit, 0, std::span(data).first(39)).commits(), 0);
  CHECK_EQ(at(FrameType::commit, 0, data).commits(), 0);
  const journal::ExtentBody extent{UINT64_MAX, 0};
  CHECK_EQ(Forger().frame(FrameType::extent, 1, extent).frame(FrameType::commit, 0, good).commits(),
           0);
}

}  // namespace
}  // namespace forebay::test

int main() {
  using namespace forebay::test;
  const CMUnitTest tests[] = {
      CHECK_TEST(the_sample_is_whole),
      CHECK_TEST(one_changed_byte_ends_the_commits_before_it),
      CHECK_TEST(one_changed_byte_of_the_header_refuses_the_journal),
      CHECK_TEST(a_journal_cut_short_keeps_the_whole_commits),
      CHECK_TEST(random_mutations_never_apply_past_the_first_damage),
      CHECK_TEST(a_sealed_header_with_fields_out_of_range_is_refused),
      CHECK_TEST(sealed_frames_with_fields_out_of_range_are_no_commits),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
