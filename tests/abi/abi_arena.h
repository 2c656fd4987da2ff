/* What the tests of arrays that leave as columns share. */
#ifndef FOREBAY_TESTS_ABI_ARENA_H
#define FOREBAY_TESTS_ABI_ARENA_H

#include "abi.h"
#include "forebay/arena.h"

static inline uint64_t abi_blocks_lent(forebay_arena *arena) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_arena_stats stats = FOREBAY_ARENA_STATS_INIT;
  assert_int_equal(forebay_arena_stats_get(arena, &stats, &err), FOREBAY_OK);
  return stats.blocks_lent;
}

static inline void *abi_column(const forebay_array *array, uint32_t index) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_array_column column = {.struct_size = sizeof(column)};
  assert_int_equal(forebay_array_column_get(array, index, &column, &err), FOREBAY_OK);
  return column.data;
}

#endif
