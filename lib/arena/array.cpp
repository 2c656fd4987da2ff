#include <string>

#include "arena/arena.hpp"

namespace forebay::core {

Result<Array*> Array::make(ArenaRef arena, Block* block, DtypeRef dtype, Layout layout,
                           std::uint64_t capacity, std::uint64_t rows) {
  FOREBAY_TRY_ASSIGN(BlockLayout places, core::block_layout(*dtype, layout, capacity));
  if (places.bytes > block->bytes || rows > capacity) {
    return Status(FOREBAY_E_ARGUMENT,
                  std::to_string(rows) + " rows with room for " + std::to_string(capacity) +
                      " do not fit into a block of " + std::to_string(block->bytes) + " bytes");
  }
  auto* array = new Array;
  array->arena_ = std::move(arena);
  array->block_ = block;
  array->data_ = block->data;
  array->dtype_ = std::move(dtype);
  array->layout_ = layout;
  array->places_ = std::move(places);
  array->capacity_ = capacity;
  array->rows_ = rows;
  return array;
}

Result<Array*> Array::attach(Mapping mapping, std::byte* data, DtypeRef dtype, Layout layout,
                             std::uint64_t rows) {
  FOREBAY_TRY_ASSIGN(BlockLayout places, core::block_layout(*dtype, layout, rows));
  auto* array = new Array;
  array->mapping_ = std::move(mapping);
  array->data_ = data;
  array->dtype_ = std::move(dtype);
  array->layout_ = layout;
  array->places_ = std::move(places);
  array->capacity_ = rows;
  array->rows_ = rows;
  return array;
}

Array* Array::retain() noexcept {
  references_.fetch_add(1, std::memory_order_relaxed);
  return this;
}

void Array::release() noexcept {
  // acq_rel: what other holders wrote is finished before the block can be lent again.
  if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const ArenaRef arena = std::move(arena_);  // it may end here, after the block went home
  Block* block = block_;
  delete this;
  if (block != nullptr) arena->release(block);
}

void Array::freeze() noexcept {
  retain();
  frozen_.fetch_add(1, std::memory_order_relaxed);
  if (arena_) arena_->begin_write(*block_);
}

void Array::thaw() noexcept {
  const ArenaRef arena = arena_;
  const std::uint64_t bytes = arena ? block_->bytes : 0;
  // release: the write has read the rows before their holder changes them.
  frozen_.fetch_sub(1, std::memory_order_release);
  release();
  if (arena) arena->end_write(bytes);
}

Status Array::set_rows(std::uint64_t rows) {
  if (is_read_only())
    return {FOREBAY_E_STATE, "the array was shared by another process: it is read only"};
  if (rows > capacity_) {
    return {FOREBAY_E_ARGUMENT, std::to_string(rows) + " rows are more than the " +
                                    std::to_string(capacity_) + " that the array has room for"};
  }
  if (frozen_.load(std::memory_order_acquire) != 0) {
    return {FOREBAY_E_BUSY,
            "the array's rows are on their way to a file: commit the store first, or fill another "
            "array"};
  }
  rows_ = rows;
  return Status::ok();
}

std::span<const std::byte> Array::row_span() const noexcept {
  if (layout_ != Layout::rows) return {};
  return {data_, static_cast<std::size_t>(rows_ * dtype_->row_bytes())};
}

}  // namespace forebay::core
