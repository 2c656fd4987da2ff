// include/forebay/arena.h. A handle is an arena with its one segment.
#include <memory>
#include <string>

#include "capi/handles.hpp"

namespace forebay::core::capi {
namespace {

// Whether the quota could ever hold the array; what is only in use now is for the lease to say.
Status check_capacity(const Dtype& dtype, Layout layout, std::uint64_t rows, std::uint64_t quota,
                      std::uint64_t* bytes) {
  Result<BlockLayout> block = block_layout(dtype, layout, rows);
  if (block.is_ok() && block->bytes <= quota) {
    *bytes = block->bytes;
    return Status::ok();
  }
  return {FOREBAY_E_ARGUMENT, std::to_string(rows) + " rows of " +
                                  std::to_string(dtype.row_bytes()) +
                                  " bytes are more than the arena's quota of " +
                                  std::to_string(quota) + " bytes; ask for fewer or raise it"};
}

// Gives a block back unless an array took it over.
struct BlockReturner {
  Arena* arena;
  void operator()(Block* block) const noexcept { arena->release(block); }
};

// Blocks that a store still writes come home by themselves: they are waited for.
Result<Block*> lease_when_written(const ArenaHandle& handle, std::uint64_t bytes) {
  for (;;) {
    const bool is_written = handle.arena->is_being_written();
    Result<Block*> block = handle.arena->lease(handle.segment, bytes);
    if (block.code() != FOREBAY_E_FULL || !is_written) return block;
    handle.arena->await_release();
  }
}

Result<Array*> lease_block(const ArenaHandle& handle, const DtypeRef& dtype, Layout layout,
                           std::uint64_t rows) {
  std::uint64_t bytes = 0;
  FOREBAY_TRY(check_capacity(*dtype, layout, rows, handle.arena->stats().quota, &bytes));
  FOREBAY_TRY_ASSIGN(Block * block, lease_when_written(handle, bytes));
  std::unique_ptr<Block, BlockReturner> held(block, {handle.arena.get()});
  FOREBAY_TRY_ASSIGN(Array * array, Array::make(handle.arena, block, dtype, layout, rows, 0));
  (void)held.release();
  return array;
}

Status lease_array(forebay_arena* arena, const forebay_dtype* dtype, Layout layout,
                   std::uint64_t rows, forebay_array** out) {
  if (out == nullptr) return null_argument("out");
  *out = nullptr;
  if (arena == nullptr) return null_argument("arena");
  if (dtype == nullptr) return null_argument("dtype");
  FOREBAY_TRY_ASSIGN(Array * array,
                     lease_block(*from_handle(arena), *from_handle(dtype), layout, rows));
  *out = to_handle<forebay_array>(array);
  return Status::ok();
}

}  // namespace

forebay_arena_stats public_stats(const ArenaStats& now) noexcept {
  forebay_arena_stats out = FOREBAY_ARENA_STATS_INIT;
  out.segments = now.segments;
  out.quota = now.quota;
  out.reserved = now.reserved;
  out.lent = now.lent;
  out.high_water = now.high_water;
  out.blocks_lent = now.blocks_lent;
  out.blocks_recycled = now.blocks_recycled;
  return out;
}
}  // namespace forebay::core::capi

using namespace forebay::core;
using namespace forebay::core::capi;

forebay_status forebay_arena_open(uint64_t quota_bytes, forebay_arena** out,
                                  forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (out == nullptr) return null_argument("out");
    *out = nullptr;
    auto handle = std::make_unique<ArenaHandle>();
    FOREBAY_TRY_ASSIGN(handle->arena, Arena::open(quota_bytes));
    FOREBAY_TRY_ASSIGN(handle->segment, handle->arena->add_segment());
    *out = to_handle<forebay_arena>(handle.release());
    return Status::ok();
  });
}

void forebay_arena_close(forebay_arena* arena) noexcept {
  if (arena == nullptr) return;
  from_handle(arena)->arena->close();
  delete from_handle(arena);
}

forebay_status forebay_array_lease(forebay_arena* arena, const forebay_dtype* dtype, uint64_t rows,
                                   forebay_array** out, forebay_error* err) noexcept {
  return guard(err, [&] { return lease_array(arena, dtype, Layout::rows, rows, out); });
}

forebay_status forebay_array_lease_columns(forebay_arena* arena, const forebay_dtype* dtype,
                                           uint64_t rows, forebay_array** out,
                                           forebay_error* err) noexcept {
  return guard(err, [&] { return lease_array(arena, dtype, Layout::columns, rows, out); });
}

forebay_status forebay_arena_stats_get(forebay_arena* arena, forebay_arena_stats* stats,
                                       forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (arena == nullptr) return null_argument("arena");
    return write_struct(public_stats(from_handle(arena)->arena->stats()), stats);
  });
}
