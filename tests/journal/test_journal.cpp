// What one Journal does: commits and their frames, room, generations, and failures of each call.
#include "journal/journal.hpp"

#include "support/check.hpp"
#include "support/simulated_storage.hpp"

namespace forebay::test {
namespace {

using core::journal::Commit;
using core::journal::Journal;
using core::journal::kPage;
using core::journal::Scan;
using core::journal::Write;

constexpr std::uint64_t kEoa = 4U << 20U;

Bytes filled(std::size_t bytes, int value) {
  return Bytes(bytes, static_cast<std::byte>(value));
}

Bytes main_with_uuid(int uuid) {
  Bytes main(kEoa);
  write_into(main, 512, filled(16, uuid));
  return main;
}

struct Pair {
  SimulatedDisk disk{DiskImage{main_with_uuid(7), Bytes{}}};
  SimulatedFile main{disk, FileRole::main};
  SimulatedFile file{disk, FileRole::journal};

  core::Result<Journal> create(std::uint64_t bytes = core::journal::kInitialBytes) {
    Journal::CreateOptions options;
    options.identity.uuid.fill(std::byte{7});
    options.identity.anchor_address = 512;
    options.base = {0, kEoa, kEoa};
    options.salt = 99;
    options.initial_bytes = bytes;
    return Journal::create(file, options);
  }
  [[nodiscard]] std::size_t count(FileRole role, DiskAction action) const {
    std::size_t found = 0;
    for (const DiskOperation& one : disk.log()) {
      found += one.file == role && one.action == action ? 1 : 0;
    }
    return found;
  }
};

core::Status append(Journal& journal, std::uint64_t address, const Bytes& bytes,
                    std::span<const std::byte> token = {}) {
  const Write write{address, bytes, 3};
  Commit commit;
  commit.eoa = commit.high_water = kEoa;
  commit.writes = {&write, 1};
  commit.token = token;
  return journal.append(commit);
}

std::size_t commits_in(Pair& pair) {
  auto found = core::journal::scan(pair.file);
  return found.is_ok() ? found->commits.size() : 999;
}

void a_new_journal_is_a_mebibyte_without_commits() {
  Pair pair;
  auto journal = pair.create();
  REQUIRE(journal.is_ok());
  CHECK_EQ(pair.disk.now()[1].size(), std::size_t{1U << 20U});
  CHECK_EQ(commits_in(pair), std::size_t{0});
  CHECK_EQ(pair.create().code(), FOREBAY_E_EXISTS);
}

void a_commit_costs_one_sync_and_begins_on_a_page_of_its_own() {
  Pair pair;
  auto journal = pair.create();
  REQUIRE(journal.is_ok());
  const std::size_t syncs = pair.count(FileRole::journal, DiskAction::sync);
  const Bytes token = filled(256, 5);
  CHECK(append(*journal, 8192, filled(512, 1), token).is_ok());
  CHECK(append(*journal, 8192, filled(9000, 2)).is_ok());
  CHECK(append(*journal, 0, filled(3, 3)).is_ok());
  CHECK_EQ(pair.count(FileRole::journal, DiskAction::sync) - syncs, std::size_t{3});
  CHECK_EQ(pair.count(FileRole::main, DiskAction::write), std::size_t{0});
  auto found = core::journal::scan(pair.file);
  REQUIRE(found.is_ok());
  REQUIRE(found->commits.size() == 3);
  CHECK(found->commits[0].token == token);
  for (const auto& commit : found->commits) CHECK_EQ(commit.begin % kPage, std::uint64_t{0});
  CHECK_EQ(found->newest().sequence, std::uint64_t{3});
  CHECK_EQ(journal->newest().sequence, std::uint64_t{3});
}

void a_large_write_becomes_frames_of_a_mebibyte_and_comes_back() {
  Pair pair;
  auto journal = pair.create();
  REQUIRE(journal.is_ok());
  Bytes large = filled((3U << 20U) - 5, 9);
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<std::byte>(i * 31 >> 3U);
  CHECK(append(*journal, 8192, large).is_ok());
  auto found = core::journal::scan(pair.file);
  REQUIRE(found.is_ok());
  REQUIRE(found->commits.size() == 1);
  CHECK_EQ(found->commits[0].data_frames, 3U);
  auto recovered = Journal::recover(pair.file, pair.main, {}, 1);
  REQUIRE(recovered.is_ok());
  CHECK(std::equal(large.begin(), large.end(), pair.disk.now()[0].begin() + 8192));
  CHECK_EQ(recovered->commits.size(), std::size_t{1});
}

void a_full_disk_refuses_room_and_the_call_can_be_repeated() {
  Pair pair;
  auto journal = pair.create(12288);
  REQUIRE(journal.is_ok());
  bool full = true;
  pair.disk.set_rule([&](const std::string&, const DiskOperation& operation) {
    const bool grows = operation.action == DiskAction::write && operation.offset >= 12288;
    return full && grows ? Fate::failed : Fate::done;
  });
  CHECK(append(*journal, 8192, filled(20000, 1)).is_failure());
  CHECK(!journal->is_poisoned());
  CHECK_EQ(commits_in(pair), std::size_t{0});
  full = false;
  CHECK(append(*journal, 8192, filled(20000, 1)).is_ok());
  CHECK_EQ(commits_in(pair), std::size_t{1});
}

void a_commit_that_is_not_well_formed_changes_nothing() {
  Pair pair;
  auto journal = pair.create();
  REQUIRE(journal.is_ok());
  CHECK_EQ(append(*journal, kEoa - 1, filled(2, 1)).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ(append(*journal, UINT64_MAX, filled(2, 1)).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ(append(*journal, 0, {}).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ(append(*journal, 0, filled(2, 1), filled(257, 1)).code(), FOREBAY_E_ARGUMENT);
  Commit lower;
  lower.eoa = lower.high_water = kEoa - 1;
  CHECK_EQ(journal->append(lower).code(), FOREBAY_E_ARGUMENT);
  CHECK(append(*journal, kEoa - 2, filled(2, 1)).is_ok());
}

// Syncs and writes of the journal from the first failing sync on, until `failures` of them failed.
core::Status append_with_failing_syncs(Pair& pair, Journal& journal, int failures) {
  pair.disk.set_rule([failures](const std::string&, const DiskOperation& operation) mutable {
    if (operation.action != DiskAction::sync || failures == 0) return Fate::done;
    --failures;
    return Fate::failed;
  });
  core::Status status = append(journal, 8192, filled(9000, 1));
  pair.disk.set_rule({});
  return status;
}

void a_failed_sync_takes_the_commit_back() {
  Pair pair;
  auto journal = pair.create();
  REQUIRE(journal.is_ok());
  CHECK(append(*journal, 8192, filled(512, 1)).is_ok());
  const core::Status status = append_with_failing_syncs(pair, *journal, 1);
  CHECK_EQ(status.code(), FOREBAY_E_IO);
  CHECK(status.message().find("not committed") != std::string::npos);
  CHECK_EQ(commits_in(pair), std::size_t{1});
  CHECK_EQ(append(*journal, 8192, filled(512, 1)).code(), FOREBAY_E_POISONED);
  CHECK_EQ(journal->reset(pair.main, 5).code(), FOREBAY_E_POISONED);
  CHECK_EQ(journal->newest().sequence, std::uint64_t{1});
}

void a_commit_that_cannot_be_taken_back_is_unknown() {
  Pair pair;
  auto journal = pair.create();
  REQUIRE(journal.is_ok());
  const core::Status status = append_with_failing_syncs(pair, *journal, 2);
  CHECK_EQ(status.code(), FOREBAY_E_COMMIT_UNKNOWN);
  CHECK_EQ(status.detail().os_errno, EIO);
  CHECK(journal->is_poisoned());
}

// The n-th operation of an append fails; the answer must fit what the disk then holds.
void every_failure_of_an_append_says_what_the_disk_holds() {
  for (int fail_at = 1; fail_at <= 12; ++fail_at) {
    Pair pair;
    auto journal = pair.create();
    REQUIRE(journal.is_ok());
    int left = fail_at;
    pair.disk.set_rule([&left](const std::string&, const DiskOperation&) {
      return --left == 0 ? Fate::failed : Fate::done;
    });
    const core::Status status = append(*journal, 8192, filled(900000, 1));
    CHECK(status.code() == FOREBAY_OK || status.code() == FOREBAY_E_IO);
    CHECK_EQ(commits_in(pair), status.is_ok() ? std::size_t{1} : std::size_t{0});
    CHECK_EQ(journal->is_poisoned(), !status.is_ok());
  }
}

void a_failed_reset_leaves_the_commits() {
  for (const FileRole role : {FileRole::main, FileRole::journal}) {
    Pair pair;
    auto journal = pair.create();
    REQUIRE(journal.is_ok());
    CHECK(append(*journal, 8192, filled(512, 1)).is_ok());
    const DiskImage before = pair.disk.now();
    pair.disk.set_rule([role](const std::string&, const DiskOperation& operation) {
      return operation.file == role ? Fate::failed : Fate::done;
    });
    CHECK_EQ(journal->reset(pair.main, 5).code(), FOREBAY_E_IO);
    CHECK(journal->is_poisoned());
    CHECK(pair.disk.now() == before);
  }
}

void frames_of_an_older_generation_never_come_back() {
  Pair pair;
  auto journal = pair.create();
  REQUIRE(journal.is_ok());
  for (int i = 1; i <= 5; ++i) CHECK(append(*journal, 8192, filled(512, i)).is_ok());
  // The salt of before, so that only the generation tells them apart.
  REQUIRE(journal->reset(pair.main, 99).is_ok());
  CHECK_EQ(commits_in(pair), std::size_t{0});
  CHECK(append(*journal, 8192, filled(512, 6)).is_ok());
  auto found = core::journal::scan(pair.file);
  REQUIRE(found.is_ok());
  CHECK_EQ(found->generation, std::uint64_t{2});
  CHECK_EQ(found->commits.size(), std::size_t{1});
  CHECK_EQ(found->newest().sequence, std::uint64_t{6});
}

void a_journal_of_another_file_is_refused_and_nothing_is_written() {
  Pair pair;
  auto journal = pair.create();
  REQUIRE(journal.is_ok());
  CHECK(append(*journal, 8192, filled(512, 1)).is_ok());
  SimulatedDisk other(DiskImage{main_with_uuid(8), pair.disk.now()[1]});
  SimulatedFile main(other, FileRole::main);
  SimulatedFile file(other, FileRole::journal);
  CHECK_EQ(Journal::recover(file, main, {}, 1).code(), FOREBAY_E_FORMAT);
  CHECK(other.log().empty());
}

void a_file_without_a_valid_header_is_refused() {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, std::size_t{20000}}) {
    SimulatedDisk disk(DiskImage{main_with_uuid(7), Bytes(bytes)});
    SimulatedFile file(disk, FileRole::journal);
    CHECK_EQ(core::journal::scan(file).code(), FOREBAY_E_FORMAT);
  }
}

void works_on_a_real_file() {
  auto main = core::system_storage().open_nameless("./test_journal.main");
  auto file = core::system_storage().open_nameless("./test_journal.journal");
  REQUIRE(main.is_ok() && file.is_ok());
  REQUIRE((*main)->write_at(0, main_with_uuid(7)).is_ok());
  Journal::CreateOptions options;
  options.identity.uuid.fill(std::byte{7});
  options.identity.anchor_address = 512;
  options.base = {0, kEoa, kEoa};
  auto salt = core::journal::fresh_salt();
  REQUIRE(salt.is_ok());
  options.salt = *salt;
  auto journal = Journal::create(**file, options);
  REQUIRE(journal.is_ok());
  CHECK(append(*journal, 8192, filled(2U << 20U, 4)).is_ok());
  auto recovered = Journal::recover(**file, **main, {}, *salt + 1);
  REQUIRE(recovered.is_ok());
  Bytes read(2U << 20U);
  CHECK((*main)->read_at(8192, read).is_ok());
  CHECK(read == filled(2U << 20U, 4));
  CHECK(append(recovered->journal, 8192, filled(1, 4)).is_ok());
}

}  // namespace
}  // namespace forebay::test

int main() {
  using namespace forebay::test;
  const CMUnitTest tests[] = {
      CHECK_TEST(a_new_journal_is_a_mebibyte_without_commits),
      CHECK_TEST(a_commit_costs_one_sync_and_begins_on_a_page_of_its_own),
      CHECK_TEST(a_large_write_becomes_frames_of_a_mebibyte_and_comes_back),
      CHECK_TEST(a_full_disk_refuses_room_and_the_call_can_be_repeated),
      CHECK_TEST(a_commit_that_is_not_well_formed_changes_nothing),
      CHECK_TEST(a_failed_sync_takes_the_commit_back),
      CHECK_TEST(a_commit_that_cannot_be_taken_back_is_unknown),
      CHECK_TEST(every_failure_of_an_append_says_what_the_disk_holds),
      CHECK_TEST(a_failed_reset_leaves_the_commits),
      CHECK_TEST(frames_of_an_older_generation_never_come_back),
      CHECK_TEST(a_journal_of_another_file_is_refused_and_nothing_is_written),
      CHECK_TEST(a_file_without_a_valid_header_is_refused),
      CHECK_TEST(works_on_a_real_file),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
