// Which sources a table holds and how far each was read: the hidden tables /.forebay/sources, a row
// for every step of every source of which the newest counts, and /.forebay/names, the bytes of the
// texts in it. Rows of both become durable with the commit that makes the data rows durable;
// docs/format/file.md. The thread of the store.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loader/loader.hpp"
#include "store/store.hpp"

namespace forebay::core {

enum class SourceState : std::uint32_t {
  partial = 1,   // the load was ended, or is under way
  complete = 2,  // read to its end
  failed = 3,    // it could not be read on
  limited = 4,   // its max_rows was reached
};

struct LedgerEntry {
  std::string path{};      // as it was given
  std::string resolved{};  // absolute, without symbolic links
  // The same file is in the table so many times before.
  std::uint32_t occurrence = 0;
  SourceState state = SourceState::partial;
  bool is_opaque = false;  // read by a custom child: known by size and time, not by hash
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  Provenance at{};
  std::uint64_t rejects_written = 0;  // of its rejects, in the store's list of them
  std::uint64_t options = 0;          // SourceFacts::options
};

class Ledger {
 public:
  // What the table's file says of it; nothing, where nothing was recorded yet. Kept by the table.
  static Result<Ledger*> of(Table& table);

  // In the order in which they were first recorded.
  [[nodiscard]] const std::vector<LedgerEntry>& entries() const noexcept { return entries_; }
  [[nodiscard]] const LedgerEntry* find(const std::string& resolved,
                                        std::uint32_t occurrence) const;
  // How often the file is in the table.
  [[nodiscard]] std::uint32_t occurrences(const std::string& resolved) const;
  // Becomes durable with the next commit. Nothing is written where nothing changed.
  Status record(const LedgerEntry& entry);

 private:
  struct Place {
    std::size_t index = 0;       // in entries_
    std::uint64_t table_at = 0;  // texts in /.forebay/names
    std::uint64_t path_at = 0;
    std::uint64_t resolved_at = 0;
  };
  using Key = std::pair<std::string, std::uint32_t>;

  explicit Ledger(Table& table) : table_(table) {}
  Status read();
  Status open_tables();
  Result<std::uint64_t> add_text(const std::string& text);
  Result<Place*> place_of(const LedgerEntry& entry);

  Table& table_;
  Table* sources_ = nullptr;  // null until there is something to read or to write
  Table* names_ = nullptr;
  std::vector<LedgerEntry> entries_;
  std::map<Key, Place> places_;
};

}  // namespace forebay::core
