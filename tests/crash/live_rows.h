/* What the writer and the readers of live_*.c and live_readers.py agree on: which rows a commit
 * adds to a table, so that a reader can tell whole commits from torn ones by the rows alone. */
#ifndef FOREBAY_TESTS_LIVE_ROWS_H
#define FOREBAY_TESTS_LIVE_ROWS_H

#include <stdint.h>
#include <stdio.h>

#define LIVE_DTYPE "n:u8,commit:u4,check:u4"
#define LIVE_TABLES 4
#define LIVE_APPENDS 8 /* commits that add rows to a table made while the writer runs */

typedef struct live_row {
  uint64_t n;
  uint32_t commit;
  uint32_t check;
} live_row;

static const char* const kLiveTables[LIVE_TABLES] = {"plain/a", "plain/b", "packed/a", "packed/b"};

/* Rows that commit `commit` (from 1) adds to table `table`. */
static inline uint32_t live_rows_of(uint32_t table, uint32_t commit) {
  return 1 + (commit * 7 + table * 5) % 37;
}

/* Rows of a table made in commit `made`, for each of its commits. */
static inline uint32_t live_rows_of_new(uint32_t made) {
  return 1 + made % 5;
}

static inline uint32_t live_check(uint64_t n, uint32_t commit, uint32_t salt) {
  return (uint32_t)(n * 2654435761U) ^ (commit * 40503U) ^ (salt * 977U);
}

static inline live_row live_row_at(uint64_t n, uint32_t commit, uint32_t salt) {
  const live_row row = {n, commit, live_check(n, commit, salt)};
  return row;
}

/* The salt of the rows of a table made in commit `made`. */
static inline uint32_t live_salt_of_new(uint32_t made) {
  return 1000 + made;
}

static inline void live_new_name(char* out, size_t size, uint32_t made) {
  snprintf(out, size, "new%u/t%u", made / 2000, made);
}

#endif
