/* What test_promises.c and test_promises_hpp.cpp share: the real methylation rows, read in the
 * plainest way, as packed records of ABI_SITE. */
#ifndef FOREBAY_TESTS_ABI_SITES_H
#define FOREBAY_TESTS_ABI_SITES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ABI_SITE "chr:S10,pos:i4,pct:f4,c:i4,t:i4"
#define ABI_SITE_BYTES 26
#define ABI_SITE_PATH 512
#define ABI_HASH_BEGIN UINT64_C(0xcbf29ce484222325)

/* FNV-1a. */
static inline uint64_t abi_hash(uint64_t hash, const void *data, uint64_t bytes) {
  const unsigned char *at = (const unsigned char *)data;
  for (uint64_t i = 0; i < bytes; i++) hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
  return hash;
}

/* The sample in tests/data: 20,000 rows each, the second compressed. */
static inline void abi_sample(char paths[2][ABI_SITE_PATH]) {
  const char *data = getenv("FOREBAY_TEST_DATA");
  snprintf(paths[0], ABI_SITE_PATH, "%s/imr90_r1.head.txt", data != NULL ? data : ".");
  snprintf(paths[1], ABI_SITE_PATH, "%s/imr90_r2.head.txt.gz", data != NULL ? data : ".");
}

/* The whole files where they stand beside the project, else the sample. */
static inline void abi_real_files(char paths[2][ABI_SITE_PATH]) {
  const char *data = getenv("FOREBAY_TEST_DATA");
  for (int i = 0; i < 2; i++)
    snprintf(paths[i], ABI_SITE_PATH, "%s/../../../shared/data/imr90_r%d.chr22.txt.gz",
             data != NULL ? data : ".", i + 1);
  if (access(paths[0], R_OK) != 0 || access(paths[1], R_OK) != 0) abi_sample(paths);
}

/* One line as a packed record. */
static inline void abi_site_of(char *line, unsigned char record[ABI_SITE_BYTES]) {
  char *at = strpbrk(line, " \t");
  const size_t length = (size_t)(at - line);
  memset(record, 0, ABI_SITE_BYTES);
  memcpy(record, line, length < 10 ? length : 10);
  const int32_t pos = (int32_t)strtol(at, &at, 10);
  const float pct = strtof(at, &at);
  const int32_t c = (int32_t)strtol(at, &at, 10);
  const int32_t t = (int32_t)strtol(at, &at, 10);
  memcpy(record + 10, &pos, 4);
  memcpy(record + 14, &pct, 4);
  memcpy(record + 18, &c, 4);
  memcpy(record + 22, &t, 4);
}

/* The hash of all rows of a file, after those of `hash`; its records also go to `copy` if that is
 * not NULL. */
static inline uint64_t abi_plain_hash(const char *path, uint64_t hash, uint64_t *rows, FILE *copy) {
  char command[2 * ABI_SITE_PATH + 32];
  char line[256];
  unsigned char record[ABI_SITE_BYTES];
  snprintf(command, sizeof(command), "gzip -dcf '%s'", path);
  FILE *in = popen(command, "r");
  if (in == NULL) return 0;
  while (fgets(line, sizeof(line), in) != NULL) {
    abi_site_of(line, record);
    hash = abi_hash(hash, record, sizeof(record));
    if (copy != NULL) fwrite(record, 1, sizeof(record), copy);
    (*rows)++;
  }
  return pclose(in) == 0 ? hash : 0;
}

/* Whether the address lies in a mapping of shared memory. */
static inline int abi_is_shared(const void *address) {
  char line[512];
  unsigned long long low, high;
  int found = 0;
  FILE *maps = fopen("/proc/self/maps", "r");
  if (maps == NULL) return 0;
  while (fgets(line, sizeof(line), maps) != NULL)
    if (strstr(line, "memfd:") != NULL && sscanf(line, "%llx-%llx", &low, &high) == 2)
      found |= (uintptr_t)address >= low && (uintptr_t)address < high;
  fclose(maps);
  return found;
}

#endif
