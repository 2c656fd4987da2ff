// The store behind the Writer interface.
#include <utility>

#include "store/store.hpp"
#include "writer.hpp"

namespace forebay::test {
namespace {

core::StoreOptions store_options(core::StoreMode mode, const WriterOptions& options) {
  core::StoreOptions made;
  made.mode = mode;
  made.names = options.names;
  made.checkpoint_bytes = options.checkpoint_bytes;
  made.ahead_bytes = options.ahead_bytes;
  made.held_bytes = options.held_bytes;
  if (options.ordered) made.durability = core::Durability::ordered;
  if (options.unjournaled) made.durability = core::Durability::none;
  return made;
}

constexpr std::uint64_t kMostRows = 10'000'000;

core::Result<Content::Table> read_table(core::Store& store, const std::string& name) {
  FOREBAY_TRY_ASSIGN(core::Table * table, store.open_table(name, {}, {}));
  Content::Table found;
  found.rows = table->rows();
  if (found.rows > kMostRows) return core::internal_status(name + " has far too many rows");
  found.bytes.resize(static_cast<std::size_t>(found.rows * table->dtype()->row_bytes()));
  if (found.rows != 0) {
    FOREBAY_TRY_ASSIGN(const std::uint64_t got, table->read(0, found.rows, found.bytes.data()));
    if (got != found.rows) return core::internal_status("fewer rows read than the table counts");
  }
  for (const char* key : {"a", "b"}) {
    FOREBAY_TRY_ASSIGN(const auto text, table->get_text(key));
    if (text) found.texts[key] = *text;
  }
  return found;
}

core::Result<Content> read_all(core::Store& store) {
  FOREBAY_TRY_ASSIGN(const auto* names, store.table_names());
  Content content;
  for (const std::string& name : *names) {
    FOREBAY_TRY_ASSIGN(content.tables[name], read_table(store, name));
  }
  return content;
}

class StoreWriter final : public Writer {
 public:
  StoreWriter(core::Storage& storage, const WriterOptions& options)
      : storage_(storage), options_(options) {}

  core::Status open(FileMode mode) override {
    const core::StoreMode wanted =
        mode == FileMode::replace ? core::StoreMode::replace : core::StoreMode::append;
    FOREBAY_TRY_ASSIGN(store_, core::Store::open(kPath, store_options(wanted, options_), storage_));
    return core::Status::ok();
  }
  core::Status create_table(const std::string& name) override {
    const RowKind& kind = kind_of(name);
    FOREBAY_TRY_ASSIGN(const core::DtypeRef dtype, core::Dtype::parse(kind.dtype));
    core::TableOptions options;
    options.chunk_rows = kind.chunk_rows;
    if (kind.is_compressed) options.filters = {1, true, true};
    if (kind.has_columns) options.layout = core::Layout::columns;
    return std::move(store_->open_table(name, dtype, options)).status();
  }
  core::Status append(const std::string& name, const Bytes& rows) override {
    FOREBAY_TRY_ASSIGN(core::Table * table, store_->open_table(name, {}, {}));
    return table->append_rows(rows);
  }
  core::Status set_text(const std::string& name, const std::string& key,
                        const std::string& value) override {
    FOREBAY_TRY_ASSIGN(core::Table * table, store_->open_table(name, {}, {}));
    return table->set_text(key, value);
  }
  core::Status commit() override { return store_->commit(); }
  core::Status close() override {
    core::Status status = store_->close();
    store_.reset();
    return status;
  }
  void die() override { store_.reset(); }
  core::Status recover() override {
    return core::recover_store(kPath, {}, storage_).status().clone();
  }
  core::Status repack() override {
    return core::repack_store(kPath, {}, storage_).status().clone();
  }
  core::Result<Content> read() override { return read_all(*store_); }

 private:
  core::Storage& storage_;
  WriterOptions options_;
  std::unique_ptr<core::Store> store_;
};

}  // namespace

std::unique_ptr<Writer> store_writer(core::Storage& storage, const WriterOptions& options) {
  return std::make_unique<StoreWriter>(storage, options);
}

core::Result<Content> read_store(core::Storage& storage) {
  FOREBAY_TRY_ASSIGN(const auto store,
                     core::Store::open(kPath, store_options(core::StoreMode::read, {}), storage));
  return read_all(*store);
}

}  // namespace forebay::test
