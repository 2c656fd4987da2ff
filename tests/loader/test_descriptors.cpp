// Sources that are open already: pipes, sockets, files, whatever stands in them.
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "loader/loading.hpp"
#include "support/packing.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

std::string rows_from(int first, int rows) {
  std::string text;
  for (int i = first; i < first + rows; ++i) text += std::to_string(i) + "\n";
  return text;
}

LoaderOptions stream_options() {
  LoaderOptions options;
  options.children = 2;
  options.split_bytes = 8'000;
  options.batch_rows = 1'000;
  options.memory_bytes = 16 * 4096;
  return options;
}

struct Outcome {
  std::uint64_t rows = 0;
  std::int64_t sum = 0;
  Status failure;
};

Outcome take_all(Loader& loader) {
  Outcome out;
  for (;;) {
    Array* array = nullptr;
    Status status = loader.next(-1, &array);
    if (status.code() == FOREBAY_END) return out;
    if (status.is_failure()) {
      if (out.failure.is_failure()) return out;
      out.failure = std::move(status);
      continue;
    }
    const auto* values = reinterpret_cast<const std::int32_t*>(array->data());
    for (std::uint64_t i = 0; i < array->rows(); ++i) out.sum += values[i];
    out.rows += array->rows();
    array->release();
  }
}

// Writes all of a text into one end while the loader reads the other.
Outcome load_written(int read_end, int write_end, const std::string& text,
                     const LoaderOptions& options) {
  auto loader = Loader::open(dtype_of("i4"), options);
  if (!loader.is_ok()) return {};
  const Status added = (*loader)->add_descriptor(read_end, "stream", 0);
  ::close(read_end);
  std::thread writer([&] {
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t wrote = ::send(write_end, text.data() + at, text.size() - at, MSG_NOSIGNAL);
      const ssize_t piped = wrote < 0 && errno == ENOTSOCK
                                ? ::write(write_end, text.data() + at, text.size() - at)
                                : wrote;
      if (piped <= 0) break;
      at += static_cast<std::size_t>(piped);
    }
    ::close(write_end);
  });
  Outcome out = take_all(**loader);
  writer.join();
  return out;
}

void test_pipes_and_sockets_plain_and_packed_give_the_rows_of_the_file() {
  const std::string text = rows_from(0, 50'000);
  for (const bool is_socket : {false, true}) {
    for (const auto format : {InputFormat::plain, InputFormat::zstd, InputFormat::xz}) {
      int ends[2] = {-1, -1};
      REQUIRE((is_socket ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : ::pipe(ends)) == 0);
      const std::string sent = format == InputFormat::plain ? text : pack(format, text);
      const Outcome got = load_written(ends[0], ends[1], sent, stream_options());
      CHECK(got.failure.is_ok());
      CHECK_EQ(got.rows, 50'000U);
      CHECK_EQ(got.sum, 49'999LL * 25'000LL);
    }
  }
}

void test_a_file_is_read_from_where_it_stands() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", rows_from(0, 20'000));
  for (const off_t offset : {off_t{0}, off_t{8}}) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::lseek(file, offset, SEEK_SET) == offset);
    auto loader = Loader::open(dtype_of("i4"), stream_options());
    REQUIRE(loader.is_ok());
    REQUIRE((*loader)->add_descriptor(file, "file", 0).is_ok());
    const Outcome got = take_all(**loader);
    CHECK_EQ(got.rows, offset == 0 ? 20'000U : 19'996U);
    CHECK_EQ(std::string((*loader)->source_path(0)), "file");
    CHECK(::close(file) == 0);  // still the caller's
  }
}

void test_what_cannot_be_read_is_refused_with_a_reason() {
  const TemporaryFolder folder;
  auto loader = Loader::open(dtype_of("i4"), stream_options());
  REQUIRE(loader.is_ok());
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  CHECK_EQ((*loader)->add_descriptor(ends[1], "w", 0).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ((*loader)->add_descriptor(ends[0], "", 0).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ((*loader)->add_descriptor(-1, "none", 0).code(), FOREBAY_E_ARGUMENT);
  CHECK_EQ((*loader)->add_descriptor(9'999, "none", 0).code(), FOREBAY_E_ARGUMENT);
  ::close(ends[1]);
  REQUIRE((*loader)->add_descriptor(ends[0], "void", 0).is_ok());
  ::close(ends[0]);
  const Outcome got = take_all(**loader);
  CHECK_EQ(got.failure.code(), FOREBAY_E_TRUNCATED);
  CHECK_EQ(got.failure.message(), "void: is empty; nothing was written to it");
}

void test_a_pause_of_the_writer_is_no_failure() {
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  LoaderOptions options = stream_options();
  options.progress_timeout_ms = 150;
  auto loader = Loader::open(dtype_of("i4"), options);
  REQUIRE(loader.is_ok());
  REQUIRE((*loader)->add_descriptor(ends[0], "stream", 0).is_ok());
  ::close(ends[0]);
  Array* array = nullptr;
  for (const char* part : {"1\n2\n", "3\n"}) {
    // Three times as long as a child at work may be silent.
    CHECK_EQ((*loader)->next(450, &array).code(), FOREBAY_AGAIN);
    CHECK(::write(ends[1], part, std::strlen(part)) > 0);
  }
  ::close(ends[1]);
  const Outcome got = take_all(**loader);
  CHECK(got.failure.is_ok());
  CHECK_EQ(got.sum, 6);
  CHECK_EQ((*loader)->progress().child_restarts, 0U);
}

void test_a_stream_is_not_tried_again_once_a_child_could_have_read_of_it() {
  const TemporaryFolder folder;
  const std::string text = rows_from(0, 5'000);
  for (const char* moment : {"lend", "start"}) {
    ::setenv("FOREBAY_TEST_FAULT",
             (std::string(moment) + ":kill:" + folder.at(std::string("mark-") + moment)).c_str(),
             1);
    LoaderOptions options = stream_options();
    options.children = 1;
    options.program = test_program("faulty_child");
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    const Outcome got = load_written(ends[0], ends[1], text, options);
    if (std::string(moment) == "start") {
      CHECK(got.failure.is_ok());
      CHECK_EQ(got.rows, 5'000U);
      continue;
    }
    CHECK_EQ(got.failure.code(), FOREBAY_E_CHILD);
    CHECK(got.failure.message().find("cannot be read again") != std::string::npos);
  }
  ::unsetenv("FOREBAY_TEST_FAULT");
}

}  // namespace

int main() {
  ::signal(SIGPIPE, SIG_IGN);
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_pipes_and_sockets_plain_and_packed_give_the_rows_of_the_file),
      CHECK_TEST(test_a_file_is_read_from_where_it_stands),
      CHECK_TEST(test_what_cannot_be_read_is_refused_with_a_reason),
      CHECK_TEST(test_a_pause_of_the_writer_is_no_failure),
      CHECK_TEST(test_a_stream_is_not_tried_again_once_a_child_could_have_read_of_it),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
