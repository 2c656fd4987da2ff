#include "platform/storage.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "support/check.hpp"

using namespace forebay::core;

namespace {

class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "forebay-storage-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] std::string path(const char* name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& root() const { return path_; }
  [[nodiscard]] std::size_t files() const {
    const std::filesystem::directory_iterator all(path_);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

 private:
  std::string path_;
};

std::span<const std::byte> bytes_of(const char* text) {
  return std::as_bytes(std::span(text, std::strlen(text)));
}

std::string content(StorageFile& file) {
  std::string text(100, '\0');
  auto got = file.read_at(0, std::as_writable_bytes(std::span(text)));
  text.resize(got.is_ok() ? *got : 0);
  return text;
}

// A file of this name and content.
bool write_named(const std::string& path, const char* text) {
  auto file = system_storage().open(path, OpenMode::create_new);
  return file.is_ok() && (*file)->write_at(0, bytes_of(text)).is_ok();
}

std::string read_named(const std::string& path) {
  auto file = system_storage().open(path, OpenMode::read);
  return file.is_ok() ? content(**file) : "";
}

// The number that the file called `path` has in this process; -1 when it is not open.
int descriptor_of(const std::string& path) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(entry.path(), gone) == path) {
      return std::stoi(entry.path().filename().string());
    }
  }
  return -1;
}

}  // namespace

static void test_what_is_written_is_read_and_the_end_is_short() {
  const Directory directory;
  auto file = system_storage().open(directory.path("a"), OpenMode::create_new);
  REQUIRE(file.is_ok());
  CHECK((*file)->write_at(3, bytes_of("rows")).is_ok());
  CHECK_EQ((*file)->size().value(), 7U);
  CHECK_EQ(content(**file), std::string("\0\0\0rows", 7));
  std::byte byte[4];
  CHECK_EQ((*file)->read_at(7, byte).value(), 0U);
  CHECK_EQ((*file)->read_at(5, byte).value(), 2U);
  CHECK((*file)->truncate(4).is_ok());
  CHECK_EQ((*file)->size().value(), 4U);
  CHECK((*file)->allocate(0, 1U << 20U).is_ok());
  CHECK_EQ((*file)->size().value(), 4U);
  CHECK((*file)->sync_data().is_ok());
  CHECK((*file)->sync_all().is_ok());
  CHECK_EQ(system_storage().open(directory.path("a"), OpenMode::create_new).code(),
           FOREBAY_E_EXISTS);
}

static void test_a_nameless_file_gets_its_name_or_goes() {
  const Directory directory;
  const std::string path = directory.path("a");
  {
    auto dropped = system_storage().open_nameless(path);
    REQUIRE(dropped.is_ok());
    CHECK((*dropped)->write_at(0, bytes_of("x")).is_ok());
  }
  CHECK_EQ(directory.files(), 0U);
  auto file = system_storage().open_nameless(path);
  REQUIRE(file.is_ok());
  CHECK((*file)->write_at(0, bytes_of("new")).is_ok());
  CHECK(system_storage().publish(**file, path, false).is_ok());
  CHECK(system_storage().sync_directory_of(path).is_ok());
  CHECK_EQ(read_named(path), std::string("new"));
  CHECK_EQ(directory.files(), 1U);
}

static void test_publish_replaces_only_when_asked() {
  const Directory directory;
  const std::string path = directory.path("a");
  REQUIRE(write_named(path, "old"));
  auto file = system_storage().open_nameless(path);
  REQUIRE(file.is_ok());
  CHECK((*file)->write_at(0, bytes_of("new")).is_ok());
  const Status taken = system_storage().publish(**file, path, false);
  CHECK_EQ(taken.code(), FOREBAY_E_EXISTS);
  CHECK_EQ(taken.detail().path, path);
  CHECK_EQ(read_named(path), std::string("old"));
  CHECK(system_storage().publish(**file, path, true).is_ok());
  CHECK_EQ(read_named(path), std::string("new"));
  CHECK_EQ(directory.files(), 1U);
}

