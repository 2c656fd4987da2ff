#include "store/file_kind.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace forebay::core {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n"sv;

struct KnownStart {
  std::string_view bytes;
  const char* name;
};
constexpr KnownStart kKnownStarts[] = {
    {"\x1f\x8b"sv, "gzip data"},
    {"PK\x03\x04"sv, "a zip archive"},
    {"\x28\xb5\x2f\xfd"sv, "zstd data"},
    {"BZh"sv, "bzip2 data"},
    {"\xfd"
     "7zXZ"sv,
     "xz data"},
    {"SQLite format 3"sv, "an SQLite database"},
    {"PAR1"sv, "a Parquet file"},
    {"ARROW1"sv, "an Arrow file"},
    {"\x93NUMPY"sv, "a numpy array"},
    {"CDF"sv, "a classic netCDF file"},
    {"\x0e\x03\x13\x01"sv, "an HDF4 file"},
    {"\x7f"
     "ELF"sv,
     "a program"},
};

bool is_text(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 ? byte != 0x7F : (byte >= 0x08 && byte <= 0x0D);
  });
}

const char* looks_like(std::string_view start) {
  if (start.empty()) return "an empty file";
  for (const KnownStart& known : kKnownStarts) {
    if (start.starts_with(known.bytes)) return known.name;
  }
  if (is_text(start)) return "text";
  if (std::all_of(start.begin(), start.end(), [](char c) { return c == '\0'; })) {
    return "a file of zeros";
  }
  return "unknown binary data";
}

Result<std::string> bytes_of(StorageFile& file, std::uint64_t offset, std::size_t most) {
  std::string bytes(most, '\0');
  FOREBAY_TRY_ASSIGN(const std::size_t got,
                     file.read_at(offset, std::as_writable_bytes(std::span(bytes))));
  bytes.resize(got);
  return bytes;
}

}  // namespace

Status check_is_hdf5(StorageFile& file, const std::string& path) {
  FOREBAY_TRY_ASSIGN(const std::uint64_t size, file.size());
  FOREBAY_TRY_ASSIGN(const std::string start, bytes_of(file, 0, 64));
  if (start.starts_with(kSignature)) return Status::ok();
  // Behind a user block: at 512, 1024, 2048 and so on.
  for (std::uint64_t at = 512; range_inside(at, kSignature.size(), size); at *= 2) {
    FOREBAY_TRY_ASSIGN(const std::string found, bytes_of(file, at, kSignature.size()));
    if (found == kSignature) return Status::ok();
  }
  return Status(FOREBAY_E_FORMAT, path + " is not an HDF5 file, it looks like " +
                                      looks_like(start) + ": name another file, or replace it")
      .at_path(path);
}

}  // namespace forebay::core
