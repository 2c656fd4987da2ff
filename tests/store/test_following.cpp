// Reading beside a live writer: snapshots, refreshing, and every moment at which a journal can be
// appended to or begin anew under a reader.
#include "store/snapshot_file.hpp"

#include <map>

#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "support/check.hpp"
#include "support/simulated_storage.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

using OpenStore = std::unique_ptr<Store>;

OpenStore open_or_null(const std::string& path, StoreMode mode) {
  auto opened = Store::open(path, with_mode(mode));
  CHECK(opened.is_ok());
  return opened.is_ok() ? std::move(opened).value() : nullptr;
}

bool add_rows(Store& store, const char* name, std::uint64_t rows) {
  auto table = store.open_table(name, counted(), {100});
  return table.is_ok() && append(**table, (*table)->rows(), rows).is_ok();
}

Table* table_of(Store& store, const char* name) {
  auto table = store.open_table(name, nullptr, {});
  return table.is_ok() ? *table : nullptr;
}

void test_a_snapshot_stays_until_it_is_refreshed() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  const OpenStore writer = open_or_null(path, StoreMode::append);
  if (!CHECK(writer && add_rows(*writer, "a", 150) && writer->commit().is_ok())) return;
  const OpenStore reader = open_or_null(path, StoreMode::read);
  Table* const a = reader ? table_of(*reader, "a") : nullptr;
  if (!CHECK(a != nullptr)) return;
  CHECK_EQ(reader->refresh().code(), FOREBAY_NONE);
  for (int i = 0; i < 30; ++i) {
    CHECK(add_rows(*writer, "a", 40) && add_rows(*writer, "b", 10) && writer->commit().is_ok());
    CHECK_EQ(a->rows(), 150U);
    CHECK(holds(*a, 0, 150));
    CHECK(table_of(*reader, "b") == nullptr);
    CHECK(reader->table_names().value()->size() == 1);
  }
  std::uint64_t rows = 0;
  CHECK(reader->verify(&rows).is_ok());
  CHECK_EQ(rows, 150U);
  CHECK_EQ(reader->refresh().code(), FOREBAY_OK);
  CHECK_EQ(a->rows(), 150U + 30 * 40);
  CHECK(holds(*a, 0, 1350));
  Table* const b = table_of(*reader, "b");
  CHECK(b != nullptr && b->rows() == 300 && holds(*b, 0, 300));
}

void test_a_reader_hears_that_the_writer_has_closed_the_file() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  OpenStore writer = open_or_null(path, StoreMode::append);
  if (!CHECK(writer && add_rows(*writer, "a", 5) && writer->commit().is_ok())) return;
  const OpenStore reader = open_or_null(path, StoreMode::read);
  Table* const a = reader ? table_of(*reader, "a") : nullptr;
  if (!CHECK(a != nullptr)) return;
  CHECK(add_rows(*writer, "a", 5) && writer->close().is_ok());
  writer.reset();
  CHECK(holds(*a, 0, 5));
  CHECK_EQ(a->rows(), 5U);
  CHECK_EQ(reader->refresh().code(), FOREBAY_END);
  CHECK_EQ(a->rows(), 10U);
  CHECK(holds(*a, 0, 10));
  CHECK_EQ(reader->refresh().code(), FOREBAY_END);
}

void test_a_reader_keeps_no_writer_from_coming_back() {
  const Scratch scratch;
  const std::string path = scratch.path("a.h5");
  OpenStore writer = open_or_null(path, StoreMode::append);
  if (!CHECK(writer && add_rows(*writer, "a", 5) && writer->commit().is_ok())) return;
  const OpenStore reader = open_or_null(path, StoreMode::read);
  if (!CHECK(reader)) return;
  writer.reset();  // as after a crash: the file is not closed
  CHECK(table_of(*reader, "a") != nullptr && holds(*table_of(*reader, "a"), 0, 5));
  writer = open_or_null(path, StoreMode::append);
  if (!CHECK(writer && add_rows(*writer, "a", 5) && writer->commit().is_ok())) return;
  CHECK_EQ(reader->refresh().code(), FOREBAY_OK);
  CHECK(holds(*table_of(*reader, "a"), 0, 10));
}

void test_only_a_store_open_for_reading_can_be_refreshed() {
  const Scratch scratch;
  const OpenStore writer = open_or_null(scratch.path("a.h5"), StoreMode::append);
  CHECK(writer && writer->refresh().code() == FOREBAY_E_STATE);
}

// --- The race with the journal's reset. A real journal's writer makes a history of single writes;
// the reader's look at main file and journal is a series of reads, between any two of which the
// history can go on by any number of writes.

constexpr std::uint64_t kEnd = 64U << 10U;
constexpr std::uint64_t kAnchor = 4096;
constexpr std::uint64_t kStepBytes = 512;
constexpr std::uint64_t kChanging = 16384;                 // what each commit writes
constexpr std::uint64_t kHeader = kChanging - kStepBytes;  // of an object, half of it changing