static void test_locks_exclude_other_handles() {
  const Directory directory;
  const std::string path = directory.path("a");
  REQUIRE(write_named(path, "x"));
  auto first = system_storage().open(path, OpenMode::write);
  auto second = system_storage().open(path, OpenMode::read);
  REQUIRE(first.is_ok() && second.is_ok());
  CHECK((*first)->device() == (*second)->device() && (*first)->inode() == (*second)->inode());
  CHECK((*first)->lock_exclusive().is_ok());
  CHECK_EQ((*second)->lock_shared().code(), FOREBAY_E_BUSY);
  CHECK_EQ((*second)->lock_exclusive().code(), FOREBAY_E_BUSY);
  first->reset();
  CHECK((*second)->lock_shared().is_ok());
  auto third = system_storage().open(path, OpenMode::read);
  REQUIRE(third.is_ok());
  CHECK((*third)->lock_shared().is_ok());
  CHECK_EQ((*third)->lock_exclusive().code(), FOREBAY_E_BUSY);
}

// A process that is just being started has every descriptor, and what was opened with them, until
// it executes its program; here a second descriptor of the same opening stands for it.
static void test_a_closed_file_is_locked_for_nobody() {
  const Directory directory;
  const std::string path = directory.path("a");
  REQUIRE(write_named(path, "x"));
  auto first = system_storage().open(path, OpenMode::write);
  REQUIRE(first.is_ok());
  CHECK((*first)->lock_exclusive().is_ok());
  CHECK((*first)->lock_byte(7).is_ok());
  const int inherited = ::dup(descriptor_of(path));
  REQUIRE(inherited >= 0);
  first->reset();
  auto second = system_storage().open(path, OpenMode::write);
  REQUIRE(second.is_ok());
  auto is_locked = (*second)->is_byte_locked(7);
  CHECK(is_locked.is_ok() && !*is_locked);
  CHECK((*second)->lock_exclusive().is_ok());
  CHECK((*second)->lock_byte(7).is_ok());
  ::close(inherited);
}

static void test_what_is_no_file_is_refused_without_waiting() {
  const Directory directory;
  const auto code = [](const std::string& path, OpenMode mode) {
    return system_storage().open(path, mode).code();
  };
  CHECK_EQ(code(directory.root(), OpenMode::read), FOREBAY_E_ARGUMENT);
  CHECK_EQ(code(directory.root(), OpenMode::write), FOREBAY_E_ARGUMENT);
  CHECK_EQ(code(directory.path("none"), OpenMode::read), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(code(directory.path("none/none"), OpenMode::create_new), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(code("/dev/full", OpenMode::write), FOREBAY_E_ARGUMENT);
  REQUIRE(::mkfifo(directory.path("fifo").c_str(), 0600) == 0);
  CHECK_EQ(code(directory.path("fifo"), OpenMode::read), FOREBAY_E_ARGUMENT);
  CHECK_EQ(system_storage().open_nameless(directory.path("none/a")).code(), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(system_storage().remove(directory.path("none")).code(), FOREBAY_E_NOT_FOUND);
}

static void test_a_failed_write_names_file_and_cause() {
  const Directory directory;
  auto file = system_storage().open(directory.path("a"), OpenMode::create_new);
  REQUIRE(file.is_ok());
  // A limit on the size of files is a disk that is full after the first part.
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  void (*handler)(int) = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small { 4096, before.rlim_max };
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::vector<std::byte> bytes(10'000);
  const Status status = (*file)->write_at(0, bytes);
  const bool restored = ::setrlimit(RLIMIT_FSIZE, &before) == 0;
  std::signal(SIGXFSZ, handler);
  CHECK(restored);
  CHECK_EQ(status.code(), FOREBAY_E_LIMIT);
  CHECK_EQ(status.detail().os_errno, EFBIG);
  CHECK(status.message().find(directory.path("a")) != std::string::npos);
}

static void test_a_file_never_takes_the_number_of_a_standard_stream() {
  const Directory directory;
  REQUIRE(write_named(directory.path("a"), "x"));
  const int saved = ::dup(0);
  ::close(0);
  auto file = system_storage().open(directory.path("a"), OpenMode::read);
  const bool zero_is_free = ::fcntl(0, F_GETFD) < 0;
  ::dup2(saved, 0);
  ::close(saved);
  CHECK(file.is_ok());
  CHECK(zero_is_free);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_what_is_written_is_read_and_the_end_is_short),
      CHECK_TEST(test_a_nameless_file_gets_its_name_or_goes),
      CHECK_TEST(test_publish_replaces_only_when_asked),
      CHECK_TEST(test_locks_exclude_other_handles),
      CHECK_TEST(test_a_closed_file_is_locked_for_nobody),
      CHECK_TEST(test_what_is_no_file_is_refused_without_waiting),
      CHECK_TEST(test_a_failed_write_names_file_and_cause),
      CHECK_TEST(test_a_file_never_takes_the_number_of_a_standard_stream),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
