// A writer with children that is to be killed: killed_writer FILE INPUTS LAST. Opens FILE, says
// "opened ROWS" when it holds the rows 0, 1, 2 ... and all tables agree, loads the inputs (files of
// kInputRows rows each) that follow up to LAST, and says "committed ROWS" after each commit.
// FOREBAY_TEST_KILL="COUNT PLACE" is where it dies (kill_storage.hpp); with FOREBAY_TEST_PLACES set
// it says all places in the end. `killed_writer --recover FILE` only recovers and verifies.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "ingest/ingest.hpp"
#include "kill_storage.hpp"
#include "store/rows.hpp"

namespace forebay::test {
namespace {

using namespace core;

constexpr std::uint64_t kInputRows = 500;

StoreOptions small_limits() {
  StoreOptions options;
  options.names = 8;
  options.checkpoint_bytes = 20'000;
  options.ahead_bytes = 8192;
  options.held_bytes = 4000;
  return options;
}

void say(const char* what, std::uint64_t rows) {
  std::printf("%s %llu\n", what, static_cast<unsigned long long>(rows));
  std::fflush(stdout);
}

struct Tables {
  Table* data;   // a row of each line
  Table* files;  // a row of each input
};

Result<Tables> open_tables(Store& store) {
  FOREBAY_TRY_ASSIGN(Table * data, store.open_table("data", counted(), {100}));
  FOREBAY_TRY_ASSIGN(Table * files, store.open_table("run/files", counted(), {7}));
  return Tables{data, files};
}

Status check(const Tables& tables) {
  const std::uint64_t rows = tables.data->rows();
  if (tables.files->rows() * kInputRows != rows) return internal_status("tables do not agree");
  if (!holds(*tables.data, 0, rows) || !holds(*tables.files, 0, tables.files->rows())) {
    return internal_status("other rows");
  }
  FOREBAY_TRY_ASSIGN(const auto text, tables.data->get_text("rows"));
  const bool agrees = rows == 0 || (text && *text == std::to_string(rows));
  return agrees ? Status::ok() : internal_status("an attribute of another commit");
}

Status load_one(Tables& tables, const std::string& path) {
  LoaderOptions options;
  options.children = 2;
  options.memory_bytes = 64U << 20U;
  options.split_bytes = 4000;
  FOREBAY_TRY_ASSIGN(auto loader, Loader::open(counted(), options));
  FOREBAY_TRY(loader->add_file(path, 0));
  LoadResult result;
  FOREBAY_TRY(append_loader(*tables.data, *loader, -1, &result));
  FOREBAY_TRY(append(*tables.files, tables.files->rows(), 1));
  return tables.data->set_text("rows", std::to_string(tables.data->rows()));
}

Status write(KillStorage& storage, char** arguments) {
  const std::string path = arguments[0];
  const std::string inputs = arguments[1];
  const bool is_new = ::access(path.c_str(), F_OK) != 0;
  const bool died = ::access((path + "-journal").c_str(), F_OK) == 0;
  storage.set_phase(is_new ? "create" : (died ? "recover" : "open"));
  FOREBAY_TRY_ASSIGN(const auto store, Store::open(path, small_limits(), storage));
  storage.set_phase("load");
  FOREBAY_TRY_ASSIGN(Tables tables, open_tables(*store));
  FOREBAY_TRY(check(tables));
  say("opened", tables.data->rows());
  const std::uint64_t last = std::strtoull(arguments[2], nullptr, 10);
  for (std::uint64_t i = tables.files->rows(); i < last; ++i) {
    storage.set_phase("load");
    FOREBAY_TRY(load_one(tables, inputs + "/" + std::to_string(i)));
    storage.set_phase("commit");
    FOREBAY_TRY(store->commit());
    say("committed", tables.data->rows());
  }
  storage.set_phase("close");
  return store->close();
}

Status recover(const char* path) {
  FOREBAY_TRY(recover_store(path, {}).status().clone());
  StoreOptions options;
  options.mode = StoreMode::read;
  FOREBAY_TRY_ASSIGN(const auto store, Store::open(path, options));
  FOREBAY_TRY_ASSIGN(const auto* names, store->table_names());
  if (names->empty()) {
    say("recovered", 0);
    return store->close();
  }
  FOREBAY_TRY_ASSIGN(const Tables tables, open_tables(*store));
  FOREBAY_TRY(check(tables));
  std::uint64_t rows = 0;
  FOREBAY_TRY(store->verify(&rows));
  say("recovered", tables.data->rows());
  return store->close();
}

Doom doom_of_environment() {
  const char* const text = std::getenv("FOREBAY_TEST_KILL");
  if (text == nullptr) return {};
  char* rest = nullptr;
  const std::uint64_t count = std::strtoull(text, &rest, 10);
  return {*rest == ' ' ? rest + 1 : rest, count};
}

int run(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--recover") == 0) {
    const Status status = recover(argv[2]);
    if (status.is_failure()) std::fprintf(stderr, "%s\n", status.message().c_str());
    return status.is_ok() ? 0 : 1;
  }
  if (argc != 4) return 2;
  KillStorage storage(doom_of_environment());
  const Status status = write(storage, argv + 1);
  if (status.is_failure()) std::fprintf(stderr, "%s\n", status.message().c_str());
  if (std::getenv("FOREBAY_TEST_PLACES") != nullptr) {
    for (const auto& [place, count] : storage.places()) {
      std::printf("place %llu %s\n", static_cast<unsigned long long>(count), place.c_str());
    }
  }
  return status.is_ok() ? 0 : 1;
}

}  // namespace
}  // namespace forebay::test

int main(int argc, char** argv) {
  return forebay::test::run(argc, argv);
}
