// Arrays handed to another process, by a descriptor of a memfd of their own. Any thread.
#include <cstring>

#include "arena/arena.hpp"
#include "arena/shared_format.hpp"

namespace forebay::core {
namespace {

using shared::Header;

// How many arrays this process has shared. Constant initialisation, no destructor.
std::atomic<std::uint64_t> generations{0};

Status bad(const std::string& why) {
  return {FOREBAY_E_FORMAT, "the descriptor does not hold a shared array: " + why};
}

std::uint64_t hash_header(Header header) noexcept {
  header.header_hash = 0;
  return hash64(std::as_bytes(std::span(&header, 1)));
}

Header header_of(const Array& array, std::uint64_t data_bytes) {
  const Dtype& dtype = *array.dtype();
  Header header{};
  std::memcpy(header.magic, shared::kMagic, sizeof(header.magic));
  header.version = shared::kVersion;
  header.byte_order = shared::kByteOrder;
  header.header_bytes = sizeof(Header);
  header.layout = static_cast<std::uint32_t>(array.layout());
  header.dtype_bytes = dtype.text().size();
  header.data_offset = align_up(sizeof(Header) + header.dtype_bytes, shared::kPage);
  header.data_bytes = data_bytes;
  header.total_bytes = header.data_offset + data_bytes;
  header.rows = array.rows();
  header.row_bytes = dtype.row_bytes();
  header.first_row = array.first_row;
  header.generation = generations.fetch_add(1, std::memory_order_relaxed) + 1;
  header.schema_hash = dtype.hash();
  header.header_hash = hash_header(header);
  return header;
}

Status check_facts(const MemfdFacts& facts) {
  if (!facts.is_immutable) {
    return bad("it is not sealed against shrinking, growing and writing; share the array again");
  }
  if (facts.has_holes) return bad("its memory is not all there");
  if (facts.bytes < sizeof(Header)) return bad("it is shorter than the header");
  return Status::ok();
}

// Every number of the header against the size that the kernel tells, by subtraction.
Status check_header(const Header& header, std::uint64_t bytes) {
  if (std::memcmp(header.magic, shared::kMagic, sizeof(header.magic)) != 0) {
    return bad("the magic is missing");
  }
  if (header.byte_order != shared::kByteOrder) return bad("it has another byte order");
  if (header.version != shared::kVersion) {
    return bad("it has version " + std::to_string(header.version) +
               ", this library knows version " + std::to_string(shared::kVersion) +
               "; use the same release on both sides");
  }
  if (header.header_hash != hash_header(header)) return bad("its header is damaged");
  if (header.header_bytes != sizeof(Header)) return bad("its header has another size");
  if (header.layout != static_cast<std::uint32_t>(Layout::rows) &&
      header.layout != static_cast<std::uint32_t>(Layout::columns)) {
    return bad("its layout is neither rows nor columns");
  }
  if (header.total_bytes != bytes) return bad("it does not have the size that its header says");
  if (header.dtype_bytes > shared::kMostDtypeBytes ||
      !range_inside(sizeof(Header), header.dtype_bytes, bytes)) {
    return bad("its dtype does not fit");
  }
  const std::uint64_t data_offset = align_up(sizeof(Header) + header.dtype_bytes, shared::kPage);
  if (header.data_offset != data_offset || data_offset > bytes ||
      header.data_bytes != bytes - data_offset) {
    return bad("its rows are not where they should be");
  }
  return Status::ok();
}

Result<DtypeRef> check_dtype(const Header& header, const std::string& text,
                             const DtypeRef& expected) {
  Result<DtypeRef> parsed = Dtype::parse(text);
  if (!parsed.is_ok() || (*parsed)->text() != text) return bad("its dtype cannot be read");
  const Dtype& dtype = **parsed;
  if (header.schema_hash != dtype.hash()) return bad("its dtype is damaged");
  if (header.row_bytes != dtype.row_bytes()) return bad("its rows do not have the dtype's size");
  if (expected && *expected != dtype) {
    return Status(FOREBAY_E_MISMATCH, "the shared array has the dtype '" + text +
                                          "', expected was '" + expected->text() + "'");
  }
  const Result<BlockLayout> places =
      block_layout(dtype, static_cast<Layout>(header.layout), header.rows);
  if (!places.is_ok() || places.value().bytes != header.data_bytes) {
    return bad("its rows do not have the size that their number asks for");
  }
  return parsed;
}

}  // namespace

Result<Descriptor> share_array(const Array& array) {
  const Dtype& dtype = *array.dtype();
  // Room for the rows there are, not for those there could be.
  FOREBAY_TRY_ASSIGN(const BlockLayout places, block_layout(dtype, array.layout(), array.rows()));
  const Header header = header_of(array, places.bytes);
  return fill_sealed_file("forebay-array", header.total_bytes, [&](std::byte* out) {
    std::memcpy(out, &header, sizeof(header));
    std::memcpy(out + sizeof(header), dtype.text().data(), dtype.text().size());
    copy_rows(dtype, {array.data(), &array.block_layout().columns, 0},
              {out + header.data_offset, &places.columns, 0}, array.rows());
  });
}

Result<Array*> attach_array(int fd, const DtypeRef& expected) {
  Result<MemfdFacts> facts = look_at_memfd(fd);
  if (facts.code() == FOREBAY_E_FORMAT) return bad(facts.status().message());
  if (!facts.is_ok()) return std::move(facts).status();
  FOREBAY_TRY(check_facts(*facts));
  FOREBAY_TRY_ASSIGN(Mapping mapping, Mapping::map(fd, facts->bytes, false));
  // Private copies: what was checked is what is used, even if the seals should not hold.
  Header header;
  std::memcpy(&header, mapping.data(), sizeof(header));
  FOREBAY_TRY(check_header(header, facts->bytes));
  const std::string text(reinterpret_cast<const char*>(mapping.data()) + sizeof(header),
                         header.dtype_bytes);
  FOREBAY_TRY_ASSIGN(DtypeRef dtype, check_dtype(header, text, expected));
  std::byte* data = mapping.data() + header.data_offset;
  FOREBAY_TRY_ASSIGN(Array * array, Array::attach(std::move(mapping), data, std::move(dtype),
                                                  static_cast<Layout>(header.layout), header.rows));
  array->first_row = header.first_row;
  array->generation = header.generation;
  return array;
}

}  // namespace forebay::core
