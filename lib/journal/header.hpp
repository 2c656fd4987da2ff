// The two header slots: encoding, checking, choosing. Thread rule: values, no shared state.
#pragma once

#include "journal/journal.hpp"

namespace forebay::core::journal {

HeaderSlot encode_header(const Identity& identity, const Holder& holder, const Position& base,
                         std::uint64_t generation, std::uint64_t salt);

// Reads both slots; fills all of Scan but the commits.
Result<Scan> read_header(StorageFile& file);

// One slot's place.
constexpr std::uint64_t slot_offset(std::uint32_t slot) noexcept {
  return slot * kPage;
}

}  // namespace forebay::core::journal
