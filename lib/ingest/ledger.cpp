#include "ingest/ledger.hpp"

#include <array>
#include <cstring>
#include <optional>

namespace forebay::core {
namespace {

constexpr const char* kSources = "sources";
constexpr const char* kNames = "names";
constexpr const char* kRowType =
    "table_at:u8,path_at:u8,resolved_at:u8,size:u8,mtime_ns:i8,offset:u8,line:u8,rows:u8,"
    "ahead:u8,rejects:u8,skipped:u8,rejects_written:u8,hash:u8,options:u8,table_bytes:u4,"
    "path_bytes:u4,resolved_bytes:u4,occurrence:u4,state:u4,is_opaque:u4";
// A chunk within a page: what a commit writes of the ledger.
constexpr std::uint64_t kSourceChunk = 30;
constexpr std::uint64_t kNameChunk = 4096;
constexpr std::uint64_t kRowsAtATime = 4096;

struct Row {
  std::uint64_t table_at;
  std::uint64_t path_at;
  std::uint64_t resolved_at;
  std::uint64_t size;
  std::int64_t mtime_ns;
  std::uint64_t offset;
  std::uint64_t line;
  std::uint64_t rows;
  std::uint64_t ahead;
  std::uint64_t rejects;
  std::uint64_t skipped;
  std::uint64_t rejects_written;
  std::uint64_t hash;
  std::uint64_t options;
  std::uint32_t table_bytes;
  std::uint32_t path_bytes;
  std::uint32_t resolved_bytes;
  std::uint32_t occurrence;
  std::uint32_t state;
  std::uint32_t is_opaque;
};
static_assert(sizeof(Row) == 136 && kSourceChunk * sizeof(Row) <= 4096);

std::uint32_t length_of(const std::string& text) noexcept {
  return static_cast<std::uint32_t>(text.size());
}

LedgerEntry entry_of(const Row& row) {
  LedgerEntry entry;
  entry.occurrence = row.occurrence;
  entry.state = static_cast<SourceState>(row.state);
  entry.is_opaque = row.is_opaque != 0;
  entry.size = row.size;
  entry.mtime_ns = row.mtime_ns;
  entry.at = {row.offset, row.line, row.rows, row.ahead, row.rejects, row.skipped, row.hash};
  entry.rejects_written = row.rejects_written;
  entry.options = row.options;
  return entry;
}

bool is_same(const LedgerEntry& a, const LedgerEntry& b) noexcept {
  return a.state == b.state && a.is_opaque == b.is_opaque && a.size == b.size &&
         a.mtime_ns == b.mtime_ns && a.at.offset == b.at.offset && a.at.line == b.at.line &&
         a.at.rows == b.at.rows && a.at.ahead == b.at.ahead && a.at.rejects == b.at.rejects &&
         a.at.skipped == b.at.skipped && a.at.hash == b.at.hash &&
         a.rejects_written == b.rejects_written && a.options == b.options;
}

// A hidden table that is there; null where there is none.
Result<Table*> find_companion(Table& table, const char* name) {
  Result<Table*> found = table.companion(name, nullptr, {});
  if (found.code() == FOREBAY_E_NOT_FOUND) return static_cast<Table*>(nullptr);
  return found;
}

// A part of the bytes of names; nothing where it lies outside them.
std::optional<std::string> text_at(const std::string& names, std::uint64_t at,
                                   std::uint32_t bytes) {
  if (!range_inside(at, bytes, names.size())) return std::nullopt;
  return names.substr(at, bytes);
}

Result<std::string> read_names(Table& names) {
  std::string text(names.rows(), '\0');
  FOREBAY_TRY_ASSIGN(const std::uint64_t got,
                     names.read(0, text.size(), reinterpret_cast<std::byte*>(text.data())));
  text.resize(got);
  return text;
}

}  // namespace

Result<Ledger*> Ledger::of(Table& table) {
  std::shared_ptr<Ledger>& kept = table.load_mark().ledger;
  if (!kept) {
    std::shared_ptr<Ledger> ledger(new Ledger(table));
    FOREBAY_TRY(ledger->read());
    kept = std::move(ledger);
  }
  return kept.get();
}

Status Ledger::read() {
  FOREBAY_TRY_ASSIGN(sources_, find_companion(table_, kSources));
  FOREBAY_TRY_ASSIGN(names_, find_companion(table_, kNames));
  if (sources_ == nullptr || names_ == nullptr) return Status::ok();
  const Status damaged(FOREBAY_E_FORMAT,
                       "the record of what was loaded (/.forebay/sources) is damaged");
  if (sources_->dtype()->row_bytes() != sizeof(Row) || names_->dtype()->row_bytes() != 1)
    return damaged.clone();
  FOREBAY_TRY_ASSIGN(const std::string names, read_names(*names_));
  std::vector<Row> rows(kRowsAtATime);
  for (std::uint64_t first = 0; first < sources_->rows(); first += kRowsAtATime) {
    FOREBAY_TRY_ASSIGN(
        const std::uint64_t got,
        sources_->read(first, kRowsAtATime, reinterpret_cast<std::byte*>(rows.data())));
    for (std::size_t i = 0; i < got; ++i) {
      const Row& row = rows[i];
      const auto table = text_at(names, row.table_at, row.table_bytes);
      auto path = text_at(names, row.path_at, row.path_bytes);
      auto resolved = text_at(names, row.resolved_at, row.resolved_bytes);
      if (!table || !path || !resolved) return damaged.clone();
      if (*table != table_.name()) continue;
      LedgerEntry entry = entry_of(row);
      entry.path = std::move(*path);
      entry.resolved = std::move(*resolved);
      const auto [place, is_new] =
          places_.try_emplace({entry.resolved, entry.occurrence},
                              Place{entries_.size(), row.table_at, row.path_at, row.resolved_at});
      if (is_new) entries_.emplace_back();
      entries_[place->second.index] = std::move(entry);
    }
  }
  return Status::ok();
}

const LedgerEntry* Ledger::find(const std::string& resolved, std::uint32_t occurrence) const {
  const auto place = places_.find({resolved, occurrence});
  return place == places_.end() ? nullptr : &entries_[place->second.index];
}

std::uint32_t Ledger::occurrences(const std::string& resolved) const {
  std::uint32_t count = 0;
  while (find(resolved, count) != nullptr) ++count;
  return count;
}

Status Ledger::open_tables() {
  if (sources_ != nullptr && names_ != nullptr) return Status::ok();
  FOREBAY_TRY_ASSIGN(const DtypeRef row, Dtype::parse(kRowType));
  FOREBAY_TRY_ASSIGN(const DtypeRef byte, Dtype::parse("u1"));
  FOREBAY_TRY_ASSIGN(names_, table_.companion(kNames, byte, {kNameChunk}));
  FOREBAY_TRY_ASSIGN(sources_, table_.companion(kSources, row, {kSourceChunk}));
  return Status::ok();
}

Result<std::uint64_t> Ledger::add_text(const std::string& text) {
  const std::uint64_t at = names_->rows();
  FOREBAY_TRY(names_->append_rows(std::as_bytes(std::span(text))));
  return at;
}

// Where the texts of the entry are; they are written when it is a new one.
Result<Ledger::Place*> Ledger::place_of(const LedgerEntry& entry) {
  const Key key(entry.resolved, entry.occurrence);
  if (const auto known = places_.find(key); known != places_.end()) return &known->second;
  Place place;
  place.index = entries_.size();
  FOREBAY_TRY_ASSIGN(place.table_at, add_text(table_.name()));
  FOREBAY_TRY_ASSIGN(place.path_at, add_text(entry.path));
  FOREBAY_TRY_ASSIGN(place.resolved_at, add_text(entry.resolved));
  entries_.emplace_back();
  return &places_.emplace(key, place).first->second;
}

Status Ledger::record(const LedgerEntry& entry) {
  const LedgerEntry* known = find(entry.resolved, entry.occurrence);
  if (known != nullptr && is_same(*known, entry)) return Status::ok();
  FOREBAY_TRY(open_tables());
  FOREBAY_TRY_ASSIGN(const Place* place, place_of(entry));
  const Row row{place->table_at,
                place->path_at,
                place->resolved_at,
                entry.size,
                entry.mtime_ns,
                entry.at.offset,
                entry.at.line,
                entry.at.rows,
                entry.at.ahead,
                entry.at.rejects,
                entry.at.skipped,
                entry.rejects_written,
                entry.at.hash,
                entry.options,
                length_of(table_.name()),
                length_of(entry.path),
                length_of(entry.resolved),
                entry.occurrence,
                static_cast<std::uint32_t>(entry.state),
                entry.is_opaque ? 1U : 0U};
  FOREBAY_TRY(sources_->append_rows(std::as_bytes(std::span<const Row, 1>(&row, 1))));
  entries_[place->index] = entry;
  return Status::ok();
}

}  // namespace forebay::core
