// Appends raw rows to a table and prints its rows as raw bytes, for the check_*.py here.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "store/store.hpp"

using namespace forebay::core;

static Status append(char** arguments, const char* filters) {
  const std::string path = arguments[0];
  FOREBAY_TRY_ASSIGN(const DtypeRef dtype, Dtype::parse(arguments[2]));
  TableOptions options;
  options.chunk_rows = std::strtoull(arguments[3], nullptr, 10);
  unsigned packed[6] = {};  // deflate, shuffle, fletcher32, zstd, lz4, blosc; from zstd on optional
  if (std::sscanf(filters, "%u,%u,%u,%u,%u,%u", &packed[0], &packed[1], &packed[2], &packed[3],
                  &packed[4], &packed[5]) >= 3) {
    options.filters = {packed[0], packed[1] != 0, packed[2] != 0,
                       packed[3], packed[4] != 0, packed[5]};
  }
  std::FILE* raw = std::fopen(arguments[4], "rb");
  if (raw == nullptr) return {FOREBAY_E_NOT_FOUND, arguments[4]};
  std::vector<std::byte> rows;
  std::byte buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof(buffer), raw)) > 0;) {
    rows.insert(rows.end(), buffer, buffer + got);
  }
  std::fclose(raw);
  const std::size_t step = std::strtoull(arguments[5], nullptr, 10) * dtype->row_bytes();
  FOREBAY_TRY_ASSIGN(auto store, Store::open(path, {}));
  FOREBAY_TRY_ASSIGN(Table * table, store->open_table(arguments[1], dtype, options));
  for (std::size_t at = 0; at < rows.size(); at += step) {
    const std::size_t bytes = std::min(step, rows.size() - at);
    FOREBAY_TRY(table->append_rows(std::span(rows).subspan(at, bytes)));
  }
  FOREBAY_TRY(table->set_text("note", "\xC3\xA4 text"));
  FOREBAY_TRY(table->set_number("answer", 42.5));
  return store->close();
}

static Status dump(char** arguments) {
  StoreOptions options;
  options.mode = StoreMode::read;
  FOREBAY_TRY_ASSIGN(auto store, Store::open(arguments[0], options));
  FOREBAY_TRY_ASSIGN(Table * table, store->open_table(arguments[1], nullptr, {}));
  std::vector<std::byte> rows(table->rows() * table->dtype()->row_bytes());
  FOREBAY_TRY_ASSIGN(const std::uint64_t got, table->read(0, table->rows(), rows.data()));
  if (got != table->rows()) return internal_status("short read");
  std::uint64_t verified = 0;
  FOREBAY_TRY(store->verify(&verified));
  std::fwrite(rows.data(), 1, rows.size(), stdout);
  std::fprintf(stderr, "%s\n", table->dtype()->text().c_str());
  return store->close();
}

static Status verify(const char* path) {
  StoreOptions options;
  options.mode = StoreMode::read;
  FOREBAY_TRY_ASSIGN(auto store, Store::open(path, options));
  std::uint64_t rows = 0;
  return store->verify(&rows);
}

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  Status status(FOREBAY_E_ARGUMENT,
                "usage: store_tool append FILE TABLE DTYPE CHUNK RAW STEP [FILTERS] | dump FILE "
                "TABLE | verify FILE");
  if (verb == "append" && argc >= 8) status = append(argv + 2, argc == 9 ? argv[8] : "");
  if (verb == "verify" && argc == 3) status = verify(argv[2]);
  if (verb == "dump" && argc == 4) status = dump(argv + 2);
  if (status.is_ok()) return 0;
  std::fprintf(stderr, "%s\n", status.message().c_str());
  return 1;
}
