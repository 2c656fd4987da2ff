// The memory of an array that a stranger shares: whatever stands in it, attaching refuses it or
// gives rows that lie in it.
#include "arena/arena.hpp"
#include "arena/shared_format.hpp"
#include "fuzz/fuzz.hpp"

using namespace forebay::core;
using forebay::fuzz::must;

namespace {

// Makes right what no mutation gets right by chance, as far as `repairs` says.
void repair(std::vector<std::byte>& memory, std::uint8_t repairs) {
  shared::Header header;
  if (memory.size() < sizeof(header)) return;
  std::memcpy(&header, memory.data(), sizeof(header));
  if ((repairs & 1U) != 0) {
    std::memcpy(header.magic, shared::kMagic, sizeof(header.magic));
    header.version = shared::kVersion;
    header.byte_order = shared::kByteOrder;
    header.header_bytes = sizeof(header);
  }
  if ((repairs & 2U) != 0) header.total_bytes = memory.size();
  if ((repairs & 4U) != 0 && header.dtype_bytes <= memory.size() - sizeof(header))
    header.schema_hash = hash64(std::span(memory).subspan(sizeof(header), header.dtype_bytes));
  if ((repairs & 8U) != 0) {
    header.header_hash = 0;
    header.header_hash = hash64(std::as_bytes(std::span(&header, 1)));
  }
  std::memcpy(memory.data(), &header, sizeof(header));
}

std::uint64_t sum_of(const Array& array) {
  std::string packed(array.rows() * array.dtype()->row_bytes(), '\0');
  const auto places = packed_places(*array.dtype());
  copy_rows(*array.dtype(), {array.data(), &array.block_layout().columns, 0},
            {reinterpret_cast<std::byte*>(packed.data()), &places, 0}, array.rows());
  return hash64(std::as_bytes(std::span(packed)));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  forebay::fuzz::Input input(data, size);
  const std::uint8_t repairs = input.byte();
  const std::uint64_t pages = input.below(4);
  const auto bytes = input.rest();
  std::vector<std::byte> memory(bytes.begin(), bytes.end());
  if (pages != 0) memory.resize(pages * shared::kPage);
  if (memory.empty()) return 0;
  repair(memory, repairs);
  const auto file = make_sealed_file("forebay-fuzz", memory);
  if (!file.is_ok()) return 0;
  const auto attached = attach_array(file.value().get(), nullptr);
  if (!attached.is_ok()) {
    must(!attached.status().message().empty(), "a refusal says why");
    return 0;
  }
  Array* array = attached.value();
  (void)sum_of(*array);
  array->release();
  return 0;
}
