// The recording storage and its crash states: what a crash may leave, and what it must not.
#include <cstring>
#include <ios>  // before CMocka, which makes a macro of one of its names
#include <random>
#include <set>

#include "support/check.hpp"
#include "support/crash_states.hpp"

namespace forebay::test {
namespace {

Bytes filled(std::size_t size, int value) {
  return Bytes(size, static_cast<std::byte>(value));
}

// A file "d/x" with the bytes, durable.
std::unique_ptr<core::StorageFile> durable_file(RecordedStorage& storage, const Bytes& bytes) {
  auto file = std::move(storage.open("d/x", core::OpenMode::create_new)).value();
  CHECK(file->write_at(0, bytes).is_ok());
  CHECK(file->sync_data().is_ok());
  CHECK(storage.sync_directory_of("d/x").is_ok());
  return file;
}

std::string content(const DiskImage& image, const std::string& path = "d/x") {
  const CowBytes* file = image.find(path);
  if (file == nullptr) return "none";
  std::string text(static_cast<std::size_t>(file->size()), '\0');
  file->read(0, std::as_writable_bytes(std::span(text)));
  return text;
}

CrashWalk walk_to_end(const RecordedStorage& storage) {
  CrashWalk walk(storage.initial(), storage.log());
  walk.go_to(storage.log().size());
  return walk;
}

std::set<std::string> all_subsets(const RecordedStorage& storage, const std::string& path) {
  const CrashWalk walk = walk_to_end(storage);
  std::set<std::string> found;
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << walk.unsynced(); ++bits) {
    found.insert(content(walk.subset(bits), path));
  }
  return found;
}

void pages_that_files_share_are_copied_when_one_writes() {
  CowBytes first;
  first.write(4090, filled(10, 'a'));
  CowBytes second = first;
  second.write(4095, filled(2, 'b'));
  first.resize(4093);
  first.resize(5000);
  char text[12] = {};
  CHECK_EQ(first.read(4090, std::as_writable_bytes(std::span(text, 11))), std::size_t{11});
  CHECK(std::memcmp(text, "aaa\0\0\0\0\0\0\0\0", 11) == 0);
  CHECK_EQ(second.read(4090, std::as_writable_bytes(std::span(text, 11))), std::size_t{10});
  CHECK(std::memcmp(text, "aaaaabbaaa", 10) == 0);
}

void what_was_synced_is_there_and_the_rest_may_be() {
  RecordedStorage storage;
  const auto file = durable_file(storage, filled(1024, 'a'));
  CHECK(file->write_at(0, filled(512, 'b')).is_ok());
  CHECK(file->write_at(512, filled(512, 'c')).is_ok());
  const std::string a(512, 'a');
  const std::string b(512, 'b');
  const std::string c(512, 'c');
  const std::set<std::string> expected = {a + a, b + a, a + c, b + c};
  CHECK(all_subsets(storage, "d/x") == expected);
  CHECK(file->sync_data().is_ok());
  CHECK(all_subsets(storage, "d/x") == std::set<std::string>{b + c});
}

void two_writes_to_one_sector_reach_the_disk_together_with_the_later_one() {
  RecordedStorage storage;
  const auto file = durable_file(storage, filled(4, 'a'));
  CHECK(file->write_at(0, filled(1, 'b')).is_ok());
  CHECK(file->write_at(3, filled(1, 'c')).is_ok());
  const std::set<std::string> expected = {"aaaa", "baaa", "baac"};
  CHECK(all_subsets(storage, "d/x") == expected);
}

void a_name_is_lost_until_its_directory_is_synced() {
  RecordedStorage storage;
  const auto file = std::move(storage.open_nameless("d/x")).value();
  CHECK(file->write_at(0, filled(3, 'a')).is_ok());
  CHECK(file->sync_data().is_ok());
  CHECK(storage.publish(*file, "d/x", false).is_ok());
  CHECK_EQ(storage.publish(*file, "d/x", false).code(), FOREBAY_E_EXISTS);
  const std::set<std::string> unsure = {"none", "aaa"};
  CHECK(all_subsets(storage, "d/x") == unsure);
  CHECK(storage.sync_directory_of("d/y").is_ok());
  CHECK(all_subsets(storage, "d/x") == std::set<std::string>{"aaa"});
  CHECK(storage.remove("d/x").is_ok());
  CHECK(all_subsets(storage, "d/x") == unsure);
}

void a_published_file_that_was_not_synced_may_be_empty() {
  RecordedStorage storage;
  const auto file = std::move(storage.open_nameless("d/x")).value();
  CHECK(file->write_at(0, filled(3, 'a')).is_ok());
  CHECK(storage.publish(*file, "d/x", false).is_ok());
  CHECK(storage.sync_directory_of("d/x").is_ok());
  const std::set<std::string> expected = {"", "aaa"};
  CHECK(all_subsets(storage, "d/x") == expected);
}

void damage_stays_in_the_sectors_of_the_write() {
  RecordedStorage storage;
  const auto file = durable_file(storage, filled(4096, 'a'));
  CHECK(file->write_at(1030, filled(4, 'b')).is_ok());
  const CrashWalk walk = walk_to_end(storage);
  std::set<std::string> found;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    std::string image = content(walk.damaged(random));
    found.insert(image.substr(1024, 512));
    image.replace(1024, 512, 512, 'a');
    CHECK(image == std::string(4096, 'a'));
  }
  CHECK(found.contains(std::string(512, 'a')));
  CHECK(found.contains(std::string(512, '\0')));
  CHECK(found.size() > 10);
}