struct History {
  std::vector<DiskImage> states{};           // after each write
  std::map<std::uint64_t, Bytes> commits{};  // what a reader sees, by sequence
};

Bytes first_main() {
  Bytes main(kEnd);
  const unsigned char start[12] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 3, 8, 8, 0};
  std::memcpy(main.data(), start, sizeof(start));
  Superblock::Image image{};
  std::memcpy(image.data(), main.data(), image.size());
  image = Superblock(image).with(Superblock::kFlagged, kEnd).image();
  std::memcpy(main.data(), image.data(), image.size());
  std::fill_n(main.begin() + kAnchor, 16, std::byte{7});
  // Version 2, two bytes for the length of the messages, which is all but 8 bytes and a checksum.
  const unsigned char header[8] = {'O', 'H', 'D', 'R', 2, 1, 0xf4, 0x03};
  static_assert(2 * kStepBytes - 8 - 4 == 0x3f4);
  std::memcpy(main.data() + kHeader, header, sizeof(header));
  return main;
}

// As Committer does it: the journal first, then the main file; after some commits a reset.
History make_history(int commits, int reset_every) {
  SimulatedDisk disk(DiskImage{first_main(), Bytes{}});
  SimulatedFile main(disk, FileRole::main);
  SimulatedFile file(disk, FileRole::journal);
  journal::Journal::CreateOptions options;
  options.identity.uuid.fill(std::byte{7});
  options.identity.anchor_address = kAnchor;
  options.base = {0, kEnd, kEnd};
  options.salt = 1;
  options.initial_bytes = 40U << 10U;
  History history;
  auto created = journal::Journal::create(file, options);
  if (!CHECK(created.is_ok())) return history;
  journal::Journal journal = std::move(created).value();
  const std::size_t born = disk.log().size();
  Bytes seen = disk.now()[0];
  history.commits[0] = seen;
  for (int c = 1; c <= commits; ++c) {
    const Bytes bytes(kStepBytes, static_cast<std::byte>(c));
    const journal::Write writes[2] = {{8192 + (c % 3) * 1024U, bytes, 4}, {kChanging, bytes, 5}};
    journal::Commit commit;
    commit.eoa = commit.high_water = kEnd;
    commit.writes = writes;
    CHECK(journal.append(commit).is_ok());
    for (const journal::Write& write : writes) {
      CHECK(main.write_at(write.address, write.bytes).is_ok());
      write_into(seen, write.address, write.bytes);
    }
    history.commits[static_cast<std::uint64_t>(c)] = seen;
    if (c % reset_every == 0)
      CHECK(journal.reset(main, 100 + static_cast<std::uint64_t>(c)).is_ok());
  }
  DiskImage now = disk.initial();
  const std::vector<DiskOperation>& log = disk.log();
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log[i].action == DiskAction::write) {
      write_into(now[static_cast<std::size_t>(log[i].file)], log[i].offset, log[i].bytes);
    }
    if (i + 1 >= born && (i + 1 == born || log[i].action == DiskAction::write)) {
      history.states.push_back(now);
    }
  }
  return history;
}

// At which of the reader's reads the history jumps to which state.
struct Schedule {
  const History& history;
  std::size_t state = 0;
  std::map<std::size_t, std::size_t> jumps{};
  std::size_t reads = 0;

  const DiskImage& next() {
    const auto jump = jumps.find(reads++);
    if (jump != jumps.end()) state = jump->second;
    return history.states[state];
  }
};

class ScheduledFile final : public StorageFile {
 public:
  ScheduledFile(Schedule& schedule, FileRole role) : schedule_(schedule), role_(role) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> bytes) override {
    const Bytes& file = schedule_.next()[static_cast<std::size_t>(role_)];
    if (offset >= file.size()) return std::size_t{0};
    const std::size_t take = std::min<std::size_t>(bytes.size(), file.size() - offset);
    std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(offset), take, bytes.begin());
    return take;
  }
  Result<std::uint64_t> size() override {
    return std::uint64_t{
        schedule_.history.states[schedule_.state][static_cast<std::size_t>(role_)].size()};
  }
  Status write_at(std::uint64_t, std::span<const std::byte>) override {
    return internal_status("written");
  }
  Status sync_data() override { return Status::ok(); }
  Status sync_all() override { return Status::ok(); }
  Status truncate(std::uint64_t) override { return internal_status("resized"); }
  Status allocate(std::uint64_t, std::uint64_t) override { return Status::ok(); }
  Status lock_exclusive() override { return Status::ok(); }
  Status lock_shared() override { return Status::ok(); }
  std::uint64_t device() const override { return 1; }
  std::uint64_t inode() const override { return static_cast<std::uint64_t>(role_) + 1; }

 private:
  Schedule& schedule_;
  FileRole role_;
};

