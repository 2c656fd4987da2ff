/* live_reader FILE SEED: forebay's own snapshots beside live_writer. Refreshes and reopens again
 * and again and checks what it sees by the rules of live_rows.h: all tables at one commit, nothing
 * changed until the next refresh. Ends when its standard input does; prints one JSON line with
 * counts. An alarm ends it when it hangs. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "forebay/forebay.h"
#include "live_rows.h"

enum { kDeadline = 10, kWindow = 200 };

typedef struct live_reader {
  const char* path;
  forebay_store* store;
  uint32_t commit; /* the newest seen */
  uint64_t opens, tables, missing;
  double longest;
  unsigned seed;
  const char* what; /* went wrong */
  char where[128];
  forebay_error err;
} live_reader;

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int wrong(live_reader* reader, const char* what, const char* where) {
  reader->what = what;
  snprintf(reader->where, sizeof(reader->where), "%s", where);
  return 0;
}

static int check_rows(live_reader* reader, forebay_table* table, const char* name, uint64_t first,
                      uint32_t salt, live_row* last) {
  live_row rows[kWindow];
  uint64_t got = 0;
  if (forebay_table_read(table, first, kWindow, rows, &got, &reader->err) != FOREBAY_OK)
    return wrong(reader, "a read failed", name);
  for (uint64_t i = 0; i < got; i++) {
    const live_row expected = live_row_at(first + i, rows[i].commit, salt);
    if (memcmp(&expected, &rows[i], sizeof(expected)) != 0)
      return wrong(reader, "a torn row", name);
  }
  *last = rows[got - 1];
  return 1;
}

static uint64_t rows_until(uint32_t table, uint32_t commit) {
  uint64_t sum = 0;
  const uint64_t whole = commit / 37;
  for (uint32_t c = 1; c <= 37; c++) sum += live_rows_of(table, c);
  sum *= whole;
  for (uint32_t c = 1; c <= commit % 37; c++) sum += live_rows_of(table, c);
  return sum;
}

/* The commit that a table is at; 0: it is empty or missing. */
static int commit_of(live_reader* reader, uint32_t number, uint32_t* commit) {
  forebay_table* table = NULL;
  live_row last = {0, 0, 0};
  *commit = 0;
  const forebay_status status =
      forebay_table_open(reader->store, kLiveTables[number], NULL, NULL, &table, &reader->err);
  if (status == FOREBAY_E_NOT_FOUND) return 1;
  if (status != FOREBAY_OK)
    return wrong(reader, "a table could not be opened", kLiveTables[number]);
  const uint64_t rows = forebay_table_rows(table);
  if (rows == 0) return 1;
  const uint64_t any = (uint64_t)rand_r(&reader->seed) % rows;
  if (!check_rows(reader, table, kLiveTables[number], any, number, &last)) return 0;
  if (!check_rows(reader, table, kLiveTables[number], rows > kWindow ? rows - kWindow : 0, number,
                  &last))
    return 0;
  if (rows_until(number, last.commit) != rows)
    return wrong(reader, "a part of a commit", kLiveTables[number]);
  *commit = last.commit;
  return 1;
}

static int check_new(live_reader* reader) {
  const uint32_t count = forebay_store_table_count(reader->store);
  for (int i = 0; i < 4 && count > LIVE_TABLES; i++) {
    char name[64];
    forebay_table* table = NULL;
    live_row last;
    const char* found =
        forebay_store_table_name(reader->store, (uint32_t)rand_r(&reader->seed) % count);
    if (found == NULL || strncmp(found, "new", 3) != 0) continue;
    snprintf(name, sizeof(name), "%s", found);
    const uint32_t made = (uint32_t)strtoul(strrchr(name, 't') + 1, NULL, 10);
    if (forebay_table_open(reader->store, name, NULL, NULL, &table, &reader->err) != FOREBAY_OK) {
      return wrong(reader, "a new table could not be opened", name);
    }
    const uint64_t rows = forebay_table_rows(table);
    const uint32_t step = live_rows_of_new(made);
    if (rows == 0 || rows % step != 0 || rows > (uint64_t)step * LIVE_APPENDS)
      return wrong(reader, "a part of a commit", name);
    if (!check_rows(reader, table, name, 0, live_salt_of_new(made), &last)) return 0;
    reader->tables++;
  }
  return 1;
}

/* All tables at one commit, which is not older than what was seen before. */
static int look(live_reader* reader) {
  uint32_t first = 0;
  for (uint32_t i = 0; i < LIVE_TABLES; i++) {
    uint32_t commit = 0;
    if (!commit_of(reader, i, &commit)) return 0;
    if (i == 0) first = commit;
    if (commit != first) return wrong(reader, "tables at different commits", kLiveTables[i]);
  }
  if (first < reader->commit) return wrong(reader, "a commit went away", "");
  reader->commit = first;
  return check_new(reader);
}

static int open_store(live_reader* reader) {
  forebay_store_options options = FOREBAY_STORE_OPTIONS_INIT;
  options.mode = FOREBAY_STORE_READ;
  const double started = now_ms();
  const forebay_status status =
      forebay_store_open(reader->path, &options, &reader->store, &reader->err);
  const double took = now_ms() - started;
  if (took > reader->longest) reader->longest = took;
  if (status != FOREBAY_OK) return wrong(reader, "the store could not be opened", "");
  reader->opens++;
  return 1;
}

/* One opening: a look, the same look again, and refreshes with a look each. */
static int follow(live_reader* reader) {
  int good = open_store(reader) && look(reader);
  for (int i = 0; good && i < 5; i++) {
    const uint32_t before = reader->commit;
    good = look(reader);
    if (good && reader->commit != before) good = wrong(reader, "a snapshot changed by itself", "");
    if (!good) break;
    const forebay_status status = forebay_store_refresh(reader->store, &reader->err);
    if (status < 0) good = wrong(reader, "a refresh failed", "");
    if (status == FOREBAY_END) break;
    good = good && look(reader);
  }
  forebay_store_close(reader->store, NULL);
  reader->store = NULL;
  return good;
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  live_reader reader = {0};
  forebay_error_init(&reader.err);
  reader.path = argv[1];
  reader.seed = (unsigned)atol(argv[2]);
  struct pollfd input = {STDIN_FILENO, POLLIN, 0};
  int good = 1;
  while (good && poll(&input, 1, 0) == 0) {
    alarm(kDeadline);
    good = follow(&reader);
    alarm(0);
  }
  printf(
      "{\"opens\": %llu, \"missing\": 0, \"tables\": %llu, \"longest_ms\": %.1f, \"commit\": %u, "
      "\"error\": \"",
      (unsigned long long)reader.opens, (unsigned long long)reader.tables, reader.longest,
      reader.commit);
  if (!good) printf("%s %s: %s", reader.what, reader.where, reader.err.message);
  printf("\"}\n");
  return good ? 0 : 1;
}