void a_held_write_reaches_the_disk_when_the_rule_releases_it() {
  RecordedStorage storage;
  const auto file = durable_file(storage, filled(1, 'a'));
  storage.set_rule([](const DiskOperation& operation) {
    return operation.action == DiskAction::write ? Fate::held : Fate::release;
  });
  CHECK(file->write_at(0, filled(1, 'b')).is_ok());
  CHECK_EQ(content(storage.now()), std::string("b"));
  CHECK_EQ(content(walk_to_end(storage).killed().seen), std::string("a"));
  CHECK(file->sync_data().is_ok());
  const std::set<std::string> unsure = {"a", "b"};
  CHECK(all_subsets(storage, "d/x") == unsure);
}

void what_a_killed_process_left_unsynced_may_still_be_lost_later() {
  RecordedStorage storage;
  const auto file = durable_file(storage, filled(1, 'a'));
  CHECK(file->write_at(0, filled(1, 'b')).is_ok());
  const RecordedStorage later(walk_to_end(storage).killed());
  CHECK_EQ(content(later.now()), std::string("b"));
  const std::set<std::string> unsure = {"a", "b"};
  CHECK(all_subsets(later, "d/x") == unsure);
}

// The bytes that a program sees, and those that a power loss leaves, after a sync that failed and
// one that did not.
std::pair<std::string, std::set<std::string>> after_failed_sync(Fate fate) {
  RecordedStorage storage;
  const auto file = durable_file(storage, filled(512, 'a'));
  CHECK(file->write_at(0, filled(512, 'b')).is_ok());
  CHECK(file->write_at(0, filled(512, 'c')).is_ok());
  storage.set_rule([fate](const DiskOperation&) { return fate; });
  CHECK_EQ(file->sync_data().code(), FOREBAY_E_IO);
  storage.set_rule({});
  CHECK(file->sync_data().is_ok());
  return {content(storage.now()).substr(0, 1), all_subsets(storage, "d/x")};
}

