// APPNOTE.TXT 6.3.10: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3
// (the records) and 4.5.3 (zip64).
#include "codec/zip.hpp"

#include <algorithm>
#include <optional>

#include "codec/little_endian.hpp"

namespace forebay::core::codec {
namespace {

constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::uint32_t kEnd64 = 0x06064b50;
constexpr std::uint32_t kEnd64Locator = 0x07064b50;
constexpr std::uint32_t kEntry = 0x02014b50;
constexpr std::uint32_t kLocal = 0x04034b50;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kLocatorBytes = 20;
constexpr std::size_t kEntryBytes = 46;
constexpr std::uint64_t kMaxDirectory = 16U << 20U;
constexpr std::uint16_t kZip64Field = 1;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr unsigned kEncrypted = 1U | 1U << 6U | 1U << 13U;

Status damaged(const char* what) {
  return {FOREBAY_E_FORMAT, std::string("the zip file ") + what +
                                "; it is damaged or cut short, get it or save it again"};
}

// Where the end record begins in `tail`: it is the last whose comment ends with the file.
std::optional<std::size_t> find_end(std::span<const std::byte> tail) noexcept {
  if (tail.size() < kEndBytes) return std::nullopt;
  for (std::size_t at = tail.size() - kEndBytes + 1; at-- > 0;) {
    if (read_u32(tail, at) == kEnd && at + kEndBytes + read_u16(tail, at + 20) == tail.size())
      return at;
  }
  return std::nullopt;
}

// The zip64 record that the locator before `end` points to; false when there is no locator.
Result<bool> read_end64(std::span<const std::byte> tail, std::uint64_t tail_offset, std::size_t end,
                        ZipDirectory* out) {
  if (end < kLocatorBytes || read_u32(tail, end - kLocatorBytes) != kEnd64Locator) return false;
  const std::uint64_t offset = read_u64(tail, end - kLocatorBytes + 8);
  if (offset < tail_offset ||
      !range_inside(offset - tail_offset, kEnd64Bytes, end - kLocatorBytes)) {
    return damaged("has its zip64 record in a place that cannot be");
  }
  const auto record = tail.subspan(static_cast<std::size_t>(offset - tail_offset), kEnd64Bytes);
  if (read_u32(record, 0) != kEnd64) return damaged("has no zip64 record where it should be");
  out->entries = read_u64(record, 32);
  out->bytes = read_u64(record, 40);
  out->offset = read_u64(record, 48);
  return true;
}

// Sizes and offset that do not fit 32 bits stand in the zip64 field, in this order, only those.
bool apply_zip64(std::span<const std::byte> extra, ZipMember* member) noexcept {
  std::uint64_t* const values[] = {&member->bytes, &member->packed_bytes, &member->header_offset};
  while (extra.size() >= 4) {
    const std::size_t length = read_u16(extra, 2);
    if (length > extra.size() - 4) return false;
    if (read_u16(extra, 0) == kZip64Field) {
      std::size_t at = 4;
      for (std::uint64_t* value : values) {
        if (*value != UINT32_MAX) continue;
        if (at + 8 > 4 + length) return false;
        *value = read_u64(extra, at);
        at += 8;
      }
      return true;
    }
    extra = extra.subspan(4 + length);
  }
  return std::none_of(std::begin(values), std::end(values),
                      [](const std::uint64_t* value) { return *value == UINT32_MAX; });
}

std::string printable(std::span<const std::byte> bytes) {
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '?');
  return text;
}

Status check_method(std::span<const std::byte> entry, const ZipMember& member) {
  const unsigned method = read_u16(entry, 10);
  if ((read_u16(entry, 8) & kEncrypted) != 0) {
    return {FOREBAY_E_FORMAT,
            "the member " + member.name + " of the zip file is encrypted; decrypt it first"};
  }
  if (method == kStored || method == kDeflated) return Status::ok();
  return {FOREBAY_E_FORMAT,
          "the member " + member.name + " of the zip file is compressed by method " +
              std::to_string(method) + "; stored and deflated ones can be read, so save it again"};
}

}  // namespace

Result<ZipDirectory> find_zip_directory(std::span<const std::byte> tail, std::uint64_t file_bytes) {
  const std::optional<std::size_t> end = find_end(tail);
  if (!end) return damaged("has no directory at its end");
  const std::uint64_t tail_offset = file_bytes - tail.size();
  ZipDirectory out;
  FOREBAY_TRY_ASSIGN(const bool is_64, read_end64(tail, tail_offset, *end, &out));
  if (!is_64) {
    out.entries = read_u16(tail, *end + 10);
    out.bytes = read_u32(tail, *end + 12);
    out.offset = read_u32(tail, *end + 16);
  }
  if (out.bytes > kMaxDirectory)
    return Status(FOREBAY_E_LIMIT, "the directory of the zip file is longer than 16 MiB");
  if (!range_inside(out.offset, out.bytes, tail_offset + *end) ||
      out.entries > out.bytes / kEntryBytes) {
    return damaged("has its directory in a place that cannot be");
  }
  return out;
}

Result<std::vector<ZipMember>> parse_zip_directory(std::span<const std::byte> bytes,
                                                   const ZipDirectory& directory) {
  std::vector<ZipMember> members;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    if (bytes.size() < kEntryBytes || read_u32(bytes, 0) != kEntry)
      return damaged("has a directory that ends too early");
    const std::size_t name = read_u16(bytes, 28);
    const std::size_t extra = read_u16(bytes, 30);
    const std::size_t whole = kEntryBytes + name + extra + read_u16(bytes, 32);
    if (whole > bytes.size()) return damaged("has a directory that ends too early");
    ZipMember member;
    member.name = printable(bytes.subspan(kEntryBytes, name));
    member.is_deflated = read_u16(bytes, 10) == kDeflated;
    member.checksum = read_u32(bytes, 16);
    member.packed_bytes = read_u32(bytes, 20);
    member.bytes = read_u32(bytes, 24);
    member.header_offset = read_u32(bytes, 42);
    FOREBAY_TRY(check_method(bytes, member));
    if (!apply_zip64(bytes.subspan(kEntryBytes + name, extra), &member) ||
        (!member.is_deflated && member.bytes != member.packed_bytes)) {
      return damaged("has an entry whose sizes cannot be");
    }
    members.push_back(std::move(member));
    bytes = bytes.subspan(whole);
  }
  return members;
}

Result<std::uint64_t> zip_data_offset(std::span<const std::byte> local, const ZipMember& member,
                                      const ZipDirectory& directory) {
  if (local.size() < kZipLocalHeader || read_u32(local, 0) != kLocal)
    return damaged("has no member where its directory says");
  const std::uint64_t header =
      kZipLocalHeader + std::uint64_t{read_u16(local, 26)} + std::uint64_t{read_u16(local, 28)};
  const auto whole = checked_add(header, member.packed_bytes);
  if (!whole || !range_inside(member.header_offset, *whole, directory.offset))
    return damaged("has a member in a place that cannot be");
  return member.header_offset + header;
}

}  // namespace forebay::core::codec
