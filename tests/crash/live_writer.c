/* live_writer FILE COMMITS_PER_SECOND NEW_TABLE_EVERY COMMITS DURABILITY: commits at a steady rate,
 * into tables that stay and into new ones, until COMMITS are done or somebody kills it. Goes on
 * where the file is. A paced load for the readers of live_readers.py; prints its number of commits
 * when it ends by itself. */
#include <stdlib.h>
#include <time.h>

#include "forebay/forebay.h"
#include "live_rows.h"

typedef struct live_new {
  forebay_table* table;
  uint32_t made;
  uint64_t rows;
} live_new;

typedef struct live_writer {
  forebay_store* store;
  forebay_dtype* dtype;
  forebay_table* tables[LIVE_TABLES];
  live_new fresh[LIVE_APPENDS];
  uint32_t commit; /* the last one */
  uint32_t new_table_every;
  forebay_error err;
} live_writer;

static int append(live_writer* writer, forebay_table* table, uint64_t first, uint32_t rows,
                  uint32_t salt) {
  live_row buffer[64];
  for (uint32_t i = 0; i < rows; i++) buffer[i] = live_row_at(first + i, writer->commit + 1, salt);
  return forebay_table_append_rows(table, buffer, rows, &writer->err) == FOREBAY_OK;
}

static int open_table(live_writer* writer, const char* name, int is_packed, uint64_t chunk_rows,
                      forebay_table** out) {
  forebay_table_options options = FOREBAY_TABLE_OPTIONS_INIT;
  options.chunk_rows = chunk_rows;
  if (is_packed) {
    options.deflate = 1;
    options.shuffle = 1;
    options.fletcher32 = 1;
  }
  return forebay_table_open(writer->store, name, writer->dtype, &options, out, &writer->err) ==
         FOREBAY_OK;
}

/* The tables that stay, and the commit that they are at. */
static int start(live_writer* writer) {
  static const uint64_t kChunkRows[LIVE_TABLES] = {100, 4096, 100, 1000};
  for (uint32_t i = 0; i < LIVE_TABLES; i++) {
    if (!open_table(writer, kLiveTables[i], i >= 2, kChunkRows[i], &writer->tables[i])) return 0;
  }
  const uint64_t rows = forebay_table_rows(writer->tables[0]);
  if (rows == 0) return 1;
  live_row last;
  if (forebay_table_read(writer->tables[0], rows - 1, 1, &last, NULL, &writer->err) != FOREBAY_OK)
    return 0;
  writer->commit = last.commit;
  return 1;
}

/* One table more when it is time, and rows for those of the last commits. */
static int append_to_new(live_writer* writer) {
  const uint32_t commit = writer->commit + 1;
  if (writer->new_table_every != 0 && commit % writer->new_table_every == 0) {
    live_new* place = &writer->fresh[commit / writer->new_table_every % LIVE_APPENDS];
    char name[64];
    live_new_name(name, sizeof(name), commit);
    place->made = commit;
    place->rows = 0;
    if (!open_table(writer, name, commit / writer->new_table_every % 2 == 0, 16, &place->table))
      return 0;
  }
  for (uint32_t i = 0; i < LIVE_APPENDS; i++) {
    live_new* place = &writer->fresh[i];
    if (place->table == NULL || commit - place->made >= LIVE_APPENDS) continue;
    const uint32_t rows = live_rows_of_new(place->made);
    if (!append(writer, place->table, place->rows, rows, live_salt_of_new(place->made))) return 0;
    place->rows += rows;
  }
  return 1;
}

static int commit_once(live_writer* writer) {
  for (uint32_t i = 0; i < LIVE_TABLES; i++) {
    const uint64_t first = forebay_table_rows(writer->tables[i]);
    if (!append(writer, writer->tables[i], first, live_rows_of(i, writer->commit + 1), i)) return 0;
  }
  if (!append_to_new(writer)) return 0;
  if (forebay_store_commit(writer->store, &writer->err) != FOREBAY_OK) return 0;
  writer->commit++;
  return 1;
}

/* A deadline for each commit; one that comes late does not wait, and gains nothing. */
static void pace(struct timespec* next, long nanoseconds) {
  next->tv_nsec += nanoseconds;
  while (next->tv_nsec >= 1000000000L) {
    next->tv_nsec -= 1000000000L;
    next->tv_sec++;
  }
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL);
}

static int run(live_writer* writer, long nanoseconds, uint32_t commits) {
  struct timespec next;
  if (!start(writer)) return 0;
  clock_gettime(CLOCK_MONOTONIC, &next);
  for (uint32_t i = 0; i < commits; i++) {
    if (!commit_once(writer)) return 0;
    pace(&next, nanoseconds);
  }
  return 1;
}

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  live_writer writer = {0};
  forebay_error_init(&writer.err);
  writer.new_table_every = (uint32_t)atol(argv[3]);
  forebay_store_options options = FOREBAY_STORE_OPTIONS_INIT;
  options.names = 4000;
  options.durability = (uint32_t)atol(argv[5]);
  forebay_dtype_parse(LIVE_DTYPE, &writer.dtype, &writer.err);
  int good = forebay_store_open(argv[1], &options, &writer.store, &writer.err) == FOREBAY_OK &&
             run(&writer, 1000000000L / atol(argv[2]), (uint32_t)atol(argv[4]));
  if (good) good = forebay_store_close(writer.store, &writer.err) == FOREBAY_OK;
  forebay_dtype_free(writer.dtype);
  if (!good) {
    fprintf(stderr, "live_writer: %s\n", writer.err.message);
    return 1;
  }
  printf("%u\n", writer.commit);
  return 0;
}
