#include "journal/header.hpp"

#include <cstring>
#include <optional>
#include <string>

namespace forebay::core::journal {
namespace {

std::uint64_t hash_of(const HeaderSlot& slot) {
  return hash64(std::as_bytes(std::span(&slot, 1)).first(offsetof(HeaderSlot, hash)));
}

// Holds for every version: what comes later keeps magic, version, generation and hash in place.
bool is_whole(const HeaderSlot& slot) {
  return std::memcmp(slot.magic, kHeaderMagic, sizeof(kHeaderMagic)) == 0 && slot.generation != 0 &&
         slot.hash == hash_of(slot);
}

bool is_sound(const HeaderSlot& slot) {
  return slot.header_size == kHeaderSize && slot.page == kPage && slot.mode == 0 &&
         slot.flags == 0 && slot.anchor_bytes >= sizeof(slot.uuid) &&
         range_inside(slot.anchor_address, slot.anchor_bytes, kMaxAddress) &&
         slot.base_eoa <= slot.base_high_water && slot.base_high_water <= kMaxAddress &&
         slot.base_sequence <= kMaxAddress && slot.generation <= kMaxAddress;
}

Scan decode(const HeaderSlot& slot, std::uint32_t number) {
  Scan found;
  std::memcpy(found.identity.uuid.data(), slot.uuid, sizeof(slot.uuid));
  found.identity.anchor_address = slot.anchor_address;
  found.identity.anchor_bytes = slot.anchor_bytes;
  std::memcpy(found.holder.boot_id.data(), slot.boot_id, sizeof(slot.boot_id));
  found.holder.start_time = slot.holder_start_time;
  found.holder.pid = slot.holder_pid;
  found.generation = slot.generation;
  found.salt = slot.salt;
  found.slot = number;
  found.base = {slot.base_sequence, slot.base_eoa, slot.base_high_water};
  return found;
}

}  // namespace

HeaderSlot encode_header(const Identity& identity, const Holder& holder, const Position& base,
                         std::uint64_t generation, std::uint64_t salt) {
  HeaderSlot slot{};
  std::memcpy(slot.magic, kHeaderMagic, sizeof(kHeaderMagic));
  slot.version = kVersion;
  slot.header_size = kHeaderSize;
  slot.generation = generation;
  slot.salt = salt;
  std::memcpy(slot.uuid, identity.uuid.data(), sizeof(slot.uuid));
  slot.anchor_address = identity.anchor_address;
  slot.anchor_bytes = identity.anchor_bytes;
  slot.base_sequence = base.sequence;
  slot.base_eoa = base.eoa;
  slot.base_high_water = base.high_water;
  slot.page = kPage;
  std::memcpy(slot.boot_id, holder.boot_id.data(), sizeof(slot.boot_id));
  slot.holder_start_time = holder.start_time;
  slot.holder_pid = holder.pid;
  slot.hash = hash_of(slot);
  return slot;
}

Result<Scan> read_header(StorageFile& file) {
  std::optional<std::uint32_t> best;
  HeaderSlot chosen{};
  for (std::uint32_t number = 0; number < 2; ++number) {
    HeaderSlot slot{};  // checked and used as this one copy
    FOREBAY_TRY_ASSIGN(
        const std::size_t got,
        file.read_at(slot_offset(number), std::as_writable_bytes(std::span(&slot, 1))));
    if (got != sizeof(slot) || !is_whole(slot)) continue;
    if (best && slot.generation <= chosen.generation) continue;
    best = number;
    chosen = slot;
  }
  if (!best) {
    return Status(FOREBAY_E_FORMAT,
                  "the journal has no valid header: it is damaged, or is no forebay journal");
  }
  // Why not fall back to the older slot: its commits are older than what the newer one stands for.
  if (chosen.version != kVersion) {
    return Status(FOREBAY_E_FORMAT, "the journal has format version " +
                                        std::to_string(chosen.version) + ", this library knows " +
                                        std::to_string(kVersion) + ": use a newer forebay");
  }
  if (!is_sound(chosen)) {
    return Status(FOREBAY_E_FORMAT, "the journal's header has a field out of its range");
  }
  return decode(chosen, *best);
}

}  // namespace forebay::core::journal
