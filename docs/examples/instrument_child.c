/* instrument_child: a child program of one's own. It reads the files of an instrument: a head of 16
 * bytes (magic, number of records) and packed records of 16 bytes. instrument_load.c is its host.
 */
#define _POSIX_C_SOURCE 200809L /* pread */
#include <forebay/forebay.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HEAD = 16, RECORD = 16, CHANNEL_AT = 12 };

/* What the host sends: see instrument_load.c. */
struct config {
  uint32_t channels; /* that the instrument has */
};

struct head {
  char magic[8];
  uint64_t records;
};

static struct config config_of(const forebay_child *child) {
  struct config config = {0};
  const void *data = NULL;
  uint64_t bytes = 0;
  forebay_child_config(child, &data, &bytes, NULL);
  if (bytes == sizeof(config)) memcpy(&config, data, sizeof(config));
  return config;
}

static int fail(forebay_child *child, forebay_status code, uint64_t byte, const char *text) {
  forebay_child_fail(child, code, 0, byte, 0, text, NULL);
  return 0;
}

/* 1 if the file is one of the instrument's, whole; else the task has failed. */
static int check_head(forebay_child *child, const forebay_child_task *task, struct head *head) {
  if (pread(task->descriptor, head, HEAD, 0) != HEAD)
    return fail(child, FOREBAY_E_TRUNCATED, 0, "is shorter than its head; copy it anew");
  if (memcmp(head->magic, "INSTRUM1", 8) != 0)
    return fail(child, FOREBAY_E_FORMAT, 0,
                "byte 0: does not begin with INSTRUM1; it is not a file of the instrument");
  if (forebay_dtype_row_bytes(forebay_child_dtype(child)) != RECORD)
    return fail(child, FOREBAY_E_MISMATCH, HEAD, "has records of 16 bytes, the dtype has others");
  if ((task->size - HEAD) / RECORD < head->records)
    return fail(child, FOREBAY_E_TRUNCATED, task->size,
                "ends before its last record; copy it anew");
  return 1;
}

/* The first record of `rows` whose channel cannot be, or `rows`. */
static uint64_t check_channels(const void *data, uint64_t rows, uint32_t channels) {
  uint64_t row = 0;
  for (; row < rows; row++) {
    uint16_t channel;
    memcpy(&channel, (const char *)data + row * RECORD + CHANNEL_AT, sizeof(channel));
    if (channel >= channels) break;
  }
  return row;
}

/* One block: the file's records are the rows, so they are read straight into shared memory. Returns
 * 0 when the task has ended. */
static int read_block(forebay_child *child, const forebay_child_task *task, uint32_t channels,
                      const forebay_child_view *view, uint64_t *offset, uint64_t end) {
  uint64_t rows = (end - *offset) / RECORD;
  if (rows > view->capacity) rows = view->capacity;
  ssize_t bytes = (ssize_t)(rows * RECORD);
  if (pread(task->descriptor, view->data, (size_t)bytes, (off_t)*offset) != bytes)
    return fail(child, FOREBAY_E_IO, *offset, "cannot be read; look at the disk");
  uint64_t good = check_channels(view->data, rows, channels);
  uint64_t next = *offset + good * RECORD;
  forebay_error err = FOREBAY_ERROR_INIT;
  if (forebay_child_publish(child, good, next, 0, &err) != FOREBAY_OK)
    return fail(child, err.code, next, err.message);
  *offset = next;
  if (good == rows) return 1;
  char text[128];
  snprintf(text, sizeof(text),
           "byte %llu: there is no such channel; was the host told all of them?",
           (unsigned long long)(next + CHANNEL_AT));
  return fail(child, FOREBAY_E_VALUE, next + CHANNEL_AT, text);
}

static void read_source(forebay_child *child, const forebay_child_task *task) {
  struct head head;
  if (!check_head(child, task, &head)) return;
  uint32_t channels = config_of(child).channels;
  uint64_t end = HEAD + head.records * RECORD;
  uint64_t offset = task->begin != 0 ? task->begin : HEAD; /* another child may have come so far */
  forebay_child_view view = FOREBAY_CHILD_VIEW_INIT;
  while (offset < end && forebay_child_fill(child, &view, NULL) == FOREBAY_OK) {
    if (!read_block(child, task, channels, &view, &offset, end)) return;
  }
  forebay_child_finish(child, NULL);
}

int main(void) {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_child *child = NULL;
  forebay_child_task task = FOREBAY_CHILD_TASK_INIT;
  if (forebay_child_attach(&child, &err) != FOREBAY_OK) {
    fprintf(stderr, "instrument_child: %s\n", err.message);
    return 1;
  }
  while (forebay_child_take(child, &task, &err) == FOREBAY_OK) read_source(child, &task);
  forebay_child_close(child);
  return 0;
}
