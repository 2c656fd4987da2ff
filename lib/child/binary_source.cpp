#include "child/binary_source.hpp"

#include <algorithm>
#include <string_view>

namespace forebay::core {
namespace {

std::string_view member_name(const wire::Task& task) noexcept {
  const std::string_view all(task.member, sizeof(task.member));
  return all.substr(0, all.find('\0'));
}

// Reads just `size` bytes of the range [begin, end) of a file; fewer only at its end.
Result<std::vector<std::byte>> read_bytes(const Descriptor& file, std::uint64_t begin,
                                          std::uint64_t end, std::uint64_t size) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(std::min(size, end - begin)));
  const std::span<char> room(reinterpret_cast<char*>(bytes.data()), bytes.size());
  FOREBAY_TRY_ASSIGN(const std::size_t got, read_range(file, begin, room));
  if (got < bytes.size()) return shorter_than_before();
  return bytes;
}

bool is_npy(std::string_view name) noexcept {
  return name.size() > 4 && name.substr(name.size() - 4) == ".npy";
}

std::string names_of(const std::vector<codec::ZipMember>& members) {
  constexpr std::size_t kMost = 8;
  std::string text;
  for (std::size_t i = 0; i < members.size() && i < kMost; ++i)
    text += (i == 0 ? "" : ", ") + members[i].name.substr(0, members[i].name.size() - 4);
  return members.size() > kMost ? text + ", ..." : text;
}

Result<codec::ZipMember> choose(std::vector<codec::ZipMember> members, std::string_view wanted) {
  members.erase(std::remove_if(members.begin(), members.end(),
                               [](const auto& member) { return !is_npy(member.name); }),
                members.end());
  if (members.empty())
    return Status(FOREBAY_E_FORMAT, "this zip file holds no array; files of numpy.savez do");
  if (wanted.empty() && members.size() == 1) return std::move(members.front());
  if (wanted.empty()) {
    return Status(FOREBAY_E_ARGUMENT, "the file holds " + std::to_string(members.size()) +
                                          " arrays: " + names_of(members) +
                                          "; choose one with the option member");
  }
  for (codec::ZipMember& member : members) {
    if (member.name == wanted || member.name == std::string(wanted) + ".npy")
      return std::move(member);
  }
  return Status(FOREBAY_E_NOT_FOUND, "there is no array " + std::string(wanted) +
                                         " in the file; it holds " + names_of(members));
}

// The dtype of a row: that of the array, and what its further axes add.
Result<DtypeRef> row_dtype(const codec::NpyHeader& header) {
  if (header.shape.size() == 1) return Dtype::parse_descr(header.descr);
  if (header.descr.front() == '[') {
    return Status(FOREBAY_E_DTYPE,
                  "the array has records and more than one axis; reshape it to one axis");
  }
  std::string shape;
  for (std::size_t i = 1; i < header.shape.size(); ++i)
    shape += std::to_string(header.shape[i]) + ",";
  return Dtype::parse_descr("(" + header.descr + ", (" + shape + "))");
}

// Whether the bytes of a row mean the same but for the order of bytes.
bool is_alike(const Dtype& held, const Dtype& wanted) noexcept {
  const bool has_names = held.is_record() && wanted.is_record();
  return held.row_bytes() == wanted.row_bytes() &&
         std::equal(held.fields().begin(), held.fields().end(), wanted.fields().begin(),
                    wanted.fields().end(), [&](const Field& a, const Field& b) {
                      return (!has_names || a.name == b.name) && a.kind == b.kind &&
                             a.unit == b.unit && a.item_bytes == b.item_bytes &&
                             a.count == b.count && a.offset == b.offset && a.shape == b.shape;
                    });
}

}  // namespace

Result<DtypeRef> BinarySource::npy_dtype(const Descriptor& file, std::uint64_t size,
                                         std::uint64_t* rows) {
  FOREBAY_TRY_ASSIGN(const auto prelude, read_bytes(file, 0, size, codec::kNpyPrelude));
  FOREBAY_TRY_ASSIGN(const std::size_t header_size, codec::npy_header_bytes(prelude));
  FOREBAY_TRY_ASSIGN(const auto bytes, read_bytes(file, 0, size, header_size));
  FOREBAY_TRY_ASSIGN(const codec::NpyHeader header, codec::parse_npy_header(bytes));
  if (header.shape.empty())
    return Status(FOREBAY_E_FORMAT,
                  "the file holds a single value, not an array; reshape it to (1,)");
  *rows = header.shape.front();
  return row_dtype(header);
}

Result<BinarySource> BinarySource::open(const Descriptor& file, const wire::Task& task,
                                        const Dtype& dtype) {
  BinarySource source;
  source.row_bytes_ = dtype.row_bytes();
  switch (static_cast<InputFormat>(task.format)) {
    case InputFormat::npy:
      FOREBAY_TRY(source.read_header(file, {0, task.source_bytes}, dtype));
      break;
    case InputFormat::npz:
      FOREBAY_TRY(source.open_npz(file, task, dtype));
      break;
    default:
      break;
  }
  return source;
}

