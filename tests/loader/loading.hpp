// What the loader tests share: input files, a load to its end, and a count of what the process
// holds.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "loader/loader.hpp"
#include "support/check.hpp"

namespace forebay::test {

using core::Array;
using core::Dtype;
using core::DtypeRef;
using core::Loader;
using core::LoaderOptions;
using core::Status;

// A folder of its own for each test, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "forebay-test-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string write(const std::string& name, const std::string& content) const {
    const std::string file = path_ + "/" + name;
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }
  [[nodiscard]] std::string at(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline DtypeRef dtype_of(const char* text) {
  auto dtype = Dtype::parse(text);
  return dtype.is_ok() ? dtype.value() : nullptr;
}

// What came out of a load.
struct Loaded {
  std::string bytes;                      // of all rows, in order
  std::vector<std::uint64_t> array_rows;  // of each array
  std::vector<Status> failures;
  std::uint64_t rows = 0;
  core::LoaderProgress progress;
  core::ArenaStats stats;
  std::uint64_t bytes_copied = 0;
  Status opened;
  std::vector<core::Reject> rejects;
  std::uint64_t rejects_total = 0;
  std::vector<core::SourceRejects> source_rejects;
};

inline std::string test_program(const char* name) {
  const char* folder = std::getenv("FOREBAY_TEST_BIN");
  return std::string(folder == nullptr ? "." : folder) + "/" + name;
}

// The rows of an array as packed records, whatever its layout.
inline void append_packed(std::string& out, const Array& array) {
  const std::uint64_t row_bytes = array.dtype()->row_bytes();
  const std::size_t before = out.size();
  out.resize(before + array.rows() * row_bytes);
  const auto packed = core::packed_places(*array.dtype());
  core::copy_rows(*array.dtype(), {array.data(), &array.block_layout().columns, 0},
                  {reinterpret_cast<std::byte*>(out.data() + before), &packed, 0}, array.rows());
}

// Loads files to the end; source failures are collected. Each array is released at once.
inline Loaded load(const std::vector<std::string>& paths, const char* dtype, LoaderOptions options,
                   std::uint64_t max_rows = 0) {
  Loaded out;
  auto opened = Loader::open(dtype_of(dtype), options);
  if (!opened.is_ok()) {
    out.opened = std::move(opened).status();
    return out;
  }
  Loader& loader = **opened;
  for (const std::string& path : paths) (void)loader.add_file(path, max_rows);
  for (;;) {
    Array* array = nullptr;
    Status status = loader.next(-1, &array);
    if (status.code() == FOREBAY_END) break;
    if (status.is_failure()) {
      out.failures.push_back(std::move(status));
      if (out.failures.size() > 10'000) break;
      continue;
    }
    append_packed(out.bytes, *array);
    out.array_rows.push_back(array->rows());
    out.rows += array->rows();
    array->release();
  }
  out.progress = loader.progress();
  out.stats = loader.arena_stats();
  out.bytes_copied = loader.bytes_copied();
  out.rejects = loader.rejects();
  out.rejects_total = loader.rejects_total();
  out.source_rejects.resize(paths.size());
  for (std::uint32_t i = 0; i < paths.size(); ++i)
    (void)loader.source_rejects(i, &out.source_rejects[i]);
  return out;
}

// Descriptors and children of this process.
struct Held {
  std::size_t descriptors = 0;
  std::size_t children = 0;
  bool operator==(const Held&) const = default;
};

inline Held held_now() {
  Held held;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    ++held.descriptors;
  const std::string pid = std::to_string(::getpid());
  std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
  for (std::string child; children >> child;) ++held.children;
  return held;
}

// What is held before a test. Why not held_now(): libuv opens a pair of descriptors for the whole
// process with its first loop.
inline Held held_before() {
  (void)Loader::open(dtype_of("i4"), {});
  return held_now();
}

}  // namespace forebay::test