void a_sync_that_failed_does_not_try_again_what_it_lost() {
  const auto [new_bytes, some_on_disk] = after_failed_sync(Fate::sync_keeps_new);
  CHECK_EQ(new_bytes, std::string("c"));
  CHECK(!some_on_disk.contains(std::string(512, 'c')) ||
        some_on_disk == std::set<std::string>{std::string(512, 'c')});
  const auto [old_bytes, none_on_disk] = after_failed_sync(Fate::sync_shows_old);
  CHECK_EQ(old_bytes, std::string("a"));
  CHECK(none_on_disk == std::set<std::string>{std::string(512, 'a')});
}

void a_loss_between_syncs_is_told_by_the_next_one_only() {
  RecordedStorage storage;
  const auto file = durable_file(storage, filled(512, 'a'));
  CHECK(file->write_at(0, filled(1, 'b')).is_ok());
  storage.set_rule([](const DiskOperation&) { return Fate::lost_before; });
  CHECK(file->write_at(1, filled(1, 'c')).is_ok());
  storage.set_rule({});
  CHECK_EQ(file->sync_data().code(), FOREBAY_E_IO);
  CHECK(file->sync_data().is_ok());
}

char first_byte(core::StorageFile& file) {
  std::byte byte{};
  return file.read_at(0, std::span(&byte, 1)).is_ok() ? static_cast<char>(byte) : '?';
}

void dropped_pages_show_what_the_disk_has_but_for_dirty_ones() {
  RecordedStorage storage;
  const auto file = durable_file(storage, filled(512, 'a'));
  const auto seen = [&] { return first_byte(*file); };
  CHECK(file->write_at(0, filled(512, 'b')).is_ok());
  CHECK(file->drop_clean_pages().is_ok());
  CHECK_EQ(seen(), 'b');
  storage.set_rule([](const DiskOperation&) { return Fate::sync_keeps_new; });
  CHECK_EQ(file->sync_data().code(), FOREBAY_E_IO);
  storage.set_rule({});
  CHECK(file->sync_data().is_ok());
  CHECK_EQ(seen(), 'b');
  CrashWalk walk(storage.initial(), storage.log());
  walk.go_to(storage.position());
  std::byte disk{};
  walk.killed().durable.find("d/x")->read(0, std::span(&disk, 1));
  CHECK(file->drop_clean_pages().is_ok());
  CHECK_EQ(seen(), static_cast<char>(disk));
  CHECK_EQ(seen(), 'a');
}

void locks_exclude_other_handles_until_theirs_ends() {
  RecordedStorage storage;
  auto first = durable_file(storage, filled(1, 'a'));
  const auto second = std::move(storage.open("d/x", core::OpenMode::read)).value();
  CHECK(first->lock_shared().is_ok());
  CHECK(second->lock_shared().is_ok());
  CHECK_EQ(second->lock_exclusive().code(), FOREBAY_E_BUSY);
  first.reset();
  CHECK(second->lock_exclusive().is_ok());
}

}  // namespace
}  // namespace forebay::test

int main() {
  using namespace forebay::test;
  const CMUnitTest tests[] = {
      CHECK_TEST(pages_that_files_share_are_copied_when_one_writes),
      CHECK_TEST(what_was_synced_is_there_and_the_rest_may_be),
      CHECK_TEST(two_writes_to_one_sector_reach_the_disk_together_with_the_later_one),
      CHECK_TEST(a_name_is_lost_until_its_directory_is_synced),
      CHECK_TEST(a_published_file_that_was_not_synced_may_be_empty),
      CHECK_TEST(damage_stays_in_the_sectors_of_the_write),
      CHECK_TEST(a_held_write_reaches_the_disk_when_the_rule_releases_it),
      CHECK_TEST(what_a_killed_process_left_unsynced_may_still_be_lost_later),
      CHECK_TEST(a_sync_that_failed_does_not_try_again_what_it_lost),
      CHECK_TEST(a_loss_between_syncs_is_told_by_the_next_one_only),
      CHECK_TEST(dropped_pages_show_what_the_disk_has_but_for_dirty_ones),
      CHECK_TEST(locks_exclude_other_handles_until_theirs_ends),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