Status BinarySource::open_npz(const Descriptor& file, const wire::Task& task, const Dtype& dtype) {
  const std::uint64_t size = task.source_bytes;
  const std::uint64_t tail_bytes = std::min<std::uint64_t>(size, codec::kZipTail);
  FOREBAY_TRY_ASSIGN(const auto tail, read_bytes(file, size - tail_bytes, size, tail_bytes));
  FOREBAY_TRY_ASSIGN(const codec::ZipDirectory directory, codec::find_zip_directory(tail, size));
  FOREBAY_TRY_ASSIGN(const auto entries, read_bytes(file, directory.offset, size, directory.bytes));
  FOREBAY_TRY_ASSIGN(auto members, codec::parse_zip_directory(entries, directory));
  FOREBAY_TRY_ASSIGN(member_, choose(std::move(members), member_name(task)));
  if (member_.header_offset > size)
    return {FOREBAY_E_FORMAT, "the zip file has a member behind its end; get or save it again"};
  FOREBAY_TRY_ASSIGN(const auto local,
                     read_bytes(file, member_.header_offset, size, codec::kZipLocalHeader));
  FOREBAY_TRY_ASSIGN(member_offset_, codec::zip_data_offset(local, member_, directory));
  is_streaming_ = true;
  return read_packed_header(file, dtype);
}

SourceStream BinarySource::stream(const Descriptor& file) const {
  return SourceStream::open_range(file, codec::make_zip_decoder(member_, member_offset_),
                                  member_offset_, member_offset_ + member_.packed_bytes);
}

Status BinarySource::read_header(const Descriptor& file, Range range, const Dtype& dtype) {
  FOREBAY_TRY_ASSIGN(const auto prelude,
                     read_bytes(file, range.begin, range.end, codec::kNpyPrelude));
  FOREBAY_TRY_ASSIGN(const std::size_t size, codec::npy_header_bytes(prelude));
  FOREBAY_TRY_ASSIGN(const auto header, read_bytes(file, range.begin, range.end, size));
  FOREBAY_TRY(take_header(header, dtype));
  const std::uint64_t room = range.end - range.begin - data_offset_;
  // Why not just left alone: more rows may be meant, such as of a second numpy.save.
  if (checked_mul(rows_, row_bytes_).value_or(UINT64_MAX) < room) {
    return {FOREBAY_E_FORMAT, "the file goes on for " + std::to_string(room - rows_ * row_bytes_) +
                                  " bytes behind its array; save each array to a file of its own"};
  }
  return Status::ok();
}

Status BinarySource::read_packed_header(const Descriptor& file, const Dtype& dtype) {
  SourceStream in = stream(file);
  std::vector<std::byte> header(codec::kNpyPrelude);
  const auto read = [&](std::size_t from) {
    const std::span<char> room(reinterpret_cast<char*>(header.data()), header.size());
    header.resize(from + in.read(room.subspan(from)));
    return in.failure().clone();
  };
  FOREBAY_TRY(read(0));
  FOREBAY_TRY_ASSIGN(const std::size_t size, codec::npy_header_bytes(header));
  const std::size_t had = header.size();
  // A header shorter than what was read has no room for an array's keys: the parser refuses it.
  header.resize(size);
  if (size > had) FOREBAY_TRY(read(had));
  FOREBAY_TRY(take_header(header, dtype));
  if (checked_mul(rows_, row_bytes_) == member_.bytes - data_offset_) return Status::ok();
  return {FOREBAY_E_FORMAT,
          "the array has another number of bytes than its header says; the file "
          "is damaged, save it again"};
}

Status BinarySource::take_header(std::span<const std::byte> bytes, const Dtype& dtype) {
  FOREBAY_TRY_ASSIGN(const codec::NpyHeader header, codec::parse_npy_header(bytes));
  if (header.shape.empty())
    return {FOREBAY_E_FORMAT, "the file holds a single value, not an array; reshape it to (1,)"};
  if (header.fortran_order && header.shape.size() > 1) {
    return {FOREBAY_E_FORMAT,
            "the array is in Fortran order, so its rows lie scattered; save it anew as "
            "numpy.ascontiguousarray(array)"};
  }
  auto held = row_dtype(header);
  if (!held.is_ok())
    return std::move(held).status().with_prefix("the dtype of the array cannot be loaded: ");
  data_offset_ = header.data_offset;
  rows_ = header.shape.front();
  return take_dtype(**held, dtype);
}

Status BinarySource::take_dtype(const Dtype& held, const Dtype& wanted) {
  if (!is_alike(held, wanted)) {
    return {FOREBAY_E_DTYPE, "the array's rows are of dtype " + held.text() +
                                 ", but the loader's of " + wanted.text() +
                                 "; open the loader with the dtype of the array"};
  }
  for (std::size_t i = 0; i < held.fields().size(); ++i) {
    const Field& field = held.fields()[i];
    if (field.big_endian == wanted.fields()[i].big_endian || field.item_bytes == 1) continue;
    swaps_.push_back({static_cast<std::size_t>(field.offset),
                      static_cast<std::size_t>(field.item_bytes),
                      static_cast<std::size_t>(field.count)});
  }
  return Status::ok();
}

void BinarySource::convert(std::span<char> rows) const noexcept {
  for (const Swap& swap : swaps_) {
    for (std::size_t row = 0; row < rows.size(); row += row_bytes_) {
      char* item = rows.data() + row + swap.offset;
      for (std::size_t i = 0; i < swap.count; ++i, item += swap.item_bytes)
        std::reverse(item, item + swap.item_bytes);
    }
  }
}

}  // namespace forebay::core