struct Outcome {
  bool good = false;
  std::size_t reads = 0;
  bool refused = false;
};

// Opens a snapshot and reads all metadata, again after each refusal. What was read in between two
// of them must be the bytes of the one commit that the snapshot says it is at.
Outcome look(Schedule schedule) {
  Outcome outcome;
  auto opened = SnapshotFile::open(std::make_unique<ScheduledFile>(schedule, FileRole::main),
                                   std::make_unique<ScheduledFile>(schedule, FileRole::journal));
  if (!opened.is_ok()) return outcome;
  SnapshotFile& snapshot = **opened;
  Bytes got(kStepBytes);
  for (std::uint64_t at = 8192; at <= kChanging; at += 1024) {
    auto read = snapshot.read_metadata(at, got);
    if (!read.is_ok()) {
      outcome.refused = true;
      if (!snapshot.is_stale() || !snapshot.advance().is_ok()) return outcome;
      at = 8192 - 1024;
      continue;
    }
    const Bytes& commit = schedule.history.commits.at(snapshot.sequence());
    if (!std::equal(got.begin(), got.end(), commit.begin() + static_cast<std::ptrdiff_t>(at))) {
      return outcome;
    }
  }
  outcome.good = true;
  outcome.reads = schedule.reads;
  return outcome;
}

void test_no_moment_of_a_commit_or_reset_shows_a_mixture() {
  const History history = make_history(7, 3);
  std::size_t walked = 0;
  std::size_t refused = 0;
  for (std::size_t start = 0; start < history.states.size(); ++start) {
    const std::size_t reads = look({history, start}).reads;
    for (std::size_t to = start + 1; to < history.states.size(); ++to) {
      for (std::size_t read = 0; read < reads; ++read) {
        const Outcome outcome = look({history, start, {{read, to}}});
        ++walked;
        refused += outcome.refused ? 1 : 0;
        if (!CHECK(outcome.good)) return;
      }
    }
  }
  std::printf("%zu states, %zu walks, %zu with a refusal\n", history.states.size(), walked,
              refused);
  CHECK(refused > 0);
}

// Why fewer with a sanitizer: each walk has fresh memory, which costs it a hundred times as much.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kStride = 40;
#else
constexpr std::size_t kStride = 5;
#endif

void test_two_jumps_of_the_writer_show_no_mixture() {
  const History history = make_history(3, 2);
  std::size_t walked = 0;
  for (std::size_t start = 0; start < history.states.size(); start += 2) {
    const std::size_t reads = look({history, start}).reads;
    for (std::size_t middle = start + 1; middle < history.states.size(); ++middle) {
      for (std::size_t end = middle + 1; end < history.states.size(); ++end) {
        for (std::size_t first = 0; first < reads; ++first) {
          for (std::size_t second = first + 1; second < reads; second += kStride) {
            ++walked;
            if (!CHECK(look({history, start, {{first, middle}, {second, end}}}).good)) return;
          }
        }
      }
    }
  }
  std::printf("%zu walks\n", walked);
}

// HDF5 cannot do without the second part of an object header when it has the first.
void test_the_rest_of_an_object_header_is_never_refused() {
  const History history = make_history(7, 3);
  Bytes part(kStepBytes);
  std::size_t walked = 0;
  for (std::size_t start = 0; start < history.states.size(); ++start) {
    for (std::size_t to = start + 1; to < history.states.size(); ++to) {
      Schedule schedule{history, start};
      auto opened =
          SnapshotFile::open(std::make_unique<ScheduledFile>(schedule, FileRole::main),
                             std::make_unique<ScheduledFile>(schedule, FileRole::journal));
      if (!CHECK(opened.is_ok())) return;
      SnapshotFile& snapshot = **opened;
      if (!snapshot.read_metadata(kHeader, part).is_ok()) continue;
      schedule.state = to;
      if (!CHECK(snapshot.read_metadata(kChanging, part).is_ok())) return;
      const Bytes& commit = history.commits.at(snapshot.sequence());
      if (!CHECK(std::equal(part.begin(), part.end(), commit.begin() + kChanging))) return;
      ++walked;
    }
  }
  CHECK(walked > 0);
}

}  // namespace

int main() {
  const CMUnitTest tests[] = {
      CHECK_TEST(test_a_snapshot_stays_until_it_is_refreshed),
      CHECK_TEST(test_a_reader_hears_that_the_writer_has_closed_the_file),
      CHECK_TEST(test_a_reader_keeps_no_writer_from_coming_back),
      CHECK_TEST(test_only_a_store_open_for_reading_can_be_refreshed),
      CHECK_TEST(test_no_moment_of_a_commit_or_reset_shows_a_mixture),
      CHECK_TEST(test_two_jumps_of_the_writer_show_no_mixture),
      CHECK_TEST(test_the_rest_of_an_object_header_is_never_refused),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
